"""What a row of a list says about a person who left: its columns of status, opt-out and bounces."""

import re
from collections.abc import Sequence

from subscribers.address import fold
from subscribers.errors import BadUsage
from subscribers.headers import Columns
from subscribers.refusal_words import status_of
from subscribers.textcells import EXCEL_ERROR

_NOT_SET = {"nein", "no", "n", "false", "falsch", "none", "null", "nicht", "kein", "keine", "k. a.", "k.a."}
_YES = {"ja", "j", "yes", "y", "true", "wahr"}
_NOT_SET |= {
    "off",
    "nie",
    "never",
    "ok",
    "in ordnung",
    "zulassen",
    "allow",
    "allowed",
    "erlaubt",
    "zugelassen",
}
_NEGATED = re.compile(r"(?:kein|keine|nicht|not|no|never|nie)\b.+", re.IGNORECASE)
_DENIED = re.compile(
    r"(?:(?:noch )?(?:kein\w*|nicht|not|no|never|nie) (?:\w+ )?(?:abgemeld|abmeld|widerspr|widerruf|gesperrt"
    r"|sperr|abbestell|unsub|opt|block|black|bounce|verstorb|vorhanden|bekannt|erfolgt|eingegangen|gesetzt|set)"
    r"|liegt (?:nicht|kein)).*",
    re.IGNORECASE,
)
_NO_END = re.compile(r".*\b(?:9999|2999|1899|1900)\b.*")  # how registers write a day that never comes


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
        if _is_set(cells[at]) and not stopped:
            doubted = True
            remarks.append(
                f"{columns.header[at]} has a value and sounds as if this person left: no consent is taken "
                f'from this row. If it says who left, add --map "{columns.header[at]}=deactivated"; if it is '
                "about something else, remove the column."
            )
    return stopped, doubted


def _says(cell: str, kind: str, columns: Columns, at: int) -> str:
    if not cell.strip():
        return ""
    if EXCEL_ERROR.fullmatch(cell.strip()):
        return "pending"  # nobody can tell what stood there
    if kind == "status":
        return _status(cell, columns.header[at])
    if kind == "active":
        return _active(cell, columns)
    if kind == "ended":
        ended = _is_set(cell) and status_of(cell) != "active" and not _NO_END.fullmatch(cell)
        return "pending" if ended else ""
    return _left(cell, kind)


def _status(cell: str, header: str) -> str:
    if not (word := fold(cell).strip(" .!")) or word in {"-", "–"}:
        return ""
    says = "active" if word in _YES else "ended" if word in _NOT_SET else status_of(cell)
    if not says:
        raise BadUsage(
            f"{header} says {cell.strip()[:40]!r}, which is no known status.",
            hint="Write active, pending, unsubscribed or bounced there, or remove the column.",
        )
    return "pending" if says == "ended" else says


def _active(cell: str, columns: Columns) -> str:
    """Of a column that says who is subscribed; a word that is no yes is none."""
    says = status_of(cell)
    if says == "bounced":
        return says
    if says in ("ended", "pending"):
        return "pending"
    if says == "deactivated" or not _is_set(cell):
        return "pending" if columns.states_confirmation else "deactivated"
    return "pending" if _NEGATED.fullmatch(cell.strip()) else ""


def _left(cell: str, kind: str) -> str:
    """Of a column that says who left; `kein Widerspruch` there may mean either, so nobody is mailed on it."""
    if not _is_set(cell) or status_of(cell) == "active":
        return ""
    return "pending" if _DENIED.fullmatch(cell.strip()) and kind != "deleted" else kind


def _is_set(text: str) -> bool:
    return bool(text.strip("0.-–: /")) and fold(text) not in _NOT_SET
