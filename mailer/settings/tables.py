"""The shape of config.toml: its tables and keys, and what makes each value right."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from mailer.settings.calendar import CalendarTable
from subscribers.errors import Problem

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_DOMAIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"there is no time zone {name!r}; an example is Europe/Berlin")
    return name


def _mailbox(address: str) -> str:
    from subscribers.address import parse_address

    try:
        return parse_address(address).email
    except Problem as problem:
        raise ValueError(problem.message) from None


def _sender(address: str) -> str:
    from subscribers.address import envelope_address

    header_form = envelope_address(_mailbox(address))  # the domain as A-label (RFC 5890)
    if not header_form.isascii():
        raise ValueError("many servers refuse a sender with umlauts before the @")
    return header_form


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not re.fullmatch(r"[!-~]+", url) or parts.username is not None or re.search(r"[?#]", url):
        raise ValueError("this is no web address; write it like https://brief.example.org")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise ValueError("links in mails must be https (http only on this machine)")
    return url.rstrip("/")


def _line(text: str) -> str:
    if not text.strip():
        raise ValueError("this is empty")
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", text):
        raise ValueError("this must be one line of text")
    return text.strip()


def check_database_url(url: str) -> str:
    """A database URL of one of the two kinds; raises ValueError for anything else."""
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError("this is no database URL; write it like sqlite:///var/rundbrief.db") from None
    if parts.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError("the database is sqlite:///… or postgresql+psycopg://…")
    if parts.get_backend_name() == "sqlite" and not _names_a_file(parts.database):
        raise ValueError("this names no file, everything would be lost; write sqlite:///var/rundbrief.db")
    return url


def _names_a_file(database: str | None) -> bool:
    """SQLite keeps everything in memory without a name; `file:` would be a URL inside the URL."""
    return bool(database and database.strip()) and not str(database).startswith((":memory:", "file:"))


def _without_password(url: str) -> str:
    if make_url(check_database_url(url)).password:
        raise ValueError("a password never stands here; give the whole URL as RUNDBRIEF_DATABASE_URL")
    return url


def _no_bare_secret(value: object) -> object:
    if isinstance(value, str):  # and the complaint must not repeat it
        raise ValueError(
            'a secret never stands here; write { file = "…" }, { env = "…" } or { credential = "…" }'
        )
    return value


def _host_of_images(url: str) -> str:
    url = _web_address(url)
    if not url.startswith("https://"):
        raise ValueError("mail programs load pictures by https only")
    return url


def _declared(table: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    from subscribers.fields import declare

    declare(table)
    return table


def _domain(name: str) -> str:
    from subscribers.address import envelope_address

    try:
        known = envelope_address(f"x@{name}").rpartition("@")[2].lower()
    except Problem:
        known = ""
    if not re.fullmatch(_DOMAIN, known):
        raise ValueError("this is no domain; write it like example.org")
    return known


def _editor(address: str) -> str:
    if not address:
        return address
    if "{path}" not in address or re.search(r"[\s<>\"'`]", address):
        raise ValueError("name the file as {path}, such as vscode://file/{path}:{line}")
    if not re.match(r"(?!javascript:|data:|vbscript:|https?:)[a-z][a-z0-9+.-]*:", address):
        raise ValueError("this is no address of a program; write it like vscode://file/{path}:{line}")
    return address


Zone = Annotated[str, AfterValidator(_zone)]
EditorAddress = Annotated[str, AfterValidator(_editor)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Sender = Annotated[str, AfterValidator(_sender)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
HostedImages = Annotated[str, AfterValidator(_host_of_images)]
Domain = Annotated[str, AfterValidator(_domain)]
Selector = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
PerSecond = Annotated[float, Field(gt=0, le=100_000)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_line)]
DatabaseUrl = Annotated[str, AfterValidator(_without_password)]
DeclaredFields = Annotated[dict[str, str | list[str]], AfterValidator(_declared)]


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


SecretPlace = Annotated[SecretSource, BeforeValidator(_no_bare_secret)]


class Workspace(_Table):
    """What holds for the whole workspace."""

    public_url: WebAddress
    time_zone: Zone = "Europe/Berlin"
    grace_hours: float = Field(default=6, ge=0, le=168)
    programme_check_days: int = Field(default=120, ge=1, le=3650)
    image_base_url: HostedImages | None = None


class Database(_Table):
    """Where subscribers and mailings are kept."""

    url: DatabaseUrl = "sqlite:///var/rundbrief.db"
    secret: SecretPlace = SecretSource(file="var/secret.key")


class Smtp(_Table):
    """A relay that takes the mail, and how fast it may be given any."""

    host: Line
    port: int = Field(ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: SecretPlace | None = None
    timeout_seconds: float = Field(default=60, gt=0, le=900)
    hello: str = ""  # the name this machine gives itself; empty: the domain of the sender
    token_command: Annotated[tuple[str, ...], Field(min_length=1)] | None = None  # prints a token (XOAUTH2)
    connections: int = Field(default=10, ge=1, le=200)
    rate: PerSecond | None = None
    rates: dict[Domain, PerSecond] = {}
    groups: dict[Domain, tuple[Domain, ...]] = {}  # domains that count as one for `rates`

    @model_validator(mode="after")
    def _safe(self) -> "Smtp":
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError('security = "none" is for this machine only; use "starttls" or "tls"')
        if self.password and self.token_command:
            raise ValueError("name a password or a token_command, not both")
        if bool(self.user) != bool(self.password or self.token_command):
            raise ValueError("user and password go together")
        return self


class SubscribersTable(_Table):
    """What the address book keeps of people, beside what every address book keeps."""

    fields: DeclaredFields = {}
    ip: Literal["none", "truncated", "hashed", "kept"] = "none"
    unconfirmed_days: int = Field(default=7, ge=1, le=14)
    proof_years: int = Field(default=3, ge=1, le=10)
    import_days: int = Field(default=90, ge=1, le=365)
    silent_months: int = Field(default=24, ge=1, le=120)


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


class DkimTable(_Table):
    """The newsletter's own signature, for a relay that does not sign (RFC 6376)."""

    domain: Domain
    selector: Selector
    key: SecretPlace
    ed25519_selector: Selector | None = None
    ed25519_key: SecretPlace | None = None

    @model_validator(mode="after")
    def _pair(self) -> "DkimTable":
        if bool(self.ed25519_selector) != bool(self.ed25519_key):
            raise ValueError("ed25519_selector and ed25519_key go together")
        return self


class TeamTable(_Table):
    """Who is told by mail what is missing, how many days before the next date, and what came of it."""

    addresses: Annotated[tuple[Mailbox, ...], Field(min_length=1, max_length=50)]
    remind_days: tuple[Annotated[int, Field(ge=0, le=28, strict=True)], ...] = (10, 5, 1)
    report: bool = True  # what came of a mailing, the morning after it


class NewsletterTable(_Table):
    """A publication that people subscribe to."""

    name: Line
    organisation: Line
    from_name: Line
    from_address: Sender
    reply_to: Sender | None = None
    list_id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]+\.[a-z0-9-]+$")]
    language: Literal["de", "en"] = "de"
    tone: Literal["formal", "du"] = "formal"
    greeting: Literal["personal", "collective", "none"] = "personal"
    web_version: bool = True
    theme: str = "kammer"
    segment: str = "all"
    send: str = ""  # the words of the rule; docs/calendar.md
    calendar: CalendarTable = CalendarTable()
    plan_days: int = Field(default=14, ge=1, le=28)  # so long before it the next mailing is planned
    team: TeamTable | None = None
    four_eyes: bool = False  # who planned a mailing may not approve it
    relay: str = ""  # a name from [relays]; empty: [smtp]
    stale_hours: float = Field(default=72, ge=1, le=120)  # RFC 5321 section 4.5.4.1: give up after 4-5 days
    dkim: DkimTable | None = None
    unsubscribe_mailto: Sender | None = None  # takes the wish to leave by mail, beside the link
    sender_id: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{5,15})?$")] = (
        ""  # of Feedback-ID; else the domain
    )
    cfbl_address: Sender | None = None  # takes complaints (RFC 9477)
    csa_complaints: Sender | None = None  # for certified senders: X-CSA-Complaints
    imprint: ImprintTable

    @model_validator(mode="after")
    def _aligned(self) -> "NewsletterTable":
        sender = self.from_address.rpartition("@")[2].lower()
        if self.dkim and not f".{sender}".endswith(f".{self.dkim.domain}"):
            raise ValueError(f"dkim.domain must be {sender} or stand above it (DMARC, RFC 9989)")
        return self


class PreviewTable(_Table):
    """The studio of `rundbrief preview`."""

    editor: EditorAddress = ""  # opens a file: "vscode://file/{path}:{line}"


class Config(_Table):
    """The whole file; `checks` weighs rules by their ids, which the preflight itself knows."""

    workspace: Workspace
    database: Database = Database()
    smtp: Smtp
    relays: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")], Smtp] = {}
    subscribers: SubscribersTable = SubscribersTable()
    preview: PreviewTable = PreviewTable()
    checks: dict[str, Any] = {}
    newsletters: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")], NewsletterTable], Field(min_length=1)
    ]

    @model_validator(mode="after")
    def _known_relays(self) -> "Config":
        for key, table in self.newsletters.items():
            if table.relay and table.relay not in self.relays:
                known = f"there is {', '.join(self.relays)}" if self.relays else "there is none"
                raise ValueError(f"newsletters.{key}.relay: no [relays.{table.relay}] stands here; {known}")
        return self
