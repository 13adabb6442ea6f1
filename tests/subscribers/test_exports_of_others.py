"""The exports of the usual programs come in as they mean, with their own headers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from subscribers.card import Card
from subscribers.importing import Report
from subscribers.labels import labels_of
from subscribers.roster import Added

Take = Callable[..., Report]
MAILCHIMP = (
    "Email Address,First Name,Last Name,Company,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,"
    "CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)


def test_mailchimp_subscribed(
    engine: Engine, card: Callable[[str], Card], take: Take, write: Callable[..., Path]
) -> None:
    report = take(
        write(
            MAILCHIMP,
            'kim@example.org,Kim,Yilmaz,Holz GmbH,2,"2019-04-03 10:11:12",192.0.2.1,"2019-04-03 10:13:40",'
            '192.0.2.1,de,nw,"2020-01-01 00:00:00",1,abc,,"""Presse"",""Messe 2019"""',
        )
    )

    kim = card("kim@example.org")
    assert (report.new, report.pending, kim.person.kreis) == (1, 0, "")
    assert [event["kind"] for event in kim.consents] == ["asked", "confirmed"]
    with engine.connect() as connection:
        assert labels_of(connection, [kim.person.id])[kim.person.id].tags == ("Messe 2019", "Presse")


@pytest.mark.parametrize("column", ["UNSUB_TIME", "CLEAN_TIME"])
def test_mailchimp_unsubscribed_and_cleaned(
    put: Callable[..., Added],
    card: Callable[[str], Card],
    take: Take,
    write: Callable[..., Path],
    column: str,
) -> None:
    put("kim@example.org")

    report = take(
        write(
            f"Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,{column},UNSUB_CAMPAIGN_TITLE,EUID",
            "kim@example.org,Kim,2019-04-03 10:11:12,2019-04-03 10:11:12,2021-01-01 10:00:00,Mai,x",
            "eva@example.org,Eva,2019-04-03 10:11:12,2019-04-03 10:11:12,2021-01-01 10:00:00,Mai,x",
        )
    )

    assert (report.suppressed, report.new) == (2, 0)
    assert card("kim@example.org").subscriptions[0].state == "suppressed"


@pytest.mark.parametrize(
    ("column", "cell", "stopped"),
    [
        ("EMAIL_BLACKLISTED", "1", True),
        ("BLOCKLISTED", "true", True),
        ("Email blocklisted", "Yes", True),
        ("EMAIL_BLOCKLISTED", "False", False),
        ("SMS_BLACKLISTED", "1", False),
    ],
)
def test_brevo(take: Take, write: Callable[..., Path], column: str, cell: str, stopped: bool) -> None:
    header = f"CONTACT ID;EMAIL;VORNAME;NACHNAME;SMS;{column};ADDED_TIME"

    report = take(write(header, f"1;kim@example.org;Kim;Yilmaz;49170;{cell};2020-01-01"))

    assert (report.suppressed, report.new) == ((1, 0) if stopped else (0, 1))
    assert {"EMAIL": "email", "VORNAME": "vorname"}.items() <= report.mapping.items()


def test_outlook_in_english(card: Callable[[str], Card], take: Take, write: Callable[..., Path]) -> None:
    take(
        write(
            '"Title","First Name","Last Name","Company","Job Title","Business City","Business Postal Code",'
            '"Business Country/Region","E-mail Address","E-mail Type","E-mail Display Name",'
            '"E-mail 2 Address","E-mail 2 Type","Birthday","Categories"',
            '"Dr.","Gesa","Lührs","Landtag","MdL","Düsseldorf","40221","Germany","/o=x/cn=gl","EX","Lührs",'
            '"gesa@example.org","SMTP","0/0/00","Politik;NRW"',
        )
    )

    gesa = card("gesa@example.org").person
    assert (gesa.anrede, gesa.titel, gesa.plz, gesa.funktion) == ("", "Dr.", "40221", "MdL")


def test_a_register_marks_who_is_deleted(take: Take, write: Callable[..., Path]) -> None:
    report = take(
        write(
            "BETRIEBSNR;NAME1;PLZ;EMAIL;LOESCH_KZ;AUSTRITT",
            "00012;Holz;33330;kim@example.org;;00.00.0000",
            "00013;Bau;33330;eva@example.org;X;01.02.2024",
        )
    )

    assert [(one.line, "deleted" in one.reason) for one in report.refused] == [(3, True)]
    assert (report.new, report.suppressed) == (1, 0)


@pytest.mark.parametrize("rows", [["kim@example.org", "eva@example.org"], ["kim@example.org"]])
def test_bare_addresses_need_no_header(take: Take, write: Callable[..., Path], rows: list[str]) -> None:
    report = take(write(*rows))

    assert report.new == len(rows)
    assert "no header" in report.warnings[0]["text"]


def test_a_title_above_the_header_is_passed_over(take: Take, write: Callable[..., Path]) -> None:
    report = take(write("Adressliste Presse;;", ";;", "Name;E-Mail;Ort", "Kim;kim@example.org;Hamm", "x;y;"))

    assert (report.new, [one.line for one in report.refused]) == (1, [5])
    assert report.mapping["E-Mail"] == "email"
