"""The mails to the team, written from how things stand when they leave: what is missing, and what to do."""

from collections.abc import Sequence
from datetime import datetime

from mailer.checks.finding import Finding
from mailer.delivery.mailing import Mailing
from mailer.schedule.approvals import LATE, UNAPPROVED, VOID, names_in
from mailer.schedule.choosing import MISSING, UNREADABLE, months_in
from mailer.schedule.newsroom import Refusal, Terms, Text
from mailer.schedule.outlook import Outlook
from mailer.schedule.series import Due
from mailer.schedule.wording import SHOWN, Wording


def write_before(terms: Terms, outlook: Outlook, now: datetime) -> Text:
    """What is missing some days before a date."""
    words, local = Wording(terms.language), outlook.due.at.astimezone(terms.zone)
    label = words.label(sorted(months_in(outlook.due.months)))
    days = (local.date() - now.astimezone(terms.zone).date()).days
    short, lines = _lacking(words, outlook)
    left = words.counted("day", days)
    subject = words.say("before" if days else "today", name=terms.name, label=label, what=short, days=left)
    due = words.say("due", name=terms.name, label=label, when=words.when(local))
    steps = _steps(outlook)
    return _letter(words, terms, subject, [due, words.say("lacking"), *lines], words.say("next"), steps)


def _lacking(words: Wording, outlook: Outlook) -> tuple[str, list[str]]:
    """What is missing, as a few words for the subject and as lines."""
    choice, planned = outlook.choice, outlook.mailing
    keys, problem = ", ".join(choice.keys) or choice.issue, choice.problem or outlook.problem
    if problem:
        lines = _list(words, words.say(UNREADABLE, keys=keys), problem.splitlines())
        return words.say("unreadable short"), lines
    if choice.trouble:
        return words.say(f"{choice.trouble} short"), [words.say(choice.trouble, keys=keys)]
    if outlook.findings:
        errors = words.counted("error", len(outlook.findings))
        found = [_told(each, words.language) for each in outlook.findings]
        lines = _list(words, words.say("red", keys=keys, errors=errors), found)
        return words.say("red short", errors=errors), lines
    if planned is None:
        return words.say("unplanned short"), [words.say("unplanned", keys=keys)]
    return words.say("unapproved short"), [words.say("unapproved", number=planned.id, keys=keys)]


def _told(finding: Finding, language: str) -> str:
    """A finding in the language of the newsletter."""
    said = finding.said(language)
    return f"{said.place}: {said.message} {said.remedy}".strip()


def _list(words: Wording, head: str, lines: Sequence[str]) -> list[str]:
    more = [f"  {words.say('more', number=len(lines) - SHOWN)}"] if len(lines) > SHOWN else []
    return ["\n".join([head, *(f"- {each}" for each in lines[:SHOWN]), *more])]


def _steps(outlook: Outlook) -> list[str]:
    choice, first = outlook.choice, sorted(months_in(outlook.due.months))
    if choice.trouble == MISSING:
        months = first[0] + "".join(f"-{each[5:]}" for each in first[1:])
        return [f"rundbrief issue new {months}"]
    if choice.trouble and choice.trouble != UNREADABLE:
        return ["rundbrief issue list", "rundbrief mailing plan ISSUE"]
    issue = choice.issue or choice.keys[0]
    if outlook.findings or choice.trouble or outlook.problem:
        return [f"rundbrief issue check {issue}", f"rundbrief preview {issue}"]
    if outlook.mailing is None:
        return [f"rundbrief mailing plan {issue}"]
    return [f"rundbrief preview {issue}", f"rundbrief mailing approve {outlook.mailing.id}"]


def write_lost(terms: Terms, planned: Mailing, kind: str, detail: str) -> Text:
    """What became of a mailing: its approval holds no more (VOID), or it was missed (LATE, UNAPPROVED)."""
    words = Wording(terms.language)
    when = words.when(planned.due_at.astimezone(terms.zone))
    values = {"name": terms.name, "issue": planned.issue, "number": planned.id, "when": when}
    if kind == VOID:
        why = words.say("void unreadable") if detail else words.changed(names_in(planned.reason))
        lines = [words.say("void", why=why, **values), *([detail] if detail else [])]
        look = f"rundbrief issue {'check' if detail else 'diff'} {planned.issue}"
        steps = [look, f"rundbrief mailing approve {planned.id}"]
        return _letter(words, terms, words.say("void title", **values), lines, words.say("next"), steps)
    title, text = {LATE: ("late title", "late"), UNAPPROVED: ("unapproved title", "unapproved late")}[kind]
    steps = [f"rundbrief mailing cancel {planned.id}", f"rundbrief mailing plan {planned.issue} --now"]
    lines = [words.say(text, **values)]
    return _letter(words, terms, words.say(title, **values), lines, words.say("decide"), steps)


def write_passed(terms: Terms, due: Due) -> Text:
    """A date passed with nothing planned."""
    words = Wording(terms.language)
    label = words.label(sorted(months_in(due.months)))
    values = {"name": terms.name, "label": label, "when": words.when(due.at.astimezone(terms.zone))}
    steps = ["rundbrief issue list", "rundbrief mailing plan ISSUE --now"]
    lines = [words.say("passed", **values)]
    return _letter(words, terms, words.say("passed title", **values), lines, words.say("decide"), steps)


def write_refused(terms: Terms, refusal: Refusal) -> Text:
    """Nothing is planned any more, because the rule cannot be followed."""
    words = Wording(terms.language)
    if refusal.at:
        when = words.when(refusal.at.astimezone(terms.zone))
        lines = [words.say("meeting", name=terms.name, other=refusal.other, when=when)]
    else:
        lines = [words.say("refused", name=terms.name), refusal.sentence]
    title, lead = words.say("refused title", name=terms.name), words.say("mend")
    return _letter(words, terms, title, lines, lead, ["rundbrief schedule next"])


def _letter(
    words: Wording, terms: Terms, subject: str, lines: Sequence[str], lead: str, steps: Sequence[str]
) -> Text:
    commands = "\n".join(f"    {each}" for each in steps)
    foot = words.say("foot", newsletter=terms.newsletter)
    body = "\n\n".join([words.say("greeting"), *lines, lead, commands, f"-- \n{foot}"])
    return Text(subject, body + "\n")
