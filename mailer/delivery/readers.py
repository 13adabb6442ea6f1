"""Who has read what: conditions over the letters that left, by the release and the variant they carried."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, func, or_, select

from mailer.delivery.schema import delivery, mailing
from subscribers.schema import subscriber

CARRIED = ("sent", "in_doubt")  # somebody may have read it
_LOST = ("skipped", "failed")


def misinformed(corrects: Mapping[str, Any], edition: str, but: int) -> ColumnElement[bool]:
    """The person got one of the letters that were wrong, and none after it that says it better.

    Args:
        corrects: of a correction, see correction.py.
        edition: the newsletter and the issue, whose letters are looked at; `but` is the correction itself.
    """
    wrong, later = delivery.alias("wrong"), delivery.alias("later")
    newsletter, _, issue = edition.partition("/")
    of_issue = select(mailing.c.id).where(
        mailing.c.newsletter == newsletter, mailing.c.issue == issue.partition("+")[0], mailing.c.id != but
    )
    better = exists().where(
        later.c.subscriber_id == wrong.c.subscriber_id,
        later.c.id > wrong.c.id,
        later.c.state.not_in(_LOST),
        later.c.mailing_id.in_(of_issue),
        ~is_wrong(later, corrects),
    )
    return exists().where(
        wrong.c.subscriber_id == subscriber.c.id,
        wrong.c.state.in_(CARRIED),
        is_wrong(wrong, corrects),
        ~better,
    )


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
