"""Checks of the highlight cards: passed days, stale or missing proof, for whom and in which language."""

from collections.abc import Iterator
from datetime import date, timedelta

from mailer.checks.finding import Finding
from mailer.compose.rendering import Edition
from mailer.compose.selection import VOICES
from mailer.content.issue import Highlight, Issue

_LANGUAGES = {"de": "German", "en": "English"}
_OFFERS = {"Förderung", "Beratung", "Verfahren", "Programm"}  # a date or a notice may be for everybody


def check_cards(issue: Issue, today: date, programme_check_days: int) -> Iterator[Finding]:
    """Findings in what the cards promise; a card checked more than `programme_check_days` ago is stale."""
    for event in issue.events:
        if event.day < today:
            message = f"The day of {event.title!r} has passed: {event.day:%d.%m.%Y}."
            remedy = "Take the event out or enter the new date."
            yield Finding("content.event", "warning", event.place_line, message, remedy)
    for card in issue.highlights:
        yield from _days(card, today)
        yield from _proof(card, today, timedelta(days=programme_check_days))
        if card.kind in _OFFERS and not card.audience:
            message = f"{card.title!r} does not say for whom it is."
            yield _warning(card, "card.audience", message, "Write `audience`, here or in programmes.toml.")


def check_readers(issue: Issue, edition: Edition) -> Iterator[Finding]:
    """Findings in what reaches readers: a card that nobody can get, and one in another language."""
    shown = {key for variant in edition.variants for key in variant.cards}
    for card in (card for each in (issue, *issue.voices) for card in each.highlights):
        if card.only_for and card.key not in shown:
            message = f"Nobody can get {card.title!r}: no reader fits {card.only_for}."
            remedy = "Write another `only_for`, or take the card out."
            yield Finding("card.nobody", "warning", card.only_for_place, message, remedy)
    for each in issue.voices:
        if VOICES[each.voice][0] != edition.variants[0].language:
            yield from _borrowed(each, issue)


def _borrowed(voice: Issue, issue: Issue) -> Iterator[Finding]:
    """What a voice leaves out comes from editorial.md and highlights.toml, in the newsletter's language."""
    parts = {
        "cards": (voice.highlights, issue.highlights),
        "contacts": (voice.contacts, issue.contacts),
        "events": (voice.events, issue.events),
        "advertisements": (voice.advertisements, issue.advertisements),
    }
    language, own_file = _LANGUAGES[VOICES[voice.voice][0]], voice.file.rpartition("/")[2]
    for part, (shown, own) in parts.items():
        if shown and shown is own:  # the same words written twice are an author's decision
            source = "highlights.toml" if part == "cards" else "editorial.md"
            message = f"The {language} letter shows the {part} of {source}."
            remedy = f"Write `[[{part}]]` in {own_file}."
            if part == "cards":
                remedy = f"Write highlights.{voice.voice}.toml."
            yield Finding("voice.borrowed", "warning", voice.file, message, remedy)


def _days(card: Highlight, today: date) -> Iterator[Finding]:
    remedy = "Take the card out or enter the new date."
    if card.deadline and card.deadline < today:
        message = f"The deadline of {card.title!r} has passed: {card.deadline:%d.%m.%Y}."
        yield _warning(card, "content.deadline", message, remedy)
    if card.event and card.event < today:
        message = f"The day of {card.title!r} has passed: {card.event:%d.%m.%Y}."
        yield _warning(card, "content.event", message, remedy)


def _proof(card: Highlight, today: date, age: timedelta) -> Iterator[Finding]:
    remedy = "Compare it with its source, then write `checked_on` and `checked_by`."
    if card.checked_on is None:
        yield _warning(
            card, "card.unchecked", f"Nobody has checked {card.title!r} (no `checked_on`).", remedy
        )
    elif card.checked_on > today:
        message = f"{card.title!r} is said to be checked on a day to come: {card.checked_on:%d.%m.%Y}."
        yield _warning(card, "card.unchecked", message, remedy)
    elif today - card.checked_on > age:
        days = (today - card.checked_on).days
        message = f"{card.title!r} was checked {days} days ago ({card.checked_on:%d.%m.%Y})."
        yield _warning(card, "card.stale", message, remedy)


def _warning(card: Highlight, rule: str, message: str, remedy: str) -> Finding:
    return Finding(rule, "warning", card.place, message, remedy)
