"""One person or office: the value, and the columns it is kept in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from subscribers.address import Address, fold
from subscribers.errors import BadUsage
from subscribers.fields import LONGEST_TEXT, one_line
from subscribers.words import TEXT_FIELDS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person or an office; an unknown text is empty."""

    id: int
    email: str
    anrede: str = ""
    titel: str = ""
    vorname: str = ""
    nachname: str = ""
    firma: str = ""
    gewerk: str = ""
    kreis: str = ""
    plz: str = ""
    ort: str = ""
    funktion: str = ""
    language: str = ""
    tone: str = ""


def clean_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The known, non-empty fields: control characters become blanks, blanks at the ends go.

    Raises:
        BadUsage: an unknown field name, or a text longer than 500 characters.
    """
    cleaned: dict[str, str] = {}
    for name, text in fields.items():
        if name not in TEXT_FIELDS:
            raise BadUsage(f"There is no field {name!r}.", hint=f"The fields are {', '.join(TEXT_FIELDS)}.")
        plain = one_line(text)
        if len(plain) > LONGEST_TEXT:
            raise BadUsage(f"The field {name} is longer than {LONGEST_TEXT} characters.")
        if plain:
            cleaned[name] = plain
    return cleaned


def person_row(address: Address, fields: Mapping[str, str], hashed: str) -> dict[str, Any]:
    """The columns of a new person, each text with its folded twin; without the two instants."""
    texts = {name: fields.get(name, "") for name in TEXT_FIELDS}
    return {
        "email": address.email,
        "email_key": address.key,
        "suppression_key": hashed,
        "smtputf8": address.smtputf8,
        **with_twins(texts),
    }


def with_twins(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts and their folded twins, the only way in which either is ever written."""
    return {**texts, **{f"{name}_key": fold(text) for name, text in texts.items()}}


def person_from(row: "Row[Any]") -> Person:
    """The person of a row of `subscriber`."""
    return person_of(dict(row._mapping))


def person_of(columns: Mapping[str, Any]) -> Person:
    """The same, from the columns by their names."""
    return Person(columns["id"], columns["email"], **{name: columns[name] for name in TEXT_FIELDS})


def touch(connection: "Connection", subscriber_id: int, now: datetime) -> None:
    """Note that something about a person changed."""
    from sqlalchemy import update

    from subscribers.schema import subscriber

    connection.execute(update(subscriber).where(subscriber.c.id == subscriber_id).values(changed_at=now))
