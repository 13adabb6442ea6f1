"""What a row of a list proves: who agreed when, where and to which words, or that nobody can say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from subscribers.address import fold
from subscribers.agreements import answer_of
from subscribers.consent import Consent
from subscribers.headers import Columns
from subscribers.moments import read_moment


@dataclass(frozen=True, slots=True)
class Terms:
    """What the person who imports can prove for the whole list, where a row does not say it itself."""

    source: str = ""
    consented_on: datetime | None = None
    wording: str = ""


def read_consents(
    texts: Mapping[str, str], columns: Columns, terms: Terms, now: datetime, remarks: list[str]
) -> tuple[Consent, ...]:
    """The proof in the row, or else that for the whole list."""

    unreadable: list[str] = []

    def moment(name: str) -> datetime | None:
        if name == "consented_on" and answer_of(texts.get(name, "")) in ("yes", "no"):
            return None  # a yes without its day: the day for the whole list counts
        try:
            found = read_moment(texts.get(name, ""))
        except ValueError:
            found = None
            unreadable.append(name)
            remarks.append(f"{name} is no date and proves nothing: {texts[name][:40]}")
        if found is not None and found > now:
            unreadable.append(name)
            remarks.append(f"{name} lies in the future and proves nothing: {texts[name][:40]}")
            return None
        return found

    wording = texts.get("wording", "") or terms.wording
    source = texts.get("source", "") or terms.source
    if columns.states_confirmation:
        return _foreign_terms(moment, source or "list with sign-up dates", wording)
    kind = "asked" if fold(texts.get("own_state", "")) == "pending" else "imported"
    at = moment("consented_on") or terms.consented_on
    if at is None and unreadable:
        return ()  # that is said already
    return _own_terms(at, kind, source, wording, remarks)


def _own_terms(
    at: datetime | None, kind: str, source: str, wording: str, remarks: list[str]
) -> tuple[Consent, ...]:
    """A consent needs a date and a source; one without the other proves nothing."""
    if at is not None and source.strip():
        return (Consent(kind, at, source, wording),)
    if at is not None or source.strip():
        missing = "a source" if at is not None else "a date"
        remarks.append(f"The consent lacks {missing}: nobody is mailed on it.")
    return ()


def _foreign_terms(
    moment: Callable[[str], datetime | None], source: str, wording: str
) -> tuple[Consent, ...]:
    """A list with sign-up dates is its own proof: who never confirmed stays pending."""
    asked, confirmed = moment("registered"), moment("activated")
    said = (("asked", asked), ("confirmed", confirmed))
    return tuple(Consent(kind, at, source, wording) for kind, at in said if at is not None)
