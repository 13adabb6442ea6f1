"""The audience of a mailing: whom it would reach with which variant, and why it leaves others out."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from mailer.delivery.mailing import Mailing
from mailer.delivery.readers import erased, given_up, misinformed, refailing
from mailer.delivery.schema import delivery
from subscribers.rules import Rule, from_tree
from subscribers.schema import subscriber, subscription, suppression
from subscribers.segments import condition, recipients
from subscribers.words import UNCLEAR

HAS_IT = "has this edition already"
FAILED = "an earlier letter failed, and the address is the same"
GIVEN_UP = "may have this edition already: its letter was in doubt and given up"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a segment names: those who would get the letter, those who have this edition already or may have
    it, and those whose letter of it failed and would fail again.
    """

    recipients: int
    already: int
    failing: int

    def __str__(self) -> str:
        more = f", {self.already} more have this edition already" if self.already else ""
        more += f", for {self.failing} more it failed and the address is the same" if self.failing else ""
        return f"{self.recipients} {'person' if self.recipients == 1 else 'people'}{more}"


@dataclass(frozen=True, slots=True)
class Outlook:
    """Those named who have no letter in the books: who would still get one, and the others by reason."""

    to_come: int
    excluded: Mapping[str, int]


def audience(connection: Connection, planned: Mailing) -> Audience:
    """How many people a mailing would reach now, and how many have its edition (or will) already."""
    people = reached(planned).subquery()
    which = case(*standing(people.c.id, planned.edition), else_="")
    rows = connection.execute(select(which, func.count()).select_from(people).group_by(which))
    counts = dict.fromkeys(("", HAS_IT, GIVEN_UP, FAILED), 0) | {row[0]: row[1] for row in rows}
    return Audience(counts[""], counts[HAS_IT] + counts[GIVEN_UP], counts[FAILED])


def reached(planned: Mailing) -> Select[int]:
    """The ids of those who may get a mailing now: named by it, active on the newsletter, not suppressed."""
    return recipients(from_tree(planned.rule), planned.newsletter).where(_named(planned))


def _named(planned: Mailing) -> ColumnElement[bool]:
    """Beside the rule: a correction is for those who got what it corrects."""
    if not planned.corrects:
        return true()
    return misinformed(planned.corrects, planned.edition, planned.id)


def standing(person: ColumnElement[int], edition: str) -> tuple[tuple[ColumnElement[bool], str], ...]:
    """What stands against a letter of an edition in the books, each with its reason."""
    held = delivery.alias("held")
    mine = (held.c.subscriber_id == person) & (held.c.edition == edition)
    return (
        (exists().where(mine, held.c.holds_edition), HAS_IT),
        (person.in_(given_up(edition)), GIVEN_UP),
        (person.in_(refailing(edition)), FAILED),
    )


def count_variants(
    connection: Connection,
    rule: Rule,
    newsletter: str,
    selection: Mapping[str, Any],
    without: str = "",
) -> dict[str, int]:
    """How many people would get each variant now, without those who have the edition `without` already."""
    return _by_variant(connection, recipients(rule, newsletter), selection, without)


def count_reached(connection: Connection, planned: Mailing, selection: Mapping[str, Any]) -> dict[str, int]:
    """How many people a mailing would bring each variant now, without those who have its edition already."""
    return _by_variant(connection, reached(planned), selection, planned.edition)


def _by_variant(
    connection: Connection, ids: Select[int], selection: Mapping[str, Any], without: str
) -> dict[str, int]:
    people = ids.add_columns(variant_of(selection).label("variant")).subquery()
    against = (condition for condition, _ in standing(people.c.id, without))
    counted = select(people.c.variant, func.count()).where(~or_(*against)).group_by(people.c.variant)
    return {row[0]: row[1] for row in connection.execute(counted)}


def variant_of(selection: Mapping[str, Any] | None) -> ColumnElement[str]:
    """The key of a person's variant, over the same tables as `recipients`.

    The first voice whose rule the person fits is theirs; within it the answers to the rules of the cards
    decide. A mailing that was approved before there were variants has one.
    """
    if not selection:
        return literal("standard")
    *others, own = selection["voices"]
    decided = _by_cards(own)
    if not others:
        return decided
    voices = [(condition(from_tree(each["where"])), _by_cards(each)) for each in others]
    return case(*voices, else_=decided)


def _by_cards(voice: Mapping[str, Any]) -> ColumnElement[str]:
    """The variant of a person who gets this voice."""
    keys = voice["keys"]
    if len(set(keys.values())) == 1:
        return literal(next(iter(keys.values())))
    bits = [case((condition(from_tree(tree)), "1"), else_="0") for tree in voice["rules"]]
    return case(keys, value=reduce(operator.add, bits))


def outlook(connection: Connection, planned: Mailing) -> Outlook:
    """What would become now of everybody the mailing names and who is not in its books.

    Together with its rows these are all people of the newsletter that its rule names; for a correction, all
    who got what it corrects.
    """
    counts = _absent(connection, planned, "")
    return Outlook(counts.pop("", 0), counts)


def excluded(connection: Connection, planned: Mailing) -> dict[str, int]:
    """Whom the mailing names and leaves out, counted by reason, when its list is complete."""
    return _absent(connection, planned, "joined while the list was made")


def reason(planned: Mailing, otherwise: str, *, but: str = "") -> ColumnElement[str]:
    """Why a person gets no letter of a mailing now, over subscriber and subscription.

    Args:
        but: what does not count of what the books hold against it.
    """
    listed = exists().where(suppression.c.key_hash == subscriber.c.suppression_key)
    return case(
        (listed, "on the suppression list"),
        (subscription.c.state != "active", literal("subscription ") + subscription.c.state),
        (subscription.c.basis == UNCLEAR, "no proof of a consent"),
        *(each for each in standing(subscriber.c.id, planned.edition) if each[1] != but),
        else_=otherwise,
    )


def _absent(connection: Connection, planned: Mailing, otherwise: str) -> dict[str, int]:
    has_row = exists().where(delivery.c.mailing_id == planned.id, delivery.c.subscriber_id == subscriber.c.id)
    why = reason(planned, otherwise)
    query = (
        select(why, func.count())
        .select_from(subscriber)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(subscription.c.newsletter == planned.newsletter, condition(from_tree(planned.rule)), ~has_row)
        .where(_named(planned))
        .group_by(why)
    )
    counts = {row[0]: row[1] for row in connection.execute(query)}
    gone = erased(connection, planned.corrects) if planned.corrects else 0
    return counts | ({"erased since": gone} if gone else {})


def renew(connection: Connection, planned: Mailing, which: ColumnElement[bool]) -> int:
    """Give letters that have not left the newest release, and the variant that it gives them; how many."""
    fitting = (
        select(variant_of(planned.selection))
        .select_from(subscriber.join(subscription, subscription.c.subscriber_id == subscriber.c.id))
        .where(subscriber.c.id == delivery.c.subscriber_id, subscription.c.newsletter == planned.newsletter)
        .correlate(delivery)
        .scalar_subquery()
    )
    changed = connection.execute(
        update(delivery)
        .where(delivery.c.mailing_id == planned.id, which)
        .values(release=planned.release, variant=func.coalesce(fitting, delivery.c.variant))
    )
    return changed.rowcount
