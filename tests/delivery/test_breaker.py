"""A mailing stops by itself when the sender is the problem, and never because people are gone."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from mailer.cli.office import Office
from mailer.delivery import mailing
from mailer.delivery.breaker import Breaker, after, login_refused, relay_away, relay_back
from mailer.delivery.mailing import Mailing
from subscribers.database import reading
from tests.delivery.books import add_try, expanded, letters_of
from tests.small_workspace import make_office

POLICY = "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org"
GONE = "550 5.1.1 <x@example.org>: Recipient address rejected: User unknown"
SENDER = "550 5.1.8 <rundbrief@example.org>: Sender address rejected: Domain not found"


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    made = make_office(tmp_path / "w", database=database_url)
    yield made
    made.engine.dispose()


def tries(office: Office, planned: Mailing, now: datetime, *replies: str, phase: str = "dot") -> None:
    letter = letters_of(office, planned)[0]
    for reply in replies:
        add_try(office, letter, reply, now, phase=phase)


def asked(office: Office, planned: Mailing, now: datetime) -> str | None:
    with reading(office.engine) as connection:
        return after(connection, planned.id, now)


def test_more_than_two_percent_refused_for_policy_is_too_much(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)

    tries(office, planned, now, *["250 2.0.0 Ok"] * 196, *[POLICY] * 4)
    assert asked(office, planned, now) is None
    tries(office, planned, now, POLICY)
    reason = asked(office, planned, now)

    assert reason is not None
    assert "5 of the last 200 letters were refused for policy" in reason
    assert "spamhaus" in reason
    assert reason.endswith(f"go on with `rundbrief mailing resume {planned.id}`.")


def test_only_the_newest_tries_count(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)

    tries(office, planned, now, *[POLICY] * 4, *["250 2.0.0 Ok"] * 198, *[POLICY] * 2)

    assert asked(office, planned, now) is None


def test_people_who_are_gone_never_stop_a_mailing(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)

    tries(office, planned, now, *[GONE, "452 4.2.2 mailbox full", "450 4.7.1 Greylisted"] * 60, phase="rcpt")

    assert asked(office, planned, now) is None


def test_a_relay_that_knows_nearly_nobody_is_the_trouble_not_the_people(
    office: Office, now: datetime
) -> None:
    planned = expanded(office, ["ada@example.org"], now)

    tries(office, planned, now, *["250 2.0.0 Ok"] * 9, *[GONE] * 40, phase="rcpt")
    assert asked(office, planned, now) is None
    tries(office, planned, now, GONE, phase="rcpt")
    reason = asked(office, planned, now)

    assert reason is not None
    assert "41 of the last 50 letters were refused for good" in reason
    assert "User unknown" in reason


def test_the_refusals_of_another_mailing_do_not_count(office: Office, now: datetime) -> None:
    first = expanded(office, ["ada@example.org"], now)
    second = expanded(office, ["bo@example.org"], now)

    tries(office, first, now, *[POLICY] * 50)
    tries(office, second, now, *["250 2.0.0 Ok"] * 20)

    assert asked(office, first, now) is not None
    assert asked(office, second, now) is None


def test_a_sender_refused_three_times_in_a_row_stops_it(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)

    tries(office, planned, now, SENDER, SENDER, phase="mail")
    tries(office, planned, now, "250 2.0.0 Ok")
    tries(office, planned, now, SENDER, SENDER, phase="mail")
    assert asked(office, planned, now) is None
    tries(office, planned, now, SENDER, phase="mail")

    assert "refused the sender 3 times in a row" in str(asked(office, planned, now))


def test_after_a_person_resumed_it_the_past_is_forgiven(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)
    tries(office, planned, now, *[POLICY] * 5)
    with office.engine.begin() as connection:
        reason = after(connection, planned.id, now)
        mailing.hold(connection, planned, str(reason))
        mailing.resume(connection, mailing.find(connection, str(planned.id)))

    assert asked(office, planned, now) is None
    tries(office, planned, now, *[POLICY] * 5)

    assert asked(office, planned, now) is not None


def test_the_limits_are_settings(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)
    tries(office, planned, now, POLICY)

    with reading(office.engine) as connection:
        assert after(connection, planned.id, now, Breaker(window=10, share=0.05)) is not None
        assert after(connection, planned.id, now) is None


def test_a_relay_that_is_away_is_told_and_taken_back(office: Office, now: datetime) -> None:
    planned = expanded(office, ["ada@example.org"], now)
    with office.engine.begin() as connection:
        relay_away(connection, "", "connection refused.")
        relay_away(connection, "other", "another one")
        away = mailing.find(connection, str(planned.id))
        relay_back(connection, "other")
        still = mailing.find(connection, str(planned.id))
        relay_back(connection, "")
        back = mailing.find(connection, str(planned.id))

    assert away.state == "sending"
    assert away.reason == ("The relay takes no mail now: connection refused. It is tried again by itself.")
    assert (still.reason, back.reason) == (away.reason, "")


def test_a_refused_log_in_says_what_to_do() -> None:
    assert login_refused("535 5.7.8 authentication failed", 7) == (
        "The relay refuses us for good: 535 5.7.8 authentication failed. "
        "When it is mended, go on with `rundbrief mailing resume 7`."
    )
