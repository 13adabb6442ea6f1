"""Variants get their voice and their cards, a mailing keeps who gets which of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailing", sa.Column("selection", sa.JSON(), nullable=True))
    # What was frozen before has one variant and no voice: the sender greets as the envelope says.
    op.add_column("variant", sa.Column("language", sa.String(8), nullable=False, server_default=""))
    op.add_column("variant", sa.Column("tone", sa.String(16), nullable=False, server_default=""))
    op.add_column("variant", sa.Column("cards", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("variant", sa.Column("web", sa.Text(), nullable=False, server_default=""))
