"""`rundbrief demo`: the main job, end to end, on invented people; nothing leaves this machine."""

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.office import Office, clock
from subscribers.errors import Problem

if TYPE_CHECKING:
    from mailer.web.sandbox import Sandbox
    from subscribers.import_report import Report
    from subscribers.rules import Rule

ISSUE = "2025-10"
SEGMENTS = {
    "tischler-maler-gt": 'kreis = "Kreis Gütersloh" and gewerk in (Tischler, Maler)',
    "inhaber": "funktion in (Inhaber, Inhaberin)",
}
PATIENCE_SECONDS = 60.0


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to work [default: var/demo, made anew]."
)
def demo(folder: Path | None) -> None:
    """Do the main job on invented people, to a mail catcher on this machine."""
    from mailer.web.sandbox import Sandbox

    folder = folder or _default_folder()
    with Sandbox(folder / "var" / "sandbox") as box:
        office = _workspace(folder, box.port)
        imported = _import(office, folder / "abonnenten.csv")
        _tell(f"Imported {imported.new} people from abonnenten.csv ({imported.encoding}):")
        for refused in imported.refused:
            _tell(f"  refused line {refused.line}: {refused.reason}")
        _tell(f"  {imported.duplicates} twice in the file, {imported.pending} without proof of consent.")
        numbers, expected = _plan(office)
        began = time.monotonic()
        _send(office, numbers, len(expected))
        took = time.monotonic() - began
        _account(office, box, numbers, expected, took, folder)


def _default_folder() -> Path:
    """var/demo of a workspace, else a temporary folder; what an earlier demo left there is replaced."""
    if not Path("config.toml").is_file():
        return Path(tempfile.mkdtemp(prefix="rundbrief-demo-"))
    folder = Path("var/demo")
    if folder.exists():
        shutil.rmtree(folder)
    return folder


def _workspace(folder: Path, port: int) -> Office:
    """The sample workspace with its relay set to the catcher."""
    from mailer.cli.workspace import make_workspace

    make_workspace(folder)
    config = folder / "config.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("port = 1025", f"port = {port}"), encoding="utf-8"
    )
    _tell(f"A workspace in {folder}, a mail catcher on 127.0.0.1:{port}.")
    return Office(str(config))


def _import(office: Office, file: Path) -> "Report":
    from mailer.cli.demo_people import write_people
    from subscribers.cells import Terms
    from subscribers.csvfile import read_rows
    from subscribers.importing import apply_import

    write_people(file)
    book = office.open_book()
    with office.engine.begin() as connection:
        return apply_import(
            connection, read_rows(file), book.newsletter(None), secret=book.secret, now=clock(), terms=Terms()
        )


def _plan(office: Office) -> tuple[list[int], set[str]]:
    """Plan the sample issue for both segments, approve both; their numbers, and who has to get it."""
    from subscribers.address import envelope_address
    from subscribers.database import reading
    from subscribers.roster import list_people
    from subscribers.segments import add_segment, condition, count

    key, _ = office.settings.newsletter(None)
    due_at, numbers, expected = clock() + timedelta(seconds=1), [], set[str]()
    for name, rule in SEGMENTS.items():
        with office.engine.begin() as connection:
            made = add_segment(connection, name, rule, clock())
        numbers.append(_approved(office, name, made.rule, due_at))
        with reading(office.engine) as connection:
            found = list_people(connection, key, condition(made.rule), state="active")
            expected |= {envelope_address(person.email) for person, _ in found}
            people = count(connection, made.rule, key)
        _tell(f"Mailing {numbers[-1]}: issue {ISSUE} to {people} people, segment {name}: {rule}")
    _tell(f"  together {len(expected)} different people: who is in both gets one letter.")
    return numbers, expected


def _approved(office: Office, segment: str, rule: "Rule", due_at: datetime) -> int:
    from mailer.delivery import mailing
    from subscribers.rules import to_tree

    issue, now = office.read_issue(ISSUE), clock()
    edition, (key, _) = office.compile(issue), office.settings.newsletter(None)
    what: dict[str, Any] = {"newsletter": key, "issue": issue.key, "segment": segment, "due_at": due_at}
    with office.engine.begin() as connection:
        number = mailing.plan(connection, **what, rule=to_tree(rule), by="demo", now=now)
        planned = mailing.find(connection, str(number))
        frozen = (edition, office.envelope(key, issue.key), office.fingerprint(planned, edition))
        mailing.approve(connection, planned, *frozen, by="demo", now=now, grace=office.grace)
    return number


def _send(office: Office, numbers: list[int], expected: int) -> None:
    """Let the scheduler fire and the sender work until both mailings are done."""
    from mailer import report
    from mailer.cli.run import make_sender
    from mailer.delivery import mailing
    from mailer.schedule import ticker
    from subscribers.database import reading

    def sent() -> tuple[int, bool]:
        with reading(office.engine) as connection:
            planned = [mailing.find(connection, str(number)) for number in numbers]
            done = all(each.state == "done" for each in planned)
            return sum(report.summary(connection, each)["sent"] for each in planned), done

    sender = make_sender(office, Event())
    limit = time.monotonic() + PATIENCE_SECONDS
    scheduler = ticker.start(
        office.engine, clock, grace=office.grace, fingerprint=office.fingerprint, seconds=0.2
    )
    try:
        with _progress(expected) as advance:
            while True:
                busy = sender.step()
                count, done = sent()
                advance(count)
                if done:
                    return
                if time.monotonic() > limit:
                    raise Problem(f"After {PATIENCE_SECONDS:.0f} s only {count} letters had left.")
                if not busy:
                    time.sleep(0.05)
    finally:
        scheduler.shutdown()


def _account(
    office: Office, box: "Sandbox", numbers: list[int], expected: set[str], took: float, folder: Path
) -> None:
    """Compare the books with the catcher; whatever is not exactly one letter per person is a failure."""
    from mailer import report
    from mailer.delivery import mailing
    from subscribers.database import reading

    caught = Counter(recipient for each in box.received() for recipient in each.recipients)
    with reading(office.engine) as connection:
        for number in numbers:
            summary = report.summary(connection, mailing.find(connection, str(number)))
            _tell(
                f"Mailing {number} {summary['state']}: {summary['sent']} sent, {summary['skipped']} skipped, "
                f"{summary['failed']} failed, {summary['in_doubt']} in doubt."
            )
    missing, twice = expected - set(caught), [address for address, count in caught.items() if count > 1]
    strangers = set(caught) - expected
    _tell(f"The catcher has {sum(caught.values())} letters for {len(caught)} people, after {took:.1f} s.")
    own = Path(sys.executable).parent / "rundbrief"  # not on the PATH in the environment that make keeps
    command = (
        f"{'rundbrief' if shutil.which('rundbrief') else os.path.relpath(own)} --config {folder}/config.toml"
    )
    _tell(f"They lie in {box.folder}/*.eml. Look at them in the browser, in the inbox of the mail catcher:")
    _tell(f"  {command} sandbox")
    _tell("It prints its address (http://127.0.0.1:8026/…/inbox): open that, choose a letter on the left.")
    _tell("To try the unsubscribe link there, let this run as well:")
    _tell(f"  {command} run --only web")
    _tell("Look at the letter while it is written; the same inbox stands there under “Postfach”:")
    _tell(f"  {command} preview {ISSUE}")
    if missing or twice or strangers:
        raise Problem(
            f"{len(missing)} missing, {len(twice)} got it twice, {len(strangers)} should not have got it.",
            hint=f"The books are in {folder / 'var'}.",
        )
    _tell("Nobody twice, nobody missed.")


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A bar on a terminal; in a pipe a line now and then."""
    if sys.stdout.isatty():
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(TextColumn("Sending"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
            task = bar.add_task("sending", total=total)
            yield lambda count: bar.update(task, completed=count)
        return
    said = [0]

    def advance(count: int) -> None:
        if count >= said[0] + 50 or (count == total and said[0] != total):
            said[0] = count
            _tell(f"  sent {count} of {total}")

    yield advance


def _tell(line: str) -> None:
    click.echo(line)
