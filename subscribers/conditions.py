"""A rule as a condition for SQLite and PostgreSQL: bound values, yes or no and never NULL."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    column,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    table,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from subscribers.address import fold, key_of, needles
from subscribers.fields import NO, YES, number_of
from subscribers.leaves import ORDER, SET, Leaf
from subscribers.matching import day_bounds
from subscribers.rules import Either, Every, Node, Not, Rule, walk
from subscribers.schema import attribute, label, subscriber, subscription
from subscribers.words import NEVER_AGREED

# What a rule asks of the post office: its table of letters, named by three columns, so that the address book
# imports nothing of the room above it. tests/subscribers/test_segments.py holds the names to the real table.
letters = table(
    "delivery", column("subscriber_id", Integer), column("edition", String), column("state", String)
)
RECEIVED = ("sent", "in_doubt")
_HANGING = ("moment", "label", "edition")  # what the other tables know of a subscription

Part = Callable[[str], tuple[str, ...]]


def condition(rule: Rule) -> ColumnElement[bool]:
    """The rule over subscriber joined with subscription."""
    return _node(rule.where)


def asks_for_person(rule: Rule) -> bool:
    """Whether the condition looks at the columns of `subscriber`; else a subscription's own id is enough."""
    leaves = (one for one in walk(rule.where) if isinstance(one, Leaf))
    return any(leaf.kind not in _HANGING and not leaf.declared for leaf in leaves)


def _node(node: Node) -> ColumnElement[bool]:
    if isinstance(node, Every):
        return and_(true(), *(_node(part) for part in node.parts))
    if isinstance(node, Either):
        return or_(false(), *(_node(part) for part in node.parts))
    if isinstance(node, Not):
        return not_(_node(node.part))
    return _leaf(node)


def _leaf(leaf: Leaf) -> ColumnElement[bool]:
    if leaf.kind == "moment":
        return _since(leaf)
    if leaf.kind == "label":
        mine = label.c.subscriber_id == subscription.c.subscriber_id, label.c.kind == leaf.field
        return _several(leaf, label.c.name_key, *mine)
    if leaf.kind == "edition":
        return _received(leaf)
    if leaf.declared:
        return _declared(leaf)
    if leaf.kind == "email":
        return _text(leaf, subscriber.c.email_key, key_of, needles)
    if leaf.kind == "postcode" and leaf.operator in ORDER:
        code, values = subscriber.c[f"{leaf.field}_key"], leaf.values
        return and_(func.length(code) == len(values[0]), _compare(leaf.operator, by_code_point(code), values))
    return _text(leaf, subscriber.c[f"{leaf.field}_key"], fold, _folded)


def _since(leaf: Leaf) -> ColumnElement[bool]:
    """Without a consent the column holds the day of the import or the sign-up, which is not asked for."""
    since, agreed = subscription.c.since, subscription.c.basis.not_in(NEVER_AGREED)
    if leaf.value is None:
        return agreed if leaf.operator == SET else not_(agreed)
    start, end = day_bounds(leaf.values[0])
    if leaf.operator == "!=":
        return or_(not_(agreed), since < start, since >= end)
    compared = {
        "=": and_(since >= start, since < end),
        "<": since < start,
        "<=": since < end,
        ">": since >= end,
        ">=": since >= start,
        "between": and_(since >= start, since < day_bounds(leaf.values[-1])[1]),
    }
    return and_(agreed, compared[leaf.operator])


def _received(leaf: Leaf) -> ColumnElement[bool]:
    """The key of an issue alone means the newsletter of the subscription."""
    mine = letters.c.subscriber_id == subscription.c.subscriber_id
    got = letters.c.state.in_(RECEIVED)
    own = subscription.c.newsletter + "/"
    if leaf.value is None:
        begins = func.substr(letters.c.edition, 1, func.length(own)) == own
        received = exists().where(mine, got, begins)
        return received if leaf.operator == SET else not_(received)
    editions = [value if "/" in value else own + value for value in leaf.values]
    # The literal lets SQLite use the index that leaves skipped letters out.
    kept = letters.c.state != literal_column("'skipped'")
    received = exists().where(mine, kept, got, letters.c.edition.in_(editions))
    return received if leaf.operator in ("=", "in") else not_(received)


def _declared(leaf: Leaf) -> ColumnElement[bool]:
    """A person without the value has no row: for texts the same as an empty one."""
    mine = attribute.c.subscriber_id == subscription.c.subscriber_id, attribute.c.name == leaf.field
    if leaf.kind in ("text", "choice"):
        return _text_row(leaf, *mine)
    if leaf.kind == "yes_no":
        values: list[Any] = [{YES: 1.0, NO: 0.0}[value] for value in leaf.values]
    elif leaf.kind == "number":
        values = [number_of(value) for value in leaf.values]
    else:
        values = [date.fromisoformat(value) for value in leaf.values]
    kept: ColumnElement[Any] = attribute.c.day if leaf.kind == "date" else attribute.c.number
    if leaf.value is None:
        found = exists().where(*mine)
        return found if leaf.operator == SET else not_(found)
    if leaf.operator in ORDER:
        return exists().where(*mine, _compare(leaf.operator, kept, values))
    found = exists().where(*mine, kept.in_(values))
    return found if leaf.operator in ("=", "in") else not_(found)


def _text_row(leaf: Leaf, *mine: ColumnElement[bool]) -> ColumnElement[bool]:
    found = _several(leaf, attribute.c.text_key, *mine)
    empty = "" in {fold(value) for value in leaf.values}
    if not empty:
        return found
    if leaf.operator in ("contains", "starts with"):
        return true()
    nothing = not_(exists().where(*mine))
    return or_(found, nothing) if leaf.operator in ("=", "in") else and_(found, not_(nothing))


def _several(leaf: Leaf, column: ColumnElement[str], *mine: ColumnElement[bool]) -> ColumnElement[bool]:
    """Over the rows of a person: one that fits is enough; `!=` and `not in` mean that none does."""
    if leaf.value is None:
        found = exists().where(*mine)
        return found if leaf.operator == SET else not_(found)
    if leaf.operator in ("=", "!=", "in", "not in"):
        found = exists().where(*mine, column.in_(sorted({fold(value) for value in leaf.values})))
        return found if leaf.operator in ("=", "in") else not_(found)
    return exists().where(*mine, _like(leaf, column, _folded))


def _text(
    leaf: Leaf, column: ColumnElement[str], whole: Callable[[str], str], part: Part
) -> ColumnElement[bool]:
    """No text column is ever NULL, so that `!=` means differs or is empty without further care."""
    if leaf.value is None:
        return column != "" if leaf.operator == SET else column == ""
    if leaf.operator in ("in", "not in"):
        values = sorted({whole(value) for value in leaf.values})
        return column.in_(values) if leaf.operator == "in" else column.not_in(values)
    if leaf.operator in ("=", "!="):
        value = whole(leaf.values[0])
        return column == value if leaf.operator == "=" else column != value
    return _like(leaf, column, part)


def _like(leaf: Leaf, column: ColumnElement[str], part: Part) -> ColumnElement[bool]:
    like = column.contains if leaf.operator == "contains" else column.startswith
    return or_(*(like(value, autoescape=True) for value in part(leaf.values[0])))


def _folded(value: str) -> tuple[str, ...]:
    return (fold(value),)


def _compare(operator: str, known: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    if operator == "between":
        return and_(known >= values[0], known <= values[1])
    value = values[0]
    signs: dict[str, ColumnElement[bool]] = {
        "<": known < value,
        "<=": known <= value,
        ">": known > value,
        ">=": known >= value,
    }
    return signs[operator]


class by_code_point(FunctionElement[str]):  # noqa: N801 - reads as the function that it is in a query
    """A text as Python orders it; PostgreSQL would take the order of the database's language."""

    type = String()
    inherit_cache = True


@compiles(by_code_point)
def _plain_order(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(by_code_point, "postgresql")
def _order_of_c(element: Any, compiler: Any, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'
