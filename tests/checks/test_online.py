"""`--online`: pages are asked for at a server of this machine, with the manners of docs/checks.md."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mailer.checks.answers import check_answers, pages_of
from mailer.checks.pages import Manners, ask_pages, is_public, keep_answers, read_answers
from mailer.checks.surroundings import Answer
from tests.letters import HEAD, edition_of, make_issue

NOW = datetime(2025, 10, 7, 8, tzinfo=UTC)


class Server(ThreadingHTTPServer):
    """Answers by path, and remembers who asked for what, and how many asked at once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str]] = []
        self.agents: set[str] = set()
        self.robots = ""
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    @property
    def site(self) -> str:
        return f"http://localhost:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        with self.server.lock:
            self.server.asked.append((self.command, self.path))
            self.server.agents.add(self.headers["User-Agent"])
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        status, fields, body = self._what()
        with self.server.lock:
            self.server.at_once -= 1
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _what(self) -> tuple[int, dict[str, str], bytes]:
        kind, _, rest = self.path.lstrip("/").partition("/")
        if self.path == "/robots.txt":
            return (200, {}, self.server.robots.encode()) if self.server.robots else (404, {}, b"")
        if kind == "head-fails":
            return (405 if self.command == "HEAD" else 200), {}, b""
        if kind == "slow":
            time.sleep(1.2)
        if kind == "to":
            return 302, {"Location": rest}, b""
        if kind == "round":
            return 302, {"Location": "/round"}, b""
        return int(kind) if kind.isdigit() else 200, {}, b""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: Server, *paths: str, **manners: Any) -> dict[str, Answer]:
    usual = {"pause_seconds": 0, "timeout_seconds": 30, "may_ask": lambda host: host == "localhost"}
    found = ask_pages([f"{server.site}{path}" for path in paths], Manners(**usual | manners))
    return {url.removeprefix(server.site): answer for url, answer in found.items()}


@pytest.mark.parametrize(
    ("path", "status", "problem"),
    [
        ("/gut", 200, ""),
        ("/404", 404, ""),
        ("/503", 503, ""),
        ("/head-fails", 200, ""),
        ("/über?a=ü b", 200, ""),
        ("/to//gut", 200, ""),
        ("/to//404", 404, ""),
        ("/to/mailto:kim@example.org", 302, "it redirects to something that is no page"),
        ("/to/http://10.0.0.1/", 0, "it redirects to an address inside a network"),
        ("/to/https://[half", 0, "it redirects to something that is no page"),
        ("/round", 0, "it redirects again and again"),
    ],
)
def test_what_comes_back(server: Server, path: str, status: int, problem: str) -> None:
    answer = ask(server, path)[path]

    assert (answer.status, answer.problem) == (status, problem)


def test_a_head_is_asked_for_first_and_the_page_only_where_that_fails(server: Server) -> None:
    ask(server, "/gut", "/404")

    assert server.asked[1:] == [("HEAD", "/gut"), ("HEAD", "/404"), ("GET", "/404")]


def test_one_server_is_asked_one_thing_at_a_time_with_a_pause(server: Server) -> None:
    begin = time.monotonic()

    answers = ask(server, *(f"/seite/{number}" for number in range(5)), pause_seconds=0.05)

    assert {each.status for each in answers.values()} == {200}
    assert server.most_at_once == 1
    assert time.monotonic() - begin >= 0.25


def test_a_server_that_says_nothing_is_left_after_a_while(server: Server) -> None:
    answer = ask(server, "/slow", timeout_seconds=0.2)["/slow"]

    assert (answer.status, answer.problem) == (0, "time-out")


def test_no_time_left_is_told(server: Server) -> None:
    answer = ask(server, "/gut", together_seconds=-1)["/gut"]

    assert (answer.status, answer.problem) == (0, "there was no time left")


def test_the_program_says_who_it_is(server: Server) -> None:
    ask(server, "/gut", contact="https://brief.example.org")

    (agent,) = server.agents
    assert agent.startswith("rundbrief-link-check/")
    assert "+https://brief.example.org" in agent


def test_robots_txt_is_kept_to(server: Server) -> None:
    server.robots = "User-agent: *\nDisallow: /innen\n"

    answers = ask(server, "/innen/1", "/gut")

    assert answers["/innen/1"].problem == "robots"
    assert ("HEAD", "/innen/1") not in server.asked
    assert answers["/gut"].status == 200


def test_a_host_that_is_not_there_is_told() -> None:
    page = "https://gibt-es-nicht.invalid/"

    answer = ask_pages([page], Manners(pause_seconds=0, timeout_seconds=30, may_ask=lambda _: True))[page]

    assert (answer.status, bool(answer.problem)) == (0, True)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "10.1.2.3", "intranet", "server.lan", "::1", "192.168.0.1"]
)
def test_what_stands_inside_is_never_asked(host: str) -> None:
    assert not is_public(host)
    target = f"http://[{host}]/" if ":" in host else f"http://{host}/"
    assert ask_pages([target], Manners(pause_seconds=0)) == {}


def test_links_that_end_a_subscription_are_not_among_the_pages() -> None:
    body = "[Seite](https://www.example.com/a), [Post](mailto:kim@example.org), [Innen](https://intranet/a)"
    edition = edition_of(
        make_issue(body=body), replace(HEAD, web_base="https://brief.example.org/w/rundbrief")
    )

    pages = pages_of(edition, "https://brief.example.org")

    assert "https://www.example.com/a" in pages
    assert [
        each for each in pages if "slot" in each or "brief.example.org" in each or "intranet" in each
    ] == []


def test_what_is_there_is_remembered_for_a_day_and_what_is_not_is_asked_again(tmp_path: Path) -> None:
    file = tmp_path / "var" / "links.json"
    good, bad = Answer(200, "https://a.example/"), Answer(503, "https://b.example/")

    keep_answers(file, {"https://a.example/": good, "https://b.example/": bad}, NOW)
    keep_answers(file, {"https://a.example/": good}, NOW + timedelta(hours=12))

    assert read_answers(file, NOW + timedelta(hours=23)) == {"https://a.example/": good}
    assert read_answers(file, NOW + timedelta(hours=24)) == {}
    assert read_answers(file, NOW - timedelta(hours=1)) == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"https://a.example/": 1}', '{"https://a.example/": {"at": 1}}']
)
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, text: str) -> None:
    file = tmp_path / "links.json"
    file.write_text(text, "utf-8")

    assert read_answers(file, NOW) == {}
    keep_answers(file, {"https://a.example/": Answer(200, "https://a.example/")}, NOW)

    assert list(read_answers(file, NOW)) == ["https://a.example/"]


def test_a_finding_stands_at_the_line_of_its_link() -> None:
    made = make_issue(body="ein Absatz\n\n[Seite](https://www.example.com/a) mit Wörtern")

    (found,) = check_answers(made, edition_of(made), {"https://www.example.com/a": Answer(404, "")})

    assert (found.rule, found.place) == ("link.gone", "issues/2025-10/editorial.md:14")
