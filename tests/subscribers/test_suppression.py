"""The list of those who must never be mailed, without their addresses."""

from datetime import datetime

from sqlalchemy import Engine, select

from subscribers.schema import suppression
from subscribers.suppression import is_suppressed, key_hash, lift, reasons, suppress

SECRET = b"one secret"


def test_a_hash_covers_all_tags_of_a_mailbox_and_no_other_mailbox() -> None:
    plain = key_hash(SECRET, "kim@example.org")

    assert key_hash(SECRET, "kim+rundbrief@example.org") == plain
    assert key_hash(SECRET, "kim.y@example.org") != plain
    assert key_hash(SECRET, "kim@example.net") != plain
    assert key_hash(b"another secret", "kim@example.org") != plain
    assert key_hash(SECRET, "+kim@example.org") != key_hash(SECRET, "+eva@example.org")


def test_the_first_reason_stands_and_no_address_is_kept(engine: Engine, now: datetime) -> None:
    hashed = key_hash(SECRET, "kim@example.org")

    with engine.begin() as connection:
        first = suppress(connection, hashed, "complaint", "mailbox", now)
        second = suppress(connection, hashed, "bounced", "mailbox", now)
        rows = connection.execute(select(suppression)).all()

        assert (first, second) == (True, False)
        assert [row.reason for row in rows] == ["complaint"]
        assert "kim" not in str(rows)
        assert reasons(connection, [hashed, "0" * 64]) == {hashed: "complaint"}


def test_a_lifted_hash_is_off_the_list(engine: Engine, now: datetime) -> None:
    hashed = key_hash(SECRET, "kim@example.org")

    with engine.begin() as connection:
        suppress(connection, hashed, "bounced", "mailbox", now)

        assert is_suppressed(connection, hashed)
        assert lift(connection, hashed)
        assert not is_suppressed(connection, hashed)
        assert not lift(connection, hashed)
