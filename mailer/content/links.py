"""Domains with umlauts in links: as programs follow them, and as people read them (RFC 5890, RFC 3492)."""

import re
import unicodedata
from collections.abc import Callable

_HOST = re.compile(r"^(https?://(?:[^/?#@]*@)?|mailto:[^@?]*@)([^/?#:]+)", re.IGNORECASE)


def to_ascii(url: str) -> str:
    """The link with its domain as A-labels: https://xn--meisterprmie-ocb.nrw; every program follows it."""
    return _each_label(url, _encoded)


def to_readable(url: str) -> str:
    """The link with its domain as people write it: https://meisterprämie.nrw."""
    return _each_label(url, decoded_label)


def decoded_label(label: str) -> str:
    """One label of a domain without its xn-- form; a broken one stays as it is."""
    if not label.casefold().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _encoded(label: str) -> str:
    """The standard library's codec `idna` would send straße to strasse; a lower-case label needs no more."""
    if label.isascii():
        return label
    return "xn--" + unicodedata.normalize("NFC", label.lower()).encode("punycode").decode("ascii")


def _each_label(url: str, change: Callable[[str], str]) -> str:
    return _HOST.sub(lambda found: found[1] + ".".join(map(change, found[2].split("."))), url)
