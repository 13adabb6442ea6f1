"""What keeps an issue from being read, in German: which trouble and where, then the program's own words."""

import re
from typing import NamedTuple

from subscribers.errors import Problem

# The program speaks English; what is known of its sentences is told in German, anything else in general.
# `{at}` is "In editorial.md, Zeile 3,", `{file}` the file, `{name}` what the sentence itself names.
_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), german)
    for pattern, german in (
        (
            r"^This is not valid TOML",
            (
                "{at} ist die Schreibweise nicht gültig (TOML). Oft fehlt ein Anführungszeichen, "
                "eine Klammer oder ein Gleichheitszeichen."
            ),
        ),
        (
            r"^The key `(?P<name>[^`]+)` is unknown|^(?P<name2>[\w.-]+): this key is unknown",
            "{at} steht eine Angabe, die das Programm nicht kennt: `{name}`.",
        ),
        (
            r"^The key `(?P<name>[^`]+)` is missing|^(?P<name2>[\w.-]+): this key is missing",
            "{at} fehlt die Angabe `{name}`.",
        ),
        (
            r"^`(?P<name>\w+_alt)` is missing",
            "{at} fehlen die Worte für Menschen, die das Bild nicht sehen: `{name}`.",
        ),
        (
            r"^The picture (?P<name>.+) is missing\.",
            "{at} ist ein Bild genannt, das es nicht gibt: {name}. Legen Sie es in den Ordner der Ausgabe.",
        ),
        (
            r"^The picture (?P<name>.+?) (?:is broken|cannot be read|is neither)",
            "{at} ist ein Bild genannt, das sich nicht verwenden lässt: {name}.",
        ),
        (
            r"^The file is not UTF-8",
            "{at} stehen Zeichen, die nicht UTF-8 sind. Speichern Sie die Datei in Ihrem Editor als UTF-8.",
        ),
        (r"^The file is missing", "Die Datei {file} fehlt."),
        (r"^The file cannot be read", "Die Datei {file} lässt sich nicht lesen."),
        (
            r"^The file has no front matter",
            "{file} ist leer oder hat keinen Kopf. Die erste Zeile muss +++ lauten.",
        ),
        (
            r"^The front matter has no end",
            "Der Kopf von {file} hat kein Ende. Vor dem Text fehlt eine Zeile +++.",
        ),
        (r"^The editorial has no text", "In {file} steht nach dem Kopf kein Text."),
        (r"control character", "{at} steht ein Steuerzeichen, das nicht in den Text gehört."),
        (
            r"^`(?P<name>[^`]+)` |^(?P<name2>[a-z_]+(?:\.[\w-]+)*): ",
            "{at} stimmt eine Angabe nicht: `{name}`.",
        ),
    )
)
_PLACE = re.compile(r"(?:issues/[^/]+/)?(?P<file>.+?)(?::(?P<line>\d+))?$")


class Said(NamedTuple):
    """What is wrong, and what stands behind it: the next step, in German the program's own words."""

    message: str
    hint: str


def said(problem: Problem, language: str) -> Said:
    """A complaint for the page; in English it stays as the program says it."""
    if language == "en":
        return Said(problem.message, problem.hint or "")
    own = " ".join(filter(None, (problem.message, problem.hint)))
    return Said(_german(problem), f"Meldung des Programms: {own}")


def _german(problem: Problem) -> str:
    found = _PLACE.match(problem.place or "")
    if found is None:
        at = file = ""
    else:
        file = found["file"]
        at = f"In {file}, Zeile {found['line']}," if found["line"] else f"In {file}"
    for pattern, german in _KINDS:
        if told := pattern.search(problem.message):
            named = next(filter(None, told.groups()), "")
            return german.format(at=at or "Hier", file=file or "der Ausgabe", name=named)
    return f"{at} stimmt etwas nicht." if at else "Etwas stimmt nicht."
