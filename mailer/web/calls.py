"""An approval as the page sends it: whether it comes from this page, and what it asks for."""

import json
from urllib.parse import urlsplit

from starlette.requests import Request

_LARGEST_CALL = 4096  # bytes of an approval


def from_this_page(request: Request) -> bool:
    """A page elsewhere can send neither the header nor this origin; the token stands in the path besides."""
    origin, host = request.headers.get("origin"), request.headers.get("host")
    site = request.headers.get("sec-fetch-site", "same-origin")
    own = origin is None or (
        urlsplit(origin).netloc == host and urlsplit(origin).scheme == request.url.scheme
    )
    return own and site == "same-origin" and request.headers.get("x-rundbrief") == "1"


async def read_call(request: Request) -> tuple[int, int, str] | None:
    """Mailing, number of recipients and hash; None for anything else."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_CALL:
            return None
    try:
        call = json.loads(body)
        mailing, expected, sha256 = call["mailing"], call["expect_recipients"], call["hash"]
    except (ValueError, KeyError, TypeError):
        return None
    if type(mailing) is not int or type(expected) is not int or not isinstance(sha256, str):
        return None
    return mailing, expected, sha256
