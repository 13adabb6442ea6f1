"""`rundbrief schedule next`, as people call it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest
from click.testing import CliRunner, Result

from mailer.cli import schedule as command
from mailer.cli.office import Office
from tests.small_workspace import make_office

CALENDAR = """[newsletters.rundbrief.calendar]
state = "NW"
free_days = ["12-24", "rosenmontag", 2027-02-02]
double = [[7, 8]]
"""
IMPRINT = "[newsletters.rundbrief.imprint]"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_office(tmp_path)
    monkeypatch.setattr(command, "clock", lambda: datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    change(tmp_path / "config.toml", IMPRINT, CALENDAR + IMPRINT)
    return tmp_path / "config.toml"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")


def add_newsletter(file: Path, send: str) -> None:
    text = file.read_text("utf-8")
    second = text[text.index("[newsletters.rundbrief]") :].replace(
        "newsletters.rundbrief", "newsletters.presse"
    )
    file.write_text(text + second.replace("first tuesday 09:30", send), "utf-8")


def schedule_next(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command.schedule, ["next", *arguments], obj=Office(str(config)))


def complaint(result: Result) -> str:
    assert result.exception is not None
    assert getattr(result.exception, "exit_code", None) in (2, 3)
    assert result.stdout == ""
    return str(result.exception)


def test_a_year_of_dates_with_shifts_and_their_reason(config: Path) -> None:
    result = schedule_next(config, "--json")

    rows = json.loads(result.stdout)
    assert len(rows) == 12
    assert rows[0] == {
        "newsletter": "rundbrief",
        "at": "2026-12-01T09:30:00+01:00",
        "weekday": "Tuesday",
        "shifted": False,
        "reason": "",
        "months": ["2026-12"],
    }
    assert [(row["at"][:10], row["weekday"], row["reason"]) for row in rows if row["shifted"]] == [
        ("2027-02-03", "Wednesday", "own free day")
    ]
    assert [row["months"] for row in rows[7:9]] == [["2027-07", "2027-08"], ["2027-09"]]
    assert result.stderr == ""


def test_a_pipe_gets_tabs_and_the_same_dates(config: Path) -> None:
    result = schedule_next(config, "--count", "2", "--from", "2027-06-01")

    assert result.stdout.splitlines() == [
        "newsletter\tat\tweekday\tshifted\treason\tmonths",
        "rundbrief\t2027-06-01T09:30:00+02:00\tTuesday\t\t\t2027-06",
        "rundbrief\t2027-07-06T09:30:00+02:00\tTuesday\t\t\t2027-07 2027-08",
    ]


def test_one_newsletter_of_several(config: Path) -> None:
    add_newsletter(config, "2. arbeitstag 10:00")

    both = json.loads(schedule_next(config, "--json", "--count", "1").stdout)
    one = json.loads(schedule_next(config, "--json", "--count", "1", "--newsletter", "presse").stdout)

    assert [row["newsletter"] for row in both] == ["rundbrief", "presse"]
    assert one == both[1:]
    assert "There is no newsletter 'pres'" in complaint(schedule_next(config, "--newsletter", "pres"))


def test_a_newsletter_without_a_rule_has_no_dates_and_says_so(config: Path) -> None:
    change(config, 'send = "first tuesday 09:30"\n', "")

    result = schedule_next(config, "--json")

    assert (json.loads(result.stdout), result.exit_code) == ([], 0)
    assert 'add send = "first tuesday 09:30"' in result.stderr


def test_two_newsletters_in_the_same_minute_are_refused(config: Path) -> None:
    add_newsletter(config, "first tuesday or previous working day 09:30")

    assert complaint(schedule_next(config)) == (
        "config.toml: rundbrief and presse would go out in the same minute, on Tuesday, 2026-12-01 at 09:30. "
        "Give one of them another time; a quarter of an hour is enough."
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"NW"',
            '"NRW"',
            "state: There is no holiday region 'NRW' in DE. Did you mean \"NW\" (Nordrhein-Westfalen)?",
        ),
        (
            '"rosenmontag"',
            '"rosenmontg"',
            "free_days: 'rosenmontg' names no day. Did you mean \"rosenmontag\"?",
        ),
        ("[[7, 8]]", "[[7, 9]]", "double: [7, 9] is no double issue. Write two months in a row"),
        ("[[7, 8]]", "[[7, 8]]\nskip = [13]", "skip.0: input should be less than or equal to 12, not 13."),
        ("[[7, 8]]", '[[7, 8]]\ncountri = "AT"', "countri: this key is unknown; did you mean country?"),
        (
            "[[7, 8]]",
            '[[7, 8]]\non_free_day = "ask"',
            "on_free_day: input should be 'after', 'before' or 'none'",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_with_its_line(
    config: Path, old: str, new: str, sentence: str
) -> None:
    change(config, old, new)
    line = next(
        n for n, text in enumerate(config.read_text("utf-8").splitlines(), 1) if new.split("\n")[-1] in text
    )

    said = complaint(schedule_next(config))

    assert said.startswith(f"config.toml:{line}: newsletters.rundbrief.calendar.{sentence}")


def test_free_days_that_leave_no_working_day_name_their_line(config: Path) -> None:
    change(config, '"12-24", ', ", ".join(f'"01-{day:02}"' for day in range(1, 32)) + ", ")
    change(config, "first tuesday", "first working day")

    assert (
        "config.toml:20: newsletters.rundbrief.calendar.free_days: 2027-01 has no working day."
        in complaint(schedule_next(config))
    )


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2027-02-30", "'2027-02-30' does not exist"),
        ("1.1.2027", "'1.1.2027' is no day of the years 2000 to 2090."),
        ("9999-01-01", "'9999-01-01' is no day of the years 2000 to 2090."),
        ("", "'' is no day"),
    ],
)
def test_a_day_that_is_none_is_refused(config: Path, day: str, sentence: str) -> None:
    assert complaint(schedule_next(config, "--from", day)).startswith(sentence)


def test_what_deserves_a_second_look_is_said_beside_the_data(config: Path) -> None:
    change(config, "first tuesday 09:30", "first sunday or next working day 02:30")
    change(config, 'state = "NW"', 'on_free_day = "none"')

    result = schedule_next(config, "--json", "--count", "2")

    assert "rundbrief: 02:30 " in result.stderr
    assert "another hour is safe" in result.stderr
    assert "outside 07:00–18:00" in result.stderr
    assert 'name the state in [newsletters.rundbrief.calendar]: state = "NW"' in result.stderr
    assert len(json.loads(result.stdout)) == 2


def test_dates_that_stay_on_free_days_are_counted(config: Path) -> None:
    change(config, 'state = "NW"', 'state = "NW"\non_free_day = "none"')
    change(config, "first tuesday", "15th")

    result = schedule_next(config, "--json", "--from", "2027-05-01", "--count", "2")

    assert [(row["reason"], row["shifted"]) for row in json.loads(result.stdout)] == [
        ("Saturday", False),
        ("", False),
    ]
    assert "1 of these dates lie on free days and stay there" in result.stderr


def test_the_calendar_file_has_the_same_dates_and_german_words(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "termine.ics"

    result = schedule_next(config, "--json", "--from", "2027-01-01", "--ics", str(file))
    rows = json.loads(result.stdout)

    events = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert [each["DTSTART"].dt for each in events] == [datetime.fromisoformat(row["at"]) for row in rows]
    assert events[1]["DESCRIPTION"] == "Verschoben wegen: eigener freier Tag"
    assert events[6]["SUMMARY"] == "Rundbrief: Juli/August 2027"
    assert events[6]["UID"] == "rundbrief-2027-07@rundbrief.example.org"
    assert f"12 date(s) are in {file}." in result.stderr


def test_another_rule_keeps_the_uids(config: Path) -> None:
    before = schedule_next(config, "--ics", "-")
    change(config, "first tuesday", "last friday")
    after = schedule_next(config, "--ics", "-")

    first, second = (
        icalendar.Calendar.from_ical(each.stdout_bytes).walk("VEVENT") for each in (before, after)
    )
    uids, other = ({str(each["UID"]) for each in events} for events in (first, second))
    assert len(uids & other) == 11  # the last friday of November is still to come
    assert {each["DTSTART"].dt for each in first} & {each["DTSTART"].dt for each in second} == set()


def test_an_english_newsletter_has_english_dates(config: Path) -> None:
    change(config, "[newsletters.rundbrief.calendar]", 'language = "en"\n[newsletters.rundbrief.calendar]')

    result = schedule_next(config, "--ics", "-", "--from", "2027-02-01", "--count", "6")

    events = icalendar.Calendar.from_ical(result.stdout_bytes).walk("VEVENT")
    assert events[0]["DESCRIPTION"] == "Moved because of: own free day"
    assert events[5]["SUMMARY"] == "Rundbrief: July 2027/August 2027"


def test_stdout_is_wanted_by_one_only(config: Path) -> None:
    assert "--json and --ics - both want stdout" in complaint(schedule_next(config, "--json", "--ics", "-"))


def test_a_file_that_cannot_be_written_is_a_sentence(config: Path, tmp_path: Path) -> None:
    result = schedule_next(config, "--ics", str(tmp_path / "gone" / "termine.ics"))

    assert "cannot be written: No such file or directory." in str(result.exception)
