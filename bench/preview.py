"""The studio: its start, drawing and checking an issue after a save, and how soon a browser shows the save.

The sample issue in a new workspace; the studio is a process of its own, the browser a headless Chromium.
What counts as shown is the second frame after the letter's heading changed in both widths.
"""

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.request import urlopen

from mailer.cli.desk import FolderDesk
from mailer.cli.office import Office
from mailer.cli.workspace import make_workspace

CHROMIUM = "/usr/bin/chromium"
KEY = "2025-10"
SAVES, WARM, PAUSE_SECONDS = 50, 5, 0.15
# The moment at which each heading was to be seen, by the clock of this machine.
WATCH = """() => {
  window.seen = {};
  const look = () => {
    const titles = [...document.querySelectorAll("iframe")].map(
      (frame) => frame.contentDocument?.querySelector("h1")?.textContent.trim());
    const title = titles[0];
    if (title && titles.every((each) => each === title) && !(title in window.seen)) {
      window.seen[title] = 0;
      requestAnimationFrame(() => { window.seen[title] = performance.timeOrigin + performance.now(); });
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="rundbrief-") as name:
        folder = Path(name) / "w"
        make_workspace(folder)
        save = _saver(folder / "issues" / KEY / "editorial.md")
        _print("studio_draw", _drawing(folder, save))
        config = str(folder / "config.toml")
        call = [sys.executable, "-m", "mailer", "--config", config, "preview", KEY, "--port", "0"]
        begun = time.perf_counter()
        with subprocess.Popen([*call, "--no-browser"], stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                address = process.stdout.readline().strip()
                _print("studio_start", _start(address, begun))
                _print("studio_save", _saving(address, save))
            finally:
                process.terminate()


def _saver(file: Path) -> Callable[[], tuple[str, float]]:
    """Saves the editorial with another headline; the headline, and the moment after the save."""
    text, numbers = file.read_text("utf-8"), count(1)
    title = next(line for line in text.splitlines() if line.startswith("title ="))

    def save() -> tuple[str, float]:
        headline = f"Am Werktisch ist noch Platz {next(numbers)}"
        file.write_text(text.replace(title, f'title = "{headline}"'), "utf-8")
        return headline, time.time() * 1000

    return save


def _drawing(folder: Path, save: Callable[[], object]) -> dict[str, Any]:
    """Reading, compiling and all checks without network, after each save; `cpu` is the work of both alone."""
    desk = FolderDesk(Office(str(folder / "config.toml")))
    times: dict[str, list[float]] = {"draw": [], "check": [], "both": [], "cpu": []}
    for number in range(SAVES + WARM):
        if number == WARM:  # as the command does when it has drawn the first issue
            gc.collect()
            gc.freeze()
        save()
        worked, begun = time.process_time(), time.perf_counter()
        drawn = desk.draw(KEY)
        drew = time.perf_counter()
        desk.check(drawn)
        checked = time.perf_counter()
        took = {"draw": drew - begun, "check": checked - drew, "both": checked - begun}
        for name, seconds in (took | {"cpu": time.process_time() - worked}).items():
            times[name].append(seconds * 1000)
    return {name: _figures(found[WARM:]) for name, found in times.items()}


def _start(address: str, begun: float) -> dict[str, Any]:
    """From the command to its address, to the page, and to the first issue drawn and checked."""
    base, figures = address.partition("#")[0], {"address_ms": _since(begun)}
    for name, path in (("page_ms", ""), ("issue_ms", f"issues/{KEY}")):
        with urlopen(base + path) as answer:
            answer.read()
        figures[name] = _since(begun)
    return figures


def _saving(address: str, save: Callable[[], tuple[str, float]]) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    times = []
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.frame_locator("iframe").first.locator("h1").wait_for()
        page.evaluate(WATCH)
        for _ in range(SAVES + WARM):
            time.sleep(PAUSE_SECONDS)
            headline, saved = save()
            page.wait_for_function("title => window.seen[title]", arg=headline, timeout=10_000)
            times.append(page.evaluate("title => window.seen[title]", headline) - saved)
        browser.close()
    return {"saves": SAVES, **_figures(times[WARM:])}


def _figures(times: list[float]) -> dict[str, float]:
    return {"median_ms": round(median(times), 1), "p95_ms": round(quantiles(times, n=20)[-1], 1)}


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000)


def _print(figure: str, values: dict[str, Any]) -> None:
    print(json.dumps({"figure": figure} | values), flush=True)


if __name__ == "__main__":
    main()
