"""The variants of an issue as one table: who gets which cards, how many, how large, what changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from mailer.compose.rendering import Variant
from mailer.delivery.release import Words, words_of
from mailer.web import answers
from mailer.web import studio_wording as wording
from mailer.web.compare import Difference, difference
from mailer.web.desk import Base, Drawn, Numbers
from subscribers.rules import from_tree
from subscribers.ruletext import to_text

_VOICES: Mapping[tuple[str, str], wording.Both] = {
    ("de", "formal"): ("Sie", "formal German"),
    ("de", "du"): ("du", "German with du"),
    ("en", "formal"): ("Englisch", "English"),
    ("en", "du"): ("Englisch", "English"),
}


def table(
    drawn: Drawn, numbers: Numbers | None, differences: "Mapping[str, Difference | None]", language: str
) -> list[dict[str, Any]]:
    """One row for each variant, in their order."""
    titles = {
        card.key: card.title for voice in (drawn.issue, *drawn.issue.voices) for card in voice.highlights
    }
    rows = []
    for at, each in enumerate(drawn.edition.variants):
        count = len(each.html.encode())
        known = each.key in differences
        rows.append(
            {
                "key": each.key,
                "name": f"{_letter(at)} · {_voice(each, language)}",
                "who": _who(drawn, each, language),
                "cards": _cards(drawn, each, titles, language),
                "recipients": numbers.variants.get(each.key, 0) if numbers else None,
                "bytes": count,
                "size": wording.kilobytes(count, language),
                "change": answers.change(differences[each.key], language) if known else "",
            }
        )
    return rows


def differences(drawn: Drawn, base: Base | None) -> dict[str, Difference | None]:
    """How each variant differs from what was approved: None for a new one; empty without an approval."""
    if base is None:
        return {}
    return {key: difference(old, now) if old else None for key, old, now in _pairs(drawn, base)}


def summary(drawn: Drawn, base: Base | None, found: "Mapping[str, Difference | None]", language: str) -> str:
    """What changed in all variants together, since an approval covers them all; empty where nothing did."""
    if base is None or not found:
        return ""
    names = {each.key: _letter(at) for at, each in enumerate(drawn.edition.variants)}
    gathered: dict[str, list[str]] = {}
    for key, each in found.items():
        if each is None or each.words or each.looks:
            gathered.setdefault(answers.change(each, language), []).append(names[key])
    parts = [f"{what} ({', '.join(which)})" if len(names) > 1 else what for what, which in gathered.items()]
    changed = sum(map(len, gathered.values()))
    if gone := _gone(drawn, base):
        parts.append(f"{wording.count_variants(gone, language)} {wording.text('gone_variant', language)}")
    if parts and changed < len(names):
        parts.append(wording.text("rest_unchanged", language))
    return ", ".join(parts)


def _gone(drawn: Drawn, base: Base) -> int:
    """How many variants of then are no more; none where the keys themselves are others now."""
    now = {each.key for each in drawn.edition.variants}
    return len(set(base.words) - now) if now & set(base.words) else 0


def pair(drawn: Drawn, base: Base, key: str) -> tuple[Words | None, Words]:
    """What a variant said then, and what it says now."""
    return next((old, now) for each, old, now in _pairs(drawn, base) if each == key)


def _pairs(drawn: Drawn, base: Base) -> Iterator[tuple[str, Words | None, Words]]:
    now = words_of(drawn.edition.variants, drawn.edition.pictures)
    # Where no key is left (an issue got its first rule), all come from the first of then.
    instead = None if set(now) & set(base.words) else next(iter(base.words.values()))
    for key, words in now.items():
        yield key, base.words.get(key, instead), words


def _letter(at: int) -> str:
    """A to Z, then AA: how people call the rows."""
    first, last = divmod(at, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _voice(variant: Variant, language: str) -> str:
    both = _VOICES.get((variant.language, variant.tone), (variant.language, variant.language))
    return wording.pick(both, language)


def _who(drawn: Drawn, variant: Variant, language: str) -> str:
    """The rules that somebody who gets this variant fits, as they stand in highlights.toml."""
    ways = []
    for voice in drawn.edition.selection.get("voices", ()):
        rules = [to_text(from_tree(each)) for each in voice["rules"]]
        for bits, key in voice["keys"].items():
            if key == variant.key:
                ways.append([rule for rule, bit in zip(rules, bits, strict=True) if bit == "1"])
    if len(drawn.edition.variants) == 1 or not any(ways):
        return wording.text("everybody" if len(drawn.edition.variants) == 1 else "the_others", language)
    shortest = min(ways, key=len)
    return " · ".join(shortest) if shortest else wording.text("the_others", language)


def _cards(drawn: Drawn, variant: Variant, titles: Mapping[str, str], language: str) -> str:
    """The cards shown, or the shorter list of those left out."""
    voice = [
        each
        for each in drawn.edition.variants
        if (each.language, each.tone) == (variant.language, variant.tone)
    ]
    left_out = [
        key for key in dict.fromkeys(key for each in voice for key in each.cards) if key not in variant.cards
    ]
    if not variant.cards:
        return wording.text("no_cards", language)
    if not left_out:
        return wording.text("all_cards", language)
    if len(left_out) < len(variant.cards):
        return wording.text("all_but", language, cards=", ".join(titles.get(key, key) for key in left_out))
    return ", ".join(titles.get(key, key) for key in variant.cards)
