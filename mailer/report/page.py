"""The report as a page to read, to keep and to print: one file, no script, nothing loaded from anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mailer.compose.environment import page
from mailer.content.months import months_of
from mailer.delivery.pace import PROVIDERS
from mailer.report.chart import Columns, Group, Strip, columns, length, strip
from mailer.report.figures import BLANK, Figures
from mailer.report.history import Past
from mailer.report.leavers import WINDOW
from mailer.report.naming import answer, capital, named
from mailer.report.providers import FEWEST, OTHERS, Provider
from mailer.report.report import Report
from mailer.report.timing import Timing
from mailer.report.wording import Wording

OUTCOMES = (
    ("accepted", "sent"),
    *((name, name) for name in ("queued", "deferred", "failed", "in_doubt", "skipped")),
)
ALWAYS = ("accepted", "failed")
MOST_PROVIDERS = 10
FEWEST_FOR_PACE = 20  # letters; 95 of 100 say nothing where there are three
NAMED = ("failed", "in_doubt", "deferred", "queued", "skipped")  # who has no letter, the gravest first


@dataclass(frozen=True, slots=True)
class Head:
    """Whose report it is."""

    name: str  # of the newsletter
    organisation: str
    language: str
    zone: ZoneInfo


def report_page(
    report: Report, head: Head, people: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
) -> str:
    """The page; it holds no address, unless `people` (see `books.people`) is given.

    Raises:
        TemplateProblem: templates/web/report.html cannot be filled.
    """
    words, figures = Wording(head.language), Figures(head.language, head.zone)
    planned, books = report.planned, report.books
    told = None
    if people is not None:
        told = [
            (words.say(state), row["address"], answer(state, row, head.language))
            for state in NAMED
            for row in people.get(state, ())
        ]
    return page(
        "report.html",
        head=head,
        report=report,
        books=books,
        say=words.say,
        figures=figures,
        capital=capital,
        label=issue_label(words, figures, planned.issue),
        kicker=words.say(by_kind("kicker", planned.kind)),
        tiles=_tiles(report, words, figures),
        summed=summed(report, words, figures),
        outcomes=outcomes(report),
        outcome_chart=_outcome_chart(report, words, figures),
        reasons=_reasons(report, head.language),
        timing=timing_lines(report.timing, words, figures) if report.timing else [],
        timing_head=_timing_head(report.timing, words, figures) if report.timing else "",
        timing_chart=_timing_chart(report.timing, words, figures) if report.timing else None,
        providers=_providers(report.providers, words),
        fewest=FEWEST,
        days=WINDOW.days,
        history_charts=_history_charts(report.history, words, figures),
        people=told,
    )


def issue_label(words: Wording, figures: Figures, key: str) -> str:
    """What the issue is called."""
    label = figures.issue(key)
    return words.say("issue", key=key) if label == key else label


def by_kind(sentence: str, kind: str) -> str:
    """The sentence for an issue, for late joiners, or for a correction."""
    return sentence if kind == "issue" else f"{sentence} {kind}"


def outcomes(report: Report) -> list[tuple[str, int]]:
    """What became of the letters, in parts that make up the planned ones."""
    found = [(name, int(report.books[key])) for name, key in OUTCOMES]
    return [(name, number) for name, number in found if number or name in ALWAYS]


def summed(report: Report, words: Wording, figures: Figures) -> str:
    """How many were in question, left out and planned."""
    books = report.books
    values = {name: figures.number(books[name]) for name in ("candidates", "planned")}
    excluded = sum(books["excluded"].values())
    if report.planned.kind == "correction":
        sentence = "outcome sum correction"
    else:
        sentence = "outcome sum" if excluded else "outcome sum all"
    return words.say(sentence, excluded=figures.number(excluded), **values)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that is read first."""

    number: str
    name: str
    note: str


def _tiles(report: Report, words: Wording, figures: Figures) -> list[Tile]:
    books, planned = report.books, report.books["planned"]
    found = [
        Tile(
            figures.number(books[key]),
            words.say(f"tile {name}"),
            words.say(
                "of planned", share=figures.share(books[key], planned), planned=figures.number(planned)
            ),
        )
        for name, key in (("accepted", "sent"), ("failed", "failed"))
    ]
    over = report.leavers.until is not None and report.as_of >= report.leavers.until
    within = words.say("within" if over else "within so far", days=WINDOW.days)
    found.append(Tile(figures.number(report.leavers.count), words.say("tile left"), within))
    if own := report.growth:
        note = (
            words.say("first issue")
            if own.change is None
            else words.say("since", change=figures.change(own.change))
        )
        found.append(Tile(figures.number(own.subscribers), words.say("tile subscribers"), note))
    return found


def _outcome_chart(report: Report, words: Wording, figures: Figures) -> Strip | None:
    parts = [
        (name, number, f"{words.say(name)}: {figures.number(number)}")
        for name, number in outcomes(report)
        if number
    ]
    return strip("outcome", words.say("outcome head"), parts) if parts else None


def _reasons(report: Report, language: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """Why letters were not accepted or not planned, by what became of them."""
    books = report.books
    kinds = (("failed", "failed_reasons"), ("skipped", "skipped_reasons"), ("excluded", "excluded"))
    return [(kind, named(books[key], language)) for kind, key in kinds if books[key]]


def timing_lines(timing: Timing, words: Wording, figures: Figures) -> list[str]:
    """When the first and the last letter were accepted, and the pace, as sentences."""
    first, last = timing.first_at, timing.last_at
    values = {"day": figures.day(first), "first": figures.time(first, seconds=True)}
    if timing.per_second is None:
        return [words.say("timing one", **values)]
    at = "at time" if figures.same_day(first, last) else "at day"
    until = words.say(at, day=figures.day(last), time=figures.time(last, seconds=True))
    found = [words.say("timing span", last=until, **values)]
    if sum(each.letters for each in timing.stretches) < FEWEST_FOR_PACE:
        return found
    span, (pace, unit) = figures.span(timing.most_at - first), _pace(timing.per_second)
    told = {"pace": figures.decimal(pace), "unit": words.say(unit)}
    return [*found, words.say("pace", span=span, blank=BLANK, **told)]


def _pace(per_second: float) -> tuple[float, str]:
    """How many letters in the shortest unit of time in which there was one."""
    for seconds, unit in ((1, "second"), (60, "minute")):
        if per_second * seconds >= 1:
            return per_second * seconds, unit
    return per_second * 3600, "hour"


def _timing_head(timing: Timing, words: Wording, figures: Figures) -> str:
    return words.say("timing head", step=figures.each(timedelta(minutes=timing.step_minutes)))


def _timing_chart(timing: Timing, words: Wording, figures: Figures) -> Columns | None:
    """A column for each stretch of time; one alone would say nothing."""
    if len(timing.stretches) < 2:
        return None
    groups, before = list[Group](), None
    for each in timing.stretches:
        at, day = each.begins_at, figures.date(each.begins_at)
        second = figures.day_and_month(at)
        value = ("accepted", each.letters, figures.number(each.letters))
        groups.append(Group(figures.time(at), second if before not in (None, day) else "", (value,)))
        before = day
    return columns("timing", _timing_head(timing, words, figures), groups)


@dataclass(frozen=True, slots=True)
class Row:
    """A provider with its bar."""

    name: str
    letters: int
    accepted: int
    failed: int
    open: int  # all others: in doubt, put off or waiting
    width: float


def _providers(found: Sequence[Provider], words: Wording) -> list[Row]:
    """The largest; all that follow are taken together with the small ones."""
    shown = [each for each in found[:MOST_PROVIDERS] if each.name != OTHERS]
    rest = [each for each in found if each not in shown]
    sums = [sum(getattr(each, name) for each in rest) for name in ("letters", "accepted", "failed")]
    if rest:
        shown.append(Provider(words.say("others"), *sums))
    most = max((each.letters for each in shown), default=0)
    return [
        Row(
            _domains(each.name),
            each.letters,
            each.accepted,
            each.failed,
            each.letters - each.accepted - each.failed,
            length(each.letters, most),
        )
        for each in shown
    ]


def _domains(name: str) -> str:
    """A provider by the first of its domains: web.de, gmx.de …"""
    further = PROVIDERS.get(name, ())
    return ", ".join((name, *further[:1])) + (" …" if len(further) > 1 else "")


def _history_charts(history: Sequence[Past], words: Wording, figures: Figures) -> list[Columns]:
    """Accepted letters and lost ones for each issue: two scales, because the one is hundreds of the other."""
    if len(history) < 2:
        return []
    labels, charts = _labels(history, figures), list[Columns]()
    for sentence, names in (("history accepted", ("accepted",)), ("history lost", ("failed", "left"))):
        groups = []
        for each, (label, second) in zip(history, labels, strict=True):
            counts = [(name, getattr(each, name)) for name in names]
            values = tuple((name, number, figures.number(number)) for name, number in counts)
            groups.append(Group(label, second, values))
        charts.append(columns(sentence.replace(" ", "-"), words.say(sentence), groups))
    return charts


def _labels(history: Sequence[Past], figures: Figures) -> list[tuple[str, str]]:
    """The month of each issue, and the year where it begins; days where a month has several issues."""
    found, before = list[tuple[str, str]](), None
    months = [next(iter(months_of(each.issue)), figures.month_of(each.due_at)) for each in history]
    for each, (year, month) in zip(history, months, strict=True):
        label = (
            figures.month_name(month) if len({*months}) == len(months) else figures.day_and_month(each.due_at)
        )
        found.append((label, str(year) if year != before else ""))
        before = year
    return found
