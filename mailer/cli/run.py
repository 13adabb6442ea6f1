"""`rundbrief run`: what has to run all month - the public page, the scheduler, the sender."""

import logging
import signal
import subprocess
import sys
import time
from threading import Event
from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office, clock
from subscribers.errors import BadUsage, Problem
from subscribers.output import say

if TYPE_CHECKING:
    from mailer.delivery.sender import Sender

PARTS = ("web", "scheduler", "sender")
PARTLY = 4
RESTARTS = 3
STABLE_SECONDS = 300.0
SETTLED = (2, 3, 5)  # usage, config, refused: starting again would end the same way


def _parts(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in value.split(",")) if value else PARTS
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
@click.option("--port", default=8024, show_default=True, help="Where the public pages listen, on 127.0.0.1.")
@click.pass_obj
def run(office: Office, parts: tuple[str, ...], until_done: bool, port: int) -> None:
    """Run everything, or some parts; Ctrl-C and SIGTERM end after the letter in hand."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    if until_done and "web" in parts:
        raise BadUsage("The web part is never done.", hint="Add --only scheduler,sender.")
    if parts == ("web",):
        _run_web(office, port)
    elif "web" in parts:
        # A process of its own for the page: work in a thread beside it costs it nine tenths of its speed.
        others = ",".join(part for part in parts if part != "web")
        _supervise(office, ["--only", "web", "--port", str(port)], ["--only", others])
    else:
        _run_post_office(office, parts, until_done=until_done)


def _run_post_office(office: Office, parts: tuple[str, ...], *, until_done: bool) -> None:
    from mailer.delivery.smtp import RelayDown
    from mailer.schedule import ticker

    stop, scheduler = _stopped_by_signals(), None
    if "scheduler" in parts:
        scheduler = ticker.start(office.engine, clock, grace=office.grace, fingerprint=office.fingerprint)
    try:
        if "sender" in parts:
            sender = make_sender(office, stop)
            sender.run(until_done=until_done)
            if until_done and sender.partly:
                click.get_current_context().exit(PARTLY)
        elif not until_done:
            stop.wait()
    except RelayDown as down:
        raise Problem(
            f"The relay refuses for good: {down}.",
            place="config.toml: smtp",
            hint="Nobody was marked; mend it and start again.",
        ) from None
    finally:
        if scheduler is not None:
            scheduler.shutdown()


def make_sender(office: Office, stop: Event) -> "Sender":
    """The sender of this workspace.

    Raises:
        Problem: the relay refuses for good.
    """
    from mailer.delivery.sender import Sender

    tones = {key: table.tone for key, table in office.settings.config.newsletters.items()}
    return Sender(office.engine, office.relay(), office.secret, clock=clock, tones=tones, stop=stop)


def _run_web(office: Office, port: int) -> None:
    from mailer.cli.pages import public_app
    from mailer.web.server import listen, serve

    listener = listen(port)
    outside = office.settings.config.workspace.public_url
    say(f"Public pages on http://127.0.0.1:{listener.getsockname()[1]}, reached from outside as {outside}")
    serve(public_app(office), listener)


def _supervise(office: Office, *parts: list[str]) -> None:
    """One child process for each list of arguments; one that ends by itself is started again."""
    stop = _stopped_by_signals()
    command = [sys.executable, "-m", "mailer", "--config", str(office.settings.file), "run"]
    children = [_Child([*command, *each]) for each in parts]
    try:
        while not stop.wait(0.5):
            for child in children:
                child.look_after(time.monotonic())
    finally:
        for child in children:
            child.process.terminate()
        for child in children:
            child.process.wait(timeout=15)


class _Child:
    """A part that runs in a process of its own."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._ends: list[float] = []
        self.process = subprocess.Popen(command)  # noqa: S603 - our own program

    def look_after(self, now: float) -> None:
        """Start it again if it ended; Problem if that would not help, or if it keeps ending."""
        if (code := self.process.poll()) is None:
            return
        name = " ".join(self._command[5:])
        self._ends = [*(end for end in self._ends if now - end < STABLE_SECONDS), now]
        if code in SETTLED or len(self._ends) > RESTARTS:
            raise Problem(f"`{name}` ended with exit code {code}.", hint="Its last lines above say why.")
        say(f"`{name}` ended with exit code {code}; starting it again.")
        self.process = subprocess.Popen(self._command)  # noqa: S603


def _stopped_by_signals() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
