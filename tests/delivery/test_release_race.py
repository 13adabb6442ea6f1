"""A mailing is held, patched and resumed while a sender has its letters in hand: old words do not leave."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select

from mailer.cli.office import clock
from mailer.delivery import ledger
from mailer.delivery.schema import attempt, delivery
from mailer.delivery.sender import Route, Sender
from subscribers.database import reading
from tests.delivery.desk import wait
from tests.delivery.press import Press
from tests.delivery.scripted import Scripted

NAMES = ["ada", "bo", "cy"]
OLD, NEW = "https://example.org/praemie", "https://example.org/richtig"


def planned(folder: Path, server: Scripted, database: str) -> Press:
    """An approved mailing with a wrong link, due now."""
    press = Press(folder, server, database)  # type: ignore[arg-type]  # of the box it asks for the port only
    press.people(NAMES)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, len(NAMES))
    return press


def send(press: Press, connections: int) -> None:
    """Tick and send all that may leave now."""
    press.tick()
    routes = {"": Route.to(press.office.relay(), connections)}
    Sender(press.office.engine, routes, press.office.secret, clock=clock, stop=Event()).run(until_done=True)


def count(press: Press, state: str, release: int) -> int:
    query = select(func.count()).where(delivery.c.state == state, delivery.c.release == release)
    with reading(press.office.engine) as connection:
        return connection.scalar(query) or 0


def patch(press: Press) -> None:
    press.call("mailing", "hold", 1)
    press.change("programmes.toml", OLD, NEW)
    press.approve(1, len(NAMES))
    press.call("mailing", "resume", 1)


def test_letters_written_before_a_patch_do_not_leave_when_they_are_claimed_again(
    tmp_path: Path, database_url: str
) -> None:
    made = dict[str, Press]()

    def patch_while_it_waits() -> None:
        patch(made["press"])
        wait(lambda: count(made["press"], "claimed", 2) == len(NAMES))

    with Scripted({"DATA": [patch_while_it_waits]}) as server:
        press = made["press"] = planned(tmp_path / "w", server, database_url)

        send(press, 1)

        assert sorted(server.recipients) == [f"{name}@example.org" for name in NAMES]
        assert [NEW.encode() in message for _, message in server.accepted] == [True] * len(NAMES)
        assert press.releases(1) == dict.fromkeys(NAMES, ("sent", 2))
    press.office.engine.dispose()


def test_a_letter_in_hand_that_is_claimed_again_after_a_resume_leaves_once(
    tmp_path: Path, database_url: str
) -> None:
    made, held, again = dict[str, Press](), Event(), Event()

    def first() -> None:
        made["press"].call("mailing", "hold", 1)
        held.set()
        wait(lambda: count(made["press"], "queued", 1) == len(NAMES))
        made["press"].call("mailing", "resume", 1)
        assert again.wait(60)

    with Scripted({"DATA": [first, lambda: held.wait(60), again.set]}) as server:
        press = made["press"] = planned(tmp_path / "w", server, database_url)

        send(press, 2)

        assert sorted(server.recipients) == [f"{name}@example.org" for name in NAMES]
        assert press.releases(1) == dict.fromkeys(NAMES, ("sent", 1))
    press.office.engine.dispose()


def test_variants_that_change_between_claim_and_letter_cost_nobody_a_try(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Scripted() as server:
        press = planned(tmp_path / "w", server, database_url)
        prepare, cards = ledger.prepare, press.issue / "highlights.toml"

        def prepare_late(*arguments: Any) -> Any:
            if count(press, "claimed", 1):
                press.call("mailing", "hold", 1)
                cards.write_text(cards.read_text("utf-8") + "only_for = 'vorname = Kim'\n", "utf-8")
                press.approve(1, len(NAMES))
                press.call("mailing", "resume", 1)
            return prepare(*arguments)

        monkeypatch.setattr(ledger, "prepare", prepare_late)

        send(press, 1)
        send(press, 1)

        with reading(press.office.engine) as connection:
            given = connection.execute(select(delivery.c.release, delivery.c.variant).distinct()).all()
            tries = connection.scalars(select(attempt.c.phase)).all()
        assert sorted(server.recipients) == [f"{name}@example.org" for name in NAMES]
        assert press.releases(1) == dict.fromkeys(NAMES, ("sent", 2))
        assert [tuple(each) for each in given] == [(2, "de-1")]
        assert tries == ["dot"] * len(NAMES)
    press.office.engine.dispose()
