"""What the address book needs of config.toml, remembered beside the state once the file was found right.

Checking config.toml costs more than showing one person, and it seldom changes. What is remembered holds no
secret and only for the same text, place, themes, environment and program; damaged or out of date, it is as if
it were not there. Where it cannot be written, the file is checked each time.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mailer import __version__
from mailer.settings.secret import is_missing, place_of, read_key
from subscribers.errors import Problem

_CODE = ("tables.py", "calendar.py", "kept.py")  # a checkout changes without a new version
_DATABASE = "RUNDBRIEF_DATABASE_URL"  # may hold a password, so that nothing is remembered beside it


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the key of hashes and message ids lies; exactly one is given."""

    file: str | None
    env: str | None
    credential: str | None


@dataclass(frozen=True, slots=True)
class Essentials:
    """The values, checked.

    Args:
        config: the path of config.toml.
        database_file: the file of a SQLite database, empty for a server.
        key: where the key of hashes and message ids lies.
        newsletters: the names of the newsletters by their keys.
        fields: what `[subscribers.fields]` declares.
        keeping: the rest of `[subscribers]`.
        time_zone: the name of the zone in which months begin.
        relay: the host that takes the mail.
        tables: the whole of it, as `kept.plain` writes it down.
        text: a hash of the file that all this was read from.
    """

    config: str
    database_file: str
    key: KeyPlace
    newsletters: dict[str, str]
    fields: dict[str, str | list[str]]
    keeping: dict[str, Any]
    time_zone: str
    relay: str
    tables: Any
    text: str

    @property
    def key_place(self) -> str:
        """Where the key comes from, in words."""
        return place_of(self.key)

    @property
    def lacks_key(self) -> bool:
        """Whether the file of the key is not there at all."""
        return is_missing(self.key, Path(self.config).parent)

    def read_key(self, *, make: bool) -> bytes:
        """The key; `make` one where its file is missing.

        Raises:
            BadConfig: there is none, or it cannot be read.
        """
        return read_key(self.key, Path(self.config), make=make).encode()


def essentials_for(config: Path, check: Callable[[], Essentials]) -> Essentials:
    """What was remembered of this config.toml; else what `check` finds right, which is then remembered.

    Raises:
        BadConfig: as `check` does.
    """
    around = _circumstances(config)
    if around and (known := _recall(config, around)):
        return known
    known = check()
    if around and around == _circumstances(config) and known.text == _hash(config):  # of these very bytes
        _remember(config, around, known)
    return known


def recalled(config: Path) -> Essentials | None:
    """What was remembered of a config.toml that was found right, if nothing has changed since."""
    around = _circumstances(config)
    return _recall(config, around) if around else None


def _circumstances(config: Path) -> bytes:
    """A hash of all that decides whether config.toml is right; empty where it cannot be read."""
    names = sorted(name for name in os.environ if name.startswith("RUNDBRIEF_"))
    try:
        code = [Path(__file__).with_name(name).stat() for name in _CODE]
        state = [(each.st_mtime_ns, each.st_size) for each in code]
        found = hashlib.sha256(repr((__version__, state, names)).encode())
        for file in (config, *sorted(config.parent.glob("templates/themes/*.toml"))):
            found.update(repr((str(file), file.read_bytes())).encode())
    except OSError:
        return b""
    return found.digest()


def _hash(config: Path) -> str:
    from mailer.toml import read_text

    with suppress(OSError, Problem):
        return hashlib.sha256(read_text(config, place=config.name).encode()).hexdigest()
    return ""


def _recall(config: Path, around: bytes) -> Essentials | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        seal, _, text = _file(config).read_text("utf-8").partition("\n")
        if seal == _seal(around, text):
            known = json.loads(text)
            return Essentials(**known | {"key": KeyPlace(**known["key"])})
    return None


def _remember(config: Path, around: bytes, known: Essentials) -> None:
    """Whole or not at all; whoever writes last is right as well."""
    if not known.database_file or _DATABASE in os.environ:
        return
    text = json.dumps(asdict(known), ensure_ascii=False)
    write_whole(_file(config), f"{_seal(around, text)}\n{text}")


def write_whole(file: Path, text: str) -> None:
    """Write a file that may be missing: whole or not at all, and without a complaint."""
    import tempfile

    with suppress(OSError):
        handle, unfinished = tempfile.mkstemp(dir=file.parent)  # readable by its owner only
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as part:
                part.write(text)
            Path(unfinished).replace(file)
        finally:
            Path(unfinished).unlink(missing_ok=True)


def _file(config: Path) -> Path:
    return config.parent / "var" / "config.checked"


def _seal(around: bytes, text: str) -> str:
    return hashlib.sha256(around + text.encode()).hexdigest()
