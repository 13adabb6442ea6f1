"""All checks of an issue in one call, the heaviest findings first."""

from datetime import date

from mailer.checks.content import check_content
from mailer.checks.finding import Finding
from mailer.checks.letter import check_letter
from mailer.compose.edition import Edition
from mailer.content.issue import Issue


def preflight(issue: Issue, edition: Edition, today: date) -> list[Finding]:
    """Every finding, errors before warnings, else in the order of the letter."""
    found = list(check_content(issue, today))
    for variant in edition.variants:
        found += check_letter(variant, issue.key)
    return sorted(found, key=lambda each: each.severity != "error")


def blocking(findings: list[Finding]) -> list[Finding]:
    """Those that stand in the way of an approval."""
    return [each for each in findings if each.severity == "error"]
