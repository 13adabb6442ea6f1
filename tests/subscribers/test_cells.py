"""Cells become what people meant: headers, forms of address, postcodes, never a formula."""

from collections.abc import Callable
from pathlib import Path

import pytest

from subscribers.headers import read_header
from subscribers.importing import Report
from subscribers.postcode import mend_postcode
from subscribers.roster import Card

Take = Callable[..., Report]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-Mail", "email"),
        (" EMAIL ", "email"),
        ("Mail", "email"),
        ("E-Mail-Adresse", "email"),
        ("e_mail", "email"),
        ("E-Mail (geschäftlich)", "email"),
        ("E-mail Address", "email"),
        ("Betrieb", "firma"),
        ("KAMMERBEZIRK", "kreis"),
        ("Postleitzahl ", "plz"),
        ("Sprache", "language"),
    ],
)
def test_german_headers_are_known(header: str, field: str) -> None:
    columns = read_header(["X", header])

    assert columns.mapping == {header.strip(): field}
    assert columns.ignored == ("X",)
    assert bool(columns.emails) == (field == "email")


def test_a_formula_never_stays(card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    cells = [
        ("=1+1", "", True),
        ('=HYPERLINK(""http://x.example"")', "", True),
        ("@SUM(A1)", "", True),
        ("-2+3", "", True),
        ("+cmd|' /C calc'!A0", "", True),
        ("＝1+1", "", True),
        ("\t=1+1", "", True),
        ('=""Hamm""', "Hamm", False),
        ("- Mitte", "- Mitte", False),
        ("+Bau (Köln)", "+Bau (Köln)", False),
        ("@work", "@work", False),
        ("GÃ¼tersloh", "GÃ¼tersloh", True),
    ]
    rows = [f'a{line}@example.org;"{cell}"' for line, (cell, _, _) in enumerate(cells, start=2)]

    report = take(write("E-Mail;Ort", *rows))

    warned = {one["line"] for one in report.warnings}
    got = [(card(f"a{line}@example.org").person.ort, line in warned) for line in range(2, len(cells) + 2)]
    assert got == [(kept, warning) for _, kept, warning in cells]


@pytest.mark.parametrize(
    ("plz", "ort", "kreis", "land", "kept", "warned"),
    [
        ("1067", "Dresden", "", "", "01067", True),
        ("1067", "", "Landkreis Meißen", "", "01067", True),
        ("1067", "Irgendwo", "", "Deutschland", "01067", True),
        ("1067", "Dresden", "", "Belgien", "1067", False),
        ("1500", "Halle", "", "", "1500", True),
        ("4000", "Lüttich", "", "", "4000", True),
        ("5000", "Aarau", "", "Deutschland", "5000", True),
        ("01067", "Dresden", "", "", "01067", False),
        ("D-33330", "Gütersloh", "", "", "33330", False),
        ("0", "Hamm", "", "", "", False),
        ("", "", "", "", "", False),
    ],
)
def test_only_a_german_postcode_gets_its_zero_back(
    plz: str, ort: str, kreis: str, land: str, kept: str, warned: bool
) -> None:
    mended, remark = mend_postcode(plz, ort, kreis, land)

    assert mended == kept
    assert bool(remark) == warned


def test_the_anrede_becomes_one_of_few(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    cells = [
        ("Herrn", "", "Herr", ""),
        ("Fr.", "", "Frau", ""),
        ("k. A.", "", "", ""),
        ("k.A.", "Dr.", "", "Dr."),
        ("Frau Dr.", "", "Frau", "Dr."),
        ("Frau Dr.", "Prof.", "Frau Dr.", "Prof."),
        ("divers", "", "divers", ""),
        ("Herr und Frau", "", "Herr und Frau", ""),
    ]

    take(
        write(
            "E-Mail;Anrede;Titel", *(f"a{at}@example.org;{one[0]};{one[1]}" for at, one in enumerate(cells))
        )
    )

    people = [card(f"a{at}@example.org").person for at in range(len(cells))]
    assert [(one.anrede, one.titel) for one in people] == [one[2:] for one in cells]
