from dataclasses import replace
from datetime import date

from mailer.checks.finding import blocking
from mailer.checks.preflight import preflight
from mailer.checks.surroundings import Surroundings
from tests.letters import edition_of, full_issue, make_card, make_issue

TODAY = date(2025, 10, 7)
AROUND = Surroundings(today=TODAY)


def test_a_good_issue_may_leave() -> None:
    issue = full_issue()

    assert preflight(issue, edition_of(issue), AROUND) == []


def test_errors_come_first_and_stand_in_the_way() -> None:
    issue = make_issue(
        subject="x" * 70,
        body="[hier](https://example.org/) und [Zahl noch prüfen] und [dort](http://example.org/)",
        highlights=(make_card(deadline=date(2025, 1, 1)),),
    )

    found = preflight(issue, edition_of(issue), AROUND)

    assert [(each.severity, each.rule) for each in found] == [
        ("error", "content.note"),
        ("error", "letter.link"),
        ("warning", "content.subject"),
        ("warning", "content.deadline"),
        ("warning", "letter.link_text"),
    ]
    assert blocking(found) == found[:2]


def test_each_variant_is_looked_at() -> None:
    issue = make_issue()
    edition = edition_of(issue)
    second = replace(edition.variants[0], key="du", html="<p>leer</p>")

    found = preflight(issue, replace(edition, variants=(*edition.variants, second)), AROUND)

    assert {each.place for each in found} == {"issues/2025-10, variant du"}


def test_a_finding_has_the_keys_that_scripts_rely_on() -> None:
    issue = make_issue(subject="x" * 70)

    (found,) = preflight(issue, edition_of(issue), AROUND)

    assert set(found.as_json()) == {"rule", "severity", "place", "message", "remedy"}
    assert found.as_json()["rule"] == "content.subject"
