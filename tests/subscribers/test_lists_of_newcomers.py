"""What people bring along who never made a list for a program: whole names, merged cells, a To field."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from invented import SECRET
from openpyxl import Workbook
from sqlalchemy import Engine

from subscribers.address import parse_address
from subscribers.attributes import attributes_of
from subscribers.card import Card
from subscribers.cells import Terms
from subscribers.changes import change_address
from subscribers.fields import Field
from subscribers.fullname import split_name
from subscribers.importing import Meaning, Report, apply_import, import_list
from subscribers.listfile import read_list
from subscribers.roster import Added
from subscribers.undo import undo_import

Take = Callable[..., Report]


@pytest.fixture
def excel(tmp_path: Path) -> Callable[..., Path]:
    """An Excel file of one sheet; a function changes it."""

    def make(*rows: list[object], change: Callable[[Any], None] | None = None) -> Path:
        book = Workbook()
        for row in rows:
            book.active.append(row)
        if change is not None:
            change(book.active)
        book.save(tmp_path / "liste.xlsx")
        return tmp_path / "liste.xlsx"

    return make


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
@pytest.mark.parametrize("word", ["Fenzil Ärger", "Müller", "Köln", "Große Straße", "MÜLLER", "Fachkräfte"])
def test_umlauts_of_an_old_mac_or_dos_are_read_and_told(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], encoding: str, word: str
) -> None:
    path = write("E-Mail;Ort", "eva@example.org;Hamm", f"kim@example.org;{word}", encoding=encoding)

    report = take(path)

    assert report.encoding == encoding
    assert card("kim@example.org").person.ort == word
    assert any("judged by its umlauts" in one["text"] for one in report.warnings)
    assert {"line": 3, "text": f"E-Mail=kim@example.org; Ort={word}"} in report.sample


@pytest.mark.parametrize(
    ("text", "parts", "doubtful"),
    [
        ("Schmidt, Eva", ("", "Eva", "Schmidt"), False),
        ("Eva Schmidt", ("", "Eva", "Schmidt"), False),
        ("Frau Dr. Eva Schmidt", ("Frau Dr.", "Eva", "Schmidt"), False),
        ("Schmidt, Dr. Eva", ("Dr.", "Eva", "Schmidt"), False),
        ("Ursula von der Höhe", ("", "Ursula", "von der Höhe"), False),
        ("von der Höhe, Ursula", ("", "Ursula", "von der Höhe"), False),
        ("Hans J. Meier", ("", "Hans J.", "Meier"), False),
        ("Anna Maria Schmidt", ("", "Anna Maria", "Schmidt"), True),
        ("Schmidt", ("", "", "Schmidt"), True),
        ("Eva und Hans Schmidt", ("", "", "Eva und Hans Schmidt"), True),
        ("SCHMIDT Eva", ("", "Eva", "SCHMIDT"), True),
        ("a, b, c", ("", "b c", "a"), True),
        ("Holz GmbH", ("", "", ""), True),
        (",;", ("", "", ""), False),
    ],
)
def test_a_whole_name_is_parted_by_rule(text: str, parts: tuple[str, str, str], doubtful: bool) -> None:
    found = split_name(text)

    assert (found.form, found.vorname, found.nachname) == parts
    assert bool(found.doubt) == doubtful


def test_one_column_of_names(card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    path = write(
        "Anrede;Name;E-Mail",
        "Frau;Schmidt, Eva;eva@example.org",
        ";Herr Dr. Kim Yilmaz;kim@example.org",
        ";Holz GmbH;info@example.org",
    )

    report = take(path)

    eva, kim, office = (card(f"{name}@example.org").person for name in ("eva", "kim", "info"))
    assert report.mapping["Name"] == "name"
    assert (eva.anrede, eva.vorname, eva.nachname) == ("Frau", "Eva", "Schmidt")
    assert (kim.anrede, kim.titel, kim.vorname, kim.nachname) == ("Herr", "Dr.", "Kim", "Yilmaz")
    assert (office.firma, office.nachname) == ("Holz GmbH", "")
    assert [one["line"] for one in report.warnings] == [4]


def test_a_name_is_mapped_by_hand(
    run: Callable[..., Result], write: Callable[..., Path], card: Callable[[str], Card]
) -> None:
    run(
        "subscribers",
        "import",
        write("E-Mail;Wer", "eva@example.org;Schmidt, Eva"),
        "--map",
        "Wer=name",
        "--apply",
    )

    assert card("eva@example.org").person.vorname == "Eva"


def test_days_are_days_however_excel_keeps_them(
    engine: Engine, excel: Callable[..., Path], card: Callable[[str], Card], now: datetime
) -> None:
    path = excel(
        ["E-Mail", "Einwilligung am", "Quelle", "mitglied_seit"],
        ["a@example.org", 45700, "Messe", 44159],
        ["b@example.org", date(2025, 2, 12), "Messe", datetime.combine(date(2020, 11, 24), time(9, 30))],
        ["c@example.org", "12.2.25", "Messe", "24.11.20"],
        ["d@example.org", "45700", "Messe", "24.11.68"],
        ["e@example.org", "bald", "Messe", "bald"],
    )
    fields = {"mitglied_seit": Field("mitglied_seit", "date")}

    with engine.begin() as connection:
        how: dict[str, Any] = {
            "secret": SECRET,
            "now": now,
            "terms": Terms(),
            "meaning": Meaning(fields=fields),
        }
        report = apply_import(connection, read_list(path), "report", **how)

    people = [card(f"{name}@example.org") for name in "abcd"]
    with engine.connect() as connection:
        kept = [attributes_of(connection, [one.person.id])[one.person.id]["mitglied_seit"] for one in people]
    assert {one.consents[0]["at"] for one in people} == {datetime(2025, 2, 12, tzinfo=UTC)}
    assert kept == ["2020-11-24", "2020-11-24", "2020-11-24", "1968-11-24"]
    assert [(one["line"], one["text"][:12]) for one in report.warnings] == [
        (6, "consented_on"),
        (6, "'bald' is no"),
    ]


def test_merged_cells_are_told_with_their_line(excel: Callable[..., Path], take: Take) -> None:
    path = excel(
        ["E-Mail", "Firma"],
        ["kim@example.org", "Holz"],
        ["eva@example.org", None],
        change=lambda sheet: sheet.merge_cells("B2:B3"),
    )

    report = take(path)

    assert [(one["line"], "Firma is merged" in one["text"]) for one in report.warnings] == [(3, True)]


def test_a_hidden_sheet_is_told(tmp_path: Path, take: Take) -> None:
    book = Workbook()
    book.active.append(["Stand Januar"])
    hidden = book.create_sheet("Alt")
    hidden.append(["E-Mail"])
    hidden.append(["kim@example.org"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "liste.xlsx")

    report = take(tmp_path / "liste.xlsx")

    assert any("Alt is hidden" in one["text"] for one in report.warnings)


@pytest.mark.parametrize(
    ("anrede", "kept", "warned"),
    [
        ("Sehr geehrte Frau", "Frau", False),
        ("Herr/Frau", "Herr/Frau", True),
        ("w", "w", True),
        ("Firma", "Firma", True),
        ("divers", "divers", False),
        ("Familie", "Familie", False),
        ("n/a", "", False),
    ],
)
def test_odd_forms_of_address_are_told(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], anrede: str, kept: str, warned: bool
) -> None:
    report = take(write("E-Mail;Anrede;Nachname;Ort", f"kim@example.org;{anrede};-;n/a"))

    person = card("kim@example.org").person
    assert (person.anrede, person.nachname, person.ort) == (kept, "", "")
    assert bool(report.warnings) == warned


@pytest.mark.parametrize(
    "lines",
    [
        ['"Meier, Hans" <hans@example.org>; Uschi <uschi@example.org>;'],
        ["Meier, Hans <hans@example.org>; Uschi <uschi@example.org>"],
        ['"Meier, Hans" <hans@example.org>, Uschi <uschi@example.org>'],
        ['"Meier, Hans" <hans@example.org>;', "Uschi <uschi@example.org>;"],
    ],
)
def test_the_recipients_of_a_mail_are_a_list(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path], lines: list[str]
) -> None:
    report = take(write(*lines))

    hans, uschi = card("hans@example.org").person, card("uschi@example.org").person
    assert (report.new, report.refused) == (2, ())
    assert (hans.vorname, hans.nachname, uschi.nachname) == ("Hans", "Meier", "Uschi")


def test_bare_recipients_in_one_line(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("hans@example.org; uschi@example.org"))

    assert (report.new, report.refused) == (2, ())


def test_refused_rows_end_with_partly(run: Callable[..., Result], write: Callable[..., Path]) -> None:
    path = write("E-Mail", "kim@example.org", "falsch")

    looked, done = run("subscribers", "import", path), run("subscribers", "import", path, "--apply")

    assert (looked.exit_code, done.exit_code) == (0, 4)
    assert "1 rows were refused" in done.stderr


def test_fill_only_keeps_what_is_known(
    run: Callable[..., Result],
    put: Callable[..., Added],
    write: Callable[..., Path],
    card: Callable[[str], Card],
) -> None:
    put("kim@example.org", ort="Hamm")

    run(
        "subscribers",
        "import",
        write("E-Mail;Ort;Firma", "kim@example.org;Soest;Holz"),
        "--fill-only",
        "--apply",
    )

    person = card("kim@example.org").person
    assert (person.ort, person.firma) == ("Hamm", "Holz")


def test_who_moved_since_stays_whole(
    engine: Engine, write: Callable[..., Path], card: Callable[[str], Card], now: datetime
) -> None:
    how: dict[str, Any] = {"secret": SECRET, "now": now, "terms": Terms("Messe", now)}
    path = write("E-Mail;Ort", "anna@example.org;Hamm", "eva@example.org;Soest")
    batch = import_list(engine, read_list(path), "report", **how).batch or 0
    number = card("anna@example.org").person.id
    with engine.begin() as connection:
        later = now + timedelta(hours=1)
        new = parse_address("anna.neu@example.org")
        change_address(connection, number, new, secret=SECRET, now=later, source="Anruf")

    undone = undo_import(engine, batch, {}, now + timedelta(hours=2))

    assert undone.kept == (
        {
            "email": "anna.neu@example.org",
            "what": "everything: the address has changed since",
            "import": None,
        },
    )
    assert (undone.removed, card("anna.neu@example.org").subscriptions[0].state) == (1, "active")


def test_who_left_before_an_export_left_then(
    write: Callable[..., Path], take: Take, card: Callable[[str], Card]
) -> None:
    take(
        write("E-Mail;Rundbrief-Status;Status seit", "kim@example.org;unsubscribed;2025-03-01T10:00:00+00:00")
    )

    kim = card("kim@example.org")
    assert kim.subscriptions[0].state_since == kim.consents[-1]["at"] == datetime(2025, 3, 1, 10, tzinfo=UTC)


def test_small_things_are_said(
    run: Callable[..., Result], write: Callable[..., Path], card: Callable[[str], Card], take: Take
) -> None:
    path = write(
        "E-Mail;PLZ;Vorname;Innung",
        "kim@example.org;0;K\u200eim;Holz",
        '"eva@example.org\nida@example.org";;;',
    )

    report, shown = take(path), run("subscribers", "import", path)

    assert card("kim@example.org").person.vorname == "Kim"
    assert [one["text"] for one in report.warnings] == ["plz '0' is none and was left out."]
    assert "more than one address" in report.refused[0].reason
    assert "Not taken: Innung" in shown.stderr
