"""What further programs and offices call their columns: Thunderbird, Google, DATEV, Salesforce, registers."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import Engine

from subscribers.attributes import attributes_of
from subscribers.card import Card
from subscribers.cells import Terms
from subscribers.fields import Field
from subscribers.headers import read_header
from subscribers.importing import Meaning, Report, apply_import
from subscribers.labels import labels_of
from subscribers.listfile import read_list
from subscribers.person import Person

Take = Callable[..., Report]
THUNDERBIRD = (
    "Vorname,Nachname,Anzeigename,Primäre E-Mail-Adresse,Sekundäre E-Mail-Adresse,Privat: Ort,Privat: PLZ,"
    "Dienstlich: Ort,Dienstlich: PLZ,Arbeitstitel,Organisation"
)
GOOGLE = (
    "First Name,Last Name,Name Prefix,Organization Name,Organization Title,Labels,E-mail 1 - Label,"
    "E-mail 1 - Value,Address 1 - City,Address 1 - Postal Code,Address 1 - Country"
)
DATEV = (
    "Konto;Name (Adressattyp Unternehmen);Name (Adressattyp natürl. Person);"
    "Vorname (Adressattyp natürl. Person);Titel/Akad. Grad;Adelstitel;Namensvorsatz;Postleitzahl;Ort;E-Mail"
)


def _of(person: Person, *names: str) -> tuple[str, ...]:
    return tuple(getattr(person, name) for name in names)


def test_thunderbird_in_german(card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    take(
        write(
            THUNDERBIRD,
            ",,Thea Vogt,thea@example.org,,,,Unna,59423,Meisterin,Vogt KG",
            'Tim,Vogel,"Ganz, Anders",,tim@example.org,Werl,59457,,,,',
        )
    )

    thea, tim = card("thea@example.org").person, card("tim@example.org").person
    assert _of(thea, "vorname", "nachname", "ort", "plz", "funktion", "firma") == (
        *("Thea", "Vogt", "Unna", "59423", "Meisterin", "Vogt KG"),
    )
    assert _of(tim, "vorname", "nachname", "ort", "plz") == ("Tim", "Vogel", "Werl", "59457")


def test_google(engine: Engine, card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    take(
        write(
            GOOGLE,
            "Gina,Holt,Frau,Holt GmbH,Chefin,* myContacts ::: Presse ::: Messe,* Work,gina@example.org,"
            "Soest,59494,DE",
        )
    )

    gina = card("gina@example.org").person
    assert _of(gina, "anrede", "firma", "funktion", "ort", "plz") == (
        *("Frau", "Holt GmbH", "Chefin", "Soest", "59494"),
    )
    with engine.connect() as connection:
        assert labels_of(connection, [gina.id])[gina.id].tags == ("Messe", "Presse")


def test_datev_keeps_title_and_prefix(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    take(
        write(
            DATEV,
            "1;;Heide;Anna;Dr.;;von der;59423;Unna;anna@example.org",
            "2;;Tal;Ulf;;Graf;von;59423;Unna;ulf@example.org",
            "3;Holz GmbH;;;;;;59423;Unna;info@example.org",
        )
    )

    anna, ulf, firm = (card(f"{name}@example.org").person for name in ("anna", "ulf", "info"))
    assert _of(anna, "titel", "vorname", "nachname") == ("Dr.", "Anna", "von der Heide")
    assert _of(ulf, "vorname", "nachname") == ("Ulf", "Graf von Tal")
    assert _of(firm, "firma", "nachname") == ("Holz GmbH", "")


@pytest.mark.parametrize(
    ("header", "title", "got"),
    [
        ("salutation;title", "Dr.", ("Frau", "Dr.", "")),
        ("Salutation;Title;Account Name", "Vorstand", ("Frau", "", "Vorstand")),
        ("Title", "Frau", ("Frau", "", "")),
    ],
)
def test_a_title_is_what_its_neighbours_make_it(
    card: Callable[[str], Card],
    take: Take,
    write: Callable[..., Path],
    header: str,
    title: str,
    got: tuple[str, str, str],
) -> None:
    cells = [title] if header == "Title" else ["Frau", title]

    take(write(f"email;{header}", ";".join(["eva@example.org", *cells])))

    assert _of(card("eva@example.org").person, "anrede", "titel", "funktion") == got


@pytest.mark.parametrize(
    ("place", "plz", "ort"),
    [
        ("33330 Gütersloh", "33330", "Gütersloh"),
        ("1067 Dresden", "01067", "Dresden"),
        ("D-59494 Soest", "59494", "Soest"),
        ("A-1010 Wien", "A-1010", "Wien"),
        ("Hamm", "", "Hamm"),
    ],
)
def test_a_register_with_a_place_in_one_cell(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], place: str, plz: str, ort: str
) -> None:
    header = (
        "Betriebsname;Inh.-Anrede;Inh. Name;Inh. Vorname;PLZ / Ort;Gewerk(e);E-Mail dienstl.;E-Mail priv."
    )

    take(write(header, f"Holz;Frau;Vogt;Eva;{place};Maler;;eva@example.org"))

    eva = card("eva@example.org").person
    assert _of(eva, "anrede", "vorname", "nachname", "gewerk") == ("Frau", "Eva", "Vogt", "Maler")
    assert (eva.plz, eva.ort) == (plz, ort)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Home City", "private_ort"),
        ("Postleitzahl privat", "private_plz"),
        ("Work ZipCode", "plz"),
        ("Ansprechpartner Nachname", "nachname"),
        ("Inhaber", "name"),
        ("Betrieb: Name", "firma"),
        ("Geschäftliche E-Mail", "email"),
        ("E-Mail-Adresse(n)", "email"),
        ("Newsletter per E-Mail", "consent"),
        ("Straße privat", ""),
        ("Firma E-Mail-Typ", ""),
    ],
)
def test_headers_with_a_word_for_the_group(header: str, field: str) -> None:
    assert read_header([header]).mapping.get(header, "") == field


def test_several_columns_make_one_name_by_hand(
    run: Callable[..., Result], write: Callable[..., Path], card: Callable[[str], Card]
) -> None:
    path = write("E-Mail;Partikel;Stamm;Nachname", "eva@example.org;von der;Heide;Falsch")

    run("subscribers", "import", path, "--map", "Partikel=nachname", "--map", "Stamm=nachname", "--apply")

    assert card("eva@example.org").person.nachname == "von der Heide"


def test_two_columns_for_one_field_are_refused(
    run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    path = write("E-Mail;A;B", "eva@example.org;59494;33330")

    refused = run("subscribers", "import", path, "--map", "A=plz", "--map", "B=plz")

    assert refused.exit_code == 2
    assert "Two columns are to be plz: A and B." in refused.stderr


def test_a_column_named_by_hand_goes_before_one_that_is_known(
    run: Callable[..., Result], write: Callable[..., Path], card: Callable[[str], Card]
) -> None:
    path = write("E-Mail;Ort;Sitz", "eva@example.org;Hamm;Soest")

    run("subscribers", "import", path, "--map", "Sitz=ort", "--apply")

    assert card("eva@example.org").person.ort == "Soest"


def test_a_field_of_the_workspace_is_found_with_its_umlaut_and_a_leaving_is_still_heard(
    engine: Engine, write: Callable[..., Path], card: Callable[[str], Card], now: datetime
) -> None:
    fields = {"betriebsgroesse": Field("betriebsgroesse", "text"), "austritt": Field("austritt", "date")}
    path = write("E-Mail;Betriebsgröße;Austritt", "eva@example.org;klein;2024-02-01")
    how: dict[str, Any] = {"secret": b"key", "now": now, "meaning": Meaning(fields=fields)}

    with engine.begin() as connection:
        apply_import(connection, read_list(path), "report", terms=Terms("Messe", now), **how)

    eva = card("eva@example.org")
    with engine.connect() as connection:
        kept = attributes_of(connection, [eva.person.id])[eva.person.id]
    assert kept == {"betriebsgroesse": "klein", "austritt": "2024-02-01"}
    assert eva.subscriptions[0].state == "pending"


def test_all_columns_that_are_not_taken_are_told_whole(
    run: Callable[..., Result], write: Callable[..., Path]
) -> None:
    names = [f"Spalte mit einem langen Namen {number}" for number in range(30)]
    path = write(";".join(["E-Mail", *names]), "eva@example.org" + ";x" * 30)

    shown = run("subscribers", "import", path)

    assert f"{names[19]} and 10 more." in shown.stderr
    assert names[29] in shown.stdout
