"""The table of German greetings, and what no name may do to one."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.person import Person
from subscribers.salutation import salutation

TABLE = [
    # anrede, titel, vorname, nachname, expected
    ("Frau", "", "Jördis", "Müller-Lüdenscheid", "Sehr geehrte Frau Müller-Lüdenscheid,"),
    ("Herr", "", "Karl", "Schmitz", "Sehr geehrter Herr Schmitz,"),
    ("Herrn", "", "Bülent", "Özdemir", "Sehr geehrter Herr Özdemir,"),
    ("Fr.", "", "Eva", "Kraus", "Sehr geehrte Frau Kraus,"),
    ("HERR", "", "KARL", "SCHMITZ", "Sehr geehrter Herr SCHMITZ,"),
    ("Frau", "Dr.", "Gesa", "Lührs", "Sehr geehrte Frau Dr. Lührs,"),
    ("Frau Dr.", "", "Gesa", "Lührs", "Sehr geehrte Frau Dr. Lührs,"),
    ("Frau Dr.", "Dr.", "Gesa", "Dr. Lührs", "Sehr geehrte Frau Dr. Lührs,"),
    ("Herrn Prof. Dr.", "", "Bernd", "Meyer", "Sehr geehrter Herr Professor Meyer,"),
    ("Frau", "Dr. med.", "Ina", "Behrend", "Sehr geehrte Frau Dr. Behrend,"),
    ("Herr", "Dr. phil. Dr. med.", "Hubert", "Klug", "Sehr geehrter Herr Dr. Klug,"),
    ("Herr", "Dipl.-Ing. Dr.-Ing. E. h.", "Hubert", "Klug", "Sehr geehrter Herr Dr. Klug,"),
    ("Herr", "Prof. Dr.-Ing.", "Bernd", "Meyer", "Sehr geehrter Herr Professor Meyer,"),
    ("Frau", "Professorin", "Anna", "Mai", "Sehr geehrte Frau Professorin Mai,"),
    ("Frau", "Prof. Dr.", "Anna", "von der Heide", "Sehr geehrte Frau Professorin von der Heide,"),
    ("Herr", "Dipl.-Ing.", "Udo", "Sommer", "Sehr geehrter Herr Sommer,"),
    ("Herr", "RA", "Udo", "Sommer", "Sehr geehrter Herr Sommer,"),
    ("Herr", "", "Jean-Pierre", "de la Croix jun.", "Sehr geehrter Herr de la Croix,"),
    ("Herr", "", "Otto", "Drechsler", "Sehr geehrter Herr Drechsler,"),
    ("Frau", "", "Ina", "Professorsky", "Sehr geehrte Frau Professorsky,"),
    ("Frau", "", "", "Freifrau von Beispiel", "Sehr geehrte Frau Freifrau von Beispiel,"),
    ("", "", "Kim", "Mayer", "Guten Tag Kim Mayer,"),
    ("divers", "", "Kim", "Mayer", "Guten Tag Kim Mayer,"),
    ("k. A.", "", "Kim", "Mayer", "Guten Tag Kim Mayer,"),
    ("", "Dr.", "Maxi", "Schmidt", "Guten Tag Dr. Maxi Schmidt,"),
    ("", "Prof.", "Maxi", "Schmidt", "Guten Tag Professor Maxi Schmidt,"),
    ("Dr.", "", "Maxi", "Schmidt", "Guten Tag Dr. Maxi Schmidt,"),
    ("", "", "", "Mayer", "Guten Tag,"),
    ("", "", "Kim", "", "Guten Tag,"),
    ("Frau", "", "Kim", "", "Guten Tag,"),
    ("Familie", "", "", "Hövelmann", "Sehr geehrte Familie Hövelmann,"),
    ("Herr und Frau", "", "", "Hövelmann", "Sehr geehrte Damen und Herren,"),
    ("Frau/Herr", "", "Eva", "Kraus", "Sehr geehrte Damen und Herren,"),
    ("Eheleute", "", "", "Hövelmann", "Sehr geehrte Damen und Herren,"),
    ("Damen und Herren", "", "", "", "Sehr geehrte Damen und Herren,"),
    ("Frau", "Dr.", "", "", "Sehr geehrte Damen und Herren,"),
    ("", "", "", "", "Sehr geehrte Damen und Herren,"),
]
ENGLISH = [
    ("Frau", "Dr.", "Gesa", "Lührs", "Dear Dr Lührs,"),
    ("Frau", "", "Sabine", "Kröger", "Dear Ms Kröger,"),
    ("Herr", "", "Karl", "Schmitz", "Dear Mr Schmitz,"),
    ("Mr.", "", "Karl", "Schmitz", "Dear Mr Schmitz,"),
    ("Herr", "Prof. Dr.", "Bernd", "Meyer", "Dear Professor Meyer,"),
    ("", "", "Kim", "Mayer", "Dear Kim Mayer,"),
    ("", "", "", "Mayer", "Dear Sir or Madam,"),
    ("", "", "", "", "Dear Sir or Madam,"),
]


def person(anrede: str, titel: str, vorname: str, nachname: str) -> Person:
    return Person(1, "kim@example.org", anrede=anrede, titel=titel, vorname=vorname, nachname=nachname)


@pytest.mark.parametrize(("anrede", "titel", "vorname", "nachname", "expected"), TABLE)
def test_formal_german(anrede: str, titel: str, vorname: str, nachname: str, expected: str) -> None:
    assert salutation(person(anrede, titel, vorname, nachname)) == expected


@pytest.mark.parametrize(("anrede", "titel", "vorname", "nachname", "expected"), ENGLISH)
def test_formal_english(anrede: str, titel: str, vorname: str, nachname: str, expected: str) -> None:
    assert salutation(person(anrede, titel, vorname, nachname), language="en") == expected


def test_informal() -> None:
    known, unknown = person("Frau", "Dr.", "Gesa", "Lührs"), person("", "", "", "Lührs")

    assert salutation(known, tone="du") == "Hallo Gesa,"
    assert salutation(unknown, tone="du") == "Hallo,"
    assert salutation(known, tone="du", language="en") == "Hello Gesa,"


def test_the_shared_table(shared: Path) -> None:
    cases = json.loads((shared / "samples" / "salutations.json").read_text(encoding="utf-8"))

    wrong = [
        (case, got)
        for case in cases
        if (got := salutation(Person(1, "kim@example.org", **case["input"]), tone=case["tone"]))
        != case["expected"]
    ]

    assert cases
    assert wrong == []


ANREDEN = sorted({anrede for anrede, *_ in [*TABLE, *ENGLISH]})
TITEL = sorted({titel for _, titel, *_ in [*TABLE, *ENGLISH]})
WORDS = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)


@given(st.sampled_from(ANREDEN), st.sampled_from(TITEL), WORDS, WORDS, st.sampled_from(["de", "en"]))
@example("Frau", "", "Kim", "Professormann", "de")
@example("Frau", "", "Kim", "Professorin", "de")
def test_a_name_of_one_word_needs_no_second_look(
    anrede: str, titel: str, vorname: str, nachname: str, language: str
) -> None:
    quick = salutation(person(anrede, titel, vorname, nachname), language=language)

    assert quick == salutation(person(anrede, titel, f"{vorname} ", nachname), language=language)


@example("", "", ",", "0", "formal", "de")
@given(
    st.text(),
    st.text(),
    st.text(),
    st.text(),
    st.sampled_from(["formal", "du"]),
    st.sampled_from(["de", "en"]),
)
def test_whatever_the_cells_hold_it_is_one_clean_line(
    anrede: str, titel: str, vorname: str, nachname: str, tone: str, language: str
) -> None:
    line = salutation(person(anrede, titel, vorname, nachname), tone=tone, language=language)

    assert line.endswith(",")
    assert line == " ".join(line.split())
    assert line.isprintable()
    assert not line.startswith(("Guten Tag ,", "Hallo ,"))
