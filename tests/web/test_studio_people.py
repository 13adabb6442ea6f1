"""Real subscribers in the studio: search, chance, hard cases, each with their variant and their greeting."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from studiosite import KEY, StudioSite, open_studio

from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.roster import add

ADA = {
    "anrede": "Frau",
    "titel": "Dr.",
    "vorname": "Ada",
    "nachname": "Byron",
    "gewerk": "Maler",
    "ort": "Kleve",
}
PEOPLE = {
    "ada": ADA,
    "bo": {"anrede": "Herr", "vorname": "Bo", "nachname": "Dritte", "gewerk": "Tischler", "tone": "du"},
    "kim": {"anrede": "divers", "vorname": "Kim", "nachname": "Meyer", "gewerk": "Maler"},
    "info": {"firma": "Farben & Söhne"},
    "long": {
        "anrede": "Frau",
        "titel": "Prof. Dr.",
        "vorname": "Anna-Katharina",
        "nachname": "von der Musterheide",
    },
    "sam": {"anrede": "Ms", "vorname": "Sam", "nachname": "Smith", "language": "en"},
    "dash": {"vorname": "-", "nachname": "-"},
}
ENGLISH = """+++
title = "A short letter"
preheader = "So that the list says something that makes you curious"
author = "Katharina Bergmann"
salutation = ["Dear members,"]
+++
this is the first paragraph.
"""


@pytest.fixture
def studio(serve: Callable, tmp_path: Path, now: datetime) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "w", database=True) as made:
        yes = Consent("confirmed", now, "Formular", "Ja, gern.")
        with made.office.engine.begin() as connection:
            for name, fields in PEOPLE.items():
                address = parse_address(f"{name}@example.org")
                terms = {"secret": made.office.secret, "now": now, "consent": yes}
                add(connection, address, fields, "rundbrief", **terms)
        made.add_cards()
        (made.folder / "issues" / KEY / "editorial.en.md").write_text(ENGLISH, "utf-8")
        yield made


def one(studio: StudioSite, query: str) -> dict[str, str]:
    (found,) = studio.json(f"people?q={query}")
    return found


def test_people_are_found_by_name_and_firm(studio: StudioSite) -> None:
    ada = one(studio, "byron")

    assert (ada["name"], ada["note"], ada["form"]) == ("Dr. Ada Byron", "Kleve", "persönlich")
    assert one(studio, "s%C3%B6hne")["name"] == "Farben & Söhne"
    assert one(studio, "kim+meyer")["form"] == "„Guten Tag Vorname Nachname“"
    assert studio.json("people?q=niemand") == []


def test_each_gets_their_variant_and_their_greeting(studio: StudioSite) -> None:
    shown = {}
    for query in ("byron", "dritte", "smith", "info"):
        answer = studio.json(f"issues/{KEY}?person={one(studio, query)['id']}")
        variant = next(each for each in answer["variants"] if each["key"] == answer["letter"]["variant"])
        shown[query] = (answer["letter"]["greeting"], answer["letter"]["subject"], variant["cards"])

    both, rest = "alle Karten", "Sprechstunde im November"
    assert shown == {
        "byron": ("Sehr geehrte Frau Dr. Byron,", "Ein kurzer Brief", both),
        "dritte": ("Sehr geehrter Herr Dritte,", "Ein kurzer Brief", rest),
        "smith": ("Dear Ms Smith,", "A short letter", rest),
        "info": ("Sehr geehrte Damen und Herren,", "Ein kurzer Brief", rest),
    }


def test_a_named_variant_goes_before_the_persons_own(studio: StudioSite) -> None:
    ada = one(studio, "byron")["id"]
    keys = [each["key"] for each in studio.json()["variants"]]

    texts = [studio.ask(f"issues/{KEY}/text?person={ada}&variant={key}").text for key in keys]

    assert ["Prämie für Betriebe" in text for text in texts] == [True, False, True, False]
    assert ["Sehr geehrte Frau Dr. Byron," in text for text in texts] == [True, True, False, False]
    assert "Dear Dr Byron," in texts[2]


def test_the_variants_add_up_to_everybody(studio: StudioSite) -> None:
    answer = studio.json()

    rows = [(each["name"], each["who"], each["recipients"]) for each in answer["variants"]]
    assert rows == [
        ("A · Sie", 'gewerk = "Maler"', 2),
        ("B · Sie", "alle übrigen", 4),
        ("C · Englisch", 'gewerk = "Maler"', 0),
        ("D · Englisch", "alle übrigen", 1),
    ]
    assert {each["form"]: each["count"] for each in answer["greetings"]} == {
        "persönlich": 4,
        "„Guten Tag Vorname Nachname“": 1,
        "Sammelanrede": 2,
    }


def test_a_new_subscriber_counts_at_once(studio: StudioSite, now: datetime) -> None:
    before = sum(each["recipients"] for each in studio.json()["variants"])
    yes = Consent("confirmed", now, "Formular", "Ja, gern.")

    with studio.office.engine.begin() as connection:
        terms = {"secret": studio.office.secret, "now": now, "consent": yes}
        add(connection, parse_address("neu@example.org"), {}, "rundbrief", **terms)

    assert sum(each["recipients"] for each in studio.json()["variants"]) == before + 1


def test_hard_cases_are_people_of_the_list(studio: StudioSite) -> None:
    found = {each["note"].partition(" · ")[0]: each["name"] for each in studio.json("people?hard=1")}

    assert found == {
        "längster Name": "Prof. Dr. Anna-Katharina von der Musterheide",
        "kein Name": "Farben & Söhne",
        "divers": "Kim Meyer",
        "du": "Bo Dritte",
        "Englisch": "Sam Smith",
    }


def test_nobody_is_a_hard_case_twice(studio: StudioSite, now: datetime) -> None:
    longest = {"anrede": "divers", "vorname": "Kunigunde-Maria", "nachname": "von und zu Musterhausen-Probe"}
    yes = Consent("confirmed", now, "Formular", "Ja, gern.")
    with studio.office.engine.begin() as connection:
        terms = {"secret": studio.office.secret, "now": now, "consent": yes}
        address = parse_address("kuni@example.org")
        add(connection, address, {**longest, "tone": "du", "language": "en"}, "rundbrief", **terms)

    found = studio.json("people?hard=1")

    assert found[0]["name"] == "Kunigunde-Maria von und zu Musterhausen-Probe"
    assert len({each["id"] for each in found}) == len(found) == 5


def test_the_list_greets_as_the_letter_of_this_issue_does(studio: StudioSite) -> None:
    (alone,) = studio.json("people?q=dritte")
    studio.json()

    for query in ("q=dritte", "hard=1", "q=smith", "q=meyer"):
        for each in studio.json(f"people?{query}&issue={KEY}"):
            letter = studio.json(f"issues/{KEY}?person={each['id']}")["letter"]
            assert each["form"] == letter["person"]["form"]
            assert each["variant"] == letter["variant"]
            assert (each["form"] == "first name") is letter["greeting"].startswith("Hallo ")
    (here,) = studio.json(f"people?q=dritte&issue={KEY}")
    assert (alone["form"], here["form"]) == ("„Hallo Vorname“", "persönlich")


def test_an_exposed_studio_shows_no_subscriber(serve: Callable, tmp_path: Path, now: datetime) -> None:
    with open_studio(serve, tmp_path / "w2", database=True, host="192.0.2.1") as studio:
        yes = Consent("confirmed", now, "Formular", "Ja, gern.")
        with studio.office.engine.begin() as connection:
            terms = {"secret": studio.office.secret, "now": now, "consent": yes}
            add(connection, parse_address("ada@example.org"), ADA, "rundbrief", **terms)
        studio.json()

        queries = ("q=byron", "q=", "hard=1", "random=1", f"random=1&issue={KEY}", "q=ada@example.org")
        found = {each["id"] for query in queries for each in studio.json(f"people?{query}")}

        assert found
        assert {each.partition("-")[0] for each in found} == {"muster"}
        for part in ("", "/letter", "/text", "/source", "/headers"):
            answer = studio.ask(f"issues/{KEY}{part}?person=1")
            assert (answer.status, answer.text) == (404, "Diese Person gibt es nicht.")
        assert studio.json("tools") == []
        assert studio.json()["greetings"]  # how many is no secret


def test_chance_shows_people_of_the_list(studio: StudioSite) -> None:
    found = studio.json("people?random=1")

    assert {each["id"].isdecimal() for each in found} == {True}
    assert len({each["id"] for each in found}) == len(PEOPLE)


def test_a_preview_of_a_subscriber_cannot_unsubscribe_them(studio: StudioSite) -> None:
    ada = one(studio, "byron")["id"]

    letters = [studio.ask(f"issues/{KEY}/{part}?person={ada}").text for part in ("letter", "text", "source")]

    assert all("/u/" + "0" * 32 in each for each in letters)
    assert studio.json("people?q=byron") == [one(studio, "byron")]


@pytest.mark.parametrize(
    ("person", "greeting", "subject"),
    [
        ("muster", "Sehr geehrte Frau Dr. Lührs,", "Ein kurzer Brief"),
        ("muster-ohne", "Sehr geehrte Damen und Herren,", "Ein kurzer Brief"),
        ("muster-divers", "Guten Tag Kim Muster,", "Ein kurzer Brief"),
        ("muster-en", "Dear Ms Sample,", "A short letter"),
    ],
)
def test_somebody_invented_is_greeted_like_a_subscriber(
    studio: StudioSite, person: str, greeting: str, subject: str
) -> None:
    letter = studio.json(f"issues/{KEY}?person={person}")["letter"]

    assert (letter["greeting"], letter["subject"]) == (greeting, subject)


def test_looking_writes_nothing(studio: StudioSite) -> None:
    database = studio.folder / "var" / "rundbrief.db"
    before = database.read_bytes(), sorted(path.name for path in (studio.folder / "var").iterdir())

    for path in (
        "issues",
        f"issues/{KEY}",
        "people?hard=1",
        "people?random=1",
        "people?q=a",
        "tools",
        "views",
    ):
        for method in ("GET", "HEAD"):
            assert studio.ask(path, method).status == 200
    for path in ("issues", f"issues/{KEY}", "people"):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            assert studio.ask(path, method).status == 405

    assert (database.read_bytes(), sorted(path.name for path in (studio.folder / "var").iterdir())) == before
    assert studio.ask(f"issues/{KEY}/approve").status == 405
