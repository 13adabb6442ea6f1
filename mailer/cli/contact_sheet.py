"""The contact sheet: one picture of one page, drawn by the Chromium of this machine, if there is one."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

PATIENCE_SECONDS = 60.0
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_TALLEST = 16_000  # pixels; a taller picture the browser does not draw
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-sync",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # it draws files, and asks no other machine
    "--force-device-scale-factor=1",
    "--blink-settings=preferredColorScheme=1",
)


def draw_sheet(page: Path, picture: Path, size: tuple[int, int]) -> str:
    """Draw a page as a picture of this size. Empty when it is there, else a sentence that says why not."""
    browser = find_browser()
    if browser is None:
        return "No contact sheet: there is no Chromium on this machine."
    if size[1] > _TALLEST:
        return "No contact sheet: there are more variants than fit into one picture."
    with tempfile.TemporaryDirectory(prefix="rundbrief-", ignore_cleanup_errors=True) as own:
        command = [
            browser,
            *_OPTIONS,
            *(["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []),
            f"--user-data-dir={own}",
            f"--window-size={size[0]},{size[1]}",
            f"--screenshot={picture.resolve()}",
            page.resolve().as_uri(),
        ]
        ended = _run(command)
    if ended == 0 and picture.is_file():
        return ""
    picture.unlink(missing_ok=True)
    took = f"took longer than {PATIENCE_SECONDS:.0f} s" if ended is None else f"ended with {ended}"
    return f"No contact sheet: {Path(browser).name} {took}."


def find_browser() -> str | None:
    """A Chromium or a relative of it."""
    found = (shutil.which(name) for name in _NAMES)
    return next(filter(None, found), None) or next((each for each in _PLACES if Path(each).is_file()), None)


def _run(command: list[str]) -> int | None:
    """The exit code of a browser; None when it was ended, with all its processes, for being too slow."""
    try:
        with subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                return process.wait(PATIENCE_SECONDS)
            except BaseException as error:
                _end(process)
                if isinstance(error, subprocess.TimeoutExpired):
                    return None
                raise
    except OSError as error:
        return error.errno or 1


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
