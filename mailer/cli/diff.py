"""`rundbrief issue diff`: what two letters say differently, word by word."""

from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office
from subscribers.output import emit_json, say

if TYPE_CHECKING:
    from mailer.content.difference import Run

_AROUND = 6


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of {op, old, new, place}.")
@click.pass_obj
def diff(office: Office, old: str, new: str, as_json: bool) -> None:
    """Show what the letter of issue B says differently from that of issue A: words, not lines.

    Text that only A has stands in [-…-], text that only B has in {+…+}; on a terminal in colours.
    """
    from mailer.content.difference import by_line, compare_words, hunks

    texts = _text(office, old), _text(office, new)
    runs = compare_words(*texts)
    changes = [run for run in runs if run.op != "equal"]
    if as_json:
        rows = [{"op": run.op, "old": run.old, "new": run.new} for run in changes]
        emit_json([row | {"place": _place(new, run)} for row, run in zip(rows, changes, strict=True)])
        return
    for line in by_line(*texts):
        for hunk in hunks(line, _AROUND):
            first = next(run for run in hunk if run.op != "equal")
            click.echo(f"{_place(new, first)}: {' '.join(map(_marked, hunk))}")
    if not changes:
        say(f"The letters of {old} and {new} say the same.")


def _text(office: Office, key: str) -> str:
    """The text part as the sample reader gets it, without the link to itself, which always differs."""
    from mailer.cli.desk import sample_recipient

    issue = office.read_issue(key)
    edition = office.compile(issue)
    variant = edition.variants[0]
    lines = variant.fill_text(sample_recipient(office.envelope(issue.newsletter), variant).values).split("\n")
    return "\n".join(line for line in lines if not edition.web_base or f"{edition.web_base}/" not in line)


def _place(key: str, run: "Run") -> str:
    return f"{key}, text line {run.line}"


def _marked(run: "Run") -> str:
    if run.op == "equal":
        return run.new
    old = click.style(f"[-{run.old}-]", fg="red") if run.old else ""
    return old + (click.style(f"{{+{run.new}+}}", fg="green") if run.new else "")
