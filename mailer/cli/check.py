"""`rundbrief issue check`: what the preflight sees, and the rules it goes by."""

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from mailer.cli.office import Office, clock
from mailer.cli.standing import warn_of_void
from subscribers.errors import BadUsage, Refused
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from mailer.checks.finding import Finding


@click.command()
@click.argument("key", metavar="ISSUE", required=False)
@click.option("--strict", is_flag=True, help="Warnings block as well.")
@click.option("--online", is_flag=True, help="Also ask whether the pages behind the links are there.")
@click.option(
    "--language", type=click.Choice(["en", "de"]), default="en", show_default=True, help="Of the findings."
)
@click.option(
    "--rules", "list_rules", is_flag=True, help="List the rules instead, as config.toml weighs them."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def check(
    office: Office,
    key: str | None,
    strict: bool,
    online: bool,
    language: str,
    list_rules: bool,
    as_json: bool,
) -> None:
    """Look an issue over. Exit code 5 if something blocks its approval.

    How heavy each rule weighs is decided by `[checks]` in config.toml; docs/checks.md explains them all.
    """
    if list_rules:
        _list_rules(office, language, as_json=as_json)
        return
    if key is None:
        raise BadUsage("Name the issue to look at.", hint="`rundbrief issue list` shows all.")
    findings = _look_over(office, key, online=online)
    rows = [each.as_json(language) for each in findings]
    if as_json:
        emit_json({"findings": rows})
    else:
        emit(rows, ["severity", "rule", "place", "message", "remedy"], as_json=False)
    warn_of_void(office, key, language)
    blocking = [each for each in findings if strict or each.severity == "error"]
    if blocking:
        raise Refused(f"{len(blocking)} of {len(findings)} finding(s) block issue {key}.")
    say(f"Nothing blocks issue {key}." + (f" {len(findings)} warning(s)." if findings else ""))


def _look_over(office: Office, key: str, *, online: bool) -> "list[Finding]":
    from mailer.checks.hunspell import DICTIONARIES, is_there
    from mailer.checks.preflight import preflight
    from mailer.cli.checking import ask_servers

    issue = office.read_issue(key)
    edition = office.compile(issue)
    around = office.surroundings(issue, edition)
    if online:
        around = replace(around, answers=ask_servers(office.settings, edition, clock()))
    language = edition.variants[0].language
    if around.spelling and not is_there(language):
        missing = f"hunspell and its dictionary {DICTIONARIES[language]} are not installed"
        say(f"Spelling was not looked at: {missing}.")
    return preflight(issue, edition, around)


def _list_rules(office: Office, language: str, *, as_json: bool) -> None:
    from mailer.checks.registry import RULES

    weights = office.settings.config.checks if office.config_given else {}
    at = language == "en"
    rows = [
        {
            "rule": rule.id,
            "severity": weights.get(rule.id, rule.severity),
            "default": rule.severity,
            "can_be_off": not rule.protects,
            "title": rule.title[at],
            "why": rule.why[at],
        }
        for rule in RULES.values()
    ]
    emit(rows, ["rule", "severity", "title", "why"], as_json=as_json)
