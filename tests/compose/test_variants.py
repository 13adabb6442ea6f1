"""Variants: each shows exactly its cards and speaks with one voice, and what decides is written down."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mailer.checks.preflight import preflight
from mailer.checks.surroundings import Surroundings
from mailer.compose.edition import Edition, compile_edition, fingerprint
from mailer.compose.environment import TemplateProblem
from mailer.compose.letterhead import Letterhead
from mailer.content.issue import Contact, Highlight, Issue
from mailer.content.pictures import Picture
from mailer.delivery.message import Message
from subscribers.errors import BadUsage, Problem, Problems
from tests.delivery.test_message import ENVELOPE, IDENTITY, KIM, WHEN
from tests.letters import DOT, HEAD, PORTRAIT, VALUES, edition_of, make_card, make_issue

GT = "kreis = 'Kreis Gütersloh'"


def card(number: int, rule: str = "", **fields: Any) -> Highlight:
    place = f"issues/2025-10/highlights.toml:{number * 10}"
    return make_card(number, only_for=rule, only_for_place=place, **fields)


def voiced(issue: Issue, name: str, **editorial: Any) -> Issue:
    """The issue with one more voice that has this editorial."""
    spoken = replace(issue, voice=name, label="", editorial=replace(issue.editorial, **editorial))
    return replace(issue, voices=(*issue.voices, spoken))


def keys(edition: Edition) -> list[str]:
    return [each.key for each in edition.variants]


def test_without_rules_and_voices_there_is_one_variant() -> None:
    edition = edition_of(make_issue(highlights=(card(1), card(2))))

    (only,) = edition.variants
    assert (only.key, only.language, only.tone, only.cards) == (
        "standard",
        "de",
        "formal",
        ("karte-1", "karte-2"),
    )
    assert edition.selection["voices"][0]["keys"] == {"": "standard"}


def test_each_variant_shows_exactly_its_cards_in_both_parts() -> None:
    cards = (card(1, GT), card(2), card(3, "gewerk = Maler"))
    edition = edition_of(make_issue(highlights=cards))

    assert [(each.key, each.cards) for each in edition.variants] == [
        ("de-1", ("karte-1", "karte-2", "karte-3")),
        ("de-2", ("karte-1", "karte-2")),
        ("de-3", ("karte-2", "karte-3")),
        ("de-4", ("karte-2",)),
    ]
    for variant in edition.variants:
        for part in (variant.fill_html(VALUES), variant.fill_text(VALUES)):
            shown = {each.key for each in cards if each.title in part.replace("\u00a0", " ")}
            linked = {each.key for each in cards if each.url in part}
            assert shown == linked == set(variant.cards)


def test_seven_cards_for_seven_kreise_make_eight_variants() -> None:
    cards = tuple(card(number, f"kreis = 'Kreis {number}'") for number in range(1, 8))

    edition = edition_of(make_issue(highlights=cards))

    assert keys(edition) == [f"de-{number}" for number in range(1, 9)]
    assert [len(each.cards) for each in edition.variants] == [1] * 7 + [0]


def test_equal_rules_count_once_however_they_are_typed() -> None:
    cards = (card(1, "gewerk = Maler"), card(2, 'gewerk="Maler"'), card(3, "gewerk = 'maler'"))

    edition = edition_of(make_issue(highlights=cards))

    assert [len(each.cards) for each in edition.variants] == [3, 0]


def test_each_voice_speaks_for_itself_and_is_greeted_in_its_own_words() -> None:
    issue = voiced(make_issue(highlights=(card(1, GT),)), "du", title="Für dich")
    issue = voiced(issue, "en", title="For you", body="This is **English**.")

    edition = edition_of(issue)

    assert keys(edition) == ["de-1", "de-2", "de-du-1", "de-du-2", "en-1", "en-2"]
    formal, _, du, _, english, _ = edition.variants
    assert "Sie erhalten diesen Brief, weil Sie" in formal.text
    assert "Du erhältst diesen Brief, weil du" in du.text
    assert "You receive this letter because you" in english.text
    assert "Am Werktisch" in formal.html
    assert "Für dich" in du.html
    assert "<strong>English</strong>" in english.html
    assert [(each.language, each.tone) for each in (formal, du, english)] == [
        ("de", "formal"),
        ("de", "du"),
        ("en", "formal"),
    ]
    assert 'lang="en"' in english.html
    assert "October 2025" in english.text
    assert "Oktober" not in english.text
    assert " Sie " not in du.text


@pytest.mark.parametrize(
    ("language", "tone", "name"),
    [("de", "formal", "de"), ("de", "du", "du"), ("en", "formal", "en"), ("en", "du", "en")],
)
def test_a_file_for_the_voice_of_the_newsletter_itself_is_refused(
    language: str, tone: str, name: str
) -> None:
    issue = voiced(make_issue(), name)

    with pytest.raises(Problem, match=rf"editorial\.{name}\.md: .*itself speaks like this"):
        edition_of(issue, replace(HEAD, language=language, tone=tone))


def test_a_rule_that_cannot_be_read_is_told_with_line_and_character() -> None:
    issue = make_issue(highlights=(card(1, "kreis == Unna"), card(2, "kries = Unna"), card(3, GT)))

    with pytest.raises(Problems) as caught:
        edition_of(issue)

    assert [each.place for each in caught.value.problems] == [
        "issues/2025-10/highlights.toml:10, rule, character 7",
        "issues/2025-10/highlights.toml:20, rule, character 1",
    ]
    assert "Did you mean kreis?" in str(caught.value)
    assert caught.value.exit_code == 2


def test_more_than_64_variants_are_refused_naming_the_rules() -> None:
    fields = ("kreis", "gewerk", "ort", "plz", "firma", "funktion")
    six = make_issue(highlights=tuple(card(at, f"{name} = a") for at, name in enumerate(fields, 1)))

    assert len(edition_of(six).variants) == 64
    with pytest.raises(BadUsage, match=r"make 128 variants.*highlights\.toml:10 kreis = a; .*same rule"):
        edition_of(voiced(six, "du"))


def test_rules_that_compare_too_much_are_refused_with_the_file() -> None:
    cards = tuple(card(number, f"ort contains {number}") for number in range(1, 15))

    with pytest.raises(BadUsage, match=r"issues/2025-10/highlights\.toml: .*too many ways"):
        edition_of(make_issue(highlights=cards))


def test_a_letter_carries_the_pictures_that_it_shows() -> None:
    pictures = [Picture(f"{name}.gif", "image/gif", 1200, 600, DOT, name, "") for name in ("a", "b")]
    cards = (card(1, GT, picture=pictures[0]), card(2, f"not {GT}", picture=pictures[1]))
    issue = voiced(make_issue(highlights=cards), "en", portrait=PORTRAIT)

    edition = edition_of(issue)

    assert {each.name for each in edition.pictures} == {"a.gif", "b.gif", "portrait.gif"}
    found = {
        each.key: [
            picture.name
            for picture in edition.pictures
            if f"Content-ID: <{picture.name}>".encode() in whole(edition, each.key)
        ]
        for each in edition.variants
    }
    assert found == {
        "de-1": ["a.gif"],
        "de-2": ["b.gif"],
        "en-1": ["a.gif", "portrait.gif"],
        "en-2": ["b.gif", "portrait.gif"],
    }


def whole(edition: Edition, key: str) -> bytes:
    variant = next(each for each in edition.variants if each.key == key)
    return Message(variant, edition.pictures, ENVELOPE).fill(KIM, message_id=IDENTITY, date=WHEN)


def test_a_message_says_its_own_language() -> None:
    edition = edition_of(voiced(make_issue(), "en"))

    assert b"Content-Language: de\r\n" in whole(edition, "de")
    assert b"Content-Language: en\r\n" in whole(edition, "en")


def test_a_changed_rule_is_another_fingerprint_even_if_every_letter_stays() -> None:
    before, after = (
        edition_of(make_issue(highlights=(card(1, f"kreis = {name}"),))) for name in ("Unna", "Soest")
    )

    assert before.variants == after.variants
    assert fingerprint(before, {}) != fingerprint(after, {})


def test_the_workspace_may_change_the_words_of_one_tone(tmp_path: Path) -> None:
    (tmp_path / "strings.toml").write_text('[de-du]\ncontacts = "Frag einfach"\n', "utf-8")
    contact = Contact("Jule Harmsen", "Beratung", "", "")
    issue = voiced(make_issue(contacts=(contact,)), "du")

    formal, du = compile_edition(issue, HEAD, tmp_path).variants

    assert "Ihre Ansprechpersonen" in formal.text
    assert "Frag einfach" in du.text


@pytest.mark.parametrize(
    "name", ["vorname", "nachname", "person.vorname", "subscriber", "kreis", "head.vorname"]
)
def test_a_template_that_asks_for_a_person_is_told_what_to_do(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "letter.txt").write_text(f"eins\n{{% if {name} == 'x' %}}x{{% endif %}}", "utf-8")

    with pytest.raises(TemplateProblem) as caught:
        compile_edition(make_issue(), HEAD, folder)

    assert caught.value.place == "templates/letter.txt:2"
    assert "only_for" in str(caught.value)
    assert "greeting" in str(caught.value)


def test_other_unknown_names_get_no_such_advice(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("{{ titlle }}", "utf-8")

    with pytest.raises(TemplateProblem) as caught:
        compile_edition(make_issue(), HEAD, tmp_path)

    assert "only_for" not in str(caught.value)


def findings(issue: Issue, head: Letterhead = HEAD) -> list[tuple[str, str]]:
    found = preflight(issue, edition_of(issue, head), Surroundings(today=date(2025, 10, 2)))
    return [(each.rule, each.place) for each in found]


def test_a_card_that_nobody_can_get_is_told() -> None:
    issue = make_issue(highlights=(card(1, "kreis = a and kreis = b"), card(2, "kreis = a")))

    assert findings(issue) == [("card.nobody", "issues/2025-10/highlights.toml:10")]


def test_each_voice_is_checked_at_its_own_place_and_a_shared_fault_is_said_once() -> None:
    issue = voiced(make_issue(highlights=(card(1, GT, audience=""),)), "en", body="[TODO] more")

    found = findings(issue)

    assert ("content.note", "issues/2025-10/editorial.en.md:12") in found
    assert found.count(("card.audience", "issues/2025-10/highlights.toml:1")) == 1
