"""The web versions of letters that went out; what is only planned is nobody's business yet."""

from sqlalchemy import Connection, select

from mailer.delivery.schema import mailing, variant

PUBLIC = ("expanding", "sending", "held", "done")  # the first letter may have left


def web_version(connection: Connection, newsletter: str, issue: str, key: str) -> str | None:
    """The page of one variant as it was approved, from the edition's newest mailing, if there is one."""
    found = connection.scalars(
        select(variant.c.web)
        .join(mailing, mailing.c.id == variant.c.mailing_id)
        .where(mailing.c.newsletter == newsletter, mailing.c.issue == issue)
        .where(mailing.c.state.in_(PUBLIC), variant.c.key == key, variant.c.web != "")
        .order_by(mailing.c.id.desc(), variant.c.release.desc())
        .limit(1)
    )
    return found.first()
