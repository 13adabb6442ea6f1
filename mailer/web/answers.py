"""What the studio's server answers: values of the desk in the words of the team, ready for JSON."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mailer.checks.finding import Finding
from mailer.checks.letter import CLIPPED
from mailer.compose.rendering import Variant
from mailer.web import complaints
from mailer.web import studio_wording as wording
from mailer.web.compare import Block, Difference
from mailer.web.desk import Base, Drawn, IssueRow, Numbers, Reader, Rendered, Spot, Standing, Tool
from mailer.web.forms import FORMS, form_of
from mailer.web.marks import Mark
from subscribers.errors import Problem, Problems
from subscribers.person import Person

Json = dict[str, Any]


def issue_row(row: IssueRow, language: str) -> Json:
    """A line of the list."""
    state = "changed_hindered" if row.state == "changed" and row.marks else row.state
    said, tone = wording.STATES.get(state, ((state, state), "rest"))
    coming = row.due_at is not None and row.state not in ("done", "sending", "expanding", "cancelled")
    at = wording.moment(row.due_at, language) if coming and row.due_at else ""
    return {
        "key": row.key,
        "label": row.label,
        "title": row.title,
        "state": wording.pick(said, language).format(marks=row.marks),
        "tone": tone,
        "when": wording.text("sending_at", language, at=at) if at else "",
        "sent": wording.delivered(row.sent, language) if row.sent else "",
    }


def complaint(problem: Problem, open_with: str, language: str) -> Json:
    """One thing that keeps an issue from being read."""
    said = complaints.said(problem, language)
    return {
        "place": problem.place or "",
        "message": said.message,
        "hint": said.hint,
        "open": open_with,
    }


def each_problem(problem: Problem) -> list[Problem]:
    """The problems of one that stands for several."""
    if isinstance(problem, Problems):
        return [one for each in problem.problems for one in each_problem(each)]
    return [problem]


def letter(drawn: Drawn, shown: Rendered, variant: str, reader: Reader, language: str) -> Json:
    """What the page shows around the frames."""
    return {
        "revision": drawn.revision,
        "sender": drawn.envelope.from_name,
        "address": drawn.envelope.from_address,
        "initials": initials(drawn.envelope.from_name),
        "subject": shown.subject,
        "preheader": shown.preheader,
        "variant": variant,
        "person": person(reader, language, drawn.variant(variant)),
        "greeting": shown.greeting,
    }


def initials(name: str) -> str:
    """HM for Handwerkskammer Musterland: the first letters of the first words with a capital."""
    words = re.findall(r"[^\W\d_][\w-]*", name)
    capital = [word for word in words if word[0].isupper()] or words
    return "".join(word[0].upper() for word in capital[:2])


def person(reader: Reader, language: str, variant: Variant | None = None) -> Json:
    """A person of the switcher; `note` tells apart people of the same name, or says why they are hard.

    The greeting's form is that of the letter's variant; without one the person's own.
    """
    known = reader.person
    name = " ".join(filter(None, (known.titel, known.vorname, known.nachname)))
    own = known.tone or "formal", known.language or "de"
    tone, voice = (variant.tone, variant.language) if variant else own
    case = wording.pick(wording.CASES[reader.case], language)
    about = _about(known, bool(name)) if reader.id.isdecimal() else wording.text("example", language)
    form = form_of(known, tone=tone, language=voice)
    return {
        "id": reader.id,
        "name": name or known.firma or wording.text("nameless", language),
        "note": " · ".join(filter(None, (case, about))),
        "form": wording.pick(wording.FORMS[form], language),
        "variant": reader.variant,
    }


def _about(known: Person, named: bool) -> str:
    about = ", ".join(filter(None, (known.funktion, known.firma if named else "", known.ort)))
    return about or known.email


def finding(one: Finding, spot: Spot, mark: Mark, language: str) -> Json:
    """A finding with its place in the files and in the letter."""
    said = one.said(language)
    return {
        "rule": one.rule,
        "severity": one.severity,
        "title": said.title,
        "place": said.place,
        "message": said.message,
        "remedy": said.remedy,
        "why": said.why,
        "file": spot.file,
        "line": spot.line,
        "card": spot.card,
        "open": spot.open,
        "mark": mark.words,
        "variant": mark.variant,
        "inbox": mark.inbox,
    }


def counts(findings: Sequence[Finding], passed: int) -> Json:
    """How many stand in the way, how many are hints, how many rules found nothing."""
    errors = sum(each.severity == "error" for each in findings)
    return {"errors": errors, "warnings": len(findings) - errors, "passed": passed}


def size(used: int, language: str) -> Json:
    """The bar against what Gmail hides."""
    limit = CLIPPED
    words = {"de": "{used} von {limit}", "en": "{used} of {limit}"}["en" if language == "en" else "de"]
    told = words.format(used=round(used / 1024), limit=wording.kilobytes(limit, language))
    return {"bytes": used, "limit": limit, "words": told}


def greetings(numbers: Numbers | None, language: str) -> list[Json]:
    """How many get which form of greeting, the usual forms first."""
    forms: Mapping[str, int] = numbers.forms if numbers else {}
    return [
        {"form": wording.pick(wording.FORMS[form], language), "count": forms[form]}
        for form in FORMS
        if forms.get(form)
    ]


def since(base: Base | None, language: str) -> str:
    """What the letter is compared with; empty where nothing was approved yet."""
    if base is None:
        return ""
    if base.at is None:
        return wording.text("since_unknown", language)
    name = "since_sending" if base.sent else "since_approval"
    return wording.text(name, language, at=wording.day(base.at, language))


def change(found: Difference | None, language: str) -> str:
    """How much a variant differs from what was approved; None for a new one."""
    if found is None:
        return wording.text("new_variant", language)
    if found.words:
        return wording.words_changed(found.words, language)
    return wording.text("looks" if found.looks else "unchanged", language)


def block(one: Block, language: str) -> Json:
    """A paragraph of the comparison."""
    place = one.heading if one.what == "text" else wording.text(one.what, language)
    return {"place": place, "line": one.line, "words": [list(each) for each in one.words]}


def approval(standing: Standing, issue: str, changes: Iterable[str], language: str) -> Json:
    """Whether and for what the page may approve, and why not."""
    return {
        "possible": standing.mailing is not None and not standing.reason,
        "why": wording.reason(standing.reason, language, issue, standing.values),
        "mailing": standing.mailing,
        "mailings": standing.waiting,
        "recipients": standing.recipients,
        "hash": standing.sha256,
        "state": _state(standing, language),
        "changes": list(changes),
        "approve_label": wording.text("approve", language),
    }


def _state(standing: Standing, language: str) -> str:
    if standing.mailing is None:
        return wording.text("not_planned", language) if standing.reason == "unplanned" else ""
    if standing.approved_at is None:
        return wording.text("not_approved", language)
    at = wording.day(standing.approved_at, language)
    if standing.void:
        return wording.text("held" if standing.state == "held" else "void", language, at=at)
    return wording.text("approved_at", language, at=at, by=standing.approved_by)


def tool(one: Tool, language: str) -> Json:
    """Another page."""
    return {
        "name": wording.text(one.name, language),
        "note": wording.caught(one.count, language),
        "href": one.href,
    }
