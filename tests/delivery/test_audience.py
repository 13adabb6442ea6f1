"""Everybody gets the variant that fits them: decided once, in the database, and frozen with the approval."""

import email
import email.policy
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from mailer.cli.office import Office
from mailer.delivery import audience, mailing
from mailer.delivery.expansion import expand
from mailer.delivery.schema import delivery
from subscribers.address import parse_address
from subscribers.consent import Consent
from subscribers.database import reading
from subscribers.roster import add
from subscribers.rules import EVERYBODY, from_tree, match
from subscribers.schema import subscriber, subscription
from tests.delivery.conftest import PostOffice
from tests.small_workspace import plan_and_approve

KREISE = ("", "Kreis Gütersloh", "KREIS GÜTERSLOH", "Kreis Unna", "Köln", "Straße")
GEWERKE = ("", "Tischler", "Maler", "maler", "Bäcker")
RULES = (
    'kreis = "Kreis Gütersloh"',
    "gewerk in (Tischler, Maler)",
    'kreis = "kreis unna" and gewerk != Bäcker',
    "not gewerk is set",
    "kreis contains ü or since < 2026-01-01",
    'kreis != STRASSE and (gewerk starts with "ti" or email contains "7@")',
    "language = en",
    "tone is not set and kreis is set",
)
EN = '+++\ntitle = "A short letter"\npreheader = "So that the list says something"\n+++\nA paragraph.\n'
DU = '+++\ntitle = "Ein Brief für dich"\npreheader = "Damit in der Liste etwas steht"\n+++\nDu liest das.\n'


def write_issue(office: Office, rules: Sequence[str], *voices: str) -> Path:
    folder = office.settings.issues / "2025-10"
    cards = [
        f'[[highlights]]\ntitle = "Karte {number}"\nteaser = "Satz {number}."\nonly_for = \'{rule}\'\n'
        for number, rule in enumerate(rules, 1)
    ]
    (folder / "highlights.toml").write_text("\n".join(cards), "utf-8")
    for voice in voices:
        (folder / f"editorial.{voice}.md").write_text(EN if voice == "en" else DU, "utf-8")
    return folder


def add_everybody(office: Office, random: Random, count: int, now: datetime) -> None:
    with office.engine.begin() as connection:
        for number in range(count):
            fields = {
                "kreis": random.choice(KREISE),
                "gewerk": random.choice(GEWERKE),
                "language": random.choice(("", "de", "en")),
                "tone": random.choice(("", "formal", "du")),
                "nachname": f"Muster{number}",
            }
            since = random.choice((now, datetime(2025, 5, 5, tzinfo=now.tzinfo)))
            yes = Consent("confirmed", since, "Formular", "Ja, gern.")
            address = parse_address(f"p{number}@example.org")
            add(connection, address, fields, "rundbrief", secret=office.secret, now=since, consent=yes)


def fitting(selection: Mapping[str, Any], person: Mapping[str, Any]) -> str:
    """The variant that the Python matcher says."""
    voice = next(each for each in selection["voices"] if match(from_tree(each["where"]), person))
    bits = "".join(str(int(match(from_tree(tree), person))) for tree in voice["rules"])
    return str(voice["keys"][bits])


@pytest.mark.parametrize("seed", range(6))
def test_everybody_gets_exactly_the_variant_that_fits(post_office: PostOffice, seed: int) -> None:
    random, office, now = Random(seed), post_office.office, post_office.now
    rules = random.sample(RULES, 3)
    write_issue(office, rules, *random.sample(("du", "en"), random.randint(0, 2)))
    add_everybody(office, random, 60, now)
    number = plan_and_approve(office, now, now)

    with office.engine.begin() as connection:
        planned = mailing.find(connection, str(number))
        assert planned.selection is not None
        mailing.move(connection, number, "approved", "expanding")
        counted = audience.count_variants(connection, EVERYBODY, "rundbrief", planned.selection)
        expand(connection, planned, 0, now)
        rows = connection.execute(
            select(subscriber, subscription.c.since, delivery.c.variant)
            .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
            .join(delivery, delivery.c.subscriber_id == subscriber.c.id)
        ).mappings()
        given = [(dict(row), row["variant"]) for row in rows]

    assert len(given) == 60
    for person, variant in given:
        assert variant == fitting(planned.selection, person)
    assert counted == {key: sum(variant == key for _, variant in given) for key in counted}
    assert sum(counted.values()) == 60


def test_each_letter_shows_its_cards_and_is_greeted_in_its_own_voice(post_office: PostOffice) -> None:
    office, now = post_office.office, post_office.now
    write_issue(office, ["gewerk = Maler"], "du", "en")
    yes = Consent("confirmed", now, "Formular", "Ja, gern.")
    people = {
        "a@example.org": {"gewerk": "Maler"},
        "b@example.org": {"language": "en", "tone": "du"},
        "c@example.org": {"tone": "du", "gewerk": "maler"},
        "d@example.org": {"language": "fr"},
    }
    with office.engine.begin() as connection:
        for address, fields in people.items():
            named = {"vorname": "Kim", "nachname": "Muster", "anrede": "Frau", **fields}
            add(
                connection,
                parse_address(address),
                named,
                "rundbrief",
                secret=office.secret,
                now=now,
                consent=yes,
            )
    plan_and_approve(office, now, now)

    post_office.work()

    letters = {}
    for each in post_office.box.received():
        mail = email.message_from_bytes(each.file.read_bytes(), policy=email.policy.default)
        text = mail.get_body(("plain",)).get_content()
        greeting = next(line for line in text.splitlines() if "Muster," in line or "Kim," in line)
        letters[each.recipients[0]] = (mail["Content-Language"], greeting, "Karte 1" in text, mail["Subject"])
    assert letters == {
        "a@example.org": ("de", "Sehr geehrte Frau Muster,", True, "Ein kurzer Brief"),
        "b@example.org": ("en", "Dear Ms Muster,", False, "A short letter"),
        "c@example.org": ("de", "Hallo Kim,", True, "Ein Brief für dich"),
        "d@example.org": ("de", "Sehr geehrte Frau Muster,", False, "Ein kurzer Brief"),
    }


def test_a_changed_rule_takes_the_approval_back(post_office: PostOffice) -> None:
    office = post_office.office
    folder = write_issue(office, ["gewerk = Maler"])
    number = post_office.approve("ada@example.org")
    file = folder / "highlights.toml"
    file.write_text(file.read_text("utf-8").replace("Maler", "Tischler"), "utf-8")

    post_office.work()

    assert post_office.state(number) == "draft"
    assert post_office.caught() == []


def test_a_new_voice_takes_the_approval_back(post_office: PostOffice) -> None:
    number = post_office.approve("ada@example.org")
    write_issue(post_office.office, [], "en")

    post_office.work()

    assert post_office.state(number) == "draft"


def test_what_decides_is_frozen_and_not_read_again_when_it_is_due(post_office: PostOffice) -> None:
    folder = write_issue(post_office.office, ["kreis is not set"])
    post_office.approve("ada@example.org")
    post_office.tick()
    (folder / "highlights.toml").unlink()

    post_office.sender().run(until_done=True)

    (letter,) = post_office.box.received()
    assert b"Karte 1" in letter.file.read_bytes()


def test_a_second_mailing_counts_only_who_has_not_got_the_edition(post_office: PostOffice) -> None:
    office = post_office.office
    write_issue(office, ["kreis is not set"])
    post_office.approve("ada@example.org")
    post_office.work()
    selection = office.compile(office.read_issue("2025-10")).selection

    with reading(office.engine) as connection:
        everybody = audience.count_variants(connection, EVERYBODY, "rundbrief", selection)
        left = audience.count_variants(
            connection, EVERYBODY, "rundbrief", selection, without="rundbrief/2025-10"
        )

    assert (everybody, left) == ({"de-1": 1}, {})


def test_64_variants_and_long_lists_fit_into_one_statement(post_office: PostOffice) -> None:
    office, now = post_office.office, post_office.now
    values = ", ".join(f"w{number}" for number in range(400))
    write_issue(
        office, [f"{name} in ({values})" for name in ("kreis", "gewerk", "ort", "plz", "firma", "funktion")]
    )
    number = post_office.approve("ada@example.org")

    with office.engine.begin() as connection:
        planned = mailing.find(connection, str(number))
        mailing.move(connection, number, "approved", "expanding")
        expand(connection, planned, 0, now)
        given = connection.scalars(select(delivery.c.variant)).all()

    assert planned.selection is not None
    assert len(set(planned.selection["voices"][0]["keys"].values())) == 64
    assert given == ["de-64"]
