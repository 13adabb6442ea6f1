"""The patch of a held mailing: a new release for exactly those who have not got their letter yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from mailer.delivery import audience, mailing, reaper
from mailer.delivery.audience import variant_of
from mailer.delivery.mailing import Mailing
from mailer.delivery.outbox import untried
from mailer.delivery.release import Approval
from mailer.delivery.retrying import UNMENDED
from mailer.delivery.schema import delivery
from subscribers.errors import Refused, TryLater
from subscribers.schema import subscriber, subscription

WAITING = ("queued", "deferred")


def count_left(connection: Connection, planned: Mailing, selection: Mapping[str, Any]) -> dict[str, int]:
    """How many people of a held mailing have not got their letter, by the variant that they would get."""
    waiting = (
        select(variant_of(selection).label("variant"))
        .select_from(delivery)
        .join(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(subscription.c.newsletter == planned.newsletter)
        .where(delivery.c.mailing_id == planned.id, delivery.c.state.in_((*WAITING, "claimed")))
        .subquery()
    )
    counted = select(waiting.c.variant, func.count()).group_by(waiting.c.variant)
    counts = {row[0]: row[1] for row in connection.execute(counted)}
    if planned.excluded is None:  # it was held while its list was made
        for key, more in audience.count_reached(connection, planned, selection).items():
            counts[key] = counts.get(key, 0) + more
    return counts


def approve_patch(connection: Connection, planned: Mailing, approved: Approval, now: datetime) -> int:
    """Freeze what the rest of a held mailing gets; its release. The mailing stays held until `resume`.

    Who has got a letter keeps the release that it carried. What a sender holds is taken from it: letters that
    it has written already say what was approved before.

    Raises:
        Refused: the mailing is not held, nothing is different, or somebody else changed it.
        TryLater: a letter is on its way at this moment, so that nobody knows yet what it will have carried.
    """
    if planned.state != "held":
        raise Refused(f"Mailing {planned.id} is {planned.state}, not held.")
    if planned.content_sha256 == approved.sha256:
        raise Refused(
            f"Nothing is different from release {planned.release} of mailing {planned.id}.",
            hint=f"`rundbrief mailing resume {planned.id}` goes on with it.",
        )
    reaper.reap(connection, now)
    number = mailing.freeze(connection, planned, approved, ("held",), "held")
    if planned.reason.startswith(UNMENDED):
        mailing.move(connection, planned.id, "held", "held", reason=f"Release {number} is approved")
    connection.execute(update(delivery).where(_own(planned, "claimed")).values(untried()))
    audience.renew(connection, mailing.find(connection, str(planned.id)), delivery.c.state.in_(WAITING))
    # Looked at last: on PostgreSQL a letter may have passed the fence while the rows were written.
    flying = select(func.count()).select_from(delivery).where(_own(planned, "sending"))
    if travelling := connection.scalar(flying):
        raise TryLater(
            f"{travelling} letter(s) of mailing {planned.id} are on their way at this moment.",
            hint="Try again in a minute.",
        )
    return number


def _own(planned: Mailing, state: str) -> ColumnElement[bool]:
    return (delivery.c.mailing_id == planned.id) & (delivery.c.state == state)
