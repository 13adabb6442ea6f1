"""What the preflight is told of a workspace: the day, the newsletter, and how heavy its rules weigh."""

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from subscribers.errors import BadConfig, Problem, Problems
from subscribers.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from mailer.checks.surroundings import Answer, Sender, Surroundings
    from mailer.compose.letterhead import Letterhead
    from mailer.compose.rendering import Edition
    from mailer.content.issue import Issue
    from mailer.settings import Settings
    from subscribers.rules import Rule


def surroundings_of(settings: "Settings", head: "Letterhead", now: "datetime") -> "Surroundings":
    """What the checks of a newsletter's issues go by."""
    from mailer.checks.surroundings import Surroundings

    workspace = settings.config.workspace
    return Surroundings(
        today=now.astimezone(settings.zone).date(),
        programme_check_days=workspace.programme_check_days,
        image_base_url=workspace.image_base_url or "",
        theme=head.theme,
        overrides=settings.templates if settings.templates.is_dir() else None,
        imprint=head.imprint,
        sender=_sender(settings, head.key),
        weights=settings.config.checks,
    )


def with_people(
    around: "Surroundings",
    engine: "Callable[[], Engine]",
    settings: "Settings",
    issue: "Issue",
    edition: "Edition",
) -> "Surroundings":
    """The same with the people of the newsletter's segment; without them where they cannot be read."""
    from sqlalchemy.exc import DBAPIError

    from mailer.cli.backdrop import goes_out_on
    from mailer.cli.headcount import count_people
    from subscribers.database import reading
    from subscribers.segments import get_segment, recipients

    key, table = settings.newsletter(issue.newsletter)
    by_name = table.greeting == "personal"
    try:
        with reading(engine()) as connection:
            rule = get_segment(connection, table.segment).rule
            ids = recipients(rule, key)
            return replace(
                around,
                unclear=_count_unclear(connection, rule, key),
                people=count_people(connection, ids, edition, segment=table.segment, by_name=by_name),
                sends_on=goes_out_on(connection, issue, settings.zone),
            )
    except (Problem, DBAPIError) as problem:
        say(f"The address book cannot be read: {str(problem).splitlines()[0]}")
        return around


def ask_servers(settings: "Settings", edition: "Edition", now: "datetime") -> "dict[str, Answer]":
    """What servers say to the pages behind a letter's links; each page is asked for once a day."""
    from mailer.checks.answers import pages_of
    from mailer.checks.pages import Manners, ask_pages, keep_answers, read_answers

    public, file = settings.config.workspace.public_url, settings.var / "links.json"
    known = read_answers(file, now)
    wanted = [each for each in pages_of(edition, public) if each not in known]
    if wanted:
        say(f"Asking for {len(wanted)} page(s).")
    found = ask_pages(wanted, Manners(contact=public if public.startswith("https:") else ""))
    keep_answers(file, known | found, now)
    return known | found


def check_weights(settings: "Settings") -> None:
    """Whether `[checks]` names rules that there are, weighs them, and leaves on what protects law or reader.

    Raises:
        Problems: each complaint with its line.
    """
    from mailer.toml import parse_toml, read_text

    weights = settings.config.checks
    if not weights:
        return
    document = parse_toml(read_text(settings.file, place=settings.file.name), settings.file.name)
    problems = [
        BadConfig(f"checks: {message}", place=document.place(("checks", name)), hint=hint)
        for name, weight in weights.items()
        for message, hint in _complaints(name, weight)
    ]
    if problems:
        raise Problems(problems)


def _complaints(name: str, weight: object) -> "Iterator[tuple[str, str]]":
    """What is wrong with a line of `[checks]`, and the next step."""
    from mailer.checks.registry import RULES
    from mailer.checks.rule import ERROR, OFF, WARNING

    if isinstance(weight, dict):  # TOML reads letter.size = "off" as a table
        for part, inner in weight.items():
            inside, shown = f"{name}.{part}", inner if isinstance(inner, str) else WARNING
            yield f"the name {inside} needs quotation marks.", f'Write "{inside}" = "{shown}".'
        return
    if name not in RULES:
        close = get_close_matches(name, RULES, 1)
        guess = f"; did you mean {close[0]}?" if close else "."
        yield f"there is no rule {name!r}{guess}", "`rundbrief issue check --rules` lists all."
    if weight not in (ERROR, WARNING, OFF):
        yield f"{name} cannot be {weight!r}.", 'A rule is "error", "warning" or "off".'
    elif weight == OFF and name in RULES and RULES[name].protects:
        yield (
            f"{name} stands for the law or the reader and cannot be off.",
            '"warning" lets the approval through.',
        )


def _count_unclear(connection: "Connection", rule: "Rule", newsletter: str) -> int:
    """How many people of a segment are on the newsletter's list without a proven consent."""
    from sqlalchemy import func, select

    from subscribers.conditions import condition
    from subscribers.schema import subscriber, subscription
    from subscribers.words import GONE_STATES, UNCLEAR

    query = (
        select(func.count())
        .select_from(subscriber)
        .join(subscription, subscription.c.subscriber_id == subscriber.c.id)
        .where(
            subscription.c.newsletter == newsletter,
            subscription.c.basis == UNCLEAR,
            subscription.c.state.not_in(GONE_STATES),
            condition(rule),
        )
    )
    return int(connection.execute(query).scalar_one())


def _sender(settings: "Settings", newsletter: str) -> "Sender":
    from mailer.checks.surroundings import Sender
    from mailer.settings.tables import LOOPBACK

    _, table = settings.newsletter(newsletter)
    return Sender(
        address=table.from_address,
        list_id=table.list_id,
        public_url=settings.config.workspace.public_url,
        dkim_domain=table.dkim.domain if table.dkim else "",
        relay_here=settings.relay(table.relay).host in LOOPBACK,
    )
