"""What ties the consent events together, and what shows that somebody touched them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from subscribers.schema import consent_event, subscriber, subscription
from subscribers.words import CONSENTED, GONE_STATES, NEVER_AGREED, PROOF_ERASED, UNCONFIRMED, YES_KINDS

# What a digest covers beside the two moments; the events of version 0.1 have nothing in the later columns.
_FIRST = ("subscriber_id", "newsletter", "kind", "source", "wording", "wording_sha256")
_LATER = ("form", "zone", "ip")
_SECOND = (*_FIRST, *_LATER, "batch_id")
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where the proof does not hold.

    Args:
        event: the first event that does not fit; None where the fault lies beside the events.
    """

    event: int | None
    subscriber_id: int
    newsletter: str
    what: str

    @property
    def place(self) -> str:
        """Where, for a person: the event is a row of the table consent_event."""
        whose = f"subscriber {self.subscriber_id}, {self.newsletter}"
        return whose if self.event is None else f"consent event {self.event} ({whose})"


def digest(event: Mapping[str, Any]) -> str:
    """SHA-256 over the digest before and the event as canonical JSON (keys sorted, instants in UTC).

    It covers the batch: an import that is taken back is marked, its row in import_batch stays.
    """
    return hashlib.sha256(f"{event['previous']}\n{covered_text(event)}".encode()).hexdigest()


def covered_text(event: Mapping[str, Any]) -> str:
    """What a digest covers beside the digest before."""
    covered = _SECOND if any(event[name] for name in _LATER) else _FIRST
    content = {name: event[name] for name in covered}
    for name in ("at", "recorded_at"):
        content[name] = event[name].astimezone(UTC).isoformat(timespec="microseconds")
    return _canonical(content)


def verify(connection: Connection, subscriber_id: int | None = None) -> list[Flaw]:
    """Every place where the proof does not hold, of one person or of all.

    A changed byte, a removed and a moved event show in the digests. A chain that was cut off at its end shows
    in the subscription: its state says which yes or no must be the newest, its `since` is the moment of a
    yes after the last no. A chain without its person or its subscription shows, too. Nobody can see a
    `changed` event cut off there, nor a chain that somebody with the whole database made anew; an erased
    person's chain is gone as a whole (DSGVO Art. 17). That a proof still belongs to its address is what
    `binding.unbound` finds.
    """
    parts = (_broken_links, _missing_ends, _other_days, _left_over)
    return [flaw for part in parts for flaw in part(connection, subscriber_id)]


def _broken_links(connection: Connection, subscriber_id: int | None) -> Iterator[Flaw]:
    order = consent_event.c.subscriber_id, consent_event.c.newsletter, consent_event.c.id
    query = select(consent_event).order_by(*order).execution_options(yield_per=1000)
    if subscriber_id is not None:
        query = query.where(consent_event.c.subscriber_id == subscriber_id)
    chain: tuple[int, str] | None = None
    previous = ""
    for found in connection.execute(query).mappings():
        row = {str(name): value for name, value in found.items()}
        if chain != (row["subscriber_id"], row["newsletter"]):
            chain, previous = (row["subscriber_id"], row["newsletter"]), ""
        if what := _flaw(row, previous):
            yield Flaw(row["id"], row["subscriber_id"], row["newsletter"], what)
        previous = row["digest"]


def _flaw(event: Mapping[str, Any], previous: str) -> str:
    wording = event["wording"]
    if event["digest"] != digest(event):
        return "The event was changed after it was recorded."
    if event["wording_sha256"] != (hashlib.sha256(wording.encode()).hexdigest() if wording else ""):
        return "The wording does not have its sha256."
    if event["previous"] != previous:
        return "The event before it is missing, was changed or stands in another place."
    return ""


def _missing_ends(connection: Connection, subscriber_id: int | None) -> Iterator[Flaw]:
    asked, answered = _newest("changed"), _newest("changed", "asked")
    state, basis = subscription.c.state, subscription.c.basis
    contradiction = or_(
        and_(state.in_(GONE_STATES), basis != PROOF_ERASED, answered != "withdrawn"),
        and_(state.in_(("active", "paused")), or_(basis != CONSENTED, answered.not_in(YES_KINDS))),
        and_(state == "pending", basis.not_in(NEVER_AGREED)),
        and_(state == "pending", basis == UNCONFIRMED, asked != "asked"),
    )
    place = subscription.c.subscriber_id, subscription.c.newsletter
    query = select(*place, state, asked.label("said")).where(contradiction).order_by(*place)
    if subscriber_id is not None:
        query = query.where(subscription.c.subscriber_id == subscriber_id)
    for row in connection.execute(query):
        what = f"The subscription is {row.state}, but the newest proof says {row.said}."
        yield Flaw(None, row.subscriber_id, row.newsletter, what)


def _other_days(connection: Connection, subscriber_id: int | None) -> Iterator[Flaw]:
    """Subscriptions whose day is not that of a yes since the last no; several lists may prove one person."""
    no = consent_event.alias()
    later = and_(
        no.c.subscriber_id == consent_event.c.subscriber_id,
        no.c.newsletter == consent_event.c.newsletter,
        no.c.kind == "withdrawn",
        no.c.id > consent_event.c.id,
    )
    yes = and_(_its_chain(), consent_event.c.kind.in_(YES_KINDS), ~exists().where(later))
    this_day = exists().where(yes, consent_event.c.at == subscription.c.since)
    running = and_(subscription.c.state.in_(("active", "paused")), subscription.c.basis == CONSENTED)
    place = subscription.c.subscriber_id, subscription.c.newsletter
    query = select(*place).where(running, exists().where(yes), ~this_day).order_by(*place)
    if subscriber_id is not None:
        query = query.where(subscription.c.subscriber_id == subscriber_id)
    for row in connection.execute(query):
        what = "The day of the subscription is not the day of a consent that stands."
        yield Flaw(None, row.subscriber_id, row.newsletter, what)


def _left_over(connection: Connection, subscriber_id: int | None) -> Iterator[Flaw]:
    """What outlived its person, and a yes whose subscription is gone; an import taken back leaves a no."""
    place = consent_event.c.subscriber_id, consent_event.c.newsletter
    last = select(func.max(consent_event.c.id)).where(consent_event.c.kind != "changed").group_by(*place)
    alone = and_(
        consent_event.c.id.in_(last), consent_event.c.kind != "withdrawn", ~exists().where(_its_chain())
    )
    for table in (subscription, consent_event):
        orphans = ~exists().where(subscriber.c.id == table.c.subscriber_id)
        query = select(table.c.subscriber_id, table.c.newsletter).where(orphans).distinct()
        if subscriber_id is not None:
            query = query.where(table.c.subscriber_id == subscriber_id)
        for row in connection.execute(query.order_by(table.c.subscriber_id, table.c.newsletter)):
            yield Flaw(
                None, row.subscriber_id, row.newsletter, f"The person of this {table.name} is missing."
            )
    query = select(*place).where(alone, exists().where(subscriber.c.id == consent_event.c.subscriber_id))
    if subscriber_id is not None:
        query = query.where(consent_event.c.subscriber_id == subscriber_id)
    for row in connection.execute(query.order_by(*place)):
        yield Flaw(None, row.subscriber_id, row.newsletter, "The subscription of this consent is missing.")


def _its_chain() -> ColumnElement[bool]:
    return and_(
        consent_event.c.subscriber_id == subscription.c.subscriber_id,
        consent_event.c.newsletter == subscription.c.newsletter,
    )


def _newest(*without: str) -> ColumnElement[str]:
    """The kind of the newest event of a subscription, of other kinds than these."""
    mine = and_(_its_chain(), consent_event.c.kind.not_in(without))
    newest = select(consent_event.c.kind).where(mine).order_by(consent_event.c.id.desc()).limit(1)
    return func.coalesce(newest.scalar_subquery(), "nothing")
