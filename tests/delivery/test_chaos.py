"""The short form of chaos.py: thirty kills, and the promise that holds after each of them."""

from pathlib import Path

import pytest

from tests.delivery.chaos import CONNECTIONS, chaos

KILLS, LETTERS = 30, 10_000


@pytest.mark.slow
def test_random_kills_of_two_workers_double_nobody_and_lose_nobody(tmp_path: Path, database_url: str) -> None:
    account = chaos(tmp_path, database_url, letters=LETTERS, kills=KILLS)

    print(account)
    assert account.twice == 0
    assert account.lost == 0
    assert account.sent + account.in_doubt == LETTERS
    assert account.in_doubt <= 2 * CONNECTIONS * KILLS
    assert account.worst <= 2 * CONNECTIONS
