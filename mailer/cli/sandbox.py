"""`rundbrief sandbox`: a mail server on this machine that shows what would have gone out."""

import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office
from subscribers.output import say

if TYPE_CHECKING:
    from mailer.web.catch import Caught
    from mailer.web.sandbox import Sandbox


PAGE_PORT = 8026


def _explained() -> str:
    """The addresses that make the server fail, for --help."""
    from mailer.web.faults import FAULTS

    width = max(map(len, FAULTS)) + 1
    return "\n".join(f"{name + '@':<{width}}  {fault.says[1]}" for name, fault in FAULTS.items())


class _Explained(click.Command):
    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of faults, read only when somebody asks for help."""
        with formatter.section("Addresses that fail, alone (550@example.org) or with more (550-anna@…)"):
            for line in _explained().splitlines():
                formatter.write(f"  {line}\n")


@click.command(cls=_Explained)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port on 127.0.0.1, 0 is any free one [default: that of [smtp] in config.toml, else 1025].",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the messages are kept [default: var/sandbox of the workspace].",
)
@click.option(
    "--page-port",
    type=click.IntRange(0, 65535),
    help=f"Port of the inbox page; 0 is any free one. Without it {PAGE_PORT}, or the next free one.",
)
@click.pass_obj
def sandbox(office: Office, port: int | None, folder: Path | None, page_port: int | None) -> None:
    """Catch mail instead of delivering it, and show it in the browser.

    Point the SMTP settings at this port. Recipient and subject of each message are printed, and the inbox
    page at the printed address shows it with its parts, its header and its unsubscribe link. Some addresses
    make the server fail on purpose. Ctrl-C ends it.
    """
    from mailer.web import server
    from mailer.web.sandbox import Sandbox

    own_folder, own_port = _of_workspace(office)
    folder, port = folder or own_folder, own_port if port is None else port
    with Sandbox(folder, port) as box:
        say(f"Catching mail on 127.0.0.1:{box.port}, kept in {folder}. Ctrl-C ends the sandbox.")
        listener = server.listen(PAGE_PORT if page_port is None else page_port, seek=page_port is None)
        token = secrets.token_urlsafe(16)
        say(f"The inbox: http://{server.LOOPBACK}:{listener.getsockname()[1]}/{token}/inbox")
        ended = threading.Event()
        printer = threading.Thread(target=_print_each, args=(box, ended), daemon=True)
        printer.start()
        try:
            from mailer.web.inbox import make_inbox_app  # the browser may already wait for the page

            server.serve(make_inbox_app(folder, token=token), listener)
        finally:
            ended.set()
            printer.join()


def _print_each(box: "Sandbox", ended: threading.Event) -> None:
    shown = 0
    while not ended.is_set():
        for caught in box.after(shown, timeout=0.5):
            click.echo(_line(caught))
            shown += 1


def _of_workspace(office: Office | None) -> tuple[Path, int]:
    """Folder and port by config.toml; without one the sandbox works all the same."""
    if office is None or not office.config_given:
        return Path("var/sandbox"), 1025
    settings = office.settings
    return settings.var / "sandbox", settings.config.smtp.port


def _line(caught: "Caught") -> str:
    """Recipients and subject, without anything that could move the cursor of a terminal."""
    fields = (", ".join(caught.recipients), _subject(caught.file))
    return "\t".join("".join(c if c.isprintable() else " " for c in text) for text in fields)


def _subject(file: Path) -> str:
    from mailer.web.inbox_headers import subject

    try:
        return subject(file.read_bytes())
    except OSError:
        return "(file is gone)"
