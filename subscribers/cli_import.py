"""The commands that take a list in, take it back, and write one."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from subscribers.completion import profile_names
from subscribers.errors import BadUsage, Problem
from subscribers.mounted import as_json_option, book_of, consent_options, newsletter_option, past_day
from subscribers.output import emit, emit_json, say

if TYPE_CHECKING:
    from subscribers.book import AddressBook
    from subscribers.import_report import Report
    from subscribers.undo import Undone

_PROOF = (
    "Where you can prove it, run it again with --source TEXT --consented-on DATE for the whole list, "
    "or with the columns Quelle and Einwilligung am for each row."
)
_SHOWN = 20
_COUNTS = (
    "new",
    "changed",
    "unchanged",
    "duplicates",
    "unconfirmed",
    "suppressed",
    "pending",
    "left",
    "stopped",
    "proven",
)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@newsletter_option
@consent_options
@click.option(
    "--map", "columns", multiple=True, metavar="COLUMN=FIELD", help="What a column means; or ignore."
)
@click.option("--profile", metavar="NAME", shell_complete=profile_names, help="Use a saved mapping.")
@click.option("--save-profile", metavar="NAME", help="Keep the mapping under a name.")
@click.option("--sheet", metavar="NAME", help="Which sheet of an Excel file.")
@click.option("--fill-only", is_flag=True, help="Fill empty fields only; what is known stays.")
@click.option("--apply", is_flag=True, help="Write it; without this the file is only looked at.")
@click.option("--undo", type=int, metavar="BATCH", help="Take an import back.")
@as_json_option
@click.pass_context
def import_(
    context: click.Context,
    /,
    file: Path | None,
    newsletter: str | None,
    undo: int | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Take in a list: CSV, Excel, vCards; first a report, with --apply for good.

    Knows the exports of Outlook, CleverReach, Mailchimp and Brevo. Rows without a proven consent are taken as
    pending and never mailed. Nobody who left comes back.
    """
    if (file is None) == (undo is None):
        raise BadUsage("Name one FILE to take in, or --undo with the number of a batch.")
    book = book_of(context)
    if undo is not None:
        _undo(book, undo, as_json)
    elif file is not None:
        _import(book, file, book.newsletter(newsletter), as_json, given)


def _import(book: "AddressBook", file: Path, newsletter: str, as_json: bool, given: dict[str, Any]) -> None:
    from subscribers.cells import Terms
    from subscribers.database import reading
    from subscribers.importing import Meaning, import_list, plan_import
    from subscribers.listfile import read_list
    from subscribers.profiles import save_profile

    now = datetime.now(UTC)
    terms = Terms(given["source"] or "", past_day(given["consented_on"], now), given["wording"] or "")
    columns = _columns(book, given["profile"], given["columns"])
    sheet = read_list(file, columns, given["sheet"])
    meaning = Meaning(_those_here(columns, sheet.header, given["columns"]), book.fields, given["fill_only"])
    how: dict[str, Any] = {"secret": book.secret, "now": now, "terms": terms, "meaning": meaning}
    if given["apply"]:
        report = import_list(book.engine, sheet, newsletter, **how)
    else:
        with reading(book.engine) as connection:
            report = plan_import(connection, sheet, newsletter, **how)
    if given["save_profile"]:
        with book.engine.begin() as connection:
            save_profile(connection, given["save_profile"], {**columns, **report.mapping}, now)
    emit_json(report.as_dict()) if as_json else _print_report(report)
    if not report.usable:
        raise Problem("Nothing in this file could be taken.", place=file.name)
    _say_what_to_do(report)
    if given["apply"]:
        say(f"Written to {newsletter} as batch {report.batch}; --undo {report.batch} takes it back.")
        if report.refusals:
            say(f"{report.refusals} rows were refused; the report names them.")
            click.get_current_context().exit(4)
    else:
        say("Nothing was written. Run the same command with --apply to take the list in.")


def _say_what_to_do(report: "Report") -> None:
    if report.ignored:
        say(
            f"Not taken: {_some(report.ignored)}. --map COLUMN=FIELD says what a column means; "
            "fields of your own are declared in config.toml under [subscribers.fields]."
        )
    if report.pending:
        say(f"{report.pending} of them have no proven consent: pending, never mailed. {_PROOF}")


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are; the table has all of them."""
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _undo(book: "AddressBook", batch: int, as_json: bool) -> None:
    from subscribers.undo import undo_import

    undone = undo_import(book.engine, batch, book.fields, datetime.now(UTC))
    emit_json(undone.as_dict()) if as_json else _print_undone(undone)
    say(f"Import {batch} is taken back.")
    for one in undone.proven:
        many, other = one["people"], one["batch"]
        stay, them = ("person stays", "this person") if many == 1 else ("people stay", "them")
        say(f"{many} {stay}, because batch {other} proves {them}, too.")
    for other, many in Counter(one["import"] for one in undone.kept).items():
        stay, them = ("thing stays", "it") if many == 1 else ("things stay", "them")
        why = f"import {other} brought {them}, too" if other else f"somebody changed {them} since"
        say(f"{many} {stay}, because {why}.")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--where", metavar="RULE", help="Only who matches a rule or a segment's name.")
@newsletter_option
@click.option("--force", is_flag=True, help="Replace a file of this name.")
@click.pass_context
def export_(
    context: click.Context, file: Path, where: str | None, newsletter: str | None, force: bool
) -> None:
    """Write everybody on a newsletter into a .csv or .xlsx file, whatever their state.

    The file is safe to open in Excel, and `subscribers import` reads it back.
    """
    from subscribers.database import reading
    from subscribers.exporting import export_rows, header, write_export
    from subscribers.segments import condition, rule_of

    book = book_of(context)
    key = book.newsletter(newsletter)
    if file.exists() and not force:
        raise Problem("There is a file of this name.", place=str(file), hint="Take another, or add --force.")
    with reading(book.engine) as connection:
        rule = rule_of(connection, where, book.fields) if where is not None else None
        matching = condition(rule) if rule is not None else None
        rows = export_rows(connection, key, matching, book.fields)
        count = write_export(file, header(book.fields), rows)
    say(f"{count} people of {key} are in {file.name}. Personal data: keep it safe, delete it when done.")
    say("The suppression list is not in it: it holds no addresses. Copy the database to take it along.")


def _columns(book: "AddressBook", profile: str | None, given: tuple[str, ...]) -> dict[str, str]:
    """The mapping of a profile, then what the command line says."""
    from subscribers.database import reading
    from subscribers.profiles import profile_of

    columns: dict[str, str] = {}
    if profile is not None:
        with reading(book.engine) as connection:
            columns = profile_of(connection, profile)
    for one in given:
        name, equals, field = one.rpartition("=")
        if not equals or not name.strip() or not field.strip():
            raise BadUsage(f"{one!r} is no mapping.", hint='Write --map "Column=field".')
        columns[name.strip()] = field.strip()
    return columns


def _those_here(columns: dict[str, str], header: tuple[str, ...], given: tuple[str, ...]) -> dict[str, str]:
    """A profile may know columns that this list does not have; what was typed must be there."""
    here = {name.strip().casefold() for name in header}
    typed = {one.rpartition("=")[0].strip() for one in given}
    return {name: field for name, field in columns.items() if name in typed or name.casefold() in here}


def _print_report(report: "Report") -> None:
    """One table: the counts first, then every line of the file that needs a look."""
    rows: list[dict[str, Any]] = [
        {"what": "encoding", "text": report.encoding},
        {"what": "delimiter", "text": {"\t": "tab"}.get(report.delimiter, report.delimiter)},
    ]
    rows += [{"what": "sample", **one} for one in report.sample]
    rows += [{"what": "column", "text": f"{header} = {name}"} for header, name in report.mapping.items()]
    rows += [{"what": "not taken", "text": header} for header in report.ignored]
    counts = report.as_dict()
    rows += [{"what": name, "count": counts[name]} for name in _COUNTS]
    rows.append({"what": "refused", "count": report.refusals})
    rows += [{"what": "refused", "line": one.line, "text": one.reason} for one in report.refused]
    for one in report.duplicate_lines:
        rows.append({"what": "duplicate", "line": one["line"], "text": f"as in line {one['first']}"})
    for change in report.changes[:_SHOWN]:
        text = f"{change['email']}: {change['field']} {change['old']!r} -> {change['new']!r}"
        rows.append({"what": "change", "line": change["line"], "text": text})
    more = len(report.changes) - _SHOWN + report.not_listed.get("changes", 0)
    if more > 0:
        rows.append({"what": "change", "count": more, "text": "more, with --json"})
    rows += [{"what": "warning", "line": one["line"], "text": one["text"]} for one in report.warnings]
    for name, count in report.not_listed.items():
        rows.append({"what": "not listed", "count": count, "text": name})
    emit(rows, ("what", "count", "line", "text"), as_json=False)


def _print_undone(undone: "Undone") -> None:
    counts = undone.as_dict()
    rows: list[dict[str, Any]] = [
        {"what": name, "count": counts[name]} for name in ("removed", "restored", "lifted")
    ]
    if undone.shared:
        text = "stay on the suppression list, another import says so, too"
        rows.append({"what": "shared", "count": undone.shared, "text": text})
    rows += [
        {"what": "proven", "count": one["people"], "text": f"by batch {one['batch']}"}
        for one in undone.proven
    ]
    rows += [{"what": "kept", "text": f"{one['email']}: {one['what']}"} for one in undone.kept]
    emit(rows, ("what", "count", "text"), as_json=False)


COMMANDS = (import_, export_)
