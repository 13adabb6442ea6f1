"""The line of a letter in the lists of mail programs, cut where they cut it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailer.web.studio_wording import Both, pick

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class List:
    """How a list cuts: letters of the sender, of the subject, of the preview line.

    With `together` subject and preview share one line of so many letters, and `preheader` is not looked at.
    """

    sender: int
    subject: int
    preheader: int
    together: int = 0


# Usual widths: an upright telephone, a window of 1280 pixels. Letters differ in width, programs in settings.
LISTS: Mapping[str, List] = MappingProxyType(
    {
        "iPhone Mail": List(sender=30, subject=38, preheader=84),
        "Gmail (Android)": List(sender=26, subject=40, preheader=45),
        "Gmail (Web)": List(sender=20, subject=70, preheader=0, together=105),
        "Outlook (Windows)": List(sender=32, subject=44, preheader=52),
        "GMX · WEB.DE (Web)": List(sender=26, subject=60, preheader=0),
    }
)
SAYS: Both = (
    "Annäherung: etwa {subject} Zeichen Betreff{more}. Die Breite hängt von Gerät und Einstellung ab.",
    "An approximation: about {subject} letters of the subject{more}. Width depends on device and settings.",
)
_MORE: Both = (", dann etwa {preheader} Zeichen Vorschau", ", then about {preheader} letters of preview")
_TOGETHER: Both = (", mit der Vorschau zusammen {together}", ", {together} together with the preview")
_NONE: Both = (", keine Vorschau", ", no preview")


def listed(sender: str, subject: str, preheader: str, language: str) -> list[dict[str, str]]:
    """The line in each list, with what is simulated."""
    return [
        {
            "client": name,
            "sender": cut(sender, width.sender),
            "subject": cut(subject, width.subject),
            "preheader": _preview(subject, preheader, width),
            "says": _says(width, language),
        }
        for name, width in LISTS.items()
    ]


def cut(text: str, width: int) -> str:
    """As much of a text as fits, with an ellipsis where something is left out."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: max(width - 1, 0)].rstrip() + ELLIPSIS


def _preview(subject: str, preheader: str, width: List) -> str:
    if not width.together:
        return cut(preheader, width.preheader) if width.preheader else ""
    left = width.together - len(cut(subject, width.subject)) - 3  # the dash between them
    return cut(preheader, left) if left > 1 else ""


def _says(width: List, language: str) -> str:
    more = _TOGETHER if width.together else _MORE if width.preheader else _NONE
    numbers = {"subject": width.subject, "preheader": width.preheader, "together": width.together}
    return pick(SAYS, language).format(subject=width.subject, more=pick(more, language).format(**numbers))
