"""The numbers of a report, added up a second time: from the catcher, the answers and the address book."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.report.books import DEAD, FULL, GIVEN_UP, POLICY
from mailer.report.report import Report, choose, make_report
from mailer.web.sandbox import Sandbox
from subscribers.address import parse_address
from subscribers.database import reading
from subscribers.erasure import forget
from subscribers.errors import Problem
from subscribers.roster import unsubscribe
from subscribers.schema import subscriber, subscription
from subscribers.suppression import key_hash, suppress
from tests.delivery.conftest import PostOffice
from tests.small_workspace import add_people, make_office, plan_and_approve

ZONE = ZoneInfo("Europe/Berlin")
GOOD = [
    *(f"kim{number}@example.org" for number in range(12)),
    *(f"lee{number}@example.com" for number in range(6)),
    *(f"max{number}@example.net" for number in range(3)),
]
BAD = {
    "550-a@example.org": DEAD,
    "550-b@example.com": DEAD,
    "554-dot-a@example.org": POLICY,
    "552-dot-a@example.net": FULL,
    "451-a@example.org": GIVEN_UP,
}
DOUBTFUL = "drop-dot-a@example.org"
LATER = timedelta(days=4)  # then what is deferred is given up


@pytest.fixture
def post(tmp_path: Path, database_url: str, now: datetime) -> Iterator[PostOffice]:
    """A mailing to them all that is done; one left before it, one while it was under way."""
    with Sandbox(tmp_path / "mails") as box:
        office = make_office(tmp_path / "w", port=box.port, database=database_url)
        made = PostOffice(office, box, now)
        add_people(office, [*GOOD, *BAD, DOUBTFUL, "gone@example.org"], now - timedelta(days=9))
        leave(office, "gone@example.org", now - timedelta(days=1))
        plan_and_approve(office, now, now)
        made.expand()
        leave(office, "kim11@example.org", now)
        made.work()
        made.now = now + LATER
        made.work()
        yield made
        office.engine.dispose()


def leave(
    office: Office, address: str, at: datetime, source: str = "link in the letter", said: str = ""
) -> None:
    """A person leaves."""
    with office.engine.begin() as connection:
        mine = select(subscription.c.id).join(subscriber).where(subscriber.c.email == address)
        unsubscribe(connection, connection.scalars(mine).one(), source, at, said)


def noted(office: Office, address: str, reason: str, at: datetime) -> None:
    """Somebody puts an address on the suppression list."""
    with office.engine.begin() as connection:
        suppress(connection, key_hash(office.secret, parse_address(address).key), reason, "Telefon", at)


def report(office: Office, now: datetime, which: str | None = None) -> Report:
    with reading(office.engine) as connection:
        return make_report(connection, choose(connection, which), now, ZONE)


def test_every_letter_is_in_one_place_and_every_failure_has_its_reason(post: PostOffice) -> None:
    books = report(post.office, post.now).books

    caught = Counter(post.caught())
    accepted = set(caught) - {DOUBTFUL}
    assert accepted == {*GOOD} - {"kim11@example.org"}
    assert max(caught.values()) == 1
    assert (books["sent"], books["in_doubt"], books["queued"], books["deferred"]) == (len(accepted), 1, 0, 0)
    assert books["failed_reasons"] == Counter(BAD.values())
    assert (books["failed"], books["hard"]) == (len(BAD), 2)
    assert books["skipped_reasons"] == {"unsubscribed or suppressed meanwhile": 1}
    assert books["excluded"] == {"subscription unsubscribed": 1}
    assert books["planned"] == len(GOOD) + len(BAD) + 1 == len(accepted) + len(BAD) + 1 + books["skipped"]
    assert books["candidates"] == books["planned"] + 1


def test_providers_hide_small_groups_and_lose_nobody(post: PostOffice) -> None:
    found = report(post.office, post.now).providers

    rows = [(each.name, each.letters, each.accepted, each.failed) for each in found]
    # example.net has four letters and no name; kim11 got none.
    assert rows == [("example.org", 15, 11, 3), ("example.com", 7, 6, 1), ("", 4, 3, 1)]
    assert sum(each.letters for each in found) == len(GOOD) - 1 + len(BAD) + 1


def test_who_left_is_counted_once_with_what_they_said(post: PostOffice, now: datetime) -> None:
    leave(post.office, "kim0@example.org", now + timedelta(days=1), said="zu viel, kim0@example.org")
    leave(
        post.office, "kim1@example.org", now + timedelta(days=13, hours=23), said="zu  viel, kim1@example.org"
    )
    leave(post.office, "kim2@example.org", now + timedelta(days=2), source="office: Anruf")
    leave(post.office, "kim3@example.org", now + timedelta(days=15), said="zu spät gezählt")
    leave(post.office, "550-a@example.org", now + timedelta(days=1), said="hat nie etwas bekommen")
    noted(post.office, "kim4@example.org", "objected", now + timedelta(days=3))
    noted(post.office, "kim2@example.org", "objected", now + timedelta(days=3))

    found = report(post.office, now + timedelta(days=20)).leavers

    assert (found.count, found.by_link) == (4, 2)
    assert found.reasons == (("zu viel, …", 2),)
    assert (found.complaints, found.bounced, found.erased) == (None, None, 0)
    assert found.until == now + timedelta(days=14)


def test_what_nobody_read_is_not_zero_and_what_somebody_noted_is_told(
    post: PostOffice, now: datetime
) -> None:
    before = report(post.office, post.now).as_dict()
    noted(post.office, "kim0@example.org", "complaint", now + timedelta(days=1))
    noted(post.office, "kim1@example.org", "bounced", now + timedelta(days=1))
    after = report(post.office, post.now).as_dict()

    assert [before[name] for name in ("bounced", "complaints", "replies")] == [None, None, None]
    assert [after[name] for name in ("bounced", "complaints", "replies")] == [1, 1, None]
    assert after["left"]["count"] == before["left"]["count"] == 0


def test_a_person_who_left_counts_for_the_last_letter_they_got(post: PostOffice, now: datetime) -> None:
    (post.office.settings.issues / "2025-11").mkdir()
    text = (post.office.settings.issues / "2025-10" / "editorial.md").read_text("utf-8")
    (post.office.settings.issues / "2025-11" / "editorial.md").write_text(text, "utf-8")
    leave(post.office, "kim0@example.org", now + timedelta(days=3))
    plan_and_approve(post.office, post.now, post.now, issue="2025-11")
    post.work()
    leave(post.office, "kim1@example.org", post.now + timedelta(hours=1))

    first, second = (report(post.office, post.now, which) for which in ("2025-10", "2025-11"))

    assert (first.leavers.count, second.leavers.count) == (1, 1)
    assert [(each.issue, each.left) for each in second.history] == [("2025-10", 1), ("2025-11", 1)]


def test_who_was_erased_stays_in_every_sum(post: PostOffice, now: datetime) -> None:
    leave(post.office, "kim0@example.org", now + timedelta(days=1))
    before = report(post.office, post.now)
    with post.office.engine.begin() as connection:
        for address in ("kim0@example.org", "lee0@example.com"):
            forget(connection, parse_address(address), secret=post.office.secret, now=post.now)
    after = report(post.office, post.now)

    assert after.books["sent"] == before.books["sent"]
    assert (before.leavers.count, before.leavers.erased) == (1, 0)
    assert (after.leavers.count, after.leavers.erased) == (0, 2)
    assert sum(each.letters for each in after.providers) == sum(each.letters for each in before.providers)


def test_the_growth_is_what_the_address_book_says(post: PostOffice, now: datetime) -> None:
    (own,) = report(post.office, post.now).history

    # All but the one who left the day before; kim11 left when it was due.
    everybody = len(GOOD) + len(BAD) + 1
    assert (own.subscribers, own.joined, own.gone, own.change) == (everybody, None, None, None)


def test_without_a_name_it_is_the_last_one_that_left(post: PostOffice, now: datetime) -> None:
    ahead = plan_and_approve(post.office, now + timedelta(days=9), post.now)

    assert report(post.office, post.now).planned.id != ahead
    assert report(post.office, post.now, str(ahead)).planned.id == ahead


def test_before_anything_was_sent_there_is_a_sentence(tmp_path: Path, now: datetime) -> None:
    office = make_office(tmp_path)
    plan_and_approve(office, now + timedelta(days=1), now)

    with pytest.raises(Problem, match="Nothing was sent yet"):
        report(office, now)
    fresh = report(office, now, "2025-10")

    assert (fresh.timing, fresh.growth, fresh.providers, fresh.books["planned"]) == (None, None, (), 0)
    assert fresh.leavers.until is None
    office.engine.dispose()


def test_an_issue_to_two_segments_has_to_be_named_by_a_number(post: PostOffice, now: datetime) -> None:
    with post.office.engine.begin() as connection:
        planned = mailing.find(connection, "1")
        terms = {"newsletter": "rundbrief", "segment": "andere", "rule": planned.rule, "due_at": now}
        late = mailing.plan(connection, issue="2025-10", kind="late", by="test", now=now, **terms)
    one = report(post.office, post.now, "2025-10")
    with post.office.engine.begin() as connection:
        mailing.plan(connection, issue="2025-10", by="test", now=now, **terms)

    assert one.planned.id == 1
    assert [each.mailing for each in one.family] == [1, late]
    with pytest.raises(Problem, match="has several mailings"):
        report(post.office, post.now, "2025-10")
