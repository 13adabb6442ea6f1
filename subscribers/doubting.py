"""Values of a rule that nobody has: most are slips of the keyboard, and the rule finds nobody by them."""

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

from sqlalchemy import ColumnElement, Connection, FromClause, Select, select

from subscribers.address import fold, key_of
from subscribers.conditions import condition, letters
from subscribers.leaves import Leaf
from subscribers.rules import Rule, walk
from subscribers.schema import attribute, label, subscriber, subscription

MOST_SAID = 5
_MOST_KNOWN = 5_000  # different values among which a similar one is looked for
_WHOLE, _PART = ("=", "!=", "in", "not in"), ("contains", "starts with")
_TEXTS = ("text", "postcode", "email", "label", "choice", "edition")


def values_nobody_has(connection: Connection, rule: Rule, newsletters: Sequence[str]) -> list[str]:
    """A sentence for each value that occurs nowhere, with a similar one that does; the first five."""
    found: dict[str, None] = {}
    for leaf in walk(rule.where):
        if not isinstance(leaf, Leaf) or leaf.kind not in _TEXTS:
            continue
        for sentence in _of_leaf(connection, leaf, newsletters):
            found[sentence] = None
            if len(found) == MOST_SAID:
                return [*found]
    return [*found]


def _of_leaf(connection: Connection, leaf: Leaf, newsletters: Sequence[str]) -> Iterator[str]:
    if leaf.kind == "edition" and leaf.operator in _WHOLE:
        return _editions(connection, leaf, newsletters)
    if leaf.operator in _WHOLE:
        return _texts(connection, leaf)
    return _parts(connection, leaf) if leaf.operator in _PART else iter(())


def _texts(connection: Connection, leaf: Leaf) -> Iterator[str]:
    key, shown, mine = _columns(leaf)
    form: Callable[[str], str] = key_of if leaf.kind == "email" else fold
    wanted = {form(value): value for value in leaf.values if form(value)}
    have = set(connection.scalars(select(key).where(key.in_(wanted), *mine).distinct()))
    missing = [value for folded, value in wanted.items() if folded not in have]
    if not missing:
        return
    spellings = select(key, shown).where(key != "", *mine).distinct().limit(_MOST_KNOWN)
    known = {row[0]: row[1] for row in connection.execute(spellings)}
    for value in missing:
        near = get_close_matches(form(value), known, n=1, cutoff=0.7)
        yield _sentence(f"Nobody has {leaf.field} {value}", known[near[0]] if near else "")


def _columns(leaf: Leaf) -> tuple[ColumnElement[str], ColumnElement[str], tuple[ColumnElement[bool], ...]]:
    """Where the values are compared, where they stand as typed, and which rows are of this field."""
    if leaf.kind == "label":
        return label.c.name_key, label.c.name, (label.c.kind == leaf.field,)
    if leaf.declared:
        return attribute.c.text_key, attribute.c.text, (attribute.c.name == leaf.field,)
    return subscriber.c[f"{leaf.field}_key"], subscriber.c[leaf.field], ()


def _parts(connection: Connection, leaf: Leaf) -> Iterator[str]:
    people: FromClause = subscriber.join(subscription, subscription.c.subscriber_id == subscriber.c.id)
    some: Select[tuple[int]] = select(subscriber.c.id).select_from(people).where(condition(Rule(leaf)))
    if connection.execute(some.limit(1)).first() is None:
        yield f"Nobody has a {leaf.field} that {leaf.operator} {leaf.values[0]}."


def _editions(connection: Connection, leaf: Leaf, newsletters: Sequence[str]) -> Iterator[str]:
    got = set(connection.scalars(select(letters.c.edition).distinct()))
    for value in leaf.values:
        newsletter, slash, issue = value.rpartition("/")
        if slash and newsletter not in newsletters:
            near = get_close_matches(newsletter, newsletters, n=1)
            yield _sentence(f"There is no newsletter {newsletter}", near[0] if near else "")
            continue
        mine = {edition.rpartition("/")[2]: edition for edition in got if not slash or value == edition}
        if issue not in mine:
            issues = sorted({edition.rpartition("/")[2] for edition in got})
            near = get_close_matches(issue, issues, n=1)
            yield _sentence(f"No letter of an issue {value} was ever made", near[0] if near else "")


def _sentence(what: str, near: str) -> str:
    return f"{what}; did you mean {near}?" if near else f"{what}."
