"""Dates and times as lists write them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")  # lists of German offices state local time without a zone
_DAY_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y")
_MOMENT_FORMS = tuple(f"{day} {time}" for day in _DAY_FORMS for time in ("%H:%M:%S", "%H:%M"))


def read_moment(text: str) -> datetime | None:
    """An instant as lists write it; a bare day is its first instant in UTC, `0` and `00.00.0000` are none.

    Raises:
        ValueError: it is no date.
    """
    bare = text.strip()
    if not bare.strip("0.-: /"):
        return None
    if re.fullmatch(r"\d{9,10}", bare):
        return datetime.fromtimestamp(int(bare), UTC)
    for form in _DAY_FORMS:
        if found := _strptime(bare, form):
            return found.replace(tzinfo=UTC)
    for form in _MOMENT_FORMS:
        if found := _strptime(bare, form):
            return found.replace(tzinfo=ZONE)
    found = datetime.fromisoformat(bare)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def _strptime(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone
    except ValueError:
        return None
