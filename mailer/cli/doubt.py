"""`rundbrief doubt`: letters that left when the sender ended, so that nobody knows whether they arrived."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.office import Office, clock
from mailer.cli.person import is_there, user
from subscribers.errors import BadUsage, Problems, Refused
from subscribers.output import emit, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from mailer.delivery.doubt import Doubt

COLUMNS = ["delivery", "address", "mailing", "issue", "since", "reason"]
SHOWN = 10
PARTLY = 4
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")


@click.group()
def doubt() -> None:
    """Letters that may or may not have arrived. They are never sent again by themselves."""


@doubt.command("list")
@as_json
@click.pass_obj
def list_command(office: Office, as_json: bool) -> None:
    """Everybody in doubt, by name."""
    emit([_row(office, each) for each in _doubts(office)], COLUMNS, as_json=as_json)


@doubt.command()
@click.argument("letters", nargs=-1, type=int, metavar="[LETTER]...")
@click.option("--all", "whole", type=int, metavar="MAILING", help="Everything in doubt of this mailing.")
@click.option("--resend", is_flag=True, help="Send again, with the same Message-ID.")
@click.option("--sent", is_flag=True, help="It arrived.")
@click.option("--skip", is_flag=True, help="Give it up.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def resolve(
    office: Office,
    letters: tuple[int, ...],
    whole: int | None,
    resend: bool,
    sent: bool,
    skip: bool,
    yes: bool,
) -> None:
    """Say what became of a letter, by its number in `doubt list`, or of all of a mailing.

    Exit code 4 if some cannot be sent again; they stay in doubt.
    """
    from mailer.delivery import doubt as room

    answer = _answer(resend=resend, sent=sent, skip=skip)
    if bool(letters) == (whole is not None):
        raise BadUsage("Which letters?", hint="Name their numbers, or --all MAILING.")
    found = _doubts(office, whole)
    chosen = room.choose(found, letters) if letters else found
    if not chosen:
        say("Nothing is in doubt there.")
        return
    _confirm(chosen, answer, yes=yes)
    with office.engine.begin() as connection:
        settled, refused = _settle(connection, chosen, answer)
        if not settled and refused:
            raise refused[0] if len(refused) == 1 else Problems(_few(refused))
        lines = [*_resent(connection, settled)] if answer == "resend" else [_counted(settled, answer)]
    for line in [*lines, *map(str, _few(refused))]:
        say(line)
    if faster := len(chosen) - len(settled) - len(refused):
        say(f"{faster} had been settled by somebody else meanwhile.")
    if refused:
        click.get_current_context().exit(PARTLY)


def _answer(**given: bool) -> str:
    """The one that was given; of two that contradict each other none is meant."""
    answers = [name for name, chosen in given.items() if chosen]
    if not answers:
        raise BadUsage("What became of it?", hint="Add --resend, --sent or --skip.")
    if len(answers) > 1:
        named = " and ".join(f"--{each}" for each in answers)
        raise BadUsage(f"{named} contradict each other.", hint="Give one of them; nothing is changed.")
    return answers[0]


def _settle(
    connection: "Connection", chosen: "list[Doubt]", answer: str
) -> "tuple[list[Doubt], list[Refused]]":
    """Settle what can be settled: those that were, and why not the others that nobody else settled."""
    from mailer.delivery.doubt import resolve

    settled, refused = [], []
    for each in chosen:
        try:
            if resolve(connection, each, answer, clock(), user()):
                settled.append(each)
        except Refused as why:
            refused.append(why)
    return settled, refused


def _few(refused: list[Refused]) -> list[Refused]:
    """The first of them, and how many more there are."""
    more = len(refused) - SHOWN
    return [*refused[:SHOWN], Refused(f"{more} more cannot be sent again.")] if more > 0 else refused


def _counted(settled: "list[Doubt]", answer: str) -> str:
    one, more = {"sent": ("counts as sent", "count as sent"), "skip": ("is given up", "are given up")}[answer]
    return f"1 letter {one}." if len(settled) == 1 else f"{len(settled)} letters {more}."


def _resent(connection: "Connection", settled: "list[Doubt]") -> "Iterator[str]":
    """What becomes of the letters that were queued again, a mailing at a time, in the words of `retry`."""
    from mailer.delivery.claims import REFUSED
    from mailer.delivery.doubt import count_refusing
    from mailer.delivery.mailing import find

    if not settled:
        yield "No letter is sent again."
    for number in dict.fromkeys(each.mailing for each in settled):
        letters = [each.delivery for each in settled if each.mailing == number]
        skipped = count_refusing(connection, letters)
        again, is_held = len(letters) - skipped, find(connection, str(number)).state == "held"
        what = f"{again} letter{'s' * (again != 1)} of mailing {number}" if again else ""
        if not again:
            yield f"No letter of mailing {number} is sent again."
        elif is_held:
            yield f"{what} can leave once more."
        else:
            yield f"{what} {'is' if again == 1 else 'are'} sent again while `rundbrief run` is running."
        if skipped:
            yield f"{skipped} of mailing {number} will be skipped: {REFUSED}."
        if is_held:
            yield f"The mailing stays held; go on with `rundbrief mailing resume {number}`."


@doubt.command()
@click.option(
    "--maillog",
    "files",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="Postfix's log; several times for its rotated parts, .gz too.",
)
@click.option("--dry-run", is_flag=True, help="Say what the log knows and change nothing.")
@as_json
@click.pass_obj
def reconcile(office: Office, files: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Settle doubts by the log of the relay on this machine. Exit code 4 if some are left."""
    from mailer.delivery import doubt as room
    from mailer.delivery.reconcile import read_maillog

    found = _doubts(office)
    maillog = read_maillog(files, {each.message_id: each.address for each in found})
    rows = []
    with office.engine.begin() as connection:
        for each in found:
            finding = maillog.findings[each.message_id]
            if finding.outcome and not dry_run:
                room.book_finding(connection, each, finding.outcome, finding.text, each.since or clock())
            rows.append(
                {"delivery": each.delivery, "address": each.address or "(erased)", "mailing": each.mailing}
                | {"outcome": finding.outcome or "in_doubt", "finding": finding.text}
            )
    emit(rows, ["delivery", "address", "mailing", "outcome", "finding"], as_json=as_json)
    counts = {name: sum(row["outcome"] == name for row in rows) for name in ("sent", "failed", "in_doubt")}
    say(f"{maillog.understood} of {maillog.lines} lines of the log were understood.")
    if not maillog.understood:
        say("None of them is a line of Postfix about a letter: is this the right file?")
    would = "would be " if dry_run else ""
    say(
        f"{would}settled: {counts['sent']} sent, {counts['failed']} failed; "
        f"{counts['in_doubt']} stay in doubt.".capitalize()
    )
    if counts["in_doubt"]:
        click.get_current_context().exit(PARTLY)


def _doubts(office: Office, mailing_id: int | None = None) -> "list[Doubt]":
    from mailer.delivery.doubt import in_doubt
    from mailer.delivery.reaper import reap
    from subscribers.database import reading

    secret = office.secret
    # What a killed sender left is in doubt now, not only when the next one runs.
    with office.engine.begin() as connection:
        reap(connection, clock())
    with reading(office.engine) as connection:
        return in_doubt(connection, secret, mailing_id)


def _row(office: Office, one: "Doubt") -> dict[str, Any]:
    since = one.since.astimezone(office.settings.zone).replace(microsecond=0) if one.since else None
    return asdict(one) | {"address": one.address or "(erased)", "since": since}


def _confirm(chosen: "list[Doubt]", answer: str, *, yes: bool) -> None:
    """A second copy is for a person to decide, who sees the names."""
    if yes:
        return
    if not is_there():
        raise Refused("Nobody is there to ask.", hint="Add --yes.")
    for each in chosen[:SHOWN]:
        say(f"  {each.delivery}  {each.address or '(erased)'}  mailing {each.mailing}")
    if len(chosen) > SHOWN:
        say(f"  and {len(chosen) - SHOWN} more")
    questions = {
        "resend": "Send these letters again, at the risk of a second copy?",
        "sent": "Count these letters as sent?",
        "skip": "Give these letters up?",
    }
    if not click.confirm(questions[answer], err=True):
        raise Refused("Nothing is changed.")
