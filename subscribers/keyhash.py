"""What is made with the secret key: the hash by which a mailbox is known, and the mark of the key itself."""

import hmac

STAMP = "secret"  # the name of the mark in the table `stamp`
_MESSAGE = b"rundbrief secret check"


def key_hash(secret: bytes, email_key: str) -> str:
    """HMAC-SHA-256 of the key without its `+tag`, so that one no holds for all tags of a mailbox.

    Keyed, because a bare hash of an address can be guessed (DSGVO Art. 17 (3) b, 21 (3): the list may stay).
    """
    local, _, domain = email_key.rpartition("@")
    mailbox = f"{local.split('+', 1)[0] or local}@{domain}"
    return hmac.digest(secret, mailbox.encode(), "sha256").hex()


def mark_of(secret: bytes) -> str:
    """By which a database knows its key."""
    return hmac.digest(secret, _MESSAGE, "sha256").hex()
