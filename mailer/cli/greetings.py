"""How many people get which form of greeting: counted in groups, each asked once for its greeting."""

from collections import Counter
from typing import TYPE_CHECKING

from mailer.web.forms import form_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from mailer.compose.rendering import Edition

_SHORT = 3  # a name of up to so many letters may be none at all, such as "-" or "k.A"


def count_forms(connection: "Connection", ids: "Select[int]", edition: "Edition") -> dict[str, int]:
    """The forms of greeting, words of `mailer.web.forms`, among the people of `ids`."""
    from sqlalchemy import case, func, select

    from mailer.delivery.audience import variant_of
    from subscribers.person import Person
    from subscribers.schema import subscriber

    c = subscriber.c
    variant = variant_of(edition.selection).label("variant")
    names = [
        case((func.length(column) <= _SHORT, column), else_="Muster").label(column.name)
        for column in (c.vorname, c.nachname)
    ]
    groups = ids.with_only_columns(variant, c.anrede, c.titel, *names).subquery()
    voices = {each.key: each for each in edition.variants}
    found = Counter[str]()
    for row in connection.execute(select(*groups.c, func.count().label("people")).group_by(*groups.c)):
        person = Person(0, "", row.anrede, row.titel, row.vorname, row.nachname)
        voice = voices.get(row.variant, edition.variants[0])
        found[form_of(person, tone=voice.tone, language=voice.language)] += row.people
    return dict(found)
