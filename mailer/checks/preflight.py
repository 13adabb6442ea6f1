"""All checks of an issue in one call, the heaviest findings first."""

from datetime import date

from mailer.checks.cards import check_cards
from mailer.checks.content import check_content
from mailer.checks.fidelity import check_fidelity
from mailer.checks.finding import Finding
from mailer.checks.letter import check_letter
from mailer.checks.pictures import check_pictures
from mailer.compose.edition import Edition
from mailer.content.issue import Issue


def preflight(
    issue: Issue, edition: Edition, today: date, programme_check_days: int, image_base_url: str = ""
) -> list[Finding]:
    """Every finding, errors before warnings, else in the order of the letter."""
    found = [*check_content(issue), *check_cards(issue, today, programme_check_days)]
    found += check_pictures(issue)
    found += check_fidelity(issue, edition)
    for variant in edition.variants:
        found += check_letter(variant, issue.key, image_base_url)
    return sorted(found, key=lambda each: each.severity != "error")


def blocking(findings: list[Finding]) -> list[Finding]:
    """Those that stand in the way of an approval."""
    return [each for each in findings if each.severity == "error"]
