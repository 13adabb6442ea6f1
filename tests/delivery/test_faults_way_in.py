"""Faults 16 to 22: the way in - TLS, log-in, names, sizes, rates. The number in the name of a test is that of
the fault; one verb of the server is replaced.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.cli.office import clock
from mailer.delivery.pace import Limits
from mailer.delivery.schema import pace
from mailer.delivery.transport import RelayDown
from subscribers.database import reading
from tests.delivery.certificates import Certificate, make_certificate
from tests.delivery.desk import NOBODY, Desk
from tests.delivery.scripted import EXTENSIONS, Act, Scripted


def test_16_without_starttls_nothing_is_said_in_clear(desk: Desk) -> None:
    desk.approve("ada")

    with Scripted() as server, pytest.raises(RelayDown, match="STARTTLS") as down:
        desk.work(server, security="starttls", user="brief", password="geheim")

    assert down.value.permanent
    assert [command.partition(" ")[0] for command in server.said] == ["EHLO"]
    assert desk.states() == {"ada": "queued"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_17_a_good_certificate_lets_letters_pass(
    desk: Desk, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    desk.approve("ada", "bo")
    login = [*EXTENSIONS, "STARTTLS", "AUTH PLAIN LOGIN"]

    with Scripted({}, login, certificate.server(), implicit=security == "tls") as server:
        desk.work(server, host="localhost", security=security, user="brief", password="geheim")

    assert set(desk.states().values()) == {"sent"}
    assert any(command.startswith("AUTH PLAIN") for command in server.said)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["unknown", "other host"])
def test_17_a_bad_certificate_fails_closed(
    desk: Desk, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, security: str, wrong: str
) -> None:
    if wrong == "other host":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    host = "127.0.0.1" if wrong == "other host" else "localhost"
    desk.approve("ada")
    offer = [*EXTENSIONS, "STARTTLS"]

    server = Scripted({}, offer, certificate.server(), implicit=security == "tls")
    with server, pytest.raises(RelayDown, match="TLS failed") as down:
        desk.work(server, host=host, security=security)

    assert down.value.permanent
    assert desk.states() == {"ada": "queued"}
    assert server.recipients == NOBODY


def test_17_an_expired_certificate_fails_closed(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired = make_certificate(tmp_path, days=-1)
    monkeypatch.setenv("SSL_CERT_FILE", str(expired.file))
    desk.approve("ada")

    server = Scripted({}, [*EXTENSIONS, "STARTTLS"], expired.server())
    with server, pytest.raises(RelayDown, match="TLS failed"):
        desk.work(server, host="localhost", security="starttls")

    assert desk.states() == {"ada": "queued"}


@pytest.mark.parametrize("injected", [b"250 injected\r\n", b"25", b"250-STARTTLS\r\n250 AUTH PLAIN\r\n"])
def test_18_bytes_slipped_in_before_tls_are_refused(
    desk: Desk, certificate: Certificate, monkeypatch: pytest.MonkeyPatch, injected: bytes
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    desk.approve("ada")
    script = {"STARTTLS": b"220 2.0.0 Ready\r\n" + injected}

    server = Scripted(script, [*EXTENSIONS, "STARTTLS"], certificate.server())
    with server, pytest.raises(RelayDown):
        desk.work(server, host="localhost", security="starttls", timeout_seconds=0.5)

    assert server.recipients == NOBODY
    assert desk.states() == {"ada": "queued"}


def test_19_a_535_stops_at_once_and_a_454_is_tried_again(desk: Desk) -> None:
    number = desk.approve("ada")
    login = [*EXTENSIONS, "AUTH PLAIN"]

    with Scripted({"AUTH": ["454 4.7.0 Not now"]}, login) as server:
        with pytest.raises(RelayDown) as down:
            desk.work(server, user="brief", password="geheim")
        assert not down.value.permanent
        assert desk.state(number) == "sending"

    server = Scripted({"AUTH": "535 5.7.8 Wrong"}, login)
    with server, pytest.raises(RelayDown, match="Wrong") as down:
        desk.work(server, user="brief", password="geheim")
    assert down.value.permanent
    assert server.connections == 1
    assert desk.state(number) == "held"
    assert desk.states() == {"ada": "queued"}


@pytest.mark.parametrize(("offer", "said"), [("LOGIN", 3), ("XOAUTH2", 1)])
def test_19_other_ways_to_log_in(desk: Desk, offer: str, said: int) -> None:
    desk.approve("ada")
    script: dict[str, Act | list[Act]] = {}
    if offer == "LOGIN":
        script = {"AUTH": "334 VXNlcm5hbWU6", "YNJPZWY=": "334 UGFzc3dvcmQ6", "Z2VOZWLT": "235 2.7.0 Ok"}
        script = {key.upper(): value for key, value in script.items()}
        script |= {"YNJPZWY=".upper(): "334 x", "Z2VOZWLT".upper(): "235 2.7.0 Ok"}
    command = (sys.executable, "-c", "print('ein-token')") if offer == "XOAUTH2" else None

    with Scripted(script, [*EXTENSIONS, f"AUTH {offer}"]) as server:
        desk.work(server, user="brief", password="geheim", token_command=command, timeout_seconds=20)

    assert desk.states() == {"ada": "sent"}
    index = next(n for n, command in enumerate(server.said) if command.startswith("AUTH"))
    assert server.said[index + said].startswith("MAIL")


def test_20_a_relay_whose_name_is_not_known_is_waited_for(desk: Desk) -> None:
    desk.approve("ada")

    with pytest.raises(RelayDown, match="name is not known") as down:
        desk.work(25, host="relay.invalid")

    assert not down.value.permanent
    assert desk.states() == {"ada": "queued"}


def test_21_a_size_that_is_too_small_is_told_before_the_first_recipient(desk: Desk) -> None:
    number = desk.approve("ada", "bo")

    with Scripted({}, ["PIPELINING", "SIZE 1000"]) as server:
        desk.work(server)

    assert desk.state(number) == "held"
    assert "1000 octets" in desk.reason(number)
    assert desk.states() == {"ada": "queued", "bo": "queued"}
    assert not any(command.startswith("MAIL") for command in server.said)


def test_21_without_smtputf8_only_the_address_that_needs_it_fails(desk: Desk) -> None:
    desk.approve("jörg@example.org", "ada")

    with Scripted({}, ["PIPELINING"]) as server:
        desk.work(server)

    assert desk.states() == {"jörg": "failed", "ada": "sent"}
    assert server.recipients == ["ada@example.org"]


def test_22_a_rate_reply_slows_that_domain_down_and_it_recovers(desk: Desk) -> None:
    desk.approve("ada", "bo@example.net")
    script = {"RCPT": ["450 4.2.1 Rate limit exceeded", "450 4.2.1 Rate limit exceeded"]}

    with Scripted(script) as server:
        desk.work(server)
        with reading(desk.engine) as connection:
            slow = connection.scalars(select(pace.c.key).where(pace.c.slowed_at.is_not(None))).all()
        assert sorted(slow) == ["/example.net", "/example.org"]
        desk.now += timedelta(minutes=10)
        desk.work(server)

    assert set(desk.states().values()) == {"sent"}


def test_22_a_configured_rate_is_obeyed_and_the_rest_follows(desk: Desk) -> None:
    desk.now = clock()
    desk.approve(*(f"person{count}" for count in range(14)))

    with Scripted() as server:
        sender = desk.sender(server, limits=Limits(rate=10.0), ticking=True)
        began = time.monotonic()
        sender.run(until_done=True)
        took = time.monotonic() - began

    assert len(server.accepted) == 14
    assert took > 0.5  # 14 at 10 per second with half a second of credit
