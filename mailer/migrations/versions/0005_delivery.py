"""A mailing knows its relay and when it is too old, and domains have a pace."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailing", sa.Column("relay", sa.String(64), nullable=False, server_default=""))
    op.add_column("mailing", sa.Column("stale_hours", sa.Float(), nullable=False, server_default="72"))
    op.add_column("mailing", sa.Column("forgiven", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("mailing", sa.Column("excluded", sa.JSON(), nullable=True))
    op.create_table(
        "pace",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("tat_us", sa.BigInteger(), nullable=False),
        sa.Column("promised_us", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("slowed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pace")),
    )
    op.drop_index(op.f("ix_delivery_state_not_before_id"), "delivery")
    waiting, taken = sa.text("state IN ('queued', 'deferred')"), sa.text("state IN ('claimed', 'sending')")
    for name, columns, words in (
        ("ix_delivery_waiting", ["mailing_id", "not_before", "id"], waiting),
        ("ix_delivery_taken", ["worker", "mailing_id"], taken),
    ):
        op.create_index(name, "delivery", columns, sqlite_where=words, postgresql_where=words)
