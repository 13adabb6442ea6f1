"""Whom a letter reaches: how people are greeted, and who is addressed otherwise than they asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailer.checks.finding import Finding

MOST_NAMED = 10  # ids in a finding; addresses are in none


@dataclass(frozen=True, slots=True)
class People:
    """Those who would get an issue now, counted; nobody's name or address.

    Args:
        newsletter, segment: whom it goes to, as config.toml says.
        recipients: how many.
        listed: where that is nobody, how many the newsletter's list has.
        forms: how many get each form of greeting: `personal` (form of address or title), `named` (the whole
            name), `first_name`, `collective` („Sehr geehrte Damen und Herren“), `bare` („Guten Tag“); empty
            where the newsletter greets nobody by name.
        offices: how many of the `collective` are firms without a person.
        doubtful: how many have a name or form of address that cannot be right; `named` are the first ids.
        formal_by_wish, du_by_wish: how many want the one and get the other.
    """

    newsletter: str
    segment: str
    recipients: int
    listed: int = 0
    forms: Mapping[str, int] = field(default_factory=dict)
    offices: int = 0
    doubtful: int = 0
    named: tuple[int, ...] = ()
    formal_by_wish: int = 0
    du_by_wish: int = 0


def check_people(people: People) -> Iterator[Finding]:
    """Findings in whom a letter reaches; `place` is the newsletter's segment."""
    place = f"{people.newsletter}, segment {people.segment}"
    if not people.recipients:
        if people.listed:  # an empty list is no secret
            yield Finding.of("people.nobody", place, segment=people.segment, listed=people.listed)
        return
    yield from _greetings(people, place)
    if people.doubtful:
        named = people.named[:MOST_NAMED]
        case = "one" if people.doubtful == 1 else "several" if people.doubtful <= len(named) else "many"
        ids = ", ".join(map(str, named))
        yield Finding.of("people.doubtful", place, case, count=people.doubtful, ids=ids)
    for case, count in (("formal", people.formal_by_wish), ("du", people.du_by_wish)):
        if count:
            yield Finding.of("people.tone", place, case if count > 1 else f"{case}.one", count=count)


def _greetings(people: People, place: str) -> Iterator[Finding]:
    """Those who are greeted without a name though they are no office."""
    known = {"personal": 0, "named": 0, "first_name": 0, "collective": 0, "bare": 0} | dict(people.forms)
    nameless = known["collective"] - people.offices + known["bare"]
    if nameless > 0:
        case = "one" if nameless == 1 else "several"
        yield Finding.of("people.salutation", place, case, count=nameless, all=people.recipients, **known)
