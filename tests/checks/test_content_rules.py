from dataclasses import replace

import pytest

from mailer.checks.content import check_content
from mailer.checks.finding import Finding
from mailer.content.issue import Figure, Issue, Unsure
from tests.letters import make_card, make_issue


def findings(issue: Issue, rule: str) -> list[Finding]:
    return [each for each in check_content(issue) if each.rule == rule]


def test_a_good_issue_has_no_findings() -> None:
    assert list(check_content(make_issue(highlights=(make_card(),)))) == []


def test_a_mark_is_an_error_at_its_place() -> None:
    issue = replace(
        make_issue(),
        unsure=(Unsure("issues/2025-10/editorial.md:3", "author", "zwei Namen"), Unsure("x:4", "body", "")),
    )

    first, second = findings(issue, "content.unsure")

    assert (first.severity, first.place) == ("error", "issues/2025-10/editorial.md:3")
    assert first.message == "name of the author (author) is marked “bitte prüfen”: zwei Namen"
    assert second.message == "text (body) is marked “bitte prüfen”."


@pytest.mark.parametrize(
    "note",
    ["[Zahl noch prüfen]", "[Quelle folgt]", "[TODO]", "[bitte klären: 6 %?]", "[xxx]", "[Link ergänzen!]"],
)
def test_a_note_in_the_text_is_an_error_with_its_line(note: str) -> None:
    issue = make_issue(body=f"Ein Satz.\n\nNoch einer \u2028 {note} mit Ende.")

    (found,) = findings(issue, "content.note")

    assert found.severity == "error"
    assert found.place == "issues/2025-10/editorial.md:14"
    assert found.message == f"A note was left in the text: {note}"


@pytest.mark.parametrize(
    "text",
    [
        "[So prüfen Sie Ihren Anspruch](https://example.org/)",
        "[So prüfen Sie][1]\n\n[1]: https://example.org/",
        "[prüfen]: https://example.org/",
        "[wie im Vorjahr erfolgt]",
        "Das ist zu prüfen [1].",
        "[gemeint ist die Prämie]",
    ],
)
def test_brackets_with_other_words_are_no_note(text: str) -> None:
    assert findings(make_issue(body=text), "content.note") == []


@pytest.mark.parametrize("field", ["kicker", "title", "subject", "preheader", "lead"])
def test_a_note_in_a_line_of_the_head_is_an_error(field: str) -> None:
    (found,) = findings(make_issue(**{field: "Wort [prüfen]"}), "content.note")

    assert found.place == "issues/2025-10/editorial.md"


def test_a_note_in_a_card_or_figure_is_an_error_at_its_place() -> None:
    issue = make_issue(
        highlights=(make_card(5, teaser="Es sind [Zahl noch prüfen] Euro."),),
        figures=(Figure("[TODO]", "Betriebe", ""),),
    )

    figure, card = findings(issue, "content.note")

    assert figure.place == "issues/2025-10/editorial.md"
    assert card.place == "issues/2025-10/highlights.toml:5"


@pytest.mark.parametrize(
    ("subject", "title", "count"), [("x" * 61, "kurz", 1), ("", "x" * 61, 1), ("x" * 60, "x" * 90, 0)]
)
def test_a_subject_that_inbox_lists_cut_off_is_a_warning(subject: str, title: str, count: int) -> None:
    found = findings(make_issue(subject=subject, title=title), "content.subject")

    assert [each.severity for each in found] == ["warning"] * count


@pytest.mark.parametrize(
    ("preheader", "lead", "count"), [("", "", 1), ("Vorspann", "", 0), ("", "Vorspann", 0)]
)
def test_a_missing_preheader_is_a_warning(preheader: str, lead: str, count: int) -> None:
    found = findings(make_issue(preheader=preheader, lead=lead), "content.preheader")

    assert [each.severity for each in found] == ["warning"] * count
