"""The head of a message as people read it: encoded words decoded, one field on a line."""

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import HeaderParser


def header_lines(source: str) -> str:
    """Every field in its order; one that cannot be decoded stands as it was written."""
    message = HeaderParser().parsestr(source.replace("\r\n", "\n"))
    return "".join(f"{name}: {_decoded(str(value))}\n" for name, value in message.items())


def _decoded(value: str) -> str:
    plain = " ".join(value.split())
    try:
        return str(make_header(decode_header(plain)))
    except (HeaderParseError, LookupError, UnicodeError):
        return plain
