from datetime import UTC, datetime, timedelta

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from mailer.schedule.icalendar import Event, write_calendar

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
lines = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=200)
events = st.builds(
    Event,
    st.from_regex(r"[a-z]{1,80}-20\d\d-\d\d@example\.org", fullmatch=True),
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    lines,
    lines,
)


@given(st.lists(events, max_size=4))
def test_another_reader_finds_what_was_written(written: list[Event]) -> None:
    content = write_calendar(written, NOW)

    read = icalendar.Calendar.from_ical(content)
    found = [
        Event(str(each["UID"]), each["DTSTART"].dt, str(each["SUMMARY"]), str(each["DESCRIPTION"]))
        for each in read.walk("VEVENT")
    ]
    expected = [
        Event(each.uid, each.at.replace(microsecond=0), each.summary, each.description) for each in written
    ]
    assert found == expected
    assert [each["DTSTAMP"].dt for each in read.walk("VEVENT")] == [NOW] * len(written)
    assert read["VERSION"] == "2.0"


@given(st.lists(events, max_size=4))
def test_no_line_is_longer_than_75_octets_and_all_end_with_crlf(written: list[Event]) -> None:
    content = write_calendar(written, NOW)

    pieces = content.split(b"\r\n")
    assert pieces[-1] == b""
    assert all(len(piece) <= 75 and b"\n" not in piece and b"\r" not in piece for piece in pieces)
    assert all(piece.decode() is not None for piece in pieces)  # no character is cut


def test_an_event_line_by_line() -> None:
    berlin = datetime.fromisoformat("2027-01-05T09:30:00+01:00")

    content = write_calendar([Event("a-2027-01@example.org", berlin, "Rat; Tat, Tag\\Nacht\nEnde")], NOW)

    assert content.decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rundbrief//rundbrief schedule//DE",
        "BEGIN:VEVENT",
        "UID:a-2027-01@example.org",
        "DTSTAMP:20261124T083000Z",
        "DTSTART:20270105T083000Z",
        r"SUMMARY:Rat\; Tat\, Tag\\Nacht\nEnde",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_the_stamp_is_the_moment_that_was_given() -> None:
    event = Event("a@example.org", NOW, "Rundbrief")

    assert b"DTSTAMP:20261124T083000Z" in write_calendar([event], NOW)
    assert b"DTSTAMP:20261125T083000Z" in write_calendar([event], NOW + timedelta(days=1))
