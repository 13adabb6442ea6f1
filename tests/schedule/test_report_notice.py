"""The team has the report next morning: at eight, once for each reader, with the page as a file."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier, Thread

import pytest

from mailer.web.sandbox import Sandbox
from tests.months_past import Past, write_past
from tests.schedule.newsdesk import TEAM, Newsdesk, at
from tests.small_workspace import add_people

MINUTE = timedelta(minutes=1)
DEAD = "550 5.1.1 <kim9@example.org>: User unknown"


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Newsdesk]:
    with Sandbox(tmp_path / "mails") as box:
        made = Newsdesk(tmp_path / "w", database_url, box, at("2026-11-03 09:00"))
        made.with_team("")
        made.course = made.new_course()
        made.go("2026-11-03 09:00")
        add_people(made.office, [f"kim{number}@example.org" for number in range(12)], at("2026-01-01 12:00"))
        write_past(
            made.office, Past("2026-11", at("2026-11-03 09:30"), 9, {DEAD: 1}, {"in_doubt": 1}, left=1)
        )
        yield made
        made.engine.dispose()


def reports(desk: Newsdesk) -> list[EmailMessage]:
    return [each for each in desk.told() if "angenommen" in each["Subject"]]


def test_it_comes_at_eight_on_the_next_morning_and_never_again(desk: Newsdesk) -> None:
    for moment in ("2026-11-03 18:00", "2026-11-04 07:59"):
        desk.go(moment)
    early = reports(desk)
    for moment in ("2026-11-04 08:00", "2026-11-04 08:01", "2026-11-05 08:00", "2026-11-06 09:00"):
        desk.go(moment)
        desk.go(MINUTE, desk.new_course())

    assert early == []
    assert [each["To"] for each in reports(desk)] == list(TEAM)
    assert desk.reminders() == [("report 1", "sent")] * 2


def test_it_says_in_text_and_page_what_came_of_the_mailing(desk: Newsdesk) -> None:
    desk.go("2026-11-04 08:00")

    letter = reports(desk)[0]
    text, html = (letter.get_body([kind]) for kind in ("plain", "html"))
    (page,) = letter.iter_attachments()
    assert letter["Subject"] == "Rundbrief, November 2026: 9 von 11 Briefen angenommen"
    assert text is not None
    assert html is not None
    assert not letter.defects
    assert (page.get_content_type(), page.get_filename()) == ("text/html", "bericht-2026-11-1.html")
    said = text.get_content().replace("\r\n", "\n")
    assert said.startswith("Guten Tag,\n\ndie Ausgabe November 2026 von „Rundbrief“ ist versandt (Dienstag,")
    assert "  Vom Mailserver angenommen   9\n" in said
    assert "  Die Adresse gibt es nicht  1\n" in said
    assert "rundbrief doubt list" in said
    assert "<h1>Rundbrief · November 2026</h1>" in page.get_content()
    for part in (said, html.get_content(), page.get_content()):
        assert not re.search(r"\w@\w", part)
        assert "Die Adresse gibt es nicht" in part


def test_what_was_slept_through_is_told_for_three_days_and_then_no_more(desk: Newsdesk) -> None:
    desk.go("2026-11-06 22:00", desk.new_course())
    write_past(desk.office, Past("2026-12", at("2026-12-01 09:30"), 9))
    desk.go("2026-12-05 08:00", desk.new_course())

    assert [each["Subject"].partition(":")[0] for each in reports(desk)] == ["Rundbrief, November 2026"] * 2


@pytest.mark.parametrize("change", ["report = false\n", "none"])
def test_it_can_be_switched_off_and_needs_a_team(desk: Newsdesk, change: str) -> None:
    head = "[newsletters.rundbrief.team]\n"
    if change == "none":
        desk.configure(lambda text: text.partition(head)[0])
    else:
        desk.configure(lambda text: text.replace(head, head + change))

    desk.go("2026-11-04 08:00")

    assert (reports(desk), desk.reminders()) == ([], [])


def test_each_mailing_of_an_issue_is_told_and_one_under_way_is_not(desk: Newsdesk) -> None:
    write_past(desk.office, Past("2026-11", at("2026-11-03 15:00"), 3, kind="correction"))
    write_past(
        desk.office,
        Past("2026-11", at("2026-11-03 16:00"), 2, {}, {"queued": 1}, kind="late", state="sending"),
    )

    desk.go("2026-11-04 08:00")

    assert [each["Subject"] for each in reports(desk) if each["To"] == TEAM[0]] == [
        "Rundbrief, November 2026: 9 von 11 Briefen angenommen",
        "Rundbrief, November 2026, Korrektur: 3 von 3 Briefen angenommen",
    ]


def test_letters_that_are_put_off_do_not_delay_it(desk: Newsdesk) -> None:
    when = at("2026-11-03 16:00")
    write_past(desk.office, Past("2026-10", when, 8, {}, {"deferred": 2}, state="sending"))

    desk.go("2026-11-04 08:00")
    desk.go("2026-11-05 08:00")

    letters = [each for each in reports(desk) if "Oktober" in each["Subject"] and each["To"] == TEAM[0]]
    assert [each["Subject"] for each in letters] == ["Rundbrief, Oktober 2026: 8 von 10 Briefen angenommen"]
    text = " ".join(letters[0].get_body(["plain"]).get_content().split())  # type: ignore[union-attr]
    assert "Verschoben, wird erneut versucht 2 " in text
    assert "längstens bis Freitag, 6. November 2026, 16:00 Uhr." in text
    assert "rundbrief mailing report 2" in text


def test_in_summer_and_winter_it_is_eight_on_the_wall(desk: Newsdesk) -> None:
    write_past(desk.office, Past("2027-03", at("2027-03-27 09:30"), 9))  # the clocks change that night

    desk.go("2027-03-28 07:59")
    early = len(reports(desk))
    desk.go("2027-03-28 08:00")

    assert (early, len(reports(desk))) == (0, 2)


def test_four_schedulers_at_once_tell_everybody_once(desk: Newsdesk) -> None:
    desk.now = at("2026-11-04 08:00")
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

    assert sorted(each["To"] for each in reports(desk)) == sorted(TEAM)


def test_an_english_newsletter_gets_an_english_report(desk: Newsdesk) -> None:
    desk.configure(lambda text: text.replace("send =", 'language = "en"\nsend ='))

    desk.go("2026-11-04 08:00")

    letter = next(each for each in desk.told() if "accepted" in each["Subject"])
    (page,) = letter.iter_attachments()
    assert letter["Subject"] == "Rundbrief, November 2026: 9 of 11 letters accepted"
    assert '<html lang="en">' in page.get_content()


def test_no_address_of_the_team_or_of_a_reader_is_logged(
    desk: Newsdesk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        desk.go("2026-11-04 08:00")

    assert len(reports(desk)) == 2
    assert not any(each in caplog.text for each in (*TEAM, "kim9@"))
