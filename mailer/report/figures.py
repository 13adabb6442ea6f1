"""Numbers and times as readers of German and English write them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailer.content.months import NAMES, label_of, months_of

BLANK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_SPANS = {
    "de": (("Tag", "Tage"), ("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden")),
    "en": (("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds")),
}
_SECONDS = (86_400, 3_600, 60, 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """The ways of one language, by the clock of one zone."""

    language: str
    zone: ZoneInfo

    @property
    def is_german(self) -> bool:
        return self.language == "de"

    def number(self, number: int) -> str:
        """7.012, or 7,012."""
        return self._local(f"{number:,}")

    def decimal(self, number: float) -> str:
        """12,3, and 140: as exact as it is of use."""
        return self._local(f"{number:,.1f}" if number < 100 else f"{number:,.0f}")

    def share(self, part: int, whole: int) -> str:
        """98,4 %: never all while something is missing, and never nothing while there is something."""
        if not whole:
            return "–"
        tenths = round(1000 * part / whole)
        if part and not tenths:
            return f"<{BLANK}{self._percent(1)}"
        return self._percent(999 if tenths == 1000 and part < whole else tenths)

    def _percent(self, tenths: int) -> str:
        text = f"{tenths // 10}" if tenths % 10 == 0 else self._local(f"{tenths / 10:.1f}")
        return f"{text}{BLANK}%" if self.is_german else f"{text}%"

    def change(self, number: int) -> str:
        """+23, −4, ±0."""
        return f"{'+' if number > 0 else MINUS if number < 0 else '±'}{self.number(abs(number))}"

    def moment(self, at: datetime) -> str:
        """Dienstag, 1. Dezember 2026, 09:30 Uhr."""
        local = at.astimezone(self.zone)
        if self.is_german:
            return f"{_WEEKDAYS[local.weekday()]}, {self.day(at)}, {local:%H:%M}{BLANK}Uhr"
        return f"{local:%A}, {self.day(at)}, {local:%H:%M}"

    def day(self, at: datetime) -> str:
        """1. Dezember 2026."""
        local = at.astimezone(self.zone)
        if self.is_german:
            return f"{local.day}.{BLANK}{NAMES[local.month - 1]} {local.year}"
        return f"{local.day}{BLANK}{local:%B %Y}"

    def date(self, at: datetime) -> str:
        """01.12.2026, or 1 Dec 2026."""
        local = at.astimezone(self.zone)
        return f"{local:%d.%m.%Y}" if self.is_german else f"{local.day}{BLANK}{local:%b}{BLANK}{local.year}"

    def time(self, at: datetime, *, seconds: bool = False) -> str:
        """09:30, or 09:30:02."""
        local = at.astimezone(self.zone)
        return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"

    def same_day(self, one: datetime, other: datetime) -> bool:
        """Whether the calendar on the wall shows one date."""
        return one.astimezone(self.zone).date() == other.astimezone(self.zone).date()

    def day_and_month(self, at: datetime) -> str:
        """01.12., or 1 Dec."""
        local = at.astimezone(self.zone)
        return f"{local:%d.%m.}" if self.is_german else f"{local.day}{BLANK}{local:%b}"

    def month_of(self, at: datetime) -> tuple[int, int]:
        """The year and the month that the calendar on the wall shows."""
        local = at.astimezone(self.zone)
        return local.year, local.month

    def month_name(self, month: int) -> str:
        """Dez, or Dec: for a column with little room."""
        return NAMES[month - 1][:3] if self.is_german else f"{datetime(2000, month, 1):%b}"  # noqa: DTZ001

    def span(self, span: timedelta) -> str:
        """8 Minuten, 1 Stunde 12 Minuten: the two largest units."""
        left, parts = max(round(span.total_seconds()), 1), list[str]()
        for seconds, (one, many) in zip(_SECONDS, _SPANS[self.language], strict=True):
            count, left = divmod(left, seconds)
            if count:
                parts.append(f"{count}{BLANK}{one if count == 1 else many}")
            if len(parts) == 2 or (parts and seconds == 60):
                break
        return " ".join(parts)

    def each(self, step: timedelta) -> str:
        """Minute, 5 Minuten: what stands after `je`."""
        return self.span(step).removeprefix(f"1{BLANK}")

    def issue(self, key: str) -> str:
        """What people call an issue: its months where the key names them, else the key."""
        months = months_of(key)
        if self.is_german or not months:
            return label_of(months) or key
        return "/".join(f"{datetime(year, month, 1):%B %Y}" for year, month in months)  # noqa: DTZ001

    def _local(self, text: str) -> str:
        return text.translate(str.maketrans(",.", ".,")) if self.is_german else text
