"""Whether a row says yes or no to letters: columns of consent, remarks that ask for none, unread columns."""

import re
from collections.abc import Iterator, Sequence

from subscribers.address import fold
from subscribers.headers import Columns
from subscribers.moments import read_moment

_YES = {
    *("ja", "j", "yes", "y", "true", "wahr", "1", "x", "✓", "✔", "ok", "on", "zugestimmt", "erteilt"),
    *("eingewilligt", "erwünscht", "gewünscht", "opt-in", "opted in", "angemeldet", "confirmed", "granted"),
}
_NO = {
    *("nein", "n", "no", "false", "falsch", "0", "off", "nicht", "kein", "keine", "none", "never", "nie"),
    *("abgelehnt", "widerrufen", "verweigert", "nicht erteilt", "nicht erwünscht", "unerwünscht", "opt-out"),
    *("nicht gewünscht", "nicht zugestimmt", "opted out", "denied", "abgemeldet", "abbestellt"),
}
_PLAIN_YES_NO = {"ja", "j", "yes", "y", "true", "wahr", "1", "x", "nein", "n", "no", "false", "falsch", "0"}
_MAIL = (
    r"(?:e-?)?mail\w*|newsletter\w*|rundbrief\w*|werb\w*|mailing\w*|zusend\w*|zuschick\w*|anschreib\w*|"
    r"angeschrieben|anmailen|kontaktier\w*|kontaktaufnahme|schicken|senden|gesendet|verschick\w*"
)
_NO_MAIL = re.compile(
    rf"\b(?:keine?[nr]?|keinerlei|nicht|nie|ohne|stopp?|don'?t|do not|no)\b(?:\W+\w+){{0,3}}?\W+(?:{_MAIL})\b"
    rf"|\b(?:{_MAIL})\W+(?:\w+\W+){{0,2}}?(?:unerwünscht|verboten|untersagt|abgelehnt|stopp?|nicht|nein|no)\b"
    r"|abbestell|\babgemeldet|\babmeld|\baustragen|ausgetragen|widersproch|widerspruch|werbesperre"
    r"|verstorben|unsubscri|\bopt(?:ed)?[ -]?out\b",
    re.IGNORECASE,
)


def answer_of(cell: str) -> str:
    """`yes`, `no`, `date`, `other`, or nothing for an empty cell."""
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
        hint = f'If it means something else, add --map "{columns.header[at]}=ignore".'
        remarks.append(f"{_not_taken(columns, at, cells)} {hint}")
    given = any(answer in ("yes", "date") for _, answer in answers)
    confirmed = columns.fields.get("activated")
    if confirmed is not None and answer_of(cells[confirmed]) == "date":
        given = True
    return declined, bool(columns.consents) and not (given or declined)


class UnreadAnswers:
    """Watches the columns that are not read: one that holds only yes and no may be a consent."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._said: dict[int, set[str]] = {at: set() for at in columns.unread}

    def see(self, cells: Sequence[str]) -> None:
        """One more row."""
        for at in [at for at in self._said if at < len(cells) and cells[at]]:
            word = fold(cells[at])
            if word and word not in _PLAIN_YES_NO:
                del self._said[at]
            elif word:
                self._said[at].add(word)

    def remarks(self) -> Iterator[str]:
        """What is to be said about the list, when all rows were seen."""
        for at, words in self._said.items():
            if words and words not in ({"0"}, {"1"}):
                name = self._columns.header[at] or f"number {at + 1}"
                yield (
                    f"The column {name} holds yes and no and was not read. If it is a consent, add "
                    f'--map "{name}=consent"; else --map "{name}=ignore".'
                )


def _asking_for_none(cells: Sequence[str], columns: Columns) -> Iterator[int]:
    watched = [*columns.unread, *(at for at, _ in columns.labels), *columns.attributes.values()]
    texts = [(at, cells[at]) for at in watched if at < len(cells) and cells[at]]
    if texts and _NO_MAIL.search("\n".join([text for _, text in texts])):
        yield from (at for at, text in texts if _NO_MAIL.search(text))


def _not_taken(columns: Columns, at: int, cells: Sequence[str], why: str = "") -> str:
    said = " ".join(cells[at].split())[:60]
    return f"{columns.header[at]} says {said!r}{why}: no consent is taken from this row."
