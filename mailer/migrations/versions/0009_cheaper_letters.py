"""What a letter costs: its edition is held by a column of its own, and its words are compared one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WAITING = sa.text("state IN ('queued', 'deferred')")
_HELD = sa.text("token IS NOT NULL")
_LOST = "(holds_edition IS NULL) = (state = 'skipped' OR state = 'failed')"
_STATES = {
    "subscription": ("state", ("pending", "active", "paused", "unsubscribed", "suppressed")),
    "consent_event": ("kind", ("asked", "confirmed", "imported", "changed", "withdrawn")),
    "delivery": (
        "state",
        ("queued", "claimed", "sending", "sent", "deferred", "failed", "in_doubt", "skipped"),
    ),
}


def upgrade() -> None:
    names = ("ix_delivery_subscriber_id", "uq_delivery_edition_subscriber_id")
    for name in (*names, "ix_delivery_waiting", "ix_delivery_taken"):
        op.drop_index(name, "delivery")
    op.add_column("delivery", sa.Column("holds_edition", sa.Boolean(), nullable=True))
    op.execute("UPDATE delivery SET holds_edition = true WHERE state NOT IN ('skipped', 'failed')")
    for table, (column, words) in _STATES.items():
        _write_out(table, column, words)
    for name, columns, condition in (
        ("ix_delivery_waiting", ["mailing_id", "not_before", "id"], _WAITING),
        ("ix_delivery_taken", ["worker", "mailing_id"], _HELD),
    ):
        op.create_index(name, "delivery", columns, sqlite_where=condition, postgresql_where=condition)


def _write_out(table: str, column: str, words: tuple[str, ...]) -> None:
    """Alternatives for the list of words; SQLite makes the table anew, and no check comes over by itself."""
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table, recreate="auto") as batch:
        if op.get_context().dialect.name != "sqlite":
            batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, " OR ".join(f"{column} = '{word}'" for word in words))
        if table == "delivery":
            batch.create_check_constraint(op.f("ck_delivery_holds_edition"), _LOST)
            batch.create_unique_constraint(
                op.f("uq_delivery_subscriber_id_edition_holds_edition"),
                ["subscriber_id", "edition", "holds_edition"],
            )
