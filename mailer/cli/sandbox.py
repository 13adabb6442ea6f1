"""`rundbrief sandbox`: a mail server on this machine that shows what would have gone out."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office
from subscribers.output import say

if TYPE_CHECKING:
    from mailer.web.catch import Caught


@click.command()
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
@click.pass_obj
def sandbox(office: Office, port: int | None, folder: Path | None) -> None:
    """Catch mail instead of delivering it, and print recipient and subject of each message.

    Point the SMTP settings at this port. Addresses such as 550@example.org or drop-dot@example.org make
    the server fail on purpose. Ctrl-C ends it.
    """
    from mailer.web.sandbox import Sandbox

    own_folder, own_port = _of_workspace(office)
    folder, port = folder or own_folder, own_port if port is None else port
    with Sandbox(folder, port) as box:
        say(f"Catching mail on 127.0.0.1:{box.port}, kept in {folder}. Ctrl-C ends the sandbox.")
        shown = 0
        while True:
            with contextlib.suppress(TimeoutError):
                for caught in box.wait_for(shown + 1, timeout=1)[shown:]:
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
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header
    from email.parser import BytesHeaderParser

    try:
        raw = BytesHeaderParser().parsebytes(file.read_bytes()).get("Subject", "")
        return " ".join(str(make_header(decode_header(str(raw)))).split())
    except (HeaderParseError, LookupError, UnicodeError):
        return "(subject cannot be read)"
    except OSError:
        return "(file is gone)"
