from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.retry import GAPS, STALE, next_try

DUE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@given(st.integers(1, 10**9), st.integers(1, 50))
def test_the_gaps_grow_and_scatter_by_a_fifth_at_most(delivery: int, attempts: int) -> None:
    gap = GAPS[min(attempts, len(GAPS)) - 1]

    again = next_try(delivery, attempts, DUE, DUE)

    assert again is not None
    assert gap <= again - DUE <= gap * 1.2
    assert again == next_try(delivery, attempts, DUE, DUE)


def test_greylisting_gets_its_five_minutes_and_later_tries_half_an_hour() -> None:
    # RFC 5321 section 4.5.4.1
    assert GAPS[0] == timedelta(minutes=5)
    assert all(gap >= timedelta(minutes=30) for gap in GAPS[1:])
    assert list(GAPS) == sorted(GAPS)


def test_what_was_put_off_together_does_not_come_back_together() -> None:
    moments = {next_try(delivery, 1, DUE, DUE) for delivery in range(200)}

    assert len(moments) > 50


def test_a_letter_that_is_too_old_is_given_up() -> None:
    assert next_try(1, 1, DUE + STALE, DUE) is None
    assert next_try(1, 1, DUE + STALE - timedelta(minutes=7), DUE) is not None


def test_every_letter_comes_to_an_end() -> None:
    now, attempts = DUE, 1
    while again := next_try(7, attempts, now, DUE):
        assert again > now
        now, attempts = again, attempts + 1

    assert 10 < attempts < 40
    assert now - DUE > STALE - timedelta(hours=5)
