"""One issue compiled into its edition: the variants that will be sent, cut at their slots.

Preview, `issue build` and the real send call the same `compile_edition` and the same `Variant.fill_…`: what
the preview showed is byte for byte what goes out.
"""

from collections.abc import Iterator
from dataclasses import replace
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
from mailer.compose.pictures import pictures_of, sources
from mailer.compose.rendering import Edition as Edition
from mailer.compose.rendering import Embedded as Embedded
from mailer.compose.rendering import Variant as Variant
from mailer.compose.rendering import fingerprint as fingerprint
from mailer.compose.selection import Spoken, as_json, select_variants
from mailer.compose.values import letter_values
from mailer.compose.webpage import picture_sources, web_page
from mailer.content.issue import Issue


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
