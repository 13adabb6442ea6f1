"""One person with everything that is kept: for `show` and for the right of access (DSGVO Art. 15)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from subscribers.asking import Ask, instant
from subscribers.person import Person, person_of
from subscribers.words import LABEL_KINDS

# The columns of the tables in schema.py, in plain SQL: see asking.py.
_PERSON = (
    "SELECT id, email, suppression_key, anrede, titel, vorname, nachname, firma, gewerk, kreis, plz, ort,"
    " funktion, language, tone FROM subscriber WHERE email_key = :key"
)
_ENTRY = "SELECT reason, source, since FROM suppression WHERE key_hash = :hash"
_PLACES = (
    "SELECT id, subscriber_id, newsletter, state, basis, token, since, changed_at, reason"
    " FROM subscription WHERE subscriber_id = :id ORDER BY newsletter"
)
_CONSENTS = (
    "SELECT id, subscriber_id, newsletter, kind, at, recorded_at, source, wording, wording_sha256, form,"
    " zone, ip, batch_id, previous, digest FROM consent_event WHERE subscriber_id = :id ORDER BY id"
)
_LABELS = "SELECT kind, name FROM label WHERE subscriber_id = :id ORDER BY name_key"
_ATTRIBUTES = "SELECT name, text FROM attribute WHERE subscriber_id = :id ORDER BY name"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person's place on one newsletter; `state` says suppressed when the address is on that list.

    Args:
        since: the day of the consent, also when it was withdrawn later.
        state_since: when the present state began.
        reason: what the person said when leaving.
    """

    id: int
    subscriber_id: int
    newsletter: str
    state: str
    basis: str
    token: str
    since: datetime
    state_since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Why an address is on the suppression list, by whose word, and since when."""

    reason: str
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one person; topics, tags and the workspace's own fields in alphabetical order."""

    person: Person
    subscriptions: tuple[Subscription, ...]
    consents: tuple[dict[str, Any], ...]
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    attributes: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """The card for JSON; without tokens: whoever reads one could unsubscribe the person."""
        mine = [asdict(one) for one in self.subscriptions]
        for one in mine:
            del one["token"]
        return {
            **asdict(self.person),
            "subscriptions": mine,
            "consents": [*self.consents],
            "topics": [*self.topics],
            "tags": [*self.tags],
            "attributes": self.attributes,
        }


def card_of(ask: Ask, email_key: str) -> Card | None:
    """The card of the person with this key; None when there is nobody."""
    found = ask(_PERSON, {"key": email_key})
    if not found:
        return None
    entry, mine = entry_of(ask, found[0]["suppression_key"]), {"id": found[0]["id"]}
    labels: dict[str, list[str]] = {kind: [] for kind in LABEL_KINDS}
    for row in ask(_LABELS, mine):
        labels[row["kind"]].append(row["name"])
    return Card(
        person=person_of(found[0]),
        subscriptions=tuple(_subscription(row, entry) for row in ask(_PLACES, mine)),
        consents=tuple(
            {**row, "at": instant(row["at"]), "recorded_at": instant(row["recorded_at"])}
            for row in ask(_CONSENTS, mine)
        ),
        topics=tuple(labels["topic"]),
        tags=tuple(labels["tag"]),
        attributes={row["name"]: row["text"] for row in ask(_ATTRIBUTES, mine)},
    )


def entry_of(ask: Ask, key_hash: str) -> Entry | None:
    """The entry of a hash on the suppression list, None when it is not there."""
    found = ask(_ENTRY, {"hash": key_hash})
    return Entry(**{**found[0], "since": instant(found[0]["since"])}) if found else None


def _subscription(row: Mapping[str, Any], entry: Entry | None) -> Subscription:
    """The suppression list stands above the subscription."""
    return Subscription(
        id=row["id"],
        subscriber_id=row["subscriber_id"],
        newsletter=row["newsletter"],
        state="suppressed" if entry else row["state"],
        basis=row["basis"],
        token=row["token"],
        since=instant(row["since"]),
        state_since=entry.since if entry else instant(row["changed_at"]),
        reason=row["reason"],
    )
