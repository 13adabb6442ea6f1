"""The runs of a Word paragraph as text: raised and lowered digits in Unicode, struck-out words known."""

import re
from collections.abc import Mapping

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_OFF = ("0", "false", "off", "none")
STRIKES = ("strike", "dstrike")


def placed(text: str, alignment: str) -> str:
    """The text with its digits raised („m²“) or lowered („CO₂“); other characters stay as they are."""
    if alignment in ("superscript", "sup"):
        return re.sub(r"-(?=\d)", "⁻", text).translate(_RAISED)
    return text.translate(_LOWERED) if alignment in ("subscript", "sub") else text


def is_on(value: str | None) -> bool:
    """Whether a switch such as `w:strike` is on; without a value it is."""
    return value not in _OFF


def look_of(properties: Mapping[str, str | None]) -> tuple[str, bool]:
    """How the words of a run stand (empty, superscript, subscript), and whether they are struck out."""
    struck = any(name in properties and is_on(properties[name]) for name in STRIKES)
    return properties.get("vertAlign") or "", struck
