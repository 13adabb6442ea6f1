"""Whether a row says yes or no to letters: columns of consent, remarks that ask for none, unread columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from subscribers.address import fold
from subscribers.header_meaning import plain
from subscribers.headers import Columns
from subscribers.moments import read_moment
from subscribers.refusal_words import MISSING, asks_for_no_mail, is_elsewhere, status_of

_YES = {
    *("ja", "j", "yes", "y", "true", "wahr", "1", "x", "✓", "✔", "ok", "on", "zugestimmt", "erteilt"),
    *("eingewilligt", "erwünscht", "gewünscht", "opt-in", "opted in", "angemeldet", "confirmed", "granted"),
    *("subscribed", "double-opt-in", "double opt-in", "doi", "liegt vor", "vorhanden", "ja!"),
}
_NO = {
    *("nein", "n", "no", "false", "falsch", "0", "off", "nicht", "kein", "keine", "none", "never", "nie"),
    *("abgelehnt", "widerrufen", "verweigert", "nicht erteilt", "nicht erwünscht", "unerwünscht", "opt-out"),
    *("nicht gewünscht", "nicht zugestimmt", "opted out", "denied", "abgemeldet", "abbestellt"),
    *("unsubscribed", "never_subscribed", "non-subscribed", "not subscribed", "zurückgezogen"),
}
_PLAIN_YES_NO = {"ja", "j", "yes", "y", "true", "wahr", "1", "x", "nein", "n", "no", "false", "falsch", "0"}
_NO_WORD_OF_CONSENT = {"0", "off", "none", "never", "nie"}  # in a column that only sounds like one
_NEVER_A_CONSENT = {"privat", "private"}  # Outlook marks private contacts in each of its exports
_MOST_OTHER = 20  # cells that are neither yes nor no, until a column is none of these
_REMEMBERED = 64  # characters


def answer_of(cell: str) -> str:
    """`yes`, `no`, `date`, `other`, or nothing for an empty cell."""
    return _known_answer(cell) if len(cell) <= _REMEMBERED else _answer_of(cell)


@lru_cache(maxsize=20_000)
def _known_answer(cell: str) -> str:
    return _answer_of(cell)


def _answer_of(cell: str) -> str:
    word = fold(cell).strip(" .!")
    if not word or not word.strip("-–"):
        return ""
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    try:
        return "date" if read_moment(cell) is not None else ""
    except ValueError:
        return "other"


def dated(cells: Sequence[str], columns: Columns) -> str:
    """The day in a column of yes and no, for lists that write the day of the yes there."""
    return next((cells[at] for at in columns.consents if answer_of(cells[at]) == "date"), "")


def no_consent(cells: Sequence[str], columns: Columns, remarks: list[str]) -> tuple[bool, bool]:
    """Whether the row says no, or a word that nobody knows, and whether it is silent where others say yes.

    An empty cell beside others that hold a yes is none: nobody is mailed on what was left out.
    """
    on = columns.fields.get("consented_on")
    asked = [*columns.consents, *([on] if on is not None else [])]
    answers = [(at, answer_of(cells[at])) for at in asked]
    declined = False
    for at, answer in answers:
        if answer == "no":
            declined = True
            remarks.append(_not_taken(columns, at, cells))
        elif answer == "other" and at != on:
            declined = True
            remarks.append(_not_taken(columns, at, cells, ", which is neither yes nor no"))
    for at in _asking_for_none(cells, columns):
        declined = True
        remarks.append(f"{_not_taken(columns, at, cells)} If it means something else, change the cell.")
    for at in columns.sounding:
        if says_no(cells[at]) and not asks_for_no_mail(cells[at]):
            declined = True
            remarks.append(f"{_not_taken(columns, at, cells)} If it means something else, rename the column.")
    given = any(answer in ("yes", "date") for _, answer in answers)
    confirmed = columns.fields.get("activated")
    if confirmed is not None and answer_of(cells[confirmed]) == "date":
        given = True
    return declined, bool(columns.consents) and not (given or declined)


def watched(columns: Columns) -> Sequence[int]:
    """The columns in whose texts a person may ask for no letters."""
    return [*columns.unread, *(at for at, _ in columns.labels), *columns.attributes.values()]


def asks_for_none(cells: Sequence[str], seen: Sequence[int]) -> bool:
    """Whether one of these cells asks for no letters."""
    texts = [cells[at] for at in seen if at < len(cells) and cells[at]]
    return bool(texts) and asks_for_no_mail("\n".join(texts))


def says_no(cell: str) -> bool:
    """Whether a cell below a header about letters or consent is a no, a missing yes or a leaving."""
    word = fold(cell).strip(" .!")
    if not word or word in _NO_WORD_OF_CONSENT:
        return False
    return word in _NO or word in MISSING or status_of(cell) in ("deactivated", "bounced", "ended")


@dataclass(slots=True)
class _Answers:
    """What the cells of one column say: the words of yes and no, their number, and that of the others."""

    words: set[str] = field(default_factory=set)
    plain: int = 0
    other: int = 0


class UnreadAnswers:
    """Watches the columns that are not read: one that holds mostly yes and no may be a consent."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._said = {at: _Answers() for at in columns.unread if _may_be_consent(columns.header[at])}

    def see(self, cells: Sequence[str]) -> None:
        """One more row."""
        if not self._said:
            return
        for at in [at for at in self._said if at < len(cells) and cells[at]]:
            said, word = self._said[at], fold(cells[at])
            if word in _PLAIN_YES_NO:
                said.words.add(word)
                said.plain += 1
            elif word:
                said.other += 1
                if said.other >= _MOST_OTHER and said.other > said.plain:
                    del self._said[at]

    def remarks(self) -> Iterator[str]:
        """What is to be said about the list, when all rows were seen."""
        for at, said in self._said.items():
            if said.plain > said.other and said.words not in ({"0"}, {"1"}):
                name = self._columns.header[at] or f"number {at + 1}"
                other = "" if at in self._columns.sounding else f'; else --map "{name}=ignore"'
                yield (
                    f"The column {name} holds yes and no and was not read. If a yes there is a consent to "
                    f'letters, add --map "{name}=consent"; if it says who left, --map "{name}=deactivated"'
                    f"{other}."
                )


def _may_be_consent(header: str) -> bool:
    name = plain(header)
    return name not in _NEVER_A_CONSENT and not is_elsewhere(name)


def _asking_for_none(cells: Sequence[str], columns: Columns) -> Iterator[int]:
    seen = watched(columns)
    if asks_for_none(cells, seen):
        yield from (at for at in seen if at < len(cells) and asks_for_no_mail(cells[at]))


def _not_taken(columns: Columns, at: int, cells: Sequence[str], why: str = "") -> str:
    said = " ".join(cells[at].split())[:60]
    return f"{columns.header[at]} says {said!r}{why}: no consent is taken from this row."
