"""Takes staged rows over, slice by slice: unknown people by single statements, all others one by one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from subscribers.bulk import next_ids, stored
from subscribers.deciding import count_new, decide
from subscribers.import_report import Tally
from subscribers.merging import EVENT_COLUMNS, Batch, Proof, merge
from subscribers.schema import subscriber
from subscribers.staging import COLUMNS, PERSON_COLUMNS, Staged, ready

_MIDDLE = EVENT_COLUMNS[1:-2]
_SAID = ("id", "state", "basis", "since", *_MIDDLE)
_SLICE = "FROM staging.staged r JOIN temp.said s ON s.id = r.said WHERE r.id BETWEEN :first AND :last {but}"
_HEARD_OF = (
    f"SELECT r.id, {', '.join(f'r.{name}' for name in COLUMNS)} FROM staging.staged r "  # noqa: S608
    "WHERE r.id BETWEEN :first AND :last AND ("
    "EXISTS (SELECT 1 FROM subscriber k WHERE k.suppression_key = r.suppression_key) "
    "OR EXISTS (SELECT 1 FROM suppression x WHERE x.key_hash = r.suppression_key))"
)
_COUNT = f"SELECT r.said, count(*) {_SLICE} GROUP BY r.said"
_PEOPLE = (
    f"INSERT INTO subscriber (id, {', '.join(PERSON_COLUMNS)}, created_at, changed_at) "
    f"SELECT :shift + r.id, {', '.join(f'r.{name}' for name in PERSON_COLUMNS)}, :now, :now {_SLICE}"
)
_PLACES = (
    "INSERT INTO subscription (subscriber_id, newsletter, state, basis, token, since, changed_at, reason) "
    f"SELECT :shift + r.id, :newsletter, s.state, s.basis, r.token, s.since, :now, '' {_SLICE}"
)
_EVENTS = (
    f"INSERT INTO consent_event (subscriber_id, {', '.join(_MIDDLE)}, previous, digest) "
    f"SELECT :shift + r.id, {', '.join(f's.{name}' for name in _MIDDLE)}, '', "
    f"proof_digest(r.said, :shift + r.id) {_SLICE} AND s.kind IS NOT NULL"
)
_CHANGES = f"INSERT INTO import_change (batch_id, subscriber_id) SELECT :batch, :shift + r.id {_SLICE}"


@dataclass(slots=True)
class Taking:
    """A staged file that is being taken over.

    Args:
        raw: the connection of the SQLite driver, to which the file is attached.
        at: the next row.
    """

    raw: Any
    staged: Staged
    at: int = 1
    _ready: bool = False

    @property
    def left(self) -> int:
        """How many rows were not taken yet."""
        return self.staged.rows - self.at + 1

    def take(
        self,
        connection: Connection,
        rows: int,
        newsletter: str,
        tally: Tally,
        batch: Callable[[], Batch],
        *,
        fill_only: bool,
    ) -> None:
        """Decide on the next rows and write them; what comes of each is the same as by `merging.merge`."""
        span: dict[str, Any] = {"first": self.at, "last": self.at + rows - 1}
        known = connection.exec_driver_sql(_HEARD_OF, span).all()
        if known:
            people = [ready(row[1:], self.staged.said) for row in known]
            decided = decide(connection, people, newsletter, tally, fill_only=fill_only)
            if any(decided):
                merge(connection, decided, batch())
        if len(known) <= span["last"] - span["first"]:
            self._insert(connection, span, [row[0] for row in known], batch(), tally)
        self.at = span["last"] + 1

    def _insert(
        self, connection: Connection, span: dict[str, Any], without: list[int], batch: Batch, tally: Tally
    ) -> None:
        if not self._ready:
            self._say(connection, batch)
        but = f"AND r.id NOT IN ({', '.join(map(str, without))})" if without else ""
        for at, count in connection.exec_driver_sql(_COUNT.format(but=but), span):
            said = self.staged.said[at]
            count_new(said.state, tally, count, proven=bool(said.consents))
        values = span | {
            "shift": next_ids(connection, subscriber, 1)[0] - self.at,
            "now": stored(connection, subscriber.c.created_at)(batch.now),
            "newsletter": batch.newsletter,
            "batch": batch.id,
        }
        for statement in (_PEOPLE, _PLACES, _EVENTS, _CHANGES):
            connection.exec_driver_sql(statement.format(but=but), values)

    def _say(self, connection: Connection, batch: Batch) -> None:
        """What the rows share, as a table, and the digest of a proof as a function."""
        moment = stored(connection, subscriber.c.created_at)
        proofs: list[Proof | None] = []
        rows = []
        for at, said in enumerate(self.staged.said):
            proof = batch.proof(said.consents[0], moment) if said.consents else None
            since = moment(said.consents[0].at if said.consents else batch.now)
            middle = proof.middle if proof is not None else (None,) * len(_MIDDLE)
            proofs.append(proof)
            rows.append((at, said.state, said.basis, since, *middle))

        def proof_digest(at: int, subscriber_id: int) -> str | None:
            proof = proofs[at]
            return proof.digest(subscriber_id) if proof is not None else None

        self.raw.create_function("proof_digest", 2, proof_digest)
        connection.exec_driver_sql(f"CREATE TEMP TABLE said ({', '.join(_SAID)}, PRIMARY KEY (id))")
        marks = ", ".join("?" * len(_SAID))
        connection.exec_driver_sql(f"INSERT INTO temp.said VALUES ({marks})", rows)  # noqa: S608
        self._ready = True


@contextmanager
def taking(raw: Any, staged: Staged) -> Iterator[Taking]:
    """Attach a staged file to a connection that has no transaction open; it is gone afterwards."""
    raw.execute("ATTACH ? AS staging", (str(staged.path),))
    try:
        yield Taking(raw, staged)
    finally:
        raw.execute("DROP TABLE IF EXISTS temp.said")
        raw.execute("DETACH staging")
        staged.path.unlink()
