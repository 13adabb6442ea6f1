"""Checks of the compiled letter: size, links, and that HTML and text say the same."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from mailer.checks.finding import Finding
from mailer.compose.rendering import Variant
from mailer.content.links import bare, to_readable

CLIPPED = 102 * 1024  # bytes of HTML from which on Gmail hides the rest
NEAR = 80 * 1024
VAGUE = {
    *("hier", "hier klicken", "klicken sie hier", "klick hier", "mehr", "mehr erfahren", "mehr lesen"),
    *(
        "mehr infos",
        "mehr informationen",
        "weiter",
        "weiterlesen",
        "details",
        "zum artikel",
        "link",
        "dieser link",
    ),
    *("here", "click here", "click", "more", "read more", "learn more", "more information", "continue"),
    *("this link", "this page", "find out more"),
}


def check_letter(
    variant: Variant, issue: str, image_base_url: str = "", web_base: str = ""
) -> Iterator[Finding]:
    """Findings in one variant as it will be sent.

    Pictures may be loaded from `image_base_url` alone. The link to the web version below `web_base` is as
    good as the workspace's public address, which is checked with config.toml.
    """
    place = f"issues/{issue}, variant {variant.key}"
    reader = _Reader()
    reader.feed(variant.html)
    yield from _size(variant, place)
    for target, words in reader.links:
        if not web_base or not target.startswith(f"{web_base}/"):
            yield from _link(target, words, place, variant)
        if target.startswith(("http", "mailto:")) and not _said(target, variant.text):
            message = f"The text part does not have the link {target}."
            yield Finding("letter.text_links", "error", place, message, "Add it to templates/letter.txt.")
    for source in reader.pictures:
        hosted = image_base_url and source.startswith(f"{image_base_url.rstrip('/')}/")
        if not hosted and not source.startswith("cid:"):
            message = f"The picture {source} would be loaded from elsewhere."
            yield Finding(
                "letter.remote_picture", "error", place, message, "Put the file into the issue's folder."
            )
    if reader.headings != 1:
        message = f"The letter has {reader.headings} headings of the first level; screen readers expect one."
        yield Finding("letter.h1", "error", place, message, "Keep one <h1> in the template.")


def _size(variant: Variant, place: str) -> Iterator[Finding]:
    size = len(variant.html.encode())
    if size > NEAR:
        severity = "error" if size > CLIPPED else "warning"
        message = f"The HTML has {size / 1024:.0f} KB; Gmail hides what is over 102 KB."
        yield Finding("letter.size", severity, place, message, "Take cards out or shorten the text.")


def _link(target: str, words: str, place: str, variant: Variant) -> Iterator[Finding]:
    if variant.mark in target:
        return  # a slot: filled per person
    if not _works(target):
        message = f"{target!r} is no link that works in a mail."
        yield Finding("letter.link", "error", place, message, "Use https:, mailto: or tel:.")
    if not words:
        message = f"The link to {target} has no words; a screen reader reads out the address."
        yield Finding("letter.link_text", "error", place, message, "Give it words or an alternative text.")
    elif words.casefold().strip(" .…!»") in VAGUE:
        message = f"The link text “{words}” does not say where it leads."
        yield Finding(
            "letter.link_text", "warning", place, message, "Say what is there: “So läuft das Verfahren ab”."
        )


def _said(target: str, text: str) -> bool:
    """The text part shows an address as people write it: umlauts readable, without its scheme."""
    return any(each in text for each in (target, to_readable(target))) or (
        bare(target).casefold() in text.casefold()
    )


def _works(target: str) -> bool:
    try:
        parts = urlsplit(target)
    except ValueError:  # such as "https://[half"
        return False
    return bool(parts.netloc if parts.scheme == "https" else parts.scheme in {"mailto", "tel"} and parts.path)


class _Reader(HTMLParser):
    """Collects links with their words, pictures and first-level headings."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.pictures: list[str] = []
        self.headings = 0
        self._open: list[str] | None = None
        self._target = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._open, self._target = [], given.get("href") or ""
        elif tag == "img":
            self.pictures.append(given.get("src") or "")
            if self._open is not None:
                self._open.append(given.get("alt") or "")
        elif tag == "h1":
            self.headings += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.links.append((self._target, " ".join("".join(self._open).split())))
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)
