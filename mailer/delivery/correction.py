"""A correction: a letter of its own to exactly those who got an issue that was wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, exists, func, select, update

from mailer.compose.rendering import Edition
from mailer.delivery.audience import reason
from mailer.delivery.change import reads_differently
from mailer.delivery.claims import WAITING, skipped
from mailer.delivery.mailing import Mailing, list_mailings
from mailer.delivery.readers import CARRIED, is_wrong, misinformed, of_issue
from mailer.delivery.release import Words, said, words_of
from mailer.delivery.schema import delivery, mailing
from subscribers.errors import BadUsage, Refused
from subscribers.schema import subscriber, subscription

PREFIX = {"de": "Korrektur: ", "en": "Correction: "}
RUNNING = ("due", "expanding", "sending")
TOLD = "has got a right one since"


@dataclass(frozen=True, slots=True)
class Carried:
    """Letters of an issue that left: which mailing, release and variant they are of, and how many."""

    mailing: int
    kind: str
    release: int
    variant: str
    letters: int


def marked(edition: Edition) -> Edition:
    """The edition with a word in front of its subjects that says what the letter is."""
    variants = (
        replace(each, subject=PREFIX.get(each.language, PREFIX["en"]) + each.subject)
        for each in edition.variants
    )
    return replace(edition, variants=tuple(variants))


def carried(connection: Connection, newsletter: str, issue: str, number: int | None = None) -> list[Carried]:
    """What left of an issue, or of one mailing of it: what each reader may have got."""
    own = mailing.c.id == number if number else mailing.c.newsletter == newsletter
    columns = delivery.c.mailing_id, mailing.c.kind, delivery.c.release, delivery.c.variant
    rows = connection.execute(
        select(*columns, func.count())
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .where(own, mailing.c.issue == issue, delivery.c.state.in_(CARRIED))
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Carried(*row) for row in rows]


def find_wrong(
    connection: Connection, letters: Sequence[Carried], edition: Edition, named: Collection[int] = ()
) -> list[Carried]:
    """Those letters that say something else than the issue does now.

    Args:
        edition: what the issue says now.
        named: releases that are wrong whatever they say.

    Raises:
        Refused: none is wrong.
        BadUsage: all are, in different ways, so that a person has to name those that are meant; or a named
            release was never sent.
    """
    if strange := set(named) - {each.release for each in letters}:
        raise BadUsage(f"No letter of release {min(strange)} has left.", hint=_told(letters))
    if named:
        return [each for each in letters if each.release in named]
    then = {_pair(each): said(connection, *_pair(each)) for each in letters}
    now = words_of(edition.variants, edition.pictures)
    marked_now = words_of(marked(edition).variants, edition.pictures)
    wrong = [
        each
        for each in letters
        if _differs(then[_pair(each)], marked_now if each.kind == "correction" else now, each.variant)
    ]
    if not wrong:
        raise Refused(
            "Every letter that left says what the issue says now.",
            hint="Mend the issue first; a look that was wrong is corrected by naming its --release.",
        )
    _require_one_meaning(letters, wrong, then)
    return wrong


def _differs(then: Mapping[str, Words], now: Mapping[str, Words], variant: str) -> bool:
    """A variant that is not there any more is taken as wrong: its readers get another one."""
    return variant not in then or variant not in now or reads_differently(then[variant], now[variant])


def _require_one_meaning(
    letters: Sequence[Carried], wrong: Sequence[Carried], then: Mapping[tuple[int, int], Mapping[str, Words]]
) -> None:
    """When a release is as it should be the others are wrong; when none is, a person has to say which are."""
    if {_pair(each) for each in letters} != {_pair(each) for each in wrong}:
        return
    some: list[Mapping[str, Words]] = []
    for each in wrong:
        if each.kind != "correction" and then[_pair(each)] not in some:
            some.append(then[_pair(each)])
    if len(some) > 1:
        raise BadUsage(
            "Several releases were sent, and none of them says what the issue says now.",
            hint=f"Name those that are wrong with --release. {_told(letters)}",
        )


def _pair(letters: Carried) -> tuple[int, int]:
    return letters.mailing, letters.release


def _told(letters: Sequence[Carried]) -> str:
    counts: dict[tuple[int, int], int] = {}
    for each in letters:
        counts[_pair(each)] = counts.get(_pair(each), 0) + each.letters
    some = (f"release {pair[1]} of mailing {pair[0]}: {count}" for pair, count in counts.items())
    return f"Letters that left: {'; '.join(some)}."


def require_stopped(connection: Connection, newsletter: str, issue: str, wrong: Sequence[Carried]) -> None:
    """Refuse while a mailing of the issue goes on sending what is wrong.

    Raises:
        Refused: naming it.
    """
    running = connection.execute(
        select(mailing.c.id, mailing.c.release).where(
            mailing.c.newsletter == newsletter, mailing.c.issue == issue, mailing.c.state.in_(RUNNING)
        )
    )
    for number, newest in running:
        if any(_pair(each) == (number, newest) for each in wrong):
            raise Refused(
                f"Mailing {number} is sending release {newest} at this moment, which is wrong.",
                hint=f"Hold it (`rundbrief mailing hold {number}`), approve what is mended, then correct.",
            )


def terms(connection: Connection, newsletter: str, issue: str, wrong: Sequence[Carried]) -> dict[str, Any]:
    """What the mailing of a correction keeps: its number within the issue, and whose letters it corrects."""
    earlier = select(func.count()).where(
        mailing.c.newsletter == newsletter, mailing.c.issue == issue, mailing.c.kind == "correction"
    )
    variants: dict[tuple[int, int], list[str]] = {}
    for each in wrong:
        variants.setdefault(_pair(each), []).append(each.variant)
    letters = [
        {"mailing": pair[0], "release": pair[1], "variants": sorted(keys)} for pair, keys in variants.items()
    ]
    return {"number": (connection.scalar(earlier) or 0) + 1, "letters": letters}


@dataclass(frozen=True, slots=True)
class Reader:
    """One wrong letter, and why its reader gets no correction; empty for those who get one."""

    address: str  # empty when the person was erased
    mailing: int
    release: int
    variant: str
    state: str
    sent_at: datetime | None
    why_not: str


_OF_READER = ("mailing", "release", "variant", "state", "sent_at", "why_not")


def readers(connection: Connection, planned: Mailing) -> list[Reader]:
    """Everybody who got what a correction corrects, in the order of the books."""
    assert planned.corrects
    mine = (subscription.c.subscriber_id == subscriber.c.id) & (
        subscription.c.newsletter == planned.newsletter
    )
    better = ~misinformed(planned.corrects, planned.edition, planned.id)
    why = case(
        (subscriber.c.id.is_(None), "erased since"),
        (subscription.c.id.is_(None), "no subscription"),
        (better, TOLD),
        else_=reason(planned, ""),
    )
    columns = (delivery.c[name] for name in ("mailing_id", "release", "variant", "state", "sent_at"))
    query = (
        select(subscriber.c.email, *columns, why)
        .select_from(delivery)
        .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .outerjoin(subscription, mine)
        .where(delivery.c.state.in_(CARRIED), is_wrong(delivery, planned.corrects))
        .order_by(delivery.c.id)
    )
    rows = connection.execute(query).all()
    return [Reader(row[0] or "", **dict(zip(_OF_READER, row[1:], strict=True))) for row in rows]


def corrected(connection: Connection, planned: Mailing) -> dict[str, int]:
    """The variants of a mailing's newest release that are known to be wrong, each with the correction that
    says so.
    """
    return {
        variant: each.id
        for each in list_mailings(connection)
        if each.corrects and each.newsletter == planned.newsletter and each.state != "cancelled"
        for letters in each.corrects["letters"]
        if (letters["mailing"], letters["release"]) == (planned.id, planned.release)
        for variant in letters["variants"]
    }


def told_since(planned: Mailing) -> tuple[ColumnElement[bool], str]:
    """Whether a person has been told, or will be, by another mailing of the issue; over subscriber."""
    if planned.corrects:
        return ~misinformed(planned.corrects, planned.edition, planned.id), TOLD
    other = delivery.alias("other")
    told = exists().where(
        other.c.subscriber_id == subscriber.c.id,
        other.c.mailing_id.in_(of_issue(planned.edition)),
        other.c.mailing_id != planned.id,
        other.c.holds_edition,
    )
    return told, "has it or will get it by another mailing"


def skip_told(connection: Connection, planned: Mailing) -> None:
    """What waits of a correction for people who were told by another one meanwhile becomes skipped."""
    if not planned.corrects:
        return
    told, _ = told_since(planned)
    theirs = exists().where(subscriber.c.id == delivery.c.subscriber_id, told)
    own = update(delivery).where(delivery.c.mailing_id == planned.id, WAITING, theirs)
    connection.execute(own.values(skipped(TOLD)))


def require_right(connection: Connection, planned: Mailing) -> None:
    """Raises Refused when a letter that waits would say what a correction corrects."""
    for variant, number in corrected(connection, planned).items():
        own = (delivery.c.mailing_id == planned.id) & (delivery.c.variant == variant)
        if connection.scalar(select(exists().where(own, WAITING))):
            raise Refused(
                f"What waits of mailing {planned.id} would say what mailing {number} corrects.",
                hint=f"Approve the mended issue first: `rundbrief mailing approve {planned.id}`.",
            )
