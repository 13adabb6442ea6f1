"""The address book of a workspace: what config.toml, the post office and the pages give it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from subscribers.book import AddressBook
from subscribers.keeping import Keeping

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from mailer.compose.letterhead import Imprint
    from mailer.settings import Settings
    from mailer.settings.essentials import Essentials
    from subscribers.fields import Fields
    from subscribers.post import PostOffice


def essentials_of(settings: "Settings") -> "Essentials":
    """What the address book needs of a config.toml that was just checked."""
    from sqlalchemy.engine import make_url

    from mailer.settings.essentials import Essentials, KeyPlace
    from mailer.settings.kept import plain

    url = make_url(settings.database_url)
    table, lies = settings.config.subscribers, settings.config.database.secret
    return Essentials(
        config=str(settings.file),
        database_file=url.database or "" if url.get_backend_name() == "sqlite" else "",
        key=KeyPlace(lies.file, lies.env, lies.credential),
        newsletters={key: each.name for key, each in settings.config.newsletters.items()},
        fields=table.fields,
        keeping=table.model_dump(exclude={"fields"}),
        time_zone=settings.zone.key,
        relay=settings.config.smtp.host,
        tables=plain(settings.config),
        text=settings.text,
    )


def make_book(
    known: "Essentials",
    engine: "Engine",
    secret: bytes,
    fields: "Fields",
    imprint_of: "Callable[[str], Imprint]",
) -> AddressBook:
    """The open book, for the commands of `subscribers`, `segments` and `suppression`."""
    names, keeping = known.newsletters, Keeping(**known.keeping)

    def page(found: dict[str, Any]) -> str:
        from zoneinfo import ZoneInfo

        from mailer.cli.access_page import access_page

        zone, relay = ZoneInfo(known.time_zone), known.relay
        return access_page(found, names=names, imprint_of=imprint_of, keeping=keeping, zone=zone, relay=relay)

    return AddressBook(
        engine=engine,
        secret=secret,
        newsletters=tuple(names),
        fields=fields,
        keeping=keeping,
        zone=known.time_zone,
        post=cast("PostOffice", _Letters()),
        page=page,
    )


class _Letters:
    """The post office's books; their tables cost 0.05 s, and most commands never ask for a letter."""

    def __getattr__(self, name: str) -> Any:
        from mailer.delivery import traces

        return getattr(traces, name)
