"""Weekdays and dates: right ones are never told, wrong ones always."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.checks.dates import weekdays_in
from mailer.checks.texts import texts_of
from mailer.checks.weekdays import check_weekdays
from mailer.content.months import NAMES
from tests.letters import make_issue

OCTOBER = ((2025, 10),)
GERMAN = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
FORMS = {
    "de": (
        "{day}, {d}. {month} {y}",
        "{day}, den {d}. {month} {y}",
        "{day} ({d}. {month} {y})",
        "{d}. {month} {y} ({day})",
        "{short}, {d:02}.{m:02}.{y}",
        "{short}. {d}. {m}. {y}",
        "{day}abend, {d}. {month} {y}, 18 Uhr",
        "{day} {d}.{m}.{y}",
    ),
    "en": (
        "{day}, {d} {month} {y}",
        "{day}, {month} {d}, {y}",
        "{day} the {d}th of {month} {y}",
        "{short3} {d} {month3} {y}",
        "{d} {month} {y} ({day})",
    ),
}


def told(text: str, language: str = "de") -> list[tuple[str, str]]:
    """Case and severity of each finding."""
    texts = texts_of(make_issue(body=text))
    return [(each.case, each.severity) for each in check_weekdays(texts, language, OCTOBER)]


def written(form: str, day: date, name: date, language: str) -> str:
    """A day in this form, with the weekday of another one."""
    names, months = (GERMAN, NAMES) if language == "de" else (ENGLISH, MONTHS)
    weekday, month = names[name.weekday()], months[day.month - 1]
    return form.format(
        day=weekday, short=weekday[:2], short3=weekday[:3], d=day.day, m=day.month, y=day.year,
        month=month, month3=month[:3],
    )  # fmt: skip


@given(
    st.dates(date(2000, 1, 1), date(2049, 12, 31)),
    st.integers(0, 6),
    st.sampled_from([(language, form) for language, forms in FORMS.items() for form in forms]),
)
def test_a_weekday_is_told_if_and_only_if_it_is_another(day: date, off: int, how: tuple[str, str]) -> None:
    language, form = how
    text = f"Abc {written(form, day, day + timedelta(days=off), language)} xyz."

    found = told(text, language)

    assert found == ([] if off == 0 else [(ENGLISH[day.weekday()].lower(), "error")]), text


@pytest.mark.parametrize(
    "text",
    [
        "Am Dienstag, 7. Oktober, um 9.30 Uhr.",
        "Di, 7.10. 9.30 Uhr",
        "Von Montag bis Mittwoch, 6. bis 8. Oktober 2025, ist zu.",
        "Mo–Mi, 6.–8. 10., und Di./Mi., 7./8. Oktober",
        "Montag, 29. Dezember, bis Freitag, 2. Januar 2026",
        "Montag, 29. Dezember 2025 bis Freitag, 2. Januar 2026",
        "Montag bis Freitag, 1. bis 31. Oktober 2025, von 9 bis 17 Uhr",
        "Montag und Dienstag, 6. Oktober",
        "Am Rosenmontag, 16. Februar, ruht die Arbeit.",
        "dienstags, 8. Oktober 2025 ausgenommen",
        "Dienstag, 7.\u00a0Oktober 2025",
        "Siehe Ziffer 31.2. und 30.2. der Satzung, Donnerstag.",
        "Am 29. Februar wird gefeiert.",
        "https://example.org/Dienstag, 8. Oktober 2025",
    ],
)
def test_what_is_right_or_says_too_little_is_not_told(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Am Dienstag, 8. Oktober.", [("wednesday", "guessed")]),
        ("Montag bis Donnerstag, 6. bis 8. Oktober 2025", [("wednesday", "")]),
        ("Montag, 28. Dezember, bis Freitag, 2. Januar 2026", [("sunday", "")]),
        ("Am Freitag, 31. November 2025", [("nowhere", "")]),
        ("Bis zum 29. Februar 2027", [("nowhere", "")]),
        ("Am 31. Juni", [("nowhere", "")]),
    ],
)
def test_what_is_wrong_is_told(text: str, found: list[tuple[str, str]]) -> None:
    cases = [f"{case}.{how}".rstrip(".") for case, how in found]

    assert [case for case, _ in told(text)] == cases
    assert [severity for _, severity in told(text)] == ["warning" if how else "error" for _, how in found]


def test_without_a_year_the_date_closest_to_the_issue_counts() -> None:
    text = "Am Dienstag, 13. Januar, in Köln."  # 2026; in 2025 that was a Monday
    texts = texts_of(make_issue(body=text))

    assert list(check_weekdays(texts, "de", ((2025, 12),))) == []
    assert list(check_weekdays(texts, "de", ())) == []
    assert [each.case for each in check_weekdays(texts, "de", ((2025, 2),))] == ["monday.guessed"]


def test_the_line_of_the_date_is_named() -> None:
    issue = make_issue(body="Ein Absatz.\n\nZwei\nZeilen mit\nDienstag, 8. Oktober 2025.")

    (found,) = check_weekdays(texts_of(issue), "de", OCTOBER)

    assert found.place == "issues/2025-10/editorial.md:16"
    assert found.said("de").message == "„Dienstag, 8. Oktober 2025“: Der 08.10.2025 ist ein Mittwoch."


def test_events_and_cards_are_read_too() -> None:
    from tests.letters import make_card

    issue = make_issue(highlights=(make_card(7, teaser="Kommen Sie am Montag, 7. Oktober 2025."),))

    (found,) = check_weekdays(texts_of(issue), "de", OCTOBER)

    assert found.place == "issues/2025-10/highlights.toml:7"


def test_a_compound_weekday_is_one() -> None:
    (said,) = weekdays_in("Aschermittwoch, 18. Februar 2026", "de")

    assert said.weekday == 2
    assert replace(said, year=None).possible(OCTOBER)[0] == date(2026, 2, 18)
