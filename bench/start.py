"""How long `rundbrief --help` takes, against a Python that does nothing, in the same run; medians of ten."""

import json
import subprocess
import sys
import time
from statistics import median

ROUNDS = 10


def main() -> None:
    command = [sys.executable, "-m", "mailer", "--help"]
    times = [(_seconds(command), _seconds([sys.executable, "-c", "pass"])) for _ in range(ROUNDS)]
    mine, bare = median(one[0] for one in times), median(one[1] for one in times)
    print(
        json.dumps(
            {
                "figure": "help",
                "s": round(mine, 3),
                "python_s": round(bare, 3),
                "ratio": round(mine / bare, 1),
            }
        )
    )


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
