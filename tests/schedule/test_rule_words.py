import contextlib
import re
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.schedule.rule import WEEKDAYS, WORDS, Rule, parse_rule
from subscribers.errors import Problem

NINE = time(9)
ENGLISH = ["first", "second", "third", "fourth"]
GERMAN = ["erster", "zweiter", "dritter", "vierter"]
DAYS = ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"]
SAME = [
    (Rule("weekday", 1, time(9, 30), 1), ["first tuesday 09:30", "1st Tuesday 9:30", "1. Dienstag 09:30"]),
    (Rule("weekday", 1, NINE, 1), ["the first tuesday at 09:00", "am ersten Dienstag um 9:00 Uhr"]),
    (
        Rule("weekday", -1, NINE, 4),
        ["last friday 09:00", "  LAST   friday 9:00 ", "letzter Freitag 09:00 Uhr"],
    ),
    (
        Rule("weekday", -2, NINE, 4),
        ["second last friday 09:00", "2nd last friday 09:00", "vorletzter freitag 09:00"],
    ),
    (Rule("weekday", -3, NINE, 5), ["third last saturday 09:00", "drittletzter Sonnabend 09:00"]),
    (Rule("working", 2, NINE), ["2nd working day 09:00", "second workday 09:00", "zweiter Arbeitstag 09:00"]),
    (
        Rule("working", 10, NINE),
        ["tenth working day 09:00", "10. arbeitstag 09:00", "zehnter arbeitstag 09:00"],
    ),
    (
        Rule("working", -1, NINE),
        ["last working day 09:00", "last working-day 09:00", "letzten Arbeitstag 09:00"],
    ),
    (Rule("day", 15, NINE), ["15th 09:00", "15. 09:00", "on the 15th day at 09:00", "am 15. um 09:00"]),
    (Rule("day", -1, NINE), ["last day 09:00", "letzter tag 09:00"]),
    (
        Rule("day", 15, NINE, turn="after"),
        [
            "15th or next working day 09:00",
            "15. oder nächster Arbeitstag 09:00",
            "15. oder folgender arbeitstag 9:00",
        ],
    ),
    (
        Rule("day", 15, NINE, turn="before"),
        [
            "15th or previous working day 09:00",
            "15. oder vorheriger Arbeitstag 09:00",
            "am 15. oder vorigen arbeitstag 9:00",
        ],
    ),
    (Rule("weekday", 1, NINE, 0, turn="before"), ["first monday or previous working day 09:00"]),
    (
        Rule("day", 1, NINE, away=-3),
        [
            "3 working days before the 1st 09:00",
            "3 Arbeitstage vor dem 1. 09:00",
            "3 workdays before the first day 9:00",
        ],
    ),
    (
        Rule("day", 1, NINE, away=-1),
        ["1 working day before the first 09:00", "1 arbeitstag vor dem ersten 09:00"],
    ),
    (
        Rule("day", -1, NINE, away=2),
        ["2 working days after the last day 09:00", "2 arbeitstage nach dem letzten tag 9:00"],
    ),
    (Rule("weekday", 1, NINE, 1, away=-2), ["2 working days before the first tuesday 09:00"]),
]


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in SAME for text in texts])
def test_a_rule_in_words(rule: Rule, text: str) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("which", range(7))
def test_every_weekday_has_a_name_in_both_languages(number: int, which: int) -> None:
    expected = Rule("weekday", number, NINE, which)

    assert parse_rule(f"{ENGLISH[number - 1]} {WEEKDAYS[which]} 09:00") == expected
    assert parse_rule(f"{GERMAN[number - 1]} {DAYS[which]} 09:00") == expected


@pytest.mark.parametrize("number", range(1, 32))
def test_every_day_of_the_month_can_be_named(number: int) -> None:
    assert parse_rule(f"{number}. 09:00") == Rule("day", number, NINE)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "it names no time|is no rule", "first tuesday 09:30"),
        ("tuesday 09:30", "is no rule for sending", "first tuesday 09:30"),
        ("09:30", "is no rule for sending", "first tuesday 09:30"),
        ("first tuesday", "it names no time", 'Write "first tuesday 09:30"'),
        ("2nd working day", "it names no time", 'Write "2nd working day 09:30"'),
        ("first tuesday 24:00", "there is no time 24:00", "first tuesday"),
        ("15th 08:60", "there is no time 08:60", "first tuesday"),
        ("fifth tuesday 09:30", "only 4 of that weekday are in every month", "last friday"),
        ("5. letzter dienstag 09:30", "only 4 of that weekday are in every month", "last friday"),
        ("16th working day 09:30", "only 15 working days are in every month", "from the end"),
        ("32nd 09:30", "only 31 days are in every month", "from the end"),
        ("0th 09:30", "is no rule", "the first day is the 1st"),
        ("0 working days before the 1st 09:30", "is no rule", "1 to 10 working days"),
        ("11 working days before the 1st 09:30", "is no rule", "1 to 10 working days"),
        ("3 days before the 1st 09:30", "'days' is no word", "3 working days before the 1st"),
        ("2nd working day or next working day 09:30", "a working day anyway", "docs/calendar.md"),
        (
            "3 working days before the 1st or next working day 09:30",
            "a working day anyway",
            "docs/calendar.md",
        ),
        ("first tuseday 09:30", "'tuseday' is no word of a rule", 'Did you mean "tuesday"?'),
        ("erster dinstag 09:30", "'dinstag' is no word of a rule", 'Did you mean "dienstag"?'),
        ("zweiter werktag 09:30", "'werktag' is no word of a rule", "may be a Saturday"),
        ("first tuesday 9.30", "'9.30' is no word of a rule", 'Write the time as "09:30".'),
        ("first tuesday 9h", "'9h' is no word of a rule", 'Write the time as "09:00".'),
        ("Monatsersten 09:30", "'monatsersten' is no word of a rule", 'is written like "1st 09:30".'),
        ("Monatsletzter 09:30", "'monatsletzter' is no word", 'is written like "last day 09:30".'),
        ("every full moon 09:30", "'every' is no word of a rule", ""),
        ("first tuesday 09:30 x", "'09:30' is no word of a rule", "The time stands at the end."),
        ("first tuesday ²nd 09:30", "no word of a rule", ""),
        ("first tuesday or last friday 09:30", "is no rule", "first tuesday"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_next_step(text: str, message: str, hint: str) -> None:
    with pytest.raises(Problem, match="is no rule for sending") as caught:
        parse_rule(text)

    assert re.search(message, caught.value.message)
    assert hint in (caught.value.hint or "")


@given(st.lists(st.sampled_from([*WORDS, "1st", "2.", "3", "working day", "x"]), max_size=8).map(" ".join))
def test_any_words_are_a_rule_or_refused(words: str) -> None:
    with contextlib.suppress(Problem):
        rule = parse_rule(f"{words} 09:00")

        assert rule.at == NINE
        assert 1 <= abs(rule.nth) <= {"day": 31, "working": 15, "weekday": 4}[rule.kind]
        assert not (rule.away and rule.turn)


@given(st.text(max_size=40))
def test_any_text_is_refused_without_a_traceback(text: str) -> None:
    with pytest.raises(Problem, match="is no rule for sending"):
        parse_rule(text)
