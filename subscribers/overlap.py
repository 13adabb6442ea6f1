"""How two segments overlap: who is only in one, in both, and who of the newsletter in none."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, select

from subscribers.conditions import condition
from subscribers.person import Person
from subscribers.rules import EVERYBODY, Rule
from subscribers.segments import people, recipients

PARTS = ("only_a", "both", "only_b", "none")


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many people of a newsletter are where; whoever is in both gets one letter."""

    only_a: int
    both: int
    only_b: int
    none: int


def overlap(connection: Connection, one: Rule, other: Rule, newsletter: str) -> Overlap:
    """Count the people who would get a letter of this newsletter by their place."""
    where = _parts(one, other)
    place = case(*((where[name], name) for name in PARTS[:-1]), else_="none").label("place")
    placed = recipients(EVERYBODY, newsletter).add_columns(place).subquery()
    counted = select(placed.c.place, func.count()).group_by(placed.c.place)
    found = {row[0]: row[1] for row in connection.execute(counted)}
    return Overlap(**{name: found.get(name, 0) for name in PARTS})


def people_in(connection: Connection, part: str, one: Rule, other: Rule, newsletter: str) -> Iterator[Person]:
    """The people of one part: only_a, both, only_b, or none."""
    return people(connection, EVERYBODY, newsletter, _parts(one, other)[part])


def _parts(one: Rule, other: Rule) -> dict[str, ColumnElement[bool]]:
    first, second = condition(one), condition(other)
    return {
        "only_a": and_(first, not_(second)),
        "both": and_(first, second),
        "only_b": and_(not_(first), second),
        "none": and_(not_(first), not_(second)),
    }
