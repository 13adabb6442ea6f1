"""`rundbrief run --only scheduler,sender --until-done` as it is, the clocks read around the sending.

    python bench/sending/worker.py CONFIG [--plain]

Prints one JSON object: wall and CPU seconds of the sending, CPU seconds before it, peak memory in MB, what
became of the letters. `--plain` runs on asyncio's own loop although uvloop is installed.
"""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from mailer.__main__ import main as rundbrief  # noqa: E402
from mailer.delivery.sender import Sender  # noqa: E402

run = Sender.run
figures: dict[str, Any] = {}


def measured(sender: Sender, **terms: Any) -> None:
    """What the command calls, with a stop-watch in hand."""
    before, began = time.process_time(), time.monotonic()
    try:
        run(sender, **terms)
    finally:
        figures["s"] = time.monotonic() - began
        figures["cpu"] = time.process_time() - before
        figures["start_cpu"] = before
        figures["counts"] = dict(sender.tally.counts)


def peak() -> float:
    """The most memory that this process had in use, in MB (Linux)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    config, *options = sys.argv[1:]
    if "--plain" in options:
        sys.modules["uvloop"] = None  # type: ignore[assignment]  # an import of it fails from here on
    sys.argv = ["rundbrief", "--config", config, "run", "--only", "scheduler,sender", "--until-done"]
    Sender.run = measured  # type: ignore[method-assign, assignment]
    try:
        rundbrief()
    finally:
        print(json.dumps({**figures, "mb": peak()}), flush=True)


if __name__ == "__main__":
    main()
