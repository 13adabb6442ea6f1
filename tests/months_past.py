"""A newsletter with months behind it: issues written straight into the books, for reports that look back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from mailer.cli.office import Office
from mailer.delivery.schema import attempt, delivery, mailing
from subscribers.database import reading
from subscribers.roster import unsubscribe
from subscribers.schema import subscriber, subscription

SLICE = 10_000


@dataclass(frozen=True, slots=True)
class Past:
    """One mailing of the past.

    Args:
        failed: answer of the server -> how many letters it refused.
        states: other states -> how many letters are in them.
        left: how many of the readers left three days later, by the link.
        spread: so long after the first letter the last one was taken.
    """

    issue: str
    due_at: datetime
    accepted: int
    failed: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    kind: str = "issue"
    segment: str = "all"
    state: str = "done"
    excluded: Mapping[str, int] = field(default_factory=dict)
    spread: timedelta = timedelta(minutes=8)


def write_past(office: Office, past: Past) -> int:
    """Write a mailing with its letters into the books; its number. A second one is for another segment."""
    with reading(office.engine) as connection:
        people = list(connection.scalars(select(subscriber.c.id).order_by(subscriber.c.id)))
        had = select(mailing.c.segment).where(mailing.c.issue == past.issue, mailing.c.kind == "issue")
        taken = connection.scalars(had).all() if past.kind == "issue" else ()
    segment = f"{past.segment}-{len(taken)}" if past.segment in taken else past.segment
    done = past.due_at + past.spread + timedelta(minutes=1) if past.state == "done" else None
    with office.engine.begin() as connection:
        made = connection.execute(
            insert(mailing).values(
                newsletter="rundbrief",
                issue=past.issue,
                segment=segment,
                rule={},
                due_at=past.due_at,
                state=past.state,
                planned_at=past.due_at,
                planned_by="test",
                kind=past.kind,
                excluded=dict(past.excluded),
                done_at=done,
            )
        )
        number = int(made.inserted_primary_key[0])  # type: ignore[index]
        rows = [*_letters(past, number, people)]
        for begin in range(0, len(rows), SLICE):
            connection.execute(insert(delivery), rows[begin : begin + SLICE])
        _answers(connection, past, number)
    _leave(office, past, people)
    return number


def _letters(past: Past, number: int, people: Sequence[int]) -> list[dict[str, Any]]:
    states = ["sent"] * past.accepted + ["failed"] * sum(past.failed.values())
    states += [state for state, count in past.states.items() for _ in range(count)]
    assert len(states) <= len(people), "there are more letters than people"
    reasons = {"skipped": "has this edition already", "in_doubt": "the reply never came"}
    common = {"mailing_id": number, "variant": "standard", "edition": f"rundbrief/{past.issue}+{number}"}
    step = past.spread / max(past.accepted - 1, 1)
    return [
        {
            **common,
            "subscriber_id": person,
            "state": state,
            "reason": reasons.get(state, ""),
            "not_before": past.due_at,
            "sent_at": past.due_at + at * step if state == "sent" else None,
        }
        for at, (person, state) in enumerate(zip(people, states, strict=False))
    ]


def _answers(connection: Any, past: Past, number: int) -> None:
    """One try for each refused letter, with its answer."""
    failed = (delivery.c.mailing_id == number) & (delivery.c.state == "failed")
    letters = iter(connection.scalars(select(delivery.c.id).where(failed).order_by(delivery.c.id)).all())
    for answer, count in past.failed.items():
        code, enhanced, _ = answer.split(" ", 2)
        said = {"phase": "rcpt", "code": int(code), "enhanced": enhanced, "reply": answer[4:]}
        for _ in range(count):
            letter = next(letters)
            row = {"delivery_id": letter, "number": 1, "worker": "test:1:x", "at": past.due_at}
            connection.execute(insert(attempt).values(**row, **said))
            connection.execute(
                update(delivery).where(delivery.c.id == letter).values(reason=answer, reply=answer)
            )


def _leave(office: Office, past: Past, people: Sequence[int]) -> None:
    """The first readers who are still there leave."""
    readers = people[: past.accepted]
    with office.engine.begin() as connection:
        still = select(subscription.c.id).where(
            subscription.c.subscriber_id.in_(readers[: past.left * 40]), subscription.c.state == "active"
        )
        for number in connection.scalars(still.order_by(subscription.c.id).limit(past.left)).all():
            unsubscribe(connection, number, "link in the letter", past.due_at + timedelta(days=3))
