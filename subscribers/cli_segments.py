"""The commands `rundbrief segments …`."""

from datetime import UTC, datetime
from shlex import quote

import click

from subscribers.mounted import as_json_option, book_of, newsletter_option
from subscribers.output import emit, emit_json, say


@click.group()
def segments() -> None:
    """Saved rules that say who gets an issue."""


@segments.command("add")
@click.argument("name")
@click.argument("rule")
@click.pass_context
def add_segment_(context: click.Context, name: str, rule: str) -> None:
    """Save a rule, for example: gewerk in (Tischler, Maler) and not kreis = Höxter."""
    from subscribers.segments import add_segment

    with book_of(context).engine.begin() as connection:
        saved = add_segment(connection, name, rule, datetime.now(UTC))
    say(f"Saved as {saved.name}. rundbrief segments count {quote(saved.name)} shows how many it reaches.")


@segments.command("list")
@as_json_option
@click.pass_context
def list_segments_(context: click.Context, as_json: bool) -> None:
    """Show all saved rules."""
    from subscribers.database import reading
    from subscribers.segments import list_segments

    with reading(book_of(context).engine) as connection:
        rows = [{"name": one.name, "rule": one.text} for one in list_segments(connection)]
    emit(rows, ("name", "rule"), as_json=as_json)


@segments.command("show")
@click.argument("name")
@as_json_option
@click.pass_context
def show_segment_(context: click.Context, name: str, as_json: bool) -> None:
    """Show one rule, as typed and as a tree."""
    from subscribers.database import reading
    from subscribers.rules import to_tree
    from subscribers.segments import get_segment

    with reading(book_of(context).engine) as connection:
        found = get_segment(connection, name)
    row = {
        "name": found.name,
        "rule": found.text,
        "created_at": found.created_at,
        "tree": to_tree(found.rule),
    }
    emit_json(row) if as_json else emit([row], ("name", "rule", "created_at"), as_json=False)


@segments.command("count")
@click.argument("rule_or_name")
@newsletter_option
@as_json_option
@click.pass_context
def count_(context: click.Context, rule_or_name: str, newsletter: str | None, as_json: bool) -> None:
    """Count who would get a letter now: active on the newsletter, matching, not suppressed."""
    from subscribers.database import reading
    from subscribers.segments import count, rule_of

    book = book_of(context)
    key = book.newsletter(newsletter)
    with reading(book.engine) as connection:
        found = count(connection, rule_of(connection, rule_or_name), key)
    emit_json({"count": found}) if as_json else click.echo(str(found))


@segments.command("remove")
@click.argument("name")
@click.pass_context
def remove_segment_(context: click.Context, name: str) -> None:
    """Forget a saved rule; nobody is removed by it."""
    from subscribers.segments import remove_segment

    with book_of(context).engine.begin() as connection:
        remove_segment(connection, name)
    say(f"Removed {name}.")
