"""`rundbrief issue`: the group of its commands, and the import that brings an editorial in."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailer.cli.build import build
from mailer.cli.check import check
from mailer.cli.diff import diff
from mailer.cli.office import Office
from mailer.cli.shelf import list_, new, show
from subscribers.output import emit_json, say

if TYPE_CHECKING:
    from mailer.content.intake import Intake


@click.group("issue")
def issue() -> None:
    """Import, begin, list, show, check, build and compare issues."""


for _command in (new, list_, show, check, build, diff):
    issue.add_command(_command)


@issue.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--as", "key", metavar="KEY", help="Key of the issue, for example 2025-10; wins over the text.")
@click.option(
    "--force", is_flag=True, help="Import over an issue that exists; the old one is kept beside it."
)
@click.option("--dry-run", is_flag=True, help="Say what was understood; write nothing, need no key.")
@click.option("--json", "as_json", is_flag=True, help="Print what was understood as JSON.")
@click.pass_obj
def import_(office: Office, file: Path, key: str | None, force: bool, dry_run: bool, as_json: bool) -> None:
    """Make an issue of an editorial that arrived as .docx, .txt or .md (FILE, or - for standard input).

    The issue is a draft: what a rule cannot decide is marked `bitte prüfen`, and every line that is left out
    is named with its reason. The original is kept beside the draft.
    """
    from mailer.content.draft import write_draft
    from mailer.content.intake import as_json as described
    from mailer.content.intake import take_in
    from mailer.content.keys import check_key
    from mailer.content.months import months_of
    from subscribers.errors import BadUsage

    if key is not None:
        check_key(key)
    if str(file) == "-":
        name, data = "standard input", sys.stdin.buffer.read()
    else:
        name, data = file.name, file.read_bytes()
    intake = take_in(data, name, office.register(), months_of(key or ""))
    if not dry_run:
        key = key or _key_of(intake)
        if key is None:
            raise BadUsage(
                "The text does not say for certain which month it is for.",
                place=name,
                hint="Say which issue it is, for example --as 2025-10.",
            )
        markdown = intake.source.suffix == ".md"
        backup = write_draft(intake, office.settings.issues / key, markdown=markdown, force=force)
        _tell_place(intake, key, office, backup)
    _tell(intake)
    if key and not dry_run:
        say(f"Next: look at the marked lines, then `rundbrief preview {key}`.")
    if as_json:
        emit_json(described(intake))


def _key_of(intake: "Intake") -> str | None:
    """The key of the months in the text: 2025-10, or 2025-07-08 for a double issue."""
    from mailer.content.keys import is_key
    from mailer.content.months import key_of

    key = key_of(intake.months)
    return key if is_key(key) and "issue" not in intake.unsure else None


def _tell_place(intake: "Intake", key: str, office: Office, backup: Path | None) -> None:
    from mailer.content.months import label_of, months_of
    from mailer.toml import name_of

    root, folder = office.settings.folder, office.settings.issues / key
    if intake.months and months_of(key) and intake.months != months_of(key):
        wanted, found = label_of(months_of(key)), label_of(intake.months)
        say(f"Warning: the key {key} means {wanted}, the text says {found}. The key wins; please check.")
    if backup:
        say(f"Kept: the old issue is now {name_of(backup, root)}.")
    say(
        f"Written: {name_of(folder, root)} (editorial.md, highlights.toml, the original, and import.toml with"
    )
    say("the class of every line).")


def _tell(intake: "Intake") -> None:
    for remark in intake.source.remarks:
        say(f"Cleaned: {remark}")
    for doubt in dict.fromkeys(intake.doubts):
        say(f"Unsure: {doubt.field} ({doubt.reason})")
    for piece in intake.left_out:
        say(f"Left out: line {piece.lines[0]} ({piece.kind}): {piece.text}")
