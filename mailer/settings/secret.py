"""Where a secret lies, and how it is fetched: a file, an environment variable, a systemd credential."""

import os
import stat
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from subscribers.errors import BadConfig

Text = TypeVar("Text", str, bytes)


class Hidden(Generic[Text]):
    """A secret that no log, repr or traceback shows; `get_secret_value` does."""

    __slots__ = ("_value",)

    def __init__(self, value: Text) -> None:
        self._value: Text = value

    def __repr__(self) -> str:
        return "Hidden('**********')"

    def get_secret_value(self) -> Text:
        """The secret itself."""
        return self._value


class Source(Protocol):
    """The place of a secret; exactly one of the three is given."""

    @property
    def file(self) -> str | None:
        """A path, from the folder of config.toml."""

    @property
    def env(self) -> str | None:
        """The name of an environment variable."""

    @property
    def credential(self) -> str | None:
        """The name of a systemd credential."""


def place_of(source: Source) -> str:
    """The place in words."""
    return source.file or (f"${source.env}" if source.env else f"the credential {source.credential}")


def is_missing(source: Source, folder: Path) -> bool:
    """Whether the file of the secret is not there at all."""
    return bool(source.file) and not (folder / str(source.file)).exists()


def read_key(source: Source, config: Path, *, make: bool) -> str:
    """The key of hashes and message ids.

    Args:
        config: config.toml, which names the source.
        make: a missing file is made, readable by its owner only; right for a new database alone.

    Raises:
        BadConfig: there is none, or it cannot be read.
    """
    if make and source.file and not (path := config.parent / source.file).exists():
        _make_secret(path)
    return fetch(source, config)


def fetch(source: Source, config: Path) -> str:
    """The secret.

    Raises:
        BadConfig: there is none, it cannot be read, or others can read it.
    """
    if source.env:
        if not (value := os.environ.get(source.env)):
            raise BadConfig(f"The environment variable {source.env} is not set.", place=str(config))
        return value
    if source.credential:
        if not (folder := os.environ.get("CREDENTIALS_DIRECTORY")):
            raise BadConfig(
                f"systemd gave no credential {source.credential}: CREDENTIALS_DIRECTORY is not set.",
                place=str(config),
            )
        path = Path(folder) / source.credential
    else:
        path = config.parent / str(source.file)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadConfig(f"The secret in {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadConfig(f"The secret in {path} is not UTF-8 text.") from None
    if source.file and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadConfig(f"The secret in {path} can be read by others.", hint=f"Run: chmod 600 {path}")
    if not (value := text.removesuffix("\n").removesuffix("\r")):
        raise BadConfig(f"The secret in {path} is empty.")
    return value


def _make_secret(path: Path) -> None:
    """Write a new secret whole or not at all: the web part and the sender may start in the same moment."""
    import secrets
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(handle)
    try:
        Path(path).hardlink_to(unfinished)
    except FileExistsError:
        pass  # somebody else was faster: theirs holds
    finally:
        Path(unfinished).unlink()
