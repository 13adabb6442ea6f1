"""Who signs: author and office from byline or signature, and what has to stand below the text besides."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.content.casing import is_capitals, recase
from mailer.content.people import Person, bare_office, is_collective, read_people
from mailer.content.pieces import Piece
from mailer.content.signoff import split_yours

_WORD = re.compile(r"\w+")
_BETWEEN = re.compile(r"\s*[|/;·•]\s*")  # as `read_people` divides a line
CAPITALS = "aus Großbuchstaben übertragen"


@dataclass(frozen=True, slots=True)
class Signing:
    """Author and role; `signature` holds lines only where author and role would not show the same."""

    author: str
    role: str
    closing: str
    signature: tuple[str, ...]
    doubts: tuple[tuple[str, str], ...]

    @property
    def byline(self) -> tuple[str, str]:
        """Author and role as the letter says them: „A und B“, whose offices stand in the signature alone."""
        *others, last = self.author.split("; ")
        if not others:
            return last, self.role
        told = set(_WORD.findall(" ".join(self.signature)))
        role = "" if set(_WORD.findall(self.role)) <= told else self.role
        return f"{', '.join(others)} und {last}", role


@dataclass(frozen=True, slots=True)
class _Line:
    """One signature line in normal writing: „Ihr“, the rest, the people it names; or an office alone."""

    yours: str
    words: str
    people: tuple[Person, ...]
    office: bool

    @property
    def roles(self) -> tuple[str, ...]:
        if self.office:
            return tuple(re.split(r"\s+[/|]\s+", self.words))
        return tuple(person.role for person in self.people if person.role)

    @property
    def text(self) -> str:
        return " ".join(filter(None, (self.yours, self.words)))


def read_signing(pieces: Sequence[Piece], forms: Mapping[str, str]) -> Signing:
    """Bring byline and signature together; `forms` is how the text writes its words."""
    byline = _normal(_first(pieces, "author"), forms, name=True)
    lines = [
        _read(piece, forms)
        for piece in pieces
        if piece.field in ("signature_lines", "role_lines") and piece.kind != "repeated"
    ]
    names = [person.name for line in lines for person in line.people]
    roles = [role for line in lines for role in line.roles]
    author = byline or "; ".join(names)
    role = _normal(_first(pieces, "role"), forms, name=False) or "; ".join(roles)
    differs = _differences(byline, names, _normal(_first(pieces, "role"), forms, name=False), roles)
    closings = [piece.text.rstrip(",") for piece in pieces if piece.kind == "closing"]
    yours = [line.yours for line in lines if line.yours]
    known = set(_WORD.findall(f"{author} {role}".casefold()))
    told = all(set(_WORD.findall(line.words.casefold())) <= known for line in lines)
    same = names == [author] and all(each == role for each in roles)
    nothing_new = not lines or (told and same)
    if nothing_new and len(yours) + len(closings) <= 1:
        closings, lines = [*closings, *yours], []
    author, role = (re.sub(r"[\u00a0\u202f]", " ", text) for text in (author, role))
    signature = _each_alone(lines)
    return Signing(
        author, role, " ".join(closings), signature, (*differs, *_doubts(pieces, author, role, len(names)))
    )


def _each_alone(lines: Sequence[_Line]) -> tuple[str, ...]:
    """The lines of the signature, a line for each person; offices on a line below join their names."""
    shown: list[str] = []
    together = 0  # how many people stood on the line before
    for line in lines:
        parts = [part for part in _BETWEEN.split(line.text) if part]
        if line.office and len(line.roles) == together > 1:
            shown[-together:] = map(", ".join, zip(shown[-together:], line.roles, strict=True))
            together = 0
        elif len(parts) == len(line.people) > 1:
            shown += parts
            together = len(parts) if not any(person.role for person in line.people) else 0
        else:
            shown.append(line.text)
            together = 0
    return tuple(shown)


def _first(pieces: Sequence[Piece], field: str) -> str:
    return next((piece.text for piece in pieces if piece.field == field), "")


def _read(piece: Piece, forms: Mapping[str, str]) -> _Line:
    if piece.kind == "role":
        return _Line("", bare_office(_normal(piece.text, forms, name=False)), (), office=True)
    if piece.kind == "office line":
        yours, _, words = piece.text.partition(" ")
        return _Line(yours.capitalize(), _normal(words, forms, name=False), (), office=True)
    yours, words = split_yours(piece.text)
    words = _normal(words or piece.text, forms, name=True)
    people = read_people(words)
    if not people and is_collective(words):
        people = (Person(re.sub(r"^(?:[Dd]as|[Dd]ie|[Dd]er) ", "", words), ""),)
    return _Line(yours.capitalize(), words, people, office=False)


def _normal(text: str, forms: Mapping[str, str], *, name: bool) -> str:
    return recase(text, forms, name=name) if is_capitals(text) else text


def _differences(
    author: str, names: Sequence[str], role: str, roles: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Where byline and signature say different things, the byline counts and a person decides."""
    doubts = []
    if author and names and author not in names:
        doubts.append(("author", f"Unterschrift: {'; '.join(names)}"))
    if role and roles and role not in roles:
        doubts.append(("role", f"Unterschrift: {'; '.join(roles)}"))
    return tuple(doubts)


def _doubts(pieces: Sequence[Piece], author: str, role: str, signers: int) -> tuple[tuple[str, str], ...]:
    fields = {"author": ("author", "signature_lines"), "role": ("role", "role_lines")}
    doubts = [
        (field, f"{CAPITALS} (Zeile {piece.lines[0]})")
        for field, sources in fields.items()
        for piece in pieces
        if piece.field in sources and is_capitals(piece.text) and piece.kind != "repeated"
    ]
    if not role and any(piece.kind == "after" for piece in pieces):
        doubts.append(("role", "nach der Unterschrift stehen Zeilen, die ein Amt nennen können"))
    if not author:
        doubts += [(field, "keine Unterschrift erkannt") for field in ("role", "signature_lines")]
        doubts.append(("author", "im Text ist niemand als Verfasser zu erkennen"))
    elif is_collective(author):
        doubts.append(("author", "eine Gruppe unterschreibt"))
    elif signers > 1:
        doubts += [
            (field, f"mehrere Unterschriften: {value}")
            for field, value in (("author", author), ("role", role))
            if value
        ]
    return tuple(doubts)
