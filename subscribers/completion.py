"""The command `rundbrief completion`, which lets a shell complete names with the Tab key."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands and options with the Tab key.

    \b
    bash: echo 'eval "$(rundbrief completion bash)"' >> ~/.bashrc
    zsh:  echo 'eval "$(rundbrief completion zsh)"' >> ~/.zshrc
    fish: rundbrief completion fish > ~/.config/fish/completions/rundbrief.fish
    """
    root = context.find_root()
    name = root.info_name or "rundbrief"
    variable = f"_{name}_COMPLETE".replace("-", "_").upper()
    found = get_completion_class(shell)
    assert found is not None  # SHELLS are those that click knows
    click.echo(found(root.command, {}, name, variable).source())
