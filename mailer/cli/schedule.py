"""`rundbrief schedule`: when the newsletters go out by their rules."""

import click

from mailer.cli.office import Office, clock
from subscribers.output import emit


@click.group()
def schedule() -> None:
    """The dates that follow from `send` in config.toml."""


@schedule.command("next")
@click.option("--count", default=3, show_default=True, type=click.IntRange(1, 120), help="How many dates.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def next_command(office: Office, count: int, as_json: bool) -> None:
    """The next dates of each newsletter."""
    from mailer.schedule.calendar import next_due, parse_rule

    zone, rows = office.settings.zone, []
    for key, table in office.settings.config.newsletters.items():
        if not table.send:
            continue
        rule, at = parse_rule(table.send), clock()
        for _ in range(count):
            at = next_due(rule, at, zone)
            local = at.astimezone(zone)
            rows.append(
                {
                    "newsletter": key,
                    "at": local,
                    "weekday": f"{local:%A}",
                    "shifted": False,
                    "reason": table.send,
                }
            )
    emit(rows, ["newsletter", "at", "weekday", "shifted", "reason"], as_json=as_json)
