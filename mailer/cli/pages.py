"""The public pages with this workspace's address book behind them."""

from typing import TYPE_CHECKING

from mailer.cli.office import Office, clock
from mailer.delivery.archive import web_version
from mailer.web.public import Leaving, Letterhead, make_app
from subscribers.database import reading
from subscribers.roster import subscription_by_token, unsubscribe

if TYPE_CHECKING:
    from starlette.applications import Starlette


def public_app(office: Office) -> "Starlette":
    """The app behind the links in the letters."""

    def find(token: str) -> Leaving | None:
        with reading(office.engine) as connection:
            found = subscription_by_token(connection, token)
        return Leaving(found.newsletter, found.state) if found else None

    def leave(token: str) -> None:
        with office.engine.begin() as connection:
            unsubscribe(connection, token, "link in the letter", clock())

    def letter(newsletter: str, issue: str, variant: str) -> str | None:
        with reading(office.engine) as connection:
            return web_version(connection, newsletter, issue, variant)

    names = {}
    for key in office.settings.config.newsletters:
        head = office.letterhead(key)
        imprint = head.imprint
        lines = (f"{imprint.organisation}, {imprint.street}, {imprint.place}", imprint.phone, imprint.email)
        names[key] = Letterhead(head.name, head.organisation, lines, head.language)
    return make_app(find=find, leave=leave, letter=letter, names=names)
