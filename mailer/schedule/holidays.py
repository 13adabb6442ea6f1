"""Free days: the holidays of a country or state, and the days that a newsletter adds to them."""

import importlib.util
import re
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from functools import lru_cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from subscribers.errors import Problem

OWN = "own free day"
LAST_YEAR = 2099  # the library's tables end soon after
# Days from Easter Sunday, and days of the year, which many offices close on though no law says so.
_FROM_EASTER = {
    "weiberfastnacht": -52,
    "rosenmontag": -48,
    "fastnachtsdienstag": -47,
    "aschermittwoch": -46,
    "gründonnerstag": -3,
}
_EVES = {"heiligabend": (12, 24), "silvester": (12, 31)}
# The states of Germany stand here too, because every command checks config.toml and the library takes 0.1 s.
_STATES = {
    "BB": "Brandenburg",
    "BE": "Berlin",
    "BW": "Baden-Württemberg",
    "BY": "Bayern",
    "HB": "Bremen",
    "HE": "Hessen",
    "HH": "Hamburg",
    "MV": "Mecklenburg-Vorpommern",
    "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz",
    "SH": "Schleswig-Holstein",
    "SL": "Saarland",
    "SN": "Sachsen",
    "ST": "Sachsen-Anhalt",
    "TH": "Thüringen",
    "Augsburg": "Augsburg",
}
_ABBREVIATIONS = {"NRW": "NW", "BAY": "BY", "NDS": "NI", "BRD": "DE"}


def require_region(country: str, state: str) -> None:
    """Refuse a country or state whose holidays nobody knows.

    Raises:
        Problem: with the place `country` or `state`, and what was probably meant.
    """
    states = _STATES if country == "DE" else _states_of(country)
    if state and state not in states:
        raise Problem(
            f"There is no holiday region {state!r} in {country}.",
            place="state",
            hint=_meant(state, states) if states else "Leave state away: the whole country has one calendar.",
        )


def _library() -> Any:
    """The library, its countries to be loaded one by one.

    It does so by itself, but their package loads all 250: 7 MB and 0.04 s. So another one stands in for it.
    """
    if "holidays" not in sys.modules and (found := importlib.util.find_spec("holidays")):
        package = ModuleSpec("holidays.countries", None, is_package=True)
        places = found.submodule_search_locations or ()
        package.submodule_search_locations = [str(Path(place) / "countries") for place in places]
        sys.modules.setdefault(package.name, importlib.util.module_from_spec(package))
    return importlib.import_module("holidays")


def _states_of(country: str) -> dict[str, str]:
    """The codes of a country's states with their names. Raises Problem for a country that is none."""
    holidays = _library()
    from holidays.registry import COUNTRIES

    codes = {each[1]: name.replace("_", " ").title() for name, each in COUNTRIES.items()}
    if country not in codes:
        raise Problem(
            f"There is no holiday region {country!r}.",
            place="country",
            hint=_meant(country, codes, known=False),
        )
    entity = getattr(holidays, country)
    aliases = entity.get_subdivision_aliases()
    return {code: next(iter(aliases.get(code, ())), code) for code in entity.subdivisions}


def _meant(given: str, names: Mapping[str, str], *, known: bool = True) -> str:
    """The next step for a code that is none: the code or the name that is nearest, else all codes."""
    by_word = {word.casefold(): code for code, name in names.items() for word in (name, code)}
    by_word |= {word.casefold(): code for word, code in _ABBREVIATIONS.items() if code in names}
    close = get_close_matches(given.casefold(), by_word, 1, cutoff=0.75)
    if not close:
        return f"Known are {', '.join(names)}." if known else 'Write two letters such as "DE", "AT" or "CH".'
    code = by_word[close[0]]
    return f'Did you mean "{code}"' + (f" ({names[code]})?" if names[code] != code else "?")


def require_free_day(entry: str) -> None:
    """Refuse what names no day of a year.

    Raises:
        Problem: with the place `free_days`.
    """
    if entry.casefold() in _FROM_EASTER.keys() | _EVES.keys():
        return
    try:
        found = re.fullmatch(r"(?:(\d{4})-)?(\d\d)-(\d\d)", entry, re.ASCII)
        if found:
            date(int(found[1] or 2000), int(found[2]), int(found[3]))  # 2000 has a 29 February
            return
        message = f"{entry!r} names no day."
    except ValueError:
        message = f"{entry!r} names a day that does not exist."
    close = get_close_matches(entry.casefold(), [*_FROM_EASTER, *_EVES], 1)
    hint = 'Write "12-24" for every year, "2027-02-08" for one, or a name: ' + ", ".join(_FROM_EASTER | _EVES)
    raise Problem(message, place="free_days", hint=f'Did you mean "{close[0]}"?' if close else f"{hint}.")


@lru_cache(maxsize=256)
def free_days(country: str, state: str, own: tuple[str, ...], year: int) -> Mapping[date, str]:
    """The free days of a year with their names, weekends left aside.

    Only what holds in the whole state counts; Mariä Himmelfahrt, free in some places of Bavaria, is given as
    `08-15` where it matters.
    """
    holidays = _library()
    # Without a language the names would follow the environment of whoever runs the command.
    entity = getattr(holidays, country)
    language = "de" if "de" in entity.supported_languages else entity.default_language
    public = holidays.country_holidays(country, subdiv=state or None, years=year, language=language)
    mine = {day: name for entry in own if (named := _own(entry, year)) for day, name in (named,)}
    return MappingProxyType(mine | dict(public.items()))


def _own(entry: str, year: int) -> tuple[date, str] | None:
    """The day of an entry of `free_days` in this year; None in a year that has none."""
    name = entry.casefold()
    if name in _FROM_EASTER:
        return easter(year) + timedelta(days=_FROM_EASTER[name]), name.capitalize()
    if name in _EVES:
        return date(year, *_EVES[name]), name.capitalize()
    *years, month, day = (int(part) for part in entry.split("-"))
    if years and years != [year]:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        return None  # 29 February
    named = {month_and_day: eve.capitalize() for eve, month_and_day in _EVES.items()}
    return found, named.get((month, day), OWN)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the rule of Gauss as completed by Lichtenberg, 1997)."""
    century = year // 100
    shift = (3 * century + 3) // 4
    moon = (19 * (year % 19) + 15 + shift - (8 * century + 13) // 25) % 30
    full = 21 + moon - (moon + year % 19 // 11) // 29  # full moon, as a day of March
    sunday = 7 - (year + year // 4 + 2 - shift) % 7
    return date(year, 3, 1) + timedelta(days=full + 6 - (full - sunday) % 7)
