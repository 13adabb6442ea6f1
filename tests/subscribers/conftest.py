"""What the tests of the address book share: a key, people, a way to run the commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from invented import SECRET
from sqlalchemy import Engine

from subscribers import undo
from subscribers.address import parse_address
from subscribers.asking import Ask, asking
from subscribers.book import AddressBook
from subscribers.cells import Terms
from subscribers.cli import subscribers
from subscribers.cli_segments import segments
from subscribers.cli_suppression import suppression
from subscribers.consent import Consent
from subscribers.database import reading
from subscribers.errors import Problem
from subscribers.importing import Report, apply_import, plan_import
from subscribers.listfile import read_list
from subscribers.roster import Added, Card, add, show

NO_TERMS = Terms()


@pytest.fixture
def consent(now: datetime) -> Consent:
    return Consent("confirmed", now, "Anmeldeformular", "Ja, ich möchte den Rundbrief erhalten.")


@pytest.fixture
def put(engine: Engine, now: datetime, consent: Consent) -> Callable[..., Added]:
    """Add an active person: `put("a@example.org", kreis="Kreis Gütersloh")`."""

    def put_one(address: str, newsletter: str = "report", *, pending: bool = False, **fields: str) -> Added:
        with engine.begin() as connection:
            return add(
                connection,
                parse_address(address),
                fields,
                newsletter,
                secret=SECRET,
                now=now,
                consent=None if pending else consent,
            )

    return put_one


@dataclass
class Office:
    """Stands where the program's own root object stands."""

    book: AddressBook

    def open_book(self) -> AddressBook:
        return self.book

    @contextmanager
    def look_up(self) -> Iterator[tuple[Ask, bytes]]:
        with reading(self.book.engine) as connection:
            yield asking(connection), self.book.secret


class Root(click.Group):
    """The program's root command in small: problems become one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            click.echo(f"Error: {problem}", err=True)
            ctx.exit(problem.exit_code)


@pytest.fixture
def run(engine: Engine) -> Callable[..., Result]:
    """Run a command: `run("subscribers", "list")`; several newsletters by `newsletters=…`."""

    def run_one(*arguments: str | Path, newsletters: tuple[str, ...] = ("report",)) -> Result:
        root = Root(
            "rundbrief",
            commands={"subscribers": subscribers, "segments": segments, "suppression": suppression},
        )
        office = Office(AddressBook(engine, SECRET, newsletters))
        return CliRunner().invoke(root, [str(one) for one in arguments], obj=office, catch_exceptions=False)

    return run_one


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A file of these lines, or of these bytes."""

    def write_one(*lines: str, encoding: str = "utf-8", data: bytes | None = None) -> Path:
        path = tmp_path / "liste.csv"
        path.write_bytes("\r\n".join(lines).encode(encoding) if data is None else data)
        return path

    return write_one


@pytest.fixture
def take(engine: Engine, now: datetime) -> Callable[..., Report]:
    """Import a file for good, or only look at it."""

    def take_one(
        path: Path, terms: Terms = NO_TERMS, *, look: bool = False, newsletter: str = "report"
    ) -> Report:
        work = plan_import if look else apply_import
        sheet = read_list(path)
        with engine.begin() as connection:
            return work(connection, sheet, newsletter, secret=SECRET, now=now, terms=terms)

    return take_one


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes an import back makes no pause for other writers, where there are none."""
    monkeypatch.setattr(undo, "_PAUSE", 0)


@pytest.fixture
def card(engine: Engine) -> Callable[[str], Card]:
    """Everything about the person with this address."""

    def card_of(address: str) -> Card:
        with engine.connect() as connection:
            found = show(connection, parse_address(address))
        assert found is not None
        return found

    return card_of
