"""What a letter in another language takes over from the newsletter's own is told once for each part."""

import json
from pathlib import Path

import pytest

from tests.frontdoor import rundbrief
from tests.small_workspace import EDITORIAL, make_office

CARDS = '[[highlights]]\ntitle = "Für alle"\nteaser = "Ein Satz für alle."\n'
LISTS = (
    '[[contacts]]\nname = "Jule Harmsen"\nphone = "02000 555-21"\n'
    '[[events]]\nday = 2099-11-04\ntitle = "Sprechtag"\n'
)
EN = (
    '+++\ntitle = "A short letter"\npreheader = "So that the list says something"\n{lists}+++\nA paragraph.\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    issue = make_office(tmp_path).settings.issues / "2025-10"
    (issue / "highlights.toml").write_text(CARDS, "utf-8")
    with_lists = EDITORIAL.replace('Mitglieder,"]\n', f'Mitglieder,"]\n{LISTS}')
    (issue / "editorial.md").write_text(with_lists, "utf-8")
    return issue


def borrowed(folder: Path) -> list[tuple[str, str, str, str]]:
    done = rundbrief("issue", "check", "2025-10", "--json", cwd=folder.parent.parent)
    found = json.loads(done.stdout)["findings"]
    keys = ("severity", "place", "message", "remedy")
    return [tuple(each[key] for key in keys) for each in found if each["rule"] == "voice.borrowed"]


def test_each_part_in_the_other_language_is_told_once(folder: Path) -> None:
    (folder / "editorial.en.md").write_text(EN.format(lists=""), "utf-8")

    assert borrowed(folder) == [
        ("warning", "issues/2025-10/editorial.en.md", message, remedy)
        for message, remedy in [
            ("The English letter shows the cards of highlights.toml.", "Write highlights.en.toml."),
            (
                "The English letter shows the contacts of editorial.md.",
                "Write `[[contacts]]` in editorial.en.md.",
            ),
            (
                "The English letter shows the events of editorial.md.",
                "Write `[[events]]` in editorial.en.md.",
            ),
        ]
    ]


def test_what_a_voice_writes_itself_is_not_told_even_if_it_is_the_same(folder: Path) -> None:
    (folder / "editorial.en.md").write_text(EN.format(lists=LISTS), "utf-8")
    (folder / "highlights.en.toml").write_text(CARDS, "utf-8")

    assert borrowed(folder) == []


def test_another_tone_of_the_same_language_borrows_without_a_word(folder: Path) -> None:
    (folder / "editorial.du.md").write_text(EN.format(lists=""), "utf-8")

    assert borrowed(folder) == []


def test_an_english_newsletter_is_told_of_its_german_voice(folder: Path) -> None:
    config = folder.parent.parent / "config.toml"
    own = config.read_text("utf-8").replace('send = "first', 'language = "en"\nsend = "first')
    config.write_text(own, "utf-8")
    (folder / "editorial.de.md").write_text(EN.format(lists=LISTS), "utf-8")

    ((_, _, message, remedy),) = borrowed(folder)

    assert message == "The German letter shows the cards of highlights.toml."
    assert remedy == "Write highlights.de.toml."


def test_parts_that_nobody_has_are_not_missed(folder: Path) -> None:
    (folder / "highlights.toml").unlink()
    (folder / "editorial.md").write_text(EDITORIAL, "utf-8")
    (folder / "editorial.en.md").write_text(EN.format(lists=""), "utf-8")

    assert borrowed(folder) == []
