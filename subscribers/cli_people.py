"""The commands about single people: add, show, change."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from subscribers.errors import BadUsage, Problem
from subscribers.mounted import (
    as_json_option,
    book_of,
    consent_options,
    field_options,
    look_up,
    newsletter_option,
    past_day,
)
from subscribers.output import emit, emit_json, say
from subscribers.words import CONSENTED, TEXT_FIELDS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from subscribers.address import Address
    from subscribers.book import AddressBook
    from subscribers.consent import Consent
    from subscribers.person import Person

_COLUMNS = ("email", "anrede", "titel", "vorname", "nachname", "firma", "gewerk", "kreis")


def _more_options(command: Any) -> Any:
    """Topics, tags and the workspace's own fields."""
    own = "A field of this workspace; an empty VALUE removes it."
    command = click.option("--set", "own", multiple=True, metavar="NAME=VALUE", help=own)(command)
    sign = "+NAME gives it, -NAME takes it away; may be repeated."
    command = click.option("--tag", "tags", multiple=True, metavar="±NAME", help=sign)(command)
    return click.option("--topic", "topics", multiple=True, metavar="±NAME", help=sign)(command)


@click.command("add")
@click.argument("address")
@field_options
@_more_options
@newsletter_option
@consent_options
@click.option("--form", default="", metavar="TEXT", help="The form with its version, or its address.")
@click.option("--ip", default="", metavar="ADDRESS", help="Kept as config.toml says; by default not at all.")
@click.option("--again", is_flag=True, help="Take back somebody who left, on a newer consent.")
@click.pass_context
def add_(context: click.Context, /, address: str, newsletter: str | None, again: bool, **given: Any) -> None:
    """Add one person, or complete what is known.

    Without both --source and --consented-on the subscription is pending and is never mailed.
    """
    from subscribers.address import parse_address
    from subscribers.roster import add

    now, book = datetime.now(UTC), book_of(context)
    consent = _consent(book, given, now)
    parsed, key = parse_address(address), book.newsletter(newsletter)
    known = {name: given[name] for name in TEXT_FIELDS if given[name]}
    _mend_postcode(known, known)
    with book.engine.begin() as connection:
        added = add(connection, parsed, known, key, secret=book.secret, now=now, consent=consent, again=again)
        _change_more(connection, book, added.subscriber_id, given, now)
    say(f"{parsed.email}: {added.outcome}, {added.state} on {key}.")
    if added.state == "pending":
        source = given["source"]
        lacking = (
            "The consent has no date and was not kept" if source and not consent else "No consent is proven"
        )
        say(f"{lacking}, so nobody mails this address. Run it again with --source and --consented-on.")


@click.command("show")
@click.argument("who")
@as_json_option
@click.pass_context
def show_(context: click.Context, who: str, as_json: bool) -> None:
    """Show one person, found by address or by a part of the name or the firm.

    When several people match they are listed.
    """
    from subscribers.address import parse_address

    try:
        address = parse_address(who)
    except BadUsage:
        found = _people_like(context, who)
        if len(found) > 1:
            rows = [asdict(one) for one in found]
            emit(rows, _COLUMNS, as_json=as_json, spare=_COLUMNS[:0:-1])
            say(f"{len(rows)} people match; name one by the address.")
            return
        address = parse_address(found[0].email)
    card = _card(context, address)
    emit_json(card) if as_json else _print_card(card)


@click.command("change")
@click.argument("address")
@field_options
@_more_options
@click.option("--new-address", metavar="ADDRESS", help="Consent and history stay; the old one is kept out.")
@click.option("--source", default="office", metavar="TEXT", help="Who said so, for the proof.")
@click.pass_context
def change_(
    context: click.Context, /, address: str, new_address: str | None, source: str, **given: Any
) -> None:
    """Correct a person: fields (an empty VALUE removes one), topics, tags, own fields, the address.

    For example: change kim@example.org --ort Soest --topic +Energie --tag -Messe --set beirat=ja
    """
    from subscribers.address import parse_address
    from subscribers.changes import change_address, change_fields
    from subscribers.people import find

    now, book, parsed = datetime.now(UTC), book_of(context), parse_address(address)
    moved = parse_address(new_address) if new_address else None
    fields = {name: given[name] for name in TEXT_FIELDS if given[name] is not None}
    if not (fields or moved or given["topics"] or given["tags"] or given["own"]):
        raise BadUsage("Nothing to change is given.", hint="Add --ort, --topic, --set or --new-address.")
    with book.engine.begin() as connection:
        if (person := find(connection, parsed)) is None:
            hint = "rundbrief subscribers show finds people by name."
            raise Problem(f"Nobody has the address {parsed.email}.", hint=hint)
        _mend_postcode(fields, asdict(person) | fields)
        changed = change_fields(connection, person.id, fields, now)
        changed |= _change_more(connection, book, person.id, given, now)
        if moved is not None:
            changed |= change_address(
                connection, person.id, moved, secret=book.secret, now=now, source=source
            )
    say(f"{(moved or parsed).email}: {'changed' if changed else 'unchanged'}.")


def _mend_postcode(fields: dict[str, str], known: Mapping[str, str]) -> None:
    """Give a postcode the zero back that it lost, where the place tells, as an import does."""
    from subscribers.postcode import mend_postcode, require_postcode

    if typed := fields.get("plz"):
        mended, remark = mend_postcode(typed, known.get("ort", ""), known.get("kreis", ""), "")
        fields["plz"] = mended or typed
        require_postcode(fields["plz"])
        if remark:
            say(remark)


def _consent(book: "AddressBook", given: dict[str, Any], now: datetime) -> "Consent | None":
    """The proof of the options; None where its source or its day is missing."""
    from subscribers.consent import Consent
    from subscribers.network import ip_to_keep

    source, wording, form = given["source"], given["wording"] or "", given["form"]
    if not source and (given["consented_on"] or wording or form or given["ip"]):
        raise BadUsage("A consent needs its source.", hint="Add --source.")
    day = past_day(given["consented_on"], now)
    ip = ip_to_keep(given["ip"], book.keeping.ip, book.secret)
    return Consent("imported", day, source, wording, form, ip) if source and day else None


def _change_more(
    connection: "Connection", book: "AddressBook", subscriber_id: int, given: dict[str, Any], now: datetime
) -> bool:
    from subscribers.attributes import set_attributes
    from subscribers.labels import add_labels, remove_labels

    changed = False
    for kind in ("topic", "tag"):
        for text in given[f"{kind}s"]:
            work = remove_labels if text.startswith("-") else add_labels
            changed |= work(connection, subscriber_id, kind, [text.removeprefix("+").removeprefix("-")], now)
    own: dict[str, str] = {}
    for text in given["own"]:
        name, sign, value = text.partition("=")
        if not sign:
            raise BadUsage(f"{text[:60]!r} sets no field.", hint="Write --set NAME=VALUE.")
        own[name.strip()] = value
    return set_attributes(connection, subscriber_id, own, book.fields, now) or changed


def _people_like(context: click.Context, words: str) -> "list[Person]":
    """Those whose address, name or firm holds the words; a Problem when there is nobody."""
    from subscribers.database import reading
    from subscribers.people import candidates

    with reading(book_of(context).engine) as connection:
        found = candidates(connection, words) if words.strip() else []
    if not found:
        raise Problem(f"Nobody is found by {words[:80]!r}.", hint="rundbrief subscribers list shows all.")
    return found


def _card(context: click.Context, address: "Address") -> dict[str, Any]:
    """What `show` says, for JSON; a Problem when nobody has the address and it is not kept out."""
    from subscribers.card import card_of, entry_of
    from subscribers.keyhash import key_hash

    with look_up(context) as (ask, secret):
        card, entry = card_of(ask, address.key), entry_of(ask, key_hash(secret, address.key))
    if card is None and entry is None:
        hint = "rundbrief subscribers list shows all."
        raise Problem(f"Nobody has the address {address.email}.", hint=hint)
    nobody = {"email": address.email, "subscriptions": [], "consents": []}
    return {**(card.as_dict() if card else nobody), "suppression": asdict(entry) if entry else None}


def _print_card(card: dict[str, Any]) -> None:
    lines = [{"what": name, "value": card[name]} for name in ("email", *TEXT_FIELDS) if card.get(name)]
    labels = (name for name in ("topics", "tags") if card.get(name))
    lines += [{"what": name, "value": ", ".join(card[name])} for name in labels]
    lines += [{"what": name, "value": value} for name, value in card.get("attributes", {}).items()]
    if entry := card["suppression"]:
        words = ", ".join(
            filter(None, (f"{entry['reason']} since {entry['since']:%Y-%m-%d}", entry["source"]))
        )
        lines.append({"what": "suppression list", "value": f"{words}: must never be mailed"})
    for place in card["subscriptions"]:
        proof = f", consent of {place['since']:%Y-%m-%d}" if place["basis"] == CONSENTED else ""
        reason = f", because: {place['reason']}" if place["reason"] else ""
        value = (
            f"{place['state']} since {place['state_since']:%Y-%m-%d}{proof}, basis {place['basis']}{reason}"
        )
        lines.append({"what": f"newsletter {place['newsletter']}", "value": value})
    for said in card["consents"]:
        parts = f"{said['at']:%Y-%m-%d %H:%M} UTC", said["source"], said["form"], said["wording"]
        value = " · ".join(part for part in parts if part)
        lines.append({"what": f"{said['kind']} {said['newsletter']}", "value": value})
    emit(lines, ("what", "value"), as_json=False)


COMMANDS = (add_, show_, change_)
