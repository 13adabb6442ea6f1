"""The inbox page's server: what it answers, what it refuses, and the one request that it sends itself."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from smtpclient import client

from mailer.web.faults import FAULTS
from mailer.web.inbox import FRAME_POLICY, make_inbox_app
from mailer.web.inbox_wording import PAGE, TEXTS
from mailer.web.views import VIEWS
from tests.web.serving import Answer, Site

TOKEN = "geheim"
HTML = (
    "<html><head><meta http-equiv=refresh content='0;url=https://example.org'></head><body>"
    "<script>alert(1)</script><img src=cid:bild><img src=https://example.org/p.gif><h1>Hallo</h1></body></html>"
)
LETTER = f"""Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r
List-Unsubscribe: <http://127.0.0.1:{{port}}/u/1?a=b>\r
List-Unsubscribe-Post: List-Unsubscribe=One-Click\r
Content-Type: multipart/related; boundary=b\r
\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
{HTML}\r
--b\r
Content-Type: image/png\r
Content-ID: <bild>\r
Content-Disposition: inline; filename="../../b\u00f6se\\".html"\r
\r
PNG\r
--b--\r
"""


class Page(Site):
    """The inbox, asked by its own paths."""

    def of(self, path: str, method: str = "GET", **headers: str) -> Answer:
        return self.ask(method, f"/{TOKEN}/inbox{path}", **headers)

    def told(self, path: str, method: str = "GET", **headers: str) -> dict:
        return json.loads(self.of(path, method, **headers).text)


@pytest.fixture
def page(serve: Callable, box) -> Page:
    return Page(serve(make_inbox_app(box.folder, token=TOKEN)).port)


@pytest.fixture
def leaver() -> Iterator[tuple[int, list[tuple[str, str, bytes]]]]:
    """A server that notes what it is asked; /away redirects."""
    asked: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, self.headers["Content-Type"], body))
            self.send_response(302 if "away" in self.path else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(b"<title>x</title><h1>Sie sind <b>abgemeldet</b></h1>")

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


def send(box, message: str = "Subject: x\r\n\r\nText\r\n", to: str = "ada@example.org") -> None:
    with client(box) as smtp:
        smtp.sendmail("brief@example.org", [to], message.encode())


def test_the_list_shows_the_newest_first_and_finds(page, box):
    assert page.told("/mails") == {"mails": [], "total": 0, "more": False}
    for n in range(60):
        send(box, f"Subject: Brief {n}\r\n\r\nx\r\n", f"p{n}@example.org")

    first = page.told("/mails")
    second = page.told(f"/mails?before={first['mails'][-1]['number']}")

    assert [row["number"] for row in first["mails"] + second["mails"]] == list(range(60, 0, -1))
    assert (first["total"], first["more"], second["more"]) == (60, True, False)
    assert [row["subject"] for row in page.told("/mails?q=p7@")["mails"]] == ["Brief 7"]


def test_a_mail_is_told_with_its_parts_and_what_its_header_offers(page, box):
    send(box, LETTER.format(port=9))

    told = page.told("/mails/1", Accept_Language="en-GB,en;q=0.9")

    assert (told["subject"], told["text"], told["has_html"], told["whole"]) == ("Grüße", None, True, True)
    assert told["remote"] == "1 picture lies on another server and is not loaded here."
    assert [(each["type"], each["role"]) for each in told["parts"]] == [
        ("text/html", "HTML part"),
        ("image/png", "embedded"),
    ]
    assert told["headers"][0] == {"name": "Subject", "value": "Grüße", "raw": " =?utf-8?q?Gr=C3=BC=C3=9Fe?="}
    assert told["leave"]["here"]
    assert told["leave"]["checks"][0] == {"tone": "good", "text": "List-Unsubscribe is there exactly once."}


def test_the_frame_holds_the_letter_and_may_do_nothing(page, box):
    send(box, LETTER.format(port=9))

    plain = page.of("/mails/1/html")
    without = page.of("/mails/1/html?view=noimages&scheme=dark")

    assert plain.headers["Content-Security-Policy"] == FRAME_POLICY
    assert "script" not in FRAME_POLICY.partition("default-src")[0]
    assert "src=data:image/png;base64," in plain.text
    assert "<img" not in without.text
    assert page.of("/mails/1/html?view=../x&scheme=dark").text == plain.text
    assert page.of("/mails/2/html").status == 404


@pytest.mark.parametrize(
    "piece", ["<img ", '<a x="', "<style>", "<!--[if mso]>", "<noscript><xml>", '<img ">']
)
def test_a_mail_built_to_take_long_is_shown_as_caught_only(page, box, piece):
    lines = "\r\n".join([piece * (900 // len(piece))] * 300)
    send(box, f"Content-Type: text/html\r\n\r\n{lines}\r\n")
    began = time.process_time()  # the server is a thread of this process

    shown = page.of("/mails/1/html?view=outlook&scheme=dark")
    caught = page.of("/mails/1/html")

    assert shown.text == TEXTS["untidy"][0]
    assert caught.text.replace("\r\n", "") == lines.replace("\r\n", "")
    assert time.process_time() - began < 3


def test_letters_of_our_own_are_shown_in_every_view(page, box):
    branches = "<!--[if mso]><b>Outlook</b><![endif]--><!--[if !mso]><!--><i>x</i><!--<![endif]-->"
    send(box, f"Content-Type: text/html\r\n\r\n<html><head></head><body>{branches}</body></html>\r\n")

    shown = {view: page.of(f"/mails/1/html?view={view}&scheme=light").text for view in VIEWS}

    assert "<b>Outlook</b>" in shown["outlook"]
    assert "<i>x</i>" not in shown["outlook"]
    assert all("<i>x</i>" in shown[view] for view in shown if view != "outlook")


def test_source_and_parts_are_only_ever_saved(page, box):
    send(box, LETTER.format(port=9))

    source, part = page.of("/mails/1/source"), page.of("/mails/1/parts/1")

    assert source.text.encode() == box.received()[0].file.read_bytes()
    assert source.headers["Content-Disposition"].startswith(
        'attachment; filename="000001-ada_example.org.eml"'
    )
    assert (part.text, part.headers["Content-Type"]) == ("PNG", "application/octet-stream")
    assert part.headers["Content-Disposition"].startswith('attachment; filename="b_se_.html"')
    assert part.headers["X-Content-Type-Options"] == "nosniff"
    assert page.of("/mails/1/parts/7").status == 404


@pytest.mark.parametrize(
    "number", ["0", "2", "-1", "01x", "9" * 15, "9" * 5000, "%2e%2e", "..%2f..%2fetc%2fpasswd", "%D9%A1"]
)
def test_an_unknown_mail_is_not_there(page, box, number):
    send(box)

    assert page.of(f"/mails/{number}").status in {404, 400}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(alphabet="./\\%2efcmailsndx10-", max_size=40))
def test_no_path_reads_another_file(page, box, path):
    (box.folder.parent / "geheim.eml").write_text("streng geheim")

    for below in (path, f"/mails/{path}", f"/mails/1/parts/{path}"):
        assert "streng geheim" not in page.of(below).text


def test_the_link_is_pressed_by_the_book_and_only_by_this_page(page, box, leaver):
    port, asked = leaver
    send(box, LETTER.format(port=port))

    refused = [
        page.of("/mails/1/leave").status,
        page.of("/mails/1/leave", "POST").status,
        page.of("/mails/1/leave", "POST", X_Rundbrief="1", Origin="http://example.org").status,
    ]
    assert (refused, asked) == ([405, 403, 403], [])
    told = page.told("/mails/1/leave", "POST", X_Rundbrief="1", Origin=f"http://127.0.0.1:{page.port}")

    assert asked == [("/u/1?a=b", "application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click")]
    assert (told["good"], told["status"]) == (True, 200)
    assert "„Sie sind abgemeldet“" in told["text"]


def test_what_came_of_a_press_is_said(page, box, leaver):
    port, asked = leaver
    send(box, LETTER.format(port=port).replace("/u/1", "/away"))
    send(box, LETTER.format(port=1))
    send(box, LETTER.format(port=9).replace("http://127.0.0.1:9", "https://example.org"))

    away = page.told("/mails/1/leave", "POST", X_Rundbrief="1")
    nobody = page.told("/mails/2/leave", "POST", X_Rundbrief="1")
    elsewhere = page.of("/mails/3/leave", "POST", X_Rundbrief="1")

    assert (away["good"], away["text"]) == (False, TEXTS["pressed_redirect"][0].format(status=302))
    assert (nobody["good"], nobody["status"]) == (False, 0)
    assert "Unter 127.0.0.1:1 antwortet niemand" in nobody["text"]
    assert elsewhere.status == 409
    assert len(asked) == 1


def test_clearing_takes_a_word_of_the_page(page, box):
    send(box)
    assert [page.of("/clear").status, page.of("/clear", "POST").status] == [405, 403]

    told = page.told("/clear", "POST", X_Rundbrief="1")
    send(box)

    assert told == {"text": "1 Brief ist gelöscht."}
    assert [row["number"] for row in page.told("/mails")["mails"]] == [2]


def test_the_page_speaks_both_languages_and_names_every_fault(page):
    german, english = page.of(""), page.of("", Accept_Language="en")

    assert '<html lang="de">' in german.text
    assert '<html lang="en">' in english.text
    assert all(f"<code>{name}@…</code>" in german.text for name in FAULTS)
    assert all(fault.says[1] in english.text for fault in FAULTS.values())
    assert "script-src 'self'" in german.headers["Content-Security-Policy"]


def test_every_word_is_there_in_both_languages():
    for name, (german, english) in {**PAGE, **TEXTS}.items():
        assert german, name
        assert english, name
        assert german.count("{") == english.count("{"), name


def test_a_foreign_name_and_a_wrong_token_get_nothing(page):
    assert page.of("", Host="example.org").status == 400
    assert page.ask("GET", "/inbox").status == 404
    assert page.ask("GET", "/falsch/inbox").status == 404
    assert page.ask("GET", f"/{TOKEN}/inbox/../../etc/passwd").status == 404


def test_the_stream_tells_each_mail(page, box):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=60)
    connection.request("GET", f"/{TOKEN}/inbox/events")
    stream = connection.getresponse()

    def told() -> str:
        while not (line := stream.readline().decode()).startswith("data:"):
            pass
        return line

    assert told() == "data: 0\n"
    send(box)
    assert told() == "data: 1\n"
    connection.close()


def test_the_page_works_before_anything_was_caught(serve, tmp_path: Path):
    page = Page(serve(make_inbox_app(tmp_path / "later", token=TOKEN)).port)

    assert page.told("/mails")["total"] == 0
    assert page.told("/clear", "POST", X_Rundbrief="1") == {"text": "Es war nichts zu löschen."}
