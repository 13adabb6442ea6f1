"""What the commands are given by the program that mounts them; cheap to import."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from subscribers.errors import BadUsage
from subscribers.fields import Fields
from subscribers.keeping import Keeping

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import Engine

    from subscribers.asking import Ask
    from subscribers.post import PostOffice


@dataclass(frozen=True, slots=True)
class AddressBook:
    """An open address book.

    Args:
        engine: the database, migrated.
        secret: the key of the suppression list; with another one nobody on it is recognised.
        newsletters: the keys of the newsletters that exist.
        fields: the fields that this workspace declares for its people.
        keeping: how much of the proof is kept, and for how long.
        zone: the time zone in which months and years begin.
        post: where the letters are booked; None where nobody sends any.
        page: makes a readable page of what `access` finds; None where there are no pages.
    """

    engine: "Engine"
    secret: bytes
    newsletters: tuple[str, ...]
    fields: Fields = field(default_factory=dict)
    keeping: Keeping = field(default_factory=Keeping)
    zone: str = "UTC"
    post: "PostOffice | None" = None
    page: Callable[[dict[str, Any]], str] | None = None

    def newsletter(self, named: str | None) -> str:
        """The newsletter of that name; without a name the only one there is.

        Raises:
            BadUsage: it does not exist, or there are several.
        """
        known = ", ".join(self.newsletters)
        if named is None and len(self.newsletters) == 1:
            return self.newsletters[0]
        if named is None:
            raise BadUsage("Which newsletter?", hint=f"Add --newsletter with one of: {known}.")
        if named not in self.newsletters:
            raise BadUsage(f"There is no newsletter {named!r}.", hint=f"There is: {known}.")
        return named


class HasBook(Protocol):
    """What `ctx.obj` must offer."""

    def open_book(self) -> AddressBook:
        """Open the database of this workspace."""

    def look_up(self) -> "AbstractContextManager[tuple[Ask, bytes]]":
        """The shortest way to one person: the database, to ask in plain SQL, and the key that fits it."""
