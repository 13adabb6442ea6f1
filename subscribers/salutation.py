"""How a person is greeted: a pure function from what is known to one line that ends with a comma."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, Protocol

from subscribers.address import fold

Gender = Literal["frau", "herr", "familie", "couple", "unknown"]

_FORMS: dict[str, Gender] = {
    **dict.fromkeys(("frau", "fr", "ms", "mrs", "miss"), "frau"),
    **dict.fromkeys(("herr", "herrn", "hr", "hrn", "mr"), "herr"),
    "familie": "familie",
    "fam": "familie",
    **dict.fromkeys(("eheleute", "ehepaar", "damen"), "couple"),
}
_PROFESSOR = re.compile(r"\bprof(?:\.|essor(?:in)?)?(?![a-z])", re.IGNORECASE)
_DOCTOR = re.compile(r"\b(?:dr|doktor)(?:\.|\b)", re.IGNORECASE)
_TITLE_BEFORE_NAME = re.compile(r"^(?:(?:prof\.|professor(?:in)?\b|dr\.)\s*)+", re.IGNORECASE)
_SUFFIX = re.compile(r",?\s+(?:jun|sen|jr|sr)\.?$", re.IGNORECASE)


class Addressee(Protocol):
    """What a greeting needs to know; a `Person` has it."""

    @property
    def anrede(self) -> str: ...
    @property
    def titel(self) -> str: ...
    @property
    def vorname(self) -> str: ...
    @property
    def nachname(self) -> str: ...


def salutation(person: Addressee, *, tone: str = "formal", language: str = "de") -> str:
    """The personal greeting after DIN 5008 practice; in doubt a neutral one, never a guess.

    Only Dr. and Professor are spoken, only the highest of them; the gender comes from the Anrede alone, never
    from a first name; capitals stay as they were typed. Any tone but `du` is formal, any language but `en`
    is German.
    """
    vorname, nachname = person.vorname, person.nachname
    if tone == "du":
        hello, vorname = "Hello" if language == "en" else "Hallo", _plain(vorname)
        return f"{hello} {vorname}," if vorname else f"{hello},"
    if vorname.isalpha() and nachname.isalpha():  # one word each, which stands in the line as it is
        return _form(person.anrede, person.titel, language).format(vorname, nachname)
    return _formal(person.anrede, person.titel, vorname, nachname, language)


@lru_cache(maxsize=1_000)  # a list has a handful of them, and a letter for each of its people
def _form(anrede: str, titel: str, language: str) -> str:
    """The line with the places of the first and the last name."""
    return _formal(anrede, titel, "{0}", "{1}", language)


def _formal(anrede: str, titel: str, vorname: str, nachname: str, language: str) -> str:
    gender, spoken = _read_anrede(_plain(anrede))
    vorname, nachname = _plain(vorname), _SUFFIX.sub("", _plain(nachname))
    written = _TITLE_BEFORE_NAME.match(nachname)
    if written and len(written.group()) < len(nachname):
        spoken, nachname = f"{spoken} {written.group()}", nachname[written.end() :]
    title = _highest_title(f"{spoken} {_plain(titel)}")
    greet = _english if language == "en" else _german
    return greet(gender, title, vorname, nachname)


@lru_cache(maxsize=1_000)
def _read_anrede(anrede: str) -> tuple[Gender, str]:
    """The gender it states, and the words after it (`Frau Dr.` states a title too)."""
    words = re.split(r"[\s/,]+", anrede)
    stated: list[Gender] = [form for word in words if (form := _FORMS.get(fold(word).rstrip(".")))]
    rest = " ".join(word for word in words if fold(word).rstrip(".") not in _FORMS)
    if not stated:
        return "unknown", rest
    return (stated[0] if len(set(stated)) == 1 else "couple"), rest


@lru_cache(maxsize=1_000)
def _highest_title(titles: str) -> str:
    if _PROFESSOR.search(titles):
        return "Professor"
    return "Dr." if _DOCTOR.search(titles) else ""


def _german(gender: Gender, title: str, vorname: str, nachname: str) -> str:
    if gender == "couple" or not (vorname or nachname):
        return "Sehr geehrte Damen und Herren,"
    if nachname and gender == "familie":
        return f"Sehr geehrte Familie {nachname},"
    if nachname and gender == "frau":
        return _line("Sehr geehrte Frau", "Professorin" if title == "Professor" else title, nachname)
    if nachname and gender == "herr":
        return _line("Sehr geehrter Herr", title, nachname)
    if vorname and nachname:
        return _line("Guten Tag", title, vorname, nachname)
    return "Guten Tag,"


def _english(gender: Gender, title: str, vorname: str, nachname: str) -> str:
    form = {"frau": "Ms", "herr": "Mr"}.get(gender, "")
    if gender == "couple" or not nachname:
        return "Dear Sir or Madam,"
    if gender == "familie":
        return f"Dear {nachname} family,"
    if title:
        return _line("Dear", title.rstrip("."), nachname)  # says nothing about the gender
    if form:
        return _line("Dear", form, nachname)
    return _line("Dear", vorname, nachname) if vorname else "Dear Sir or Madam,"


def _line(*words: str) -> str:
    return f"{' '.join(filter(None, words))},"


def _plain(text: str) -> str:
    """One line of visible characters; what holds no letter and no digit ("-", ",") is nothing at all."""
    if text.isalpha() or not text:
        return text
    if not text.isprintable():
        text = _printable(text)
    words = " ".join(text.split()).strip(" ,;")
    return words if any(map(str.isalnum, words)) else ""


def _printable(text: str) -> str:
    """Without what nobody sees; a line break is a blank."""
    kept = (" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return "".join(letter for letter in kept if unicodedata.category(letter) not in {"Cf", "Cs", "Co", "Cn"})
