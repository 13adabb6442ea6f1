from datetime import date, timedelta

import holidays
import pytest

from mailer.schedule.holidays import easter, free_days, require_free_day, require_region
from subscribers.errors import Problem


def test_easter_is_where_the_library_has_it() -> None:
    for year in range(1992, 2100):
        monday = holidays.country_holidays("DE", years=year, language="de").get_named("Ostermontag")

        assert [easter(year) + timedelta(days=1)] == monday


def test_the_states_of_germany_are_those_of_the_library() -> None:
    for code in holidays.country_holidays("DE").subdivisions:
        require_region("DE", code)


def test_only_two_states_have_what_only_two_have() -> None:
    corpus_christi, all_saints = date(2027, 5, 27), date(2027, 11, 1)

    assert free_days("DE", "NW", (), 2027)[corpus_christi] == "Fronleichnam"
    assert free_days("DE", "NW", (), 2027)[all_saints] == "Allerheiligen"
    assert all_saints not in free_days("DE", "NI", (), 2027)
    assert all_saints not in free_days("DE", "", (), 2027)
    assert free_days("AT", "", (), 2027)[all_saints] == "Allerheiligen"


def test_the_names_do_not_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")

    assert free_days("DE", "TH", (), 2041)[date(2041, 9, 20)] == "Weltkindertag"


def test_days_of_ones_own_have_names() -> None:
    own = ("12-24", "Silvester", "rosenmontag", "2027-02-12", "2028-02-14", "02-29")

    found = free_days("DE", "NW", own, 2027)
    leap_year = free_days("DE", "NW", own, 2028)

    assert found[date(2027, 12, 24)] == "Heiligabend"
    assert found[date(2027, 12, 31)] == "Silvester"
    assert found[date(2027, 2, 8)] == "Rosenmontag"
    assert found[date(2027, 2, 12)] == "own free day"
    assert date(2027, 2, 14) not in found
    assert leap_year[date(2028, 2, 29)] == "own free day"
    assert found[date(2027, 12, 25)] == "Erster Weihnachtstag"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("weiberfastnacht", date(2027, 2, 4)),
        ("rosenmontag", date(2027, 2, 8)),
        ("fastnachtsdienstag", date(2027, 2, 9)),
        ("aschermittwoch", date(2027, 2, 10)),
        ("gründonnerstag", date(2027, 3, 25)),
        ("heiligabend", date(2027, 12, 24)),
        ("silvester", date(2027, 12, 31)),
    ],
)
def test_a_named_day_is_that_day(name: str, day: date) -> None:
    require_free_day(name)

    assert free_days("DE", "NW", (name,), 2027)[day] == name.capitalize()


@pytest.mark.parametrize(
    ("country", "state", "sentence"),
    [
        (
            "DE",
            "NRW",
            """state: There is no holiday region 'NRW' in DE. Did you mean "NW" (Nordrhein-Westfalen)?""",
        ),
        ("DE", "Bayern", """state: There is no holiday region 'Bayern' in DE. Did you mean "BY" (Bayern)?"""),
        (
            "DE",
            "nw",
            """state: There is no holiday region 'nw' in DE. Did you mean "NW" (Nordrhein-Westfalen)?""",
        ),
        ("DE", "Atlantis", "state: There is no holiday region 'Atlantis' in DE. Known are BB, BE,"),
        ("AT", "Wien", """state: There is no holiday region 'Wien' in AT. Did you mean "9" (Wien)?"""),
        ("VA", "Rom", "state: There is no holiday region 'Rom' in VA. Leave state away"),
        ("de", "NW", """country: There is no holiday region 'de'. Did you mean "DE" (Germany)?"""),
        ("XX", "", """country: There is no holiday region 'XX'. Write two letters such as "DE","""),
        ("", "", "country: There is no holiday region ''."),
    ],
)
def test_an_unknown_region_is_refused_with_what_was_probably_meant(
    country: str, state: str, sentence: str
) -> None:
    with pytest.raises(Problem) as caught:
        require_region(country, state)

    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("12-32", "'12-32' names a day that does not exist."),
        ("2027-02-29", "'2027-02-29' names a day that does not exist."),
        ("24.12.", "'24.12.' names no day."),
        ("12-24-2027", "'12-24-2027' names no day."),
        ("", "'' names no day."),
        ("٠١-٠١", "names no day."),
        ("rosenmontg", """'rosenmontg' names no day. Did you mean "rosenmontag"?"""),
    ],
)
def test_what_is_no_day_of_a_year_is_refused(entry: str, sentence: str) -> None:
    with pytest.raises(Problem) as caught:
        require_free_day(entry)

    assert caught.value.place == "free_days"
    assert sentence in str(caught.value)
    assert caught.value.hint
