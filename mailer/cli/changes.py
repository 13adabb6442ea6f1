"""How the command line tells what changed (each thing by its name, texts word by word), and the findings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from subscribers.output import say

if TYPE_CHECKING:
    from mailer.checks.finding import Finding
    from mailer.content.difference import Run
    from mailer.delivery.change import Change

MOST = 30  # lines told before a question is asked


def say_changes(since: str, changes: "Sequence[Change] | None") -> None:
    """Tell on stderr what changed since then; None is what nobody kept."""
    if changes is None:
        say(f"Since {since}: not known, nothing was kept of it.")
    elif not changes:
        say(f"Since {since}: nothing changed.")
    else:
        say(f"Since {since}:")
        for each in changes[:MOST]:
            say(f"  {told(each)}")
        if len(changes) > MOST:
            say(f"  and {len(changes) - MOST} more, which `rundbrief issue diff` shows.")


def told(change: "Change") -> str:
    """One difference in one line; on a terminal in colours."""
    if change.runs:
        return f"{change}: {' '.join(map(marked, change.runs))}"
    if change.what == "pictures":
        return f"{change}: {'changed' if change.old and change.new else 'new' if change.new else 'gone'}"
    if change.old or change.new:
        return f"{change}: {removed(change.old)}{added(change.new)}"
    return f"{change}: changed"


def marked(run: "Run") -> str:
    """Words that are the same as they are, the others in brackets."""
    return run.new if run.op == "equal" else removed(run.old) + added(run.new)


def removed(words: str) -> str:
    """Words that only the old one has."""
    return click.style(f"[-{words}-]", fg="red") if words else ""


def added(words: str) -> str:
    """Words that only the new one has."""
    return click.style(f"{{+{words}+}}", fg="green") if words else ""


def names(changes: "Sequence[Change]") -> str:
    """The things that changed, each once, for one sentence."""
    return ", ".join(
        dict.fromkeys(f"sender {each.place}" if each.what == "sender" else each.what for each in changes)
    )


def say_findings(findings: "Sequence[Finding]") -> None:
    """Every finding in a line on stderr."""
    for each in findings:
        say(f"{each.severity}: {each.place}: {each.message} {each.remedy}")
