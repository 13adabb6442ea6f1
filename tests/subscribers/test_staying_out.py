"""Who left, was suppressed or was forgotten stays out of every import, however the address is written."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from invented import SECRET
from sqlalchemy import Engine

from subscribers.address import parse_address
from subscribers.cells import Terms
from subscribers.erasure import forget
from subscribers.import_report import Report
from subscribers.people import list_people
from subscribers.roster import Added, unsubscribe
from subscribers.suppression import key_hash, suppress

PROVEN = "Messe"
MAILBOX = "jörg@bäckerei-großmann.example"
SPELLINGS = {
    "as it was": MAILBOX,
    "capitals": "JÖRG@BÄCKEREI-GROßMANN.EXAMPLE",
    "decomposed": unicodedata.normalize("NFD", MAILBOX),
    "A-label": "jörg@xn--bckerei-gromann-0ib8e.example",
    "A-label in capitals": "Jörg@XN--BCKEREI-GROMANN-0IB8E.EXAMPLE",
}


def stop(engine: Engine, put: Callable[..., Added], now: datetime, how: str) -> None:
    person = put(MAILBOX, nachname="Großmann")
    with engine.begin() as connection:
        if how == "unsubscribed":
            unsubscribe(connection, person.subscription_id, "Brief", now)
        if how == "suppressed":
            suppress(connection, key_hash(SECRET, parse_address(MAILBOX).key), "objected", "Brief", now)
        if how == "forgotten":
            forget(connection, parse_address(MAILBOX), secret=SECRET, now=now)


@pytest.mark.parametrize("how", ["unsubscribed", "suppressed", "forgotten"])
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_nobody_comes_back_by_an_import(
    engine: Engine,
    put: Callable[..., Added],
    write: Callable[..., Path],
    take: Callable[..., Report],
    now: datetime,
    how: str,
    spelling: str,
) -> None:
    stop(engine, put, now, how)

    report = take(
        write("E-Mail;Nachname", f"{spelling};Neu", "eva@example.org;Neu"), Terms(PROVEN, now, "Ja.")
    )

    with engine.connect() as connection:
        mailed = [person.email for person, _ in list_people(connection, state="active")]
    assert mailed == ["eva@example.org"]
    assert report.new == 1
    assert [one.line for one in report.refused] == [2]


@pytest.mark.parametrize("how", ["suppressed", "forgotten"])
def test_a_tag_is_no_way_around_the_suppression_list(
    engine: Engine,
    put: Callable[..., Added],
    write: Callable[..., Path],
    take: Callable[..., Report],
    now: datetime,
    how: str,
) -> None:
    stop(engine, put, now, how)

    report = take(write("E-Mail", MAILBOX.replace("@", "+neu@")), Terms(PROVEN, now, "Ja."))

    assert (report.new, len(report.refused)) == (0, 1)


def test_a_tag_is_no_way_around_having_left(
    engine: Engine,
    put: Callable[..., Added],
    write: Callable[..., Path],
    take: Callable[..., Report],
    now: datetime,
) -> None:
    stop(engine, put, now, "unsubscribed")

    report = take(write("E-Mail", MAILBOX.replace("@", "+neu@")), Terms(PROVEN, now, "Ja."))

    assert (report.new, len(report.refused)) == (0, 1)
