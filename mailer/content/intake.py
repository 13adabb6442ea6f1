"""An arrived editorial, understood as far as rules go: right, or marked for a person, and nothing dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailer.content.asides import mark_pieces, with_marks
from mailer.content.casing import known_forms
from mailer.content.decoding import Source, decode
from mailer.content.doubts import Doubt, find_doubts, issue_doubts
from mailer.content.evidence import Evidence, find_evidence
from mailer.content.finds import doubtful_figures, find_candidates, find_figures, weak_candidates
from mailer.content.labels import find_label
from mailer.content.layout import lay_out
from mailer.content.matter import without_matter
from mailer.content.months import Month
from mailer.content.notation import with_notes, with_tables, without_emphasis
from mailer.content.pieces import LEFT_OUT, Piece
from mailer.content.programmes import Register, find_mentions
from mailer.content.signing import Signing, read_signing
from subscribers.errors import Problem


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
    source = _read(data, name)
    source, pieces = without_emphasis(source, lay_out(source.lines, source.styles))
    if not (paragraphs := _texts(pieces, "paragraphs")):
        raise _no_paragraph(name)
    signing = read_signing(pieces, known_forms(source.lines))
    issue, title, lead = (" ".join(_texts(pieces, field)) for field in ("issue", "title", "lead"))
    label = find_label(issue) if issue else None
    evidence = None if label else find_evidence(pieces)
    label = evidence.label if evidence else label
    found = label.months if label else ()
    body = "\n".join((title, lead, *paragraphs))
    counted = "\n".join(
        piece.text.removeprefix(piece.label) for piece in pieces if piece.field == "paragraphs"
    )
    named, candidates = _programmes(body, register)
    doubts = (
        *find_doubts(pieces, signing),
        *issue_doubts(name, pieces, evidence, found, tuple(months)),
        *_proposals(counted, (*named.values(), *candidates), candidates),
    )
    return Intake(
        source=source,
        pieces=pieces,
        publication=_publication(pieces, evidence),
        issue=issue or (label.text if label else ""),
        months=found,
        number=label.number if label else "",
        kicker=_kicker(" ".join(_texts(pieces, "kicker"))),
        title=title,
        lead=lead,
        salutation=_texts(pieces, "salutation"),
        signing=signing,
        blocks=_blocks(pieces, mark_pieces(pieces)),
        programmes=(*named.values(), *candidates),
        keys=tuple(named),
        candidates=candidates,
        figures=find_figures(counted),
        doubts=doubts,
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
        "fields": _fields(intake),
        "encoding": intake.source.encoding,
        "sha256": intake.source.sha256,
        "remarks": intake.source.remarks,
    }


def _no_paragraph(name: str) -> Problem:
    return Problem(
        "No paragraph was found: the text has no line that reads like a sentence.",
        place=name,
        hint="Write one line per paragraph, between salutation and signature.",
    )


def _fields(intake: Intake) -> Mapping[str, Mapping[str, object]]:
    """How sure every field is, and the lines it comes from."""
    order = ("certain", "likely", "doubtful")
    fields: dict[str, Mapping[str, object]] = {}
    for name in dict.fromkeys(piece.field for piece in intake.pieces if piece.field):
        found = [piece for piece in intake.pieces if piece.field == name]
        weakest = max((piece.confidence for piece in found), key=order.index)
        fields[name] = {
            "confidence": "doubtful" if name in intake.unsure else weakest,
            "lines": sorted({number for piece in found for number in piece.lines}),
        }
    return fields


def _read(data: bytes, name: str) -> Source:
    """Word through its own reader, which is loaded for it alone; all else is text."""
    if data.startswith(b"PK\x03\x04"):
        from mailer.content.word import read_word

        return read_word(data, name)
    source = decode(data, name)
    return with_notes(with_tables(without_matter(source))) if source.suffix == ".md" else source


def _publication(pieces: Sequence[Piece], evidence: Evidence | None) -> str:
    return " ".join(_texts(pieces, "publication")) or (evidence.publication if evidence else "")


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


def _blocks(pieces: Sequence[Piece], marks: Sequence[Piece]) -> tuple[Piece, ...]:
    """The body in order, with its marks. A quote from outside the text moves behind its second paragraph."""
    body = [index for index, piece in enumerate(pieces) if piece.field == "paragraphs"]
    first, last = body[0], body[-1]
    wanted = [
        piece for piece in pieces if piece.field in ("paragraphs", "pullquotes") or piece.kind == "note"
    ]
    inside = list(with_marks([piece for piece in wanted if piece in pieces[first : last + 1]], marks))
    outside = [piece for piece in wanted if piece not in pieces[first : last + 1]]
    moved = [piece for piece in outside if piece.kind == "quote"]
    notes = [piece for piece in outside if piece.kind == "note"]
    paragraphs = [index for index, piece in enumerate(inside) if piece.kind == "paragraph"]
    behind = paragraphs[1 if len(paragraphs) >= 4 else 0] + 1 if paragraphs else len(inside)
    return (*inside[:behind], *moved, *inside[behind:], *notes)


def _proposals(text: str, named: Sequence[str], candidates: Sequence[str]) -> Sequence[Doubt]:
    doubts = []
    if weak := weak_candidates(text, named):
        doubts.append(Doubt("programmes", f"Programm oder nicht: {', '.join(weak)}"))
    if candidates:
        doubts.append(Doubt("programmes", "mögliche Programme, die nicht im Register stehen"))
    if doubtful := doubtful_figures(text):
        doubts.append(Doubt("figures", f"Zahl oder nicht: {', '.join(doubtful)}"))
    return doubts
