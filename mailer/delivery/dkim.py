"""DKIM: which fields are signed, with which keys, and what the DNS has to say of them (RFC 6376, 8301, 8463).

Everything that is the same for all letters of a variant is canonicalised once; a letter costs one hash of its
body from the first slot on and the signature itself.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from subscribers.errors import BadConfig

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

RSA, ED25519 = "rsa-sha256", "ed25519-sha256"
# Each is named once more than it occurs, so that a field added on the way breaks the signature: readers
# believe the first of two, verifiers check the last (RFC 6376 sections 5.4.2 and 8.15).
OVERSIGNED = (
    "From",
    "To",
    "Cc",
    "Sender",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Help",
    "List-Archive",
    "List-Owner",
    "CFBL-Address",
    "CFBL-Feedback-ID",
    "Feedback-ID",
    "X-CSA-Complaints",
)
LINE = 76
_SMALLEST, _LARGEST = 2048, 4096  # bits: RFC 8301 section 3.2; verifiers need not take larger ones
_STRING = 255  # octets of a string in a TXT record, RFC 1035 section 3.3.14


@dataclass(frozen=True, slots=True)
class Key:
    """A private key under the name by which the DNS knows its public half."""

    selector: str
    algorithm: str
    sign: Callable[[bytes], bytes] = field(repr=False)
    record: str = field(repr=False)  # the value of the TXT record


def new_key(algorithm: str) -> bytes:
    """A fresh private key as PEM (PKCS #8, not encrypted): RSA of 2048 bits, or Ed25519."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    made: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if algorithm == RSA:
        made = rsa.generate_private_key(public_exponent=65_537, key_size=_SMALLEST)
    else:
        made = ed25519.Ed25519PrivateKey.generate()
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_key(selector: str, pem: bytes, place: str) -> Key:
    """The key in a PEM text.

    Raises:
        BadConfig: it is none, is encrypted, or verifiers would not take its kind or size.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(pem, password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise BadConfig(
            f"The DKIM key of selector {selector} is not a private key in PEM without a password.",
            place=place,
            hint="Make one with `rundbrief doctor --new-key DOMAIN --selector SELECTOR`.",
        ) from None
    return _key(selector, private, place)


def _key(selector: str, private: "PrivateKeyTypes", place: str) -> Key:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

    if isinstance(private, ed25519.Ed25519PrivateKey):
        raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        sign = private.sign

        def sign_digest(data: bytes) -> bytes:
            return sign(hashlib.sha256(data).digest())  # RFC 8463 section 3: the digest is what is signed

        return Key(selector, ED25519, sign_digest, f"v=DKIM1; k=ed25519; p={_base64(raw)}")
    if not isinstance(private, rsa.RSAPrivateKey) or not _SMALLEST <= private.key_size <= _LARGEST:
        raise BadConfig(
            f"The DKIM key of selector {selector} must be RSA of {_SMALLEST} to {_LARGEST} bits, or Ed25519.",
            place=place,
            hint="Make one with `rundbrief doctor --new-key DOMAIN --selector SELECTOR`.",
        )
    sign_rsa, scheme, digest = private.sign, padding.PKCS1v15(), hashes.SHA256()
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Key(
        selector, RSA, lambda data: sign_rsa(data, scheme, digest), f"v=DKIM1; k=rsa; p={_base64(der)}"
    )


def record_strings(record: str) -> list[str]:
    """A TXT record's value, cut into the strings that a zone file holds (at most 255 octets each)."""
    return [record[start : start + _STRING] for start in range(0, len(record), _STRING)]


def relaxed_field(written: bytes) -> bytes:
    """A whole header field, CRLF included, in the "relaxed" form of RFC 6376 section 3.4.2."""
    name, _, value = written.partition(b":")
    plain = value.replace(b"\r\n", b"")
    if b"  " in plain or b"\t" in plain:
        plain = re.sub(rb"[ \t]+", b" ", plain)
    return name.strip().lower() + b":" + plain.strip() + b"\r\n"


def relaxed_lines(lines: bytes) -> bytes:
    """Whole lines of a body in the "relaxed" form of RFC 6376 section 3.4.4, empty lines at its end aside."""
    return re.sub(rb" ?\r\n", b"\r\n", re.sub(rb"[ \t]+", b" ", lines))


class Signer:
    """Signs for a domain with one key, or with an RSA key and an Ed25519 key beside it.

    Args:
        domain: the d= of the signatures, as A-label.
        keys: the first stands on top; verifiers that know no Ed25519 need an RSA key among them.
        clock: gives the present moment, for t=.

    Raises:
        BadConfig: there is no RSA key.
    """

    def __init__(self, domain: str, keys: Sequence[Key], clock: Callable[[], datetime]) -> None:
        if RSA not in {each.algorithm for each in keys}:
            raise BadConfig(
                f"The signature of {domain} needs an RSA key; Ed25519 can only stand beside it (RFC 8463)."
            )
        self.domain, self.keys, self.clock = domain, tuple(keys), clock

    def seal(self, names: Sequence[str]) -> "Seal":
        """What signs messages whose header fields are `names`, each standing there once."""
        return Seal(self, names)


class Seal:
    """A signer made ready for one set of header fields."""

    def __init__(self, signer: Signer, names: Sequence[str]) -> None:
        lists = _folded_names([*names, *OVERSIGNED])
        self._clock = signer.clock
        self._heads = [
            (each.sign, *_head(f"v=1; a={each.algorithm}; c=relaxed/relaxed;", signer.domain, each.selector))
            for each in signer.keys
        ]
        self._tail = f";\r\n h={lists};\r\n b=".encode()
        self._relaxed_tail = self._tail.replace(b"\r\n", b"")

    def sign(self, relaxed_head: bytes, body_hash: bytes) -> bytes:
        """The DKIM-Signature fields for a message.

        Args:
            relaxed_head: its signed fields in relaxed form, in the order of the names given.
            body_hash: the sha256 of its relaxed body.
        """
        at = int(self._clock().timestamp())
        middle = b"t=%d; bh=%s" % (at, base64.b64encode(body_hash))
        fields = list[bytes]()
        for sign, written, relaxed in self._heads:
            value = base64.b64encode(sign(relaxed_head + relaxed + middle + self._relaxed_tail))
            lines = [value[start : start + LINE - 4] for start in range(0, len(value), LINE - 4)]
            fields += (written, middle, self._tail, b"\r\n ".join(lines), b"\r\n")
        return b"".join(fields)


def signed(names: Sequence[str]) -> list[str]:
    """Those of a message's fields that the signature covers, in their order."""
    known = {name.lower() for name in OVERSIGNED}
    return [name for name in names if name.lower() in known]


def _head(tags: str, domain: str, selector: str) -> tuple[bytes, bytes]:
    """The first tags of a signature as they are written, and in relaxed form."""
    lines = (tags, f"d={domain};", f"s={selector};", "")
    return b"DKIM-Signature: " + "\r\n ".join(lines).encode(), b"dkim-signature:" + " ".join(lines).encode()


def _folded_names(names: Sequence[str]) -> str:
    lines, line = list[str](), "h="
    for name in names:
        if len(line) + len(name) + 2 > LINE:
            lines.append(line)
            line = " "
        line += f"{name}:"
    return "\r\n".join([*lines, line]).removeprefix("h=").removesuffix(":")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
