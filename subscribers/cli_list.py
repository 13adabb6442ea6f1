"""The command that lists subscriptions."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from subscribers.completion import segment_names
from subscribers.errors import BadUsage
from subscribers.mounted import as_json_option, book_of, newsletter_option, say_what_nobody_has
from subscribers.output import emit
from subscribers.words import LABEL_KINDS, SUBSCRIPTION_STATES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from subscribers.book import AddressBook
    from subscribers.fields import Fields
    from subscribers.rules import Rule

_FIRST = ("email", "state", "newsletter")
_THEN = ("anrede", "titel", "vorname", "nachname", "firma", "gewerk", "kreis", "ort")
# What a narrow terminal goes without, in this order.
_SPARE = ("titel", "anrede", "newsletter", "kreis", "gewerk", "ort", "firma", "vorname")


@click.command("list")
@click.option(
    "--where",
    metavar="RULE",
    shell_complete=segment_names,
    help="Only who matches a rule or a segment's name.",
)
@newsletter_option
@click.option("--state", type=click.Choice(SUBSCRIPTION_STATES), help="Only this state.")
@click.option("--without-newsletter", "nowhere", is_flag=True, help="Only who is on no newsletter at all.")
@click.option("--limit", type=click.IntRange(min=1), help="No more than so many.")
@as_json_option
@click.pass_context
def list_(
    context: click.Context,
    where: str | None,
    newsletter: str | None,
    state: str | None,
    nowhere: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """Show subscriptions, of all newsletters unless one is named, with what the rule asks for."""
    from subscribers.database import reading
    from subscribers.people import list_people
    from subscribers.segments import condition, rule_of

    book = book_of(context)
    if nowhere:
        if where is not None or newsletter or state:
            message = "--without-newsletter goes with none of --where, --newsletter and --state."
            raise BadUsage(message, hint="Who is on no newsletter has no state, and no rule to fit.")
        _list_without_newsletter(book, limit, as_json)
        return
    key = book.newsletter(newsletter) if newsletter else None
    with reading(book.engine) as connection:
        rule = rule_of(connection, where, book.fields) if where is not None else None
        matching = condition(rule) if rule is not None else None
        rows = [
            {**asdict(person), "newsletter": place.newsletter, "state": place.state, "since": place.since}
            for person, place in list_people(connection, key, matching, state=state, limit=limit)
        ]
        asked = _asked(rule) if rule is not None else ()
        _add_own_fields(connection, rows, asked, book.fields)
        if as_json or {*asked} & {*LABEL_KINDS}:
            _add_labels(connection, rows, as_json=as_json)
        if rule is not None:
            say_what_nobody_has(connection, rule, book.newsletters)
    columns = (*_FIRST, *(name for name in asked if name not in _FIRST))
    rest = tuple(name for name in _THEN if name not in columns)
    spare = tuple(name for name in _SPARE if name not in asked)
    emit(rows, (*columns, *rest), as_json=as_json, spare=spare)


def _list_without_newsletter(book: "AddressBook", limit: int | None, as_json: bool) -> None:
    """The same columns, the state and the newsletter empty; JSON has null there."""
    from subscribers.database import reading
    from subscribers.people import without_newsletter

    with reading(book.engine) as connection:
        nothing = {"newsletter": None, "state": None, "since": None}
        rows: list[dict[str, Any]] = [
            {**asdict(person), **nothing} for person in without_newsletter(connection, limit)
        ]
        if as_json:
            _add_labels(connection, rows, as_json=True)
    if not as_json:
        rows = [{**row, "newsletter": "-", "state": "-"} for row in rows]
    emit(rows, (*_FIRST, *_THEN), as_json=as_json, spare=_SPARE)


def _asked(rule: "Rule") -> tuple[str, ...]:
    """The fields a rule asks for that can be shown; the issues somebody got are a list of their own."""
    from subscribers.leaves import Leaf
    from subscribers.rules import walk

    names = [one.field for one in walk(rule.where) if isinstance(one, Leaf) and one.kind != "edition"]
    return tuple(dict.fromkeys(names))


def _add_own_fields(
    connection: "Connection", rows: Sequence[dict[str, Any]], asked: Sequence[str], fields: "Fields"
) -> None:
    """Those of the workspace, only where the rule asks for them."""
    from subscribers.attributes import attributes_of

    names = [name for name in asked if name in fields]
    known = attributes_of(connection, {row["id"] for row in rows}) if names else {}
    for row in rows:
        row |= {name: known.get(row["id"], {}).get(name, "") for name in names}


def _add_labels(connection: "Connection", rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Topics and tags: arrays for JSON, one text each for a table."""
    from subscribers.labels import Labels, labels_of

    known = labels_of(connection, {row["id"] for row in rows})
    for row in rows:
        mine = known.get(row["id"], Labels())
        if as_json:
            row |= {"topics": mine.topics, "tags": mine.tags}
        else:
            row |= {"topic": "; ".join(mine.topics), "tag": "; ".join(mine.tags)}


COMMANDS = (list_,)
