"""The voices of an issue and the rules of its cards, read from files, with the place of every complaint."""

from pathlib import Path

import pytest
from paper import EDITORIAL, SmallOffice, WriteIssue, png

from mailer.content.issue import Issue, list_issues, read_issue
from subscribers.errors import Problems

CARDS = """\
[[highlights]]
programme = "meisterpraemie"
only_for = "gewerk = 'Maler'"

[[highlights]]
title = "Tag der offenen Tür"
teaser = "Alle Werkstätten sind offen."
"""
DU = '+++\ntitle = "Ein Titel für dich"\nsalutation = ["Liebe Mitglieder,"]\n+++\n\nDu liest einen Absatz.\n'
EN = '+++\ntitle = "A title"\nnumber = "X"\n+++\n\nOne paragraph.\n'


def read(office: SmallOffice, folder: Path) -> Issue:
    return read_issue(folder, office.register(), office.settings.folder)


def complaints(office: SmallOffice, folder: Path) -> list[tuple[str | None, str]]:
    with pytest.raises(Problems) as caught:
        read(office, folder)
    return [(each.place, each.message) for each in caught.value.problems]


def test_a_voice_brings_its_own_text_and_takes_the_cards_along(
    office: SmallOffice, write_issue: WriteIssue
) -> None:
    contact = EDITORIAL.replace("+++\n\n", '[[contacts]]\nname = "Jule Harmsen"\n+++\n\n')
    folder = write_issue(contact, CARDS)
    (folder / "editorial.du.md").write_text(DU, "utf-8")

    issue = read(office, folder)

    (voice,) = issue.voices
    assert (issue.voice, issue.file) == ("", "issues/2025-10/editorial.md")
    assert (voice.voice, voice.file) == ("du", "issues/2025-10/editorial.du.md")
    assert (voice.editorial.title, voice.label) == ("Ein Titel für dich", "Oktober 2025")
    assert voice.highlights == issue.highlights
    assert [each.name for each in voice.contacts] == ["Jule Harmsen"]


def test_a_voice_may_have_cards_of_its_own(office: SmallOffice, write_issue: WriteIssue) -> None:
    folder = write_issue(EDITORIAL, CARDS)
    (folder / "editorial.en.md").write_text(EN, "utf-8")
    (folder / "highlights.en.toml").write_text(
        '[[highlights]]\ntitle = "Open day"\nteaser = "Come."\n', "utf-8"
    )

    (voice,) = read(office, folder).voices

    assert [card.title for card in voice.highlights] == ["Open day"]
    assert (voice.number, voice.label) == ("X", "")


def test_every_complaint_about_every_voice_comes_at_once(
    office: SmallOffice, write_issue: WriteIssue
) -> None:
    folder = write_issue(EDITORIAL, CARDS)
    (folder / "editorial.du.md").write_text(DU.replace("title", "titel"), "utf-8")
    (folder / "editorial.en.md").write_text('+++\ntitle = "A"\nmonths = ["2025-11"]\n+++\n\nText.\n', "utf-8")
    (folder / "highlights.en.toml").write_text('[[highlights]]\nprogramme = "nichts"\n', "utf-8")
    (folder / "highlights.de.toml").write_text("", "utf-8")
    (folder / "editorial.fr.md").write_text(EN, "utf-8")

    found = complaints(office, folder)

    assert found == [
        ("issues/2025-10/editorial.fr.md", "A letter has no voice 'fr'."),
        (
            "issues/2025-10/highlights.de.toml",
            "These cards belong to no letter: there is no editorial.de.md.",
        ),
        ("issues/2025-10/editorial.du.md:2", "The key `title` is missing."),
        ("issues/2025-10/editorial.du.md:2", "The key `titel` is unknown."),
        ("issues/2025-10/highlights.en.toml:2", "The programme `nichts` is not in the register."),
    ]


@pytest.mark.parametrize(
    ("line", "word"), [('months = ["2025-11"]', "months"), ('newsletter = "x"', "newsletter")]
)
def test_what_is_one_for_all_voices_cannot_differ(
    office: SmallOffice, write_issue: WriteIssue, line: str, word: str
) -> None:
    folder = write_issue(EDITORIAL)
    (folder / "editorial.en.md").write_text(EN.replace("number", f"{line}\nnumber"), "utf-8")

    found = complaints(office, folder)

    assert found == [("issues/2025-10/editorial.en.md", f"`{word}` differs from editorial.md.")]


def test_marks_and_problems_of_a_voice_count_for_the_issue(
    office: SmallOffice, write_issue: WriteIssue
) -> None:
    folder = write_issue(EDITORIAL)
    (folder / "editorial.en.md").write_text(EN.replace('"X"', '"X"  # bitte prüfen: number'), "utf-8")

    marked = list_issues(office.settings.issues, office.register(), office.settings.folder)
    (folder / "editorial.en.md").write_text("nothing", "utf-8")
    broken = list_issues(office.settings.issues, office.register(), office.settings.folder)

    assert [each.state for each in (*marked, *broken)] == ["unsure (1 mark)", "unreadable (1 problem)"]


def test_a_picture_of_a_voice_is_read_from_the_issue_folder(
    office: SmallOffice, write_issue: WriteIssue
) -> None:
    folder = write_issue(EDITORIAL)
    (folder / "foto.png").write_bytes(png(4, 4))
    portrait = 'portrait = "foto.png"\nportrait_alt = "A face"\nnumber'
    (folder / "editorial.en.md").write_text(EN.replace("number", portrait), "utf-8")

    (voice,) = read(office, folder).voices

    assert voice.editorial.portrait is not None
    assert voice.editorial.portrait.alt == "A face"


def test_the_rule_of_a_card_is_kept_with_its_place(office: SmallOffice, write_issue: WriteIssue) -> None:
    cards = read(office, write_issue(EDITORIAL, CARDS)).highlights

    assert [(card.only_for, card.only_for_place) for card in cards] == [
        ("gewerk = 'Maler'", "issues/2025-10/highlights.toml:3"),
        ("", "issues/2025-10/highlights.toml:5"),
    ]


@pytest.mark.parametrize(
    ("line", "rule", "place"),
    [
        ("", "kreis = Unna", "programmes.toml:9"),
        ('only_for = "ort = Soest"', "ort = Soest", "issues/2025-10/highlights.toml:3"),
        ('only_for = ""', "", "issues/2025-10/highlights.toml:3"),
    ],
)
def test_the_rule_of_the_register_holds_where_the_issue_has_none(
    office: SmallOffice, write_issue: WriteIssue, line: str, rule: str, place: str
) -> None:
    register = office.settings.folder / "programmes.toml"
    text = register.read_text("utf-8").replace(
        "\n\n[programmes.fai]", '\nonly_for = "kreis = Unna"\n\n[programmes.fai]'
    )
    register.write_text(text, "utf-8")
    folder = write_issue(EDITORIAL, f'[[highlights]]\nprogramme = "meisterpraemie"\n{line}\n')

    (card,) = read(office, folder).highlights

    assert (card.only_for, card.only_for_place) == (rule, place)
