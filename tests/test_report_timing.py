"""When letters were taken: every one in exactly one stretch, whatever the clocks do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.report.figures import Figures
from mailer.report.page import timing_lines
from mailer.report.timing import Timing, timing
from mailer.report.wording import Wording
from subscribers.database import reading
from tests.months_past import Past, write_past
from tests.small_workspace import add_people, make_office

ZONE = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = make_office(tmp_path_factory.mktemp("w"))
    add_people(made, [f"kim{number}@example.org" for number in range(40)], datetime(2026, 1, 1, tzinfo=UTC))
    yield made
    made.engine.dispose()


def went(office: Office, accepted: int, spread: timedelta, due_at: datetime = MORNING) -> Timing:
    number = write_past(office, Past("2026-11", due_at, accepted, spread=spread))
    with reading(office.engine) as connection:
        found = timing(connection, mailing.find(connection, str(number)), ZONE)
    assert found is not None
    return found


@settings(max_examples=40)
@given(
    accepted=st.integers(1, 40),
    spread=st.timedeltas(timedelta(0), timedelta(hours=120)),
    # Two weeks around each change of the clocks.
    due_at=st.datetimes(datetime(2026, 3, 22), datetime(2026, 4, 5))  # noqa: DTZ001
    | st.datetimes(datetime(2026, 10, 18), datetime(2026, 11, 1)),  # noqa: DTZ001
)
def test_every_letter_is_in_one_of_a_dozen_stretches(
    office: Office, accepted: int, spread: timedelta, due_at: datetime
) -> None:
    found = went(office, accepted, spread, due_at.replace(tzinfo=UTC))

    begins = [each.begins_at for each in found.stretches]
    assert sum(each.letters for each in found.stretches) == accepted
    assert len(begins) <= 12
    assert begins[0] <= found.first_at <= found.most_at <= found.last_at
    assert {later - earlier for earlier, later in pairwise(begins)} <= {timedelta(minutes=found.step_minutes)}
    assert found.last_at < begins[-1] + timedelta(minutes=found.step_minutes)
    assert found.stretches[0].letters > 0 < found.stretches[-1].letters


def test_the_pace_is_that_of_the_first_95_of_100(office: Office) -> None:
    found = went(office, 40, timedelta(seconds=39))

    assert found.most_at == MORNING + timedelta(seconds=37)  # of the 38th
    assert found.per_second == pytest.approx(38 / 37)
    assert (found.step_minutes, len(found.stretches)) == (1, 1)


@pytest.mark.parametrize(
    ("spread", "until", "pace"),
    [
        (timedelta(seconds=39), "um 09:30:39 Uhr", ("37 Sekunden", "1,0 Briefe je Sekunde")),
        (timedelta(minutes=39), "um 10:09:00 Uhr", ("37 Minuten", "1,0 Briefe je Minute")),
        (timedelta(minutes=78), "um 10:48:00 Uhr", ("1 Stunde 14 Minuten", "30,8 Briefe je Stunde")),
        (
            timedelta(hours=39),
            "am 26. November 2026 um 00:30:00 Uhr",
            ("1 Tag 13 Stunden", "1,0 Briefe je Stunde"),
        ),
    ],
)
def test_it_is_told_in_sentences(
    office: Office, spread: timedelta, until: str, pace: tuple[str, str]
) -> None:
    found = timing_lines(went(office, 40, spread), Wording("de"), Figures("de", ZONE))

    begin = "Der erste Brief war am 24. November 2026 um 09:30:00 Uhr angenommen"
    said = [line.replace("\N{NO-BREAK SPACE}", " ") for line in found]
    assert said == [
        f"{begin}, der letzte {until}.",
        f"Nach {pace[0]} waren 95 % davon angenommen, {pace[1]}.",
    ]


def test_one_letter_alone_has_no_pace(office: Office) -> None:
    found = went(office, 1, timedelta(0))

    (line,) = timing_lines(found, Wording("de"), Figures("de", ZONE))

    assert found.per_second is None
    assert line.replace("\N{NO-BREAK SPACE}", " ") == (
        "Alle Briefe waren am 24. November 2026 um 09:30:00 Uhr angenommen."
    )
