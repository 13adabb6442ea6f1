"""What `rundbrief run` says while it works: one line for each event, in the workspace's time."""

import logging
import sys
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def log_to_stderr(zone: "ZoneInfo", before: str = "") -> None:
    """Lines begin like 2026-11-24T09:30:02+01:00, so that nobody has to know which clock is meant.

    Args:
        before: stands before each message.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(zone, before))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


class _Lines(logging.Formatter):
    def __init__(self, zone: "ZoneInfo", before: str) -> None:
        super().__init__(f"%(asctime)s %(levelname)s {before.replace('%', '%%')}%(message)s")
        self._zone = zone

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return datetime.fromtimestamp(record.created, self._zone).isoformat(timespec="seconds")
