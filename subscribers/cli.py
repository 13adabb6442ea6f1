"""The commands `rundbrief subscribers …`, mounted; each file of commands stands next door."""

import click

from subscribers import cli_import, cli_people, cli_privacy, cli_retention, cli_stats
from subscribers.cli_segments import segments
from subscribers.cli_suppression import suppression

__all__ = ["segments", "subscribers", "suppression"]


@click.group()
def subscribers() -> None:
    """People and their subscriptions."""


_FILES = (cli_people, cli_import, cli_privacy, cli_retention, cli_stats)
for _command in (each for file in _FILES for each in file.COMMANDS):
    subscribers.add_command(_command)
