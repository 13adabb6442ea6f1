"""The lead article of an issue: editorial.md, TOML between `+++` lines and then Markdown."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.content.advertisements import Advertisement, read_advertisements
from mailer.content.events import Event, read_events
from mailer.content.markdown import markdown_problems
from mailer.content.marks import Unsure, marks_in, take_marks
from mailer.content.months import Month, parse_month
from mailer.content.pictures import Picture, picture_at
from mailer.content.programmes import Figure
from mailer.toml import Document, name_of, parse_toml, read_text
from subscribers.errors import Problem, Problems

if TYPE_CHECKING:
    from mailer.content.fields import EditorialFields

FENCE = "+++"


@dataclass(frozen=True, slots=True)
class Editorial:
    """The lead article; `body` is Markdown whose first line is line `body_line` of editorial.md."""

    kicker: str
    title: str
    subject: str
    preheader: str
    lead: str
    author: str
    role: str
    portrait: Picture | None
    salutation: tuple[str, ...]
    body: str
    body_line: int
    closing: str
    signature: tuple[str, ...]
    figures: tuple[Figure, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A person readers may call or write to."""

    name: str
    role: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What editorial.md says: the editorial, and what it tells about the issue as a whole."""

    editorial: Editorial
    label: str
    months: tuple[Month, ...]
    number: str
    newsletter: str | None
    contacts: tuple[Contact, ...]
    events: tuple[Event, ...]
    advertisements: tuple[Advertisement, ...]
    unsure: tuple[Unsure, ...]


def read_opening(path: Path, root: Path) -> Opening:
    """Read editorial.md.

    Raises:
        Problem, Problems: everything that is wrong with the file, each with its line.
    """
    from mailer.content.fields import EditorialFields, check_fields

    name = name_of(path, root)
    matter, body, body_line = _split(read_text(path, place=name), name)
    body, marks = take_marks(body, name, body_line)
    problems = list(markdown_problems(body, name, body_line))
    if not body.strip():
        problems.append(
            Problem("The editorial has no text after the front matter.", place=f"{name}:{body_line}")
        )
    try:
        document = parse_toml(matter, name, above=1)
    except Problem as problem:
        raise Problems([problem, *problems]) from None
    fields = check_fields(EditorialFields, document.data, document, (), problems)
    months = _months(fields, document, problems) if fields else ()
    portrait = picture_at(document, (), "portrait", path.parent, root, problems)
    events = read_events(fields.events if fields else [], document, problems)
    paid = fields.advertisements if fields else []
    advertisements = read_advertisements(paid, document, path.parent, root, problems)
    if fields is None or problems:
        raise Problems(problems)
    return Opening(
        editorial=_editorial(fields, portrait, body, body_line),
        label=fields.label,
        months=months,
        number=fields.number,
        newsletter=fields.newsletter,
        contacts=tuple(Contact(each.name, each.role, each.phone, each.email) for each in fields.contacts),
        events=events,
        advertisements=advertisements,
        unsure=(*marks_in(document), *marks),
    )


def _split(text: str, name: str) -> tuple[str, str, int]:
    """Front matter, body, and the number of the body's first line."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise Problem(
            "The file has no front matter.",
            place=f"{name}:1",
            hint=f'Its first line is {FENCE}, then come keys such as title = "…", then {FENCE} again.',
        )
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 2
    raise Problem(
        "The front matter has no end.",
        place=f"{name}:1",
        hint=f"Close it with a line {FENCE} before the text.",
    )


def _months(fields: "EditorialFields", document: Document, problems: list[Problem]) -> tuple[Month, ...]:
    months = []
    for index, text in enumerate(fields.months):
        if month := parse_month(text):
            months.append(month)
        else:
            problems.append(
                Problem(
                    f'`months` names a month that does not exist ("{text}").',
                    place=document.place(("months", index)),
                    hint='Write year and month, for example months = ["2025-07", "2025-08"].',
                )
            )
    return tuple(months)


def _editorial(fields: "EditorialFields", portrait: Picture | None, body: str, body_line: int) -> Editorial:
    return Editorial(
        kicker=fields.kicker,
        title=fields.title,
        subject=fields.subject or fields.title,
        preheader=fields.preheader,
        lead=fields.lead,
        author=fields.author,
        role=fields.role,
        portrait=portrait,
        salutation=tuple(fields.salutation),
        body=body,
        body_line=body_line,
        closing=fields.closing,
        signature=tuple(fields.signature),
        figures=tuple(Figure(each.value, each.label, each.as_of) for each in fields.figures),
        source=fields.source,
    )
