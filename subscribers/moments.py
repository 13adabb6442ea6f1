"""Dates and times as lists write them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")  # lists of German offices state local time without a zone
_DAY_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y")
_MOMENT_FORMS = tuple(f"{day} {time}" for day in _DAY_FORMS for time in ("%H:%M:%S", "%H:%M"))
_EXCEL_DAY = re.compile(r"([2-7]\d{4})(?:[.,](\d+))?")  # the number that Excel keeps for a day: 1954 to 2119
_EXCEL_BEGAN = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is added to what is counted from here
_SHORT_YEAR = re.compile(r"\d{1,2}\.\d{1,2}\.\d\d")
_AHEAD = timedelta(days=366 * 20)


def read_moment(text: str) -> datetime | None:
    """An instant as lists write it; a bare day is its first instant in UTC, `0` and `00.00.0000` are none.

    Raises:
        ValueError: it is no date.
    """
    bare = text.strip()
    if not bare.strip("0.-: /"):
        return None
    if found := _EXCEL_DAY.fullmatch(bare):
        day = _EXCEL_BEGAN + timedelta(days=int(found[1]))
        part = float(f"0.{found[2]}") if found[2] else 0.0
        seconds = round(part * 86_400)
        return (day + timedelta(seconds=seconds)).replace(tzinfo=ZONE if seconds else UTC)
    if re.fullmatch(r"\d{9,10}", bare):
        return datetime.fromtimestamp(int(bare), UTC)
    for form in _DAY_FORMS:
        if read := _strptime(bare, form):
            return read.replace(tzinfo=UTC)
    for form in _MOMENT_FORMS:
        if read := _strptime(bare, form):
            return read.replace(tzinfo=ZONE)
    read = datetime.fromisoformat(bare)
    return read if read.tzinfo else read.replace(tzinfo=ZONE)


def read_day(text: str, now: datetime) -> str:
    """The day in ISO 8601, or the text as it is where it is none.

    Two digits of a year mean the last century when the year would lie more than 20 years ahead.
    """
    try:
        found = read_moment(text)
    except (ValueError, OverflowError):
        return text
    if found is None:
        return text
    if _SHORT_YEAR.fullmatch(text.strip()) and found > now + _AHEAD:
        found = found.replace(year=found.year - 100)
    return found.date().isoformat()


def _strptime(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone
    except ValueError:
        return None
