"""`rundbrief preview`: the issues of this workspace in a browser on this machine."""

import contextlib
import gc
import ipaddress
import os
import secrets
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office
from subscribers.errors import BadUsage, Problem
from subscribers.output import say

if TYPE_CHECKING:
    from mailer.web.desk import Desk

PORT = 8025


@click.command()
@click.argument("issue", required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"Port on 127.0.0.1; 0 is any free one. Without it {PORT}, or the next free one.",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option(
    "--expose",
    metavar="ADDRESS",
    help="Let other machines reach it at this address of this machine; then nothing can be approved from it "
    "and no subscriber is shown.",
)
@click.pass_obj
def preview(
    office: Office, issue: str | None, port: int | None, no_browser: bool, expose: str | None
) -> None:
    """Show the letters as they will go out, and redraw them when a file is saved.

    Starts with ISSUE if it is given. Only this machine can open the address; Ctrl-C ends it.
    """
    from mailer.cli.desk import FolderDesk
    from mailer.web import server

    host = server.LOOPBACK if expose is None else _one_address(expose)
    desk = FolderDesk(office)
    if issue is not None:
        _expect(issue, [row.key for row in desk.issues()])
    listener = server.listen(PORT if port is None else port, host=host, seek=port is None)
    token = secrets.token_urlsafe(16)
    fragment = f"#{issue}" if issue else ""
    address = f"http://{server.in_url(host)}:{listener.getsockname()[1]}/{token}/{fragment}"
    click.echo(address)
    if expose is None:
        say("The address is secret and works on this machine only. Ctrl-C ends the preview.")
    else:
        say(
            "Warning: whoever has this address and reaches this machine reads unsent letters, and the way is "
            "not encrypted. Subscribers and caught mails are not shown there. Ctrl-C ends the preview."
        )
    if not no_browser and _has_display():
        # The socket listens already; some browsers do not return before they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    # The libraries are loaded while the browser starts.
    threading.Thread(target=_warm_up, args=(desk, issue), daemon=True).start()
    from mailer.web.inbox import inbox_routes
    from mailer.web.preview import make_app

    # What was caught names its readers.
    inbox = () if expose is not None else inbox_routes(office.settings.var / "sandbox", home="./")
    try:
        server.serve(make_app(desk, token=token, host=host, more=inbox), listener)
    finally:
        desk.close()


def _warm_up(desk: "Desk", issue: str | None) -> None:
    """Draw the issue that the page asks for first; what is wrong with it the page will say."""
    with contextlib.suppress(Problem):
        if key := issue or next((row.key for row in desk.issues()), None):
            desk.check(desk.draw(key))
    # What is loaded now stays; looking through it again and again would cost a save up to 60 ms.
    gc.collect()
    gc.freeze()


def _one_address(text: str) -> str:
    """The address as browsers write it. Raises BadUsage for all addresses at once, and for none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise BadUsage(
            f"{text!r} is no IP address.", hint="Name one of this machine, such as 192.168.1.20."
        ) from None
    if address.is_unspecified or address.is_multicast:
        raise BadUsage(
            f"{text} is not one address.", hint="Name the one that the others use, such as 192.168.1.20."
        )
    return str(address)


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
