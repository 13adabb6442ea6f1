"""A held mailing is patched: the rest gets the new release, and the books know who carries which."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailer.cli.office import clock
from mailer.delivery import mailing, outbox
from mailer.delivery.claims import claim
from mailer.delivery.release import said
from mailer.delivery.schema import delivery, variant
from mailer.web.sandbox import Sandbox
from subscribers.database import reading
from tests.delivery.press import Press

NAMES = [f"p{number:02}" for number in range(70)]
OLD, NEW = "https://example.org/praemie", "https://example.org/richtig"


@pytest.fixture
def press(tmp_path: Path, database_url: str) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, database_url)
        yield made
        made.office.engine.dispose()


def half_sent(press: Press) -> int:
    """A mailing with a wrong link, held when some of its letters had left; how many."""
    press.people(NAMES)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 70)
    sent = press.send_some()
    press.call("mailing", "hold", 1, "--reason", "falscher Link")
    assert 0 < sent < 70
    return sent


def test_exactly_those_not_yet_sent_get_what_was_patched(press: Press) -> None:
    sent = half_sent(press)
    first = set(press.caught())
    press.change("programmes.toml", OLD, NEW)

    diff = press.read("issue", "diff", "2025-10")
    approved = press.approve(1, 70 - sent, "--by", "alex")
    shown = press.read("mailing", "show", 1)
    press.call("mailing", "resume", 1)
    press.send()

    caught = press.caught()
    assert [(each["op"], each["what"], each["old"], each["new"]) for each in diff] == [
        ("replace", "text", f"{OLD}", f"{NEW}")
    ]
    assert f"Mailing 1 is approved for {70 - sent} people who got no letter yet" in approved.stderr
    assert (shown["state"], shown["release"], shown["reason"]) == ("held", 2, "falscher Link")
    assert [(each["approved_by"], each["letters"]) for each in shown["releases"]][1] == ("alex", 0)
    assert sorted(caught) == NAMES
    assert all(len(letters) == 1 for letters in caught.values())
    assert {name for name, (letter,) in caught.items() if NEW not in letter} == first
    assert press.releases(1) == {name: ("sent", 1 if name in first else 2) for name in NAMES}
    carried = [each["letters"] for each in press.read("mailing", "show", 1)["releases"]]
    assert carried == [sent, 70 - sent]


def test_the_release_that_was_replaced_stays_readable(press: Press) -> None:
    sent = half_sent(press)
    press.change("programmes.toml", OLD, NEW)
    press.approve(1, 70 - sent)

    with reading(press.office.engine) as connection:
        texts = [said(connection, 1, number)["standard"].text for number in (0, 1, 2)]
        kept = connection.execute(select(variant.c.release, variant.c.html).order_by(variant.c.release)).all()

    assert [NEW in text for text in texts] == [False, False, True]
    assert [(number, NEW in html) for number, html in kept] == [(1, False), (2, True)]


def test_without_a_new_approval_the_rest_gets_what_was_approved(press: Press) -> None:
    half_sent(press)
    press.change("programmes.toml", OLD, NEW)

    resumed = press.call("mailing", "resume", 1)
    press.send()

    assert "The issue reads differently now; what goes on is release 1" in resumed.stderr
    assert not any(NEW in letter for letters in press.caught().values() for letter in letters)


def test_a_patch_that_changes_nothing_is_refused(press: Press) -> None:
    sent = half_sent(press)

    why = press.refuse("mailing", "approve", 1, "--yes", "--expect-recipients", 70 - sent)

    assert why.startswith("Nothing is different from release 1 of mailing 1.")


def test_what_a_sender_holds_is_taken_from_it_and_nothing_on_its_way_is_overtaken(press: Press) -> None:
    sent = half_sent(press)
    engine = press.office.engine
    with engine.begin() as connection:
        mailing.move(connection, 1, "held", "sending")
        taken = claim(connection, 3, "old", clock())
        outbox.fence(connection, taken[:1], "old", clock())
        mailing.move(connection, 1, "sending", "held")
    press.change("programmes.toml", OLD, NEW)

    travelling = press.refuse("mailing", "approve", 1, "--yes", "--expect-recipients", 70 - sent - 1, code=75)
    with engine.begin() as connection:
        gone = update(delivery).where(delivery.c.id == taken[0].id).values(state="sent", token=None)
        connection.execute(gone)
    press.approve(1, 70 - sent - 1)
    press.call("mailing", "resume", 1)
    with engine.begin() as connection:
        mailing.move(connection, 1, "due", "sending")
        allowed = outbox.fence(connection, taken[1:], "old", clock())

    assert travelling.startswith("1 letter(s) of mailing 1 are on their way at this moment.")
    assert allowed == set()
    states = list(press.releases(1).values())
    assert (states.count(("sent", 1)), states.count(("queued", 2))) == (sent + 1, 69 - sent)


def test_new_cards_give_new_variants_to_those_who_wait(press: Press) -> None:
    sent = half_sent(press)
    cards = press.issue / "highlights.toml"
    cards.write_text(cards.read_text("utf-8") + "only_for = 'vorname = Kim'\n", "utf-8")

    press.approve(1, 70 - sent)
    press.call("mailing", "resume", 1)
    press.send()

    with reading(press.office.engine) as connection:
        given = connection.execute(select(delivery.c.release, delivery.c.variant).distinct()).all()
    assert sorted(map(tuple, given)) == [(1, "standard"), (2, "de-1")]
    assert len(press.caught()) == 70


def test_a_letter_in_doubt_that_is_sent_again_carries_the_new_release(press: Press) -> None:
    sent = half_sent(press)
    with press.office.engine.begin() as connection:
        letter = connection.scalars(select(delivery.c.id).where(delivery.c.state == "queued")).first()
        one = delivery.c.id == letter
        connection.execute(update(delivery).where(one).values(state="in_doubt"))
    press.change("programmes.toml", OLD, NEW)
    press.approve(1, 69 - sent)

    press.call("doubt", "resolve", letter, "--resend", "--yes")
    press.call("mailing", "resume", 1)
    press.send()

    assert sorted(press.releases(1).values()) == [("sent", 1)] * sent + [("sent", 2)] * (70 - sent)
    assert sum(NEW in letters[0] for letters in press.caught().values()) == 70 - sent
