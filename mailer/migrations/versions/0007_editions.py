"""One mailing per issue and segment; a letter that failed leaves room for one to the address given since."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ONCE = sa.text("kind = 'issue' AND state <> 'cancelled'")
_HOLDS = sa.text("state NOT IN ('skipped', 'failed')")


def upgrade() -> None:
    # A second mailing of an issue to a segment reached those who had not got it: late joiners.
    op.execute(
        "UPDATE mailing SET kind = 'late' WHERE kind = 'issue' AND state <> 'cancelled' AND EXISTS ("
        "SELECT 1 FROM mailing AS earlier WHERE earlier.id < mailing.id "
        "AND earlier.newsletter = mailing.newsletter AND earlier.issue = mailing.issue "
        "AND earlier.segment = mailing.segment AND earlier.kind = 'issue' "
        "AND earlier.state <> 'cancelled')"
    )
    op.create_index(
        "uq_mailing_newsletter_issue_segment",
        "mailing",
        ["newsletter", "issue", "segment"],
        unique=True,
        sqlite_where=_ONCE,
        postgresql_where=_ONCE,
    )
    op.drop_index("uq_delivery_edition_subscriber_id", "delivery")
    op.create_index(
        "uq_delivery_edition_subscriber_id",
        "delivery",
        ["edition", "subscriber_id"],
        unique=True,
        sqlite_where=_HOLDS,
        postgresql_where=_HOLDS,
    )
