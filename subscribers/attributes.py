"""The values of the fields that a workspace declares: one row for each, typed, and as it is shown."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from subscribers.address import fold
from subscribers.fields import NO, YES, Field, Fields, canonical, field_named, number_of
from subscribers.labels import portions
from subscribers.person import touch
from subscribers.schema import attribute


def clean_attributes(values: Mapping[str, str], fields: Fields) -> dict[str, str]:
    """The values as they are kept, by the declared names; an empty one stays empty.

    Raises:
        BadUsage: a field that is not declared, or a text that is no value of its type.
    """
    found = ((field_named(name, fields), text) for name, text in values.items())
    return {field.name: canonical(field, text) for field, text in found}


def attribute_row(field: Field, text: str) -> dict[str, Any]:
    """The columns of one value that `clean_attributes` gave, without the person."""
    number: float | None = None
    if field.kind == "number":
        number = number_of(text)
    if field.kind == "yes_no":
        number = {YES: 1.0, NO: 0.0}[text]
    day = date.fromisoformat(text) if field.kind == "date" else None
    return {"name": field.name, "text": text, "text_key": fold(text), "number": number, "day": day}


def attributes_of(connection: Connection, subscriber_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """What is kept of these people, by the names of the fields; who has nothing is not in the answer."""
    found: dict[int, dict[str, str]] = {}
    for some in portions(subscriber_ids):
        query = select(attribute).where(attribute.c.subscriber_id.in_(some)).order_by(attribute.c.name)
        for row in connection.execute(query):
            found.setdefault(row.subscriber_id, {})[row.name] = row.text
    return found


def set_attributes(
    connection: Connection, subscriber_id: int, values: Mapping[str, str], fields: Fields, now: datetime
) -> bool:
    """Write the values that differ, an empty one removes what was kept; False when nothing changed.

    Raises:
        BadUsage: a field that is not declared, or a text that is no value of its type; nothing is written.
    """
    wanted = clean_attributes(values, fields)
    kept = attributes_of(connection, [subscriber_id]).get(subscriber_id, {})
    different = {name: text for name, text in wanted.items() if kept.get(name, "") != text}
    for name, text in different.items():
        mine = (attribute.c.subscriber_id == subscriber_id) & (attribute.c.name == name)
        connection.execute(delete(attribute).where(mine))
        if text:
            row = {"subscriber_id": subscriber_id, **attribute_row(fields[name], text)}
            connection.execute(insert(attribute).values(row))
    if different:
        touch(connection, subscriber_id, now)
    return bool(different)
