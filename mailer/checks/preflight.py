"""All checks of an issue in one call, the heaviest findings first."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from mailer.checks.accessibility import check_accessibility
from mailer.checks.cards import check_cards, check_readers
from mailer.checks.content import check_content
from mailer.checks.fidelity import check_fidelity
from mailer.checks.finding import Finding
from mailer.checks.letter import check_letter
from mailer.checks.palette import check_palette
from mailer.checks.pictures import check_pictures
from mailer.checks.tokens import check_tokens
from mailer.compose.rendering import Edition
from mailer.content.issue import Issue


def preflight(
    issue: Issue,
    edition: Edition,
    today: date,
    programme_check_days: int,
    image_base_url: str = "",
    theme: str = "",
    overrides: Path | None = None,
) -> list[Finding]:
    """Every finding, errors before warnings, else in the order of the letter; the `theme` comes last."""
    found = list[Finding]()
    for each in (issue, *issue.voices):
        found += [*check_content(each), *check_cards(each, today, programme_check_days)]
    found += check_readers(issue, edition)
    found = list(dict.fromkeys(found))  # voices share cards
    found += check_pictures(issue)
    found += check_fidelity(issue, _own_voice(edition))
    found += _variants(issue, edition, image_base_url)
    found += (*check_palette(theme, overrides), *check_tokens(theme, overrides)) if theme else ()
    return sorted(found, key=lambda each: each.severity != "error")


def _own_voice(edition: Edition) -> Edition:
    """The variants in the newsletter's own voice: only they are compared with an original."""
    first = edition.variants[0]
    own = [each for each in edition.variants if (each.language, each.tone) == (first.language, first.tone)]
    return replace(edition, variants=tuple(own))


def _variants(issue: Issue, edition: Edition, image_base_url: str) -> list[Finding]:
    """Findings in the compiled letters; what several variants share is said once, at the first."""
    found = dict[tuple[str, str], Finding]()
    for variant in edition.variants:
        for each in (
            *check_letter(variant, issue.key, image_base_url, edition.web_base),
            *check_accessibility(variant, issue.key),
        ):
            found.setdefault((each.rule, each.message), each)
    return list(found.values())


def blocking(findings: list[Finding]) -> list[Finding]:
    """Those that stand in the way of an approval."""
    return [each for each in findings if each.severity == "error"]
