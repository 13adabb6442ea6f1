"""Rows of a long list in a file of their own, from which whole slices are taken over by single statements."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from subscribers.consent import Consent
from subscribers.usable import Ready
from subscribers.words import TEXT_FIELDS

PERSON = ("email", "email_key", "suppression_key", "smtputf8")
PERSON_COLUMNS = (*PERSON, *TEXT_FIELDS, *(f"{name}_key" for name in TEXT_FIELDS))
COLUMNS = ("line", "said", "token", *PERSON_COLUMNS)


class Said(NamedTuple):
    """What many rows share: the state they give a new subscription, and the proof for it."""

    state: str
    basis: str
    consents: tuple[Consent, ...]
    declined: bool


class Staged(NamedTuple):
    """A file of rows that need no second look, in the order of their keyed hashes, numbered from 1.

    Args:
        said: what the rows say; each row has the place of its own in this list.
    """

    path: Path
    rows: int
    said: Sequence[Said]


def is_plain(one: Ready) -> bool:
    """Whether a row of a new person is written by its columns alone."""
    return (
        not (one.remarks or one.labels or one.attributes or one.stopped or one.own) and len(one.consents) < 2
    )


def stage(path: Path, rows: Sequence[Ready]) -> Staged:
    """Write plain rows into a new file."""
    said: dict[tuple[str, str, int, bool], int] = {}  # consents are shared by the rows that say the same
    sayings: list[Said] = []
    lines = []
    for one in sorted(
        rows, key=_hash_of
    ):  # the order of the largest index, which is written in few places so
        key = one.state, one.basis, id(one.consents), one.declined
        if (at := said.get(key)) is None:
            at = said[key] = len(sayings)
            sayings.append(Said(one.state, one.basis, one.consents, one.declined))
        lines.append((one.line, at, one.token, *one.person))
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN")
        file.execute(f"CREATE TABLE staged (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")
        marks = ", ".join("?" * len(COLUMNS))
        file.executemany(f"INSERT INTO staged ({', '.join(COLUMNS)}) VALUES ({marks})", lines)  # noqa: S608
        file.execute("COMMIT")
    return Staged(path, len(lines), sayings)


def _hash_of(row: Ready) -> Any:
    return row.person[2]


def rows_of(staged: Staged, many: Callable[[], int]) -> Iterator[Sequence[Ready]]:
    """The rows as they were, so many at a time; the file is gone afterwards."""
    with closing(sqlite3.connect(staged.path)) as file:
        rows = file.execute(f"SELECT {', '.join(COLUMNS)} FROM staged ORDER BY id")  # noqa: S608
        while some := rows.fetchmany(many()):
            yield [ready(row, staged.said) for row in some]
    staged.path.unlink()


def ready(row: Sequence[Any], sayings: Sequence[Said]) -> Ready:
    """One row, from its columns."""
    line, at, token, email, key, hashed, smtputf8, *texts = row
    state, basis, consents, declined = sayings[at]
    person = (email, key, hashed, bool(smtputf8), *texts)
    return Ready(line, person, token, state, basis, consents, declined=declined)
