"""What is kept of the network address that somebody agreed from: as little as the workspace allows."""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from subscribers.errors import BadUsage
from subscribers.words import IP_MODES

_PREFIX = {4: 24, 6: 48}


def ip_to_keep(text: str, mode: str, secret: bytes) -> str:
    """The address as it may be kept: not at all, its network, a keyed hash, or whole.

    The hash is keyed, because all addresses of the internet can be tried in an hour. An IP address is no
    condition of a valid proof, hence `none` by default.

    Raises:
        BadUsage: the text is no network address.
    """
    if mode not in IP_MODES:
        raise ValueError(f"no way of keeping an address: {mode!r}")
    if not text.strip():
        return ""
    try:
        found = ip_address(text.strip())
    except ValueError:
        hint = "Write it like 192.0.2.7 or 2001:db8::7."
        raise BadUsage("This is no network address.", hint=hint) from None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found))  # without the name of an interface
    match mode:
        case "truncated":
            return str(ip_network((found, _PREFIX[found.version]), strict=False))
        case "hashed":
            return f"hmac:{hmac.new(secret, b'ip ' + found.packed, hashlib.sha256).hexdigest()}"
        case "kept":
            return str(found)
        case _:
            return ""
