"""The unsubscribe page over a real connection: who looks changes nothing, who acts has left."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer import shipped
from mailer.web.public import BODY_BYTES, Leaving, Letterhead, make_app
from mailer.web.wording import ENGLISH, GERMAN

ONE_CLICK = b"List-Unsubscribe=One-Click"
URLENCODED = {"Content_Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content_Type": "multipart/form-data; boundary=grenze"}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def part(name: str, value: str, *, file: bool = False) -> bytes:
    more = '; filename="a.txt"' if file else ""
    return (
        f'--grenze\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n--grenze--\r\n'
    ).encode()


@dataclass
class Book:
    """A small address book: tokens and states; remembers who asked to leave."""

    newsletters: dict[str, str]
    languages: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def find(self, token: str) -> Leaving | None:
        if token == "defekt":
            raise OSError("the address book is gone")
        if token not in self.newsletters:
            return None
        state = self.states.get(token, "active")
        return Leaving(self.newsletters[token], state, self.languages.get(token, ""))

    def leave(self, token: str) -> None:
        self.left.append(token)
        self.states[token] = "unsubscribed"


LETTERHEADS = {
    "kammer": Letterhead("Kammerbrief", "Kammer Musterland", ("Musterweg 1, 12345 Musterstadt",), "de"),
    "letter": Letterhead("Crafts & <Co>", "Chamber of Musterland", (), "en"),
}


@pytest.fixture
def book() -> Book:
    return Book({"ada": "kammer", "bob": "letter", "carla": "kammer", "alt": "gone"}, {"carla": "en-GB"})


def letter(newsletter: str, issue: str, variant: str) -> str | None:
    return "<h1>Der Brief</h1>" if (newsletter, issue, variant) == ("kammer", "2025-10", "standard") else None


@pytest.fixture
def site(serve: Callable, book: Book) -> Iterator:
    return serve(make_app(find=book.find, leave=book.leave, letter=letter, names=LETTERHEADS))


def test_looking_shows_one_button_and_changes_nothing(site, book):
    answer = site.ask("GET", "/u/ada")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="de">' in answer.text
    assert answer.text.count("<h1>") == 1
    assert "<h1>„Kammerbrief“ abbestellen</h1>" in answer.text
    assert answer.text.count("<button") == 1
    assert '<button name="List-Unsubscribe" value="One-Click">Jetzt abmelden</button>' in answer.text
    assert "Musterweg 1, 12345 Musterstadt" in answer.text
    assert book.left == []


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_inert(site, book, method):
    answer = site.ask(method, "/u/ada", ONE_CLICK if method in {"PUT", "PATCH"} else None, **URLENCODED)

    assert answer.status == (200 if method == "HEAD" else 405)
    assert book.left == []


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (URLENCODED, ONE_CLICK),
        (URLENCODED, ONE_CLICK + b"\r\n"),
        ({"Content_Type": "application/x-www-form-urlencoded; charset=UTF-8"}, b"a=b&" + ONE_CLICK),
        (MULTIPART, part("List-Unsubscribe", "One-Click")),
    ],
)
def test_one_click_leaves_without_redirect_or_cookie_and_twice_is_once(site, book, headers, body):
    first = site.ask("POST", "/u/ada", body, **headers)
    second = site.ask("POST", "/u/ada", body, **headers)

    assert (first.status, second.status) == (200, 200)
    assert first.text == second.text
    assert "<h1>Sie sind abgemeldet</h1>" in first.text
    assert first.headers["Location"] is None
    assert first.headers["Set-Cookie"] is None
    assert book.states == {"ada": "unsubscribed"}
    assert "<h1>Sie sind bereits abgemeldet</h1>" in site.ask("GET", "/u/ada").text


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (URLENCODED, b""),
        ({}, b""),
        (URLENCODED, b"List-Unsubscribe=Nein"),
        (URLENCODED, b"list=One-Click"),
        ({"Content_Type": "text/plain"}, ONE_CLICK),
        (MULTIPART, b""),
        (MULTIPART, b"keine Grenze"),
        (MULTIPART, part("List-Unsubscribe", "One-Click", file=True)),
        ({"Content_Type": "multipart/form-data"}, part("List-Unsubscribe", "One-Click")),
    ],
)
def test_a_post_that_does_not_say_one_click_shows_the_page_again(site, book, headers, body):
    answer = site.ask("POST", "/u/ada", body, **headers)

    assert answer.status == 200
    assert "Jetzt abmelden" in answer.text
    assert book.left == []


@pytest.mark.parametrize("path", ["/u/niemand", "/u/", "/u", "/", "/u/ada/b", "/u/..%2fada", "/admin"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_is_unknown_gets_the_same_answer(site, book, method, path):
    answer = site.ask(method, path, ONE_CLICK if method == "POST" else None, **URLENCODED)

    assert answer.status == 404
    assert answer.text == site.ask("GET", "/u/jemand").text
    assert "Dieser Link ist nicht bekannt" in answer.text
    assert book.left == []


def test_a_slash_at_the_end_is_no_redirect(site, book):
    answer = site.ask("POST", "/u/ada/", ONE_CLICK, **URLENCODED)

    assert answer.status == 200
    assert book.left == ["ada"]


def test_a_large_body_is_refused(site, book):
    body = ONE_CLICK + b"&a=" + b"x" * BODY_BYTES

    assert site.ask("POST", "/u/ada", body, **URLENCODED).status == 413
    assert book.left == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/u/ada", 200), ("GET", "/u/x", 404), ("PUT", "/u/ada", 405), ("GET", "/u/defekt", 500)],
)
def test_every_answer_carries_the_same_guards(site, method, path, status):
    answer = site.ask(method, path)

    assert answer.status == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")


def test_our_own_fault_is_said_calmly(site):
    answer = site.ask("POST", "/u/defekt", ONE_CLICK, **URLENCODED)

    assert answer.status == 500
    assert "Das hat leider nicht geklappt" in answer.text
    assert "OSError" not in answer.text


@pytest.mark.parametrize(
    ("token", "language", "title"),
    [
        ("bob", "en", "Unsubscribe from “Crafts &amp; &lt;Co&gt;”"),
        ("carla", "en", "Unsubscribe from “Kammerbrief”"),
        ("alt", "de", "„Rundbrief“ abbestellen"),
    ],
)
def test_the_page_speaks_the_language_of_its_reader(site, token, language, title):
    answer = site.ask("GET", f"/u/{token}")

    assert f'<html lang="{language}">' in answer.text
    assert f"<h1>{title}</h1>" in answer.text


def test_pages_load_nothing_from_anywhere(site):
    pages = [site.ask("GET", f"/u/{token}").text for token in ("ada", "bob", "niemand")]

    assert [re.findall(r"(?:https?:)?//\w|<script|<img|<link|url\(", page) for page in pages] == [[], [], []]


def test_health(site):
    answer = site.ask("GET", "/health")

    assert (answer.status, answer.text) == (200, '{"status":"ok"}')


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text(min_size=1, max_size=60))
def test_no_forged_token_does_anything(site, book, token):
    path = "/u/" + quote(token, safe="")
    before = list(book.left)

    status = site.ask("POST", path, ONE_CLICK, **URLENCODED).status

    assert status == (404 if token.rstrip("/") not in {*book.newsletters, "defekt"} else status)
    assert book.left == before or token.rstrip("/") in book.newsletters


def test_both_languages_say_the_same_things():
    shape = {
        language: {
            kind: (
                bool(sheet.button),
                bool(sheet.note),
                sheet.done,
                len(sheet.paragraphs),
                str(sheet).count("{name}"),
            )
            for kind, sheet in sheets.items()
        }
        for language, sheets in (("de", GERMAN), ("en", ENGLISH))
    }

    assert shape["de"] == shape["en"]


PAIRS = [
    ("ink", "sheet"),
    ("ink", "paper"),
    ("ink", "tint"),
    ("soft", "sheet"),
    ("soft", "paper"),
    ("soft", "tint"),
    ("brand", "sheet"),
    ("accent", "sheet"),
    ("on-brand", "brand"),
    ("good", "good-tint"),
    ("warn", "warn-tint"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme, text, ground):
    css = (shipped.templates() / "web/tokens.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    tokens = dict(re.findall(r"--([\w-]+): (#\w{6})", light if scheme == "light" else dark))

    darker, lighter = sorted([_luminance(tokens[text]), _luminance(tokens[ground])])

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
