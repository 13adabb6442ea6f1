"""What the commands say of an issue's variants: their voice, their cards, the people who get them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from subscribers.output import say

if TYPE_CHECKING:
    from mailer.cli.office import Office
    from mailer.content.issue import Issue


def outline(office: "Office", issue: "Issue", newsletter: str | None = None) -> dict[str, dict[str, Any]]:
    """Each variant by its key, without compiling it; `left_out` are the cards of its voice that it lacks.

    Raises:
        Problem: a rule or a voice that does not fit, with its place.
    """
    from mailer.compose.selection import select_variants, voice_name

    found = {}
    for voice in select_variants(issue, office.letterhead(newsletter or issue.newsletter)):
        keys = [card.key for card in voice.issue.highlights]
        for key, shown in voice.shown.items():
            found[key] = {
                "language": voice.language,
                "tone": voice.tone,
                "voice": voice_name(voice.language, voice.tone),
                "cards": [keys[at] for at in shown],
                "left_out": [name for at, name in enumerate(keys) if at not in shown],
            }
    return found


def told_cards(variant: Mapping[str, Any]) -> str:
    """The cards in one cell: `all`, or the shorter list of those shown (+) or left out (-)."""
    shown, left_out = variant["cards"], variant["left_out"]
    if not left_out:
        return "all" if shown else ""
    if shown and len(shown) < len(left_out):
        return " ".join(f"+{card}" for card in shown)
    return " ".join(f"-{card}" for card in left_out)


def say_variants(
    office: "Office", issue: "Issue", newsletter: str | None, recipients: Mapping[str, int]
) -> None:
    """How many people get which variant, where there are several."""
    variants = outline(office, issue, newsletter)
    for key, each in variants.items() if len(variants) > 1 else ():
        cards = f", {cards}" if (cards := told_cards(each)) else ""
        say(f"Variant {key} ({each['voice']}{cards}): {recipients.get(key, 0)} recipients.")
