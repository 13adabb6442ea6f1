"""Work whose memory goes with it: done in a forked process while this one is still small."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = logging.getLogger("rundbrief.schedule")
LOOK_SECONDS = 0.005


def apart(job: Callable[[], object], stop: Event, engine: "Engine | None" = None) -> None:
    """Do a job that loads much and leaves its results in files or the database; not beside threads.

    A copy of a process with threads may hang on what they held: then, and where nothing can be forked, the
    job is done here. `stop` ends it at once; a job has to bear that at any moment, as it has to bear a kill.
    """
    if threading.active_count() > 1 or not hasattr(os, "fork"):
        job()
        return
    if engine is not None:
        engine.dispose()  # no connection of SQLite may be carried into another process
    sys.stdout.flush()
    sys.stderr.flush()
    if (child := os.fork()) == 0:
        _work(job)
    told = False
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if stop.wait(LOOK_SECONDS) and not told:
            told = True
            os.kill(child, signal.SIGTERM)


def _work(job: Callable[[], object]) -> None:
    """What the copy does; it never goes back to where it came from."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        job()
    except BaseException as error:
        from subscribers.trouble import tell_failure

        tell_failure(log, error, "this could not be done and will be tried again by the next run")
    finally:
        os._exit(0)
