"""docs/calendar.md, held to the program."""

import re
import tomllib

from mailer.schedule.holidays import require_free_day
from mailer.schedule.rule import parse_rule
from mailer.settings.calendar import CalendarTable
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "calendar.md").read_text(encoding="utf-8")


def test_every_rule_means_the_same_in_both_languages() -> None:
    rows = re.findall(r"^\| `([^`]+ \d\d:\d\d)` \| `([^`]+)` \|", PAGE, re.MULTILINE)

    assert len(rows) == 10
    for english, german in rows:
        assert parse_rule(english) == parse_rule(german)


def test_every_key_stands_on_the_page_and_no_other() -> None:
    table = PAGE[PAGE.index("| key of calendar") :]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(CalendarTable.model_fields)


def test_every_name_of_a_free_day_is_known() -> None:
    names = re.search(r"or a name: ([^|]+)\|", PAGE)

    assert names is not None
    for name in names[1].strip().split(", "):
        require_free_day(name)


def test_the_example_is_good() -> None:
    example = "\n".join(line[4:] for line in PAGE.splitlines() if line.startswith("    "))

    newsletter = tomllib.loads(example)["newsletters"]["rundbrief"]

    assert parse_rule(newsletter["send"])
    assert CalendarTable.model_validate(newsletter["calendar"]).double == ((7, 8),)
