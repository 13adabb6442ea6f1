"""Random kills of two workers in the middle of a mailing, and the account of it.

The long form, some minutes: `python tests/delivery/chaos.py --kills 240 --letters 40000`; with `--database` a
PostgreSQL server in place of SQLite. Exit code 1 when somebody got a letter twice or nobody knows why not.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402

from mailer.cli.office import Office, clock  # noqa: E402
from mailer.delivery import mailing  # noqa: E402
from mailer.delivery.reaper import DOUBT  # noqa: E402
from mailer.delivery.schema import attempt, delivery  # noqa: E402
from subscribers.database import reading  # noqa: E402
from subscribers.schema import subscriber  # noqa: E402
from tests.delivery.scripted import Scripted  # noqa: E402
from tests.small_workspace import add_crowd, make_office, plan_and_approve  # noqa: E402

WORKERS, CONNECTIONS = 2, 10
PATIENCE_SECONDS = 120.0  # without any progress


@dataclass(frozen=True, slots=True)
class Account:
    """What came of it."""

    letters: int
    kills: int
    sent: int
    in_doubt: int
    really_delivered: int  # of those in doubt
    twice: int
    lost: int
    worst: int  # in doubt by the death of one worker, at most
    seconds: float


class Nest:
    """Forks workers from a process that has imported everything, so that a start costs little."""

    def __init__(self, config: Path) -> None:
        command = [sys.executable, __file__, "--nest", str(config)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._workers: list[int] = []

    def fill(self) -> None:
        """As many workers as there should be."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        while len(self._workers) < WORKERS:
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
            self._workers.append(int(self._process.stdout.readline()))

    def kill_one(self, chance: random.Random) -> None:
        """kill -9."""
        self.fill()
        os.kill(self._workers.pop(chance.randrange(len(self._workers))), signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM to all, and the end of the nest."""
        for worker in self._workers:
            os.kill(worker, signal.SIGTERM)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def hatch(config: str) -> None:
    """The nest: one worker for each line on standard input."""
    from mailer.delivery import sender

    office = Office(config)
    routes, secret = office.routes(), office.secret
    office.engine.dispose()
    assert sender
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            _work(Office(config), routes, secret)
            os._exit(0)
        print(child, flush=True)


def _work(office: Office, routes: dict[str, object], secret: bytes) -> None:
    from threading import Event

    from mailer.delivery.sender import Sender

    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Sender(office.engine, routes, secret, clock=clock, stop=stop).run()  # type: ignore[arg-type]


@contextmanager
def _nest(config: Path) -> Iterator[Nest]:
    nest = Nest(config)
    try:
        yield nest
    finally:
        nest.stop()


def chaos(folder: Path, database: str, *, letters: int, kills: int, seed: int = 1) -> Account:
    """Send `letters`, kill a random worker `kills` times on the way, and add up."""
    chance, began = random.Random(seed), time.monotonic()
    with Scripted(delay_seconds=0.002) as server:
        office = make_office(folder / "workspace", port=server.port, database=database)
        people = add_crowd(office, letters, clock())
        number = plan_and_approve(office, clock(), clock())
        with office.engine.begin() as connection:
            mailing.move(connection, number, "approved", "due")
        moments = sorted(chance.randrange(letters * 9 // 10) for _ in range(kills))
        with _nest(office.settings.file) as nest:
            for moment in moments:
                nest.fill()
                _wait_for(server, moment)
                time.sleep(chance.random() * 0.02)
                nest.kill_one(chance)
            nest.fill()
            _wait_until_done(office, number, server)
        got = Counter(server.recipients)
        account = _add_up(office, people, got, kills, time.monotonic() - began)
    office.engine.dispose()
    return account


def _add_up(office: Office, people: list[str], got: Counter[str], kills: int, seconds: float) -> Account:
    per_worker = select(func.count()).where(attempt.c.reply == DOUBT).group_by(attempt.c.worker)
    with reading(office.engine) as connection:
        worst = max(connection.scalars(per_worker), default=0)
    sent, doubtful = _addresses(office, "sent"), _addresses(office, "in_doubt")
    lost = [one for one in people if one not in doubtful and (one not in got or one not in sent)]
    return Account(
        letters=len(people),
        kills=kills,
        sent=len(sent),
        in_doubt=len(doubtful),
        really_delivered=sum(1 for one in doubtful if one in got),
        twice=sum(1 for times in got.values() if times > 1),
        lost=len(lost),
        worst=worst,
        seconds=round(seconds, 1),
    )


def _addresses(office: Office, state: str) -> set[str]:
    with reading(office.engine) as connection:
        query = (
            select(subscriber.c.email)
            .join(delivery, delivery.c.subscriber_id == subscriber.c.id)
            .where(delivery.c.state == state)
        )
        return set(connection.scalars(query))


def _wait_for(server: Scripted, count: int) -> None:
    last, limit = -1, 0.0
    while (now := len(server.accepted)) < count:
        if now != last:
            last, limit = now, time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() > limit:
            raise TimeoutError(f"{now} of {count} letters, and no progress")
        time.sleep(0.002)


def _wait_until_done(office: Office, number: int, server: Scripted) -> None:
    last, limit = -1, 0.0
    while True:
        with reading(office.engine) as connection:
            if mailing.find(connection, str(number)).state == "done":
                return
        if (now := len(server.accepted)) != last:
            last, limit = now, time.monotonic() + PATIENCE_SECONDS
        if time.monotonic() > limit:
            raise TimeoutError(f"{now} letters, and no progress")
        time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="an empty database [default: SQLite in a temporary folder]")
    parser.add_argument("--nest", help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("RUNDBRIEF_")]:
        del os.environ[name]  # what tests are told; the program refuses names it does not know
    if options.nest:
        hatch(options.nest)
        return 0
    with tempfile.TemporaryDirectory(prefix="rundbrief-chaos-") as folder:
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        database = options.database or f"sqlite:///{folder}/rundbrief.db"
        account = chaos(
            Path(folder), database, letters=options.letters, kills=options.kills, seed=options.seed
        )
    print(json.dumps(asdict(account)))
    return 1 if account.twice or account.lost or account.worst > 2 * CONNECTIONS else 0


if __name__ == "__main__":
    sys.exit(main())
