"""Deliberate changes: what changes.toml allows, and the entries that original or letter contradict."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailer.content.changes import Change
from tests.checks.kept import BLOCKS, PARAGRAPHS, findings, keep_original, letter


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace") / "issues" / "2025-10"
    keep_original(folder)
    return folder


def test_deliberate_changes_are_allowed_and_checked(folder: Path) -> None:
    blocks = [each.replace("fast 7000", "über 7.100") for each in BLOCKS[:-1]]
    changes = (
        Change("fast 7000", "über 7100", "Stand der Woche", "Redaktion", "changes.toml:1"),
        Change(PARAGRAPHS[-1], "", "gekürzt", "Redaktion", "changes.toml:6"),
    )

    assert findings(replace(letter(folder, blocks), changes=changes)) == []
    assert len(findings(replace(letter(folder, blocks), changes=changes[:1]))) == 1
    assert len(findings(replace(letter(folder, blocks), changes=changes[1:]))) == 2


def test_one_entry_covers_one_place_only(folder: Path) -> None:
    blocks = [
        each.replace("Die Werkstatt in Hamm und die Werkstatt in Soest", "Hamm und Soest") for each in BLOCKS
    ]
    change = Change("Werkstatt", "", "gekürzt", "Redaktion", "changes.toml:1")

    found = findings(replace(letter(folder, blocks), changes=(change,)))

    assert any("Werkstatt" in each.message for each in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fast 8000", "über 7000", "The original does not say “fast 8000”."),
        ("fast 7000", "rund 9000", "The letter does not say “rund 9000”."),
        ("Blatt", "Brief", "“Blatt” was left out by the import (line 3)."),
        ("17 Tipps", "", "“17 Tipps” was left out by the import (line 16)."),
        ("Mitglieder", "", "“Mitglieder” gives way to the personal greeting (line 8)."),
        ("fast 7000", "", "The letter still says “fast 7000”."),
        ("fast 7000", "über 6 %", "The letter still says “fast 7000”."),
        ("fast 7000", "fast 7.000", "`old` and `new` say the same: “fast 7000”."),
    ],
)
def test_a_change_that_fits_nowhere_is_an_error_with_its_line(
    folder: Path, old: str, new: str, message: str
) -> None:
    issue = replace(letter(folder), changes=(Change(old, new, "darum", "Redaktion", "changes.toml:4"),))

    found = [each for each in findings(issue) if each.rule == "fidelity.change"]

    assert {each.place for each in found} == {"changes.toml:4"}
    assert message in [each.message for each in found]


def test_a_change_listed_twice_is_an_error_unless_there_are_two_places(folder: Path) -> None:
    blocks = [
        each.replace("fast 7000", "über 7100").replace("Die Werkstatt in Hamm", "Hamm") for each in BLOCKS
    ]
    blocks = [each.replace("die Werkstatt in Soest", "Soest") for each in blocks]
    figure = Change("fast 7000", "über 7100", "Stand der Woche", "Redaktion", "changes.toml:1")
    hamm = Change("Die Werkstatt in", "", "gekürzt", "Redaktion", "changes.toml:6")
    soest = Change("die Werkstatt in", "", "gekürzt", "Redaktion", "changes.toml:11")

    once = findings(replace(letter(folder, blocks), changes=(figure, hamm, soest)))
    twice = replace(
        letter(folder, blocks), changes=(figure, hamm, soest, replace(figure, place="changes.toml:16"))
    )

    assert once == []
    assert [(each.place, each.message) for each in findings(twice)] == [
        ("changes.toml:16", "The change of “fast 7000” is listed already (changes.toml:1).")
    ]


def test_an_entry_is_for_one_place_unless_it_says_everywhere(folder: Path) -> None:
    blocks = [each.replace("ie Werkstatt in", "ie Halle in") for each in BLOCKS]
    change = Change("Werkstatt in", "Halle in", "neuer Name", "Redaktion", "changes.toml:1")

    once = findings(replace(letter(folder, blocks), changes=(change,)))
    twice = findings(replace(letter(folder, blocks), changes=(change, change)))
    everywhere = findings(replace(letter(folder, blocks), changes=(replace(change, everywhere=True),)))

    assert [each.severity for each in once] == ["error"]
    assert twice == everywhere == []
