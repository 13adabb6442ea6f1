"""What a compiled issue is: its variants, cut at their slots, its pictures, and the fingerprint of all.

Apart from `edition.py`, which makes it: whoever stores, fills and sends it need not load the templates.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mailer.compose import slots


@dataclass(frozen=True, slots=True)
class Embedded:
    """A picture that travels with the letter; `name` is the file's name and its Content-ID."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Variant:
    """One distinct rendering of an issue; `html` and `text` still carry their slots.

    `language` and `tone` are the voice, which the greeting follows; `cards` are the keys of the cards shown;
    `web` is the web version, which names nobody.
    """

    key: str
    subject: str
    preheader: str
    mark: str
    html: str
    text: str
    language: str = "de"
    tone: str = "formal"
    cards: tuple[str, ...] = ()
    web: str = ""

    @cached_property
    def html_cut(self) -> slots.Cut:
        """The HTML, cut at its slots."""
        return slots.cut(self.html, self.mark)

    @cached_property
    def text_cut(self) -> slots.Cut:
        """The text part, cut at its slots."""
        return slots.cut(self.text, self.mark)

    def fill_html(self, values: Mapping[str, str]) -> str:
        """The HTML for one person."""
        return slots.fill(self.html_cut, values, html=True)

    def fill_text(self, values: Mapping[str, str]) -> str:
        """The text part for one person."""
        return slots.fill(self.text_cut, values, html=False)


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything of an issue that goes out and does not depend on the person."""

    newsletter: str
    issue: str
    variants: tuple[Variant, ...]
    pictures: tuple[Embedded, ...]
    selection: Mapping[str, Any] = field(default_factory=dict)  # who gets which variant, see selection.py
    web_base: str = ""  # below it stand the web versions


def fingerprint(edition: Edition, frame: Mapping[str, Any]) -> str:
    """sha256 over everything that will be sent: variants, who gets which, pictures and `frame` (sender,
    segment rule).

    An approval binds to it; one changed byte anywhere is another fingerprint.
    """
    content = {
        "edition": f"{edition.newsletter}/{edition.issue}",
        "variants": [
            {name: getattr(variant, name) for name in Variant.__dataclass_fields__}
            for variant in edition.variants
        ],
        "pictures": [
            [each.name, each.media_type, hashlib.sha256(each.data).hexdigest()] for each in edition.pictures
        ],
        "selection": edition.selection,
        "frame": frame,
    }
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
