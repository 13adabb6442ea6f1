"""Saved rules, and what they become for the database: a condition, a count, the recipients."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from shlex import quote
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from subscribers.address import fold, key_of, needles
from subscribers.errors import BadUsage, Problem
from subscribers.rules import (
    EVERYBODY,
    Either,
    Every,
    Leaf,
    Node,
    Not,
    Rule,
    day_bounds,
    from_tree,
    match,
    to_tree,
)
from subscribers.ruletext import parse, to_text
from subscribers.schema import segment, subscriber, subscription, suppression
from subscribers.upsert import insert_new
from subscribers.words import UNCLEAR

# The rule language is part of this door: who stores and sends by segments needs no other import.
__all__ = [
    "Segment",
    "add_segment",
    "condition",
    "count",
    "from_tree",
    "get_segment",
    "list_segments",
    "match",
    "parse",
    "recipients",
    "remove_segment",
    "rule_of",
    "to_text",
    "to_tree",
]


@dataclass(frozen=True, slots=True)
class Segment:
    """A saved rule: the text as typed, and the same as a tree; `all` was never created."""

    name: str
    text: str
    rule: Rule
    created_at: datetime | None


def add_segment(connection: Connection, name: str, rule_text: str, now: datetime) -> Segment:
    """Save a rule under a name.

    Raises:
        BadUsage: the rule cannot be read, or the name is empty, too long, `all` or itself a rule.
        Problem: the name is taken.
    """
    rule = parse(rule_text)
    if not name.strip() or len(name) > 64 or not name.isprintable() or fold(name) == "all":
        raise BadUsage(f"{name[:70]!r} cannot name a segment.", hint="Use 1 to 64 letters; all is everybody.")
    row = {"name": name.strip(), "rule": rule_text, "tree": to_tree(rule), "created_at": now}
    if connection.execute(insert_new(connection, segment).values(row)).rowcount == 0:
        raise Problem(
            f"There is a segment {name.strip()} already.",
            hint=f"Remove it first (rundbrief segments remove {quote(name.strip())}), or take another name.",
        )
    return Segment(name.strip(), rule_text, rule, now)


def get_segment(connection: Connection, name: str) -> Segment:
    """The segment of this name; `all` always exists.

    Raises:
        Problem: there is none; names a similar one.
    """
    if fold(name) == "all":
        return Segment("all", "all", EVERYBODY, None)
    row = connection.execute(select(segment).where(segment.c.name == name.strip())).one_or_none()
    if row is None:
        names = list(connection.scalars(select(segment.c.name).order_by(segment.c.name)))
        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]}?" if near else "rundbrief segments list shows them."
        raise Problem(f"There is no segment {name[:70]!r}.", hint=hint)
    return _segment(row)


def rule_of(connection: Connection, text: str) -> Rule:
    """The rule that a segment's name or a rule's text stands for; a name comes first.

    Raises:
        BadUsage: it is neither.
    """
    named = connection.scalar(select(segment.c.tree).where(segment.c.name == text.strip()))
    if named is not None:
        return from_tree(named)
    try:
        return parse(text)
    except BadUsage as error:
        hint = f"{error.hint or ''} No segment has this name either.".strip()
        raise BadUsage(error.message, place=error.place, hint=hint) from None


def list_segments(connection: Connection) -> list[Segment]:
    """All segments by name."""
    return [_segment(row) for row in connection.execute(select(segment).order_by(segment.c.name))]


def remove_segment(connection: Connection, name: str) -> None:
    """Forget a rule; mailings planned with it keep their own copy.

    Raises:
        Problem: there is no such segment.
    """
    found = get_segment(connection, name)
    connection.execute(delete(segment).where(segment.c.name == found.name))


def count(connection: Connection, rule: Rule, newsletter: str) -> int:
    """How many people would get a letter of this newsletter now."""
    return connection.scalar(select(func.count()).select_from(recipients(rule, newsletter).subquery())) or 0


def recipients(rule: Rule, newsletter: str) -> Select[int]:
    """The ids of the people who match, are active on the newsletter and not suppressed; each id once.

    For INSERT … SELECT in slices: add `.where(subscriber.c.id.between(…))`.
    """
    on_list = exists().where(suppression.c.key_hash == subscriber.c.suppression_key)
    return (
        select(subscriber.c.id)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(
            subscription.c.newsletter == newsletter,
            subscription.c.state == "active",
            subscription.c.basis != UNCLEAR,
            ~on_list,
            condition(rule),
        )
    )


def condition(rule: Rule) -> ColumnElement[bool]:
    """The rule over subscriber joined with subscription: bound values; yes or no, never NULL."""
    return _condition(rule.where)


def _segment(row: Row[Any]) -> Segment:
    return Segment(row.name, row.rule, from_tree(row.tree), row.created_at)


def _condition(node: Node) -> ColumnElement[bool]:
    if isinstance(node, Every):
        return and_(true(), *(_condition(part) for part in node.parts))
    if isinstance(node, Either):
        return or_(false(), *(_condition(part) for part in node.parts))
    if isinstance(node, Not):
        return not_(_condition(node.part))
    if node.field == "since":
        return _since(node)
    if node.field == "email":
        return _text(node, subscriber.c.email_key, key_of, needles)
    return _text(node, subscriber.c[f"{node.field}_key"], fold, lambda value: (fold(value),))


def _since(leaf: Leaf) -> ColumnElement[bool]:
    since = subscription.c.since
    if leaf.value is None:
        return true() if leaf.operator == "is set" else false()  # the column is never NULL
    start, end = day_bounds(str(leaf.value))
    return {
        "=": and_(since >= start, since < end),
        "!=": or_(since < start, since >= end),
        "<": since < start,
        "<=": since < end,
        ">": since >= end,
        ">=": since >= start,
    }[leaf.operator]


def _text(
    leaf: Leaf,
    column: ColumnElement[str],
    whole: Callable[[str], str],
    part: Callable[[str], tuple[str, ...]],
) -> ColumnElement[bool]:
    """No text column is ever NULL, so that `!=` means differs or is empty without further care."""
    if leaf.value is None:
        return column != "" if leaf.operator == "is set" else column == ""
    if isinstance(leaf.value, tuple):
        values = sorted({whole(value) for value in leaf.value})
        return column.in_(values) if leaf.operator == "in" else column.not_in(values)
    if leaf.operator in ("=", "!="):
        return column == whole(leaf.value) if leaf.operator == "=" else column != whole(leaf.value)
    like = column.contains if leaf.operator == "contains" else column.startswith
    return or_(*(like(value, autoescape=True) for value in part(leaf.value)))
