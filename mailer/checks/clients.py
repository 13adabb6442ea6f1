"""Checks that the mail programs of German readers show a letter; only what they would see fail is told.

The answers are those of caniemail.com (caniemail.json, cut to these programs). The weights are our estimate
of what readers of chambers, associations and ministries use; nobody has counted it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from mailer.checks.features import Feature, features_in
from mailer.checks.finding import Finding
from mailer.checks.reading import Reading, read
from mailer.compose.rendering import Variant

THRESHOLD = 5  # readers in a hundred who would see it
STYLE_LIMIT = 16 * 1024  # bytes of <style> from which on Gmail reads none of it
_OUTLOOK = "outlook-windows"
_SILENT = {"head", "title", "style", "script", "meta", "link", "noscript", "xml", "template"}


@dataclass(frozen=True, slots=True)
class Client:
    """A mail program; `stats` are its places in the data, the first that was tested counts."""

    id: str
    name: str
    weight: int
    stats: tuple[tuple[str, str], ...]


CLIENTS = (
    Client(_OUTLOOK, "Outlook (Windows)", 24, (("outlook", "windows"),)),
    Client("outlook-new", "Outlook.com", 10, (("outlook", "outlook-com"),)),
    Client("outlook-app", "Outlook (App)", 3, (("outlook", "ios"), ("outlook", "android"))),
    Client("apple-ios", "Apple Mail (iPhone)", 20, (("apple-mail", "ios"),)),
    Client("apple-macos", "Apple Mail (Mac)", 7, (("apple-mail", "macos"),)),
    Client("gmail-web", "Gmail", 6, (("gmail", "desktop-webmail"),)),
    Client("gmail-app", "Gmail (App)", 7, (("gmail", "android"), ("gmail", "ios"))),
    Client("gmx-web", "GMX", 6, (("gmx", "desktop-webmail"),)),
    Client("gmx-app", "GMX (App)", 3, (("gmx", "android"), ("gmx", "ios"))),
    Client("web-de-web", "WEB.DE", 6, (("web-de", "desktop-webmail"),)),
    Client("web-de-app", "WEB.DE (App)", 3, (("web-de", "android"), ("web-de", "ios"))),
    Client("t-online-web", "T-Online", 3, (("t-online-de", "desktop-webmail"),)),
    Client("thunderbird", "Thunderbird", 2, (("thunderbird", "windows"), ("thunderbird", "macos"))),
)


@dataclass(frozen=True, slots=True)
class Support:
    """What is known of a feature: its name, and the letters y, a (partly), n, u (unknown) of all clients."""

    title: str
    answers: str

    def failing(self, *, without_outlook: bool = False) -> list[Client]:
        """The programs that do not know it; half a support is none that a reader would see fail."""
        found = [each for each, answer in zip(CLIENTS, self.answers, strict=True) if answer == "n"]
        return [each for each in found if not (without_outlook and each.id == _OUTLOOK)]


@lru_cache(maxsize=1)
def support() -> dict[str, Support]:
    """What caniemail.com knows of the features that the preflight asks for."""
    data = json.loads(files("mailer.checks").joinpath("caniemail.json").read_text("utf-8"))
    assert data["clients"] == [each.id for each in CLIENTS]
    return {slug: Support(title, answers) for slug, (title, answers) in data["features"].items()}


def check_clients(variant: Variant, issue: str) -> Iterator[Finding]:
    """Findings in one variant as it will be sent."""
    place, letter = f"issues/{issue}, variant {variant.key}", read(variant.html)
    used = features_in(letter)
    in_outlook = features_in(Reading.of_outlook(variant.html)) if used else {}
    for feature, shown in used.items():
        yield from _failing(feature, shown, place, spared=feature not in in_outlook)
    size = sum(
        len(each.encode()) for node in letter.all("style") for each in node.children if isinstance(each, str)
    )
    if size > STYLE_LIMIT:
        yield Finding.of("client.style_size", place, size=round(size / 1024))
    yield from _uncovered(letter, place)


def _failing(feature: Feature, shown: str, place: str, *, spared: bool) -> Iterator[Finding]:
    known = support()[feature.slug]
    failing = known.failing(without_outlook=spared)
    weight = sum(each.weight for each in failing)
    if weight >= THRESHOLD:
        names = ", ".join(each.name for each in failing)
        values = {"feature": known.title, "shown": shown[:80], "clients": names}
        yield Finding.of(f"client.{feature.family}", place, weight=weight, **values)


def _uncovered(letter: Reading, place: str) -> Iterator[Finding]:
    """What a style sheet alone hides: GMX and WEB.DE drop `<style>` and show it."""
    shown = {node for node, _ in letter.looks("light")}
    for node, _ in letter.looks("plain"):
        hidden = node not in shown and node.parent in shown and node.tag not in _SILENT
        if hidden and (words := node.words()):
            yield Finding.of("client.hidden", place, words=words[:60])
