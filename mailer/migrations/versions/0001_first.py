"""The address book and the post office as they were first made."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen: written out here, because the tables of the program go on changing.
_TEXTS = (
    *("anrede", "titel", "vorname", "nachname", "firma", "gewerk"),
    *("kreis", "plz", "ort", "funktion", "language", "tone"),
)
_SUBSCRIPTION_STATES = "'pending', 'active', 'paused', 'unsubscribed', 'suppressed'"
_CONSENT_KINDS = "'asked', 'confirmed', 'imported', 'changed', 'withdrawn'"
_MAILING_STATES = (
    "'draft', 'checked', 'approved', 'due', 'expanding', 'sending', 'done', 'held', 'missed', 'cancelled'"
)
_DELIVERY_STATES = "'queued', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'in_doubt', 'skipped'"


def upgrade() -> None:
    _people()
    _subscriptions()
    _consents()
    _lists_and_rules()
    _mailings()
    _frozen_content()
    _deliveries()
    _attempts()


def _people() -> None:
    op.create_table(
        "subscriber",
        _id(),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("email_key", sa.String(320), nullable=False),
        _hash("suppression_key"),
        sa.Column("smtputf8", sa.Boolean(), nullable=False),
        *(_text(name) for name in _TEXTS),
        *(_text(f"{name}_key") for name in _TEXTS),
        _moment("created_at"),
        _moment("changed_at"),
        _primary_key("subscriber"),
        sa.UniqueConstraint("email_key", name=op.f("uq_subscriber_email_key")),
    )
    _index("subscriber", "suppression_key")
    _index("subscriber", "kreis_key")
    _index("subscriber", "gewerk_key")


def _subscriptions() -> None:
    op.create_table(
        "subscription",
        _id(),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        _word("newsletter", 64),
        _word("state", 16),
        _word("basis", 32),
        _word("token", 32),
        _moment("since"),
        _moment("changed_at"),
        _primary_key("subscription"),
        _reference("subscription", "subscriber", "CASCADE"),
        _one_of("subscription", "state", _SUBSCRIPTION_STATES),
        sa.UniqueConstraint(
            "subscriber_id", "newsletter", name=op.f("uq_subscription_subscriber_id_newsletter")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_subscription_token")),
    )
    _index("subscription", "newsletter", "state", "subscriber_id")


def _consents() -> None:
    op.create_table(
        "import_batch",
        _id(),
        _text("file"),
        _hash("sha256"),
        _word("newsletter", 64),
        _moment("at"),
        sa.Column("counts", sa.JSON(), nullable=False),
        _primary_key("import_batch"),
    )
    op.create_table(
        "consent_event",
        _id(),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        _word("newsletter", 64),
        _word("kind", 16),
        _moment("at"),
        _moment("recorded_at"),
        _text("source"),
        _text("wording"),
        _hash("wording_sha256"),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        _hash("previous"),
        _hash("digest"),
        _primary_key("consent_event"),
        _reference("consent_event", "subscriber", "CASCADE"),
        _reference("consent_event", "import_batch", "SET NULL", column="batch_id"),
        _one_of("consent_event", "kind", _CONSENT_KINDS),
    )
    _index("consent_event", "subscriber_id", "newsletter", "id")


def _lists_and_rules() -> None:
    op.create_table(
        "suppression",
        _id(),
        _hash("key_hash"),
        _word("reason", 32),
        _text("source"),
        _moment("since"),
        _primary_key("suppression"),
        sa.UniqueConstraint("key_hash", name=op.f("uq_suppression_key_hash")),
    )
    op.create_table(
        "segment",
        _id(),
        _word("name", 64),
        _text("rule"),
        sa.Column("tree", sa.JSON(), nullable=False),
        _moment("created_at"),
        _primary_key("segment"),
        sa.UniqueConstraint("name", name=op.f("uq_segment_name")),
    )


def _mailings() -> None:
    op.create_table(
        "mailing",
        _id(),
        _word("newsletter", 64),
        _word("issue", 64),
        _word("segment", 64),
        sa.Column("rule", sa.JSON(), nullable=False),
        _moment("due_at"),
        _word("state", 16),
        _text("reason"),
        _moment("planned_at"),
        _word("planned_by", 64),
        _moment("approved_at", nullable=True),
        sa.Column("approved_by", sa.String(64), nullable=True),
        sa.Column("content_sha256", sa.String(64), nullable=True),
        sa.Column("envelope", sa.JSON(), nullable=True),
        _moment("done_at", nullable=True),
        _primary_key("mailing"),
        _one_of("mailing", "state", _MAILING_STATES),
    )
    _index("mailing", "state", "due_at")


def _frozen_content() -> None:
    op.create_table(
        "variant",
        _id(),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        _word("key", 64),
        _text("subject"),
        _text("preheader"),
        _word("mark", 32),
        _text("html"),
        _text("text"),
        _primary_key("variant"),
        _reference("variant", "mailing", "CASCADE"),
        sa.UniqueConstraint("mailing_id", "key", name=op.f("uq_variant_mailing_id_key")),
    )
    op.create_table(
        "picture",
        _id(),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        _word("name", 255),
        _word("media_type", 32),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _primary_key("picture"),
        _reference("picture", "mailing", "CASCADE"),
        sa.UniqueConstraint("mailing_id", "name", name=op.f("uq_picture_mailing_id_name")),
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        _id(),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        _word("variant", 64),
        _word("edition", 140),
        _word("state", 16),
        _text("reason"),
        _moment("not_before"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(32), nullable=True),
        sa.Column("worker", sa.String(128), nullable=True),
        _moment("lease_until", nullable=True),
        _text("reply"),
        _moment("sent_at", nullable=True),
        _primary_key("delivery"),
        _reference("delivery", "mailing", "CASCADE"),
        _reference("delivery", "subscriber", "SET NULL"),
        _one_of("delivery", "state", _DELIVERY_STATES),
        sa.UniqueConstraint("mailing_id", "subscriber_id", name=op.f("uq_delivery_mailing_id_subscriber_id")),
    )
    _index("delivery", "state", "not_before", "id")
    _index("delivery", "mailing_id", "state")
    op.create_index(
        "uq_delivery_edition_subscriber_id",
        "delivery",
        ["edition", "subscriber_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'skipped'"),
        postgresql_where=sa.text("state <> 'skipped'"),
    )


def _attempts() -> None:
    op.create_table(
        "attempt",
        _id(),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _word("worker", 128),
        _moment("at"),
        _word("phase", 16),
        sa.Column("code", sa.Integer(), nullable=False),
        _word("enhanced", 16),
        _text("reply"),
        _primary_key("attempt"),
        _reference("attempt", "delivery", "CASCADE"),
    )
    _index("attempt", "delivery_id")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _word(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _hash(name: str) -> sa.Column[str]:
    return _word(name, 64)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _primary_key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _reference(table: str, parent: str, ondelete: str, *, column: str = "") -> sa.ForeignKeyConstraint:
    column = column or f"{parent}_id"
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=name, ondelete=ondelete)


def _one_of(table: str, column: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
