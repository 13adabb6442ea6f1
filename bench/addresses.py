"""A long list into the address book, against a bare csv.reader into sqlite3, in the same run.

Takes the number of rows (100,000 unless given). Prints JSON lines: seconds of whole processes, the ratio
(higher is better for us), the most memory of our processes added up, how long another writer waited, a count
and one person after that.
"""

import csv
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

DEFAULT, FIRMS = 100_000, 5_000
EVERY = 0.02  # seconds between the writes of the other process
HEADER = (
    *(
        "Anrede",
        "Titel",
        "Vorname",
        "Nachname",
        "Firma",
        "PLZ",
        "Ort",
        "Kreis",
        "Gewerk",
        "Funktion",
        "E-Mail",
    ),
    *("Quelle", "Einwilligung am", "Einwilligungstext"),
)
WORDING = "Ja, ich möchte den monatlichen Rundbrief der Handwerkskammer Musterland per E-Mail erhalten."
FIRST = ("Aylin", "Birgit", "Clara", "Dörte", "Elif", "Greta", "Hülya", "Jördis", "Katrin", "Nele", "Özlem")
LAST = ("Ahlers", "Bäumer", "Çelik", "Dreesen", "Hövelmann", "Jäckel", "Köster", "Nüßlein", "Tönnies")
TRADES = ("Tischler", "Maler", "Bäcker", "Friseur", "Elektrotechniker", "Dachdecker", "Maurer")
PLACES = (
    ("33330", "Gütersloh", "Kreis Gütersloh"),
    ("48565", "Steinfurt", "Kreis Steinfurt"),
    ("52062", "Aachen", "Städteregion Aachen"),
    ("50667", "Köln", "Köln"),
    ("47533", "Kleve", "Kreis Kleve"),
)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    with tempfile.TemporaryDirectory() as folder:
        people = Path(folder) / "people.csv"
        write_people(people, rows)
        bare, _ = measured([sys.executable, __file__, "--bare", str(people)])
        first, second = workspace(Path(folder) / "one"), workspace(Path(folder) / "two")
        ours, memory = measured([*first, "subscribers", "import", str(people), "--apply", "--json"])
        figure = {"figure": "import", "rows": rows, "s": round(ours, 2), "bare_s": round(bare, 2)}
        print(json.dumps(figure | {"ratio": round(bare / ours, 2), "mb": memory}), flush=True)
        waits = watched(
            [*second, "subscribers", "import", str(people), "--apply", "--json"], Path(folder) / "two"
        )
        print(json.dumps({"figure": "import, another writer", "rows": rows} | waits), flush=True)
        rule = "kreis = Köln and gewerk in (Tischler, Maler)"
        count, _ = measured([*first, "segments", "count", rule, "--json"])
        print(json.dumps({"figure": "count, whole process", "rows": rows, "s": round(count, 3)}))
        show = min(measured([*first, "subscribers", "show", address(rows // 2)])[0] for _ in range(5))
        print(json.dumps({"figure": "show, whole process", "rows": rows, "s": round(show, 3)}))


def write_people(path: Path, rows: int) -> None:
    """Invented people, their addresses in no order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        step = next(prime for prime in (7919, 7907, 7901) if rows % prime)
        for number in (at * step % rows for at in range(rows)):
            last, place = LAST[number * 7 % len(LAST)], PLACES[number % len(PLACES)]
            firm = f"{last} & Töchter" if number % 3 == 0 else ""
            day = f"{1 + number % 28:02}.{1 + number % 12:02}.{2019 + number % 6}"
            name = ("Frau", "Dr." if number % 17 == 0 else "", FIRST[number % len(FIRST)], last)
            proof = ("Anmeldeformular", day, WORDING)
            writer.writerow((*name, firm, *place, TRADES[number % len(TRADES)], "", address(number), *proof))


def address(number: int) -> str:
    return f"person.{number}@betrieb{number % FIRMS}.example.org"


def workspace(folder: Path) -> list[str]:
    """The command line in a new workspace of its own."""
    command = [sys.executable, "-m", "mailer"]
    subprocess.run([*command, "init", str(folder)], check=True, capture_output=True)
    ready = [*command, "--config", str(folder / "config.toml")]
    subprocess.run([*ready, "subscribers", "list", "--json"], check=True, capture_output=True)
    return ready


def measured(command: list[str]) -> tuple[float, int]:
    """Seconds of a process; megabytes of it and its helpers, the most of each added up."""
    began, peaks, over = time.perf_counter(), dict[int, int](), threading.Event()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watch = threading.Thread(target=watch_memory, args=(child.pid, peaks, over))
    watch.start()
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - began
    over.set()
    watch.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command} ended with {child.returncode}")
    return took, max(usage.ru_maxrss, sum(peaks.values())) >> 10


def watch_memory(process: int, peaks: dict[int, int], over: threading.Event) -> None:
    """The most memory so far of a process and of those that it started, in kilobytes, on Linux."""
    while not over.wait(EVERY):
        try:
            helpers = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
            for one in (process, *map(int, helpers)):
                status = Path(f"/proc/{one}/status").read_text(encoding="utf-8")
                peaks[one] = int(status.partition("VmHWM:")[2].split()[0])
        except (OSError, IndexError):
            continue  # one of them is just ending


def watched(command: list[str], folder: Path) -> dict[str, float]:
    """How long short writes of another process take while a command runs."""
    database = next(folder.rglob("*.db"))
    stop = folder / "stop"
    writer = [sys.executable, __file__, "--writer", str(database), str(stop)]
    with subprocess.Popen(writer, stdout=subprocess.PIPE, text=True) as other:
        took, _ = measured(command)
        stop.touch()
        answer, _ = other.communicate()
    return {"s": round(took, 2), **json.loads(answer)}


def write_often(database: str, stop: str) -> None:
    """The other process: one short transaction after the other, each as durable as those of a letter."""
    from subscribers.database import open_database
    from subscribers.schema import stamp

    engine, waits = open_database(f"sqlite:///{database}"), []
    while not Path(stop).exists():
        began = time.perf_counter()
        with engine.begin() as connection:
            connection.execute(stamp.update().where(stamp.c.name == "none").values(value="x"))
            connection.exec_driver_sql(
                "INSERT INTO stamp VALUES ('bench', 'x') ON CONFLICT DO UPDATE SET value = 'y'"
            )
        waits.append(time.perf_counter() - began)
        time.sleep(EVERY)
    waits.sort()
    figures = {
        "longest_ms": waits[-1],
        "p99_ms": waits[len(waits) * 99 // 100],
        "median_ms": waits[len(waits) // 2],
    }
    print(
        json.dumps({"writes": len(waits)} | {name: round(wait * 1000, 1) for name, wait in figures.items()})
    )


def take_in_barely(people: str) -> None:
    """The yardstick: no checks, no consent, one table, one transaction."""
    with Path(people).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        names = ", ".join(f'"{name}" TEXT' for name in next(rows))
        connection = sqlite3.connect(f"{people}.db")
        connection.execute(f"CREATE TABLE people ({names})")
        connection.execute('CREATE UNIQUE INDEX one ON people ("E-Mail")')
        marks = ", ".join("?" * len(HEADER))
        connection.executemany(f"INSERT OR IGNORE INTO people VALUES ({marks})", rows)
        connection.commit()
        connection.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--writer"]:
        write_often(*sys.argv[2:])
    elif sys.argv[1:2] == ["--bare"]:
        take_in_barely(sys.argv[2])
    else:
        main()
