"""The programme register: what the house knows of each programme, and how texts mention it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mailer.toml import Document, Where, read_toml
from subscribers.errors import Problem, Problems

if TYPE_CHECKING:
    from mailer.content.fields import FigureFields, ProgrammeFields

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
_GAP = r"[\s\u00a0\u202f]+"
_ADJECTIVE = re.compile(r"(.*(?:isch|lich|ig|al))(?:e[snrm]?)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands large: its value as written, what it counts, as of when."""

    value: str
    label: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Programme:
    """One entry of the register; empty text and None mean: not known."""

    key: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    teaser: str
    audience: str
    region: str
    figure: Figure | None
    label: str
    url: str
    event: date | None
    deadline: date | None
    contact: str
    source: str
    checked_on: date | None
    checked_by: str
    place: str
    only_for: str = ""
    only_for_place: str = ""


Register: TypeAlias = Mapping[str, Programme]


@dataclass(frozen=True, slots=True)
class Mention:
    """A programme found in a text: the name or alias that matched, and the characters it covers."""

    key: str
    name: str
    start: int
    end: int


def read_register(path: Path, root: Path) -> Register:
    """The register of programmes.toml in the file's order; empty when there is no such file.

    Raises:
        Problems: everything that is wrong with the file, each with its line.
    """
    if not path.exists():
        return {}
    from mailer.content.fields import ProgrammeFields, RegisterFields, check_fields

    document = read_toml(path, root)
    problems: list[Problem] = []
    found: dict[str, Programme] = {}
    file = check_fields(RegisterFields, document.data, document, (), problems)
    for key, data in (file.programmes if file else {}).items():
        where = ("programmes", key)
        if not _KEY.fullmatch(key):
            problems.append(
                Problem(
                    f"The programme key `{key}` is not usable.",
                    place=document.place(where),
                    hint="Use small letters a to z, digits, - and _.",
                )
            )
        if fields := check_fields(ProgrammeFields, data, document, where, problems):
            problems.extend(_button_problems(fields, document, key))
            found[key] = _programme(key, fields, document, where)
    problems.extend(_shared_names(found.values()))
    if problems:
        raise Problems(problems)
    return found


def figure_of(fields: "FigureFields | None") -> Figure | None:
    """The value of a checked figure table."""
    return Figure(fields.value, fields.label, fields.as_of) if fields else None


def find_programmes(text: str, register: Register) -> tuple[str, ...]:
    """The keys of the programmes a text mentions, in the order of their first mention."""
    return tuple(dict.fromkeys(mention.key for mention in find_mentions(text, register)))


def find_mentions(text: str, register: Register) -> tuple[Mention, ...]:
    """Every mention by name or alias, also with the endings of German inflection („Meisterprämien“).

    Where two names overlap, the longer one counts.
    """
    every = [
        Mention(programme.key, name, found.start(), found.end())
        for programme in register.values()
        for name in (programme.name, *programme.aliases)
        for found in _pattern(name).finditer(text)
    ]
    every.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    for mention in every:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return tuple(kept)


def _button_problems(fields: "ProgrammeFields", document: Document, key: str) -> Iterator[Problem]:
    if fields.url and not fields.label:
        yield Problem(
            "`label` is missing: a link needs words that make sense alone.",
            place=document.place(("programmes", key, "url")),
            hint='For example label = "Prämie beantragen".',
        )


def _programme(key: str, fields: "ProgrammeFields", document: Document, where: Where) -> Programme:
    return Programme(
        key=key,
        name=fields.name,
        aliases=tuple(fields.aliases),
        kind=fields.kind,
        teaser=fields.teaser,
        audience=fields.audience,
        region=fields.region,
        figure=figure_of(fields.figure),
        label=fields.label,
        url=fields.url,
        event=fields.event,
        deadline=fields.deadline,
        contact=fields.contact,
        source=fields.source,
        checked_on=fields.checked_on,
        checked_by=fields.checked_by,
        place=document.place(where),
        only_for=fields.only_for,
        only_for_place=document.place((*where, "only_for")),
    )


def _shared_names(programmes: Iterable[Programme]) -> Iterator[Problem]:
    """A name that two programmes claim would make every mention a guess."""
    owner: dict[str, Programme] = {}
    for programme in programmes:
        for name in dict.fromkeys(each.casefold() for each in (programme.name, *programme.aliases)):
            first = owner.setdefault(name, programme)
            if first is not programme:
                yield Problem(
                    f'The programmes `{first.key}` and `{programme.key}` share the name or alias "{name}".',
                    place=programme.place,
                    hint="Remove it from one of them.",
                )


def _pattern(name: str) -> re.Pattern[str]:
    """Abbreviations match as written; longer names in any case and with endings on every word."""
    words = name.split()
    inflected = len(name) > 5 and not name.isupper()
    body = _GAP.join(_word(word) if inflected else re.escape(word) for word in words)
    # not inside an address: meisterprämie.nrw is a link, not a mention
    return re.compile(rf"(?<![\w/@.]){body}(?!\w|\.[a-z]|@)", re.IGNORECASE if inflected else 0)


def _word(word: str) -> str:
    if not word.isalpha() or word.isupper() or len(word) < 4:
        return re.escape(word)
    if adjective := _ADJECTIVE.fullmatch(word):
        return rf"{re.escape(adjective[1])}(?:e[snrm]?)?"
    return rf"{re.escape(word)}(?:s|es|e|en|n|ns|er|ern)?"
