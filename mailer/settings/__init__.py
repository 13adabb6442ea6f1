"""config.toml as one frozen object; only the command line reads it, everything else takes plain values.

Paths are relative to the folder of config.toml. Secrets come from files, the environment or systemd
credentials; they are wrapped so that no log, repr or traceback shows them.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.settings.secret import Hidden, fetch
from subscribers.errors import BadConfig, Problem, Problems

# What checks the tables (pydantic, SQLAlchemy's URLs) costs more than most commands: see essentials.py.
if TYPE_CHECKING:
    from mailer.settings.tables import Config, NewsletterTable, SecretSource, Smtp

ENVIRONMENT = ("RUNDBRIEF_CONFIG", "RUNDBRIEF_SMTP_PASSWORD", "RUNDBRIEF_DATABASE_URL")


class Settings:
    """The configuration as read, and what follows from it: paths, secrets; `text` is a hash of the file."""

    def __init__(self, file: Path, config: "Config", text: str) -> None:
        from zoneinfo import ZoneInfo

        self.file, self.config, self.text = file, config, text
        self.folder = file.parent
        self.issues = self.folder / "issues"
        self.programmes = self.folder / "programmes.toml"
        self.templates = self.folder / "templates"
        self.var = self.folder / "var"
        self.zone = ZoneInfo(config.workspace.time_zone)

    @property
    def database_url(self) -> str:
        """The URL of the database; a SQLite path is taken from the folder of config.toml."""
        from sqlalchemy.engine import make_url

        given = os.environ.get("RUNDBRIEF_DATABASE_URL")
        try:
            url = make_url(_checked(given) if given else self.config.database.url)
        except ValueError as error:
            raise BadConfig(f"RUNDBRIEF_DATABASE_URL: {error}.") from None
        if url.get_backend_name() == "sqlite":
            path = self.folder / str(url.database)
            place = "RUNDBRIEF_DATABASE_URL" if given else f"{self.file.name}: database.url"
            self._require_folder(path.parent, place)
            url = url.set(database=str(path))
        return url.render_as_string(hide_password=False)

    def _require_folder(self, folder: Path, place: str) -> None:
        """Only var/ is made in passing: another one that is missing is a typo, or a disk that is away."""
        if folder != self.var and not folder.is_dir():
            raise BadConfig(
                f"The folder {folder} of the database does not exist.",
                place=place,
                hint="Make the folder, or correct the URL.",
            )

    def newsletter(self, key: str | None) -> "tuple[str, NewsletterTable]":
        """The newsletter of this key, or the only one there is."""
        known = self.config.newsletters
        if key is None and len(known) == 1:
            return next(iter(known.items()))
        if key not in known:
            raise BadConfig(
                f"There is no newsletter {key!r}." if key else "There are several newsletters.",
                place=str(self.file),
                hint=f"Name one of: {', '.join(known)}.",
            )
        return key, known[key]

    def relay(self, name: str = "") -> "Smtp":
        """The relay of this name; without one the table [smtp].

        Raises:
            BadConfig: a mailing was planned with a relay that stands here no more.
        """
        if not name:
            return self.config.smtp
        if name not in self.config.relays:
            raise BadConfig(
                f"There is no relay {name!r}.",
                place=self.file.name,
                hint=f"Add [relays.{name}], or plan the mailing again.",
            )
        return self.config.relays[name]

    def smtp_password(self, name: str = "") -> "Hidden[str] | None":
        """The password of a relay, if it wants one."""
        source = self.relay(name).password
        return Hidden(fetch(source, self.file)) if source else None

    def key_text(self, source: "SecretSource") -> "Hidden[bytes]":
        """A key that config.toml points at, such as that of a signature."""
        return Hidden(fetch(source, self.file).encode())


def _checked(database_url: str) -> str:
    from mailer.settings.tables import check_database_url

    return check_database_url(database_url)


def find_config(given: str | None, environment: Mapping[str, str]) -> Path:
    """The file that holds: --config, RUNDBRIEF_CONFIG, ./config.toml."""
    path = Path(given or environment.get("RUNDBRIEF_CONFIG") or "config.toml")
    if not path.is_file():
        raise BadConfig(
            f"There is no {path}.",
            hint="Make a workspace with `rundbrief init DIR`, or name the file with --config.",
        )
    return path.resolve()


def read_settings(path: Path) -> Settings:
    """Read and check config.toml; every complaint at once, each with its line.

    Raises:
        Problems, BadConfig: exit code 3.
    """
    from mailer.settings.reading import check
    from mailer.settings.tables import Config
    from mailer.toml import parse_toml, read_text

    text = read_text(path, place=path.name, error=BadConfig)
    known = (*ENVIRONMENT, *re.findall(r"env\s*=\s*[\"'](RUNDBRIEF_\w+)[\"']", text))
    problems: list[Problem] = [
        BadConfig(f"The environment variable {name} is unknown.", hint=f"Known are {', '.join(known)}.")
        for name in sorted(os.environ)
        if name.startswith("RUNDBRIEF_") and name not in known
    ]
    try:
        config = check(parse_toml(text, path.name, error=BadConfig), Config)
    except Problems as several:
        raise Problems([*several.problems, *problems]) from None
    except BadConfig as problem:
        raise Problems([problem, *problems]) from None
    if problems:
        raise Problems(problems)
    return Settings(path, config, hashlib.sha256(text.encode()).hexdigest())
