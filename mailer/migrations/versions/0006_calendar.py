"""Newsletters get their series of dates, the team its reminders, and mailings their releases."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _series()
    _reminders()
    _releases()


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("newsletter", sa.String(64), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("next_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("months", sa.String(64), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("newsletter", name=op.f("pk_series")),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsletter", sa.String(64), nullable=False),
        sa.Column("months", sa.String(64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.ForeignKeyConstraint(
            ["mailing_id"],
            ["mailing.id"],
            name=op.f("fk_occurrence_mailing_id_mailing"),
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("newsletter", "months", name=op.f("uq_occurrence_newsletter_months")),
    )


def _reminders() -> None:
    words = "state IN ('waiting', 'claimed', 'sent', 'failed', 'needless')"
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsletter", sa.String(64), nullable=False),
        sa.Column("occasion", sa.String(140), nullable=False),
        sa.Column("reader", sa.String(32), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(words, name=op.f("ck_reminder_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.ForeignKeyConstraint(
            ["mailing_id"],
            ["mailing.id"],
            name=op.f("fk_reminder_mailing_id_mailing"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "newsletter", "occasion", "reader", name=op.f("uq_reminder_newsletter_occasion_reader")
        ),
    )
    op.create_index(op.f("ix_reminder_state"), "reminder", ["state"])


def _releases() -> None:
    op.add_column("mailing", sa.Column("kind", sa.String(16), nullable=False, server_default="issue"))
    op.add_column("mailing", sa.Column("release", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("mailing", sa.Column("corrects", sa.JSON(), nullable=True))
    op.add_column("delivery", sa.Column("release", sa.Integer(), nullable=False, server_default="1"))
    for table, name in (("variant", "key"), ("picture", "name")):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("release", sa.Integer(), nullable=False, server_default="1"))
            batch.drop_constraint(op.f(f"uq_{table}_mailing_id_{name}"), type_="unique")
            columns = ["mailing_id", "release", name]
            batch.create_unique_constraint(op.f(f"uq_{table}_{'_'.join(columns)}"), columns)
    # What was frozen before is the first release; how it read when it was planned, nobody kept.
    op.execute("UPDATE mailing SET release = 1 WHERE id IN (SELECT mailing_id FROM variant)")
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("keyboard", sa.String(64), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_release_mailing_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("mailing_id", "number", name=op.f("uq_release_mailing_id_number")),
    )
