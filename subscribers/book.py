"""What the commands are given by the program that mounts them; cheap to import."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from subscribers.errors import BadUsage

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True, slots=True)
class AddressBook:
    """An open address book.

    Args:
        engine: the database, migrated.
        secret: the key of the suppression list; with another one nobody on it is recognised.
        newsletters: the keys of the newsletters that exist.
    """

    engine: "Engine"
    secret: bytes
    newsletters: tuple[str, ...]

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
