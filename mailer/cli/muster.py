"""Invented readers for the preview: nobody real, each with another trouble for a greeting."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from subscribers.person import Person

if TYPE_CHECKING:
    from mailer.compose.rendering import Variant
    from mailer.delivery.message import Envelope
    from mailer.delivery.personal import Recipient

SAMPLE_TOKEN = "0" * 32  # no subscription has it: the preview's link cannot unsubscribe anybody
SAMPLE_ID = "muster"
# A reader with every part of a name in use.
SAMPLE = {
    "email": "gesa.luehrs@example.org",
    "anrede": "Frau",
    "titel": "Dr.",
    "vorname": "Gesa",
    "nachname": "Lührs",
}
_LONG = {
    "email": "friederike-charlotte@example.org",
    "anrede": "Frau",
    "titel": "Prof. Dr. Dr. h. c.",
    "vorname": "Friederike-Charlotte Wilhelmine",
    "nachname": "von Musterhausen-Beispielsberger zu Probenstein",
}
_HARD: Mapping[str, tuple[str, dict[str, str]]] = {
    "muster-lang": ("longest", _LONG),
    "muster-ohne": ("nameless", {"email": "info@example.org"}),
    "muster-divers": (
        "diverse",
        {"email": "kim.muster@example.org", "anrede": "divers", "vorname": "Kim", "nachname": "Muster"},
    ),
    "muster-du": (
        "du",
        {
            "email": "jonte@example.org",
            "anrede": "Herr",
            "vorname": "Jonte",
            "nachname": "Beispiel",
            "tone": "du",
        },
    ),
    "muster-en": (
        "english",
        {"email": "a.sample@example.org", "anrede": "Ms", "vorname": "Ada", "nachname": "Sample"}
        | {"language": "en"},
    ),
}
INVENTED: Mapping[str, tuple[str, Person]] = {
    SAMPLE_ID: ("", Person(id=0, **SAMPLE)),
    **{name: (case, Person(id=0, **fields)) for name, (case, fields) in _HARD.items()},
}


def sample_recipient(envelope: "Envelope", variant: "Variant") -> "Recipient":
    """The sample person as a recipient of this variant, with a link that does nothing."""
    from mailer.delivery.letters import recipient_of

    return recipient_of(INVENTED[SAMPLE_ID][1], SAMPLE_TOKEN, envelope, variant)
