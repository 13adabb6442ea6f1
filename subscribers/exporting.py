"""The people of a newsletter as a file: safe to open in Excel, and an import reads it back."""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from subscribers.attributes import attributes_of
from subscribers.card import Subscription
from subscribers.errors import BadUsage, Problem
from subscribers.fields import Fields
from subscribers.headers import column_of
from subscribers.labels import Labels, labels_of
from subscribers.people import list_people
from subscribers.person import Person
from subscribers.schema import consent_event
from subscribers.words import CONSENTED, TEXT_FIELDS, UNCONFIRMED, YES_KINDS

_SLICE = 500
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL, _MOST_ROWS = 32_767, 1_048_575  # of Excel
_PROOF = ("Rundbrief-Status", "Status seit", "Grundlage", "Quelle", "Einwilligung am", "Wortlaut")


def header(fields: Fields) -> list[str]:
    """The names of the columns, which an import knows again."""
    texts = [name.capitalize() if name != "plz" else "PLZ" for name in TEXT_FIELDS]
    return ["E-Mail", *texts, "Themen", "Tags", *map(column_of, fields), *_PROOF]


def export_rows(
    connection: Connection, newsletter: str, condition: ColumnElement[bool] | None, fields: Fields
) -> Iterator[list[str]]:
    """One row of text for each subscription, in the order in which people came; read in slices."""
    after = 0
    while True:
        some = list(
            islice(list_people(connection, newsletter, condition, after_id=after, limit=_SLICE), _SLICE)
        )
        if not some:
            return
        after = some[-1][1].id
        ids = [person.id for person, _ in some]
        labels, attributes = labels_of(connection, ids), attributes_of(connection, ids)
        said = _proofs(connection, newsletter, ids)
        for person, place in some:
            mine = labels.get(person.id, Labels())
            own = attributes.get(person.id, {})
            proof = _proof_of(place, said.get(person.id, ()))
            yield [
                *_texts(person),
                "; ".join(mine.topics),
                "; ".join(mine.tags),
                *(own.get(name, "") for name in fields),
                *(place.state, place.state_since.isoformat(), place.basis),
                *proof,
            ]


def write_export(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write `.csv` (UTF-8 with its mark, semicolons) or `.xlsx`, whole or not at all; returns how many rows.

    No cell is a formula: an apostrophe stands before what a spreadsheet would calculate. Only the owner may
    read the file.

    Raises:
        BadUsage: the name ends in something else.
        Problem: the file cannot be written, or Excel cannot hold it.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise BadUsage(f"{path.name} is no kind of export.", hint="Let the name end in .csv or .xlsx.")
    part = path.with_name(f".{path.name}.part")
    safe = ([_safe(cell) for cell in row] for row in rows)
    try:
        try:
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb"):
                pass
            written = (_write_csv if kind == ".csv" else _write_excel)(part, names, safe)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Problem(f"The file cannot be written: {error.strerror}.", place=str(path)) from None
    return written


def _texts(person: Person) -> list[str]:
    return [person.email, *(getattr(person, name) for name in TEXT_FIELDS)]


def _proofs(connection: Connection, newsletter: str, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    mine = consent_event.c.subscriber_id.in_(ids) & (consent_event.c.newsletter == newsletter)
    found: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(select(consent_event).where(mine).order_by(consent_event.c.id)):
        found.setdefault(row.subscriber_id, []).append(row)
    return found


def _proof_of(place: Subscription, events: Sequence[Row[Any]]) -> tuple[str, str, str]:
    """Source, moment and wording of the yes (or of the question) on which the subscription stands."""
    kinds = {CONSENTED: YES_KINDS, UNCONFIRMED: ("asked",)}.get(place.basis, ())
    for event in reversed(events):
        if event.kind in kinds:
            return event.source, event.at.isoformat(), event.wording
    return "", "", ""


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(names)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the count
            writer.writerow(row)
    return count


def _write_excel(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rundbrief")
    sheet.append(list(names))
    count = 0
    for count, row in enumerate(rows, start=1):
        cells = [_NOT_IN_XML.sub(" ", cell) for cell in row]
        if count > _MOST_ROWS or any(len(cell) > _LONGEST_CELL for cell in cells):
            raise Problem(
                "Excel cannot hold this many rows or this long a text.", hint="Export .csv instead."
            )
        sheet.append(cells)
    book.save(path)
    book.close()
    return count
