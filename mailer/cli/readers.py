"""The people for whom the preview shows a letter: subscribers, and invented ones; and how many get what."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from mailer.cli.muster import INVENTED, SAMPLE_ID
from mailer.web.desk import Drawn, Numbers, Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Select

    from mailer.cli.office import Office
    from mailer.cli.shown import Shown
    from subscribers.person import Person

FOUND = 30  # people of one search
SOME = 8  # people by chance


class Readers:
    """The people of a workspace, see `mailer.web.desk.People`."""

    def __init__(self, office: "Callable[[], Office]", shown: "Shown") -> None:
        self._office, self._shown = office, shown

    def search(self, text: str) -> list[Reader]:
        """Those whose name, firm or address holds every word of a text; invented ones without a database."""
        from subscribers.people import candidates

        with self._shown.reading() as connection:
            if connection is not None:
                return [_reader(each) for each in candidates(connection, text, FOUND)]
        return self.invented(text)

    def invented(self, text: str) -> list[Reader]:
        """Those who are nobody real, and whose name or address holds every word of a text."""
        words = text.casefold().split()
        return [
            Reader(name, person, "", case)
            for name, (case, person) in INVENTED.items()
            if all(word in " ".join(map(str, asdict(person).values())).casefold() for word in words)
        ]

    def hard(self) -> list[Reader]:
        """Those who are hard to greet, each for one case; where nobody is, somebody invented."""
        found = dict[str, Reader]()
        with self._shown.reading() as connection:
            if connection is not None:
                found = _hard_people(connection)
        for name, (case, person) in INVENTED.items():
            if case:
                found.setdefault(case, Reader(name, person, "", case))
        return [found[case] for case, _ in INVENTED.values() if case]

    def random(self) -> list[Reader]:
        """Some who get a letter, others each time; invented ones without a database."""
        from subscribers.rules import EVERYBODY
        from subscribers.segments import sample

        with self._shown.reading() as connection:
            if connection is None:
                return self.invented("")
            keys = list(self._office().settings.config.newsletters)
            people = {each.id: each for key in keys for each in sample(connection, EVERYBODY, key, SOME)}
            return [_reader(each) for each in list(people.values())[:SOME]]

    def placed(self, drawn: Drawn, readers: Sequence[Reader]) -> list[Reader]:
        """The same people, each with the variant that this issue has for them."""
        ids = [int(each.id) for each in readers if each.id not in INVENTED]
        with self._shown.reading() as connection:
            known = _subscribers(connection, drawn, ids) if connection is not None else {}
        return [
            replace(
                each, variant=known[each.id].variant if each.id in known else _fitting(drawn, each.person)
            )
            for each in readers
        ]

    def reader(self, drawn: Drawn, id: str) -> Reader | None:
        """One, with the variant that this issue has for them; the sample reader without an id."""
        if (known := INVENTED.get(id or SAMPLE_ID)) is not None:
            return Reader(id or SAMPLE_ID, known[1], _fitting(drawn, known[1]), known[0])
        if not (id.isascii() and id.isdecimal()) or len(id) > 18:
            return None
        with self._shown.reading() as connection:
            return (
                None if connection is None else _subscribers(connection, drawn, [int(id)]).get(str(int(id)))
            )

    def numbers(self, drawn: Drawn) -> Numbers | None:
        """How many of the newsletter's segment would get each variant now, and each form of greeting."""
        office = self._office()
        key = ("numbers", drawn.key, repr(drawn.edition.selection))
        return self._shown.once(key, lambda connection: _numbers(office, connection, drawn), None)


def _numbers(office: "Office", connection: "Connection", drawn: Drawn) -> Numbers:
    """Of the mailing that waits for its approval; without one, of the newsletter's own segment."""
    from mailer.cli.greetings import count_forms
    from mailer.cli.released import next_to_approve, open_mailings, ruled_now
    from mailer.delivery.audience import count_reached, count_variants, reached
    from subscribers.segments import get_segment, recipients

    edition = drawn.edition
    planned = next_to_approve(office, open_mailings(connection, drawn.key), drawn)
    if planned is not None and planned.newsletter == edition.newsletter:
        now = ruled_now(office, planned)
        variants = count_reached(connection, now, edition.selection)
        return Numbers(variants, count_forms(connection, reached(now), edition))
    newsletter, table = office.settings.newsletter(edition.newsletter)
    rule = get_segment(connection, table.segment).rule
    variants = count_variants(connection, rule, newsletter, edition.selection)
    return Numbers(variants, count_forms(connection, recipients(rule, newsletter), edition))


def _reader(person: "Person", case: str = "") -> Reader:
    return Reader(str(person.id), person, "", case)


def _person(row: Any) -> "Person":
    from subscribers.person import person_from

    return person_from(row)


def _hard_people(connection: "Connection") -> dict[str, Reader]:
    """One subscriber for each case; nobody stands for two."""
    from subscribers.schema import subscriber

    found = dict[str, Reader]()
    for case, query in _hard_cases().items():
        taken = [int(each.id) for each in found.values()]
        row = connection.execute(query.where(subscriber.c.id.not_in(taken))).first()
        if row is not None:
            found[case] = _reader(_person(row), case)
    return found


def _hard_cases() -> "Mapping[str, Select[Any]]":
    """Who fits each case, among those who are on a list now; the first one is wanted."""
    from sqlalchemy import exists, func, select

    from subscribers.schema import subscriber, subscription

    active = exists().where(subscription.c.subscriber_id == subscriber.c.id, subscription.c.state == "active")
    people, c = select(subscriber).where(active).limit(1), subscriber.c
    length = func.length(c.titel) + func.length(c.vorname) + func.length(c.nachname)
    return {
        "longest": people.where(c.nachname != "").order_by(length.desc(), c.id),
        "nameless": people.where(c.vorname == "", c.nachname == "").order_by(c.id),
        "diverse": people.where(c.anrede_key.in_(("divers", "d", "mx", "mx.", "neutral"))).order_by(c.id),
        "du": people.where(c.tone == "du").order_by(c.id),
        "english": people.where(c.language == "en").order_by(c.id),
    }


def _subscribers(connection: "Connection", drawn: Drawn, ids: Sequence[int]) -> dict[str, Reader]:
    """Subscribers with their variant by their number, also those who are not on this list (any more)."""
    from sqlalchemy import select

    from mailer.delivery.audience import variant_of
    from subscribers.schema import subscriber, subscription

    mine = (subscription.c.subscriber_id == subscriber.c.id) & (
        subscription.c.newsletter == drawn.edition.newsletter
    )
    rows = connection.execute(
        select(subscriber, variant_of(drawn.edition.selection).label("variant"))
        .outerjoin(subscription, mine)
        .where(subscriber.c.id.in_(ids))
    )
    return {str(row.id): Reader(str(row.id), _person(row), row.variant) for row in rows}


def _fitting(drawn: Drawn, person: "Person") -> str:
    """The variant of somebody invented, by the same rules as a subscriber's."""
    from subscribers.rules import from_tree, match

    facts = {name: value for name, value in asdict(person).items() if value}
    voices: Sequence[Mapping[str, Any]] = drawn.edition.selection.get("voices", ())
    for voice in voices:
        if match(from_tree(voice["where"]), facts):
            bits = "".join("01"[match(from_tree(rule), facts)] for rule in voice["rules"])
            return str(voice["keys"].get(bits, ""))
    return ""
