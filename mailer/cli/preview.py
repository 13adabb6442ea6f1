"""`rundbrief preview`: the issues of this workspace in a browser on this machine."""

import os
import secrets
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING, Protocol

import click

from subscribers.errors import BadUsage
from subscribers.output import say

if TYPE_CHECKING:
    from mailer.web.desk import Desk

PORT = 8025


class _Office(Protocol):
    def desk(self) -> "Desk": ...


@click.command()
@click.argument("issue", required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Port on 127.0.0.1; 0 is any free one. Without it {PORT}, or the next free one.",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.pass_obj
def preview(office: _Office, issue: str | None, port: int | None, no_browser: bool) -> None:
    """Show the letters as they will go out, and redraw them when a file is saved.

    Starts with ISSUE if it is given. Only this machine can open the address; Ctrl-C ends it.
    """
    from mailer.web import server
    from mailer.web.preview import make_app

    desk = office.desk()
    if issue is not None:
        _expect(issue, [row.key for row in desk.issues()])
    listener = server.listen(PORT if port is None else port, seek=port is None)
    token = secrets.token_urlsafe(16)
    fragment = f"#{issue}" if issue else ""
    address = f"http://{server.LOOPBACK}:{listener.getsockname()[1]}/{token}/{fragment}"
    click.echo(address)
    say("The address is secret and works on this machine only. Ctrl-C ends the preview.")
    if not no_browser and _has_display():
        # The socket listens already; some browsers do not return before they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    server.serve(make_app(desk, token=token), listener)


def _expect(issue: str, keys: list[str]) -> None:
    if issue not in keys:
        known = (
            f"There are: {', '.join(keys)}."
            if keys
            else "There is none yet; `rundbrief issue new` makes one."
        )
        raise BadUsage(f"There is no issue {issue!r}.", hint=known)


def _has_display() -> bool:
    """Without a display a text browser would take over the terminal."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
