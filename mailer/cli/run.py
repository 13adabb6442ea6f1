"""`rundbrief run`: what has to run all month - the public page, the scheduler, the sender."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from mailer.cli.logs import log_to_stderr
from mailer.cli.office import Office, clock
from subscribers.errors import BadUsage, Problem, TryLater
from subscribers.output import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailer.delivery.sender import Sender, Tally
    from mailer.schedule.ticker import Ticking

PARTS = ("web", "scheduler", "sender")
PARTLY, REFUSED, INTERRUPTED = 4, 5, 130
RESTARTS = 3
STABLE_SECONDS = 300.0
SETTLED = (2, 3, 5)  # usage, config, refused: starting again would end the same way


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

    With --until-done the exit code is 0 when everything due was sent, 4 when some failed or are in doubt,
    5 when an approval was taken back or a time was missed, 75 when the relay takes no mail now, 130 when
    interrupted.
    """
    log_to_stderr(office.settings.zone)
    if until_done and "web" in parts:
        raise BadUsage("The web part is never done.", hint="Add --only scheduler,sender.")
    if parent is not None:
        Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    if folder is not None:
        click.get_current_context().exit(_rehearse(office, folder))
    if parts == ("web",):
        _run_web(office, port)
    elif "web" in parts:
        # A process of its own for the page: work in a thread beside it costs it nine tenths of its speed.
        others = ",".join(part for part in parts if part != "web")
        _supervise(office, port, ["--only", "web", "--port", str(port)], ["--only", others])
    elif until_done:
        click.get_current_context().exit(_run_until_done(office, parts))
    else:
        with _post_office(office, parts) as (stop, sender):
            sender.run() if sender else stop.wait()


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
        ripe = {each.id for each in list_mailings(connection, "approved") if each.due_at <= clock()}
    with _post_office(office, parts, until_done=True) as (stop, sender):
        if sender:
            sender.run(until_done=True)
    with reading(office.engine) as connection:
        stuck = [each for each in list_mailings(connection, "draft", "missed") if each.id in ripe]
    for each in stuck:
        say(f"Mailing {each.id} was not sent: {each.reason}.")
    if stop.is_set():
        return INTERRUPTED
    return REFUSED if stuck else PARTLY if sender and sender.partly else 0


@contextmanager
def _post_office(
    office: Office, parts: tuple[str, ...], *, until_done: bool = False
) -> "Iterator[tuple[Event, Sender | None]]":
    """The scheduler ticking in the background, a sender, and the event that stops them."""
    from mailer.cli.progress import progress
    from mailer.delivery.transport import RelayDown

    stop, scheduler = _stopped_by_signals(), None
    with office.instance.watched(stop), progress() as watch:
        if "scheduler" in parts:
            scheduler = _scheduler(office, at_once=until_done)
        try:
            yield stop, make_sender(office, stop, watch) if "sender" in parts else None
        except RelayDown as down:
            smtp = office.settings.relay(down.relay)
            table = f"relays.{down.relay}" if down.relay else "smtp"
            place = f"config.toml: {table}, {smtp.host}:{smtp.port}"
            if down.permanent:
                hint = "Nobody was marked, its mailings are held. Mend it, then: `rundbrief mailing resume`."
                raise Problem(f"The relay refuses for good: {down}.", place=place, hint=hint) from None
            hint = "Nobody was marked. To try without a relay, start `rundbrief sandbox`."
            raise TryLater(f"The relay takes no mail now: {down}.", place=place, hint=hint) from None
        finally:
            if scheduler is not None:
                scheduler.shutdown()


def _scheduler(office: Office, *, at_once: bool) -> "Ticking":
    """The month's course and the tick, at work; with `at_once` one look at the files is done on return."""
    from mailer.cli.newsroom import reopening
    from mailer.schedule import ticker
    from mailer.schedule.course import Course

    course = Course(office.engine, reopening(office), office.grace, clock)
    return ticker.start(
        office.engine,
        clock,
        grace=office.grace,
        fingerprint=course.fingerprint,
        tell=course.tell,
        changed=course.changed,
        step=course.step,
        look=course.look,
        at_once=at_once,
    )


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


def _supervise(office: Office, port: int, *parts: list[str]) -> None:
    """One child process for each list of arguments; one that ends by itself is started again."""
    from mailer.web.server import listen

    listen(port).close()  # a port in use is one sentence now, not four restarts
    stop = _stopped_by_signals()
    # The children hold the reading end: when this process ends, however it ends, they read its end and stop.
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "mailer", "--config", str(office.settings.file), "run"]
    children = [_Child([*command, *each, "--parent", str(reading)], reading) for each in parts]
    try:
        while not stop.wait(0.5):
            for child in children:
                child.look_after(time.monotonic())
    finally:
        for child in children:
            child.process.terminate()
        for child in children:
            child.process.wait(timeout=15)
        os.close(writing)


class _Child:
    """A part that runs in a process of its own."""

    def __init__(self, command: list[str], pipe: int) -> None:
        self._command, self._pipe = command, pipe
        self._ends: list[float] = []
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, pass_fds=(self._pipe,))  # noqa: S603 - our own program

    def look_after(self, now: float) -> None:
        """Start it again if it ended; Problem if that would not help, or if it keeps ending."""
        if (code := self.process.poll()) is None:
            return
        name = " ".join(self._command[5:-2])
        self._ends = [*(end for end in self._ends if now - end < STABLE_SECONDS), now]
        if code in SETTLED or len(self._ends) > RESTARTS:
            raise Problem(f"`{name}` ended with exit code {code}.", hint="Its last lines above say why.")
        say(f"`{name}` ended with exit code {code}; starting it again.")
        self.process = self._start()


def _end_with_parent(pipe: int) -> None:
    os.read(pipe, 1)  # nobody writes; this returns when the last writing end is closed
    os.kill(os.getpid(), signal.SIGTERM)


def _stopped_by_signals() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
