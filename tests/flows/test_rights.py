"""A person's rights over the whole road: after real letters, everything is told, then nothing is left."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, select, update

from mailer.cli.office import Office, clock
from mailer.cli.run import make_sender
from mailer.delivery import traces
from mailer.delivery.schema import attempt, delivery
from mailer.schedule.ticker import tick
from mailer.web.sandbox import Sandbox
from subscribers.access import everything
from subscribers.address import parse_address
from subscribers.database import reading
from subscribers.erasure import forget
from subscribers.keeping import Keeping
from subscribers.retention import silent
from subscribers.schema import consent_event, metadata, subscription
from tests.conftest import ROOT
from tests.frontdoor import Done, rundbrief
from tests.small_workspace import add_people, make_office, plan_and_approve


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """An office that wrote to two people: one got the letter, the mailbox of the other is gone."""
    with Sandbox(tmp_path / "mails") as box:
        office = make_office(tmp_path / "w", port=box.port, database=database_url)
        now = clock()
        add_people(office, ["ada@example.org", "550@example.org"], now)
        plan_and_approve(office, now, now)
        tick(office.engine, now, grace=office.grace, fingerprint=office.fingerprint)
        make_sender(office, Event()).run(until_done=True)
        with office.engine.begin() as connection:
            said = "5.1.1 <550@example.org>: no such user"
            connection.execute(update(attempt).where(attempt.c.code == 550).values(reply=said))
            connection.execute(update(delivery).where(delivery.c.state == "failed").values(reply=said))
        yield office
        office.engine.dispose()


def run(office: Office, *arguments: str) -> Done:
    return rundbrief("--config", str(office.settings.file), *arguments, cwd=ROOT)


def test_access_tells_the_letters_with_their_receipts(office: Office) -> None:
    book = office.open_book()

    with reading(office.engine) as connection:
        found = [
            everything(connection, parse_address(each), secret=book.secret, now=clock(), post=book.post)
            for each in ("ada@example.org", "550@example.org")
        ]

    (sent,), (failed,) = (one["letters"] for one in found)
    assert (sent["issue"], sent["newsletter"], sent["state"]) == ("2025-10", "rundbrief", "sent")
    assert [one["code"] for one in sent["attempts"]] == [250]
    assert sent["reply"] == sent["attempts"][0]["reply"] != ""
    assert (failed["state"], failed["sent_at"]) == ("failed", None)
    assert "no such user" in failed["attempts"][0]["reply"]


def test_the_page_is_german_whole_and_private(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "auskunft.html"
    run(office, "subscribers", "change", "ada@example.org", "--firma", "<b>Müller & Söhne</b>")
    run(office, "subscribers", "unsubscribe", "ada@example.org", "--reason", "zu viel")

    done = run(office, "subscribers", "access", "ada@example.org", "--html", str(file))
    again = run(office, "subscribers", "access", "ada@example.org", "--html", str(file))

    page = file.read_text("utf-8")
    assert (done.returncode, done.stdout) == (0, "")
    assert file.stat().st_mode & 0o077 == 0
    assert again.returncode == 1
    assert "exists already" in again.stderr
    for words in (
        '<html lang="de">',
        "Artikel 15",
        "Kammer Musterland, Werkstraße 1, 40000 Musterstadt",
        "&lt;b&gt;Müller &amp; Söhne&lt;/b&gt;",
        "Anmeldung bestätigt: Rundbrief",
        "Ja, gern.",
        "Geschäftsstelle: zu viel",
        "versandt und vom Mailserver angenommen",
        "noch 3\N{NO-BREAK SPACE}Jahre auf",
        "nach 7\N{NO-BREAK SPACE}Tagen",
    ):
        assert words in page
    assert not re.search(r"(src|href)=|<script|None|\{\{", page)


def test_after_forgetting_no_table_names_the_person_and_the_books_add_up(office: Office) -> None:
    book, address = office.open_book(), parse_address("550@example.org")

    with office.engine.begin() as connection:
        before = _everything_said(connection)
        done = forget(connection, address, secret=book.secret, now=clock(), post=book.post)
        after = _everything_said(connection)

    report = json.loads(run(office, "mailing", "report", "1", "--json", "--full").stdout)
    assert "550@example.org" in before
    assert "Muster1" in before
    assert "550@example.org" not in after
    assert "Muster1" not in after
    assert done.letters == 1
    assert (report["planned"], len(report["sent"]), len(report["failed"])) == (2, 1, 1)
    assert report["failed"][0]["address"] == "(erased)"
    assert "ada@example.org" in after


def test_who_got_a_letter_is_not_silent(office: Office) -> None:
    keeping, later = Keeping(silent_months=1), clock() + timedelta(days=20)
    with office.engine.begin() as connection:
        long_ago = clock() - timedelta(days=400)
        connection.execute(update(subscription).values(since=long_ago))
        connection.execute(update(consent_event).values(recorded_at=long_ago))

        found = silent(connection, keeping, later, ("rundbrief",), traces)

    assert [one.email for one in found] == ["550@example.org"]


def test_the_periods_stand_in_config_toml(office: Office) -> None:
    file = office.settings.file
    table = '[subscribers]\nip = "truncated"\nproof_years = 5\nunconfirmed_days = 15\n'
    file.write_text(file.read_text("utf-8").replace("[smtp]", f"{table}[smtp]"), "utf-8")

    wrong = run(office, "subscribers", "retention", "--dry-run")
    file.write_text(
        file.read_text("utf-8").replace("unconfirmed_days = 15", "unconfirmed_days = 14"), "utf-8"
    )
    changed = Office(str(file))
    keeping = changed.open_book().keeping
    changed.engine.dispose()

    assert wrong.returncode == 3
    assert "unconfirmed_days" in wrong.stderr
    assert keeping == Keeping(ip="truncated", unconfirmed_days=14, proof_years=5)


def _everything_said(connection: Connection) -> str:
    tables = metadata.sorted_tables
    return "\n".join(repr(row) for table in tables for row in connection.execute(select(table)))
