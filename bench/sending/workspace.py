"""A workspace in a temporary folder with as many invented people as a figure needs, and mailings to them."""

import json
import re
import secrets
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from mailer.cli.office import Office
from subscribers.address import parse_address
from subscribers.person import person_row
from subscribers.schema import subscriber, subscription
from subscribers.suppression import key_hash
from subscribers.words import CONSENTED

if TYPE_CHECKING:
    from mailer.compose.edition import Variant
    from mailer.delivery.message import Envelope
    from mailer.delivery.personal import Recipient

ROOT = Path(__file__).parents[2]
SLICE = 20_000
FIRST = ("Aylin", "Birgit", "Clara", "Dörte", "Elif", "Greta", "Hülya", "Jördis", "Katrin", "Nele", "Özlem")
LAST = ("Ahlers", "Bäumer", "Çelik", "Dreesen", "Hövelmann", "Jäckel", "Köster", "Nüßlein", "Tönnies")
PUBLIC_URL, PICTURES = "https://rundbrief.example.org", "https://www.example.org/rundbrief/bilder"


class Workspace:
    """The sample workspace with `people` subscribers; each mailing is an issue of its own."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder, self.people, self.config = folder, people, folder / "config.toml"
        self._issues = 0
        subprocess.run([*self._rundbrief(config=False), "init", str(folder)], check=True, capture_output=True)
        self._replace("public_url", f'"{PUBLIC_URL}"')
        self._replace("image_base_url", f'"{PICTURES}"')
        _shorten(folder / "issues/2025-10")
        office = Office(str(self.config))
        _fill(office, people)
        office.engine.dispose()

    def set_relay(self, port: int, connections: int) -> None:
        """Which server the next run talks to, and how many connections it may have."""
        self._replace("port", str(port))
        self._replace("connections", str(connections))

    def plan(self) -> str:
        """An approved mailing of the next issue to everybody, due now; its key."""
        self._issues += 1
        key = f"{2030 + self._issues // 12}-{self._issues % 12 + 1:02}"
        shutil.copytree(self.folder / "issues/2025-10", self.folder / "issues" / key)
        self.call("mailing", "plan", key, "--now")
        self.call("mailing", "approve", key, "--yes", "--expect-recipients", str(self.people))
        return key

    def call(self, *arguments: str) -> str:
        """What a command prints. RuntimeError with its words when it fails; "partly" is no failure."""
        done = subprocess.run([*self._rundbrief(), *arguments], capture_output=True, text=True, check=False)
        if done.returncode not in (0, 4):
            raise RuntimeError(f"rundbrief {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def report(self, key: str) -> dict[str, Any]:
        """What the books say of a mailing, with every name."""
        found: dict[str, Any] = json.loads(self.call("mailing", "report", key, "--full", "--json"))
        return found

    def run_command(self) -> list[str]:
        """What sends everything that is due and ends."""
        return [*self._rundbrief(), "run", "--only", "scheduler,sender", "--until-done"]

    def worker_command(self, *options: str) -> list[str]:
        """The same with a stop-watch, see worker.py."""
        return [sys.executable, str(Path(__file__).with_name("worker.py")), str(self.config), *options]

    def message(self) -> bytes:
        """One letter as it goes over the wire, for the tools that send a file."""
        from mailer.delivery.message import Message, message_id

        variant, recipient, envelope = self._sample()
        identity = message_id(b"k" * 32, 1, 1, "example.org")
        template = Message(variant, (), envelope)  # its pictures are hosted
        return template.fill(recipient, message_id=identity, date=datetime(2026, 11, 24, 8, 30, tzinfo=UTC))

    def letter(self) -> dict[str, str]:
        """The parts of one letter, for senders that build their own."""
        variant, recipient, _ = self._sample()
        html, text = variant.fill_html(recipient.values), variant.fill_text(recipient.values)
        return {"subject": variant.subject, "html": html, "text": text}

    def _sample(self) -> "tuple[Variant, Recipient, Envelope]":
        from mailer.cli.muster import sample_recipient

        office = Office(str(self.config))
        variant, envelope = office.compile(office.read_issue("2025-10")).variants[0], office.envelope(None)
        return variant, sample_recipient(envelope, variant), envelope

    def _rundbrief(self, *, config: bool = True) -> list[str]:
        # Not by `-m`: the command runs in this folder's own code, wherever it is started.
        start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from mailer.__main__ import main; main()"
        return [sys.executable, "-c", start, *(("--config", str(self.config)) if config else ())]

    def _replace(self, key: str, value: str) -> None:
        text = self.config.read_text("utf-8")
        text, count = re.subn(rf"(?m)^(# )?{key} = .*$", lambda _: f"{key} = {value}", text, count=1)
        assert count == 1, f"config.toml has no {key}"
        self.config.write_text(text, "utf-8")


def _shorten(issue: Path) -> None:
    """The editorial alone: with its cards and people the letter has 57 KB, without them about 35."""
    (issue / "highlights.toml").write_text("", "utf-8")
    editorial = issue / "editorial.md"
    front, _, rest = editorial.read_text("utf-8").partition("\n[[contacts]]")
    body = rest.partition("\n+++")[2]
    editorial.write_text(f"{front}\n+++{body}", "utf-8")


def _fill(office: Office, people: int) -> None:
    """Active subscribers straight into the tables; bench/addresses.py measures how lists are imported."""
    now, secret = datetime.now(UTC), office.secret
    for begin in range(0, people, SLICE):
        numbers = range(begin, min(begin + SLICE, people))
        persons = [_person(number, secret) | {"created_at": now, "changed_at": now} for number in numbers]
        shared = {"newsletter": "rundbrief", "state": "active", "basis": CONSENTED}
        subscriptions = [
            {**shared, "subscriber_id": number + 1, "token": secrets.token_hex(16)}
            | {"since": now, "changed_at": now}
            for number in numbers
        ]
        with office.engine.begin() as connection:
            connection.execute(insert(subscriber), persons)
            connection.execute(insert(subscription), subscriptions)


def _person(number: int, secret: bytes) -> dict[str, Any]:
    address = parse_address(f"person.{number}@example.org")
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    fields = {"anrede": "Frau", "vorname": first, "nachname": last, "ort": "Musterstadt"}
    return {"id": number + 1, **person_row(address, fields, key_hash(secret, address.key))}
