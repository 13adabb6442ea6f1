"""The mark by which a database knows its secret key: with another one nobody suppressed is recognised."""

import hmac

from sqlalchemy import Connection, exists, select

from subscribers.keyhash import STAMP, key_hash, mark_of
from subscribers.schema import stamp, subscriber, suppression
from subscribers.upsert import insert_new


def is_stamped(connection: Connection) -> bool:
    """Whether the database knows its key."""
    return _kept(connection) is not None


def holds_hashes(connection: Connection) -> bool:
    """Whether a key was in use before the stamp was invented: there are hashes made with it."""
    found = select(exists().where(subscriber.c.id > 0) | exists().where(suppression.c.id > 0))
    return bool(connection.scalar(found))


def write_stamp(connection: Connection, secret: bytes) -> None:
    """Tie the database to this key; a stamp that is there stays."""
    connection.execute(insert_new(connection, stamp).values(name=STAMP, value=mark_of(secret)))


def fits(connection: Connection, secret: bytes) -> bool:
    """Whether this is the key of the database; without a stamp the hash of any person tells."""
    if (kept := _kept(connection)) is not None:
        return hmac.compare_digest(kept, mark_of(secret))
    columns = subscriber.c.email_key, subscriber.c.suppression_key
    somebody = connection.execute(select(*columns).order_by(subscriber.c.id).limit(1)).one_or_none()
    return somebody is None or key_hash(secret, somebody.email_key) == somebody.suppression_key


def _kept(connection: Connection) -> str | None:
    found: str | None = connection.scalar(select(stamp.c.value).where(stamp.c.name == STAMP))
    return found
