"""The studio's page in a real browser: what it shows, and what it complains of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from studiosite import KEY, TOKEN, StudioSite

from mailer.delivery import mailing
from mailer.web.server import LOOPBACK
from subscribers.rules import to_tree
from subscribers.segments import get_segment

WHEN = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
LINK = "[hier](https://www.handwerk-musterland.de/rat)"


@dataclass
class StudioPage:
    """One open page."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def letter(self, width: int) -> Any:
        return self.page.frame_locator(f"figure[data-width='{width}'] iframe")

    def heading(self, width: int = 640) -> Any:
        return self.letter(width).locator("h1")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)


def address(site: Any, fragment: str = "") -> str:
    return f"http://{LOOPBACK}:{site.port}/{TOKEN}/{fragment}"


@contextmanager
def looking(
    browser: Any,
    site: Any,
    fragment: str = "",
    *,
    width: int = 1440,
    height: int = 900,
    scheme: str = "light",
    locale: str = "de-DE",
    **context: Any,
) -> Iterator[StudioPage]:
    """The page, open; what a script throws or the browser refuses fails the test in the end."""
    opened = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale=locale,
        reduced_motion="reduce",
        **context,
    )
    page = StudioPage(opened.new_page())
    page.page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.page.on(
        "console",
        lambda said: "Content Security Policy" in said.text and page.complaints.append(said.text),
    )
    page.page.goto(address(site, fragment))
    yield page
    opened.close()
    assert page.complaints == [], page.complaints


def plan(studio: StudioSite, now: datetime) -> int:
    """A mailing of the small workspace's issue to everybody, not approved; its number."""
    with studio.office.engine.begin() as connection:
        rule = get_segment(connection, "all").rule
        return mailing.plan(
            connection,
            newsletter="rundbrief",
            issue=KEY,
            segment="all",
            rule=to_tree(rule),
            due_at=WHEN,
            by="test",
            now=now,
        )


def state(studio: StudioSite, number: int) -> str:
    with studio.office.engine.connect() as connection:
        return mailing.find(connection, str(number)).state
