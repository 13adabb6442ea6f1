"""`rundbrief mailing retry`: failed letters are tried again, after the sender or its relay was mended."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from mailer.cli.books import as_json, local
from mailer.cli.office import Office, clock
from mailer.cli.person import user
from mailer.cli.standing import reads_otherwise
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.delivery.mailing import Mailing
    from mailer.delivery.retrying import Failed

COLUMNS = ["outcome", "reason", "why", "letters"]
AGAIN, STAYS = "again", "stays failed"
PARTLY = 4


@click.command()
@click.argument("which")
@click.option(
    "--all", "whole", is_flag=True, help="Every failed letter, after a relay that knew nobody for instance."
)
@click.option("--dry-run", is_flag=True, help="Say which letters would be tried again and change nothing.")
@as_json
@click.pass_obj
def retry(office: Office, which: str, whole: bool, dry_run: bool, as_json: bool) -> None:
    """Try letters again that failed by the fault of the sender or its relay, once that is mended.

    Nobody gets it who left meanwhile or has the issue by another letter. A held mailing stays held until
    `resume`. Exit code 4 if some letters stay failed.
    """
    from mailer.delivery import mailing as room
    from mailer.delivery import retrying
    from subscribers.database import reading

    now = clock()
    if dry_run:
        with reading(office.engine) as connection:
            planned = retrying.find_failed(connection, which)
            found = retrying.look(connection, planned, whole=whole)
    else:
        office.instance.require()
        with office.engine.begin() as connection:
            planned = retrying.find_failed(connection, which)
            found = retrying.retry(connection, planned, now, user(), whole=whole)
            planned = room.find(connection, str(planned.id))
        office.instance.note()
    _emit(office, planned, found, as_json=as_json)
    _say(planned, found, dry_run=dry_run)
    if any(not one.against for one in found):
        _say_of_letters(office, planned, found, now)
    if any(one.against for one in found):
        click.get_current_context().exit(PARTLY)


def _emit(office: Office, planned: "Mailing", found: "Sequence[Failed]", *, as_json: bool) -> None:
    """A line for each reason, those that are tried again first."""
    from mailer.report.books import meaning

    counts = Counter((bool(one.against), meaning(one), one.against) for one in found)
    rows = [
        {"outcome": STAYS if against else AGAIN, "reason": reason, "why": why, "letters": count}
        for (against, reason, why), count in sorted(counts.items(), key=lambda each: (each[0][0], -each[1]))
    ]
    if not as_json:
        return emit(rows, COLUMNS, as_json=False)
    again = sum(not one.against for one in found)
    values: dict[str, Any] = {"mailing": planned.id, "state": planned.state, "release": planned.release}
    values |= {"again": again, "stays_failed": len(found) - again, "letters": rows}
    return emit_json(values | {"given_up_at": local(office, planned.due_at + planned.stale)})


def _say(planned: "Mailing", found: "Sequence[Failed]", *, dry_run: bool) -> None:
    from mailer.delivery.retrying import BLAMELESS

    number, again = planned.id, sum(not one.against for one in found)
    letters, stay = f"{again} letter{'s' * (again != 1)}", len(found) - again
    stays = f", {stay} stay{'s' * (stay == 1)} failed" if stay else ""
    if not found:
        say(f"No letter of mailing {number} has failed.")
    elif dry_run:
        say(f"{letters} of mailing {number} would be tried again{stays}; nothing is changed.")
    elif not again:
        say(f"No letter of mailing {number} is tried again{stays}.")
    elif planned.state == "held":
        say(f"{letters} of mailing {number} can leave once more{stays}.")
    else:
        verb = "is" if again == 1 else "are"
        say(f"{letters} of mailing {number} {verb} tried again while `rundbrief run` is running{stays}.")
    if more := sum(one.against == BLAMELESS for one in found):
        say(f"With --all {more} more would be tried again, for instance after a relay that knew nobody.")


def _say_of_letters(office: Office, planned: "Mailing", found: "Sequence[Failed]", now: "datetime") -> None:
    """What the letters will say, whether they wait for a person, and that they are late."""
    number, corrections = planned.id, {one.corrected for one in found if one.corrected and not one.against}
    if corrections:
        say(
            f"They would say what mailing {min(corrections)} corrects, so that mailing {number} is held: "
            f"approve the mended issue with `rundbrief mailing approve {number}`, then go on with "
            f"`rundbrief mailing resume {number}`."
        )
    elif planned.state == "held":
        say(f"The mailing stays held; go on with `rundbrief mailing resume {number}`.")
    if not corrections and reads_otherwise(office, planned):
        say(f"The issue reads differently now; what goes out is release {planned.release}, as approved.")
    if now > planned.due_at + planned.stale:
        say(
            f"They are older than {planned.stale_hours:g} hours (stale_hours in config.toml): each is tried "
            "once, and what is put off then fails."
        )
