"""What config.toml says of a newsletter's letters beside their content: sender, list headers, signature."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from mailer.delivery.dkim import ED25519, RSA, Key, Signer, read_key
from mailer.delivery.message import Envelope, sender_id
from mailer.settings import Settings
from subscribers.errors import BadConfig

if TYPE_CHECKING:
    from mailer.settings.tables import DkimTable


def make_envelope(settings: Settings, newsletter: str | None, issue: str, web_base: str) -> Envelope:
    """Sender and list headers; `web_base` is where the newsletter's web versions are found, if anywhere."""
    key, table = settings.newsletter(newsletter)
    return Envelope(
        from_name=table.from_name,
        from_address=table.from_address,
        reply_to=table.reply_to or "",
        list_id=table.list_id,
        list_name=table.name,
        language=table.language,
        public_url=settings.config.workspace.public_url,
        newsletter=key,
        issue=issue,
        web_base=web_base,
        sender_id=table.sender_id or sender_id(table.from_address.rpartition("@")[2]),
        unsubscribe_mailto=table.unsubscribe_mailto or "",
        cfbl_address=table.cfbl_address or "",
        csa_complaints=table.csa_complaints or "",
    )


def make_signer(settings: Settings, newsletter: str | None, clock: Callable[[], datetime]) -> Signer | None:
    """What signs the letters of a newsletter; None where the relay does.

    Raises:
        BadConfig: a key cannot be read, can be read by others, or is not of its kind.
    """
    name, table = settings.newsletter(newsletter)
    if table.dkim is None:
        return None
    return Signer(table.dkim.domain, _keys(settings, name, table.dkim), clock)


def _keys(settings: Settings, newsletter: str, table: "DkimTable") -> list[Key]:
    place = f"{settings.file.name}: newsletters.{newsletter}.dkim"
    wanted = [(table.selector, table.key, RSA)]
    if table.ed25519_selector and table.ed25519_key:
        wanted.append((table.ed25519_selector, table.ed25519_key, ED25519))
    keys = []
    for selector, source, algorithm in wanted:
        key = read_key(selector, settings.key_text(source).get_secret_value(), place)
        if key.algorithm != algorithm:
            raise BadConfig(
                f"The key of selector {selector} is for {key.algorithm}, and {algorithm} belongs there.",
                place=place,
            )
        keys.append(key)
    return keys
