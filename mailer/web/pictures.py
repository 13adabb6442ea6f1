"""Puts the pictures of a letter into its HTML, because a frame of the studio may load nothing."""

import base64
import re
from collections.abc import Mapping


def inline_pictures(html: str, pictures: Mapping[str, tuple[str, bytes]]) -> str:
    """The letter with the picture itself for each address of `pictures` (media type and bytes by `src`).

    Only whole addresses count, in quotes, brackets or after an equals sign; others stay as they are.
    """
    if not pictures:
        return html
    known = "|".join(re.escape(address) for address in sorted(pictures, key=len, reverse=True))
    return re.sub(rf"(?<=[\"'(=])(?:{known})(?=[\"')\s>])", lambda found: _data(*pictures[found[0]]), html)


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
