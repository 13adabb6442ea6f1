"""A list taken into the address book: first what would happen, row by row, then the same for good."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from subscribers.cells import Candidate, Terms, read_candidate
from subscribers.consent import Statement, record_all
from subscribers.csvfile import Refusal, Sheet
from subscribers.errors import BadUsage, Problem
from subscribers.headers import Columns, read_header
from subscribers.import_report import Report
from subscribers.person import person_row
from subscribers.roster import advance, new_token, standing, update_fields
from subscribers.schema import import_batch, subscriber, subscription
from subscribers.suppression import key_hash, reasons, suppress
from subscribers.upsert import insert_new

__all__ = ["Report", "apply_import", "plan_import"]

_SLICE = 500


@dataclass(frozen=True, slots=True)
class _Step:
    """What one row leads to; `person` and `place` are the rows that exist."""

    kind: str  # new, unconfirmed, changed, unchanged, suppressed
    candidate: Candidate
    hashed: str
    person: Row[Any] | None = None
    place: Row[Any] | None = None
    pending: bool = False


@dataclass(slots=True)
class _Plan:
    """The rows of a file on their way to a report."""

    steps: list[_Step] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    duplicates: list[dict[str, int]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    empty: int = 0


def plan_import(
    connection: Connection, sheet: Sheet, newsletter: str, *, secret: bytes, now: datetime, terms: Terms
) -> Report:
    """What an import would do now; nothing is written.

    Raises:
        Problem: the file has no column of addresses.
    """
    columns = _columns(sheet)
    return _report(
        sheet, newsletter, columns, _plan(connection, sheet, columns, newsletter, secret, now, terms)
    )


def apply_import(
    connection: Connection, sheet: Sheet, newsletter: str, *, secret: bytes, now: datetime, terms: Terms
) -> Report:
    """Do what `plan_import` reports, as one batch; the same file once more changes nothing.

    A file without one usable row makes no batch.

    Raises:
        Problem: the file has no column of addresses.
    """
    columns = _columns(sheet)
    plan = _plan(connection, sheet, columns, newsletter, secret, now, terms)
    report = _report(sheet, newsletter, columns, plan)
    if not report.usable:
        return report
    batch = {
        "file": sheet.file,
        "sha256": sheet.sha256,
        "newsletter": newsletter,
        "at": now,
        "counts": {name: value for name, value in report.as_dict().items() if isinstance(value, int)},
    }
    made = insert(import_batch).values(batch).returning(import_batch.c.id)
    batch_id = connection.execute(made).scalar_one()
    _write(connection, plan.steps, newsletter, now, batch_id)
    for step in plan.steps:
        if step.kind == "suppressed":
            suppress(connection, step.hashed, step.candidate.stopped, f"import of {sheet.file}", now)
    return replace(report, batch=batch_id)


def _columns(sheet: Sheet) -> Columns:
    columns = read_header(sheet.header)
    if not columns.emails:
        found = ", ".join(name.strip()[:40] for name in sheet.header[:20])
        hint = "Name the column of the addresses E-Mail in the first line."
        raise Problem(f"No column of addresses among: {found}.", place=f"{sheet.file}:1", hint=hint)
    return columns


def _plan(
    connection: Connection,
    sheet: Sheet,
    columns: Columns,
    newsletter: str,
    secret: bytes,
    now: datetime,
    terms: Terms,
) -> _Plan:
    if terms.consented_on is not None and terms.consented_on > now:
        raise BadUsage("The day of the consent lies in the future.")
    plan = _Plan(refused=list(sheet.broken))
    for name in columns.repeated:
        text = f"Several columns are called {name}: look at what was taken, or rename them."
        plan.warnings.append({"line": sheet.header_line, "text": text})
    candidates = list(_candidates(sheet, columns, terms, now, plan))
    for start in range(0, len(candidates), _SLICE):
        some = candidates[start : start + _SLICE]
        hashes = {one.line: key_hash(secret, one.address.key) for one in some}
        stopped = reasons(connection, hashes.values())
        people = _people(connection, [one.address.key for one in some])
        places = _places(connection, [row.id for row in people.values()], newsletter)
        for one in some:
            person = people.get(one.address.key)
            place = places.get(person.id) if person is not None else None
            step = _Step("new", one, hashes[one.line], person, place)
            _decide(step, stopped.get(step.hashed), plan)
    plan.refused.sort(key=lambda one: one.line)
    plan.warnings.sort(key=lambda one: int(one["line"]))
    return plan


def _candidates(
    sheet: Sheet, columns: Columns, terms: Terms, now: datetime, plan: _Plan
) -> Iterator[Candidate]:
    """The usable rows, each address once: the first row wins."""
    first: dict[str, int] = {}
    for record in sheet.records:
        if not any(cell.strip() for cell in record.cells):
            plan.empty += 1
            continue
        if any(cell.strip() for cell in record.cells[len(sheet.header) :]):
            reason = (
                "The row has more cells than the header: a delimiter inside a value needs quotation marks."
            )
            plan.refused.append(Refusal(record.line, reason))
            continue
        try:
            candidate = read_candidate(record, columns, terms, now)
        except Problem as problem:
            plan.refused.append(Refusal(record.line, str(problem)))
            continue
        if candidate.address.key in first:
            plan.duplicates.append({"line": record.line, "first": first[candidate.address.key]})
            continue
        first[candidate.address.key] = record.line
        plan.warnings.extend({"line": record.line, "text": remark} for remark in candidate.remarks)
        yield candidate


def _decide(step: _Step, on_list: str | None, plan: _Plan) -> None:
    """What becomes of a row; nobody who left, bounced or was forgotten comes back by a list."""
    one = step.candidate
    state = step.place.state if step.place is not None else None
    if one.stopped:
        plan.steps.append(replace(step, kind="unchanged" if on_list else "suppressed"))
    elif on_list:
        plan.refused.append(Refusal(one.line, f"The address is on the suppression list ({on_list})."))
    elif step.place is not None and state in ("unsubscribed", "suppressed"):
        reason = f"This person left the newsletter on {step.place.changed_at:%Y-%m-%d}."
        plan.refused.append(Refusal(one.line, reason))
    else:
        plan.steps.append(_taken(step, state))


def _taken(step: _Step, state: str | None) -> _Step:
    consents = step.candidate.consents
    gives, _ = standing(consents[-1] if consents else None)
    advances = state == "pending" and gives == "active"
    pending = (gives if state is None or advances else state) == "pending"
    if state is None:
        never_confirmed = pending and bool(consents)
        return replace(step, kind="unconfirmed" if never_confirmed else "new", pending=pending)
    differs = any(
        step.person and step.person._mapping[name] != text for name, text in step.candidate.fields.items()
    )
    return replace(step, kind="changed" if advances or differs else "unchanged", pending=pending)


def _people(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    rows = connection.execute(select(subscriber).where(subscriber.c.email_key.in_(keys)))
    return {row.email_key: row for row in rows}


def _places(connection: Connection, people: Sequence[int], newsletter: str) -> dict[int, Row[Any]]:
    mine = subscription.c.subscriber_id.in_(people) & (subscription.c.newsletter == newsletter)
    return {row.subscriber_id: row for row in connection.execute(select(subscription).where(mine))}


def _write(
    connection: Connection, steps: Sequence[_Step], newsletter: str, now: datetime, batch_id: int
) -> None:
    taken = [step for step in steps if not step.candidate.stopped]
    for start in range(0, len(taken), _SLICE):
        some = taken[start : start + _SLICE]
        _write_people(connection, some, now)
        people = _people(connection, [step.candidate.address.key for step in some])
        ids = {key: row.id for key, row in people.items()}
        said = list(_write_places(connection, some, ids, newsletter, now))
        record_all(connection, said, now, batch_id)


def _write_people(connection: Connection, steps: Sequence[_Step], now: datetime) -> None:
    rows = []
    for step in steps:
        one = step.candidate
        if step.person is not None:
            update_fields(connection, step.person, one.fields, now)
        else:
            row = person_row(one.address, one.fields, step.hashed)
            rows.append({**row, "created_at": now, "changed_at": now})
    _insert_all(connection, subscriber, rows)


def _write_places(
    connection: Connection, steps: Sequence[_Step], ids: Mapping[str, int], newsletter: str, now: datetime
) -> Iterator[Statement]:
    """Write the subscriptions; yields the consents that gave them their state."""
    rows = []
    for step in steps:
        subscriber_id = ids[step.candidate.address.key]
        consents = step.candidate.consents
        newest = consents[-1] if consents else None
        state, basis = standing(newest)
        if step.place is None:
            since = newest.at if newest else now
            row = {"subscriber_id": subscriber_id, "newsletter": newsletter, "state": state, "basis": basis}
            rows.append({**row, "token": new_token(), "since": since, "changed_at": now})
        elif newest is None or state != "active" or not advance(connection, step.place.id, newest, now):
            continue
        for consent in consents:
            yield Statement(subscriber_id, newsletter, consent)
    _insert_all(connection, subscription, rows)


def _insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert_new(connection, table), list(rows))


def _report(sheet: Sheet, newsletter: str, columns: Columns, plan: _Plan) -> Report:
    kinds = [step.kind for step in plan.steps]
    return Report(
        file=sheet.file,
        newsletter=newsletter,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        mapping=columns.mapping,
        ignored=columns.ignored,
        new=kinds.count("new"),
        changed=kinds.count("changed"),
        unchanged=kinds.count("unchanged"),
        duplicates=len(plan.duplicates),
        unconfirmed=kinds.count("unconfirmed"),
        suppressed=kinds.count("suppressed"),
        empty=plan.empty,
        pending=sum(step.pending for step in plan.steps),
        refused=tuple(plan.refused),
        duplicate_lines=tuple(plan.duplicates),
        warnings=tuple(plan.warnings),
    )
