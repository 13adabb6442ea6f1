"""An explanation: why one person gets a mailing or does not, what they got of it, and what happened when."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from mailer.delivery.audience import FAILED, GIVEN_UP, HAS_IT, reached, reason, variant_of
from mailer.delivery.claims import CANCELLED
from mailer.delivery.mailing import Mailing, find
from mailer.delivery.outbox import GONE_STALE
from mailer.delivery.readers import BY_HAND, CARRIED, is_wrong, misinformed, of_issue
from mailer.delivery.release import Release, releases, said
from mailer.delivery.retrying import look
from mailer.delivery.schema import attempt, delivery
from subscribers.address import Address
from subscribers.errors import Refused
from subscribers.explaining import Outcome
from subscribers.reasons import Reason, why
from subscribers.rules import Rule, from_tree
from subscribers.schema import subscriber, subscription

_BY_STATE = {
    "sent": "got it",
    "in_doubt": "may have got it",
    "failed": "did not get it",
    "skipped": "does not get it",
    "deferred": "has not got it yet and is tried again",
    "queued": "gets it",
    "claimed": "gets it in this moment",
    "sending": "gets it in this moment",
}
_CLAUSES = {  # what follows the colon, where the books do not say it so
    CANCELLED: "the mailing was cancelled",
    GONE_STALE: "the letter was put off until it was too old to be sent",
}
_SENTENCES = {  # of what the books of letters hold against another one
    HAS_IT: "This person has this edition, or will get it, by another mailing.",
    GIVEN_UP: "This person may have this edition already: an earlier letter was in doubt and was given up.",
    FAILED: "An earlier letter of this edition to this person failed, and the address is still the same.",
}


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, and when."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody is in or out.

    Args:
        verdict: the end of a sentence that begins with the address.
        against: a sentence for all that stands against a letter today.
        rule: the rule of the segment, part by part, as the address book answers today.
        choices: the rules of the cards, and of the voices, that decide about the variant.
        release: the one that the letter carries; 0 without a letter.
        next_step: what brings the letter after all, where the sender or its relay was at fault; else empty.
    """

    mailing: int
    gets: bool
    verdict: str
    against: tuple[str, ...]
    rule: Outcome
    variant: str
    cards: tuple[str, ...]
    choices: tuple[Outcome, ...]
    release: int
    letter: Mapping[str, Any] | None
    events: tuple[Event, ...]
    next_step: str = ""


def explain(
    connection: Connection, planned: Mailing, address: Address, selection: Mapping[str, Any] | None
) -> Explanation:
    """The explanation for one person and one mailing.

    Args:
        selection: who would get which variant now, for a mailing that was never approved.

    Raises:
        Problem: nobody has this address.
    """
    found = why(connection, from_tree(planned.rule), address, planned.newsletter)
    person = connection.scalar(select(subscriber.c.id).where(subscriber.c.email_key == address.key))
    kept, letter = releases(connection, planned.id), _letter(connection, planned, person)
    release = letter["release"] if letter else 0
    content = next((each.content for each in kept if each.number == release and release), None)
    deciding = (content.selection if content else planned.selection) or selection
    against = found.against if letter else _against(connection, planned, person, found)
    gets = letter["state"] not in ("failed", "skipped") if letter else not against
    variant = str(letter["variant"]) if letter else _variant(connection, planned, person, deciding, gets)
    words = said(connection, planned.id, release or planned.release).get(variant) if variant else None
    return Explanation(
        mailing=planned.id,
        gets=gets,
        verdict=_verdict(letter, planned, against),
        against=against,
        rule=found.outcome,
        variant=variant,
        cards=words.cards if words else (),
        choices=tuple(_choices(connection, planned, address, deciding)) if variant else (),
        release=release,
        letter=letter,
        events=tuple(sorted(_events(connection, planned, kept, letter), key=lambda each: each.at)),
        next_step="" if gets else _next_step(connection, planned, person),
    )


def _letter(connection: Connection, planned: Mailing, person: int | None) -> dict[str, Any] | None:
    names = ("id", "state", "reason", "release", "variant", "not_before", "attempts", "reply", "sent_at")
    own = (delivery.c.mailing_id == planned.id) & (delivery.c.subscriber_id == person)
    row = (
        connection.execute(select(*(delivery.c[name] for name in names)).where(own)).mappings().one_or_none()
    )
    return {"delivery": row["id"]} | {name: row[name] for name in names[1:]} if row else None


def _against(connection: Connection, planned: Mailing, person: int | None, found: Reason) -> tuple[str, ...]:
    """What stands against a letter today: what the address book says, and what the books of letters say."""
    against = list(found.against)
    own = subscriber.c.id == person
    if planned.corrects:
        wrong = misinformed(planned.corrects, planned.edition, planned.id)
        if connection.scalar(select(subscriber.c.id).where(own, wrong)) is None:
            against.append(_not_misinformed(connection, planned.corrects, person))
    elif not against:
        mine = (subscription.c.subscriber_id == person) & (subscription.c.newsletter == planned.newsletter)
        said_no = connection.scalar(
            select(reason(planned, "")).select_from(subscriber).join(subscription, mine).where(own)
        )
        if said_no:
            against.append(_SENTENCES.get(said_no, f"This person is left out: {said_no}."))
    if not against and planned.excluded is not None:
        against.append("The list of recipients was complete before this person could be on it.")
    return tuple(against)


def _not_misinformed(connection: Connection, corrects: Mapping[str, Any], person: int | None) -> str:
    """Why a correction is not for somebody."""
    carried = (delivery.c.subscriber_id == person) & delivery.c.state.in_(CARRIED)
    if connection.scalar(select(exists().where(carried, is_wrong(delivery, corrects)))):
        return "This person got a wrong letter, but a right one since."
    return "This person got none of the letters that were wrong."


def _verdict(letter: Mapping[str, Any] | None, planned: Mailing, against: Sequence[str]) -> str:
    if letter is None:
        return f"does not get it: {' '.join(against)}" if against else "would get it"
    because = letter["reason"] or (letter["reply"] if letter["state"] in ("failed", "deferred") else "")
    if letter["state"] == "skipped" and because.startswith(BY_HAND):
        return f"may have got it: the letter was in doubt and was {because}"
    because = _CLAUSES.get(because, because)
    told = _BY_STATE[letter["state"]] + (f": {because}" if because else "")
    waiting = letter["state"] in ("queued", "deferred")
    return f"{told} (the mailing is {planned.state})" if waiting else told


def _next_step(connection: Connection, planned: Mailing, person: int | None) -> str:
    """What to do about a letter that failed by the fault of the sender or its relay, here or before."""
    failed = (
        select(delivery.c.id, delivery.c.mailing_id)
        .where(delivery.c.subscriber_id == person, delivery.c.edition == planned.edition)
        .where(delivery.c.mailing_id.in_(of_issue(planned.edition)), delivery.c.state == "failed")
        .order_by(delivery.c.id.desc())
    )
    for letter, number in connection.execute(failed).all():
        with suppress(Refused):  # nothing of that mailing is sent any more
            found = look(connection, find(connection, str(number)), whole=False)
            if any(one.delivery == letter and not one.against for one in found):
                return f"Once the sender or its relay is mended: `rundbrief mailing retry {number}`."
    return ""


def _variant(
    connection: Connection,
    planned: Mailing,
    person: int | None,
    selection: Mapping[str, Any] | None,
    gets: bool,
) -> str:
    """What a person without a letter would get."""
    if not gets:
        return ""
    query = reached(planned).add_columns(variant_of(selection).label("variant"))
    row = connection.execute(query.where(subscriber.c.id == person)).one_or_none()
    return str(row.variant) if row else ""


def _choices(
    connection: Connection, planned: Mailing, address: Address, selection: Mapping[str, Any] | None
) -> Iterator[Outcome]:
    """The outcome of each rule up to the person's voice, and of the rules of its cards."""

    def outcome(tree: Mapping[str, Any]) -> Outcome:
        rule: Rule = from_tree(tree)
        return why(connection, rule, address, planned.newsletter).outcome

    voices = selection["voices"] if selection else ()
    for voice in voices:
        whose = outcome(voice["where"])
        if len(voices) > 1:
            yield whose
        if whose.holds:
            yield from map(outcome, voice["rules"])
            return


def _events(
    connection: Connection, planned: Mailing, kept: Sequence[Release], letter: Mapping[str, Any] | None
) -> Iterator[Event]:
    if planned.planned_at:
        yield Event(planned.planned_at, f"planned by {planned.planned_by}")
    for each in kept:
        if each.number:
            yield Event(each.made_at, f"release {each.number} approved by {each.made_by}")
    if not any(each.number for each in kept) and planned.approved_at:
        yield Event(planned.approved_at, f"approved by {planned.approved_by}")
    if letter is None:
        return
    tries = select(attempt).where(attempt.c.delivery_id == letter["delivery"]).order_by(attempt.c.id)
    for row in connection.execute(tries):
        answer = f"{row.code or ''} {row.reply}".strip()  # which begins with the enhanced code
        yield Event(row.at, f"try {row.number}, phase {row.phase}: {answer}")
    if letter["sent_at"]:
        yield Event(letter["sent_at"], "sent")
    if letter["state"] == "deferred":
        yield Event(letter["not_before"], "next try")
