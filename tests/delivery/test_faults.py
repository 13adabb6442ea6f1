"""Faults 1 to 28: what goes wrong while letters leave, and what each one may cost. The number in the name of
a test is that of the fault; one verb of the server is replaced, or one thing of the machine is broken.
"""

import logging
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from mailer.cli.office import Office, clock
from mailer.delivery import doubt, mailing
from mailer.delivery.pace import Limits
from mailer.delivery.reaper import reap
from mailer.delivery.schema import attempt, delivery, pace
from mailer.delivery.sender import Route, Sender
from mailer.delivery.transport import RelayDown
from mailer.schedule.ticker import tick
from subscribers.database import open_database, reading
from subscribers.roster import unsubscribe
from subscribers.schema import subscriber, subscription, suppression
from tests.conftest import ROOT
from tests.delivery.certificates import Certificate, make_certificate
from tests.delivery.scripted import EXTENSIONS, Act, Drop, Hang, Last, Scripted
from tests.small_workspace import add_people, make_office, plan_and_approve

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
NOBODY: list[str] = []


class Desk:
    """A workspace with an approved mailing, and a sender that a test drives against a server."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now, self.stop = folder, NOW, Event()
        self.office = make_office(folder / "workspace")
        self.engine = self.office.engine

    def approve(self, *people: str, now: datetime | None = None) -> int:
        """A mailing to `name@example.org`, due now."""
        addresses = [name if "@" in name else f"{name}@example.org" for name in people]
        add_people(self.office, addresses, now or self.now)
        return plan_and_approve(self.office, now or self.now, now or self.now)

    def sender(
        self, server: "Scripted | int", connections: int = 1, limits: Limits | None = None, **relay: object
    ) -> Sender:
        port = server if isinstance(server, int) else server.port
        values = {"port": port, "host": "127.0.0.1", "timeout_seconds": 2.0, "dot_seconds": 2.0} | relay
        target = replace(self.office.relay(), **values)  # type: ignore[arg-type]
        routes = {"": Route.to(target, connections, limits)}
        tick(self.engine, self.now, grace=self.office.grace, fingerprint=self.office.fingerprint)
        return Sender(self.engine, routes, self.office.secret, clock=lambda: self.now, stop=self.stop)

    def work(self, server: "Scripted | int", connections: int = 1, **relay: object) -> Sender:
        sender = self.sender(server, connections, **relay)
        sender.run(until_done=True)
        return sender

    def states(self) -> dict[str, str]:
        """Name -> state."""
        with reading(self.engine) as connection:
            query = select(subscriber.c.email, delivery.c.state).join(
                delivery, delivery.c.subscriber_id == subscriber.c.id
            )
            return {row[0].partition("@")[0]: row[1] for row in connection.execute(query)}

    def phases(self) -> list[str]:
        with reading(self.engine) as connection:
            return list(connection.scalars(select(attempt.c.phase).order_by(attempt.c.id)))

    def state(self, number: int = 1) -> str:
        with reading(self.engine) as connection:
            return mailing.find(connection, str(number)).state

    def reason(self, number: int = 1) -> str:
        with reading(self.engine) as connection:
            return mailing.find(connection, str(number)).reason

    def suppressed(self) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(suppression)) or 0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()


# --- 1 to 4: killed, and without power


@pytest.mark.slow
def test_01_kill_before_the_dot_sends_exactly_once_after_the_restart(tmp_path: Path) -> None:
    with Scripted({"DATA": [Hang()]}) as server:
        office = due_office(tmp_path, server.port, "ada")
        killed(office, lambda: "DATA" in server.said)
        states = restarted(office)

    assert states == {"ada@example.org": "sent"}
    assert server.recipients == ["ada@example.org"]


@pytest.mark.slow
def test_02_kill_between_dot_and_reply_is_a_doubt_and_a_resend_keeps_the_message_id(tmp_path: Path) -> None:
    with Scripted({"DOT": [Hang()]}) as server:
        office = due_office(tmp_path, server.port, "ada")
        killed(office, lambda: bool(server.accepted))
        states = restarted(office)
        assert states == {"ada@example.org": "in_doubt"}
        assert len(server.accepted) == 1

        with office.engine.begin() as connection:
            (one,) = doubt.in_doubt(connection, office.secret)
            assert one.address == "ada@example.org"
            assert doubt.resolve(connection, one, "resend", clock(), "test")
        assert restarted(office) == {"ada@example.org": "sent"}

    first, second = (identity(message) for _, message in server.accepted)
    assert first == second == one.message_id


@pytest.mark.slow
def test_03_kill_between_reply_and_commit_is_a_doubt_never_a_second_letter(tmp_path: Path) -> None:
    holder: list[sqlite3.Connection] = []

    def hold_the_database() -> None:
        holder.append(sqlite3.connect(office.settings.var / "rundbrief.db", check_same_thread=False))
        holder[0].execute("BEGIN IMMEDIATE")

    with Scripted({"DOT": [hold_the_database]}) as server:
        office = due_office(tmp_path, server.port, "ada")
        killed(office, lambda: bool(holder) and holder[0].in_transaction, more_seconds=0.5)
        holder[0].rollback()
        holder[0].close()
        states = restarted(office)

    assert states == {"ada@example.org": "in_doubt"}
    assert len(server.accepted) == 1


@pytest.mark.parametrize("cut", [0, 1, 700, 4120 * 2])
def test_04_power_loss_after_the_reply_leaves_sound_books_and_at_most_a_doubt(desk: Desk, cut: int) -> None:
    number = desk.approve("ada")
    at_the_dot: list[int] = []
    database = desk.office.settings.var / "rundbrief.db"
    wal = database.with_name("rundbrief.db-wal")

    with Scripted({"DOT": [lambda: at_the_dot.append(wal.stat().st_size)]}) as server:
        desk.work(server)
    copy = desk.folder / "copy.db"
    shutil.copy(database, copy)
    synced = wal.read_bytes()[: at_the_dot[0] + cut]  # what came after the fence is lost, or torn
    copy.with_name("copy.db-wal").write_bytes(synced)

    engine = open_database(f"sqlite:///{copy}")
    with engine.begin() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        connection.execute(update(delivery).values(worker="elsewhere:1:start"))
        reap(connection, desk.now + timedelta(days=1))
        left = connection.scalar(select(delivery.c.state).where(delivery.c.mailing_id == number))
    engine.dispose()
    assert left in ("in_doubt", "sent")
    assert left == "in_doubt" or cut > 4120


# --- 5 to 15: what the server says, or does not


@pytest.mark.parametrize("script", [{"DATA": [Drop()]}, {"BODY": [Drop()]}, {"RCPT": [Drop()]}])
def test_05_a_drop_before_the_dot_is_tried_again_and_leaves_no_doubt(
    desk: Desk, script: dict[str, Act]
) -> None:
    desk.approve("ada", "bo")

    with Scripted(script) as server:
        desk.work(server)
        desk.now += timedelta(minutes=10)
        desk.work(server)

    assert desk.states() == {"ada": "sent", "bo": "sent"}
    assert sorted(server.recipients) == ["ada@example.org", "bo@example.org"]


def test_06_a_drop_after_the_dot_is_a_doubt_and_the_others_go_on(desk: Desk) -> None:
    desk.approve("ada", "bo", "cy")

    with Scripted({"DOT": [Drop()]}) as server:
        sender = desk.work(server)

    assert sorted(desk.states().values()) == ["in_doubt", "sent", "sent"]
    assert len(server.accepted) == len(set(server.recipients)) == 3
    assert sender.partly


@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
def test_07_a_421_backs_off_the_host_and_marks_nobody_failed(desk: Desk, verb: str) -> None:
    desk.approve("ada", "bo")

    with Scripted({verb: Last("421 4.3.2 Closing down")}) as server:
        if verb == "DOT":
            desk.work(server)  # two letters, two tries
        else:
            with pytest.raises(RelayDown):
                desk.work(server)

    assert set(desk.states().values()) <= {"queued", "deferred"}
    assert server.connections <= 4
    with Scripted() as well:
        desk.now += timedelta(minutes=10)
        desk.work(well)
    assert set(desk.states().values()) == {"sent"}
    assert len(well.accepted) == 2


def test_07_a_relay_that_ends_a_connection_after_some_letters_is_not_down(desk: Desk) -> None:
    desk.approve("ada", "bo", "cy", "di")
    good = "250 2.1.0 Ok"

    with Scripted({"MAIL": [good, good, Last("421 4.7.0 Enough on this connection")]}) as server:
        desk.work(server)

    assert set(desk.states().values()) == {"sent"}
    assert server.connections == 2


@pytest.mark.parametrize("reply", ["450 4.2.0 Greylisted", "451 4.7.1 Try again later"])
def test_08_greylisting_waits_five_minutes_and_counts_as_deferred(desk: Desk, reply: str) -> None:
    desk.approve("ada")

    with Scripted({"RCPT": [reply]}) as server:
        desk.work(server)
        assert desk.states() == {"ada": "deferred"}
        desk.now += timedelta(minutes=4, seconds=59)
        desk.work(server)
        assert server.recipients == NOBODY
        desk.now += timedelta(minutes=2)
        desk.work(server)

    assert desk.states() == {"ada": "sent"}


def test_09_a_452_goes_on_over_the_next_connection(desk: Desk) -> None:
    desk.approve("ada", "bo")

    with Scripted({"RCPT": ["452 4.5.3 Too many recipients"]}) as server:
        desk.work(server)

    assert server.connections == 2
    assert desk.states() == {"ada": "sent", "bo": "sent"}


def test_10_a_5xx_at_connect_lets_all_wait_and_tells_the_operator(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.approve("ada", "bo")

    with Scripted({"CONNECT": "554 No service"}) as server, pytest.raises(RelayDown, match="554 No service"):
        desk.work(server)
    assert desk.states() == {"ada": "queued", "bo": "queued"}

    with Scripted({"CONNECT": ["554 No service"]}) as server, caplog.at_level(logging.WARNING):
        sender = desk.sender(server)
        Thread(target=lambda: (wait(lambda: len(server.accepted) == 2), desk.stop.set())).start()
        sender.run()
    assert "takes no mail now (554 No service)" in caplog.text
    assert desk.states() == {"ada": "sent", "bo": "sent"}


def test_11_a_5xx_at_mail_holds_the_mailing_after_three_in_a_row(desk: Desk) -> None:
    number = desk.approve(*(f"person{count}" for count in range(12)))

    with Scripted({"MAIL": "550 5.7.1 Sender refused"}) as server:
        desk.work(server)

    assert desk.state(number) == "held"
    assert "Sender refused" in desk.reason(number)
    assert "resume" in desk.reason(number)
    states = list(desk.states().values())
    assert "failed" not in states
    assert states.count("deferred") < 8
    assert desk.suppressed() == 0


@pytest.mark.parametrize("pipelining", [True, False])
def test_12_a_5xx_at_rcpt_fails_that_recipient_only(desk: Desk, pipelining: bool) -> None:
    desk.approve("ada", "bo", "cy")
    extensions = EXTENSIONS if pipelining else EXTENSIONS[1:]

    with Scripted({"RCPT": ["550 5.1.1 No such person"]}, extensions) as server:
        desk.work(server)

    assert sorted(desk.states().values()) == ["failed", "sent", "sent"]
    assert server.connections == 1
    assert desk.phases()[0] == "rcpt"


@pytest.mark.parametrize("refusal", ["554 5.5.1 No valid recipients", "354 Go on"])
def test_12_what_follows_a_refused_rcpt_in_a_pipeline_costs_no_other_letter(desk: Desk, refusal: str) -> None:
    desk.approve("ada", "bo", "cy")

    with Scripted({"RCPT": ["550 5.1.1 No such person"], "DATA": [refusal]}) as server:
        desk.work(server)

    assert sorted(desk.states().values()) == ["failed", "sent", "sent"]
    assert len(server.accepted) == 2
    assert all(message for _, message in server.accepted)


def test_13_policy_refusals_at_the_dot_hold_the_mailing_and_suppress_nobody(desk: Desk) -> None:
    number = desk.approve(*(f"person{count}" for count in range(30)))

    with Scripted({"DOT": "554 5.7.1 Blocked for policy reasons"}) as server:
        desk.work(server)

    assert desk.state(number) == "held"
    assert desk.suppressed() == 0
    states = list(desk.states().values())
    assert states.count("queued") >= 20
    assert set(states) <= {"queued", "failed", "deferred"}


@pytest.mark.parametrize(
    ("verb", "state"), [("MAIL", "queued"), ("RCPT", "deferred"), ("DATA", "deferred"), ("DOT", "in_doubt")]
)
def test_14_silence_ends_at_the_limit_of_its_phase_and_the_others_go_on(
    desk: Desk, verb: str, state: str
) -> None:
    desk.approve("ada", "bo", "cy")

    with Scripted({verb: [Hang()]}) as server:
        sender = desk.sender(server, 2, timeout_seconds=0.4, dot_seconds=0.8)
        sender.run(until_done=True)

    expected = {"queued": ["sent"] * 3}.get(state, [state, "sent", "sent"])
    assert sorted(desk.states().values()) == expected


def test_14_the_reply_to_the_dot_may_take_longer_than_the_others(desk: Desk) -> None:
    desk.approve("ada")

    with Scripted({"DOT": [lambda: time.sleep(0.8)]}) as server:
        desk.work(server, timeout_seconds=0.3, dot_seconds=5.0)

    assert desk.states() == {"ada": "sent"}


@pytest.mark.parametrize(
    "garbage",
    [
        b"2200 hello\r\n",
        b"250-one\r\n550 two\r\n",
        b"250-" + b"x" * 10_000_000,
        b"250-more\r\n" * 5_000,
        b"\x00\xff\xfe\r\n",
        b"hello\r\n",
    ],
    ids=["four digits", "two codes", "10 MB", "endless", "no text", "no code"],
)
@pytest.mark.parametrize("verb", ["RCPT", "DOT"])
def test_15_what_is_no_reply_closes_the_connection(desk: Desk, verb: str, garbage: bytes) -> None:
    desk.approve("ada", "bo")

    with Scripted({verb: [garbage]}) as server:
        desk.work(server)
        desk.now += timedelta(minutes=10)
        desk.work(server)

    states = sorted(desk.states().values())
    assert states == (["in_doubt", "sent"] if verb == "DOT" else ["sent", "sent"])
    assert len(server.recipients) == len(set(server.recipients)) == 2
    with reading(desk.engine) as connection:
        replies = connection.scalars(select(attempt.c.reply)).all()
    assert max(map(len, replies)) <= 600


# --- 16 to 21: the way in


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
        desk.work(server, host="localhost", security="starttls")

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
        sender = desk.sender(server, limits=Limits(rate=10.0))
        sender._shift_clock = clock
        ticking = Sender(desk.engine, sender._routes, desk.office.secret, clock=clock, stop=desk.stop)
        began = time.monotonic()
        ticking.run(until_done=True)
        took = time.monotonic() - began

    assert len(server.accepted) == 14
    assert took > 0.5  # 14 at 10 per second with half a second of credit


# --- 23 to 28: the machine


def test_23_two_senders_at_once_send_nothing_twice(desk: Desk) -> None:
    desk.approve(*(f"person{count}" for count in range(60)))

    with Scripted() as server:
        both = [desk.sender(server, 3) for _ in range(2)]
        threads = [Thread(target=sender.run, kwargs={"until_done": True}) for sender in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(server.recipients) == len(set(server.recipients)) == 60
    assert set(desk.states().values()) == {"sent"}


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_24_a_stop_finishes_the_flight_within_five_seconds(tmp_path: Path, how: int) -> None:
    with Scripted({"DOT": [lambda: time.sleep(1.0)] * 40}) as server:
        office = due_office(tmp_path, server.port, *(f"person{count}" for count in range(40)))
        process = start(office)
        wait(lambda: len(server.accepted) >= 10)
        asked = time.monotonic()
        process.send_signal(how)
        code = process.wait(timeout=20)
        took = time.monotonic() - asked
        states = states_of(office)

    assert code == 130
    assert took < 5
    assert set(states.values()) == {"sent", "queued"}
    assert sorted(name for name, state in states.items() if state == "sent") == sorted(server.recipients)


def test_25_who_unsubscribes_during_the_run_gets_nothing_more(desk: Desk) -> None:
    desk.approve("ada", "bo", "cy")

    def everybody_leaves() -> None:
        with desk.engine.begin() as connection:
            for token in connection.scalars(select(subscription.c.token)).all():
                unsubscribe(connection, token, "Klick", desk.now)

    with Scripted({"DATA": ["354 Go on", everybody_leaves]}) as server:
        desk.work(server)

    assert len(server.accepted) == 1
    assert sorted(desk.states().values()) == ["sent", "skipped", "skipped"]


def test_26_a_restored_backup_with_a_due_mailing_sends_nothing(desk: Desk) -> None:
    number = desk.approve("ada")
    database = desk.office.settings.var / "rundbrief.db"
    backup = desk.folder / "backup.db"
    with sqlite3.connect(database) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    with Scripted() as server:
        desk.work(server)
        assert server.recipients == ["ada@example.org"]

        restored = open_database(f"sqlite:///{backup}")
        late = desk.now + desk.office.grace + timedelta(minutes=1)
        tick(restored, late, grace=desk.office.grace, fingerprint=desk.office.fingerprint)
        with reading(restored) as connection:
            state = mailing.find(connection, str(number)).state
        restored.dispose()

    assert state == "missed"
    assert len(server.accepted) == 1


@pytest.mark.slow
def test_27_a_full_disk_stops_the_run_with_sound_books_and_it_goes_on_later(tmp_path: Path) -> None:
    people = [f"person{count}" for count in range(300)]
    with Scripted() as server:
        office = due_office(tmp_path, server.port, *people)
        wal = office.settings.var / "rundbrief.db-wal"
        office.engine.dispose()
        limit = office.settings.var.joinpath("rundbrief.db").stat().st_size // 1024 + 4
        process = start(office, limit_kib=limit, keep_errors=True)
        _, errors = process.communicate(timeout=60)
        assert process.returncode not in (0, 130), errors
        assert b"Traceback" not in errors
        with sqlite3.connect(office.settings.var / "rundbrief.db") as books:
            assert books.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        books.close()
        before = len(server.accepted)
        states = restarted(office)

    assert before < 300
    assert not wal.exists() or wal.stat().st_size < 100_000_000
    assert len(server.recipients) == len(set(server.recipients))
    doubts = [name for name, state in states.items() if state == "in_doubt"]
    assert len(doubts) <= 20
    assert {name for name, state in states.items() if state == "sent"} | set(doubts) == set(states)
    assert set(states) - set(server.recipients) <= set(doubts)


def test_28_a_locked_database_is_waited_for_and_nothing_is_lost(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.approve("ada", "bo", "cy")
    engine = open_database(str(desk.engine.url))
    from sqlalchemy import event

    def impatient(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute("PRAGMA busy_timeout = 100")

    event.listen(engine, "connect", impatient)
    other = sqlite3.connect(desk.office.settings.var / "rundbrief.db", check_same_thread=False)

    def lock_for_a_while() -> None:
        other.execute("BEGIN IMMEDIATE")
        Thread(target=lambda: (time.sleep(0.6), other.rollback())).start()

    with Scripted({"DATA": ["354 Go on", lock_for_a_while]}) as server, caplog.at_level(logging.WARNING):
        desk.engine = engine
        desk.work(server)
    other.close()
    engine.dispose()

    assert "the database is not to be had" in caplog.text
    assert sorted(server.recipients) == ["ada@example.org", "bo@example.org", "cy@example.org"]
    assert set(desk.states().values()) == {"sent"}


def test_28_a_database_that_stays_locked_ends_in_a_clear_error(desk: Desk) -> None:
    desk.approve("ada")
    engine = open_database(str(desk.engine.url))
    from sqlalchemy import event

    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 50"))
    with Scripted() as server:
        desk.engine = engine
        sender = desk.sender(server)
        other = sqlite3.connect(desk.office.settings.var / "rundbrief.db")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            sender.run(until_done=True)
        other.rollback()
        other.close()
        sender.run(until_done=True)
    engine.dispose()

    assert server.recipients == ["ada@example.org"]


# --- the independent server: Postfix's smtp-sink, where it is installed

SINK = shutil.which("smtp-sink") or os.environ.get("RUNDBRIEF_SMTP_SINK", "")


@pytest.mark.skipif(
    not SINK, reason="smtp-sink (Debian's postfix) is not installed; name it in RUNDBRIEF_SMTP_SINK"
)
@pytest.mark.parametrize(
    ("flags", "states"),
    [
        ([], {"sent"}),
        (["-p"], {"sent"}),  # no PIPELINING
        (["-q", "DATA"], {"deferred", "queued"}),
        (["-q", "."], {"in_doubt", "queued"}),
        (["-Q", "RCPT"], {"deferred", "queued"}),
        (["-Q", "."], {"deferred", "queued"}),
        (["-r", "RCPT"], {"deferred"}),
        (["-f", "RCPT"], {"failed", "deferred", "queued"}),
        (["-f", "connect"], {"queued"}),
        (["-f", "MAIL"], {"deferred", "queued"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_05_to_13_against_smtp_sink(desk: Desk, flags: list[str], states: set[str]) -> None:
    desk.approve(*(f"person{count}" for count in range(8)))
    port = free_port()
    sink = subprocess.Popen(
        [SINK, "-u", "nobody", *flags, f"127.0.0.1:{port}", "50"], stderr=subprocess.DEVNULL
    )
    try:
        wait(lambda: connects(port))
        try:
            desk.work(port, 2)
        except RelayDown:
            assert flags[:1] != []
    finally:
        sink.kill()
        sink.wait()

    assert set(desk.states().values()) <= states
    assert flags not in ([], ["-p"]) or set(desk.states().values()) == {"sent"}


# --- helpers


def due_office(folder: Path, port: int, *names: str) -> Office:
    """A workspace whose mailing is due at this moment, for senders in processes of their own."""
    office = make_office(folder / "workspace", port=port)
    now = clock()
    add_people(office, [f"{name}@example.org" for name in names], now)
    plan_and_approve(office, now, now)
    return office


def start(
    office: Office, limit_kib: int | None = None, *, keep_errors: bool = False
) -> "subprocess.Popen[bytes]":
    def limit() -> None:
        if limit_kib:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_kib * 1024, limit_kib * 1024))

    command = [sys.executable, "-m", "mailer", "--config", str(office.settings.file), "run"]
    return subprocess.Popen(
        [*command, "--only", "scheduler,sender", "--until-done"],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if keep_errors else subprocess.DEVNULL,
        preexec_fn=limit,
    )


def killed(office: Office, moment: "object", more_seconds: float = 0.0) -> None:
    """Start a sender and kill it at this moment."""
    process = start(office)
    wait(moment)
    time.sleep(more_seconds)
    process.kill()
    assert process.wait(timeout=10) == -signal.SIGKILL


def restarted(office: Office) -> dict[str, str]:
    """Run a sender until it is done; address -> state."""
    assert start(office).wait(timeout=60) in (0, 4)
    return states_of(office)


def states_of(office: Office) -> dict[str, str]:
    with reading(office.engine) as connection:
        query = select(subscriber.c.email, delivery.c.state).join(
            delivery, delivery.c.subscriber_id == subscriber.c.id
        )
        return {row[0]: row[1] for row in connection.execute(query)}


def identity(message: bytes) -> str:
    line = next(line for line in message.split(b"\r\n") if line.lower().startswith(b"message-id:"))
    return line.partition(b":")[2].strip().decode()


def wait(moment: "object", seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not moment():  # type: ignore[operator]
        assert time.monotonic() < limit
        time.sleep(0.005)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connects(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
