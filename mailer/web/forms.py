"""The forms of a greeting, as words: which of them a person gets, told from the greeting itself."""

from subscribers.salutation import Addressee, salutation

PERSONAL, NAMED, FIRST_NAME, COLLECTIVE, BARE = "personal", "named", "first_name", "collective", "bare"
FORMS = (PERSONAL, NAMED, FIRST_NAME, COLLECTIVE, BARE)
_COLLECTIVE = ("Sehr geehrte Damen und Herren,", "Dear Sir or Madam,")
_BARE = ("Guten Tag,", "Hallo,", "Hello,")
_FIRST_NAME = ("Hallo ", "Hello ")


def form_of(person: Addressee, *, tone: str, language: str) -> str:
    """One of `FORMS`: with the gender stated or a title, with the whole name, by the first name, for
    everybody, or without any name.
    """
    greeting = salutation(person, tone=tone, language=language)
    if greeting in _COLLECTIVE:
        return COLLECTIVE
    if greeting in _BARE:
        return BARE
    if greeting.startswith(_FIRST_NAME):
        return FIRST_NAME
    if greeting.startswith("Guten Tag ") or _is_whole_name(greeting, person):
        return NAMED
    return PERSONAL


def _is_whole_name(greeting: str, person: Addressee) -> bool:
    """“Dear Kim Muster,”: neither a title nor a form of address."""
    return greeting.startswith(f"Dear {' '.join(person.vorname.split())} ") and bool(person.vorname.strip())
