"""From an approved mailing to a mailbox: who gets it, who does not, what each fault leaves in the books."""

import email
import email.policy
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from mailer.delivery import claims, mailing, outbox, worker
from mailer.delivery.expansion import expand
from mailer.delivery.ledger import Answer, Ledger, Turn
from mailer.delivery.schema import attempt, delivery
from mailer.delivery.transport import RelayDown
from subscribers.database import reading
from subscribers.roster import unsubscribe
from subscribers.schema import subscriber, subscription
from subscribers.suppression import suppress
from tests.delivery.conftest import PostOffice


def test_everybody_gets_the_letter_once_and_a_second_run_sends_nothing(post_office: PostOffice) -> None:
    number = post_office.approve("ada@example.org", "Bo@Example.org", "info@bäckerei.example.org")

    post_office.work()
    post_office.work()

    assert sorted(post_office.caught()) == [
        "Bo@example.org",
        "ada@example.org",
        "info@xn--bckerei-5wa.example.org",
    ]
    assert set(post_office.states().values()) == {"sent"}
    assert post_office.state(number) == "done"


def test_a_mail_carries_greeting_one_click_and_its_own_identity(post_office: PostOffice) -> None:
    post_office.approve("ada@example.org")

    post_office.work()

    raw = post_office.box.received()[0].file.read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    url = mail["List-Unsubscribe"].strip("<>")
    html = mail.get_body(("html",)).get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url.startswith("https://rundbrief.example.org/u/")
    assert url in html
    assert "Guten Tag Kim Muster0," in html
    assert "Liebe Mitglieder," not in html
    assert "{{ geschweiften }}" in html
    assert mail["Message-ID"].startswith("<m1.1.")


def test_what_was_approved_goes_out_even_if_the_files_change_afterwards(post_office: PostOffice) -> None:
    post_office.approve("ada@example.org")
    post_office.tick()
    file = post_office.office.settings.issues / "2025-10" / "editorial.md"
    file.write_text(file.read_text("utf-8").replace("erste Absatz", "ERSETZTE Absatz"), "utf-8")

    post_office.sender().run(until_done=True)

    assert b"ERSETZTE" not in post_office.box.received()[0].file.read_bytes()


def test_a_change_before_the_due_time_takes_the_approval_back(post_office: PostOffice) -> None:
    number = post_office.approve("ada@example.org")
    file = post_office.office.settings.issues / "2025-10" / "editorial.md"
    file.write_text(file.read_text("utf-8").replace("erste", "zweite"), "utf-8")

    post_office.work()

    assert post_office.state(number) == "draft"
    assert post_office.caught() == []


@pytest.mark.parametrize(
    ("address", "state", "caught", "phase"),
    [
        ("550@example.org", "failed", 0, "rcpt"),
        ("451@example.org", "deferred", 0, "rcpt"),
        ("554-dot@example.org", "failed", 0, "dot"),
        ("drop@example.org", "deferred", 0, "data"),
        ("drop-data@example.org", "deferred", 0, "body"),
        ("drop-dot@example.org", "in_doubt", 1, "dot"),
    ],
)
def test_each_fault_is_booked_and_the_others_go_on(
    post_office: PostOffice, address: str, state: str, caught: int, phase: str
) -> None:
    post_office.approve(address, "ada@example.org")

    sender = post_office.work()

    assert post_office.states() == {address: state, "ada@example.org": "sent"}
    assert len(post_office.caught()) == 1 + caught
    assert sender.partly == (state in ("failed", "in_doubt"))
    with reading(post_office.office.engine) as connection:
        phases = connection.scalars(select(attempt.c.phase).order_by(attempt.c.id)).all()
    # A drop while the body travels is noticed at the body or at the reply to DATA, as the kernel has it.
    assert phases[0] in {phase, "body", "data"} if phase in {"body", "data"} else phases[0] == phase


def test_a_letter_in_doubt_is_never_sent_again_by_itself(post_office: PostOffice) -> None:
    number = post_office.approve("drop-dot@example.org")

    post_office.work()
    post_office.now += timedelta(days=1)
    post_office.work()

    assert len(post_office.caught()) == 1
    assert post_office.states() == {"drop-dot@example.org": "in_doubt"}
    assert post_office.state(number) == "done"


def test_a_deferred_letter_is_tried_again_later_and_given_up_when_stale(post_office: PostOffice) -> None:
    number = post_office.approve("451@example.org")
    post_office.work()
    assert post_office.state(number) == "sending"

    post_office.now += timedelta(minutes=4)
    post_office.work()
    with reading(post_office.office.engine) as connection:
        assert connection.scalar(select(delivery.c.attempts)) == 1  # not yet

    for _ in range(30):
        post_office.now += timedelta(hours=5)
        post_office.work()
    assert post_office.states() == {"451@example.org": "failed"}
    assert post_office.state(number) == "done"


@pytest.mark.parametrize("how", ["unsubscribed", "suppressed", "erased"])
def test_who_says_no_after_expansion_gets_nothing(post_office: PostOffice, how: str) -> None:
    post_office.approve("ada@example.org", "bo@example.org")
    post_office.expand()
    sender = post_office.sender()
    with post_office.office.engine.begin() as connection:
        row = connection.execute(select(subscriber).where(subscriber.c.email == "ada@example.org")).one()
        if how == "unsubscribed":
            place = connection.scalar(select(subscription.c.id).where(subscription.c.subscriber_id == row.id))
            assert place is not None
            unsubscribe(connection, place, "Anruf", post_office.now)
        elif how == "suppressed":
            suppress(connection, row.suppression_key, "complaint", "test", post_office.now)
        else:
            connection.execute(delete(subscriber).where(subscriber.c.id == row.id))

    sender.run(until_done=True)

    assert post_office.caught() == ["bo@example.org"]
    with reading(post_office.office.engine) as connection:
        states = connection.scalars(select(delivery.c.state).order_by(delivery.c.id)).all()
    assert sorted(states) == ["sent", "skipped"]


def test_the_fence_asks_for_the_last_time_right_before_the_dot(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_office.approve("ada@example.org", "bo@example.org")
    real = Ledger.flight

    def leaves_when_the_relay_waits_for_the_letter(ledger: Ledger, turn: Turn) -> Answer | None:
        for one in turn.ready:
            if one.person.email == "ada@example.org":
                with post_office.office.engine.begin() as connection:
                    unsubscribe(connection, one.unsubscribe_token, "Klick", post_office.now)
        return real(ledger, turn)

    monkeypatch.setattr(Ledger, "flight", leaves_when_the_relay_waits_for_the_letter)
    post_office.work()

    assert post_office.caught() == ["bo@example.org"]
    assert post_office.states() == {"ada@example.org": "skipped", "bo@example.org": "sent"}


def test_one_person_in_two_segments_gets_one_letter(post_office: PostOffice) -> None:
    first = post_office.approve("ada@example.org", "bo@example.org")
    from tests.small_workspace import plan_and_approve

    second = plan_and_approve(post_office.office, post_office.now, post_office.now)
    post_office.work()

    assert sorted(post_office.caught()) == ["ada@example.org", "bo@example.org"]
    with reading(post_office.office.engine) as connection:
        rows = connection.execute(
            select(delivery.c.mailing_id, delivery.c.state, func.count()).group_by(
                delivery.c.mailing_id, delivery.c.state
            )
        )
        books = {(row[0], row[1]): row[2] for row in rows}
    assert books == {(first, "sent"): 2, (second, "skipped"): 2}
    assert post_office.state(second) == "done"


def test_a_dead_worker_leaves_doubt_for_what_had_left_and_gives_back_the_rest(
    post_office: PostOffice,
) -> None:
    post_office.approve("ada@example.org", "bo@example.org", "cy@example.org")
    post_office.expand()
    sender = post_office.sender()
    with post_office.office.engine.begin() as connection:
        taken = claims.claim(connection, 2, "t", post_office.now)
        assert outbox.fence(connection, taken[:1], "t", post_office.now)
        dead = worker.own_name().rpartition(":")[0] + ":another-start"
        connection.execute(update(delivery).where(delivery.c.token == "t").values(worker=dead))

    sender.run(until_done=True)

    assert post_office.states() == {
        "ada@example.org": "in_doubt",
        "bo@example.org": "sent",
        "cy@example.org": "sent",
    }
    assert sorted(post_office.caught()) == ["bo@example.org", "cy@example.org"]


def test_a_living_worker_of_another_machine_is_left_alone_until_its_lease_ends(
    post_office: PostOffice,
) -> None:
    post_office.approve("ada@example.org")
    post_office.expand()
    sender = post_office.sender()
    with post_office.office.engine.begin() as connection:
        taken = claims.claim(connection, 1, "t", post_office.now)
        assert outbox.fence(connection, taken, "t", post_office.now)
        connection.execute(update(delivery).values(worker="elsewhere:1:start"))

    post_office.now += timedelta(seconds=600)
    sender.step()
    assert post_office.states() == {"ada@example.org": "sending"}
    post_office.now += timedelta(seconds=301)
    sender.step()

    assert post_office.states() == {"ada@example.org": "in_doubt"}
    assert post_office.caught() == []


def test_hold_stops_and_resume_goes_on_with_exactly_those_not_yet_sent(post_office: PostOffice) -> None:
    number = post_office.approve("ada@example.org", "bo@example.org")
    post_office.expand()
    sender = post_office.sender()
    with post_office.office.engine.begin() as connection:
        mailing.hold(connection, mailing.find(connection, str(number)), "Zahl prüfen")
    sender.run(until_done=True)
    assert post_office.caught() == []

    with post_office.office.engine.begin() as connection:
        mailing.resume(connection, mailing.find(connection, str(number)))
    sender.run(until_done=True)

    assert sorted(post_office.caught()) == ["ada@example.org", "bo@example.org"]
    assert post_office.state(number) == "done"


def test_a_cancelled_mailing_sends_no_more_and_frees_its_people_for_another(post_office: PostOffice) -> None:
    from tests.small_workspace import plan_and_approve

    number = post_office.approve("ada@example.org")
    post_office.expand()
    with post_office.office.engine.begin() as connection:
        mailing.cancel(connection, mailing.find(connection, str(number)), "falscher Monat")
    post_office.work()
    assert post_office.caught() == []

    plan_and_approve(post_office.office, post_office.now, post_office.now)
    post_office.work()

    assert post_office.caught() == ["ada@example.org"]


def test_an_unreachable_relay_marks_nobody(post_office: PostOffice) -> None:
    post_office.approve("ada@example.org")
    post_office.tick()
    sender = post_office.sender(port=9)

    with pytest.raises(RelayDown):
        [sender.step() for _ in range(3)]

    assert post_office.states() == {"ada@example.org": "queued"}
    post_office.work()
    assert post_office.caught() == ["ada@example.org"]


def test_a_stop_gives_untouched_claims_back(post_office: PostOffice) -> None:
    post_office.approve(*(f"p{number}@example.org" for number in range(5)))
    post_office.tick()
    sender = post_office.sender(connections=1)
    real = sender.ledger.flight

    def stop_when_the_first_leaves(turn: Turn) -> Answer | None:
        if turn.ready:
            post_office.stop.set()
        return real(turn)

    sender.ledger.flight = stop_when_the_first_leaves  # type: ignore[method-assign]
    sender.run(until_done=True)

    assert sorted(post_office.states().values()) == ["queued"] * 4 + ["sent"]


def test_claim_never_takes_more_than_asked(post_office: PostOffice) -> None:
    post_office.approve(*(f"p{number}@example.org" for number in range(30)))
    post_office.expand()

    with post_office.office.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for plan in ("enable_hashjoin", "enable_mergejoin", "enable_hashagg", "enable_material"):
                connection.exec_driver_sql(f"SET LOCAL {plan} = off")
        taken = claims.claim(connection, 7, "t", post_office.now)

    assert len(taken) == 7


def test_a_mailing_cancelled_while_it_expands_takes_nobody_from_the_next(post_office: PostOffice) -> None:
    from tests.small_workspace import plan_and_approve

    number = post_office.approve("ada@example.org")
    post_office.tick()
    with post_office.office.engine.begin() as connection:
        planned = mailing.find(connection, str(number))
        mailing.move(connection, number, "due", "expanding")
        mailing.cancel(connection, planned, "falscher Monat")

    with post_office.office.engine.begin() as connection:
        assert expand(connection, planned, 0, post_office.now) is None
    plan_and_approve(post_office.office, post_office.now, post_office.now)
    post_office.work()

    assert post_office.caught() == ["ada@example.org"]
