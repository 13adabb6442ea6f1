"""`rundbrief run`: what has to run all month - the public page, the scheduler, the sender."""

import gc
import os
import signal
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from mailer.cli.left_over import say_left_over
from mailer.cli.logs import log_to_stderr
from mailer.cli.office import Office, clock
from subscribers.errors import BadUsage, Problem, TryLater
from subscribers.output import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailer.delivery.mailing import Mailing
    from mailer.delivery.sender import Sender, Tally
    from mailer.schedule.ticker import Ticking

PARTS = ("web", "scheduler", "sender")
PARTLY, REFUSED, INTERRUPTED = 4, 5, 130


def _parts(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    chosen = PARTS if value is None else tuple(part.strip() for part in value.split(","))
    for part in chosen:
        if part not in PARTS:
            raise BadUsage(f"There is no part {part!r}.", hint=f"Choose from {', '.join(PARTS)}.")
    return chosen


@click.command()
@click.option(
    "--only", "parts", callback=_parts, metavar="PARTS", help="web, scheduler, sender; several with commas."
)
@click.option(
    "--until-done", is_flag=True, help="End when nothing is left that could leave now (not for web)."
)
@click.option(
    "--port",
    default=8024,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Where the public pages listen, on 127.0.0.1; 0 is any free port.",
)
@click.option(
    "--dry-run",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write what is due into FOLDER, one .eml file for each letter; send nothing, book nothing.",
)
@click.option("--parent", type=int, hidden=True, help="A pipe whose end says that the parent is gone.")
@click.pass_obj
def run(
    office: Office,
    parts: tuple[str, ...],
    until_done: bool,
    port: int,
    folder: Path | None,
    parent: int | None,
) -> None:
    """Run everything, or some parts; Ctrl-C and SIGTERM end after the letter in hand.

    With --until-done the exit code is 0 when everything due was sent or waits for another try, 4 when some
    failed or are in doubt, or a mailing is held, 5 when an approval was taken back or a time was missed, 75
    when the relay takes no mail now, 130 when interrupted.
    """
    _check(office)
    log_to_stderr(office.settings.zone, before="" if folder is None else "rehearsal: ")
    if until_done and "web" in parts:
        raise BadUsage("The web part is never done.", hint="Add --only scheduler,sender.")
    if parent is not None:
        from mailer.cli.children import end_with_parent

        Thread(target=end_with_parent, args=(parent,), daemon=True).start()
    if folder is not None:
        click.get_current_context().exit(_rehearse(office, folder))
    if parts == ("web",):
        _run_web(office, port)
    elif "web" in parts:
        from mailer.cli.children import supervise

        # A process of its own for the page: work in a thread beside it costs it nine tenths of its speed.
        others = ",".join(part for part in parts if part != "web")
        supervise(
            office, port, _stopped_by_signals(), ["--only", "web", "--port", str(port)], ["--only", others]
        )
    else:
        gc.disable()  # until it works: a tenth of the start, and what is loaded stays anyway
        try:
            code = _run_until_done(office, parts) if until_done else _run_on(office, parts)
        finally:
            gc.enable()
        click.get_current_context().exit(code)


def _check(office: Office) -> None:
    """A config.toml that changed is checked apart: what checks it would take 12 MB for good."""
    if not office.is_checked and "RUNDBRIEF_DATABASE_URL" not in os.environ:  # then nothing is remembered
        from mailer.cli.apart import apart

        apart(partial(_quietly, lambda: office.essentials), Event())


def _quietly(job: "Callable[[], object]") -> None:
    with suppress(Problem):  # whoever needs it asks again, and is told
        job()


def _run_on(office: Office, parts: tuple[str, ...]) -> int:
    """Work until a signal comes; the exit code."""
    with _post_office(office, parts) as (stop, sender):
        sender.run() if sender else stop.wait()
    return 0


def _rehearse(office: Office, folder: Path) -> int:
    """The whole way of what is due, into a folder; the exit code."""
    from mailer.cli.rehearsal import rehearse

    stop = _stopped_by_signals()
    tally = rehearse(office, folder, stop)
    say(f"{tally.counts.get('sent', 0)} letters in {folder}; nothing was sent, nothing was booked.")
    return INTERRUPTED if stop.is_set() else PARTLY if tally.partly else 0


def _run_until_done(office: Office, parts: tuple[str, ...]) -> int:
    """Send what is due and end; the exit code."""
    from mailer.delivery.mailing import list_mailings
    from subscribers.database import reading

    with reading(office.engine) as connection:
        under_way = {each.id for each in list_mailings(connection, "due", "expanding", "sending")}
    ours = under_way | {each.id for each in _ripe(office)}
    with _post_office(office, parts, until_done=True) as (stop, sender):
        if sender:
            sender.run(until_done=True)
    refused, partly = say_left_over(office, ours)
    if stop.is_set():
        return INTERRUPTED
    return REFUSED if refused else PARTLY if partly or (sender and sender.partly) else 0


def _ripe(office: Office) -> "list[Mailing]":
    """The approved mailings whose time has come."""
    from mailer.delivery.mailing import list_mailings
    from subscribers.database import reading

    with reading(office.engine) as connection:
        return [each for each in list_mailings(connection, "approved") if each.due_at <= clock()]


@contextmanager
def _post_office(
    office: Office, parts: tuple[str, ...], *, until_done: bool = False
) -> "Iterator[tuple[Event, Sender | None]]":
    """The scheduler ticking in the background, a sender, and the event that stops them.

    What is due leaves first. With `until_done` the rest of the month's course comes after it, on its own.
    """
    from mailer.cli.apart import apart
    from mailer.cli.progress import progress

    stop, sender, scheduler = _stopped_by_signals(), None, None
    begin: Callable[[], Ticking] | None = None
    if "scheduler" in parts:
        _compile_what_is_ripe(office, stop)

    def load() -> None:
        nonlocal sender, begin
        begin = _scheduler(office, until_done) if "scheduler" in parts else None
        sender = make_sender(office, stop, watch) if "sender" in parts else None

    try:
        with progress() as watch, office.instance.watched(stop, load), _explained(office):
            scheduler = begin() if begin else None
            gc.enable()
            try:
                yield stop, sender
            finally:
                if scheduler is not None:
                    scheduler.shutdown()
    finally:
        if scheduler is not None and until_done and not stop.is_set():
            apart(partial(_round_off, office), stop, office.engine)


@contextmanager
def _explained(office: Office) -> "Iterator[None]":
    """A relay that takes nothing, as a sentence with the next step."""
    from mailer.delivery.transport import RelayDown

    try:
        yield
    except RelayDown as down:
        smtp = office.settings.relay(down.relay)
        table = f"relays.{down.relay}" if down.relay else "smtp"
        place = f"config.toml: {table}, {smtp.host}:{smtp.port}"
        if down.permanent:
            hint = "Nobody was marked, its mailings are held. Mend it, then: `rundbrief mailing resume`."
            raise Problem(f"The relay refuses for good: {down}.", place=place, hint=hint) from None
        hint = "Nobody was marked. To try without a relay, start `rundbrief sandbox`."
        raise TryLater(f"The relay takes no mail now: {down}.", place=place, hint=hint) from None


def _compile_what_is_ripe(office: Office, stop: Event) -> None:
    """What changed since somebody looked is compiled apart: what compiles it would take 10 MB for good."""
    from mailer.cli.apart import apart
    from mailer.cli.unchanged import is_known

    for each in _ripe(office):
        if not is_known(office, each):
            apart(partial(_quietly, partial(office.fingerprint, each)), stop, office.engine)


def _scheduler(office: Office, until_done: bool) -> "Callable[[], Ticking]":
    """What begins the tick, and the month's course beside it unless the run ends soon."""
    from mailer.cli.newsroom import Reopening
    from mailer.schedule import ticker
    from mailer.schedule.course import Course

    ticker.load()
    workspace = Reopening(office)
    course = Course(office.engine, workspace, office.grace, clock)
    return partial(
        ticker.start,
        office.engine,
        clock,
        grace=office.grace,
        fingerprint=workspace.fingerprint,
        tell=course.tell,
        changed=course.changed,
        step=None if until_done else course.step,
        look=None if until_done else course.look,
    )


def _round_off(office: Office) -> None:
    """One round of the month's course, for a run that does not stay: dates pass, files are looked at."""
    from mailer.cli.newsroom import Reopening
    from mailer.schedule.course import Course
    from mailer.schedule.ticker import again, tick

    workspace = Reopening(office)
    course = Course(office.engine, workspace, office.grace, clock)

    def flip() -> None:
        tick(
            office.engine,
            clock(),
            grace=office.grace,
            fingerprint=workspace.fingerprint,
            tell=course.tell,
            changed=course.changed,
        )

    try:
        again(lambda: course.step(clock()))()
        again(flip)()
        again(lambda: course.look(clock()))()
    finally:
        office.engine.dispose()


def make_sender(office: Office, stop: Event, watch: "Callable[[Tally], None] | None" = None) -> "Sender":
    """The sender of this workspace; `watch` is told how far it has come.

    Raises:
        Problem: the relay refuses for good.
    """
    from mailer.delivery.sender import Sender

    routes, secret = office.routes(), office.secret
    return Sender(office.engine, routes, secret, clock=clock, stop=stop, signer_of=office.signer, watch=watch)


def _run_web(office: Office, port: int) -> None:
    from mailer.cli.pages import public_app
    from mailer.web.server import listen, serve

    listener = listen(port)
    outside = office.settings.config.workspace.public_url
    say(f"Public pages on http://127.0.0.1:{listener.getsockname()[1]}, reached from outside as {outside}")
    serve(public_app(office), listener)


def _stopped_by_signals() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
