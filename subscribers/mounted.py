"""What all commands of the address book share: two options, and the way to the book."""

from typing import cast

import click

from subscribers.book import AddressBook, HasBook

newsletter_option = click.option(
    "--newsletter", metavar="KEY", help="Which newsletter; needed when there are several."
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer with JSON.")


def book_of(context: click.Context) -> AddressBook:
    """The address book of the workspace that the root command found."""
    return cast("HasBook", context.obj).open_book()
