"""config.toml as one frozen object; only the command line reads it, everything else takes plain values.

Paths are relative to the folder of config.toml. Secrets come from files, the environment or systemd
credentials; they are wrapped so that no log, repr or traceback shows them.
"""

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretBytes, SecretStr, model_validator
from sqlalchemy.engine import make_url

from mailer import toml
from subscribers.errors import BadConfig, Problem

ENVIRONMENT = ("RUNDBRIEF_CONFIG", "RUNDBRIEF_SMTP_PASSWORD", "RUNDBRIEF_DATABASE_URL")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"there is no time zone {name!r}; an example is Europe/Berlin")
    return name


def _mailbox(address: str) -> str:
    from subscribers.address import parse_address

    try:
        parse_address(address)
    except Problem as problem:
        raise ValueError(problem.message) from None
    return address


def _web_address(url: str) -> str:
    host = (
        url.partition("://")[2].partition("/")[0].rpartition(":")[0]
        or url.partition("://")[2].partition("/")[0]
    )
    if not url.startswith("https://") and not (url.startswith("http://") and host.strip("[]") in LOOPBACK):
        raise ValueError("links in mails must be https (http only on this machine)")
    return url.rstrip("/")


Zone = Annotated[str, AfterValidator(_zone)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SecretSource(_Table):
    """Where a secret lies: exactly one of a file, an environment variable, a systemd credential."""

    file: str | None = None
    env: str | None = None
    credential: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "SecretSource":
        if sum(each is not None for each in (self.file, self.env, self.credential)) != 1:
            raise ValueError("name one source of the secret: file, env or credential")
        return self


class Workspace(_Table):
    """What holds for the whole workspace."""

    public_url: WebAddress
    time_zone: Zone = "Europe/Berlin"
    grace_hours: float = Field(default=6, ge=0, le=168)


class Database(_Table):
    """Where subscribers and mailings are kept."""

    url: str = "sqlite:///var/rundbrief.db"
    secret: SecretSource = SecretSource(file="var/secret.key")


class Smtp(_Table):
    """The relay that takes the mail."""

    host: str
    port: int = Field(ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: SecretSource | None = None
    timeout_seconds: float = Field(default=60, gt=0, le=900)
    hello: str = ""  # the name this machine gives itself; empty: the domain of the sender

    @model_validator(mode="after")
    def _safe(self) -> "Smtp":
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError('security = "none" is for this machine only; use "starttls" or "tls"')
        if bool(self.user) != bool(self.password):
            raise ValueError("user and password go together")
        return self


class ImprintTable(_Table):
    """Who sends and who answers for the content (DDG § 5, MStV § 18 (2))."""

    organisation: Line
    street: Line
    place: Line
    email: Mailbox
    phone: Line
    responsible: Line
    legal_form: str = ""
    representative: str = ""
    register_entry: str = ""
    vat_id: str = ""
    authority: str = ""
    privacy_url: str = ""


class NewsletterTable(_Table):
    """A publication that people subscribe to."""

    name: Line
    organisation: Line
    from_name: Line
    from_address: Mailbox
    reply_to: Mailbox | None = None
    list_id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]+\.[a-z0-9-]+$")]
    language: Literal["de", "en"] = "de"
    tone: Literal["formal", "du"] = "formal"
    greeting: Literal["personal", "collective", "none"] = "personal"
    theme: str = "kammer"
    segment: str = "all"
    send: str = ""
    imprint: ImprintTable


class Config(_Table):
    """The whole file."""

    workspace: Workspace
    database: Database = Database()
    smtp: Smtp
    newsletters: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")], NewsletterTable], Field(min_length=1)
    ]


class Settings:
    """The configuration as read, and the paths and secrets that follow from it."""

    def __init__(self, file: Path, config: Config) -> None:
        self.file, self.config = file, config
        self.folder = file.parent
        self.issues = self.folder / "issues"
        self.programmes = self.folder / "programmes.toml"
        self.templates = self.folder / "templates"
        self.var = self.folder / "var"
        self.zone = ZoneInfo(config.workspace.time_zone)

    @property
    def database_url(self) -> str:
        """The URL of the database; a SQLite path is taken from the folder of config.toml."""
        url = make_url(os.environ.get("RUNDBRIEF_DATABASE_URL") or self.config.database.url)
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            url = url.set(database=str(self.folder / url.database))
        return url.render_as_string(hide_password=False)

    def newsletter(self, key: str | None) -> tuple[str, NewsletterTable]:
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

    def secret(self) -> SecretBytes:
        """The key of hashes and message ids; a missing file is made, readable by its owner only."""
        source = self.config.database.secret
        if source.file and not (path := self.folder / source.file).exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        return SecretBytes(self._fetch(source).encode())

    def smtp_password(self) -> SecretStr | None:
        """The relay's password, if it wants one."""
        source = self.config.smtp.password
        return SecretStr(self._fetch(source)) if source else None

    def _fetch(self, source: SecretSource) -> str:
        if source.env:
            if not (value := os.environ.get(source.env)):
                raise BadConfig(f"The environment variable {source.env} is not set.", place=str(self.file))
            return value
        if source.credential:
            folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
            path = Path(folder) / source.credential
        else:
            path = self.folder / str(source.file)
        try:
            mode = path.stat().st_mode
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise BadConfig(f"The secret in {path} cannot be read: {error.strerror}.") from None
        if source.file and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise BadConfig(f"The secret in {path} can be read by others.", hint=f"Run: chmod 600 {path}")
        return text.removesuffix("\n").removesuffix("\r")


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
    for name in os.environ:
        if name.startswith("RUNDBRIEF_") and name not in (*ENVIRONMENT, *_own_names(path)):
            raise BadConfig(
                f"The environment variable {name} is unknown.", hint=f"Known are {', '.join(ENVIRONMENT)}."
            )
    config = toml.read(path, Config, place=path.name, error=BadConfig)
    return Settings(path, config)


def _own_names(path: Path) -> list[str]:
    """Variables that config.toml itself names as the home of a secret."""
    import re

    found: list[Any] = re.findall(
        r'env\s*=\s*"(RUNDBRIEF_\w+)"', path.read_text(encoding="utf-8", errors="replace")
    )
    return found
