from datetime import date

import pytest

from mailer.checks.cards import check_cards
from mailer.checks.finding import Finding
from mailer.checks.preflight import preflight
from mailer.checks.surroundings import Surroundings
from mailer.content.issue import Highlight
from tests.letters import VALUES, compiled, edition_of, make_card, make_issue

TODAY = date(2025, 10, 7)
AROUND = Surroundings(today=TODAY)


def findings(card: Highlight, days: int = 120) -> list[Finding]:
    return list(check_cards(make_issue(highlights=(card,)), TODAY, days))


def test_a_good_card_has_no_findings() -> None:
    assert findings(make_card()) == []


@pytest.mark.parametrize(("field", "rule"), [("deadline", "content.deadline"), ("event", "content.event")])
@pytest.mark.parametrize(("day", "count"), [(date(2025, 10, 6), 1), (TODAY, 0), (date(2025, 10, 8), 0)])
def test_a_passed_day_is_a_warning(field: str, rule: str, day: date, count: int) -> None:
    found = findings(make_card(2, **{field: day}))

    assert [(each.rule, each.severity) for each in found] == [(rule, "warning")] * count
    if found:
        assert found[0].place == "issues/2025-10/highlights.toml:2"
        assert "06.10.2025" in found[0].message


@pytest.mark.parametrize(
    ("checked_on", "days", "rules"),
    [
        (None, 120, ["card.unchecked"]),
        (date(2025, 10, 8), 120, ["card.unchecked"]),
        (date(2025, 6, 8), 120, ["card.stale"]),
        (date(2025, 6, 9), 120, []),
        (date(2025, 6, 9), 119, ["card.stale"]),
    ],
)
def test_a_card_needs_a_recent_check(checked_on: date | None, days: int, rules: list[str]) -> None:
    found = findings(make_card(checked_on=checked_on), days)

    assert [each.rule for each in found] == rules


@pytest.mark.parametrize(("kind", "count"), [("Förderung", 1), ("Termin", 0), ("Hinweis", 0)])
def test_an_offer_says_for_whom_it_is(kind: str, count: int) -> None:
    found = findings(make_card(kind=kind, audience=""))

    assert [each.rule for each in found] == ["card.audience"] * count


def test_a_card_without_link_is_a_text_card() -> None:
    issue = make_issue(highlights=(make_card(url="", label="Zur Prämie"),))
    variant = compiled(issue)

    assert "Zur Prämie" not in variant.html + variant.text
    assert "Prämie Nummer 1" in variant.html
    assert preflight(issue, edition_of(issue), AROUND) == []


@pytest.mark.parametrize("path", ["/", "/antrag?a=1"])
def test_a_domain_with_umlauts_is_followed_as_a_label_and_read_as_written(path: str) -> None:
    card = make_card(url=f"https://meisterprämie.example{path}")
    issue = make_issue(
        highlights=(card,), body=f"Mehr bei der [Straßenprüfung](https://straße.example{path})."
    )
    variant = compiled(issue)

    html, text = variant.fill_html(VALUES), variant.fill_text(VALUES)

    assert f'href="https://xn--meisterprmie-ocb.example{path}"' in html
    assert f'href="https://xn--strae-oqa.example{path}"' in html
    assert f"] https://meisterprämie.example{path}\n" in text
    assert f"] https://straße.example{path}\n" in text
    assert "xn--" not in text
    assert preflight(issue, edition_of(issue), AROUND) == []
