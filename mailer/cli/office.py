"""The composition root: reads config.toml once and hands every other room plain values."""

import os
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from subscribers.errors import Problem, Refused
from subscribers.output import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

    from mailer.checks.finding import Finding
    from mailer.checks.surroundings import Surroundings
    from mailer.cli.instance import Instance
    from mailer.cli.stamps import Stamp
    from mailer.compose.letterhead import Letterhead
    from mailer.compose.rendering import Edition
    from mailer.content.issue import Issue
    from mailer.content.programmes import Register
    from mailer.delivery.dkim import Signer
    from mailer.delivery.mailing import Mailing
    from mailer.delivery.message import Envelope
    from mailer.delivery.sender import Route
    from mailer.delivery.smtp import Relay
    from mailer.settings import Settings
    from mailer.settings.essentials import Essentials
    from subscribers.asking import Ask
    from subscribers.book import AddressBook
    from subscribers.fields import Fields


def clock() -> datetime:
    """The present moment; the only clock of the program, everything else is told the time."""
    return datetime.now(UTC)


class Office:
    """What the commands work with; each part is opened when it is first asked for."""

    def __init__(self, config: str | None, *, verbose: bool = False) -> None:
        self._config, self.verbose = config, verbose
        self._programmes: tuple[Stamp, Register] | None = None

    @property
    def config_given(self) -> bool:
        """Somebody named a config.toml, or one lies here: then it has to be right."""
        return bool(self._config or os.environ.get("RUNDBRIEF_CONFIG") or Path("config.toml").exists())

    @cached_property
    def settings(self) -> "Settings":
        """config.toml, checked. Raises BadConfig with every complaint and its line."""
        from mailer.settings import Settings, find_config
        from mailer.settings.essentials import recalled
        from mailer.settings.kept import revived

        file = find_config(self._config, os.environ)
        if (known := recalled(file)) is not None:
            return Settings(file, revived(known.tables), known.text)
        from mailer.cli.named import read_checked

        return read_checked(file)

    @property
    def is_checked(self) -> bool:
        """Whether config.toml was found right before, unchanged since. Raises BadConfig without one."""
        from mailer.settings import find_config
        from mailer.settings.essentials import recalled

        return recalled(find_config(self._config, os.environ)) is not None

    @cached_property
    def essentials(self) -> "Essentials":
        """What the address book needs of config.toml, checked only after a change; raises as `settings`."""
        from mailer.settings import find_config
        from mailer.settings.essentials import essentials_for

        def check() -> "Essentials":
            from mailer.cli.book import essentials_of

            return essentials_of(self.settings)

        return essentials_for(find_config(self._config, os.environ), check)

    @cached_property
    def engine(self) -> "Engine":
        """The database, at this program's version; a new one is made, an old one is not touched."""
        from mailer.migrations import require_current
        from subscribers.database import open_database

        file = self.essentials.database_file
        url = f"sqlite:///{file}" if file and Path(file).is_file() else self.settings.database_url
        engine = open_database(url)
        require_current(engine)
        self._stamp(engine)
        return engine

    def close(self) -> None:
        """Give back the connections of the database, if it was opened."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def _stamp(self, engine: "Engine") -> None:
        """Tie a database without a stamp to its key; only an empty one may be given a new key."""
        from subscribers import stamp
        from subscribers.database import reading

        with reading(engine) as connection:
            if stamp.is_stamped(connection):
                return
            in_use = stamp.holds_hashes(connection)
        secret = self._read_secret(make=not in_use)
        with engine.begin() as connection:
            if not stamp.fits(connection, secret):
                raise self._wrong_key()
            stamp.write_stamp(connection, secret)
        self._instance(engine).begin()

    def _instance(self, engine: "Engine") -> "Instance":
        from mailer.cli.instance import Instance, notes_folder

        return Instance(engine, self.settings.var / "instance", clock, notes_folder(os.environ))

    @property
    def instance(self) -> "Instance":
        """This workspace as the place that sends, or a copy that must not."""
        return self._instance(self.engine)

    @property
    def has_database(self) -> bool:
        """Whether there is one already; asking makes none."""
        file = self.essentials.database_file
        return not file or Path(file).is_file()

    def mailing_states(self) -> "Mapping[str, str]":
        """The state of each issue's newest mailing; empty where there is no database that can be read."""
        if not self.has_database:
            return {}
        from sqlalchemy.exc import DBAPIError

        from mailer.delivery.mailing import list_mailings
        from subscribers.database import reading

        try:
            with reading(self.engine) as connection:
                found = sorted(list_mailings(connection), key=lambda each: each.id)
        except (Problem, DBAPIError) as problem:
            say(f"The states of the mailings cannot be read: {str(problem).splitlines()[0]}")
            return {}
        return {each.issue: each.state for each in found}

    @cached_property
    def secret(self) -> bytes:
        """The key behind message ids and suppression hashes, the one this database was made with.

        Raises:
            Refused: the key is lost or another one; a suppressed person would be mailed again.
        """
        from subscribers import stamp
        from subscribers.database import reading

        engine = self.engine  # a new database makes its key
        secret = self._read_secret(make=False)
        with reading(engine) as connection:
            if not stamp.fits(connection, secret):
                raise self._wrong_key()
        return secret

    def _read_secret(self, *, make: bool) -> bytes:
        if not make and self.essentials.lacks_key:
            raise self._wrong_key(": the file is missing")
        return self.essentials.read_key(make=make)

    def _wrong_key(self, how: str = "") -> Refused:
        place = self.essentials.key_place
        return Refused(
            f"The key in {place} does not fit this database{how}.",
            hint=f"Bring {place} back from the backup; without it suppressed people cannot be recognised.",
        )

    def require_secret(self) -> None:
        """Refuse to count people with a key that does not fit: it would not recognise who is suppressed."""
        assert self.secret

    @property
    def grace(self) -> timedelta:
        """How late a mailing may be and is still sent."""
        return timedelta(hours=self.settings.config.workspace.grace_hours)

    @property
    def image_base_url(self) -> str:
        """Where pictures are hosted; empty where they travel with the letter."""
        return self.settings.config.workspace.image_base_url or ""

    def open_book(self) -> "AddressBook":
        """The address book, for the commands of `subscribers` and `segments`."""
        from mailer.cli.book import make_book

        fields, imprint_of = self.declared_fields, lambda key: self.letterhead(key).imprint
        return make_book(self.essentials, self.engine, self.secret, fields, imprint_of)

    def look_up(self) -> "AbstractContextManager[tuple[Ask, bytes]]":
        """The shortest way to one person: the database, to ask in plain SQL, and the key that fits it."""
        from mailer.cli.glance import look_up

        return look_up(self.essentials, lambda: (self.engine, self.secret))

    @property
    def declared_fields(self) -> "Fields":
        """The fields that this workspace declares for its people."""
        from subscribers.fields import declare

        return declare(self.essentials.fields)

    def register(self) -> "Register":
        """The programme register, read again when its file changed; an absent file is an empty one."""
        from mailer.cli.stamps import is_settled, stamp_of
        from mailer.content.programmes import read_register

        stamp = stamp_of([self.settings.programmes])
        if self._programmes is None or self._programmes[0] != stamp or not is_settled(stamp, clock()):
            self._programmes = stamp, read_register(self.settings.programmes, self.settings.folder)
        return self._programmes[1]

    def read_issue(self, key: str) -> "Issue":
        """An issue from its folder. Raises Problems with every complaint and its place."""
        from mailer.content.issue import read_issue

        issue = read_issue(self.settings.issues / key, self.register(), self.settings.folder)
        known = self.settings.config.newsletters
        if issue.newsletter is not None and issue.newsletter not in known:
            message = f"`newsletter` names {issue.newsletter!r}, which config.toml does not have."
            place = f"issues/{key}/editorial.md"
            raise Problem(message, place=place, hint=f"There is: {', '.join(known)}.")
        return issue

    def letterhead(self, newsletter: str | None) -> "Letterhead":
        """What all issues of a newsletter share."""
        from mailer.compose.letterhead import Imprint, Letterhead

        key, table = self.settings.newsletter(newsletter)
        names = ("name", "organisation", "language", "tone", "greeting", "theme")
        imprint = Imprint(**table.imprint.model_dump())
        web = f"{self.settings.config.workspace.public_url}/w/{key}" if table.web_version else ""
        shared = {name: getattr(table, name) for name in names}
        return Letterhead(key=key, imprint=imprint, web_base=web, fields=self.declared_fields, **shared)

    def envelope(self, newsletter: str | None, issue: str = "") -> "Envelope":
        """Sender and list headers of a newsletter and its issue."""
        from mailer.cli.envelopes import make_envelope

        return make_envelope(self.settings, newsletter, issue, self.letterhead(newsletter).web_base)

    def signer(self, newsletter: str | None) -> "Signer | None":
        """What signs the letters of a newsletter; None where the relay does."""
        from mailer.cli.envelopes import make_signer

        return make_signer(self.settings, newsletter, clock)

    def compile(self, issue: "Issue", newsletter: str | None = None) -> "Edition":
        """The edition as it would go out now."""
        from mailer.compose.edition import compile_edition

        overrides = self.settings.templates if self.settings.templates.is_dir() else None
        head = self.letterhead(newsletter or issue.newsletter)
        return compile_edition(issue, head, overrides, self.image_base_url)

    def check(self, issue: "Issue", edition: "Edition") -> "list[Finding]":
        """All findings of an issue today, whose people are counted where there is an address book."""
        from mailer.checks.preflight import preflight

        return preflight(issue, edition, self.surroundings(issue, edition))

    def surroundings(self, issue: "Issue", edition: "Edition | None" = None) -> "Surroundings":
        """What the preflight goes by beside the issue; people are counted where an edition is given."""
        from mailer.cli.backdrop import with_issue
        from mailer.cli.checking import surroundings_of, with_people

        around = surroundings_of(self.settings, self.letterhead(issue.newsletter), clock())
        around = with_issue(around, self, issue)
        if edition is None or not self.has_database:
            return around
        return with_people(around, lambda: self.engine, self.settings, issue, edition)

    def fingerprint(self, planned: "Mailing", edition: "Edition | None" = None) -> str:
        """sha256 of everything a mailing would send now; the approval holds only for this."""
        from mailer.cli.unchanged import fingerprint_for

        return fingerprint_for(self, planned, edition)

    def relay(self, name: str = "") -> "Relay":
        """An SMTP relay, with its password; without a name the usual one."""
        from mailer.cli.routes import make_relay

        return make_relay(self.settings, name)

    def routes(self) -> "dict[str, Route]":
        """All relays by the name that a mailing gives, with their limits."""
        from mailer.cli.routes import make_routes

        return make_routes(self.settings)

    def afresh(self) -> "Office":
        """The same workspace, with config.toml read again."""
        return Office(str(self.settings.file), verbose=self.verbose)
