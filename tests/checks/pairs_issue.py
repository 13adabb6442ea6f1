"""Letters for the rules of what people write: content, cards, pictures, themes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from mailer import shipped
from mailer.checks.finding import Finding
from mailer.compose.selection import VOICES
from mailer.content.advertisements import Advertisement
from mailer.content.events import Event
from mailer.content.issue import Contact, read_issue
from mailer.content.marks import Unsure
from mailer.content.pictures import Picture
from tests.checks.pairs import AROUND, Look, Pair, issue, seen, whole
from tests.letters import DOT, HEAD, edition_of, make_card, make_issue

PAID = Advertisement(
    advertiser="Druckerei Beispiel",
    title="Wir drucken",
    text="Jeden Brief.",
    label="Zur Druckerei Beispiel",
    url="https://example.org/druck",
    picture=None,
)
GONE = date(2025, 10, 6)
EVENT = Event(
    day=date(2025, 11, 4),
    time="",
    title="Sprechtag",
    place="Werkstraße 1",
    label="",
    url="",
    place_line="issues/2025-10/editorial.md:9",
)


def unsure(note: str) -> Look:
    return whole(replace(make_issue(), unsure=(Unsure("issues/2025-10/editorial.md:4", "author", note),)))


def events(day: date) -> Look:
    return whole(replace(make_issue(), events=(replace(EVENT, day=day),)))


def card(**fields: object) -> Look:
    return issue(highlights=(make_card(**fields),))


def borrowed(voice: str) -> Look:
    """An issue whose letter in another language has nothing but a text of its own."""
    own = make_issue(highlights=(make_card(),), contacts=(Contact("Kim Muster", "", "02000 1", ""),))
    own = replace(own, events=(EVENT,), advertisements=(PAID,))
    language = "en" if VOICES[voice][0] == "de" else "de"
    made = replace(own, voices=(replace(own, voice=voice),))
    return lambda _: seen(made, edition=edition_of(made, replace(HEAD, language=language)))


def headed(lines: str) -> Look:
    """An issue read from a file with these lines of front matter."""

    def look(folder: Path) -> list[Finding]:
        place = folder / "issues" / "2025-10"
        place.mkdir(parents=True, exist_ok=True)
        (place / "editorial.md").write_text(f"+++\n{lines}\n+++\nEin Absatz.\n", "utf-8")
        return seen(read_issue(place, {}, folder))

    return look


def picture(width: int = 1012, height: int = 400, size: int = 0, alt: str = "", count: int = 1) -> Look:
    place = "issues/2025-10/highlights.toml:3"
    shown = Picture(
        "bild.gif", "image/gif", width, height, DOT + bytes(size), "Zwei am Werktisch", "", alt, place
    )
    cards = tuple(
        make_card(number, picture=replace(shown, name=f"{number}.gif")) for number in range(1, count + 1)
    )
    return issue(highlights=cards)


def theme(change: Callable[[str], str]) -> Look:
    """A workspace whose theme is the shipped one, changed."""

    def look(folder: Path) -> list[Finding]:
        (folder / "themes").mkdir(parents=True)
        text = (shipped.templates() / "themes" / "kammer.toml").read_text("utf-8")
        (folder / "themes" / "haus.toml").write_text(change(text), "utf-8")
        return seen(make_issue(), replace(AROUND, theme="haus", overrides=folder))

    return look


def coloured(table: str, name: str, value: str) -> Look:
    """A theme with another value of one token."""

    def change(text: str) -> str:
        head, mark, tail = text.partition(f"[{table}]\n")
        lines = [
            f'{name} = "{value}"' if each.startswith(f"{name} = ") else each for each in tail.split("\n")
        ]
        end = next((at for at, each in enumerate(tail.split("\n")) if each.startswith("[")), len(lines))
        return head + mark + "\n".join([*lines[:end], *tail.split("\n")[end:]])

    return theme(change)


GOOD = issue()
PAIRS: Mapping[str, Pair] = {
    "content.unsure": Pair(
        {
            "": unsure(""),
            "note": unsure("zwei Namen"),
            "missing": unsure("Text fehlt"),
            "borrowed": unsure("aus September 2025 übernommen"),
        },
        GOOD,
    ),
    "content.note": Pair({"": issue(body="Das [Zahl noch prüfen] steht da.")}, GOOD),
    "content.target": Pair(
        {"": issue(body="Mehr unter [www.example.org](https://www.example.com/).")},
        issue(body="Mehr unter [www.example.org](https://www.example.org/)."),
    ),
    "content.figure": Pair(
        {"": issue(subject="Noch 17 Plätze")}, issue(subject="Noch 17 Plätze", body="Es sind 17 Plätze.")
    ),
    "content.subject": Pair({"": issue(subject="x" * 61)}, issue(subject="x" * 60)),
    "content.preheader": Pair(
        {
            "": issue(preheader="", lead=""),
            "empty": headed('title = "Am Werktisch"\npreheader = ""'),
            "lead": headed('title = "Am Werktisch"\npreheader = "  "\nlead = "Ein Satz."'),
        },
        headed('title = "Am Werktisch"\nlead = "Ein Satz."'),
    ),
    "content.deadline": Pair({"": card(deadline=GONE)}, card(deadline=AROUND.today)),
    "content.event": Pair({"": events(GONE), "card": card(event=GONE)}, events(AROUND.today)),
    "card.unchecked": Pair(
        {"": card(checked_on=None), "future": card(checked_on=date(2025, 10, 8))},
        card(checked_on=AROUND.today),
    ),
    "card.stale": Pair({"": card(checked_on=date(2025, 6, 8))}, card(checked_on=date(2025, 6, 9))),
    "card.audience": Pair({"": card(audience="")}, card()),
    "card.nobody": Pair(
        {"": card(only_for="kreis = a and kreis = b", only_for_place="issues/2025-10/highlights.toml:3")},
        card(only_for="kreis = a", only_for_place="issues/2025-10/highlights.toml:3"),
    ),
    "voice.borrowed": Pair(
        {
            f"{part}.{language}": borrowed(language)
            for language in ("de", "en")
            for part in ("cards", "contacts", "events", "advertisements")
        },
        GOOD,
    ),
    "picture.width": Pair({"": picture(width=600)}, picture()),
    "picture.large": Pair({"": picture(width=3001)}, picture(width=3000)),
    "picture.tall": Pair({"": picture(height=3037)}, picture(height=3036)),
    "picture.size": Pair({"heavy": picture(size=201 * 1024), "very": picture(size=1025 * 1024)}, picture()),
    "picture.together": Pair({"": picture(size=190 * 1024, count=6)}, picture(size=190 * 1024, count=5)),
    "picture.alt": Pair({"": picture(alt="Zwei am Werktisch")}, picture()),
    "theme.colour": Pair({"": coloured("light", "soft", "grau")}, theme(str)),
    "theme.contrast": Pair(
        {"light": coloured("light", "accent", "#ff9a7f"), "dark": coloured("dark", "accent", "#333333")},
        theme(str),
    ),
    "theme.unknown": Pair(
        {
            "close": theme(
                lambda text: text.replace("[light]\n", '[light]\nakzent = "#000000"\naccnt = "#000000"\n')
            ),
            "": theme(lambda text: f'{text}\n[mittags]\nfarbe = "#000000"\n'),
        },
        theme(str),
    ),
}
