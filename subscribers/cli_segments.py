"""The commands `rundbrief segments …`."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from subscribers.completion import segment_names
from subscribers.mounted import as_json_option, book_of, newsletter_option, say_what_nobody_has
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from subscribers.explaining import Outcome
    from subscribers.person import Person
    from subscribers.rules import Rule

_PERSON = ("email", "anrede", "titel", "vorname", "nachname", "firma", "gewerk", "kreis")
_PARTS = ("only_a", "both", "only_b", "none")
_SHOWN_BEFORE_SAVING = 5
_MOST_SHOWN = 10_000


@click.group()
def segments() -> None:
    """Saved rules that say who gets an issue."""


@segments.command("add")
@click.argument("name")
@click.argument("rule")
@newsletter_option
@click.pass_context
def add_segment_(context: click.Context, name: str, rule: str, newsletter: str | None) -> None:
    """Save a rule, for example: gewerk in (Tischler, Maler) and not kreis = Höxter.

    Shows first how many people it reaches, and some of them.
    """
    from subscribers.database import reading
    from subscribers.ruletext import parse
    from subscribers.segments import add_segment, require_name

    book = book_of(context)
    keys = book.newsletters if newsletter is None else (book.newsletter(newsletter),)
    parsed = parse(rule, book.fields)
    with reading(book.engine) as connection:
        require_name(connection, name)
        for key in keys:
            _preview(connection, parsed, key)
        say_what_nobody_has(connection, parsed, book.newsletters)
    with book.engine.begin() as connection:
        saved = add_segment(connection, name, rule, datetime.now(UTC), book.fields)
    say(f"Saved as {saved.name}. rundbrief segments count {quote(saved.name)} shows how many it reaches.")


@segments.command("list")
@as_json_option
@click.pass_context
def list_segments_(context: click.Context, as_json: bool) -> None:
    """Show all saved rules."""
    from subscribers.database import reading
    from subscribers.segments import list_segments

    with reading(book_of(context).engine) as connection:
        rows = [{"name": one.name, "rule": one.text} for one in list_segments(connection)]
    emit(rows, ("name", "rule"), as_json=as_json)


@segments.command("show")
@click.argument("name", shell_complete=segment_names)
@as_json_option
@click.pass_context
def show_segment_(context: click.Context, name: str, as_json: bool) -> None:
    """Show one rule, as typed and as a tree."""
    from subscribers.database import reading
    from subscribers.rules import to_tree
    from subscribers.segments import get_segment

    with reading(book_of(context).engine) as connection:
        found = get_segment(connection, name)
    row = {
        "name": found.name,
        "rule": found.text,
        "created_at": found.created_at,
        "tree": to_tree(found.rule),
    }
    emit_json(row) if as_json else emit([row], ("name", "rule", "created_at"), as_json=False)


@segments.command("count")
@click.argument("rule_or_name", shell_complete=segment_names)
@newsletter_option
@click.option("--sample", type=click.IntRange(1, _MOST_SHOWN), metavar="N", help="Show N of them, at random.")
@as_json_option
@click.pass_context
def count_(
    context: click.Context, rule_or_name: str, newsletter: str | None, sample: int | None, as_json: bool
) -> None:
    """Count who would get a letter now: active on the newsletter, matching, not suppressed."""
    from subscribers import segments as saved
    from subscribers.database import reading

    book = book_of(context)
    key = book.newsletter(newsletter)
    with reading(book.engine) as connection:
        rule = saved.rule_of(connection, rule_or_name, book.fields)
        found = saved.count(connection, rule, key)
        some = _rows(saved.sample(connection, rule, key, sample)) if sample else []
        say_what_nobody_has(connection, rule, book.newsletters)
    if as_json:
        emit_json({"count": found, "newsletter": key} | ({"sample": some} if sample else {}))
    elif sample:
        say(f"{_people(found)} of {key}, {len(some)} of them:")
        emit(some, _PERSON, as_json=False)
    else:
        click.echo(str(found))


@segments.command("overlap")
@click.argument("one", metavar="A", shell_complete=segment_names)
@click.argument("other", metavar="B", shell_complete=segment_names)
@newsletter_option
@click.option("--people", "part", type=click.Choice(_PARTS), help="Show the people of one part.")
@as_json_option
@click.pass_context
def overlap_(
    context: click.Context, one: str, other: str, newsletter: str | None, part: str | None, as_json: bool
) -> None:
    """Compare two segments or rules: who is only in one, in both, and who of the newsletter in none."""
    from subscribers.database import reading
    from subscribers.overlap import overlap, people_in
    from subscribers.segments import rule_of

    book = book_of(context)
    key = book.newsletter(newsletter)
    with reading(book.engine) as connection:
        rules = rule_of(connection, one, book.fields), rule_of(connection, other, book.fields)
        found = asdict(overlap(connection, *rules, key))
        some = _rows(people_in(connection, part, *rules, key)) if part else []
        for rule in rules:
            say_what_nobody_has(connection, rule, book.newsletters)
    if as_json:
        emit_json(found | ({"people": some} if part else {}))
    elif part:
        say(f"{_people(found[part])} of {key}:")
        emit(some, _PERSON, as_json=False)
    else:
        words = (f"only {one}", "both: one letter each", f"only {other}", f"none, but on {key}")
        rows = [{"who": who, "count": found[name]} for who, name in zip(words, _PARTS, strict=True)]
        emit(rows, ("who", "count"), as_json=False)


@segments.command("explain")
@click.argument("rule_or_name", shell_complete=segment_names)
@click.argument("address")
@newsletter_option
@as_json_option
@click.pass_context
def explain_(
    context: click.Context, rule_or_name: str, address: str, newsletter: str | None, as_json: bool
) -> None:
    """Say why a person is in or out: each part of the rule, and what else stands against a letter."""
    from subscribers.address import parse_address
    from subscribers.database import reading
    from subscribers.reasons import why
    from subscribers.segments import rule_of

    book, parsed = book_of(context), parse_address(address)
    key = book.newsletter(newsletter)
    with reading(book.engine) as connection:
        rule = rule_of(connection, rule_or_name, book.fields)
        found = why(connection, rule, parsed, key)
        say_what_nobody_has(connection, rule, book.newsletters)
    if as_json:
        emit_json({"address": parsed.email, "newsletter": key, **found.as_dict()})
        return
    verdict = f"gets {key}" if found.gets else f"does not get {key}: {' '.join(found.against)}"
    emit([_verdict(found.gets, verdict), *_lines(found.outcome)], ("fits", "what"), as_json=False)


@segments.command("remove")
@click.argument("name", shell_complete=segment_names)
@click.pass_context
def remove_segment_(context: click.Context, name: str) -> None:
    """Forget a saved rule; nobody is removed by it."""
    from subscribers.segments import remove_segment

    with book_of(context).engine.begin() as connection:
        remove_segment(connection, name)
    say(f"Removed {name}.")


def _preview(connection: "Connection", rule: "Rule", newsletter: str) -> None:
    from subscribers.segments import count, sample

    found = count(connection, rule, newsletter)
    say(f"It reaches {_people(found)} of {newsletter}{', such as:' if found else '.'}")
    if found:
        emit(_rows(sample(connection, rule, newsletter, _SHOWN_BEFORE_SAVING)), _PERSON, as_json=False)


def _rows(people: Iterable["Person"]) -> list[dict[str, Any]]:
    return [{name: getattr(one, name) for name in _PERSON} for one in people]


def _people(count: int) -> str:
    return f"{count} {'person' if count == 1 else 'people'}"


def _verdict(holds: bool, words: str) -> dict[str, str]:
    return {"fits": "yes" if holds else "no", "what": words}


def _lines(outcome: "Outcome") -> Iterable[dict[str, str]]:
    """The tree, each level two blanks further in."""
    return [_verdict(one.holds, f"{'  ' * level}{one.words}") for level, one in outcome.lines()]
