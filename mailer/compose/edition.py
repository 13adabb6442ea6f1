"""One issue compiled into its edition: the variants that will be sent, cut at their slots.

Preview, `issue build` and the real send call the same `compile_edition` and the same `Variant.fill_…`: what
the preview showed is byte for byte what goes out.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mailer import shipped
from mailer.compose import environment, prose, slots, text
from mailer.compose.inline import inline_css
from mailer.compose.mjml import render_mjml
from mailer.content.issue import Figure, Highlight, Issue
from mailer.content.typography import typeset
from subscribers.errors import Problem


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who sends the letter and who answers for it (DDG § 5, MStV § 18 (2))."""

    organisation: str
    street: str
    place: str
    email: str
    phone: str
    responsible: str
    legal_form: str = ""
    representative: str = ""
    register_entry: str = ""
    vat_id: str = ""
    authority: str = ""
    privacy_url: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all issues of a newsletter share."""

    key: str
    name: str
    organisation: str
    language: str
    tone: str  # formal | du
    greeting: str  # personal | collective | none
    theme: str
    imprint: Imprint


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
class Embedded:
    """A picture that travels with the letter; `name` is the file's name and its Content-ID."""

    name: str
    media_type: str
    data: bytes


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


def compile_edition(issue: Issue, head: Letterhead, overrides: Path | None = None) -> Edition:
    """Compile an issue with the templates, `overrides` being the workspace's own folder of templates.

    Raises:
        TemplateProblem, MjmlProblem, SlotProblem: with the place in the template.
    """
    portrait = issue.editorial.portrait
    return Edition(
        newsletter=head.key,
        issue=issue.key,
        variants=(_variant("standard", issue, head, overrides),),
        pictures=(Embedded(portrait.name, portrait.media_type, portrait.data),) if portrait else (),
    )


def _variant(key: str, issue: Issue, head: Letterhead, overrides: Path | None) -> Variant:
    mark = slots.mark_for(f"{head.key}/{issue.key}")
    values = _values(issue, head, mark, overrides)
    mjml = environment.render("letter.mjml", overrides, {**values, **_html_parts(issue, head)})
    css = environment.render("prose.css", overrides, values)
    footnotes = text.Footnotes()
    plain = environment.render(
        "letter.txt",
        overrides,
        {**values, **_text_parts(issue, head, footnotes), "footnotes": footnotes},
    )
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


def _values(issue: Issue, head: Letterhead, mark: str, overrides: Path | None) -> dict[str, Any]:
    """What every template of the letter may name; docs/templates.md lists the same."""
    say, theme = _strings(head.language), _theme(head.theme, overrides)
    editorial, imprint = issue.editorial, head.imprint
    greeting: tuple[str, ...] = ()
    if head.greeting == "personal":
        greeting = (slots.placeholder(mark, "greeting"),)
    elif head.greeting == "collective":
        greeting = tuple(editorial.salutation)
    byline = None
    if editorial.portrait:
        credit = say.credit.format(credit=editorial.portrait.credit) if editorial.portrait.credit else ""
        byline = {
            "author": editorial.author,
            "role": editorial.role,
            "portrait": editorial.portrait,
            "credit": credit,
        }
    return {
        "head": head,
        "issue": issue,
        "editorial": editorial,
        "subject": _plain(editorial.subject or editorial.title),
        "preheader": _plain(editorial.preheader or editorial.lead),
        "number": say.number.format(number=issue.number) if issue.number else "",
        "greeting": greeting,
        "byline": byline,
        "signature": _signature(issue),
        "highlights": [_card(each, say, head.language) for each in issue.highlights],
        "unsubscribe": slots.placeholder(mark, "unsubscribe"),
        "reason": say.reason.format(name=head.name),
        "responsible": say.responsible.format(responsible=imprint.responsible),
        "imprint_lines": _imprint_lines(imprint, say),
        "say": say,
        "t": SimpleNamespace(**theme["light"]),
        "dark": SimpleNamespace(**theme["dark"]),
        "type": SimpleNamespace(**theme["type"]),
    }


def _signature(issue: Issue) -> list[dict[str, str]]:
    """Who speaks is named once in full: under the portrait, or at the end of the letter."""
    editorial = issue.editorial
    lines = [{"kind": "signature", "text": editorial.closing}] if editorial.closing else []
    if editorial.signature:
        lines += [{"kind": "signature", "text": line} for line in editorial.signature]
    elif editorial.author and not (editorial.portrait and not editorial.closing):
        lines.append({"kind": "name", "text": editorial.author})
        if editorial.role and not editorial.portrait:
            lines.append({"kind": "role", "text": editorial.role})
    return lines


def _card(highlight: Highlight, say: SimpleNamespace, language: str) -> dict[str, Any]:
    facts = [say.for_audience.format(audience=highlight.audience)] if highlight.audience else []
    facts += [highlight.region] if highlight.region else []
    facts += [say.event.format(date=_date(highlight.event, say))] if highlight.event else []
    facts += [say.deadline.format(date=_date(highlight.deadline, say))] if highlight.deadline else []
    facts += [highlight.contact] if highlight.contact else []
    tile = None
    if highlight.event:
        tile = {"day": highlight.event.day, "month": say.months_short[highlight.event.month - 1]}
    figure = highlight.figure and _figure(highlight.figure, say, language)
    return {
        "kind": highlight.kind,
        "title": typeset(highlight.title, language),
        "teaser": typeset(highlight.teaser, language),
        "meta": typeset(" · ".join(facts), language),
        "figure": figure,
        "tile": None if figure else tile,
        "url": highlight.url,
        "label": highlight.label,
        "strong": bool(figure),  # one clear button on a card with a figure, a plain link elsewhere
    }


def _figure(figure: Figure, say: SimpleNamespace, language: str) -> dict[str, str]:
    label = typeset(figure.label, language)
    if figure.as_of:
        label += f" ({say.as_of.format(date=_as_of(figure.as_of, say))})"
    return {"value": typeset(figure.value, language), "label": label}


def _html_parts(issue: Issue, head: Letterhead) -> dict[str, Any]:
    tokens = prose.parse(issue.editorial.body, head.language)
    if not issue.editorial.figures:
        return {"opening": prose.to_html(tokens), "rest": ""} | _typeset(issue, head)
    opening, rest = prose.split_after_quote(tokens)
    return {"opening": prose.to_html(opening), "rest": prose.to_html(rest)} | _typeset(issue, head)


def _text_parts(issue: Issue, head: Letterhead, footnotes: text.Footnotes) -> dict[str, Any]:
    tokens = prose.parse(issue.editorial.body, head.language)
    opening, rest = prose.split_after_quote(tokens) if issue.editorial.figures else (tokens, ())
    return {
        "opening": text.to_text(opening, footnotes),
        "rest": text.to_text(rest, footnotes),
    } | _typeset(issue, head)


def _typeset(issue: Issue, head: Letterhead) -> dict[str, Any]:
    """The editorial's single lines with their typography set; the Markdown body has its own way."""
    say, editorial = _strings(head.language), issue.editorial
    lines = {
        name: typeset(getattr(editorial, name), head.language)
        for name in ("kicker", "title", "lead", "author", "role")
    }
    figures = [_figure(each, say, head.language) for each in editorial.figures]
    return {"editorial": SimpleNamespace(**lines, figures=figures)}


def _imprint_lines(imprint: Imprint, say: SimpleNamespace) -> list[str]:
    legal = ", ".join(
        part
        for part in (
            imprint.legal_form,
            say.represented.format(representative=imprint.representative) if imprint.representative else "",
        )
        if part
    )
    lines = (
        f"{imprint.street}, {imprint.place}",
        legal,
        imprint.register_entry,
        imprint.vat_id,
        imprint.authority,
        imprint.phone,
    )
    return [line for line in lines if line]


def _date(day: Any, say: SimpleNamespace) -> str:
    return str(say.date.format(day=day.day, month=say.months[day.month - 1], year=day.year))


def _as_of(value: Any, say: SimpleNamespace) -> str:
    return _date(value, say) if hasattr(value, "month") else str(value)


def _plain(line: str) -> str:
    """Subject and preheader: no soft hyphens, no narrow blanks; inbox lists show them as boxes."""
    return " ".join(line.replace("\u00ad", "").replace("\u202f", "\u00a0").split(" "))


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


@lru_cache(maxsize=8)
def _strings(language: str) -> SimpleNamespace:
    table = tomllib.loads((shipped.templates() / "strings.toml").read_text(encoding="utf-8"))
    if language not in table:
        raise Problem(
            f"The letter speaks {', '.join(table)}, not {language!r}.", place="config.toml: language"
        )
    return SimpleNamespace(**table[language])


def _theme(name: str, overrides: Path | None) -> dict[str, dict[str, str]]:
    for folder in (overrides, shipped.templates()):
        if folder and (file := folder / "themes" / f"{name}.toml").is_file():
            return tomllib.loads(file.read_text(encoding="utf-8"))
    known = sorted(file.stem for file in (shipped.templates() / "themes").glob("*.toml"))
    raise Problem(f"There is no theme {name!r}; there are {', '.join(known)}.", place="config.toml: theme")
