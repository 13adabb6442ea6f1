"""What the templates of a letter may name: an issue and its letterhead, set in type and put into words."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mailer.compose import slots
from mailer.compose.letterhead import Imprint, Letterhead
from mailer.compose.pictures import CARD_WIDTH
from mailer.compose.themes import read_theme
from mailer.compose.wording import read_wording
from mailer.content.issue import (
    Advertisement,
    Contact,
    Editorial,
    Event,
    Figure,
    Highlight,
    Issue,
    Picture,
)
from mailer.content.links import to_ascii
from mailer.content.typography import NARROW, NO_BREAK, typeset

# Words that leave a share a share; „plus 12 %“ is growth and has no whole to be shown against.
_ABOUT = (
    "(?i:rund|etwa|ca\\.|circa|fast|knapp|nahezu|gut|über|mehr als|weniger als|unter|bis zu|nur|bereits|erst|"
    "about|nearly|almost|more than|less than|over|under|only)"
)
LONG_FIGURE = 9  # characters that fit into a third of the sheet at full size


def letter_values(
    issue: Issue, head: Letterhead, mark: str, pictures: Mapping[str, str], overrides: Path | None
) -> dict[str, Any]:
    """What both parts of the letter may name; docs/templates.md lists the same.

    `pictures` has the `src` of each picture by its file.

    Raises:
        Problem: there is no such theme or language.
    """
    say, theme = read_wording(head.language, overrides, head.tone), read_theme(head.theme, overrides)
    editorial, imprint, language = issue.editorial, head.imprint, head.language
    lines = _set_lines(editorial, say, language)
    return {
        "head": head,
        "issue": issue,
        "editorial": lines,
        "subject": _plain(editorial.subject or editorial.title),
        "preheader": _plain(editorial.preheader or editorial.lead),
        "number": say.number.format(number=issue.number) if issue.number else "",
        "greeting": _greeting(editorial, head, mark),
        "salutation": editorial.salutation,
        "byline": _byline(editorial, lines, pictures),
        "signature": _signature(issue),
        "figure_rows": _rows(lines.figures),
        "figures_per_row": _per_row(len(lines.figures)),
        "highlights": [_card(each, say, language, pictures) for each in issue.highlights],
        "contacts": [_contact(each) for each in issue.contacts],
        "events": [_event(each, say, language) for each in issue.events],
        "advertisements": [_advertisement(each, language, pictures) for each in issue.advertisements],
        "web_url": "",
        "unsubscribe": slots.placeholder(mark, "unsubscribe"),
        "reason": say.reason.format(name=head.name),
        "responsible": say.responsible.format(responsible=imprint.responsible),
        "imprint_lines": _imprint_lines(imprint, say),
        "say": say,
        "t": theme.light,
        "dark": theme.dark,
        "type": theme.type,
        "shape": theme.shape,
    }


def _set_lines(editorial: Editorial, say: SimpleNamespace, language: str) -> SimpleNamespace:
    """The editorial's single lines with their typography set; the Markdown body has its own way."""
    names = ("kicker", "title", "lead", "author", "role")
    return SimpleNamespace(
        **{name: typeset(getattr(editorial, name), language) for name in names},
        figures=[_figure(each, say, language) for each in editorial.figures],
    )


def _plain(line: str) -> str:
    """Subject and preheader: one line, no soft hyphens, no narrow blanks; inbox lists show them as boxes."""
    return re.sub(r"[ \t\r\n]+", " ", line.replace("\u00ad", "").replace(NARROW, NO_BREAK)).strip(" ")


def _greeting(editorial: Editorial, head: Letterhead, mark: str) -> tuple[str, ...]:
    """The personal line takes the place of the issue's collective salutation; nobody is greeted twice."""
    if head.greeting == "personal":
        return (slots.placeholder(mark, "greeting"),)
    return editorial.salutation if head.greeting == "collective" else ()


def _byline(
    editorial: Editorial, lines: SimpleNamespace, pictures: Mapping[str, str]
) -> dict[str, Any] | None:
    if not editorial.portrait:
        return None
    return {
        "author": lines.author,
        "role": lines.role,
        "portrait": {"src": pictures[editorial.portrait.name], "alt": editorial.portrait.alt},
        "credit": editorial.portrait.credit,
    }


def _signature(issue: Issue) -> list[dict[str, str]]:
    """Who speaks is named once in full: under the portrait, or at the end of the letter."""
    editorial = issue.editorial
    lines = [{"kind": "signature", "text": editorial.closing}] if editorial.closing else []
    if editorial.signature:
        lines += [{"kind": "signature", "text": line} for line in editorial.signature]
    elif editorial.author and not (editorial.portrait and not editorial.closing):
        lines.append({"kind": "signature" if editorial.portrait else "name", "text": editorial.author})
        if editorial.role and not editorial.portrait:
            lines.append({"kind": "role", "text": editorial.role})
    return lines


def _card(
    highlight: Highlight, say: SimpleNamespace, language: str, pictures: Mapping[str, str]
) -> dict[str, Any]:
    facts = [say.for_audience.format(audience=highlight.audience)] if highlight.audience else []
    facts += [highlight.region] if highlight.region else []
    facts += [say.event.format(date=_date(highlight.event, say))] if highlight.event else []
    facts += [say.deadline.format(date=_date(highlight.deadline, say))] if highlight.deadline else []
    facts += [highlight.contact] if highlight.contact else []
    tile = None
    if highlight.event:
        tile = _tile(highlight.event, say.event_short, say)
    elif highlight.deadline:
        tile = _tile(highlight.deadline, say.deadline_short, say)
    figure = highlight.figure and _figure(highlight.figure, say, language)
    return {
        "kind": say.kinds.get(highlight.kind, highlight.kind),
        "title": typeset(highlight.title, language),
        "teaser": typeset(highlight.teaser, language),
        "meta": typeset(" · ".join(facts), language),
        "figure": figure,
        "tile": None if figure else tile,
        "url": to_ascii(highlight.url),
        "label": highlight.label,
        "picture": _picture(highlight.picture, pictures),
        "strong": bool(figure),  # one clear button on a card with a figure, a plain link elsewhere
    }


def _tile(day: date, caption: str, say: SimpleNamespace) -> dict[str, Any]:
    return {"day": day.day, "month": say.months_short[day.month - 1], "caption": caption}


def _picture(picture: Picture | None, pictures: Mapping[str, str]) -> dict[str, Any] | None:
    if not picture:
        return None
    return {
        "src": pictures[picture.name],
        "alt": picture.alt,
        "credit": picture.credit,
        "width": CARD_WIDTH,
    }


def _figure(figure: Figure, say: SimpleNamespace, language: str) -> dict[str, Any]:
    label = typeset(figure.label, language)
    if figure.as_of:
        label += f" ({say.as_of.format(date=_as_of(figure.as_of, say))})"
    value = typeset(figure.value, language)
    return {"value": value, "label": label, "long": len(value) > LONG_FIGURE, "share": _share(value)}


def _share(value: str) -> int | float | None:
    """Per cent of a whole as a bar can show it: „6 %“, „rund 12,5 %“; None for growth and other figures."""
    found = re.fullmatch(rf"(?:(?:{_ABOUT})\s)*(\d{{1,3}}(?:[.,]\d+)?)\s?(?:%|Prozent|per\s?cent)", value)
    share = float(found[1].replace(",", ".")) if found else 101.0
    if share > 100:
        return None
    return int(share) if share.is_integer() else share


def _rows(figures: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    """Up to three figures side by side; four stand as two and two."""
    per_row = _per_row(len(figures))
    return [figures[start : start + per_row] for start in range(0, len(figures), per_row)]


def _per_row(count: int) -> int:
    return 2 if count == 4 else max(1, min(count, 3))


def _event(event: Event, say: SimpleNamespace, language: str) -> dict[str, str]:
    return {
        "weekday": say.weekdays[event.day.weekday()],
        "day": _date(event.day, say).replace(" ", NO_BREAK),
        "time": typeset(event.time, language),
        "title": typeset(event.title, language),
        "meta": typeset(event.place, language),
        "label": event.label,
        "url": to_ascii(event.url),
    }


def _advertisement(paid: Advertisement, language: str, pictures: Mapping[str, str]) -> dict[str, Any]:
    return {
        "advertiser": paid.advertiser,
        "title": typeset(paid.title, language),
        "text": typeset(paid.text, language),
        "label": paid.label,
        "url": to_ascii(paid.url),
        "picture": _picture(paid.picture, pictures),
    }


def _contact(person: Contact) -> dict[str, str]:
    """A contact person; `tel` is the number as a telephone dials it (RFC 3966)."""
    phone = re.sub(r"\(0\)", "", person.phone)
    digits = ("+" if phone.lstrip().startswith("+") else "") + re.sub(r"\D", "", phone)
    return {
        "name": person.name,
        "role": person.role,
        "phone": person.phone,
        "tel": f"tel:{digits}",
        "email": person.email,
    }


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
