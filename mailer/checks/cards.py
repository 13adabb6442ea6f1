"""Checks of the highlight cards: passed days, stale or missing proof, for whom and in which language."""

from collections.abc import Iterator
from datetime import date, timedelta

from mailer.checks.finding import Finding
from mailer.compose.rendering import Edition
from mailer.compose.selection import VOICES
from mailer.content.issue import Highlight, Issue

_OFFERS = {"Förderung", "Beratung", "Verfahren", "Programm"}  # a date or a notice may be for everybody


def check_cards(issue: Issue, today: date, programme_check_days: int) -> Iterator[Finding]:
    """Findings in what the cards promise; a card checked more than `programme_check_days` ago is stale."""
    for event in issue.events:
        if event.day < today:
            yield Finding.of("content.event", event.place_line, title=event.title, day=event.day)
    for card in issue.highlights:
        yield from _days(card, today)
        yield from _proof(card, today, timedelta(days=programme_check_days))
        if card.kind in _OFFERS and not card.audience:
            yield Finding.of("card.audience", card.place, title=card.title)


def check_readers(issue: Issue, edition: Edition) -> Iterator[Finding]:
    """Findings in what reaches readers: a card that nobody can get, and one in another language."""
    shown = {key for variant in edition.variants for key in variant.cards}
    for card in (card for each in (issue, *issue.voices) for card in each.highlights):
        if card.only_for and card.key not in shown:
            rule = str(card.only_for)
            yield Finding.of("card.nobody", card.only_for_place, title=card.title, rule=rule)
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
    language, own_file = VOICES[voice.voice][0], voice.file.rpartition("/")[2]
    for part, (shown, own) in parts.items():
        if shown and shown is own:  # the same words written twice are an author's decision
            file = f"highlights.{voice.voice}.toml" if part == "cards" else own_file
            yield Finding.of("voice.borrowed", voice.file, f"{part}.{language}", file=file)


def _days(card: Highlight, today: date) -> Iterator[Finding]:
    if card.deadline and card.deadline < today:
        yield Finding.of("content.deadline", card.place, title=card.title, day=card.deadline)
    if card.event and card.event < today:
        yield Finding.of("content.event", card.place, "card", title=card.title, day=card.event)


def _proof(card: Highlight, today: date, age: timedelta) -> Iterator[Finding]:
    if card.checked_on is None:
        yield Finding.of("card.unchecked", card.place, title=card.title)
    elif card.checked_on > today:
        yield Finding.of("card.unchecked", card.place, "future", title=card.title, day=card.checked_on)
    elif today - card.checked_on > age:
        days = (today - card.checked_on).days
        yield Finding.of("card.stale", card.place, title=card.title, days=days, day=card.checked_on)
