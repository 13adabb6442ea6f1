"""A small workspace for tests: one newsletter, one short issue, as many people as a test needs."""

from datetime import datetime
from pathlib import Path

from mailer.cli.office import Office
from mailer.delivery import mailing
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.roster import add
from subscribers.rules import to_tree
from subscribers.segments import get_segment

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


def make_office(
    folder: Path, *, port: int = 1, database: str = "sqlite:///var/rundbrief.db", timeout: int = 5
) -> Office:
    """Write the workspace and open it."""
    (folder / "issues" / "2025-10").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(port=port, database=database, timeout=timeout), "utf-8")
    (folder / "issues" / "2025-10" / "editorial.md").write_text(EDITORIAL, "utf-8")
    return Office(str(folder / "config.toml"))


def add_people(office: Office, addresses: list[str], now: datetime) -> None:
    """Active subscribers with a proven consent."""
    yes = Consent("confirmed", now, "Formular", "Ja, gern.")
    with office.engine.begin() as connection:
        for number, text in enumerate(addresses):
            address = parse_address(text)
            names = {"vorname": "Kim", "nachname": f"Muster{number}"}
            add(connection, address, names, "rundbrief", secret=office.secret, now=now, consent=yes)


def plan_and_approve(
    office: Office, due_at: datetime, now: datetime, segment: str = "all", issue: str = "2025-10"
) -> int:
    """An approved mailing of the issue; its number."""
    edition = office.compile(office.read_issue(issue))
    with office.engine.begin() as connection:
        rule = get_segment(connection, segment).rule
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
