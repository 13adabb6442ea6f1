"""The tables of the address book. mailer adds its own to the same `metadata`; migrations make them all.

Words as in the field: a subscriber is a person or an office with one address, a subscription ties it to a
newsletter, a consent event proves each yes and no, a suppression outlives the person.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from subscribers.words import CONSENT_KINDS, LABEL_KINDS, SUBSCRIPTION_STATES, TEXT_FIELDS

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware instant, stored as UTC; a naive value is refused: "09:30" alone is an hour off somewhere."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def one_of(column: str, *words: str) -> CheckConstraint:
    """A state column holds readable words, and the database refuses any other.

    Written as alternatives: for an IN of more than two words SQLite makes a table in each statement, which
    was a third of the time of an update.
    """
    return CheckConstraint(" OR ".join(f"{column} = {word!r}" for word in words), name=column)


# Every text field has a folded twin (`<name>_key`, see address.fold), because SQLite's own lower() folds
# ASCII only.
subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(320), nullable=False),  # as typed; this is what is sent to
    Column("email_key", String(320), nullable=False, unique=True),  # see address.py: one person per key
    Column("suppression_key", String(64), nullable=False),  # see suppression.key_hash
    Column("smtputf8", Boolean, nullable=False, default=False),  # the local part needs RFC 6531
    *(Column(name, Text, nullable=False, default="") for name in TEXT_FIELDS),
    *(Column(f"{name}_key", Text, nullable=False, default="") for name in TEXT_FIELDS),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index(None, "suppression_key"),
    Index(None, "kreis_key"),
    Index(None, "gewerk_key"),
)

# Topics a person asked for, tags the office gave: several of each for one person.
label = Table(
    "label",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), one_of("kind", *LABEL_KINDS), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    UniqueConstraint("subscriber_id", "kind", "name_key"),
    Index(None, "kind", "name_key", "subscriber_id"),
)

# The fields that a workspace declares for itself; one typed column of the three holds the value.
attribute = Table(
    "attribute",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("text", Text, nullable=False, default=""),  # as it is shown, whatever the type
    Column("text_key", Text, nullable=False, default=""),
    Column("number", Float),
    Column("day", Date),
    UniqueConstraint("subscriber_id", "name"),
    Index(None, "name", "text_key"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("newsletter", String(64), nullable=False),
    Column("state", String(16), one_of("state", *SUBSCRIPTION_STATES), nullable=False),
    Column("basis", String(32), nullable=False, default=""),  # why it may be mailed; "ungeklärt" never is
    Column(
        "token", String(32), nullable=False, unique=True
    ),  # names person and newsletter in links, RFC 8058
    Column("since", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("reason", Text, nullable=False, default=""),  # what the person said when leaving
    UniqueConstraint("subscriber_id", "newsletter"),
    Index(None, "newsletter", "state", "subscriber_id"),
)

# Append-only: no function updates or deletes an event. Each one carries the digest of the one before it
# for the same person and newsletter, so that a changed byte shows.
consent_event = Table(
    "consent_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("newsletter", String(64), nullable=False),
    Column("kind", String(16), one_of("kind", *CONSENT_KINDS), nullable=False),
    Column("at", Moment, nullable=False),  # when the person said it
    Column("recorded_at", Moment, nullable=False),  # when we wrote it down
    Column("source", Text, nullable=False),  # the form, list or letter it comes from
    Column("wording", Text, nullable=False, default=""),  # exactly what the person agreed to
    Column("wording_sha256", String(64), nullable=False, default=""),
    Column("form", Text, nullable=False, default=""),  # the form and its version, or its address
    Column("zone", String(64), nullable=False, default=""),  # of `at`, as the person read the clock
    Column("ip", String(80), nullable=False, default=""),  # kept, truncated or hashed, as config.toml says
    Column("batch_id", ForeignKey("import_batch.id", ondelete="SET NULL"), nullable=True),
    Column("previous", String(64), nullable=False, default=""),
    Column("digest", String(64), nullable=False),
    Index(None, "subscriber_id", "newsletter", "id"),
)

suppression = Table(
    "suppression",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_hash", String(64), nullable=False, unique=True),  # HMAC-SHA-256 of the key, survives erasure
    Column("reason", String(32), nullable=False),
    Column("source", Text, nullable=False, default=""),
    Column("since", Moment, nullable=False),
)

segment = Table(
    "segment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("rule", Text, nullable=False),  # the text form, as typed
    Column("tree", JSON, nullable=False),  # the same, parsed; {"v": 1, "where": …}
    Column("created_at", Moment, nullable=False),
)

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("newsletter", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("mapping", JSON),  # column -> field, as it was used
    Column("undone_at", Moment),
)

# What an import changed, so that it can be taken back; a retention job empties it.
import_change = Table(
    "import_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", ForeignKey("import_batch.id", ondelete="CASCADE"), nullable=False),
    Column("subscriber_id", ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("before", JSON),  # what stood there; NULL: the import made the person
    Column("after", JSON),
    Index(None, "batch_id", "id"),
    Index(None, "subscriber_id"),
)

# Which column of a list means which field, kept under a name for the next list from the same place.
import_profile = Table(
    "import_profile",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("columns", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# What the database knows of itself: the check value of the secret key, see stamp.py.
stamp = Table(
    "stamp",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
