"""Names and offices that arrived in capitals, proposed in normal writing; a person confirms every one."""

import re
from collections.abc import Iterable, Mapping

_SMALL = frozenset(
    re.findall(
        r"\w+",
        "im in an am auf aus bei beim bis das dem den der des die ein eine einer eines für gegen mit nach "
        "ohne sowie über um und unter vom von vor zu zum zur zwischen de da di du la le van iur phil med",
    )
)
_FIXED = {
    each.upper(): each
    for each in (
        "GmbH",
        "MdB",
        "MdL",
        "MdEP",
        "NRW",
        "EU",
        "IHK",
        "HWK",
        "ZDH",
        "WHKT",
        "DHB",
        "DGB",
        "MAGS",
        "e",
        "V",
    )
}
_TOKEN = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile("[AEIOUYÄÖÜ]")


def is_capitals(text: str) -> bool:
    """Whether a line is written in capitals: at least six letters, more than 90 % of them capital."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 6 and sum(character.isupper() for character in letters) > 0.9 * len(letters)


def known_forms(lines: Iterable[str]) -> Mapping[str, str]:
    """The words of the lines that are not capitals as they are written there, by their form in capitals."""
    forms: dict[str, str] = {}
    for line in lines:
        if not is_capitals(line):
            for token in _TOKEN.findall(line):
                key = token.upper()
                if key not in forms or (forms[key].islower() and not token.islower()):
                    forms[key] = token
    return forms


def recase(text: str, forms: Mapping[str, str], *, name: bool) -> str:
    """A text in capitals in normal writing: as known from elsewhere, else by rule.

    Capitals do not say whether „WEISS“ is Weiß or Weiss; that is why the result is a proposal.
    """
    return _TOKEN.sub(lambda found: _recase(found[0], forms, name=name, first=found.start() == 0), text)


def _recase(token: str, forms: Mapping[str, str], *, name: bool, first: bool) -> str:
    known = forms.get(token.upper())
    if token.lower() in _SMALL and not first:
        return token.lower()
    if known and not (name and known.islower()):
        return known[:1].upper() + known[1:] if first else known
    if token.upper() in _FIXED:
        return _FIXED[token.upper()]
    if len(token) > 1 and not _VOWEL.search(token.upper()) and token.upper() != "DR":
        return token  # no vowel: an abbreviation
    return token.capitalize()
