"""A workspace with a mailing, and senders that a test drives by hand or in processes of their own."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sqlalchemy import func, select

from mailer.cli.office import Office, clock
from mailer.delivery import mailing
from mailer.delivery.pace import Limits
from mailer.delivery.schema import attempt, delivery
from mailer.delivery.sender import Route, Sender
from mailer.schedule.ticker import tick
from subscribers.database import reading
from subscribers.schema import subscriber, suppression
from tests.conftest import ROOT
from tests.delivery.scripted import Scripted
from tests.small_workspace import add_people, make_office, plan_and_approve

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
NOBODY: list[str] = []
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


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
        self,
        server: "Scripted | int",
        connections: int = 1,
        limits: Limits | None = None,
        *,
        ticking: bool = False,
        **relay: object,
    ) -> Sender:
        port = server if isinstance(server, int) else server.port
        values = {"port": port, "host": "127.0.0.1", "timeout_seconds": 20.0, "dot_seconds": 20.0} | relay
        target = replace(self.office.relay(), **values)  # type: ignore[arg-type]
        routes = {"": Route.to(target, connections, limits)}
        tick(self.engine, self.now, grace=self.office.grace, fingerprint=self.office.fingerprint)
        return Sender(
            self.engine,
            routes,
            self.office.secret,
            clock=clock if ticking else lambda: self.now,
            stop=self.stop,
        )

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


def due_office(folder: Path, port: int, *names: str) -> Office:
    """A workspace whose mailing is due at this moment, for senders in processes of their own."""
    office = make_office(folder / "workspace", port=port)
    now = clock()
    add_people(office, [f"{name}@example.org" for name in names], now)
    plan_and_approve(office, now, now)
    return office


def start(
    office: Office, limit_kib: int | None = None, *, keep_errors: bool = False, until_done: bool = True
) -> "subprocess.Popen[bytes]":
    def limit() -> None:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)  # modes of files bind root as well
        if limit_kib:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_kib * 1024, limit_kib * 1024))

    command = [sys.executable, "-m", "mailer", "--config", str(office.settings.file), "run"]
    return subprocess.Popen(
        [*command, "--only", "scheduler,sender", *(["--until-done"] if until_done else [])],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if keep_errors else subprocess.DEVNULL,
        preexec_fn=limit,
    )


def killed(office: Office, moment: Callable[[], object], more_seconds: float = 0.0) -> None:
    """Start a sender and kill it at this moment."""
    process = start(office)
    wait(moment)
    time.sleep(more_seconds)
    process.kill()
    assert process.wait(timeout=30) == -signal.SIGKILL


def restarted(office: Office) -> dict[str, str]:
    """Run a sender until it is done; address -> state."""
    assert start(office).wait(timeout=120) in (0, 4)
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


def wait(moment: Callable[[], object], seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not moment():
        assert time.monotonic() < limit
        time.sleep(0.005)


def connects(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
