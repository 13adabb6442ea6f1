"""`rundbrief doubt`: letters that left when the sender ended, so that nobody knows whether they arrived."""

import click

from mailer.cli.office import Office
from subscribers.output import emit


@click.group()
def doubt() -> None:
    """Letters that may or may not have arrived. They are never sent again by themselves."""


@doubt.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def list_command(office: Office, as_json: bool) -> None:
    """Everybody in doubt, by name."""
    from mailer.report import doubtful
    from subscribers.database import reading

    with reading(office.engine) as connection:
        rows = doubtful(connection)
    emit(rows, ["delivery", "address", "mailing", "issue", "since", "reason"], as_json=as_json)
