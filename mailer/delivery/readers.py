"""Who has read what, and who has not: conditions over the letters that left, came back or were given up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, func, or_, select

from mailer.delivery.schema import LOST, attempt, delivery, mailing
from subscribers.binding import CHANGED
from subscribers.schema import consent_event, subscriber

CARRIED = ("sent", "in_doubt")  # somebody may have read it
BY_HAND = "given up by "  # and who did, see doubt.py


def misinformed(corrects: Mapping[str, Any], edition: str, but: int) -> ColumnElement[bool]:
    """The person got one of the letters that were wrong, and none after it that says it better.

    Args:
        corrects: of a correction, see correction.py.
        edition: the newsletter and the issue, whose letters are looked at; `but` is the correction itself.
    """
    wrong, later = delivery.alias("wrong"), delivery.alias("later")
    others = of_issue(edition).where(mailing.c.id != but)
    better = exists().where(
        later.c.subscriber_id == wrong.c.subscriber_id,
        later.c.id > wrong.c.id,
        later.c.state.not_in(LOST),
        later.c.mailing_id.in_(others),
        ~is_wrong(later, corrects),
    )
    return exists().where(
        wrong.c.subscriber_id == subscriber.c.id,
        wrong.c.state.in_(CARRIED),
        is_wrong(wrong, corrects),
        ~better,
    )


def of_issue(edition: str) -> Select[int]:
    """The mailings of an edition's issue: few, along which its letters are found."""
    newsletter, _, issue = edition.partition("/")
    return select(mailing.c.id).where(
        mailing.c.newsletter == newsletter, mailing.c.issue == issue.partition("+")[0]
    )


def refailing(edition: str) -> Select[int]:
    """The people whose letter of the edition failed and whose address is still the same.

    Who has another one since never had a letter there, and may get one.
    """
    newsletter = edition.partition("/")[0]
    tried = select(func.max(attempt.c.at)).where(attempt.c.delivery_id == delivery.c.id).scalar_subquery()
    moved = exists().where(
        consent_event.c.subscriber_id == delivery.c.subscriber_id,
        consent_event.c.newsletter == newsletter,
        consent_event.c.kind == "changed",
        consent_event.c.wording.startswith(CHANGED.partition("{old}")[0], autoescape=True),
        consent_event.c.recorded_at > func.coalesce(tried, delivery.c.not_before),
    )
    return _people(edition).where(delivery.c.state == "failed", ~moved)


def given_up(edition: str) -> Select[int]:
    """The people whose letter of the edition was in doubt until somebody gave it up: they may have it."""
    by_hand = delivery.c.reason.startswith(BY_HAND, autoescape=True)
    return _people(edition).where(delivery.c.state == "skipped", by_hand)


def _people(edition: str) -> Select[int]:
    own = delivery.c.mailing_id.in_(of_issue(edition)) & (delivery.c.edition == edition)
    return select(delivery.c.subscriber_id).where(own, delivery.c.subscriber_id.is_not(None))


def is_wrong(letters: FromClause, corrects: Mapping[str, Any]) -> ColumnElement[bool]:
    """The letter carries what a correction corrects."""
    return or_(
        *(
            and_(
                letters.c.mailing_id == each["mailing"],
                letters.c.release == each["release"],
                letters.c.variant.in_(each["variants"]),
            )
            for each in corrects["letters"]
        )
    )


def erased(connection: Connection, corrects: Mapping[str, Any]) -> int:
    """How many of the wrong letters went to people who were erased since."""
    gone = delivery.c.subscriber_id.is_(None) & delivery.c.state.in_(CARRIED) & is_wrong(delivery, corrects)
    return connection.scalar(select(func.count()).select_from(delivery).where(gone)) or 0
