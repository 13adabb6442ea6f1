"""The shape of `[newsletters.KEY.calendar]`: which days are free, which months have no issue of their own.

What the words mean (regions, names of days) the calendar's own room knows; it is asked when the file is read.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _in_words(entry: object) -> object:
    """TOML has dates; without quotation marks they are meant all the same."""
    return entry.isoformat() if type(entry) is date else entry


MonthNumber = Annotated[int, Field(ge=1, le=12, strict=True)]
FreeDay = Annotated[str, BeforeValidator(_in_words)]


class CalendarTable(BaseModel):
    """Where the newsletter is at home, what a free day does to a date, months left out or put together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on_free_day: Literal["after", "before", "none"] = "after"
    country: str = "DE"
    state: str | None = None  # empty: only what the whole country has, on purpose
    free_days: tuple[FreeDay, ...] = ()
    skip: tuple[MonthNumber, ...] = ()
    double: tuple[tuple[MonthNumber, MonthNumber], ...] = ()
