"""Who holds a claim: host, process and the moment it started, so that a dead worker is known at once.

A process id alone comes back after a while and after each boot; together with its start it does not.
"""

import os
import socket
from functools import lru_cache
from pathlib import Path


def own_name() -> str:
    """This process as `host:pid:start`."""
    return _own_name(os.getpid())


def is_gone(worker: str | None) -> bool:
    """True if `worker` ran on this machine and runs no more; of another machine only its lease tells."""
    if not worker:
        return False
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    return host == _host() and _name(int(rest)) != worker


@lru_cache(maxsize=1)
def _own_name(pid: int) -> str:  # by its number, so that a forked child does not keep its parent's name
    return _name(pid)


def _name(pid: int) -> str:
    return f"{_host()}:{pid}:{_start(pid)}"


def _start(pid: int) -> str:
    """The start of a process in clock ticks since boot, with the boot's id; "gone" when there is none."""
    try:
        # The command's name, the second field, may hold blanks and brackets; what follows its ")" does not.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
        return f"{boot}-{fields[19]}" if fields[0] not in "ZX" else "gone"
    except (FileNotFoundError, ProcessLookupError):  # the second when it ends while it is read
        return _start_without_proc(pid)


def _start_without_proc(pid: int) -> str:
    if Path("/proc/self/stat").exists():
        return "gone"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return "gone"
    except PermissionError:
        pass
    return "alive"


@lru_cache(maxsize=1)
def _host() -> str:
    return socket.gethostname().replace(":", "-") or "localhost"
