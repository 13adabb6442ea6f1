"""What MJML allows: components with their children and attributes, and what our renderer makes of them.

mjml-schema.json beside this file is taken from npm mjml 5.4.1 (MIT, mjml-schema.LICENSE). What follows here
is our own: attributes that mrml 6.0.1 reads and ignores, and components that break a letter somewhere.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

EVERYWHERE = {"css-class", "mj-class"}
ROOT_ATTRIBUTES = {"lang": "string", "dir": "enum(ltr,rtl,auto)"}
# The renderer takes them and nothing changes in the letter (compared with mjml 4.18 and 5.4.1).
IGNORED: Mapping[str, frozenset[str]] = {
    "mj-body": frozenset({"id"}),
    "mj-wrapper": frozenset({"gap", "gutter"}),
    "mj-section": frozenset({"gutter"}),
    "mj-column": frozenset({"inner-border-radius"}),
    "mj-button": frozenset({"title"}),
    "mj-image": frozenset({"sizes", "border-top", "border-bottom", "border-left", "border-right"}),
    "mj-table": frozenset({"role"}),
}
_BACKGROUND = "Outlook draws it as a picture without words for those who cannot see it"
_WEAK = "its tables are read out as data tables, and many mail programs do not show it"
AVOIDED: Mapping[str, tuple[str, str]] = {
    "mj-include": ("sections lose their width", "Use `{% include %}`."),
    "mj-html-attributes": ("the renderer stops at it", "Write the attributes into mj-text or mj-raw."),
    "mj-font": ("readers would load it from elsewhere", "Name fonts that are installed: Georgia, Arial."),
    "mj-hero": ("its height is lost", "Use mj-section with mj-text."),
    "mj-carousel": (_WEAK, "Use mj-image."),
    "mj-accordion": (_WEAK, "Use headings in mj-text."),
    "mj-navbar": (_WEAK, "Use links in mj-text."),
    "mj-social": (_WEAK, "Use links in mj-text."),
}
AVOIDED_ATTRIBUTES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("mj-section", "background-url"): (_BACKGROUND, "Use mj-image, or a colour."),
    ("mj-wrapper", "background-url"): (_BACKGROUND, "Use mj-image, or a colour."),
    ("mj-style", "inline"): ("the rules are not inlined", "Put them into templates/prose.css."),
    ("mj-raw", "position"): ("it stays where it stands", "Put it into mj-head."),
}


@dataclass(frozen=True, slots=True)
class Component:
    """What may stand in an element; `ending` means HTML up to its end tag."""

    ending: bool
    children: frozenset[str]
    attributes: Mapping[str, str]
    defaults: Mapping[str, str]


@lru_cache(maxsize=1)
def components() -> Mapping[str, Component]:
    """Every component of MJML 5.4 by its name."""
    found = {
        name: Component(each["ending"], frozenset(each["children"]), each["attributes"], each["defaults"])
        for name, each in _read()["components"].items()
    }
    return found | {"mjml": Component(False, found["mjml"].children, ROOT_ATTRIBUTES, {})}


def known_attributes(name: str) -> Mapping[str, str]:
    """The attributes of an element with their types; in mj-attributes mj-all and mj-class take any."""
    if name in {"mj-all", "mj-class"}:
        return {**_every_attribute(), **({"name": "string"} if name == "mj-class" else {})}
    return components()[name].attributes


def fits(value: str, kind: str) -> bool:
    """Whether a value has the type that the schema names, such as `unit(px,%){1,4}`."""
    return _tester(kind)(value)


def in_words(kind: str) -> str:
    """A type as people say it."""
    name, _, rest = kind.partition("(")
    choices = [each for each in rest.partition(")")[0].split(",") if each]
    if name == "enum":
        return f"one of {', '.join(choices)}"
    if name.startswith("unit"):
        many = "one to four lengths" if "{1,4}" in kind else "a length"
        return f"{many} in {' or '.join(choices)}, or 0"
    return {"color": "a colour such as #12436d", "boolean": "true or false"}.get(name, "a whole number")


@lru_cache(maxsize=1)
def _every_attribute() -> Mapping[str, str]:
    """Every attribute; one whose type depends on the component takes any value."""
    found: dict[str, str] = {}
    for component in components().values():
        for name, kind in component.attributes.items():
            found[name] = kind if found.get(name, kind) == kind else "string"
    return found


@lru_cache(maxsize=64)
def _tester(kind: str) -> Callable[[str], bool]:
    name, _, rest = kind.partition("(")
    choices = rest.partition(")")[0].split(",")
    if name == "enum":
        return lambda value: value in choices
    if name in {"unit", "unitWithNegative"}:
        sign = "-?" if name == "unitWithNegative" else ""
        units = "|".join(re.escape(each) for each in choices if each != "auto")
        one = rf"(?:{sign}(?:\d+(?:\.\d+)?|\.\d+)(?:{units})|0{'|auto' if 'auto' in choices else ''})"
        times = "{0,3}" if "{1,4}" in kind else "{0}"
        return lambda value: bool(re.fullmatch(rf"{one}(?: {one}){times}", value))
    if name == "color":
        colours = re.compile(r"#(?:[0-9a-f]{3}){1,2}|rgba?\((?:\s*[\d.]+%?\s*[,)]){3,4}", re.IGNORECASE)
        return lambda value: bool(colours.fullmatch(value)) or value.lower() in _read()["colours"]
    if name == "boolean":
        return lambda value: value in {"true", "false"}
    if name == "integer":
        return str.isdecimal
    return lambda _: True


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return dict(json.loads(files("mailer.compose").joinpath("mjml-schema.json").read_text(encoding="utf-8")))
