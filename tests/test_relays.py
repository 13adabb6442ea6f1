"""Several relays, their limits and signatures in config.toml, and a mailing that knows which one it takes."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailer.cli.office import Office
from mailer.cli.routes import make_routes
from mailer.delivery import mailing
from mailer.delivery.pace import Limits
from mailer.delivery.retry import next_try
from subscribers.errors import BadConfig
from tests.frontdoor import rundbrief
from tests.small_workspace import add_people, make_office
from tests.test_settings import CONFIG, complaints, settings

MORE = """
[relays.amt]
host = "mail.example.net"
port = 465
security = "tls"
connections = 3
rate = 20
[relays.amt.rates]
"T-Online.de" = 5
"bäckerei.example.org" = 0.5
[relays.amt.groups]
"t-online.de" = ["example.com"]
"""


def test_each_relay_is_a_route_with_its_limits(tmp_path: Path) -> None:
    text = CONFIG.replace('from_name = "', 'relay = "amt"\nfrom_name = "') + MORE

    routes = make_routes(settings(tmp_path, text))

    rates = {"t-online.de": 5.0, "xn--bckerei-5wa.example.org": 0.5}
    groups = {"t-online.de": ("example.com",)}
    assert set(routes) == {"", "amt"}
    assert (routes[""].connections, routes[""].limits) == (10, Limits())
    assert routes["amt"].connections == 3
    assert routes["amt"].limits == Limits(rate=20, rates=rates, groups=groups, relay="amt")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('from_name = "', 'relay = "amt"\nfrom_name = "', "no [relays.amt] stands here; there is none"),
        ('from_name = "', 'stale_hours = 200\nfrom_name = "', "less than or equal to 120"),
        ("port = 587", "port = 587\nconnections = 0", "greater than or equal to 1"),
        ("port = 587", "port = 587\nrate = 0", "greater than 0"),
        ("port = 587", 'port = 587\nrates = { "kein domain" = 5 }', "This is no domain"),
        ("port = 587", 'port = 587\ntoken_command = ["./t"]', "User and password go together"),
        (
            "port = 587",
            'port = 587\nuser = "k"\npassword = { env = "X" }\ntoken_command = ["./t"]',
            "a password or a token_command, not both",
        ),
        (
            "[newsletters.rundbrief.imprint]",
            (
                '[newsletters.rundbrief.dkim]\ndomain = "example.net"\nselector = "a"\nkey = { file = "k" }\n'
                "[newsletters.rundbrief.imprint]"
            ),
            "must be example.org or stand above it",
        ),
        (
            "[newsletters.rundbrief.imprint]",
            (
                '[newsletters.rundbrief.dkim]\ndomain = "example.org"\nselector = "a"\nkey = { file = "k" }\n'
                'ed25519_selector = "b"\n[newsletters.rundbrief.imprint]'
            ),
            "ed25519_selector and ed25519_key go together",
        ),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    (complaint,) = complaints(tmp_path, CONFIG.replace(old, new, 1))

    assert sentence.lower() in complaint.lower()
    assert complaint.startswith("config.toml:")


def test_a_token_replaces_the_password(tmp_path: Path) -> None:
    text = CONFIG.replace("port = 587", 'port = 587\nuser = "kim"\ntoken_command = ["./token.sh", "-q"]')

    office = Office(str(settings(tmp_path, text).file))

    assert office.relay().token_command == ("./token.sh", "-q")
    assert office.relay().password == ""


def test_a_relay_that_is_gone_from_the_config_is_named(tmp_path: Path) -> None:
    read = settings(tmp_path)

    with pytest.raises(BadConfig, match="There is no relay 'amt'") as caught:
        read.relay("amt")

    assert caught.value.hint is not None


def test_a_mailing_keeps_the_relay_and_the_patience_of_its_newsletter(tmp_path: Path, now: datetime) -> None:
    office = make_office(tmp_path / "w")
    file = office.settings.file
    text = file.read_text("utf-8").replace('from_name = "', 'relay = "amt"\nstale_hours = 24\nfrom_name = "')
    file.write_text(text + MORE, "utf-8")
    add_people(office, ["ada@example.org"], now)

    planned = rundbrief("mailing", "plan", "2025-10", "--at", "2030-01-08 09:30", cwd=tmp_path / "w")
    shown = rundbrief("mailing", "show", "1", cwd=tmp_path / "w")

    assert planned.returncode == 0, planned.stderr
    with office.engine.connect() as connection:
        found = mailing.find(connection, "1")
    office.engine.dispose()
    assert (found.relay, found.stale) == ("amt", timedelta(hours=24))
    assert "relay\tamt\n" in shown.stdout
    assert "given_up_at\t2030-01-09T09:30:00+01:00" in shown.stdout


def test_an_impatient_mailing_gives_up_earlier(now: datetime) -> None:
    assert next_try(1, 5, now + timedelta(hours=21), now, timedelta(hours=24)) is None
    assert next_try(1, 5, now + timedelta(hours=18), now, timedelta(hours=24)) is not None
