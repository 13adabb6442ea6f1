"""The command line: the root command, whose sub-commands are imported only when they are called."""

import importlib
from typing import Any

import click

from mailer import __version__
from mailer.cli.office import Office

# name -> where it lives, and its line in `rundbrief --help`, which must not import it
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("mailer.cli.workspace:init", "Make a workspace that works at once."),
    "demo": (
        "mailer.cli.demo:demo",
        "Do the main job on invented people, to a mail catcher on this machine.",
    ),
    "doctor": ("mailer.cli.doctor:doctor", "Is everything fit to send? Also makes keys for DKIM."),
    "migrate": ("mailer.cli.workspace:migrate", "Bring the database to this program's version."),
    "adopt": ("mailer.cli.adopt:adopt", "Send from here: after a restored backup, or from a new place."),
    "issue": ("mailer.cli.issue:issue", "Issues: new, import, list, show, check, build, diff."),
    "templates": ("mailer.cli.templates:templates", "What makes a letter's look: list, copy to change."),
    "preview": ("mailer.cli.preview:preview", "Look at an issue in the browser while you write it."),
    "send": ("mailer.cli.send:send", "Send an issue to a colleague as a proof."),
    "mailing": ("mailer.cli.mailing:mailing", "Mailings: plan, approve, hold, resume, cancel, list, report."),
    "run": ("mailer.cli.run:run", "Run what has to run all month: web, scheduler, sender."),
    "schedule": ("mailer.cli.schedule:schedule", "When the newsletters go out."),
    "subscribers": (
        "subscribers.cli:subscribers",
        "The address book: people, lists, consent, rights, numbers.",
    ),
    "segments": (
        "subscribers.cli_segments:segments",
        "Saved rules over subscribers: add, list, show, count, remove.",
    ),
    "suppression": (
        "subscribers.cli_suppression:suppression",
        "Who must never be mailed: list, add, remove.",
    ),
    "doubt": ("mailer.cli.doubt:doubt", "Letters that may or may not have arrived."),
    "sandbox": ("mailer.cli.sandbox:sandbox", "Catch mail on this machine instead of sending it."),
    "completion": ("subscribers.completion:completion", "Complete names with the Tab key: bash, zsh, fish."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """A context that has the workspace while a shell completes a word, too: then no command runs."""
        context = super().make_context(info_name, args, parent, **extra)
        if context.resilient_parsing:
            context.obj = Office(context.params.get("config"))
        return context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a month's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", metavar="FILE", help="config.toml to use [RUNDBRIEF_CONFIG, else ./config.toml].")
@click.option("-v", "--verbose", is_flag=True, help="Tell what happens on stderr.")
@click.version_option(__version__, prog_name="rundbrief")
@click.pass_context
def rundbrief(ctx: click.Context, config: str | None, verbose: bool) -> None:
    """Editorial letters as responsive, accessible mail: nobody twice, nobody missed.

    stdout is data, stderr is talk. Exit codes: 0 ok, 1 failed, 2 usage, 3 config, 4 partly, 5 refused,
    75 try later, 130 interrupted.
    """
    office = ctx.obj = Office(config, verbose=verbose)
    ctx.call_on_close(office.close)
