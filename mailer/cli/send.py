"""`rundbrief send`: a proof of an issue to a colleague, outside the books."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office, clock
from subscribers.errors import BadUsage, Problem, TryLater
from subscribers.output import emit, say

if TYPE_CHECKING:
    from mailer.compose.rendering import Edition, Variant
    from mailer.delivery.transport import Letter, Receipt
    from subscribers.address import Address
    from subscribers.person import Person

PARTLY = 4
COLUMNS = ["to", "variant", "outcome", "reply", "file"]


@click.command()
@click.argument("issue")
@click.option("--to", "recipients", required=True, multiple=True, metavar="ADDRESS", help="Who gets it.")
@click.option("--as", "reader", metavar="SUBSCRIBER", help="Greet this subscriber, with their variant.")
@click.option("--variant", "key", metavar="KEY", help="Which variant [default: the reader's, or the first].")
@click.option("--newsletter", help="Which newsletter, if there are several.")
@click.option("--dry-run", is_flag=True, help="Write it as .eml into var/proofs/ instead of sending it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def send(
    office: Office,
    issue: str,
    recipients: tuple[str, ...],
    reader: str | None,
    key: str | None,
    newsletter: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send ISSUE to a colleague as a proof: marked in the subject, in no books, with a link of nobody's.

    Exit code 4 when the relay refused it for somebody, or did not say whether it took it.
    """
    from mailer.delivery.proof import Proof, write_proof
    from subscribers.address import parse_address

    addresses = [parse_address(each) for each in recipients]
    read = office.read_issue(issue)
    name, table = office.settings.newsletter(newsletter or read.newsletter)
    edition = office.compile(read, name)
    person, own = _reader(office, parse_address(reader), edition, name) if reader else (_sample(), "")
    variant = _variant(edition, key or own, issue)
    proof = Proof(variant, edition.pictures, office.envelope(name, issue), person)
    signer, rows = office.signer(name), []
    for address in addresses:
        letter = write_proof(proof, address.email, clock(), signer)
        row = {"to": address.email, "variant": variant.key}
        if dry_run:
            rows.append(row | {"outcome": "written", "file": str(_write(office, letter, issue, variant.key))})
        else:
            receipt = _carry(office, letter, table.relay)
            rows.append(row | {"outcome": receipt.outcome, "reply": f"{receipt.code} {receipt.text}".strip()})
    emit(rows, COLUMNS, as_json=as_json)
    if any(row["outcome"] not in ("sent", "written") for row in rows):
        click.get_current_context().exit(PARTLY)


def _reader(office: Office, address: "Address", edition: "Edition", newsletter: str) -> "tuple[Person, str]":
    """The subscriber whose letter is shown, and the key of their variant."""
    from sqlalchemy import select

    from mailer.delivery.audience import variant_of
    from subscribers.database import reading
    from subscribers.person import person_from
    from subscribers.schema import subscriber, subscription

    mine = (subscription.c.subscriber_id == subscriber.c.id) & (subscription.c.newsletter == newsletter)
    query = (
        select(subscriber, variant_of(edition.selection).label("variant"))
        .outerjoin(subscription, mine)
        .where(subscriber.c.email_key == address.key)
    )
    with reading(office.engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise Problem(
            f"Nobody has the address {address.email}.",
            hint="`rundbrief subscribers list` shows who is there; without --as nobody real is greeted.",
        )
    return person_from(row), row.variant


def _sample() -> "Person":
    from mailer.cli.muster import SAMPLE
    from subscribers.person import Person

    return Person(id=0, **SAMPLE)


def _variant(edition: "Edition", key: str, issue: str) -> "Variant":
    known = {each.key: each for each in edition.variants}
    if key and key not in known:
        raise BadUsage(f"Issue {issue} has no variant {key!r}.", hint=f"There is: {', '.join(known)}.")
    return known[key] if key else edition.variants[0]


def _write(office: Office, letter: "Letter", issue: str, variant: str) -> Path:
    from mailer.delivery.proof import as_file

    folder = office.settings.var / "proofs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{issue}-{variant}.eml"
    path.write_bytes(as_file(letter))
    return path


def _carry(office: Office, letter: "Letter", relay: str) -> "Receipt":
    from mailer.delivery.proof import hand_over
    from mailer.delivery.smtp import SmtpTransport
    from mailer.delivery.transport import RelayDown

    smtp = office.settings.relay(relay)
    place = f"config.toml: {f'relays.{relay}' if relay else 'smtp'}, {smtp.host}:{smtp.port}"
    try:
        receipt = hand_over(SmtpTransport(office.relay(relay)), letter)
    except RelayDown as down:
        if down.permanent:
            raise Problem(f"The relay refuses for good: {down}.", place=place, hint="Mend it.") from None
        hint = "To try without a relay, add --dry-run or start `rundbrief sandbox`."
        raise TryLater(f"The relay takes no mail now: {down}.", place=place, hint=hint) from None
    if receipt.outcome != "sent":
        say(f"{letter.recipient}: {receipt.outcome} in phase {receipt.phase}: {receipt.code} {receipt.text}")
    return receipt
