"""The mail that brings the team the report next morning: subject, plain text, a small HTML part, the page."""

from dataclasses import dataclass
from textwrap import fill

from mailer.compose.environment import page
from mailer.report.figures import Figures
from mailer.report.naming import capital, named
from mailer.report.page import Head, by_kind, issue_label, outcomes, report_page, summed, timing_lines
from mailer.report.report import Report
from mailer.report.wording import Wording

WIDTH = 72


@dataclass(frozen=True, slots=True)
class Message:
    """What the team is sent; none of it holds an address."""

    subject: str
    text: str
    html: str
    file: str  # the name of the attached page
    page: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """The sentences and numbers that both parts of the mail say."""

    begin: str
    rows: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    foot: str


def report_message(report: Report, head: Head) -> Message:
    """The mail about a mailing that is done.

    Raises:
        TemplateProblem: a template of the page or of the mail cannot be filled.
    """
    words, figures = Wording(head.language), Figures(head.language, head.zone)
    planned, books = report.planned, report.books
    label = issue_label(words, figures, planned.issue)
    counts = {"accepted": figures.number(books["sent"]), "planned": figures.number(books["planned"])}
    subject = words.say(by_kind("mail subject", planned.kind), name=head.name, label=label, **counts)
    file = words.say("file", key=planned.issue, number=planned.id)
    parts = _parts(report, head, label, file)
    greeting = words.say("mail greeting")
    html = page("report_mail.html", head=head, subject=subject, greeting=greeting, parts=parts, say=words.say)
    return Message(subject, _text(greeting, parts, words), html, file, report_page(report, head))


def _parts(report: Report, head: Head, label: str, file: str) -> _Parts:
    words, figures = Wording(head.language), Figures(head.language, head.zone)
    planned, books = report.planned, report.books
    when = figures.moment(report.timing.first_at if report.timing else planned.due_at)
    rows = [(capital(words.say(name)), figures.number(number)) for name, number in outcomes(report)]
    rows.append((capital(words.say("planned")), figures.number(books["planned"])))
    rows.append((capital(words.say("left so long")), figures.number(report.leavers.count)))
    if own := report.growth:
        change = "" if own.change is None else f" ({figures.change(own.change)})"
        rows.append((words.say("subscribers"), f"{figures.number(own.subscribers)}{change}"))
    reasons = named(books["failed_reasons"], head.language)
    lines = [summed(report, words, figures)]
    lines += timing_lines(report.timing, words, figures) if report.timing else []
    if books["deferred"]:
        until = figures.moment(planned.due_at + planned.stale)
        lines.append(words.say("mail deferred", until=until, number=planned.id))
    lines += [words.say("mail doubt")] if books["in_doubt"] else []
    lines += [words.say("no tracking"), words.say("mail page", file=file)]
    return _Parts(
        begin=words.say(by_kind("mail begin", planned.kind), label=label, name=head.name, when=when),
        rows=tuple(rows),
        reasons=tuple((reason, figures.number(number)) for reason, number in reasons),
        lines=tuple(lines),
        foot=words.say("mail foot", newsletter=planned.newsletter),
    )


def _text(greeting: str, parts: _Parts, words: Wording) -> str:
    blocks = [greeting, _filled(parts.begin), _table(parts.rows)]
    if parts.reasons:
        blocks.append(f"{words.say('why failed')}:\n{_table(parts.reasons)}")
    blocks += [_filled(line) for line in parts.lines]
    return "\n\n".join([*blocks, f"-- \n{parts.foot}"]) + "\n"


def _filled(text: str) -> str:
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _table(rows: tuple[tuple[str, str], ...]) -> str:
    wide, far = (max(len(row[at]) for row in rows) for at in range(2))
    return "\n".join(f"  {name:<{wide}}  {number:>{far}}" for name, number in rows)
