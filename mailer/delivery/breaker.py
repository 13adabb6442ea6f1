"""When a mailing stops by itself: the relay or the receivers refuse us, and going on would only do harm.

A refusal for policy says nothing about the person; it says that this sender, today, is not welcome. Going on
costs the reputation that the next letter needs.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select, update

from mailer.delivery.replies import classify
from mailer.delivery.schema import attempt, delivery, mailing

AWAY = "The relay takes no mail now"
_AFTERWARDS = "When it is mended, {first}go on with `rundbrief mailing resume {number}`."
_AGAIN = "queue what failed again with `rundbrief mailing retry {number}{more}` and "


@dataclass(frozen=True, slots=True)
class Breaker:
    """From when on it is too much.

    Args:
        window: so many tries are looked at, the newest ones.
        share: more than this part of the window refused for policy is too much.
        senders: so many refusals of the sender in a row are too many.
        nearly_all: more than this part refused for good, for whatever reason, is no matter of the people;
        at_least: once so many were tried.
    """

    window: int = 200
    share: float = 0.02
    senders: int = 3
    nearly_all: float = 0.8
    at_least: int = 50


def after(
    connection: Connection, mailing_id: int, now: datetime, settings: Breaker | None = None
) -> str | None:
    """Why the mailing must be held now, in a sentence that says what to do; None while all is well.

    Ask after each booking. What happened before a person resumed the mailing does not count.
    """
    settings = settings or Breaker()
    tries = _newest(connection, mailing_id, settings.window)
    begin = [row for row in tries if row.at <= now][: settings.senders]
    if len(begin) == settings.senders and all(row.phase == "mail" and row.code >= 500 for row in begin):
        return _sentence(
            f"The relay refused the sender {settings.senders} times in a row", begin[0].reply, mailing_id
        )
    refused = [row for row in tries if _is_policy(row)]
    if len(refused) > settings.share * settings.window:
        count = (
            f"{len(refused)} of the last {len(tries)} letters were refused for policy (block list, reputation"
        )
        again = _AGAIN.format(number=mailing_id, more="")
        return _sentence(f"{count} or authentication of the sender)", refused[0].reply, mailing_id, again)
    failed = [row for row in tries if row.code >= 500]
    if len(tries) >= settings.at_least and len(failed) > settings.nearly_all * len(tries):
        count = f"{len(failed)} of the last {len(tries)} letters were refused for good"
        again = _AGAIN.format(number=mailing_id, more=" --all")
        what = f"{count}, as if the relay knew none of these people"
        return _sentence(what, failed[0].reply, mailing_id, again)
    return None


def login_refused(text: str, mailing_id: int) -> str:
    """Why a mailing is held whose relay does not let us in, or not by a safe way."""
    return _sentence("The relay refuses us for good", text, mailing_id)


def once_queued(reason: str, mailing_id: int) -> str:
    """The reason of a held mailing without the step that was just taken."""
    for more in ("", " --all"):
        reason = reason.replace(_AGAIN.format(number=mailing_id, more=more), "")
    return reason


def relay_away(connection: Connection, relay: str, text: str) -> None:
    """Let `mailing list` say why the mailings of this relay do not move; nobody is marked."""
    reason = f"{AWAY}: {text.rstrip('.')}. It is tried again by itself."
    under_way = mailing.c.state.in_(("due", "expanding", "sending"))
    connection.execute(
        update(mailing)
        .where(under_way, mailing.c.relay == relay, mailing.c.reason != reason)
        .values(reason=reason)
    )


def relay_back(connection: Connection, relay: str) -> None:
    """The relay takes mail again: what `relay_away` said no longer holds."""
    connection.execute(
        update(mailing)
        .where(mailing.c.relay == relay, mailing.c.reason.startswith(AWAY), mailing.c.state != "held")
        .values(reason="")
    )


def _newest(connection: Connection, mailing_id: int, window: int) -> list[Row[tuple[object, ...]]]:
    """The newest tries of a mailing; cheap when nothing was refused: it is asked after each flight."""
    newest = select(attempt.c.id, attempt.c.code).order_by(attempt.c.id.desc()).limit(window).subquery()
    if connection.scalar(select(newest.c.id).where(newest.c.code >= 500).limit(1)) is None:
        return []
    # Several mailings may be under way. Without the inner LIMIT a plan would sort all tries of this one.
    several = select(attempt).order_by(attempt.c.id.desc()).limit(10 * window).subquery()
    forgiven = select(mailing.c.forgiven).where(mailing.c.id == mailing_id).scalar_subquery()
    query = (
        select(several)
        .join(delivery, delivery.c.id == several.c.delivery_id)
        .where(delivery.c.mailing_id == mailing_id, several.c.id > forgiven)
        .order_by(several.c.id.desc())
        .limit(window)
    )
    return list(connection.execute(query).all())


def _is_policy(row: Row[tuple[object, ...]]) -> bool:
    if row.code < 500 or row.phase not in ("rcpt", "data", "dot"):
        return False
    return classify(row.phase, row.code, row.enhanced, row.reply).scope == "sender"


def _sentence(what: str, reply: str, mailing_id: int, first: str = "") -> str:
    said = f"{what}: {reply.rstrip('.')}." if reply else f"{what}."
    return f"{said} {_AFTERWARDS.format(number=mailing_id, first=first)}"
