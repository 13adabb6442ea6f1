"""An arrived editorial, understood as far as rules go: right, or marked for a person, and nothing dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailer.content.casing import known_forms
from mailer.content.decoding import Source, decode
from mailer.content.finds import find_candidates, find_figures
from mailer.content.layout import lay_out
from mailer.content.masthead import read_masthead
from mailer.content.months import Month
from mailer.content.pieces import LEFT_OUT, Piece
from mailer.content.programmes import Register, find_mentions
from mailer.content.signing import Signing, read_signing
from subscribers.errors import Problem


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field that a person must confirm, and why (in the language of the editors)."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What was understood. `pieces` cover every line that is not blank; `blocks` are the body in order."""

    source: Source
    pieces: tuple[Piece, ...]
    publication: str
    issue: str
    months: tuple[Month, ...]
    number: str
    kicker: str
    title: str
    lead: str
    salutation: tuple[str, ...]
    signing: Signing
    blocks: tuple[Piece, ...]
    programmes: tuple[str, ...]
    keys: tuple[str, ...]
    candidates: tuple[str, ...]
    figures: tuple[str, ...]
    doubts: tuple[Doubt, ...]

    def texts(self, field: str) -> tuple[str, ...]:
        """The texts of one field, as in the source."""
        return tuple(piece.text for piece in self.pieces if piece.field == field)

    @property
    def left_out(self) -> tuple[Piece, ...]:
        """The pieces that are not in the issue."""
        return tuple(piece for piece in self.pieces if piece.kind in LEFT_OUT)

    @property
    def unsure(self) -> tuple[str, ...]:
        """The names of the doubtful fields, once each."""
        return tuple(dict.fromkeys(doubt.field for doubt in self.doubts))

    @property
    def month_key(self) -> str | None:
        """`2025-10`, `2025-07/2025-08` for a double issue, None without a month."""
        return "/".join(f"{year}-{month:02}" for year, month in self.months) or None


def take_in(data: bytes, name: str, register: Register, months: Sequence[Month] = ()) -> Intake:
    """Understand an arrived text; `months` are those of the key it shall get, to notice a contradiction.

    Raises:
        Problem: the bytes are no text, or no text that an editorial could be in.
    """
    source = decode(data, name)
    pieces = lay_out(source.lines)
    paragraphs = _texts(pieces, "paragraphs")
    if not paragraphs:
        raise Problem(
            "No paragraph was found: the text has no line that reads like a sentence.",
            place=name,
            hint="Write one line per paragraph, between salutation and signature.",
        )
    signing = read_signing(pieces, known_forms(source.lines))
    issue, title, lead = (" ".join(_texts(pieces, field)) for field in ("issue", "title", "lead"))
    masthead = read_masthead(issue) if issue else None
    found = masthead.months if masthead else ()
    named, candidates = _programmes("\n".join((title, lead, *paragraphs)), register)
    return Intake(
        source=source,
        pieces=pieces,
        publication=" ".join(_texts(pieces, "publication")),
        issue=issue,
        months=found,
        number=masthead.number if masthead and not found else "",
        kicker=_kicker(" ".join(_texts(pieces, "kicker"))),
        title=title,
        lead=lead,
        salutation=_texts(pieces, "salutation"),
        signing=signing,
        blocks=_blocks(pieces),
        programmes=(*named.values(), *candidates),
        keys=tuple(named),
        candidates=candidates,
        figures=find_figures("\n".join(paragraphs)),
        doubts=tuple(_doubts(pieces, signing, candidates, found, tuple(months))),
    )


def as_json(intake: Intake) -> dict[str, Any]:
    """The answer of `issue import --json`; these keys are fixed."""
    return {
        "publication": intake.publication or None,
        "issue": intake.month_key,
        "number": intake.number or None,
        "kicker": intake.kicker or None,
        "title": intake.title or None,
        "lead": intake.lead or None,
        "author": intake.signing.author or None,
        "role": intake.signing.role or None,
        "pullquotes": intake.texts("pullquotes"),
        "salutation": intake.salutation,
        "paragraphs": intake.texts("paragraphs"),
        "closing": intake.signing.closing or None,
        "signature_lines": intake.texts("signature_lines"),
        "role_lines": intake.texts("role_lines"),
        "programmes": intake.programmes,
        "candidates": intake.candidates,
        "figures": intake.figures,
        "unsure": intake.unsure,
        "left_out": [
            {"line": piece.lines[0], "text": piece.text, "class": piece.kind} for piece in intake.left_out
        ],
        "encoding": intake.source.encoding,
        "sha256": intake.source.sha256,
        "remarks": intake.source.remarks,
    }


def _texts(pieces: Sequence[Piece], field: str) -> tuple[str, ...]:
    return tuple(piece.text for piece in pieces if piece.field == field)


def _kicker(text: str) -> str:
    return text.capitalize() if text.isupper() else text


def _programmes(text: str, register: Register) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Known programmes by key, each by the longest name used; names that only look like programmes."""
    flat = text.replace("\u00a0", " ").replace("\u202f", " ")
    mentions = find_mentions(flat, register)
    named: dict[str, str] = {}
    for mention in mentions:
        named[mention.key] = max(named.get(mention.key, ""), mention.name, key=len)
    return named, find_candidates(flat, mentions)


def _blocks(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The body in order. A quote from outside the text moves behind its second paragraph."""
    body = [index for index, piece in enumerate(pieces) if piece.field == "paragraphs"]
    first, last = body[0], body[-1]
    wanted = [
        piece for piece in pieces if piece.field in ("paragraphs", "pullquotes") or piece.kind == "note"
    ]
    inside = [piece for piece in wanted if piece in pieces[first : last + 1]]
    outside = [piece for piece in wanted if piece not in pieces[first : last + 1]]
    moved = [piece for piece in outside if piece.kind == "quote"]
    notes = [piece for piece in outside if piece.kind == "note"]
    paragraphs = [index for index, piece in enumerate(inside) if piece.kind == "paragraph"]
    behind = paragraphs[1 if len(paragraphs) >= 4 else 0] + 1 if paragraphs else len(inside)
    return (*inside[:behind], *moved, *inside[behind:], *notes)


def _doubts(
    pieces: Sequence[Piece],
    signing: Signing,
    candidates: Sequence[str],
    found: tuple[Month, ...],
    wanted: tuple[Month, ...],
) -> Sequence[Doubt]:
    confirmed = {"issue"} if found and found == wanted else set()  # the key says the same
    doubts = [
        Doubt(piece.field, piece.reason)
        for piece in pieces
        if piece.confidence == "doubtful" and piece.field not in {"", *confirmed}
    ]
    doubts += [Doubt("paragraphs", piece.text) for piece in pieces if piece.kind in ("note", "unclassified")]
    if found and wanted and found != wanted:
        doubts.append(Doubt("issue", "Schlüssel und Text nennen verschiedene Monate"))
    if not _texts(pieces, "title"):
        doubts.append(Doubt("title", "im Text stand keine Überschrift"))
    doubts += [Doubt(field, reason) for field, reason in signing.doubts]
    if candidates:
        doubts.append(Doubt("programmes", "mögliche Programme, die nicht im Register stehen"))
    return doubts
