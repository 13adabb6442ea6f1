"""One issue compiled into its edition: the variants that will be sent, cut at their slots.

Preview, `issue build` and the real send call the same `compile_edition` and the same `Variant.fill_…`: what
the preview showed is byte for byte what goes out.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mailer.compose import environment, prose, slots, text
from mailer.compose.inline import inline_css
from mailer.compose.letterhead import Imprint as Imprint
from mailer.compose.letterhead import Letterhead as Letterhead
from mailer.compose.mjml import render_mjml
from mailer.compose.pictures import Embedded as Embedded
from mailer.compose.pictures import pictures_of, sources
from mailer.compose.values import letter_values
from mailer.content.issue import Issue


@dataclass(frozen=True)
class Variant:
    """One distinct rendering of an issue; `html` and `text` still carry their slots."""

    key: str
    subject: str
    preheader: str
    mark: str
    html: str
    text: str

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


def fingerprint(edition: Edition, frame: Mapping[str, Any]) -> str:
    """sha256 over everything that will be sent: variants, pictures and `frame` (sender, segment rule).

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
        "frame": frame,
    }
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def compile_edition(
    issue: Issue, head: Letterhead, overrides: Path | None = None, image_base_url: str = ""
) -> Edition:
    """Compile an issue with the templates, `overrides` being the workspace's own folder of templates.

    Pictures travel with the letter, or are taken from `image_base_url`/ISSUE/NAME.

    Raises:
        TemplateProblem, MjmlProblem, SlotProblem: with the place in the template.
    """
    return Edition(
        newsletter=head.key,
        issue=issue.key,
        variants=(_variant("standard", issue, head, overrides, image_base_url),),
        pictures=pictures_of(issue, image_base_url),
    )


def _variant(
    key: str, issue: Issue, head: Letterhead, overrides: Path | None, image_base_url: str
) -> Variant:
    mark = slots.mark_for(f"{head.key}/{issue.key}")
    values = letter_values(issue, head, mark, sources(issue, image_base_url), overrides)
    tokens = prose.parse(issue.editorial.body, head.language)
    # Figures stand after the quote, where the text takes a breath; without figures it is one piece.
    opening, rest = prose.split_after_quote(tokens) if issue.editorial.figures else (tokens, ())
    html_parts = {"opening": prose.to_html(opening), "rest": prose.to_html(rest)}
    mjml = environment.render("letter.mjml", overrides, values | html_parts)
    css = environment.render("prose.css", overrides, values)
    notes = text.Footnotes()
    text_parts = {"opening": text.to_text(opening, notes), "rest": text.to_text(rest, notes)}
    plain = environment.render("letter.txt", overrides, values | text_parts | {"footnotes": notes})
    variant = Variant(
        key=key,
        subject=values["subject"],
        preheader=values["preheader"],
        mark=mark,
        html=inline_css(render_mjml(mjml), css),
        text=_tidy(plain),
    )
    _require_slots(variant, head)
    return variant


def _tidy(plain: str) -> str:
    """No blanks at line ends (but the signature's "-- "), never more than one blank line."""
    lines = [line if line == "-- " else line.rstrip() for line in plain.split("\n")]
    kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _require_slots(variant: Variant, head: Letterhead) -> None:
    """A template that forgets the way out, or the greeting, is found here and not by a reader."""
    wanted = {"unsubscribe"} | ({"greeting"} if head.greeting == "personal" else set())
    for part, found in (("letter.mjml", variant.html_cut.names), ("letter.txt", variant.text_cut.names)):
        if missing := sorted(wanted - set(found)):
            raise slots.SlotProblem(
                f"The template leaves out {', '.join(missing)}.",
                place=f"templates/{part}",
                hint="Every letter needs `{{ unsubscribe }}` in a link, and its `greeting`.",
            )
