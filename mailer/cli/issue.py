"""`rundbrief issue`: bring an editorial in, begin an issue, list and show them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from mailer.cli.build import build, check
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from mailer.content.intake import Intake
    from mailer.content.issue import Issue
    from mailer.content.programmes import Register


class Folders(Protocol):
    """Where the workspace and its issues lie."""

    @property
    def folder(self) -> Path: ...
    @property
    def issues(self) -> Path: ...


class Office(Protocol):
    """What these commands need of the office that runs them."""

    @property
    def settings(self) -> Folders: ...
    def register(self) -> "Register": ...


@click.group("issue")
def issue() -> None:
    """Import, begin, list, show, check and build issues."""


issue.add_command(check)
issue.add_command(build)


@issue.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--as", "key", metavar="KEY", help="Key of the issue, for example 2025-10; wins over the text.")
@click.option(
    "--force", is_flag=True, help="Import over an issue that exists; the old one is kept beside it."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was understood as JSON.")
@click.pass_obj
def import_(office: Office, file: Path, key: str | None, force: bool, as_json: bool) -> None:
    """Make an issue of an editorial that arrived as .txt or .md (FILE, or - for standard input).

    The issue is a draft: what a rule cannot decide is marked `bitte prüfen`, and every line that is left out
    is named with its reason.
    """
    from mailer.content.draft import write_draft
    from mailer.content.intake import as_json as described
    from mailer.content.intake import take_in
    from mailer.content.issue import check_key
    from mailer.content.months import months_of
    from subscribers.errors import BadUsage

    if key is not None:
        check_key(key)
    if str(file) == "-":
        name, data = "standard input", sys.stdin.buffer.read()
    else:
        name, data = file.name, file.read_bytes()
    intake = take_in(data, name, office.register(), months_of(key or ""))
    key = key or _key_of(intake)
    if key is None:
        raise BadUsage(
            "The text names no month.", place=name, hint="Say which issue it is, for example --as 2025-10."
        )
    markdown = name.lower().endswith((".md", ".markdown"))
    backup = write_draft(intake, office.settings.issues / key, markdown=markdown, force=force)
    _tell(intake, key, office, backup)
    if as_json:
        emit_json(described(intake))


@issue.command("new")
@click.argument("key")
@click.option("--title", help="The headline, if it is known already.")
@click.pass_obj
def new(office: Office, key: str, title: str | None) -> None:
    """Begin the issue KEY (for example 2025-11) with commented files to fill in."""
    from mailer.content.issue import check_key
    from mailer.content.starter import write_starter
    from mailer.content.toml import name_of

    check_key(key)
    folder = office.settings.issues / key
    write_starter(folder, title)
    say(f"Written: {name_of(folder, office.settings.folder)}/editorial.md and highlights.toml.")
    say(f"Next: edit them, then `rundbrief preview {key}`.")


@issue.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@click.pass_obj
def list_(office: Office, as_json: bool) -> None:
    """List all issues, newest first; a broken one with the number of its problems."""
    from dataclasses import asdict

    from mailer.content.issue import list_issues

    entries = list_issues(office.settings.issues, office.register(), office.settings.folder)
    emit([asdict(entry) for entry in entries], ("key", "label", "title", "problems"), as_json=as_json)


@issue.command("show")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(office: Office, key: str, as_json: bool) -> None:
    """Show what the issue KEY says, and what a person has still to check."""
    from mailer.content.issue import check_key, read_issue

    check_key(key)
    found = read_issue(office.settings.issues / key, office.register(), office.settings.folder)
    if as_json:
        emit_json(_described(found))
    else:
        rows = [{"field": field, "value": value} for field, value in _lines(found)]
        emit(rows, ("field", "value"), as_json=False)


def _key_of(intake: "Intake") -> str | None:
    """The key of the months in the text: 2025-10, or 2025-07-08 for a double issue."""
    months = intake.months
    if not months or "issue" in intake.unsure:
        return None
    return f"{months[0][0]}-{months[0][1]:02}" + "".join(f"-{month:02}" for _, month in months[1:])


def _tell(intake: "Intake", key: str, office: Office, backup: Path | None) -> None:
    from mailer.content.months import label_of, months_of
    from mailer.content.toml import name_of

    root, folder = office.settings.folder, office.settings.issues / key
    if intake.months and months_of(key) and intake.months != months_of(key):
        wanted, found = label_of(months_of(key)), label_of(intake.months)
        say(f"Warning: the key {key} means {wanted}, the text says {found}. The key wins; please check.")
    if backup:
        say(f"Kept: the old issue is now {name_of(backup, root)}.")
    say(
        f"Written: {name_of(folder, root)} (editorial.md, highlights.toml, the original, and import.toml with"
    )
    say("the class of every line).")
    for remark in intake.source.remarks:
        say(f"Cleaned: {remark}")
    for doubt in intake.doubts:
        say(f"Unsure: {doubt.field} ({doubt.reason})")
    for piece in intake.left_out:
        say(f"Left out: line {piece.lines[0]} ({piece.kind}): {piece.text}")
    say(f"Next: look at the marked lines, then `rundbrief preview {key}`.")


def _described(found: "Issue") -> dict[str, object]:
    """The issue as plain values; the picture without its bytes."""
    from dataclasses import asdict

    described = asdict(found)
    described["folder"] = str(found.folder)
    described["months"] = [f"{year}-{month:02}" for year, month in found.months]
    if portrait := described["editorial"]["portrait"]:
        portrait["bytes"] = len(portrait.pop("data"))
    return described


def _lines(found: "Issue") -> list[tuple[str, object]]:
    editorial = found.editorial
    portrait = editorial.portrait
    lines: list[tuple[str, object]] = [
        ("key", found.key),
        ("label", found.label),
        ("title", editorial.title),
        ("subject", editorial.subject),
        ("preheader", editorial.preheader),
        ("author", ", ".join(filter(None, (editorial.author, editorial.role)))),
        ("portrait", f"{portrait.name} ({portrait.width} x {portrait.height})" if portrait else ""),
        ("words", len(editorial.body.split())),
    ]
    lines += [("figure", f"{figure.value} {figure.label}") for figure in editorial.figures]
    lines += [("highlight", f"{each.key}: {each.title}") for each in found.highlights]
    lines += [("contact", ", ".join(filter(None, (each.name, each.role)))) for each in found.contacts]
    lines += [("unsure", f"{each.place} {each.field}: {each.note}") for each in found.unsure]
    return lines
