"""`rundbrief issue new`, `list` and `show`: the issues of a workspace, begun, listed and described."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.office import Office, clock
from mailer.cli.variants import outline, told_cards
from subscribers.errors import Problem
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from mailer.content.issue import Issue, IssueEntry


@click.command()
@click.argument("key", required=False)
@click.option("--title", help="The headline, if it is known already.")
@click.option("--from", "source", metavar="KEY", help="Take over from this issue; else the month before.")
@click.pass_obj
def new(office: Office, key: str | None, title: str | None, source: str | None) -> None:
    """Begin the issue KEY, by default that of the month after the newest issue.

    Contacts, salutation and closing come from the newest issue of a month before it, and its cards with
    `recurring = true`; what came along is marked `bitte prüfen`. Special issues hand on nothing, unless
    --from names one.
    """
    from mailer.content.keys import check_key
    from mailer.content.starter import next_key, write_starter
    from mailer.toml import name_of

    entries = _entries(office)
    if key is None:
        regular = [each for each in entries if _is_regular(each.key)]
        key = next_key(next((each.months for each in regular or entries if each.months), ()), _today())
    check_key(key)
    folder = office.settings.issues / key
    last = office.read_issue(source) if source else _before(office, entries, key)
    cards = write_starter(folder, title, last, office.settings.folder)
    say(f"Written: {name_of(folder, office.settings.folder)}/editorial.md and highlights.toml.")
    if last:
        say(f"From {last.key}: {cards} recurring card(s), {len(last.contacts)} contact(s), all marked.")
    say(f"Next: edit them, then `rundbrief preview {key}`.")


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@click.pass_obj
def list_(office: Office, as_json: bool) -> None:
    """List all issues, newest first: draft, unsure or unreadable, and the state of the newest mailing.

    Folders that are no issues because of their names are told; in JSON they are rows without a key.
    """
    mailings = office.mailing_states()
    rows: list[dict[str, object]] = [
        {
            "key": each.key,
            "folder": each.key,
            "label": each.label,
            "title": each.title,
            "state": each.state,
            "mailing": mailings.get(each.key),
            "marks": each.marks,
            "problems": each.problems,
        }
        for each in _entries(office)
    ]
    strangers = _strangers(office)
    emit(
        [*rows, *(strangers if as_json else ())],
        ("key", "label", "title", "state", "mailing"),
        as_json=as_json,
    )
    for each in strangers:
        say(f"Passed over: {each['place']} has no usable key. {each['hint']}")


@click.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(office: Office, key: str, as_json: bool) -> None:
    """Show what the issue KEY says, and what a person has still to check."""
    from mailer.content.issue import read_issue

    found = read_issue(office.settings.issues / key, office.register(), office.settings.folder)
    try:
        variants = outline(office, found)
    except Problem as problem:
        say(f"Its variants cannot be told: {problem}")
        variants = {}
    if as_json:
        emit_json(_described(found) | {"variants": [{"key": key} | each for key, each in variants.items()]})
    else:
        lines = _lines(found)
        lines += [("variant", f"{key}: {each['voice']} {told_cards(each)}") for key, each in variants.items()]
        emit([{"field": field, "value": value} for field, value in lines], ("field", "value"), as_json=False)


def _entries(office: Office) -> "tuple[IssueEntry, ...]":
    from mailer.content.issue import list_issues

    return list_issues(office.settings.issues, office.register(), office.settings.folder)


def _strangers(office: Office) -> list[dict[str, object]]:
    """Folders beside the issues whose names are no keys, with what to do about each."""
    from mailer.content.issue import passed_over
    from mailer.content.keys import meant_key
    from mailer.toml import name_of

    issues, found = office.settings.issues, list[dict[str, object]]()
    for name in passed_over(issues):
        meant = meant_key(name)
        free = meant and not (issues / meant).exists()
        row = dict.fromkeys(("key", "folder", "label", "title", "state", "mailing", "marks", "problems"))
        found.append(
            row
            | {
                "folder": name,
                "state": "no key",
                "place": name_of(issues / name, office.settings.folder),
                "hint": f"Rename it to {meant if free else 'a key such as 2025-10'}, or move it elsewhere.",
            }
        )
    return found


def _before(office: Office, entries: "tuple[IssueEntry, ...]", key: str) -> "Issue | None":
    """The newest readable issue of a month before this one; of a key without a month, the newest of all."""
    from mailer.content.issue import read_issue
    from mailer.content.months import months_of

    months = months_of(key)
    for each in entries:
        if each.problems or not _is_regular(each.key) or (months and each.months[-1] >= months[0]):
            continue
        return read_issue(office.settings.issues / each.key, office.register(), office.settings.folder)
    return None


def _is_regular(key: str) -> bool:
    """Whether a key is a month or a double issue; a word and `2025-10-extra` are special issues."""
    from mailer.content.months import key_of, months_of

    months = months_of(key)
    return bool(months) and key_of(months) == key


def _today() -> date:
    return clock().astimezone().date()


def _described(found: "Issue") -> dict[str, object]:
    """The issue as plain values; pictures without their bytes."""
    from dataclasses import asdict

    described: dict[str, Any] = _plain(asdict(found))
    for each in (described, *described["voices"]):
        each["months"] = [f"{year}-{month:02}" for year, month in found.months]
    return described


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _plain(each) for name, each in value.items() if name != "data"}
    return plain | ({"bytes": len(value["data"])} if "data" in value else {})


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
    lines += [("only for", f"{each.key}: {each.only_for}") for each in found.highlights if each.only_for]
    lines += [("voice", f"{each.voice}: {each.editorial.title}") for each in found.voices]
    lines += [
        ("picture", f"{each.picture.name} ({each.picture.width} x {each.picture.height})")
        for each in found.highlights
        if each.picture
    ]
    lines += [("contact", ", ".join(filter(None, (each.name, each.role)))) for each in found.contacts]
    lines += [("changed", f"“{each.old}” -> “{each.new}”: {each.reason}") for each in found.changes]
    lines += [("unsure", f"{each.place} {each.field}: {each.note}") for each in found.unsure]
    return lines
