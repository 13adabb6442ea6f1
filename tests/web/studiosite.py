"""A small workspace behind the real studio, asked over HTTP."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.cli.desk import FolderDesk
from mailer.cli.office import Office
from mailer.web.preview import make_app
from mailer.web.server import LOOPBACK
from tests.small_workspace import make_office, remove_database
from tests.web.serving import Site

TOKEN = "geheim"
KEY = "2025-10"
CARDS = """
[[highlights]]
kind = "Förderung"
title = "Die Prämie für Betriebe"
teaser = "Die Kammer zahlt einen Teil der Kosten."
label = "Zur Prämie für Betriebe"
url = "https://www.handwerk-musterland.de/praemie"
source = "https://www.handwerk-musterland.de/praemie"
checked_on = 2026-11-01
only_for = "gewerk = Maler"

[[highlights]]
kind = "Termin"
title = "Sprechstunde im November"
teaser = "Eine Stunde für alle Fragen."
label = "Zur Sprechstunde im November"
url = "https://www.handwerk-musterland.de/sprechstunde"
source = "https://www.handwerk-musterland.de/sprechstunde"
checked_on = 2026-11-01
"""


@dataclass
class StudioSite:
    """The running studio and its workspace."""

    site: Any
    office: Office
    folder: Path
    desk: FolderDesk

    @property
    def editorial(self) -> Path:
        return self.folder / "issues" / KEY / "editorial.md"

    def write(self, old: str, new: str) -> None:
        """Save the editorial with other words."""
        before = self.editorial.read_text("utf-8")
        assert old in before
        self.editorial.write_text(before.replace(old, new), "utf-8")

    def add_cards(self) -> None:
        (self.folder / "issues" / KEY / "highlights.toml").write_text(CARDS, "utf-8")

    def ask(self, path: str, method: str = "GET", **headers: str) -> Any:
        return self.site.ask(method, f"/{TOKEN}/{path}", **headers)

    def json(self, path: str = f"issues/{KEY}", **headers: str) -> Any:
        answer = self.ask(path, **headers)
        assert answer.status == 200, answer.text
        return json.loads(answer.text)

    def approve(self, call: object, **headers: str) -> tuple[int, Any]:
        """POST an approval from the page; status and answer."""
        sent = {"X_Rundbrief": "1", "Origin": f"http://{LOOPBACK}:{self.site.port}"} | headers
        kept = {name: value for name, value in sent.items() if value}
        body = call if isinstance(call, bytes) else json.dumps(call).encode()
        answer = self.site.ask("POST", f"/{TOKEN}/issues/{KEY}/approve", body, **kept)
        return answer.status, json.loads(answer.text) if answer.text.startswith("{") else answer.text


@contextmanager
def open_studio(serve: Callable, folder: Path, *, database: bool, **more: Any) -> Iterator[StudioSite]:
    """The studio of a new workspace, with an empty address book or without any."""
    office = make_office(folder)
    if not database:
        remove_database(office)
    desk = FolderDesk(office)
    yield StudioSite(serve(make_app(desk, token=TOKEN, **more)), office, folder, desk)
    desk.close()
    if "engine" in vars(office):
        office.engine.dispose()


def open_events(port: int, path: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """The stream, once the files are watched; that begins right after its first line is out."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    read_until(response, b"event: ready")
    read_until(response, b"\n")
    # What is asked after that line is answered after the watcher has begun.
    assert Site(port).ask("GET", path.removesuffix("events") + "views").status == 200
    return connection, response


def read_until(response: http.client.HTTPResponse, wanted: bytes) -> bytes:
    for line in response:
        if line.startswith(wanted):
            return line
    raise AssertionError(f"the stream ended before {wanted!r}")


def wait_for(found: Callable[[], Any], seconds: float = 30) -> Any:
    limit = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < limit:
        time.sleep(0.02)
    return value
