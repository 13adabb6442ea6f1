"""What a row of a list says about a person who left: its columns of status, opt-out and bounces."""

from collections.abc import Sequence

from subscribers.address import fold
from subscribers.errors import BadUsage
from subscribers.headers import Columns

_STATUS = {
    **dict.fromkeys(
        (
            *("aktiv", "active", "angemeldet", "abonniert", "abonnent", "bestätigt", "eingetragen"),
            *("subscribed", "subscriber", "confirmed", "opt-in", "opted in", "enabled"),
        ),
        "active",
    ),
    **dict.fromkeys(
        (
            *("abgemeldet", "inaktiv", "nicht aktiv", "nicht mehr aktiv", "gesperrt", "deaktiviert"),
            *("abbestellt", "ausgetragen", "gekündigt", "widerrufen", "widerspruch", "widersprochen"),
            *("gelöscht", "beschwerde", "werbesperre", "blacklist", "blacklisted", "blocked", "disabled"),
            *("inactive", "deactivated", "unsubscribed", "opt-out", "optout", "opted out", "suppressed"),
            *("complained", "complaint", "spam", "deleted", "removed"),
        ),
        "deactivated",
    ),
    **dict.fromkeys(
        (
            *("unzustellbar", "ungültig", "rückläufer", "bounced", "bounce", "hardbounce", "hard bounce"),
            *("hard bounced", "cleaned", "undeliverable", "invalid"),
        ),
        "bounced",
    ),
    **dict.fromkeys(
        (
            *("pending", "unconfirmed", "non-subscribed", "nonsubscribed", "paused", "registered"),
            *("ausstehend", "unbestätigt", "nicht bestätigt", "pausiert", "ruhend", "offen", "wartend"),
        ),
        "pending",
    ),
}
_NOT_SET = {"nein", "no", "n", "false", "falsch", "none", "null", "nicht", "kein", "keine", "k. a.", "k.a."}


def read_standing(cells: Sequence[str], columns: Columns, remarks: list[str]) -> tuple[str, bool]:
    """Why the address is out of use (`deactivated`, `bounced` or empty), and whether a consent is in doubt.

    Raises:
        BadUsage: a status that is not known, so that nobody can tell whether the person left; or the entry
            is marked as deleted.
    """
    stopped, doubted = "", False
    for at, kind in columns.stops:
        says = _says(cells[at], kind, columns, at)
        if says == "deleted":
            raise BadUsage(f"{columns.header[at]} marks this entry as deleted.")
        if says in ("deactivated", "bounced"):
            stopped = stopped or says
        elif says == "pending":
            doubted = True
            remarks.append(f"{columns.header[at]} says {cells[at].strip()[:40]!r}: kept as pending.")
    for at in columns.doubtful:
        if _is_set(cells[at]):
            doubted = True
            remarks.append(
                f"{columns.header[at]} has a value and sounds as if this person left: no consent is taken "
                "from this row. Name the column Abgemeldet or Status, or remove it."
            )
    return stopped, doubted


def _says(cell: str, kind: str, columns: Columns, at: int) -> str:
    if not cell:
        return ""
    if kind == "status":
        return _status(cell, columns.header[at])
    if kind == "active":
        inactive = bool(cell.strip()) and (not _is_set(cell) or _STATUS.get(fold(cell)) == "deactivated")
        return ("pending" if columns.states_confirmation else "deactivated") if inactive else ""
    return _left(cell, kind)


def _status(cell: str, header: str) -> str:
    if not (word := fold(cell).strip(" .!")) or word in {"-", "–"}:
        return ""
    if word not in _STATUS:
        raise BadUsage(
            f"{header} says {cell.strip()[:40]!r}, which is no known status.",
            hint="Write active, pending, unsubscribed or bounced there, or remove the column.",
        )
    return _STATUS[word]


def _left(cell: str, kind: str) -> str:
    return kind if _is_set(cell) and _STATUS.get(fold(cell)) != "active" else ""


def _is_set(text: str) -> bool:
    return bool(text.strip("0.-–: /")) and fold(text) not in _NOT_SET
