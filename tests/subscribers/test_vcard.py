"""Cards of all three versions become people; a broken card is named and the others are read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from subscribers.card import Card
from subscribers.importing import Report
from subscribers.listfile import read_list

Take = Callable[..., Report]
NEW = """BEGIN:VCARD
VERSION:4.0
FN:Dr. Gesa Lührs
N:Lührs;Gesa;;Frau Dr.;
ORG:Landtag;Fraktion
TITLE:Abgeordnete
item1.EMAIL;TYPE=home:privat@example.org
EMAIL;TYPE=work;PREF=1:gesa.luehrs@example.org
CATEGORIES:Politik,NRW
ADR;TYPE=work:;;Platz 1;Düsseldorf;;40221;Deutschland
NOTE:Erste Zeile\\nzweite
 Zeile
END:VCARD
BEGIN:VCARD
VERSION:3.0
N:Özde
 mir;Bülent;;;
FN:Bülent Özdemir
EMAIL;TYPE=INTERNET,PREF:buelent@example.org
PHOTO;ENCODING=b:AAAA
 BBBB
END:VCARD
"""
OLD = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\n"
    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller-L=C3=BCden=\r\nscheid;J=C3=B6rdis;;;\r\n"
    "ORG;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller & S=F6hne\r\n"
    "EMAIL;INTERNET:zweite@example.org\r\nEMAIL;PREF;INTERNET:joerdis@example.org\r\nEND:VCARD\r\n"
)


def test_new_cards(card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    report = take(write(*NEW.splitlines()))

    assert (report.new, report.refused) == (2, ())
    gesa, bulent = card("gesa.luehrs@example.org").person, card("buelent@example.org").person
    assert (gesa.anrede, gesa.titel, gesa.vorname, gesa.nachname) == ("Frau", "Dr.", "Gesa", "Lührs")
    assert (gesa.firma, gesa.funktion, gesa.plz, gesa.ort) == (
        "Landtag",
        "Abgeordnete",
        "40221",
        "Düsseldorf",
    )
    assert (bulent.vorname, bulent.nachname) == ("Bülent", "Özdemir")


def test_an_old_card(card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    take(write(data=OLD.encode()))

    person = card("joerdis@example.org").person
    assert (person.vorname, person.nachname, person.firma) == (
        "Jördis",
        "Müller-Lüdenscheid",
        "Müller & Söhne",
    )


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("FN:Kim Yilmaz", ("", "Kim", "Yilmaz")),
        ("FN:Frau Dr. Anna von der Heide", ("Frau", "Anna", "von der Heide")),
        ("FN:Yilmaz\\, Kim", ("", "Kim", "Yilmaz")),
        ("FN:Bäckerei Muster\nORG:Bäckerei Muster", ("", "", "")),
        ("FN:Bäckerei Muster\nKIND:org", ("", "", "")),
    ],
)
def test_a_card_without_parts_of_the_name(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], name: str, got: tuple[str, ...]
) -> None:
    take(write("BEGIN:VCARD", "VERSION:4.0", *name.split("\n"), "EMAIL:kim@example.org", "END:VCARD"))

    person = card("kim@example.org").person
    assert (person.anrede, person.vorname, person.nachname) == got
    assert (person.firma == "Bäckerei Muster") == ("Bäckerei" in name)


def test_a_broken_card_is_named_by_its_line(take: Take, write: Callable[..., Path]) -> None:
    path = write(
        *("BEGIN:VCARD", "EMAIL:a@example.org"),
        *("BEGIN:VCARD", "EMAIL:b@example.org", "END:VCARD"),
        *("BEGIN:VCARD", "FN:Ohne Adresse", "END:VCARD"),
        *("BEGIN:VCARD", "EMAIL:c@example.org"),
    )

    report = take(path)

    assert [one.line for one in report.refused] == [1, 6, 9]
    assert report.new == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_cards_of_any_encoding(write: Callable[..., Path], encoding: str) -> None:
    path = write("BEGIN:VCARD", "N:Müller;Jörg;;;", "EMAIL:kim@example.org", "END:VCARD", encoding=encoding)

    rows = list(read_list(path).rows())

    assert "Müller" in rows[0][1]
