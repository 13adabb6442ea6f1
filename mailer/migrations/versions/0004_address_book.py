"""Topics, tags, fields of one's own, fuller proof of consent, imports that can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _labels_and_attributes()
    _imports()
    op.add_column("subscription", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_delivery_subscriber_id"), "delivery", ["subscriber_id"])
    op.add_column("consent_event", sa.Column("form", sa.Text(), nullable=False, server_default=""))
    op.add_column("consent_event", sa.Column("zone", sa.String(64), nullable=False, server_default=""))
    op.add_column("consent_event", sa.Column("ip", sa.String(80), nullable=False, server_default=""))


def _labels_and_attributes() -> None:
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('topic', 'tag')", name=op.f("ck_label_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
        _points_at("label", "subscriber"),
        sa.UniqueConstraint(
            "subscriber_id", "kind", "name_key", name=op.f("uq_label_subscriber_id_kind_name_key")
        ),
    )
    op.create_index(
        op.f("ix_label_kind_name_key_subscriber_id"), "label", ["kind", "name_key", "subscriber_id"]
    )
    op.create_table(
        "attribute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_key", sa.Text(), nullable=False),
        sa.Column("number", sa.Float()),
        sa.Column("day", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute")),
        _points_at("attribute", "subscriber"),
        sa.UniqueConstraint("subscriber_id", "name", name=op.f("uq_attribute_subscriber_id_name")),
    )
    op.create_index(op.f("ix_attribute_name_text_key"), "attribute", ["name", "text_key"])


def _imports() -> None:
    op.add_column("import_batch", sa.Column("mapping", sa.JSON()))
    op.add_column("import_batch", sa.Column("undone_at", sa.DateTime(timezone=True)))
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
        _points_at("import_change", "import_batch", "batch_id"),
        _points_at("import_change", "subscriber"),
    )
    op.create_index(op.f("ix_import_change_batch_id_id"), "import_change", ["batch_id", "id"])
    op.create_index(op.f("ix_import_change_subscriber_id"), "import_change", ["subscriber_id"])
    op.create_table(
        "import_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profile")),
        sa.UniqueConstraint("name", name=op.f("uq_import_profile_name")),
    )


def _points_at(table: str, other: str, column: str = "subscriber_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], ondelete="CASCADE", name=op.f(f"fk_{table}_{column}")
    )
