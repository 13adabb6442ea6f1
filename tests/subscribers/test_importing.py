"""Lists of every make come in as they mean; nobody who left comes back; every refusal names its line."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from invented import SECRET
from sqlalchemy import Engine, func, select

from subscribers.address import parse_address
from subscribers.cells import Terms
from subscribers.consent import verify
from subscribers.importing import Report
from subscribers.roster import Added, Card, find, list_people, unsubscribe
from subscribers.schema import consent_event, import_batch, subscriber
from subscribers.suppression import is_suppressed, key_hash, suppress

Take = Callable[..., Report]
TERMS = Terms("Anmeldeliste Messe", datetime(2026, 3, 1, tzinfo=UTC), "Ja, gern.")


@pytest.mark.parametrize("name", ["excel_cp1252.csv", "outlook_de_cp1252.csv", "cleverreach_utf8.csv"])
def test_the_shared_lists_come_in_as_their_truth_says(
    engine: Engine, take: Take, shared: Path, name: str
) -> None:
    lists = shared / "samples" / "lists"
    truth = json.loads((lists / "truth.json").read_text(encoding="utf-8"))[name]

    looked = take(lists / name, look=True)
    first, second = take(lists / name), take(lists / name)

    assert (first.encoding, first.delimiter) == (truth["encoding"], truth["delimiter"])
    assert looked.new == first.new == truth["valid_unique"]
    assert (looked.batch, first.batch is not None) == (None, True)
    assert (second.new, second.changed, second.suppressed, second.unconfirmed) == (0, 0, 0, 0)
    assert second.unchanged == first.new + first.unconfirmed + first.suppressed
    with engine.connect() as connection:
        assert verify(connection) == []


def test_the_excel_list_in_detail(card: Callable[[str], Card], take: Take, shared: Path) -> None:
    report = take(shared / "samples" / "lists" / "excel_cp1252.csv")

    assert [one.line for one in report.refused] == [9, 10]
    assert report.duplicate_lines == ({"line": 7, "first": 6},)
    assert [one["line"] for one in report.warnings] == [3, 6, 6, 11, 11]
    assert report.pending == 7
    bulent = card("buelent.oezdemir@example.org").person
    assert (bulent.email, bulent.anrede, bulent.plz) == ("Buelent.Oezdemir@example.org", "Herr", "01067")
    boese = card("boese@example.org").person
    assert (boese.vorname, boese.plz) == ("", "")
    assert card("info@xn--baeckerei-gromann-iob.example").person.gewerk == "Bäcker"


def test_the_outlook_list_in_detail(card: Callable[[str], Card], take: Take, shared: Path) -> None:
    take(shared / "samples" / "lists" / "outlook_de_cp1252.csv")

    gesa = card("gesa.luehrs@example.org").person
    assert (gesa.anrede, gesa.titel, gesa.funktion) == ("Frau", "Dr.", "MdL")
    assert card("redaktion@example.org").person.firma == "Tagesblatt GmbH"
    assert card("jp@example.org").person.plz == "4000"


def test_the_cleverreach_list_in_detail(
    engine: Engine, card: Callable[[str], Card], take: Take, shared: Path
) -> None:
    report = take(shared / "samples" / "lists" / "cleverreach_utf8.csv", TERMS)

    assert (report.new, report.unconfirmed, report.suppressed, report.pending) == (1, 1, 2, 1)
    jonas = card("jonas.kerkhoff@example.org")
    assert jonas.subscriptions[0].state == "active"
    assert [event["kind"] for event in jonas.consents] == ["asked", "confirmed"]
    assert jonas.consents[1]["at"] == datetime(2019, 4, 3, 8, 13, 40, tzinfo=UTC)
    assert jonas.consents[1]["source"] == "Anmeldeformular Website"
    leni = card("nie.bestaetigt@example.org")
    assert (leni.subscriptions[0].state, leni.subscriptions[0].basis) == ("pending", "unbestätigt")
    with engine.connect() as connection:
        for address in ("inaktiv@example.org", "bounce@example.org"):
            assert find(connection, parse_address(address)) is None
            assert is_suppressed(connection, key_hash(SECRET, address))


def test_a_look_writes_nothing(engine: Engine, take: Take, write: Callable[..., Path]) -> None:
    path = write("E-Mail;Ort", "kim@example.org;Hamm")

    report = take(path, look=True)

    assert report.new == 1
    with engine.connect() as connection:
        for table in (subscriber, import_batch, consent_event):
            assert connection.scalar(select(func.count()).select_from(table)) == 0


def test_nobody_who_left_was_suppressed_or_forgotten_comes_back(
    engine: Engine, put: Callable[..., Added], take: Take, write: Callable[..., Path], now: datetime
) -> None:
    left = put("left@müller.example")
    with engine.begin() as connection:
        unsubscribe(connection, left.subscription_id, "link", now)
        for address, reason in (
            ("out@xn--mller-kva.example", "complaint"),
            ("gone@faß.example", "forgotten"),
        ):
            suppress(connection, key_hash(SECRET, parse_address(address).key), reason, "Brief", now)
    path = write(
        "E-Mail;Einwilligung am;Quelle",
        "LEFT@XN--MLLER-KVA.example ;2026-11-01;Messe",
        "Out+neu@Mu\u0308ller.example;2026-11-01;Messe",
        "GONE@faß.example.;2026-11-01;Messe",
        "new@example.org;2026-11-01;Messe",
    )

    report = take(path, TERMS)

    assert [(one.line, one.reason.split("(")[-1][:9]) for one in report.refused] == [
        (2, "This pers"),
        (3, "complaint"),
        (4, "forgotten"),
    ]
    with engine.connect() as connection:
        active = [person.email for person, _ in list_people(connection, state="active")]
    assert active == ["new@example.org"]


def test_rows_with_their_own_proof_are_active(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    path = write(
        "E-Mail;Einwilligung am;Quelle;Einwilligungstext",
        "proven@example.org;01.02.2024;Messe Essen;Ja, ich will.",
        "nodate@example.org;;Messe Essen;",
        "nosource@example.org;15.3.23;;",
        "odd@example.org;irgendwann;Messe Essen;",
        "later@example.org;2027-01-01;Messe Essen;",
    )

    report = take(path)

    assert (report.new, report.pending) == (5, 4)
    proven = card("proven@example.org")
    assert (proven.subscriptions[0].state, proven.consents[0]["kind"]) == ("active", "imported")
    assert proven.subscriptions[0].since == proven.consents[0]["at"] == datetime(2024, 2, 1, tzinfo=UTC)
    assert proven.consents[0]["wording"] == "Ja, ich will."
    assert sorted({one["line"] for one in report.warnings}) == [3, 4, 5, 6]


def test_a_later_proof_for_the_whole_list_makes_it_active(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    path = write("E-Mail;Ort", "kim@example.org;Hamm", "eva@example.org;Soest")
    take(path)

    proven, again = take(path, TERMS), take(path, TERMS)

    assert (proven.changed, proven.pending) == (2, 0)
    assert (again.unchanged, again.changed) == (2, 0)
    assert [event["source"] for event in card("kim@example.org").consents] == ["Anmeldeliste Messe"]


def test_a_second_newsletter_has_its_own_consent(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    path = write("E-Mail", "kim@example.org")
    take(path, TERMS)

    report = take(path, newsletter="presse")

    assert (report.new, report.pending) == (1, 1)
    states = {one.newsletter: one.state for one in card("kim@example.org").subscriptions}
    assert states == {"report": "active", "presse": "pending"}


def test_changed_fields_are_counted_and_empty_cells_erase_nothing(
    card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    take(write("E-Mail;Ort;Vorname", "kim@example.org;Hamm;Kim", "eva@example.org;Soest;Eva"))

    report = take(write("E-Mail;Ort;Vorname", "kim@example.org;Soest;", "eva@example.org;Soest;"))

    assert (report.changed, report.unchanged) == (1, 1)
    kim = card("kim@example.org").person
    assert (kim.ort, kim.vorname) == ("Soest", "Kim")


def test_many_rows_come_in_at_once(engine: Engine, take: Take, write: Callable[..., Path]) -> None:
    rows = [f"person{number}@example.org;Ort {number % 7}" for number in range(2_000)]

    first, second = take(write("E-Mail;Ort", *rows), TERMS), take(write("E-Mail;Ort", *rows), TERMS)

    assert (first.new, second.unchanged) == (2_000, 2_000)
    with engine.connect() as connection:
        assert verify(connection) == []
        assert connection.scalar(select(func.count()).select_from(consent_event)) == 2_000
