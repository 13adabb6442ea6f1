"""What a rule's fixtures are: one letter for each way to break it, and one that keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from mailer.checks.finding import Finding
from mailer.checks.preflight import preflight
from mailer.checks.surroundings import Sender, Surroundings
from mailer.compose.rendering import Edition
from mailer.content.issue import Issue
from tests.letters import IMPRINT, edition_of, make_issue

Look = Callable[[Path], list[Finding]]
SENDER = Sender(
    address="brief@example.org", list_id="brief.example.org", public_url="https://brief.example.org"
)
AROUND = Surroundings(today=date(2025, 10, 7), imprint=IMPRINT, sender=SENDER)
OPENING = '<html lang="de" dir="ltr"><head><title>Brief</title>{}</head><body><div lang="de" dir="ltr">'


@dataclass(frozen=True, slots=True)
class Pair:
    """`broken` has a letter for each case of the rule."""

    broken: Mapping[str, Look]
    kept: Look


def issue(around: Surroundings = AROUND, **fields: Any) -> Look:
    """What the preflight sees in an issue with these fields of its editorial."""
    parts = {name: fields.pop(name) for name in ("highlights", "contacts") if name in fields}
    made = make_issue(**parts, **fields)
    return lambda _: seen(made, around)


def whole(made: Issue, around: Surroundings = AROUND) -> Look:
    """What it sees in a whole issue."""
    return lambda _: seen(made, around)


def html(content: str, style: str = "", around: Surroundings = AROUND, text: str = "") -> Look:
    """What it sees in a letter with this in its body and its style sheet."""
    head = f"<style>{style}</style>" if style else ""
    return source(f"{OPENING.format(head)}<h1>Titel</h1>{content}</div></body></html>", around, text)


def source(written: str, around: Surroundings = AROUND, text: str = "") -> Look:
    """What it sees in a letter with this source and text part."""

    def look(_: Path) -> list[Finding]:
        made = make_issue()
        edition = edition_of(made)
        variant = replace(edition.variants[0], html=written, text=text)
        return preflight(made, replace(edition, variants=(variant,)), around)

    return look


def seen(made: Issue, around: Surroundings = AROUND, edition: Edition | None = None) -> list[Finding]:
    """The findings of an issue."""
    return preflight(made, edition or edition_of(made), around)
