"""How fast letters leave, what they cost, and what a kill does to them, beside Postfix's own test tools.

    python bench/send.py [LETTERS] [--rounds N] [--only FIGURE,...] [--peers]

FIGURE is rate, distance, memory or kill. Prints one JSON line for each figure with both values and their
ratio (higher is better for us). smtp-source and smtp-sink are looked for in the unpacked package that
RUNDBRIEF_TEST_POSTFIX names and on PATH; without them the figures that need them are left out. Loopback only.
"""

import json
import os
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from statistics import median
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from sending.processes import PATIENCE, SLOWEST, Postfix, Run, Sink, own_sink, run, started  # noqa: E402
from sending.workspace import Workspace  # noqa: E402

LETTERS, SMALL, FEWEST = 20_000, 10_000, 100
FIGURES = ("rate", "distance", "memory", "kill")
CONNECTIONS, FEW = 16, 10
DELAY, SHORT = 0.02, 1_000  # seconds of a round trip; messages of the slower tool over that distance
KILLS, KILL_EVERY = 3, 5_000


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("letters", nargs="?", type=int, default=LETTERS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(FIGURES))
    parser.add_argument("--peers", action="store_true", help="download the peers and measure them too")
    chosen = parser.parse_args()
    if chosen.letters < FEWEST or not {*chosen.only.split(",")} <= {*FIGURES}:
        parser.error(f"at least {FEWEST} letters; the figures are {', '.join(FIGURES)}")
    figures, postfix = chosen.only.split(","), Postfix(os.environ.get("RUNDBRIEF_TEST_POSTFIX", ""))
    for name in [each for each in os.environ if each.startswith("RUNDBRIEF_")]:
        del os.environ[name]  # none of them may lead to a database or a relay that somebody works with
    with tempfile.TemporaryDirectory(prefix="rundbrief-bench-") as folder:
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        _measure(chosen, figures, postfix, Path(folder))


def _measure(chosen: Namespace, figures: list[str], postfix: Postfix, folder: Path) -> None:
    large = Workspace(folder / "large", chosen.letters)
    small = Workspace(folder / "small", SMALL) if chosen.letters > SMALL else large
    message = folder / "message.eml"
    message.write_bytes(large.message().replace(b"\r\n", b"\n"))
    ours = (0.0, 0.0)
    if "rate" in figures and postfix:
        ours = rate(large, postfix, message, chosen.rounds)
    elif "rate" in figures:
        print("smtp-source and smtp-sink are not here: no figure `rate`", file=sys.stderr)
    if "distance" in figures:
        distance(small, postfix, message)
    if "memory" in figures:
        memory(small, large)
    if "kill" in figures:
        kill(large, folder / "names.txt")
    if chosen.peers and ours[0]:  # they are compared to the figure `rate`
        from sending.peers import compare

        for figure in compare(postfix, folder, large, ours):
            say(**figure)


def rate(workspace: Workspace, postfix: Postfix, message: Path, rounds: int) -> tuple[float, float]:
    """Against smtp-source, both to a fresh smtp-sink, in turn; our microseconds and letters per second."""
    letters, sources = workspace.people, list[Run]()
    looped, plain = list[dict[str, Any]](), list[dict[str, Any]]()
    for _ in range(rounds):
        with postfix.running_sink() as port:
            sources.append(postfix.send(port, letters, CONNECTIONS, message))
        for runs, options in ((looped, ()), (plain, ("--plain",))):
            with postfix.running_sink() as port:
                runs.append(_send(workspace, port, CONNECTIONS, *options))
    theirs = median(each.cpu for each in sources) / letters * 1e6
    speed = median(letters / each.seconds for each in sources)
    shared = {"letters": letters, "octets": message.stat().st_size, "rounds": rounds}
    for name, runs in (("rate", looped), ("rate_plain_asyncio", plain)):
        mine = median(letters / each["s"] for each in runs)
        say(name, **shared, per_s=mine, smtp_source_per_s=speed, ratio=mine / speed)
    for name, runs in (("cpu_plain_asyncio", plain), ("cpu", looped)):
        cost = median(each["cpu"] for each in runs) / letters * 1e6
        begin = median(each["start_cpu"] for each in runs)
        say(name, **shared, us=cost, smtp_source_us=theirs, ratio=theirs / cost, start_cpu_s=begin)
    return cost, median(letters / each["s"] for each in looped)


def distance(workspace: Workspace, postfix: Postfix, message: Path) -> None:
    """A round trip of 20 ms and ten connections, against one round trip for each letter."""
    with own_sink(delay=DELAY) as sink:
        _send(workspace, sink.port, FEW)
    mine, theory = _speed(sink), FEW / DELAY
    figure = {"letters": workspace.people, "per_s": mine, "theory_per_s": theory, "ratio": mine / theory}
    if postfix:
        with own_sink(delay=DELAY) as sink:
            postfix.send(sink.port, min(workspace.people, SHORT), FEW, message)
        figure["smtp_source_per_s"] = _speed(sink)
    say("distance_20_ms", **figure)


def memory(small: Workspace, large: Workspace) -> None:
    """The most memory for a few and for all, over a sink of our own; what a letter costs there."""
    peaks = []
    for workspace in (small, large):
        with own_sink() as sink:
            done = _send(workspace, sink.port, FEW)
        peaks.append(done["mb"])
    growth = {"mb": peaks[1], "mb_small": peaks[0], "growth_mb": peaks[1] - peaks[0]}
    say("memory", letters=large.people, letters_small=small.people, **growth, ratio=peaks[0] / peaks[1])
    cpu = done["cpu"] / large.people * 1e6
    say("own_sink", letters=large.people, per_s=large.people / done["s"], us=cpu, steady_per_s=_speed(sink))


def kill(workspace: Workspace, names: Path) -> None:
    """kill -9 on the way, several times: who got it twice, who not, who is in doubt, how soon it goes on."""
    key, letters = workspace.plan(), workspace.people
    every, firsts, kills = min(KILL_EVERY, letters // (KILLS + 1)), [], 0
    with own_sink(names=names) as sink:
        workspace.set_relay(sink.port, FEW)
        for _ in range(KILLS):
            firsts.append(_until(sink, workspace, every))
            kills += 1
        sink.tell(1)
        began = time.monotonic()
        with started(workspace.run_command()) as sender:
            firsts.append(sink.told()["at"] - began)
            sender.wait(PATIENCE + letters / SLOWEST)
    arrived = names.read_text().split()
    report = workspace.report(key)
    doubtful = {each["address"] for each in report["in_doubt"]}
    everybody = {f"person.{number}@example.org" for number in range(letters)}
    say("first_letter", subscribers=letters, s=firsts[0], goal_s=1.0, ratio=1.0 / firsts[0])
    again = median(firsts[1:])
    say("resume", subscribers=letters, s=again, goal_s=1.0, ratio=1.0 / again, all_s=firsts[1:])
    say(
        "kill",
        letters=letters,
        kills=kills,
        twice=len(arrived) - len(set(arrived)),
        lost=len(everybody - set(arrived) - doubtful),
        in_doubt=len(doubtful),
        in_doubt_arrived=len(doubtful & set(arrived)),
        bound=2 * FEW * kills,
        state=report["state"],
    )


def _until(sink: Sink, workspace: Workspace, letters: int) -> float:
    """Start a sender, kill it after so many letters; the seconds to its first one."""
    sink.tell(1)
    began = time.monotonic()
    with started(workspace.run_command()):
        first = sink.told()
        sink.tell(max(letters - 1, 1))
        sink.told()
    seconds: float = first["at"] - began
    return seconds


def _send(workspace: Workspace, port: int, connections: int, *options: str) -> dict[str, Any]:
    """A new mailing to everybody; what the clocks say. RuntimeError if a letter is missing."""
    workspace.plan()
    workspace.set_relay(port, connections)
    done: dict[str, Any] = json.loads(run(workspace.worker_command(*options), workspace.people).printed)
    if done["counts"] != {"sent": workspace.people}:
        raise RuntimeError(f"of {workspace.people} letters: {done['counts']}")
    return done


def _speed(sink: Sink) -> float:
    """Letters per second between the first and the last."""
    seconds: float = sink.total["last"] - sink.total["first"]
    count: int = sink.total["count"]
    return (count - 1) / max(seconds, 1e-9)


def say(figure: str, **values: Any) -> None:
    """One line, with the load of the machine beside it."""
    values["load"] = os.getloadavg()[0]
    rounded = {name: _short(value) for name, value in values.items()}
    print(json.dumps({"figure": figure, **rounded}), flush=True)


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(each) for each in value]
    if not isinstance(value, float):
        return value
    return round(value, 3 if abs(value) < 10 else 1)


if __name__ == "__main__":
    main()
