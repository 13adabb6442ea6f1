"""A real browser for tests that look at a letter the way a mail program shows it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

# The same engine of the same package; without the window that Chromium draws for nobody, a page opens in a
# fifth of the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# `runBriefly` is `axe.run` with all its rules; what passes is told by one element for each rule. To find a
# selector for each of the others would take longer than to look at them.
BRIEF = """window.runBriefly = (options = {}) =>
  axe.run(document, {resultTypes: ['violations', 'incomplete'], ...options});"""
# Costs nothing when all is well: a machine that others use as well draws a page late.
PATIENCE_MILLISECONDS = 30_000
NEEDS_CHROMIUM = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium")


@contextmanager
def open_browser() -> Iterator[Any]:
    """A browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    sync_api.expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def open_offline() -> Iterator[Any]:
    """A browser's context that asks the network for nothing."""
    with open_browser() as browser:
        context = browser.new_context(offline=True)
        yield context
        context.close()


def read_axe() -> str:
    """The script of axe-core, for `page.evaluate`; of what passes it need not describe each element."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    script = (Path(found.origin).parent / "axe.min.js").read_text("utf-8")
    return f"{script}; {BRIEF}"
