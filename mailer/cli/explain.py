"""`rundbrief mailing explain`: why one person got an issue, or did not, and what happened when."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.books import local
from mailer.cli.office import Office
from subscribers.errors import Problem
from subscribers.output import emit, emit_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from mailer.delivery.explanation import Explanation
    from mailer.delivery.mailing import Mailing
    from subscribers.address import Address


@click.command()
@click.argument("which")
@click.option("--for", "address", required=True, metavar="ADDRESS", help="Whose letter.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def explain(office: Office, which: str, address: str, as_json: bool) -> None:
    """Say why a person is in or out of a mailing, or of all mailings of an issue.

    The rules are answered as the address book is today, with the segment's rule as it would be approved now;
    the letter, its variant and its release are what the books kept.
    """
    from mailer.cli.present import ruled
    from mailer.delivery.explanation import explain as explained
    from subscribers.address import parse_address
    from subscribers.database import reading

    parsed = parse_address(address)
    with reading(office.engine) as connection:
        mailings = [ruled(office, each) for each in _mailings(connection, which)]
        _require_known(office, connection, parsed)
        selection = _selection(office, mailings)
        found = [(each, explained(connection, each, parsed, selection)) for each in mailings]
    if as_json:
        rows = [_as_json(office, planned, one) for planned, one in found]
        emit_json({"address": parsed.email, "mailings": rows})
    else:
        lines = [line for planned, one in found for line in _lines(office, planned, one, parsed.email)]
        emit([{"what": what, "value": value} for what, value in lines], ("what", "value"), as_json=False)


def _mailings(connection: "Connection", which: str) -> "list[Mailing]":
    """The mailing of this number, or all of this issue."""
    from mailer.delivery.mailing import find, list_mailings

    found = sorted(
        (each for each in list_mailings(connection) if each.issue == which), key=lambda each: each.id
    )
    return found or [find(connection, which)]


def _require_known(office: Office, connection: "Connection", address: "Address") -> None:
    """Of somebody who was forgotten nothing but a hash is known, which still says why they get nothing."""
    from sqlalchemy import select

    from subscribers.schema import subscriber
    from subscribers.suppression import entry_of, key_hash

    known = connection.scalar(select(subscriber.c.id).where(subscriber.c.email_key == address.key))
    if known is None and (entry := entry_of(connection, key_hash(office.secret, address.key))):
        raise Problem(
            f"Nobody has the address {address.email}, and it is on the suppression list ({entry.reason}): "
            "no letter goes there."
        )


def _selection(office: Office, mailings: "list[Mailing]") -> "Mapping[str, Any] | None":
    """Who would get which variant by the files, where a mailing was never approved."""
    waiting = [each for each in mailings if each.selection is None]
    try:
        return office.compile(office.read_issue(waiting[0].issue), waiting[0].newsletter).selection
    except (IndexError, Problem):
        return None


def _as_json(office: Office, planned: "Mailing", one: "Explanation") -> dict[str, Any]:
    letter = dict(one.letter) if one.letter else None
    if letter:
        letter |= {name: local(office, letter[name]) for name in ("not_before", "sent_at")}
    return {
        "mailing": planned.id,
        "kind": planned.kind,
        "issue": planned.issue,
        "segment": planned.segment,
        "state": planned.state,
        "gets": one.gets,
        "verdict": one.verdict,
        "against": [*one.against],
        "next_step": one.next_step,
        "rule": one.rule.as_dict(),
        "variant": one.variant,
        "cards": [*one.cards],
        "choices": [each.as_dict() for each in one.choices],
        "release": one.release,
        "letter": letter,
        "events": [{"at": local(office, each.at), "what": each.what} for each in one.events],
    }


def _lines(
    office: Office, planned: "Mailing", one: "Explanation", address: str
) -> Iterator[tuple[str, object]]:
    yield (
        "mailing",
        f"{planned.id}, {planned.kind} {planned.issue}, segment {planned.segment}: {planned.state}",
    )
    yield "verdict", f"{address} {one.verdict}"
    for level, part in one.rule.lines():
        yield "rule", f"{'yes' if part.holds else 'no'}  {'  ' * level}{part.words}"
    for sentence in one.against:
        yield "against", sentence
    if one.next_step:
        yield "next step", one.next_step
    if one.variant:
        yield "variant", one.variant + (f", release {one.release}" if one.release else "")
        yield "cards", ", ".join(one.cards) or "none"
    for choice in one.choices:
        for level, part in choice.lines():
            yield "choice", f"{'yes' if part.holds else 'no'}  {'  ' * level}{part.words}"
    for event in one.events:
        yield f"{local(office, event.at):%Y-%m-%d %H:%M:%S}", event.what
