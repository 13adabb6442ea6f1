"""The team is told what is missing and what was lost: in German, by day, once for each reader."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from mailer.delivery import mailing
from mailer.delivery.schema import reminder
from mailer.delivery.transport import Receipt, RelayDown
from mailer.schedule.newsroom import Newsroom, Notice
from mailer.schedule.reminders import deliver
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from tests.ports import held_port
from tests.schedule.newsdesk import TEAM, Newsdesk, at
from tests.small_workspace import EDITORIAL, add_people

MINUTE = timedelta(minutes=1)
RED = EDITORIAL.replace('author = "Katharina Bergmann"\n', "").replace(
    "erste Absatz", "erste Absatz mit [einem Link](http://)"
)


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Newsdesk]:
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", database_url, box, at("2026-11-10 12:00"))
        made.with_team()
        made.course = made.new_course()
        made.go("2026-11-10 12:00")
        yield made
        made.engine.dispose()


def body(desk: Newsdesk, index: int = -1) -> str:
    return desk.told()[index].get_content().replace("\r\n", "\n")


def test_before_the_date_the_team_reads_what_is_missing(desk: Newsdesk) -> None:
    desk.go("2026-11-21 06:59")
    early = desk.told()
    desk.go("2026-11-21 07:00")

    letter = desk.told()[0]
    assert early == []
    assert [each["To"] for each in desk.told()] == list(TEAM)
    assert letter["Subject"] == "Rundbrief, Dezember 2026: Ausgabe fehlt, noch 10 Tage"
    assert letter["From"] == "Kammer Musterland <rundbrief@example.org>"
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "de")
    assert body(desk) == (
        "Guten Tag,\n\n"
        "„Rundbrief“, Dezember 2026, soll am Dienstag, 1. Dezember 2026, 09:30 Uhr verschickt werden.\n\n"
        "Was noch fehlt:\n\n"
        "Es gibt noch keine Ausgabe für diesen Termin.\n\n"
        "Nächster Schritt:\n\n"
        "    rundbrief issue new 2026-12\n\n"
        "-- \n"
        "Diese Nachricht kommt von Rundbrief. Wer sie erhält, steht in config.toml unter\n"
        "[newsletters.rundbrief.team].\n"
    )


def test_each_day_is_told_once_and_what_was_slept_through_not_at_all(desk: Newsdesk) -> None:
    for moment in ("2026-11-21 07:00", "2026-11-21 07:01", "2026-11-25 12:00", "2026-11-30 08:00"):
        desk.go(moment)
        desk.go(MINUTE, desk.new_course())

    assert desk.subjects() == [
        "Rundbrief, Dezember 2026: Ausgabe fehlt, noch 10 Tage",
        "Rundbrief, Dezember 2026: Ausgabe fehlt, noch 1 Tag",
    ]


def test_findings_then_the_approval_and_then_nothing_more(desk: Newsdesk) -> None:
    file = desk.write_issue("2026-12", RED)
    desk.go("2026-11-21 07:00")
    red = body(desk)
    file.write_text(EDITORIAL, "utf-8")
    desk.go("2026-11-26 07:00")
    unapproved = body(desk)
    desk.approve(1)
    desk.go("2026-11-30 07:00")

    assert desk.subjects() == [
        "Rundbrief, Dezember 2026: Prüfung meldet 1 Fehler, noch 10 Tage",
        "Rundbrief, Dezember 2026: Freigabe fehlt, noch 5 Tage",
    ]
    assert "Die Prüfung der Ausgabe 2026-12 meldet 1 Fehler:\n- issues/2026-12" in red
    assert "„http://“ ist kein Link, der in einer E-Mail funktioniert. Verwenden Sie https:" in red
    assert "    rundbrief issue check 2026-12\n" in red
    assert "Der Versand Nr. 1 der Ausgabe 2026-12 ist noch nicht freigegeben." in unapproved
    assert "    rundbrief mailing approve 1\n" in unapproved
    assert desk.reminders()[-1] == ("before 2026-12 1", "needless")


@pytest.mark.parametrize(
    ("issues", "subject", "sentence"),
    [
        (
            {"2026-12": EDITORIAL, "2026-12-extra": EDITORIAL},
            "mehrere Ausgaben",
            "Für diesen Termin gibt es mehrere Ausgaben (2026-12, 2026-12-extra)",
        ),
        ({"winter": EDITORIAL}, "Ausgabe ohne Monat", "winter nennt in editorial.md keinen Monat."),
        ({"2026-12": "ohne Kopf"}, "Ausgabe nicht lesbar", "- issues/2026-12/editorial.md:1: The file has"),
    ],
)
def test_every_way_to_have_no_issue_has_its_sentence(
    desk: Newsdesk, issues: dict[str, str], subject: str, sentence: str
) -> None:
    for key, text in issues.items():
        desk.write_issue(key, text)

    desk.go("2026-11-21 07:00")

    assert desk.subjects() == [f"Rundbrief, Dezember 2026: {subject}, noch 10 Tage"]
    assert sentence in body(desk)


def test_a_lost_approval_is_told_each_time(desk: Newsdesk) -> None:
    file = desk.write_issue("2026-12")
    desk.go("2026-11-18 12:00")
    for text in ("Noch ein Satz.", "Und noch einer."):
        desk.approve(1)
        file.write_text(f"{EDITORIAL}\n{text}\n", "utf-8")
        desk.go(MINUTE)
        desk.go(MINUTE)

    assert desk.subjects() == ["Rundbrief, Ausgabe 2026-12: Die Freigabe gilt nicht mehr"] * 2
    assert (
        "der Versand Nr. 1 (Ausgabe 2026-12, geplant für Dienstag, 1. Dezember 2026, 09:30 Uhr) war "
        "freigegeben. Diese Freigabe gilt nicht mehr: Seitdem hat sich etwas geändert (Text). "
        "Ohne neue Freigabe geht nichts hinaus.\n"
    ) in body(desk)


def test_a_lost_approval_at_night_is_told_in_the_morning_unless_it_was_renewed(desk: Newsdesk) -> None:
    file = desk.write_issue("2026-12")
    desk.go("2026-11-18 12:00")
    desk.approve(1)
    file.write_text("ohne Kopf", "utf-8")
    desk.go("2026-11-19 04:00")
    at_night = desk.subjects()
    desk.go("2026-11-19 07:00")
    unreadable = body(desk)
    file.write_text(EDITORIAL, "utf-8")
    desk.approve(1)
    file.write_text(f"{EDITORIAL}\nNoch ein Satz.\n", "utf-8")
    desk.go("2026-11-20 04:00")
    desk.approve(1)
    desk.go("2026-11-20 07:00")

    assert at_night == []
    assert "Die Ausgabe lässt sich nicht mehr lesen (die Meldung steht unten)" in unreadable
    assert "issues/2026-12/editorial.md:1: The file has no front matter." in unreadable
    assert len(desk.subjects()) == 1
    assert [state for _, state in desk.reminders()] == ["sent", "sent", "needless", "needless"]


def test_what_was_missed_or_never_planned_waits_for_a_person_who_is_told(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-18 12:00")
    desk.approve(1)
    desk.go("2026-12-02 12:00", desk.new_course())
    late = body(desk)
    desk.write_issue("2027-01")
    desk.go("2026-12-30 04:00")
    desk.go("2027-01-05 15:31")
    unapproved = body(desk)
    desk.go("2027-02-02 09:30")

    subjects = [each for each in desk.subjects() if "noch" not in each]
    assert subjects == [
        "Rundbrief, Ausgabe 2026-12: Versand verpasst",
        "Rundbrief, Ausgabe 2027-01: nicht freigegeben, nicht verschickt",
        "Rundbrief, Februar 2027: Termin verstrichen, nichts verschickt",
    ]
    assert "Zu dieser Zeit lief Rundbrief nicht" in late
    assert "    rundbrief mailing cancel 1\n    rundbrief mailing plan 2026-12 --now\n" in late
    assert "Niemand hat ihn rechtzeitig freigegeben. Es ist nichts hinausgegangen." in unapproved


def test_subscribers_are_never_told_and_no_address_of_the_team_is_kept(
    desk: Newsdesk, caplog: pytest.LogCaptureFixture
) -> None:
    add_people(desk.office, ["ada@example.org"], desk.now)

    with caplog.at_level(logging.DEBUG):
        desk.go("2026-11-21 07:00")

    assert {each["To"] for each in desk.told()} == set(TEAM)
    with reading(desk.engine) as connection:
        kept = str(connection.execute(select(reminder)).all())
    assert not any(each in kept or each in caplog.text for each in TEAM)


def test_while_the_relay_is_away_the_notice_waits(desk: Newsdesk, caplog: pytest.LogCaptureFixture) -> None:
    port = desk.box.port
    with held_port() as nobody, caplog.at_level(logging.WARNING):
        desk.configure(lambda text: text.replace(f"port = {port}", f"port = {nobody}"))
        desk.go("2026-11-21 07:00")
    waiting = desk.reminders()
    desk.configure(lambda text: text.replace("port = ", f"port = {port} # "))
    desk.go(MINUTE)

    assert waiting == [("before 2026-12 10", "waiting")] * 2
    assert "notice 1 to the team waits" in caplog.text
    assert len(desk.subjects()) == 1


@pytest.mark.parametrize(
    ("outcome", "state", "tries"),
    [("sent", "sent", 1), ("failed", "failed", 1), ("in_doubt", "claimed", 1), ("deferred", "waiting", 2)],
)
def test_every_answer_of_the_relay_has_its_place_in_the_books(
    desk: Newsdesk, outcome: str, state: str, tries: int
) -> None:
    desk.configure(lambda text: text.replace(', "okan@example.org"', ""))
    desk.course = desk.new_course()
    tried = list[Notice]()
    _answer(desk, tried, Receipt(outcome, "dot", 550, "5.1.1 <petra@example.org> who?"))

    desk.go("2026-11-21 07:00")
    desk.go(MINUTE)

    with reading(desk.engine) as connection:
        row = connection.execute(select(reminder)).one()
    assert (row.state, len(tried)) == (state, tries)
    assert "petra" not in row.reason


def _answer(desk: Newsdesk, tried: list[Notice], answer: Receipt | RelayDown) -> Newsroom:
    from dataclasses import replace
    from datetime import datetime

    def post(notice: Notice, _now: datetime) -> Receipt:
        tried.append(notice)
        if isinstance(answer, RelayDown):
            raise answer
        return answer

    room = replace(desk.course.newsroom(), post=post)
    desk.course.newsroom = lambda: room
    return room


def test_a_crash_between_claim_and_book_repeats_nothing(desk: Newsdesk) -> None:
    desk.go("2026-11-21 06:00")
    tried = list[Notice]()
    room = _answer(desk, tried, RelayDown("gone"))
    with desk.engine.begin() as connection:
        connection.execute(reminder.insert().values(_claimed(desk)))

    deliver(desk.engine, room, at("2026-11-21 08:00"))

    assert tried == []
    assert desk.reminders() == [("before 2026-12 10", "claimed")]


def _claimed(desk: Newsdesk) -> dict[str, object]:
    return {
        "newsletter": "rundbrief",
        "occasion": "before 2026-12 10",
        "reader": "x",
        "state": "claimed",
        "reason": "",
        "made_at": desk.now,
    }


def test_four_schedulers_at_once_tell_everybody_once(desk: Newsdesk) -> None:
    desk.now = at("2026-11-21 07:00")
    courses, together = [desk.new_course() for _ in range(4)], Barrier(4)
    for each in courses:
        each.step(desk.now)

    def look(index: int) -> None:
        together.wait(60)
        courses[index].look(desk.now)

    threads = [Thread(target=look, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each["To"] for each in desk.told()) == sorted(TEAM)


def test_an_english_newsletter_speaks_english(desk: Newsdesk) -> None:
    desk.configure(lambda text: text.replace("send =", 'language = "en"\nsend ='))

    desk.go("2026-11-21 07:00")

    assert desk.subjects() == ["Rundbrief, December 2026: no issue, 10 days left"]
    assert "“Rundbrief”, December 2026, is to go out on Tuesday, 1 December 2026, 09:30.\n" in body(desk)


def test_who_left_the_team_and_what_nobody_needs_any_more_is_not_sent(desk: Newsdesk) -> None:
    file = desk.write_issue("2026-12")
    desk.go("2026-11-18 12:00")
    desk.approve(1)
    file.write_text(f"{EDITORIAL}\nNoch ein Satz.\n", "utf-8")
    desk.go("2026-11-19 04:00")
    desk.configure(lambda text: text.replace(', "okan@example.org"', ""))
    desk.go("2026-11-19 07:00")

    assert [each["To"] for each in desk.told()] == [TEAM[0]]
    assert [state for _, state in desk.reminders()] == ["sent", "needless"]


def test_a_mailing_of_a_person_is_watched_as_well(desk: Newsdesk) -> None:
    desk.write_issue("2026-12")
    desk.go("2026-11-18 12:00")
    with desk.engine.begin() as connection:
        mailing.cancel(connection, mailing.find(connection, "1"), "anders")
    desk.go("2026-11-21 07:00")

    assert desk.reminders() == [("before 2026-12 10", "needless")] * 2
    assert desk.told() == []
