"""What the Tab key completes: the command that tells a shell, and the names of what is saved."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import click
from click.shell_completion import CompletionItem, get_completion_class

if TYPE_CHECKING:
    from subscribers.book import AddressBook, HasBook

SHELLS = ("bash", "zsh", "fish")
# bash takes a completion as it is typed: without marks a name of several words would become several.
_PLAIN = "COMPREPLY+=($value)"
_MARKED = (
    "if [[ ${COMP_WORDS[COMP_CWORD]} == [\\\"\\']* ]]; "
    'then COMPREPLY+=("$value"); else COMPREPLY+=("$(printf %q "$value")"); fi'
)


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
    click.echo(found(root.command, {}, name, variable).source().replace(_PLAIN, _MARKED))


def newsletter_names(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """The newsletters that begin as typed."""
    return _offered(context, typed, lambda book: ((key, "") for key in book.newsletters))


def segment_names(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """The segments that begin as typed."""

    def saved(book: "AddressBook") -> Iterable[tuple[str, str]]:
        from subscribers.database import reading
        from subscribers.segments import list_segments

        with reading(book.engine) as connection:
            return [("all", "everybody"), *((one.name, one.text) for one in list_segments(connection))]

    return _offered(context, typed, saved)


def profile_names(context: click.Context, _option: click.Parameter, typed: str) -> list[CompletionItem]:
    """The saved mappings of imports that begin as typed."""

    def saved(book: "AddressBook") -> Iterable[tuple[str, str]]:
        from subscribers.database import reading
        from subscribers.profiles import profiles

        with reading(book.engine) as connection:
            return [(name, "") for name in profiles(connection)]

    return _offered(context, typed, saved)


def _offered(
    context: click.Context,
    typed: str,
    names: Callable[["AddressBook"], Iterable[tuple[str, str]]],
) -> list[CompletionItem]:
    """Trouble is silent while somebody types, and asking makes no database."""
    with suppress(Exception):
        if not getattr(context.obj, "has_database", True):
            return []
        found = names(cast("HasBook", context.obj).open_book())
        return [CompletionItem(name, help=text or None) for name, text in found if name.startswith(typed)]
    return []
