"""The address book of a workspace: what config.toml, the post office and the pages give it."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from mailer.cli.access_page import access_page
from mailer.delivery import traces
from subscribers.book import AddressBook
from subscribers.keeping import Keeping

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mailer.compose.edition import Imprint
    from mailer.settings import Settings
    from subscribers.fields import Fields


def make_book(
    settings: "Settings",
    engine: "Engine",
    secret: bytes,
    fields: "Fields",
    imprint_of: "Callable[[str], Imprint]",
) -> AddressBook:
    """The open book, for the commands of `subscribers`, `segments` and `suppression`."""
    names = {key: table.name for key, table in settings.config.newsletters.items()}
    keeping = Keeping(**settings.config.subscribers.model_dump(exclude={"fields"}))
    page = partial(
        access_page,
        names=names,
        imprint_of=imprint_of,
        keeping=keeping,
        zone=settings.zone,
        relay=settings.config.smtp.host,
    )
    return AddressBook(
        engine=engine,
        secret=secret,
        newsletters=tuple(names),
        fields=fields,
        keeping=keeping,
        zone=settings.zone.key,
        post=traces,
        page=page,
    )
