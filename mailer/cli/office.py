"""The composition root: reads config.toml once and hands every other room plain values."""

import os
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from subscribers.errors import BadConfig, Problem

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mailer.checks.finding import Finding
    from mailer.cli.desk import FolderDesk
    from mailer.compose.edition import Edition, Letterhead
    from mailer.content.issue import Issue
    from mailer.content.programmes import Register
    from mailer.delivery.mailing import Mailing
    from mailer.delivery.message import Envelope
    from mailer.delivery.smtp import Relay
    from mailer.settings import Settings
    from subscribers.book import AddressBook


def clock() -> datetime:
    """The present moment; the only clock of the program, everything else is told the time."""
    return datetime.now(UTC)


class Office:
    """What the commands work with; each part is opened when it is first asked for."""

    def __init__(self, config: str | None, *, verbose: bool = False) -> None:
        self._config, self.verbose = config, verbose

    @cached_property
    def settings(self) -> "Settings":
        """config.toml, checked. Raises BadConfig with every complaint and its line."""
        from mailer.schedule.calendar import parse_rule
        from mailer.settings import find_config, read_settings

        read = read_settings(find_config(self._config, os.environ))
        for key, table in read.config.newsletters.items():
            try:
                if table.send:
                    parse_rule(table.send)
            except Problem as problem:
                place = f"{read.file.name}: newsletters.{key}.send"
                raise BadConfig(problem.message, place=place, hint=problem.hint) from None
        return read

    @cached_property
    def engine(self) -> "Engine":
        """The database, at this program's version; a new one is made, an old one is not touched."""
        from mailer.migrations import require_current
        from subscribers.database import open_database

        engine = open_database(self.settings.database_url)
        require_current(engine)
        return engine

    @cached_property
    def secret(self) -> bytes:
        """The key behind message ids and suppression hashes."""
        return self.settings.secret().get_secret_value()

    @property
    def grace(self) -> timedelta:
        """How late a mailing may be and is still sent."""
        return timedelta(hours=self.settings.config.workspace.grace_hours)

    def open_book(self) -> "AddressBook":
        """The address book, for the commands of `subscribers` and `segments`."""
        from subscribers.book import AddressBook

        newsletters = tuple(self.settings.config.newsletters)
        return AddressBook(engine=self.engine, secret=self.secret, newsletters=newsletters)

    def register(self) -> "Register":
        """The programme register; an absent file is an empty one."""
        from mailer.content.programmes import read_register

        return read_register(self.settings.programmes, self.settings.folder)

    def read_issue(self, key: str) -> "Issue":
        """An issue from its folder. Raises Problems with every complaint and its place."""
        from mailer.content.issue import read_issue

        return read_issue(self.settings.issues / key, self.register(), self.settings.folder)

    def letterhead(self, newsletter: str | None) -> "Letterhead":
        """What all issues of a newsletter share."""
        from mailer.compose.edition import Imprint, Letterhead

        key, table = self.settings.newsletter(newsletter)
        names = ("name", "organisation", "language", "tone", "greeting", "theme")
        imprint = Imprint(**table.imprint.model_dump())
        return Letterhead(key=key, imprint=imprint, **{name: getattr(table, name) for name in names})

    def envelope(self, newsletter: str | None) -> "Envelope":
        """Sender and list headers of a newsletter."""
        from mailer.delivery.message import Envelope

        _, table = self.settings.newsletter(newsletter)
        return Envelope(
            from_name=table.from_name,
            from_address=table.from_address,
            reply_to=table.reply_to or "",
            list_id=table.list_id,
            list_name=table.name,
            language=table.language,
            public_url=self.settings.config.workspace.public_url,
        )

    def compile(self, issue: "Issue", newsletter: str | None = None) -> "Edition":
        """The edition as it would go out now."""
        from mailer.compose.edition import compile_edition

        overrides = self.settings.templates if self.settings.templates.is_dir() else None
        return compile_edition(issue, self.letterhead(newsletter or issue.newsletter), overrides)

    def check(self, issue: "Issue", edition: "Edition") -> "list[Finding]":
        """All findings of an issue today."""
        from mailer.checks.preflight import preflight

        return preflight(issue, edition, clock().astimezone(self.settings.zone).date())

    def fingerprint(self, planned: "Mailing", edition: "Edition | None" = None) -> str:
        """sha256 of everything a mailing would send now; the approval holds only for this."""
        from mailer.compose.edition import fingerprint
        from mailer.delivery.message import frame

        edition = edition or self.compile(self.read_issue(planned.issue), planned.newsletter)
        return fingerprint(edition, frame(self.envelope(planned.newsletter), planned.rule, planned.segment))

    def relay(self) -> "Relay":
        """The SMTP relay, with its password."""
        from mailer.delivery.smtp import Relay

        smtp, password = self.settings.config.smtp, self.settings.smtp_password()
        sender = next(iter(self.settings.config.newsletters.values())).from_address
        return Relay(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,
            user=smtp.user,
            password=password.get_secret_value() if password else "",
            hello=smtp.hello or sender.rpartition("@")[2],
            timeout_seconds=smtp.timeout_seconds,
        )

    def desk(self) -> "FolderDesk":
        """The issues as the preview shows them."""
        from mailer import shipped
        from mailer.cli.desk import FolderDesk
        from mailer.content.issue import list_issues

        paths = self.settings
        return FolderDesk(
            entries=lambda: list_issues(paths.issues, self.register(), paths.folder),
            read=self.read_issue,
            compile=self.compile,
            envelope=self.envelope,
            tone=lambda newsletter: self.letterhead(newsletter).tone,
            watched=(paths.issues, paths.programmes, paths.file, paths.templates, shipped.templates()),
            clock=clock,
        )
