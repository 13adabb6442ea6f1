"""All checks of an issue in one call, the heaviest findings first."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mailer.checks.accessibility import check_accessibility
from mailer.checks.answers import check_answers
from mailer.checks.cards import check_cards, check_readers
from mailer.checks.clients import check_clients
from mailer.checks.content import check_content
from mailer.checks.fidelity import check_fidelity
from mailer.checks.finding import Finding
from mailer.checks.language import check_language
from mailer.checks.legal import check_consent, check_imprint, check_legal, check_sender
from mailer.checks.letter import check_letter, check_weight
from mailer.checks.links import check_links
from mailer.checks.palette import check_palette
from mailer.checks.people import check_people
from mailer.checks.pictures import check_pictures
from mailer.checks.registry import RULES
from mailer.checks.rule import ERROR, OFF, Rule
from mailer.checks.sources import Sources
from mailer.checks.surroundings import Surroundings
from mailer.checks.tokens import check_tokens
from mailer.compose.pictures import sources as shown_as
from mailer.compose.rendering import Edition
from mailer.compose.selection import VOICES
from mailer.content.issue import Issue

_SAMPLE_HOME = "example.org"  # without a sender nobody can say whether this is a sample


def preflight(issue: Issue, edition: Edition, around: Surroundings) -> list[Finding]:
    """Every finding, errors before warnings, else in the order of the letter; the theme comes last."""
    found = list[Finding]()
    for each in (issue, *issue.voices):
        found += check_content(each)
        found += check_language(each, _language(each, edition), around)
        found += check_cards(each, around.today, around.programme_check_days)
    found += check_readers(issue, edition)
    found += check_pictures(issue)
    sources = Sources(issue)
    found = [sources.placed(each) for each in dict.fromkeys(found)]  # voices share cards
    found += check_fidelity(issue, _own_voice(edition))
    found += _variants(issue, edition, around, sources)
    found += check_weight(edition)
    found += check_answers(issue, edition, around.answers or {})
    found += _newsletter(edition.newsletter, around)
    found += _theme(around)
    found += check_people(around.people) if around.people else ()
    return in_order(_weighed(found, around.weights))


def in_order(findings: list[Finding]) -> list[Finding]:
    """Errors before warnings, else as they came."""
    return sorted(findings, key=lambda each: each.severity != "error")


def rules_in_force(around: Surroundings) -> list[Rule]:
    """The rules that a preflight in these surroundings looks at."""
    return [
        rule
        for rule in RULES.values()
        if around.weights.get(rule.id) != OFF and (not rule.needs or rule.needs in around.there)
    ]


def _language(issue: Issue, edition: Edition) -> str:
    """The language that a voice is written in; the newsletter's own is that of its first variant."""
    return VOICES[issue.voice][0] if issue.voice else edition.variants[0].language


def _own_voice(edition: Edition) -> Edition:
    """The variants in the newsletter's own voice: only they are compared with an original."""
    first = edition.variants[0]
    own = [each for each in edition.variants if (each.language, each.tone) == (first.language, first.tone)]
    return replace(edition, variants=tuple(own))


def _variants(issue: Issue, edition: Edition, around: Surroundings, sources: Sources) -> list[Finding]:
    """Findings in the compiled letters; what several variants share is said once, at the first."""
    found = dict[tuple[object, ...], Finding]()
    among = Counter[tuple[object, ...]]()
    home = around.sender.address.rpartition("@")[2].lower() if around.sender else _SAMPLE_HOME
    own = frozenset(shown_as(issue, around.image_base_url).values())
    for variant in edition.variants:
        told = dict[tuple[object, ...], Finding]()
        for each in (
            *check_letter(variant, issue.key, around.image_base_url, edition.web_base),
            *check_links(variant, issue, edition.web_base, home),
            *check_accessibility(variant, issue.key, own),
            *check_clients(variant, issue.key),
            *check_legal(variant, issue.key, around.imprint),
        ):
            told.setdefault((each.rule, each.case, each.values), each)
        among.update(told.keys())
        found |= {key: each for key, each in told.items() if key not in found}
    every = len(edition.variants)
    placed = [sources.placed(each, shared=among[key] == every) for key, each in found.items()]
    return list(_once(placed, around.weights))


def _once(findings: list[Finding], weights: Mapping[str, str]) -> Iterator[Finding]:
    """Without links that do not work and of which another error says more."""
    told = {
        dict(each.values)["target"]
        for each in findings
        if each.rule == "link.placeholder" and weights.get(each.rule, each.severity) == ERROR
    }
    for each in findings:
        if each.rule != "letter.link" or dict(each.values).get("target") not in told:
            yield each


def _newsletter(key: str, around: Surroundings) -> Iterator[Finding]:
    if around.imprint:
        yield from check_imprint(around.imprint, key)
    if around.sender:
        yield from check_sender(around.sender, key)
    yield from check_consent(around, key)


def _theme(around: Surroundings) -> Iterator[Finding]:
    if around.theme:
        yield from check_palette(around.theme, around.overrides)
        yield from check_tokens(around.theme, around.overrides)


def _weighed(findings: list[Finding], weights: Mapping[str, str]) -> list[Finding]:
    """The findings as heavy as config.toml wants them, without those of rules that are off."""
    weighed = [each.weighed(weights.get(each.rule, each.severity)) for each in findings]
    return [each for each in weighed if each.severity != OFF]
