"""What becomes of each row of a list: new, changed, unchanged, or kept out because the person said no."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from subscribers.address import fold
from subscribers.attributes import attributes_of
from subscribers.bulk import Row, chosen
from subscribers.consent import Consent, said_before
from subscribers.import_report import Tally
from subscribers.labels import Labels, labels_of
from subscribers.usable import Ready
from subscribers.words import CONSENTED, GONE_STATES, TEXT_FIELDS, YES_KINDS

_TEXTS = ", ".join(f"s.{name}" for name in TEXT_FIELDS)
_PEOPLE = (
    f"SELECT s.suppression_key, s.email_key, s.id, {_TEXTS}, s.changed_at, p.id, p.state, p.basis, "  # noqa: S608
    "p.since, p.changed_at FROM subscriber s "
    "LEFT JOIN subscription p ON p.subscriber_id = s.id AND p.newsletter = {one} "
    "WHERE s.suppression_key {values}"
)
_ON_LIST = "SELECT key_hash, reason FROM suppression WHERE key_hash {values}"
_OUT_OF_USE = ("bounced", "replaced", "forgotten")  # reasons that are not a no of the person


class Known(NamedTuple):
    """A person who is in the address book, and the place on this newsletter, if any; `place` is its id."""

    id: int
    texts: dict[str, str]
    changed_at: Any
    place: int | None
    state: str
    basis: str
    since: Any
    place_changed_at: Any


class Step(NamedTuple):
    """What one row leads to.

    Args:
        kind: new, unconfirmed, changed, unchanged or suppressed.
        state: the state of the subscription afterwards, with its basis.
        known: the person, if there is one already.
        fields: what is written into a known person's fields.
        labels: the labels the known person does not have yet; of a new one all.
        attributes: the values that differ.
        before: the attributes that are overwritten.
        proofs: consents of somebody who is on the newsletter already, by which this list proves it, too.
        said: such a consent that another list has brought before, as `Consent.mark`.
    """

    kind: str
    ready: Ready
    state: str = ""
    basis: str = ""
    known: Known | None = None
    fields: Mapping[str, str] = {}
    labels: Sequence[tuple[str, str]] = ()
    attributes: Mapping[str, str] = {}
    before: Mapping[str, str] = {}
    proofs: Sequence[Consent] = ()
    said: Sequence[str] = ()

    @property
    def writes(self) -> bool:
        """Whether anything is written for a person who is known."""
        return self.known is not None and (self.kind != "unchanged" or bool(self.proofs or self.said))


class Decided(NamedTuple):
    """What is to be written: rows of people whom nobody knew, and steps for all others."""

    fresh: Sequence[Ready]
    steps: Sequence[Step]


def decide(
    connection: Connection, rows: Sequence[Ready], newsletter: str, tally: Tally, *, fill_only: bool = False
) -> Decided:
    """What becomes of the rows; those that are refused only go into the tally.

    Nobody who left, bounced, objected or was forgotten comes back by a list, with another tag neither. With
    `fill_only` a field that has a value keeps it.
    """
    hashes = [one.person[2] for one in rows]
    stopped: dict[str, str] = {row[0]: row[1] for row in chosen(connection, _ON_LIST, hashes)}
    people: dict[str, Known] = {}
    left: dict[str, str] = {}
    heard_of = set(stopped)
    for row in chosen(connection, _PEOPLE, hashes, newsletter):
        known = _known(row)
        people[row[1]] = known
        heard_of.add(row[0])
        if known.state in GONE_STATES:
            left[row[0]] = str(known.place_changed_at)[:10]
    fresh, steps = [], []
    hanging = _Hanging(connection, people, rows, newsletter, fill_only)
    for one in rows:
        hashed = one.hashed
        if hashed not in heard_of and not one.stopped:
            _welcome(one, tally)
            fresh.append(one)
            continue
        step = _decide(one, people.get(one.key), stopped.get(hashed), left.get(hashed), hanging, tally)
        if step is None:
            continue
        if step.known is None and step.state:
            _welcome(one, tally)
            fresh.append(one)
        else:
            tally.count(step.kind)
            if step.state == "pending":
                tally.count("pending")
            steps.append(step)
    return Decided(fresh, steps)


def _welcome(one: Ready, tally: Tally) -> None:
    for remark in one.remarks:
        tally.warn(one.line, remark)
    count_new(one.state, tally, proven=bool(one.consents))


def count_new(state: str, tally: Tally, count: int = 1, *, proven: bool) -> None:
    """People who are new, with the state they get; who asked and never confirmed counts as such."""
    if state == "pending":
        tally.counts["pending"] += count
    tally.counts["unconfirmed" if state == "pending" and proven else "new"] += count


class _Hanging:
    """The labels, attributes and proofs of known people, asked for only where the list has any."""

    def __init__(
        self,
        connection: Connection,
        known: Mapping[str, Known],
        rows: Sequence[Ready],
        newsletter: str,
        fill_only: bool,
    ) -> None:
        self.fill_only = fill_only
        people = [one.id for one in known.values()]
        labels = people and any(one.labels for one in rows)
        attributes = people and any(one.attributes for one in rows)
        self._labels = labels_of(connection, people) if labels else {}
        self._attributes = attributes_of(connection, people) if attributes else {}
        proven = [known[one.key].id for one in rows if one.key in known and _proves(one, known[one.key])]
        self._said = said_before(connection, proven, newsletter)

    def labels(self, person: int) -> dict[str, tuple[str, ...]]:
        mine = self._labels.get(person, Labels())
        return {"topic": mine.topics, "tag": mine.tags}

    def attributes(self, person: int) -> Mapping[str, str]:
        return self._attributes.get(person, {})

    def proofs(self, one: Ready, known: Known) -> Sequence[Consent]:
        """What the row proves of somebody who is on the newsletter, unless just that is proven already."""
        said = self._said.get(known.id, {})
        if not _proves(one, known) or one.consents[-1].statement in said:
            return ()
        return [consent for consent in one.consents if consent.statement not in said]

    def said(self, one: Ready, known: Known) -> Sequence[str]:
        """Which consent the row holds that another list brought: it counts should that one be taken back."""
        if not _proves(one, known):
            return ()
        newest = one.consents[-1]
        return newest.mark if self._said.get(known.id, {}).get(newest.statement) is not None else ()


def _known(row: Row) -> Known:
    end = 3 + len(TEXT_FIELDS)
    texts = dict(zip(TEXT_FIELDS, row[3:end], strict=True))
    changed_at, place, state, basis, since, place_changed_at = row[end:]
    return Known(row[2], texts, changed_at, place, state or "", basis or "", since, place_changed_at)


def _proves(one: Ready, known: Known) -> bool:
    """Whether the row holds a yes of somebody who is on the newsletter on their consent."""
    on_it = known.state in ("active", "paused") and known.basis == CONSENTED
    says_yes = bool(one.consents) and one.consents[-1].kind in YES_KINDS
    return on_it and says_yes and one.state in ("active", "paused") and not (one.stopped or one.declined)


def _decide(
    one: Ready, known: Known | None, reason: str | None, left: str | None, hanging: _Hanging, tally: Tally
) -> Step | None:
    if one.stopped:
        return Step("unchanged" if reason else "suppressed", one)
    if one.own in GONE_STATES and (reason or left):
        return Step("unchanged", one)
    if reason:
        kind = "stopped" if reason in _OUT_OF_USE else "left"
        tally.refuse_who_left(one.line, f"The address is on the suppression list ({reason}).", kind)
        return None
    if left and (known is None or not known.state or known.state in GONE_STATES):
        tally.refuse_who_left(one.line, f"This person left the newsletter on {left}.")
        return None
    if known is None:
        return Step("new", one, one.state, one.basis)
    for remark in one.remarks:
        tally.warn(one.line, remark)
    return _merged(one, known, hanging, tally)


def _merged(one: Ready, known: Known, hanging: _Hanging, tally: Tally) -> Step:
    """What a row adds to a person who is known: an empty cell erases nothing, a label is only added."""
    texts = zip(TEXT_FIELDS, one.person[4:], strict=False)  # the twins follow
    fields = {name: str(text) for name, text in texts if text and known.texts[name] != text}
    if hanging.fill_only:
        fields = {name: text for name, text in fields.items() if not known.texts[name]}
    mine = hanging.labels(known.id) if one.labels else {}
    have = {(kind, fold(name)) for kind, names in mine.items() for name in names}
    labels = [(kind, name) for kind, name in one.labels if (kind, fold(name)) not in have]
    old = hanging.attributes(known.id) if one.attributes else {}
    attributes = {name: text for name, text in one.attributes.items() if old.get(name, "") != text}
    if hanging.fill_only:
        attributes = {name: text for name, text in attributes.items() if not old.get(name, "")}
    state, basis = one.state, one.basis
    goes_on = (known.state == "pending" and state == "active") or (known.state and state in GONE_STATES)
    after, why = (state, basis) if goes_on or not known.state else (known.state, known.basis)
    line, email = one.line, one.email
    for name, text in fields.items():
        tally.change(line, email, name, known.texts[name], text)
    for kind in dict.fromkeys(kind for kind, _ in labels):
        names = [*mine[kind], *(name for which, name in labels if which == kind)]
        tally.change(line, email, kind, "; ".join(mine[kind]), "; ".join(names))
    for name, text in attributes.items():
        tally.change(line, email, name, old.get(name, ""), text)
    if goes_on:
        tally.change(line, email, "state", known.state, after)
    if one.declined and after == "active":
        tally.warn(line, "This list says no, but the person is subscribed: unsubscribe them if it is right.")
    if not known.state:
        kind = "unconfirmed" if after == "pending" and one.consents else "new"
    else:
        kind = "changed" if fields or labels or attributes or goes_on else "unchanged"
    before = {name: old.get(name, "") for name in attributes}
    if proofs := hanging.proofs(one, known):
        tally.count("proven")
    return Step(
        kind, one, after, why, known, fields, labels, attributes, before, proofs, hanging.said(one, known)
    )
