"""Checks of the compiled letter: size, links, and that HTML and text say the same."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mailer.checks.document import Node
from mailer.checks.finding import Finding
from mailer.checks.reading import read
from mailer.compose.rendering import Edition, Variant
from mailer.content.links import bare, to_readable

CLIPPED = 102 * 1024  # bytes of HTML from which on Gmail hides the rest
NEAR = 80 * 1024
HEAVY, REFUSED = 1536 * 1024, 10 * 1024 * 1024  # bytes of the whole message
_BASE64, _QUOTED = 1.37, 1.08  # what the encodings add (RFC 2045)
DRIVE = re.compile(r"file:|[A-Za-z]:[\\/]|\\\\", re.IGNORECASE)
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
    letter = read(variant.html)
    yield from _size(variant, place)
    for target, words in letter.links:
        if not web_base or not target.startswith(f"{web_base}/"):
            yield from _link(target, words, place, variant)
        if target.startswith(("http", "mailto:")) and not _said(target, variant.text):
            yield Finding.of("letter.text_links", place, target=target)
    for image in letter.all("img"):
        source = image.attributes.get("src", "")
        hosted = image_base_url and source.startswith(f"{image_base_url.rstrip('/')}/")
        if not hosted and not source.startswith("cid:"):
            yield Finding.of("letter.remote_picture", place, source=source)
        yield from _width(image, source, place)
    if (headings := len(letter.all("h1"))) != 1:
        yield Finding.of("letter.h1", place, count=headings)


def check_weight(edition: Edition) -> Iterator[Finding]:
    """A finding where the heaviest variant, with the pictures it carries, is too large for a mail."""
    pictures = sum(len(each.data) for each in edition.pictures)
    texts = max(len(each.html.encode()) + len(each.text.encode()) for each in edition.variants)
    size = round(pictures * _BASE64 + texts * _QUOTED)
    if size > HEAVY:
        place, case = f"issues/{edition.issue}", "refused" if size > REFUSED else "heavy"
        yield Finding.of("letter.weight", place, case, size=round(size / 1024))


def _width(image: Node, source: str, place: str) -> Iterator[Finding]:
    """Counting pixels, tiny as they are, are told by letter.remote_picture."""
    if not re.fullmatch(r"[1-9]\d*(?:px)?", image.attributes.get("width", "").strip()):
        yield Finding.of("letter.picture_width", place, source=source)


def _size(variant: Variant, place: str) -> Iterator[Finding]:
    size = len(variant.html.encode())
    if size > NEAR:
        yield Finding.of(
            "letter.size", place, "clipped" if size > CLIPPED else "near", size=round(size / 1024)
        )


def _link(target: str, words: str, place: str, variant: Variant) -> Iterator[Finding]:
    if variant.mark in target:
        return  # a slot: filled per person
    if not target.strip():
        yield Finding.of("letter.link", place, "empty" if words else "nothing", words=words)
    elif not _works(target):
        case = "http" if re.match("http://[^/]", target) else "file" if DRIVE.match(target) else ""
        yield Finding.of("letter.link", place, case, target=target)
    if not words and target.strip():
        yield Finding.of("letter.link_text", place, "none", target=target)
    elif words.casefold().strip(" .…!»") in VAGUE:
        yield Finding.of("letter.link_text", place, "vague", words=words)


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
