"""A small workspace for tests: one newsletter, one short issue, as many people as a test needs."""

import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from mailer.cli.office import Office
from mailer.delivery import mailing
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.person import person_row
from subscribers.roster import add
from subscribers.rules import to_tree
from subscribers.ruletext import to_text
from subscribers.schema import subscriber, subscription
from subscribers.segments import add_segment, get_segment
from subscribers.suppression import key_hash
from subscribers.words import CONSENTED
from tests.databases import place_file

SLICE = 10_000  # people of one statement
OWN = "sqlite:///var/rundbrief.db"
CONFIG = """
[workspace]
public_url = "https://rundbrief.example.org"
[database]
url = "{database}"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout_seconds = {timeout}
[newsletters.rundbrief]
name = "Rundbrief"
organisation = "Kammer Musterland"
from_name = "Kammer Musterland"
from_address = "rundbrief@example.org"
list_id = "rundbrief.example.org"
send = "first tuesday 09:30"
[newsletters.rundbrief.imprint]
organisation = "Kammer Musterland"
street = "Werkstraße 1"
place = "40000 Musterstadt"
phone = "02000 123-0"
email = "rundbrief@example.org"
responsible = "Katharina Bergmann"
"""
EDITORIAL = """+++
title = "Ein kurzer Brief"
preheader = "Damit in der Liste etwas steht, das neugierig macht"
author = "Katharina Bergmann"
salutation = ["Liebe Mitglieder,"]
+++
dies ist der erste Absatz.

Und dies ist der zweite, mit {{ geschweiften }} Klammern.
"""


def make_office(folder: Path, *, port: int = 1, database: str = OWN, timeout: int = 60) -> Office:
    """Write the workspace and open it."""
    (folder / "issues" / "2025-10").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(port=port, database=database, timeout=timeout), "utf-8")
    (folder / "issues" / "2025-10" / "editorial.md").write_text(EDITORIAL, "utf-8")
    if database == OWN:
        place_file(folder / "var" / "rundbrief.db")
    return Office(str(folder / "config.toml"))


def remove_database(office: Office) -> None:
    """As before the first `subscribers add`: no database and no folder for it."""
    (office.settings.var / "rundbrief.db").unlink()
    office.settings.var.rmdir()


def add_people(office: Office, addresses: list[str], now: datetime) -> None:
    """Active subscribers with a proven consent."""
    yes = Consent("confirmed", now, "Formular", "Ja, gern.")
    with office.engine.begin() as connection:
        for number, text in enumerate(addresses):
            address = parse_address(text)
            names = {"vorname": "Kim", "nachname": f"Muster{number}"}
            add(connection, address, names, "rundbrief", secret=office.secret, now=now, consent=yes)


def add_crowd(office: Office, count: int, now: datetime) -> list[str]:
    """So many active subscribers straight into the tables of an empty address book; their addresses."""
    addresses = [f"person.{number}@example.org" for number in range(count)]
    pattern = person_row(parse_address("person@example.org"), {"vorname": "Kim", "nachname": "Muster"}, "")
    pattern |= {"created_at": now, "changed_at": now}
    said = {"newsletter": "rundbrief", "state": "active", "basis": CONSENTED, "since": now, "changed_at": now}
    with office.engine.begin() as connection:
        for begin in range(0, count, SLICE):
            people = [
                {**pattern, "id": number, "email": text, "email_key": text}
                | {"suppression_key": key_hash(office.secret, text)}
                for number, text in enumerate(addresses[begin : begin + SLICE], begin + 1)
            ]
            connection.execute(insert(subscriber), people)
            ties = [{**said, "subscriber_id": each["id"], "token": secrets.token_hex(16)} for each in people]
            connection.execute(insert(subscription), ties)
    return addresses


def plan_and_approve(
    office: Office, due_at: datetime, now: datetime, segment: str = "all", issue: str = "2025-10"
) -> int:
    """An approved mailing of the issue; its number. A second one is for a new segment of the same people."""
    edition = office.compile(office.read_issue(issue))
    with office.engine.begin() as connection:
        rule = get_segment(connection, segment).rule
        known = [(each.issue, each.segment) for each in mailing.list_mailings(connection)]
        if (issue, segment) in known:
            segment = f"{segment}-{len(known)}"
            add_segment(connection, segment, to_text(rule), now)
        number = mailing.plan(
            connection,
            newsletter="rundbrief",
            issue=issue,
            segment=segment,
            rule=to_tree(rule),
            due_at=due_at,
            by="test",
            now=now,
        )
        planned = mailing.find(connection, str(number))
        sha256 = office.fingerprint(planned, edition)
        envelope = office.envelope("rundbrief", issue)
        mailing.approve(
            connection, planned, edition, envelope, sha256, by="test", now=now, grace=office.grace
        )
    return number
