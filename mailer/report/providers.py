"""The letters of a mailing by the provider of the mailbox; a group too small to hide a person has no name."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from mailer.delivery.mailing import Mailing
from mailer.delivery.pace import Limits
from mailer.delivery.schema import delivery
from subscribers.schema import subscriber

FEWEST = 5  # people of a group that is named
OTHERS = ""
_COLUMN = {"sent": "accepted", "failed": "failed"}  # all else is open or in doubt
_ALONE = Limits()


@dataclass(frozen=True, slots=True)
class Provider:
    """A group of domains that belong together, by the name of one of them; `OTHERS` is all small ones."""

    name: str
    letters: int
    accepted: int
    failed: int


def providers(connection: Connection, planned: Mailing) -> tuple[Provider, ...]:
    """Every letter that was to be sent in one group, the largest first and the others last.

    Who was erased, and whoever has no domain, is among the others.
    """
    counts: dict[str, Counter[str]] = {}
    for domain, column, number in connection.execute(_domains(connection, planned)):
        group = _ALONE.key_of(f"@{domain}").partition("/")[2] if domain else OTHERS
        counts.setdefault(group, Counter())[column] += number
    large = {name: found for name, found in counts.items() if found.total() >= FEWEST and name != OTHERS}
    small = [found for name, found in counts.items() if name not in large]
    named = [_provider(name, found) for name, found in large.items()]
    named.sort(key=lambda each: (-each.letters, each.name))
    others = _provider(OTHERS, sum(small, Counter()))
    return (*named, others) if others.letters else tuple(named)


def _domains(connection: Connection, planned: Mailing) -> Select[Any]:
    """Domain, outcome and how many letters."""
    find = func.instr if connection.dialect.name == "sqlite" else func.strpos
    # An address keeps no second @, see subscribers/address.py.
    domain = func.substr(subscriber.c.email_key, find(subscriber.c.email_key, "@") + 1)
    each = (
        select(domain.label("domain"), case(_COLUMN, value=delivery.c.state, else_="open").label("outcome"))
        .select_from(delivery)
        .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id)
        .where(delivery.c.mailing_id == planned.id, delivery.c.state != "skipped")
        .subquery()
    )
    columns = each.c.domain, each.c.outcome
    return select(*columns, func.count()).group_by(*columns)


def _provider(name: str, found: Counter[str]) -> Provider:
    return Provider(name, found.total(), found["accepted"], found["failed"])
