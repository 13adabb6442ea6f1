"""One issue compiled into its edition: the variants that will be sent, cut at their slots.

Preview, `issue build` and the real send call the same `compile_edition` and the same `Variant.fill_…`: what
the preview showed is byte for byte what goes out.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from mailer.compose import environment, prose, slots, text
from mailer.compose.inline import inline_css
from mailer.compose.letterhead import Imprint as Imprint
from mailer.compose.letterhead import Letterhead as Letterhead
from mailer.compose.mistakes import require_valid
from mailer.compose.mjml import render_mjml
from mailer.compose.pictures import Embedded as Embedded
from mailer.compose.pictures import pictures_of, sources
from mailer.compose.selection import Spoken, as_json, select_variants
from mailer.compose.values import letter_values
from mailer.compose.webpage import picture_sources, web_page
from mailer.content.issue import Issue


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


def compile_edition(
    issue: Issue, head: Letterhead, overrides: Path | None = None, image_base_url: str = ""
) -> Edition:
    """Compile an issue with the templates, `overrides` being the workspace's own folder of templates.

    One variant for each voice and each set of cards that somebody may get; those of the newsletter's own
    voice stand first. Pictures travel with the letter, or are taken from `image_base_url`/ISSUE/NAME.

    Raises:
        Problem, Problems: a rule or a voice that does not fit, with its place.
        TemplateProblem, MjmlProblem, SlotProblem: with the place in the template.
    """
    voices = select_variants(issue, head)
    return Edition(
        newsletter=head.key,
        issue=issue.key,
        variants=tuple(
            variant for voice in voices for variant in _variants(voice, head, image_base_url, overrides)
        ),
        pictures=pictures_of(issue, image_base_url),
        selection=as_json(voices),
        web_base=head.web_base,
    )


def _variants(
    voice: Spoken, head: Letterhead, image_base_url: str, overrides: Path | None
) -> Iterator[Variant]:
    """The variants of one voice; what does not depend on the cards is made once."""
    head = replace(head, language=voice.language, tone=voice.tone)
    issue = voice.issue
    mark = slots.mark_for(f"{head.key}/{issue.key}")
    values = letter_values(issue, head, mark, sources(issue, image_base_url), overrides)
    on_the_web = letter_values(issue, head, mark, picture_sources(issue, image_base_url), overrides)
    tokens = prose.parse(issue.editorial.body, head.language)
    # Figures stand after the quote, where the text takes a breath; without figures it is one piece.
    opening, rest = prose.split_after_quote(tokens) if issue.editorial.figures else (tokens, ())
    notes = text.Footnotes()
    html_parts = {"opening": prose.to_html(opening), "rest": prose.to_html(rest)}
    text_parts = {"opening": text.to_text(opening, notes), "rest": text.to_text(rest, notes)}
    css = environment.render("prose.css", overrides, values)
    issue = replace(issue, label=issue.label or _label(issue, values["say"]))
    for key, shown in voice.shown.items():
        cards = tuple(issue.highlights[at] for at in shown)
        chosen = {
            "issue": replace(issue, highlights=cards),
            "highlights": [values["highlights"][at] for at in shown],
            "web_url": f"{head.web_base}/{quote(issue.key)}/{quote(key)}" if head.web_base else "",
        }
        web_cards = {"highlights": [on_the_web["highlights"][at] for at in shown]}
        own_notes = text.Footnotes(list(notes.targets))
        html = _html(overrides, values | html_parts | chosen, css)
        plain = environment.render(
            "letter.txt", overrides, values | text_parts | chosen | {"footnotes": own_notes}
        )
        variant = Variant(
            key=key,
            subject=values["subject"],
            preheader=values["preheader"],
            mark=mark,
            html=html,
            text=_tidy(plain),
            language=head.language,
            tone=head.tone,
            cards=tuple(card.key for card in cards),
            web=web_page(on_the_web | html_parts | chosen | web_cards, mark, overrides),
        )
        _require_slots(variant, head)
        yield variant


def _label(issue: Issue, say: SimpleNamespace) -> str:
    """The months in the letter's own language: “October 2025”, “July/August 2025”."""
    years = {year for year, _ in issue.months}
    names = [(say.months[month - 1], year) for year, month in issue.months]
    if len(years) == 1:
        return f"{'/'.join(name for name, _ in names)} {names[0][1]}"
    return "/".join(f"{name} {year}" for name, year in names) or issue.key


def _html(overrides: Path | None, values: dict[str, Any], css: str) -> str:
    mjml = environment.render("letter.mjml", overrides, values)
    require_valid(mjml, lambda: environment.render("letter.mjml", overrides, values, marked=True))
    return inline_css(render_mjml(mjml), css)


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
