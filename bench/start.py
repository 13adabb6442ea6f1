"""How long `--help` and `subscribers show` take, against a Python that does nothing; medians of ten."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS, PERSON = 10, "kim@example.org"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ready = workspace(Path(folder))
        for figure, arguments in (("help", ["--help"]), ("show", ["subscribers", "show", PERSON])):
            command, nothing = [*ready, *arguments], [sys.executable, "-c", "pass"]
            times = [(_seconds(command), _seconds(nothing)) for _ in range(ROUNDS)]
            mine, bare = median(one[0] for one in times), median(one[1] for one in times)
            found = {"s": round(mine, 3), "python_s": round(bare, 3), "ratio": round(mine / bare, 1)}
            print(json.dumps({"figure": figure, **found}))


def workspace(folder: Path) -> list[str]:
    """The command line in a new workspace with one person, its config.toml checked before."""
    command = [sys.executable, "-m", "mailer"]
    _seconds([*command, "init", str(folder)])
    ready = [*command, "--config", str(folder / "config.toml")]
    _seconds([*ready, "subscribers", "add", PERSON])
    _seconds([*ready, "subscribers", "show", PERSON])
    return ready


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
