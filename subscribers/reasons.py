"""Why one person gets the letters of a segment, or why not: rule, subscription, suppression list."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from subscribers.address import Address
from subscribers.attributes import attributes_of
from subscribers.conditions import RECEIVED, letters
from subscribers.errors import Problem
from subscribers.explaining import Outcome, explain
from subscribers.labels import Labels, labels_of
from subscribers.matching import Facts
from subscribers.person import person_from
from subscribers.rules import Rule
from subscribers.schema import subscriber, subscription
from subscribers.suppression import is_suppressed
from subscribers.words import NEVER_AGREED, UNCLEAR


@dataclass(frozen=True, slots=True)
class Reason:
    """Whether a person would get a letter; `against` has a sentence for all that stands against it."""

    gets: bool
    against: tuple[str, ...]
    outcome: Outcome

    def as_dict(self) -> dict[str, Any]:
        """The reason for JSON."""
        return {"gets": self.gets, "against": [*self.against], "rule": self.outcome.as_dict()}


def why(connection: Connection, rule: Rule, address: Address, newsletter: str) -> Reason:
    """The reason why this person would, or would not, get a letter of the newsletter now.

    Raises:
        Problem: nobody has this address.
    """
    row = connection.execute(select(subscriber).where(subscriber.c.email_key == address.key)).one_or_none()
    if row is None:
        raise Problem(
            f"Nobody has the address {address.email}.", hint="rundbrief subscribers list shows all."
        )
    mine = (subscription.c.subscriber_id == row.id) & (subscription.c.newsletter == newsletter)
    place = connection.execute(select(subscription).where(mine)).one_or_none()
    outcome = explain(rule, facts(connection, row, place, newsletter))
    against = [] if outcome.holds else ["The rule does not fit."]
    if place is None:
        against.append(f"There is no subscription to {newsletter}.")
    else:
        against += _standing(place)
    if is_suppressed(connection, row.suppression_key):
        against.append("The address is on the suppression list.")
    return Reason(not against, tuple(against), outcome)


def facts(connection: Connection, row: Row[Any], place: Row[Any] | None, newsletter: str) -> Facts:
    """All that a rule can ask about a person of this newsletter."""
    labels = labels_of(connection, [row.id]).get(row.id, Labels())
    mine = (letters.c.subscriber_id == row.id) & letters.c.state.in_(RECEIVED)
    received = connection.scalars(select(letters.c.edition).where(mine)).all()
    return {
        **attributes_of(connection, [row.id]).get(row.id, {}),
        **asdict(person_from(row)),
        "since": place.since if place is not None and place.basis not in NEVER_AGREED else None,
        "topic": labels.topics,
        "tag": labels.tags,
        "issue": received,
        "newsletter": newsletter,
    }


def _standing(place: Row[Any]) -> list[str]:
    against = [f"The subscription is {place.state}."] if place.state != "active" else []
    return [*against, "Nobody can prove a consent."] if place.basis == UNCLEAR else against
