"""The commands `rundbrief subscribers …`, mounted; each file of commands is imported when one is called."""

import importlib

import click

# command -> the file where it stands
_HOMES = {
    **dict.fromkeys(("add", "show", "change"), "cli_people"),
    "list": "cli_list",
    **dict.fromkeys(("import", "export"), "cli_import"),
    **dict.fromkeys(("access", "forget", "unsubscribe", "verify"), "cli_privacy"),
    "retention": "cli_retention",
    "stats": "cli_stats",
}


class _Lazy(click.Group):
    """A group that knows its commands by name; only the help imports them all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in alphabetical order."""
        return sorted(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in _HOMES:
            return None
        home = importlib.import_module(f"subscribers.{_HOMES[cmd_name]}")
        found: click.Command = next(each for each in home.COMMANDS if each.name == cmd_name)
        return found


@click.group(cls=_Lazy)
def subscribers() -> None:
    """People and their subscriptions."""
