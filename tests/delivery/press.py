"""A workspace whose issue has all that an approval binds, its commands, and a sender that a test drives."""

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from click import Context
from click.testing import CliRunner, Result
from sqlalchemy import select

from mailer.cli import rundbrief
from mailer.cli.office import Office, clock
from mailer.delivery.schema import delivery
from mailer.delivery.sender import Route, Sender
from mailer.schedule.ticker import tick
from mailer.shipped import templates
from mailer.web.sandbox import Sandbox
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.database import reading
from subscribers.errors import Problem
from subscribers.roster import add
from subscribers.schema import subscriber
from subscribers.segments import add_segment
from tests.content.paper import png
from tests.small_workspace import make_office

REGISTER = """[programmes.praemie]
name = "Musterprämie"
kind = "Förderung"
teaser = "Die Kammer zahlt einen Teil der Kosten."
audience = "alle Betriebe"
label = "Zur Musterprämie"
url = "https://example.org/praemie"
source = "Kammer Musterland"
checked_on = 2026-11-01
checked_by = "Redaktion"
"""
CARDS = """[[highlights]]
programme = "praemie"
picture = "werkstatt.png"
picture_alt = "Zwei am Werktisch"
"""


class Press:
    """Commands go the way of the command line, each with a workspace that is read anew."""

    def __init__(self, folder: Path, box: Sandbox, database: str) -> None:
        self.folder, self.box = folder, box
        self.office = make_office(folder, port=box.port, database=database)
        self.issue = folder / "issues" / "2025-10"
        (folder / "programmes.toml").write_text(REGISTER, "utf-8")
        (self.issue / "highlights.toml").write_text(CARDS, "utf-8")
        (self.issue / "werkstatt.png").write_bytes(png(1100, 500))
        (folder / "templates").mkdir()
        for name in ("letter.txt", "letter.mjml"):
            shutil.copy(templates() / name, folder / "templates" / name)
        with self.office.engine.begin() as connection:
            add_segment(connection, "maler", "gewerk = Maler", clock())

    def people(self, names: Iterable[str], **fields: str) -> None:
        """Active subscribers, painters as long as nothing else is said."""
        yes = Consent("confirmed", clock(), "Formular", "Ja, gern.")
        told = {"vorname": "Kim", "nachname": "Muster", "gewerk": "Maler"} | fields
        with self.office.engine.begin() as connection:
            for name in names:
                address = parse_address(f"{name}@example.org")
                terms: dict[str, Any] = {"secret": self.office.secret, "now": clock(), "consent": yes}
                add(connection, address, told, "rundbrief", **terms)

    @contextmanager
    def fresh(self) -> Iterator[Office]:
        """The workspace as a new process finds it."""
        made = Office(str(self.folder / "config.toml"))
        yield made
        if "engine" in vars(made):
            made.engine.dispose()

    def call(self, group: str, *arguments: object, code: int = 0) -> Result:
        """A command and its exit code."""
        command = rundbrief.get_command(Context(rundbrief), group)
        assert command is not None
        words = [str(each) for each in arguments]
        with self.fresh() as office:
            done = CliRunner().invoke(command, words, obj=office, standalone_mode=False)
        if isinstance(done.exception, Problem):
            assert done.exception.exit_code == code, done.exception
        elif done.exception is not None:
            raise done.exception
        else:
            assert (done.return_value or 0) == code, done.output
        return done

    def refuse(self, group: str, *arguments: object, code: int = 5) -> str:
        """The sentence with which a command refuses."""
        done = self.call(group, *arguments, code=code)
        assert isinstance(done.exception, Problem)
        return str(done.exception)

    def read(self, group: str, *arguments: object) -> Any:
        """The JSON of a command."""
        return json.loads(self.call(group, *arguments, "--json").stdout)

    def approve(self, which: object, number: int, *more: str) -> Result:
        return self.call("mailing", "approve", which, "--yes", "--expect-recipients", number, *more)

    def change(self, file: str, old: str, new: str) -> None:
        """Other words at one place of a file."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), "utf-8")

    def tick(self) -> list[int]:
        """Let the scheduler look once, at the files as they are."""
        with self.fresh() as office:
            return tick(self.office.engine, clock(), grace=office.grace, fingerprint=office.fingerprint)

    def sender(self) -> Sender:
        return Sender(
            self.office.engine,
            {"": Route.to(self.office.relay(), 2)},
            self.office.secret,
            clock=clock,
            stop=Event(),
        )

    def send(self) -> None:
        """Tick and send all that may leave now."""
        self.tick()
        self.sender().run(until_done=True)

    def send_some(self) -> int:
        """Tick and send one batch; how many letters have arrived in all."""
        self.tick()
        self.sender().step()
        return len(self.box.received())

    def caught(self) -> dict[str, list[str]]:
        """Name -> the messages that arrived, in their order."""
        found: dict[str, list[str]] = {}
        for each in self.box.received():
            for recipient in each.recipients:
                text = each.file.read_text("utf-8")
                found.setdefault(recipient.partition("@")[0], []).append(text)
        return found

    def releases(self, number: int) -> dict[str, tuple[str, int]]:
        """Name -> state and release of the letter."""
        query = (
            select(subscriber.c.email, delivery.c.state, delivery.c.release)
            .join(delivery, delivery.c.subscriber_id == subscriber.c.id)
            .where(delivery.c.mailing_id == number)
        )
        with reading(self.office.engine) as connection:
            return {row[0].partition("@")[0]: (row[1], row[2]) for row in connection.execute(query)}
