"""`rundbrief doubt`: what a person, or the log of the relay, says of letters in doubt is booked once."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from mailer.cli.doubt import doubt
from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.claims import claim
from mailer.delivery.doubt import in_doubt
from mailer.delivery.mailing import Mailing
from mailer.delivery.schema import delivery
from mailer.delivery.worker import own_name
from subscribers.database import reading
from subscribers.errors import BadUsage, Problem, Refused
from subscribers.schema import subscription
from tests.delivery.books import add_try, expanded, letters_of, row_of, set_state
from tests.small_workspace import make_office

PEOPLE = ["ada@example.org", "info@bäckerei.example.org", "cy@example.org"]


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    made = make_office(tmp_path / "w", database=database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def planned(office: Office, now: datetime) -> Mailing:
    """A mailing that is done but for two letters in doubt."""
    made = expanded(office, PEOPLE, now)
    first, second, third = letters_of(office, made)
    for letter in (first, second):
        set_state(office, letter, "in_doubt", attempts=1, reason="the relay hung up")
        add_try(office, letter, "0 the relay hung up", now)
    set_state(office, third, "sent", sent_at=now)
    with office.engine.begin() as connection:
        mailing.move(connection, made.id, "sending", "done", done_at=now)
    return made


def run(office: Office, *arguments: str, code: int = 0) -> Result:
    done = CliRunner().invoke(doubt, list(arguments), obj=office, standalone_mode=False)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert (done.return_value or 0) == code, done.output
    return done


def state_of(office: Office, planned: Mailing) -> str:
    with reading(office.engine) as connection:
        return mailing.find(connection, str(planned.id)).state


def test_everybody_in_doubt_is_listed_by_name(office: Office, planned: Mailing) -> None:
    rows = json.loads(run(office, "list", "--json").stdout)

    assert [row["address"] for row in rows] == ["ada@example.org", "info@xn--bckerei-5wa.example.org"]
    assert set(rows[0]) >= {"delivery", "address", "mailing", "since", "reason", "message_id"}
    assert rows[0]["since"] == "2026-11-24T09:30:00+01:00"
    assert rows[0]["message_id"].startswith(f"<m{planned.id}.{rows[0]['delivery']}.")


def test_what_a_killed_sender_left_is_listed_before_the_next_one_runs(
    office: Office, planned: Mailing, now: datetime
) -> None:
    third = letters_of(office, planned)[2]
    killed = own_name().rpartition(":")[0] + ":0-1"  # this process's number, another start
    set_state(office, third, "sending", token="t", worker=killed, lease_until=now + timedelta(days=9))

    rows = json.loads(run(office, "list", "--json").stdout)

    assert [row["address"] for row in rows][2:] == ["cy@example.org"]
    assert rows[2]["reason"] == "the sender ended between the final dot and the reply"


def test_a_letter_is_sent_again_by_hand_only_and_opens_its_mailing(office: Office, planned: Mailing) -> None:
    first, second, _ = letters_of(office, planned)

    run(office, "resolve", str(first), "--resend", "--yes")

    assert (row_of(office, first).state, row_of(office, second).state) == ("queued", "in_doubt")
    assert state_of(office, planned) == "sending"


def test_a_held_mailing_sends_nothing_again_before_it_goes_on(office: Office, planned: Mailing) -> None:
    with office.engine.begin() as connection:
        mailing.move(connection, planned.id, "done", "held", reason="stopped by kim")

    done = run(office, "resolve", "--all", str(planned.id), "--resend", "--yes")

    assert done.stderr == (
        f"2 letters of mailing {planned.id} can leave once more.\n"
        f"The mailing stays held; go on with `rundbrief mailing resume {planned.id}`.\n"
    )
    assert state_of(office, planned) == "held"


def test_who_left_meanwhile_is_counted_as_one_who_gets_nothing(
    office: Office, planned: Mailing, now: datetime
) -> None:
    first, second, _ = letters_of(office, planned)
    with office.engine.begin() as connection:
        connection.execute(
            update(subscription)
            .where(subscription.c.subscriber_id == row_of(office, first).subscriber_id)
            .values(state="unsubscribed")
        )

    done = run(office, "resolve", str(first), str(second), "--resend", "--yes")
    with office.engine.begin() as connection:
        (taken,) = claim(connection, 9, "0" * 32, now + timedelta(days=400))

    assert done.stderr == (
        f"1 letter of mailing {planned.id} is sent again while `rundbrief run` is running.\n"
        f"1 of mailing {planned.id} will be skipped: unsubscribed or suppressed meanwhile.\n"
    )
    assert (row_of(office, first).state, taken.id) == ("skipped", second)


def test_one_who_was_erased_keeps_nobody_else_waiting(office: Office, planned: Mailing) -> None:
    first, second, _ = letters_of(office, planned)
    with office.engine.begin() as connection:
        connection.execute(update(delivery).where(delivery.c.id == first).values(subscriber_id=None))
    whole = ["resolve", "--all", str(planned.id), "--resend", "--yes"]

    done = run(office, *whole, code=4)

    assert (row_of(office, first).state, row_of(office, second).state) == ("in_doubt", "queued")
    assert done.stderr == (
        f"1 letter of mailing {planned.id} is sent again while `rundbrief run` is running.\n"
        f"Letter {first} cannot be sent again: the person was erased. Use --skip or --sent.\n"
    )
    with pytest.raises(Refused, match="the person was erased"):
        run(office, *whole)


def test_arrived_or_given_up(office: Office, planned: Mailing, now: datetime) -> None:
    first, second, _ = letters_of(office, planned)

    run(office, "resolve", str(first), "--sent", "--yes")
    run(office, "resolve", "--all", str(planned.id), "--skip", "--yes")

    assert (row_of(office, first).state, row_of(office, first).sent_at) == ("sent", now)
    assert row_of(office, second).state == "skipped"
    assert "given up by" in row_of(office, second).reason
    assert state_of(office, planned) == "done"
    assert json.loads(run(office, "list", "--json").stdout) == []


def test_who_is_slower_changes_nothing(office: Office, planned: Mailing, now: datetime) -> None:
    from mailer.delivery.doubt import resolve

    with reading(office.engine) as connection:
        (one, _) = in_doubt(connection, office.secret)
    with office.engine.begin() as connection:
        assert resolve(connection, one, "sent", now, "kim")
        assert not resolve(connection, one, "resend", now, "jo")

    assert row_of(office, one.delivery).state == "sent"


def test_what_is_not_in_doubt_is_refused(office: Office, planned: Mailing) -> None:
    third = letters_of(office, planned)[2]

    for arguments, kind, words in (
        (["resolve", str(third), "--resend", "--yes"], Problem, "Not in doubt"),
        (["resolve", "--resend", "--yes"], BadUsage, "Which letters"),
        (["resolve", "1", "--all", "1", "--resend"], BadUsage, "Which letters"),
        (["resolve", "1"], BadUsage, "What became of it"),
        (["resolve", "1", "--sent", "--skip", "--yes"], BadUsage, "--sent and --skip contradict each other"),
        (["resolve", "1", "--skip", "--resend", "--yes"], BadUsage, "--resend and --skip contradict"),
        (["resolve", "1", "--resend"], Refused, "Nobody is there to ask"),
    ):
        with pytest.raises(kind, match=words):
            run(office, *arguments)
    assert row_of(office, third).state == "sent"


def test_a_cancelled_mailing_sends_nothing_again(office: Office, planned: Mailing) -> None:
    first = letters_of(office, planned)[0]
    with office.engine.begin() as connection:
        mailing.move(connection, planned.id, "done", "cancelled")

    with pytest.raises(Refused, match="is cancelled"):
        run(office, "resolve", str(first), "--resend", "--yes")

    assert row_of(office, first).state == "in_doubt"


def test_the_log_of_the_relay_settles_what_it_knows(office: Office, planned: Mailing, tmp_path: Path) -> None:
    rows = json.loads(run(office, "list", "--json").stdout)
    head = "Nov 24 09:30:02 relay postfix/smtp[4711]: 4F1C2D3E4F:"
    log = tmp_path / "mail.log"
    log.write_text(
        f"{head} message-id={rows[1]['message_id']}\n{head} from=<>, size=1, nrcpt=1 (queue active)\n"
        f"{head} to=<{rows[1]['address']}>, dsn=5.1.1, status=bounced (550 5.1.1 User unknown)\n",
        "utf-8",
    )

    tried = run(office, "reconcile", "--maillog", str(log), "--dry-run", "--json", code=4)
    untouched = [row_of(office, row["delivery"]).state for row in rows]
    done = run(office, "reconcile", "--maillog", str(log), "--json", code=4)

    assert json.loads(tried.stdout) == json.loads(done.stdout)
    assert [row["outcome"] for row in json.loads(done.stdout)] == ["in_doubt", "failed"]
    assert "does not know this letter" in json.loads(done.stdout)[0]["finding"]
    assert untouched == ["in_doubt", "in_doubt"]
    assert [row_of(office, row["delivery"]).state for row in rows] == ["in_doubt", "failed"]
    assert "1 failed; 1 stay in doubt" in done.stderr
    assert "3 of 3 lines of the log were understood." in done.stderr


def test_a_file_that_is_no_log_of_postfix_is_told(office: Office, planned: Mailing, tmp_path: Path) -> None:
    log = tmp_path / "sshd.log"
    log.write_text("Nov 24 09:30:02 relay sshd[1]: Accepted publickey\n" * 3, "utf-8")

    done = run(office, "reconcile", "--maillog", str(log), code=4)

    assert "0 of 3 lines of the log were understood." in done.stderr
    assert "is this the right file?" in done.stderr
