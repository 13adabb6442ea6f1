"""The cards of an issue: highlights.toml, each a programme of the register or a topic of its own."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.content.marks import Unsure, marks_in
from mailer.content.pictures import Picture, picture_at
from mailer.content.programmes import Figure, Programme, Register, figure_of
from mailer.toml import Document, Where, read_toml
from subscribers.errors import Problem, Problems

if TYPE_CHECKING:
    from mailer.content.fields import HighlightFields

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Highlight:
    """One card; `place` is the line of highlights.toml where it begins. Without url it is a text card.

    `only_for` is the rule of the readers who get it, as typed at `only_for_place`; empty: everybody.
    """

    key: str
    kind: str
    title: str
    teaser: str
    audience: str
    region: str
    figure: Figure | None
    event: date | None
    deadline: date | None
    contact: str
    label: str
    url: str
    source: str
    checked_on: date | None
    checked_by: str
    place: str
    recurring: bool = False
    picture: Picture | None = None
    only_for: str = ""
    only_for_place: str = ""


def read_highlights(
    path: Path, programmes: Register, root: Path
) -> tuple[tuple[Highlight, ...], tuple[Unsure, ...]]:
    """The cards in the file's order and what is marked in it; none when there is no such file.

    Raises:
        Problem, Problems: everything that is wrong with the file, each with its line.
    """
    if not path.exists():
        return (), ()
    from mailer.content.fields import HighlightFields, HighlightsFields, check_fields

    document = read_toml(path, root)
    problems: list[Problem] = []
    highlights: dict[str, Highlight] = {}
    file = check_fields(HighlightsFields, document.data, document, (), problems)
    for index, data in enumerate(file.highlights if file else []):
        where = ("highlights", index)
        fields = check_fields(HighlightFields, data, document, where, problems)
        picture = picture_at(document, where, "picture", path.parent, root, problems)
        highlight = _highlight(fields, programmes, document, index, problems) if fields else None
        if highlight and picture:
            highlight = replace(highlight, picture=picture)
        if highlight and highlights.setdefault(highlight.key, highlight) is not highlight:
            problems.append(
                Problem(
                    f"The highlight `{highlight.key}` stands here for the second time.",
                    place=highlight.place,
                    hint=f"The first one is at {highlights[highlight.key].place}; remove one.",
                )
            )
    if problems:
        raise Problems(problems)
    return tuple(highlights.values()), marks_in(document)


def slug(title: str) -> str:
    """A key made of a title: „Tag der offenen Tür“ becomes tag-der-offenen-tuer."""
    folded = unicodedata.normalize("NFKD", title.casefold().translate(_UMLAUTS))
    return re.sub(r"[^a-z0-9]+", "-", folded.encode("ascii", "ignore").decode()).strip("-") or "topic"


def _highlight(
    fields: "HighlightFields", programmes: Register, document: Document, index: int, problems: list[Problem]
) -> Highlight | None:
    where = ("highlights", index)
    programme = programmes.get(fields.programme) if fields.programme else None
    if fields.programme and programme is None:
        close = get_close_matches(fields.programme, programmes, n=1, cutoff=0.5)
        hint = (
            f"Did you mean `{close[0]}`?" if close else "Add it to programmes.toml, or give title and teaser."
        )
        problems.append(
            Problem(
                f"The programme `{fields.programme}` is not in the register.",
                place=document.place((*where, "programme")),
                hint=hint,
            )
        )
        return None
    missing = [] if programme else [key for key in ("title", "teaser") if not getattr(fields, key)]
    problems.extend(
        Problem(
            f"The key `{key}` is missing: a topic without programme needs it.", place=document.place(where)
        )
        for key in missing
    )
    if missing:
        return None
    highlight = _merged(fields, programme, document, where)
    if highlight.url and not highlight.label:
        problems.append(
            Problem(
                "`label` is missing: a link needs words that make sense alone.",
                place=document.place((*where, "url")),
                hint='For example label = "Platz in der Sprechstunde sichern".',
            )
        )
    return highlight


def _merged(
    fields: "HighlightFields", programme: Programme | None, document: Document, where: Where
) -> Highlight:
    """What the issue says goes before what the register says; an empty text there removes a field."""

    def text(field: str) -> str:
        own = getattr(fields, field)
        return str(own if own is not None else getattr(programme, field, ""))

    title = fields.title or (programme.name if programme else "")
    rule_place = document.place((*where, "only_for"))
    if programme and fields.only_for is None:
        rule_place = programme.only_for_place
    return Highlight(
        key=programme.key if programme else slug(title),
        kind=fields.kind or (programme.kind if programme else "Hinweis"),
        title=title,
        teaser=text("teaser"),
        audience=text("audience"),
        region=text("region"),
        figure=figure_of(fields.figure) or (programme.figure if programme else None),
        event=fields.event or (programme.event if programme else None),
        deadline=fields.deadline or (programme.deadline if programme else None),
        contact=text("contact"),
        label=text("label"),
        url=text("url"),
        source=text("source"),
        checked_on=fields.checked_on or (programme.checked_on if programme else None),
        checked_by=text("checked_by"),
        place=document.place(where),
        recurring=fields.recurring,
        only_for=text("only_for"),
        only_for_place=rule_place,
    )
