"""One mailing per issue, newsletter and segment: a second one is refused, by the database too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest

from mailer.delivery import mailing
from mailer.delivery.mailing import list_mailings
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from subscribers.errors import Refused
from subscribers.rules import EVERYBODY, to_tree
from tests.delivery.press import Press

PLAN = ("mailing", "plan", "2025-10", "--at", "2099-01-01 09:00", "--by", "kim")


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, database_url)
        made.people(["ada", "bo"])
        yield made
        made.office.engine.dispose()


def draft(press: Press, segment: str = "all", newsletter: str = "rundbrief") -> int:
    """A draft straight into the books, as the series writes it."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    who = {"newsletter": newsletter, "issue": "2025-10", "segment": segment, "rule": to_tree(EVERYBODY)}
    with press.office.engine.begin() as connection:
        return mailing.plan(connection, **who, due_at=now, by="series", now=now)  # type: ignore[arg-type]


def test_beside_the_mailing_of_the_series_none_is_planned_by_hand(press: Press) -> None:
    draft(press)

    said = press.refuse(*PLAN)

    assert said == (
        "Mailing 1 (draft, planned by series) brings issue 2025-10 to segment 'all' already. "
        "Approve that one with `rundbrief mailing approve 1`. "
        "To plan it anew, first run `rundbrief mailing cancel 1`."
    )
    with reading(press.office.engine) as connection:
        assert len(list_mailings(connection)) == 1


def test_after_a_cancellation_it_is_planned_anew(press: Press) -> None:
    press.call(*PLAN)
    press.call("mailing", "cancel", 1, "--reason", "anderer Termin")

    again = press.call(*PLAN)

    assert again.stdout == "2\n"
    assert press.refuse(*PLAN).startswith("Mailing 2 (checked, planned by kim) brings issue 2025-10")


def test_other_segments_late_joiners_and_corrections_stay_possible(press: Press) -> None:
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 2)
    press.send()
    refused = press.refuse("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.people(["cem"])
    press.people(["dora"], gewerk="Tischler")

    press.call("mailing", "plan", "2025-10", "--late-joiners")
    press.call("mailing", "plan", "2025-10", "--segment", "all", "--now")
    press.change("issues/2025-10/editorial.md", "erste Absatz", "allererste Absatz")
    press.call("mailing", "correct", "2025-10")

    assert "`rundbrief mailing plan 2025-10 --late-joiners` is for those who have not got it." in refused
    with reading(press.office.engine) as connection:
        kinds = [(each.kind, each.segment) for each in list_mailings(connection)]
    assert sorted(kinds) == [("correction", "all"), ("issue", "all"), ("issue", "maler"), ("late", "maler")]


def test_another_newsletter_may_bring_the_same_issue(press: Press) -> None:
    assert (draft(press), draft(press, newsletter="presse")) == (1, 2)


def test_of_two_at_the_same_moment_one_is_refused(press: Press) -> None:
    ready, outcomes = Barrier(4), list[str]()

    def plan() -> None:
        ready.wait()
        try:
            outcomes.append(str(draft(press)))
        except Refused as refusal:
            outcomes.append(refusal.message.partition(" (")[0])

    threads = [Thread(target=plan) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    with reading(press.office.engine) as connection:
        (only,) = list_mailings(connection)
    assert sorted(outcomes) == [str(only.id), *[f"Mailing {only.id}"] * 3]
