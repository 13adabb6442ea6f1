"""Everybody signs with the office of the original, in its order, however the lines are written."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.content.changes import Change
from tests.checks.kept import PARAGRAPHS, findings, keep_original, letter

SPLIT = ("Ada Muster", "Präsidentin der Kammer", "Bert Beispiel", "Geschäftsführer der Kammer")
JOINED = ("Ada Muster, Präsidentin der Kammer", "Bert Beispiel, Geschäftsführer der Kammer")
AUTHOR, ROLE = "Ada Muster; Bert Beispiel", "Präsidentin der Kammer; Geschäftsführer der Kammer"


def signed(
    tmp_path: Path,
    original: Sequence[str],
    signature: Sequence[str],
    author: str = AUTHOR,
    role: str = ROLE,
    changes: tuple[Change, ...] = (),
) -> list[tuple[str, str]]:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(
        folder, ["Ein Titel", "Liebe Mitglieder,", *PARAGRAPHS[1:3], "Mit besten Grüßen", *original]
    )
    issue = letter(
        folder, PARAGRAPHS[1:3], title="Ein Titel", author=author, role=role, signature=tuple(signature)
    )
    return [(each.rule, each.severity) for each in findings(replace(issue, changes=changes))]


@pytest.mark.parametrize("original", [SPLIT, JOINED, [each.upper() for each in SPLIT]])
@pytest.mark.parametrize(
    "signature",
    [
        SPLIT,
        JOINED,
        ("Präsidentin der Kammer Ada Muster", "Geschäftsführer der Kammer Bert Beispiel"),
        (f"{JOINED[0]} | {JOINED[1]}",),
    ],
)
def test_the_same_people_with_their_offices_are_no_finding(
    tmp_path: Path, original: Sequence[str], signature: Sequence[str]
) -> None:
    assert signed(tmp_path, original, signature) == []


@pytest.mark.parametrize("original", [SPLIT, JOINED])
@pytest.mark.parametrize(
    "signature",
    [
        (SPLIT[2], SPLIT[1], SPLIT[0], SPLIT[3]),
        (SPLIT[0], SPLIT[3], SPLIT[2], SPLIT[1]),
        (*SPLIT[2:], *SPLIT[:2]),
        ("Ada Muster, Geschäftsführer der Kammer", "Bert Beispiel, Präsidentin der Kammer"),
        (JOINED[1], JOINED[0]),
        (SPLIT[0], SPLIT[3]),
    ],
    ids=["names", "offices", "both", "offices in one line", "lines", "one with the other's office"],
)
def test_swapped_signers_and_swapped_offices_are_errors(
    tmp_path: Path, original: Sequence[str], signature: Sequence[str]
) -> None:
    assert ("fidelity.signature", "error") in signed(tmp_path, original, signature)


def test_author_and_role_are_looked_at_as_well(tmp_path: Path) -> None:
    author = signed(tmp_path, JOINED, JOINED, author="Bert Beispiel; Ada Muster")
    role = signed(tmp_path, JOINED, JOINED, role="Geschäftsführer der Kammer; Präsidentin der Kammer")

    assert author == role == [("fidelity.signature", "error")]


def test_one_office_of_two_people_keeps_its_owner(tmp_path: Path) -> None:
    original = ("Ada Muster, Präsidentin der Kammer", "Bert Beispiel")
    role = "Präsidentin der Kammer"

    kept = signed(tmp_path, original, original, role=role)
    moved = signed(tmp_path, original, ("Ada Muster", "Bert Beispiel, Präsidentin der Kammer"), role=role)

    assert (kept, moved) == ([], [("fidelity.signature", "error")])


def test_a_recorded_order_is_allowed(tmp_path: Path) -> None:
    change = Change(
        " ".join(JOINED), " ".join(reversed(JOINED)), "Wunsch der Präsidentin", "Redaktion", "changes.toml:1"
    )

    assert signed(tmp_path, JOINED, JOINED[::-1], AUTHOR, ROLE, (change,)) == []
