"""What an approval is worth: it holds for the bytes it was given for, and is taken back when they change."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine

from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from subscribers.database import reading
from subscribers.errors import Problem

log = logging.getLogger("rundbrief.schedule")

Fingerprint = Callable[[Mailing], str]
Changed = Callable[[Mailing], str]  # the names of what is different now
Tell = Callable[[Connection, Mailing, str, str], None]  # the mailing, what happened to it, and what is known
VOID, LATE, UNAPPROVED = "void", "late", "unapproved"
NOBODY = "nobody approved it in time"
_CHANGED = "changed since it was approved"


def tell_nobody(_connection: Connection, _mailing: Mailing, _kind: str, _detail: str) -> None:
    """For those who have no team to tell."""


def name_nothing(_mailing: Mailing) -> str:
    """For those who only know that something changed."""
    return ""


def change(approved: Mailing, fingerprint: Fingerprint, changed: Changed = name_nothing) -> tuple[str, str]:
    """Why the approval holds no more, and the problem in the files if that is why; empty while it holds."""
    try:
        if fingerprint(approved) == approved.content_sha256:
            return "", ""
        names = changed(approved)
    except Problem as problem:
        return f"cannot be read any more: {problem}", str(problem)
    return f"{_CHANGED} ({names})" if names else _CHANGED, ""


def names_in(reason: str) -> list[str]:
    """What changed, out of the reason for which an approval was taken back."""
    if not reason.startswith(f"{_CHANGED} ("):
        return []
    return reason.removeprefix(f"{_CHANGED} (").removesuffix(")").split(", ")


def take_back(connection: Connection, approved: Mailing, why: str, detail: str, tell: Tell) -> None:
    """Void the approval and tell it, unless somebody else was faster or approved it anew."""
    kept = mailing.find(connection, str(approved.id))
    if kept.content_sha256 != approved.content_sha256:
        return  # approved anew while its files were read
    if mailing.void(connection, approved.id, why):
        log.warning("mailing %d not approved any more: %s", approved.id, why)
        tell(connection, approved, VOID, detail)


def recall(
    engine: Engine, now: datetime, fingerprint: Fingerprint, tell: Tell, changed: Changed = name_nothing
) -> None:
    """Take back every approval for later whose files have changed, so that the team knows long before."""
    with reading(engine) as connection:
        ahead = [each for each in mailing.list_mailings(connection, "approved") if each.due_at > now]
    for each in ahead:
        try:
            why, detail = change(each, fingerprint, changed)
        except Exception:
            # What cannot be told now is asked again; when it is due the tick decides.
            log.exception("mailing %d could not be looked at", each.id)
            continue
        if why:
            with engine.begin() as connection:
                take_back(connection, each, why, detail, tell)
