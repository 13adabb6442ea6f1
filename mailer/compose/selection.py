"""Who gets which variant: the voices of an issue and the rules of its cards, as one table of outcomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailer.compose.letterhead import Letterhead
from mailer.content.issue import Issue
from subscribers.errors import BadUsage, Problem, Problems
from subscribers.fields import Fields
from subscribers.outcomes import outcomes
from subscribers.rules import EVERYBODY, Either, Every, Leaf, Node, Rule, to_tree
from subscribers.ruletext import parse

MOST_VARIANTS = 64
VOICES: Mapping[str, tuple[str, str]] = {"de": ("de", "formal"), "du": ("de", "du"), "en": ("en", "formal")}


@dataclass(frozen=True, slots=True)
class Spoken:
    """An issue in one voice, and its variants.

    `where` says who gets this voice, `rules` are the different rules of its cards. `keys` has the variant for
    each outcome of the rules, written as "1" and "0" in their order; `shown` the places of the cards in it.
    """

    issue: Issue
    language: str
    tone: str
    where: Rule
    rules: tuple[Rule, ...]
    keys: Mapping[str, str]
    shown: Mapping[str, tuple[int, ...]]


def select_variants(issue: Issue, head: Letterhead) -> tuple[Spoken, ...]:
    """The voices of an issue, the newsletter's own first, each with its variants.

    Raises:
        BadUsage: a rule cannot be read, with its place; there would be more than 64 variants.
        Problem: a voice is the newsletter's own.
    """
    voices = [(issue, head.language, head.tone)]
    voices += [(each, *VOICES[each.voice]) for each in issue.voices]
    _require_others(voices)
    rules = _rules([each for each, _, _ in voices], head.fields)
    names = [each.voice for each in issue.voices]
    wheres = [Rule(_listeners(language, tone, head, names)) for _, language, tone in voices[1:]]
    tables = [_table(index, each, wheres, rules) for index, (each, _, _) in enumerate(voices)]
    count = sum(len(set(table.values())) for table in tables)
    if count > MOST_VARIANTS:
        raise _too_many(issue, count)
    spoken = []
    for (each, language, tone), where, table in zip(voices, (EVERYBODY, *wheres), tables, strict=True):
        shown = _keys(table, voice_name(language, tone) if count > 1 else "standard")
        keys = {bits: key for key, cards in shown.items() for bits, found in table.items() if found == cards}
        spoken.append(Spoken(each, language, tone, where, _rules_of(each, rules), keys, shown))
    return tuple(spoken)


def as_json(voices: Sequence[Spoken]) -> dict[str, Any]:
    """What decides, frozen with an approval: the first voice whose rule a person fits is theirs."""
    ordered = [*voices[1:], voices[0]]
    return {
        "v": 1,
        "voices": [
            {
                "where": to_tree(each.where),
                "rules": [to_tree(rule) for rule in each.rules],
                "keys": dict(sorted(each.keys.items())),
            }
            for each in ordered
        ],
    }


def voice_name(language: str, tone: str) -> str:
    """How a voice is called: de, de-du, en."""
    return f"{language}-{tone}" if language == "de" and tone != "formal" else language


def _require_others(voices: Sequence[tuple[Issue, str, str]]) -> None:
    """English has one voice, German two; a second file for the newsletter's own would leave one unread."""
    _, language, tone = voices[0]
    for each, other, manner in voices[1:]:
        if (name := voice_name(other, manner)) == voice_name(language, tone):
            message = f"The newsletter itself speaks like this ({name}), in editorial.md."
            raise Problem(message, place=each.file, hint="Move the text there, or remove the file.")


def _rules(voices: Sequence[Issue], fields: Fields) -> dict[str, Rule]:
    """The rules of all cards by their text."""
    found, problems = dict[str, Rule](), dict[str, Problem]()
    for card in (card for each in voices for card in each.highlights if card.only_for):
        try:
            found[card.only_for] = parse(card.only_for, fields)
        except BadUsage as problem:
            place = f"{card.only_for_place}, {problem.place}" if problem.place else card.only_for_place
            problems[card.only_for_place] = BadUsage(problem.message, place=place, hint=problem.hint)
    if problems:
        raise Problems(problems.values())
    return found


def _listeners(language: str, tone: str, head: Letterhead, names: Sequence[str]) -> Node:
    """Who is addressed in this voice: what a person does not say is as the newsletter has it."""
    speaks = _is("language", language, head.language)
    only_one = language == "en" or (tone == "formal" and head.language == "en" and "du" not in names)
    return speaks if only_one else Every((speaks, _is("tone", tone, head.tone)))


def _is(field: str, value: str, usual: str) -> Node:
    said = Leaf(field, "=", value)
    return Either((said, Leaf(field, "is not set"))) if value == usual else said


def _table(
    index: int, issue: Issue, wheres: Sequence[Rule], rules: Mapping[str, Rule]
) -> dict[str, tuple[int, ...]]:
    """The places of the cards shown for each outcome of the rules, among those who get this voice."""
    own, first = _rules_of(issue, rules), len(wheres)
    try:
        possible = outcomes([*wheres, *own])
    except BadUsage as problem:
        raise BadUsage(
            f"The rules of the cards cannot be told apart: {problem.message}",
            place=f"issues/{issue.key}/highlights.toml",
            hint=problem.hint,
        ) from None
    wanted = index - 1 if index else None
    table = {}
    for answers in possible:
        if next((at for at, fits in enumerate(answers[:first]) if fits), None) == wanted:
            bits = answers[first:]
            table["".join("01"[bit] for bit in bits)] = tuple(
                _shown(issue, rules, dict(zip(own, bits, strict=True)))
            )
    return table


def _rules_of(issue: Issue, rules: Mapping[str, Rule]) -> tuple[Rule, ...]:
    return tuple(dict.fromkeys(rules[card.only_for] for card in issue.highlights if card.only_for))


def _shown(issue: Issue, rules: Mapping[str, Rule], answers: Mapping[Rule, bool]) -> Iterator[int]:
    for at, card in enumerate(issue.highlights):
        if not card.only_for or answers[rules[card.only_for]]:
            yield at


def _keys(table: Mapping[str, tuple[int, ...]], name: str) -> dict[str, tuple[int, ...]]:
    """The cards of each variant, those with the most cards first."""
    distinct = sorted(set(table.values()), key=lambda shown: (-len(shown), shown))
    if len(distinct) == 1:
        return {name: distinct[0]}
    return {f"{name}-{number}": shown for number, shown in enumerate(distinct, 1)}


def _too_many(issue: Issue, count: int) -> BadUsage:
    ruled = [card for each in (issue, *issue.voices) for card in each.highlights if card.only_for]
    named = {card.only_for: f"{card.only_for_place.rpartition('/')[2]} {card.only_for}" for card in ruled}
    return BadUsage(
        f"The rules of the cards make {count} variants of this issue; {MOST_VARIANTS} are the most. "
        f"The rules: {'; '.join(named.values())}.",
        place=f"issues/{issue.key}/highlights.toml",
        hint="Give several cards the same rule, or plan an issue of its own for a segment.",
    )
