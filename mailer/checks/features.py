"""Features of HTML and CSS whose failure readers see, and where a letter uses them without a fallback.

What nobody misses (round corners, shadows) is not among them, nor what stands in @media or @supports: a
program that does not know the feature passes over those as a whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailer.checks.document import Node
from mailer.checks.reading import Reading
from mailer.checks.styles import blocks_of, declarations_of

_COLOUR = re.compile(r"#[0-9a-f]{3}|\brgb\(|\b(?:white|black|gr[ae]y|navy|beige|ivory)\b", re.IGNORECASE)
_OWN = re.compile(r"^#outlook|\.moz-|ExternalClass|ogs[bc]\]|::?-", re.IGNORECASE)  # rules for one client
_PICTURE = re.compile(r"\.(webp|avif|svg|ico|tiff?|hei[cf]|jxl)(?:[?#]|$)", re.IGNORECASE)
_ENDINGS = {"heic": "heif", "tif": "tiff"}


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of caniemail.com.

    Args:
        slug: its name there; family: which rule tells of it: layout, values, elements or pictures.
        name, value: patterns of a declaration that uses it; a plain declaration of the same property before
            it is a fallback, and for `ground` a colour of the ground is.
        tag: the element that is the feature; what stands inside is its fallback where `content` is set.
    """

    slug: str
    family: str
    name: str = ""
    value: str = ""
    tag: str = ""
    ground: bool = False
    content: bool = False


_ANY = r".+"
_PICTURE_OF_GROUND = r"background(?:-image)?"
_LAYOUT = (
    Feature("css-display-flex", "layout", "display", r"(?:inline-)?flex"),
    Feature("css-display-grid", "layout", "display", r"(?:inline-)?grid"),
    Feature("css-position", "layout", "position", r"absolute|fixed|sticky"),
    Feature("css-column-count", "layout", "column-count|columns", _ANY),
    Feature("css-writing-mode", "layout", "writing-mode", r"vertical.*|sideways.*"),
    Feature("css-transform", "layout", "transform", r"(?!none).+"),
    Feature("css-object-fit", "layout", "object-fit", r"cover|contain|none|scale-down"),
    Feature("css-aspect-ratio", "layout", "aspect-ratio", _ANY),
    Feature("css-clip-path", "layout", "clip-path", _ANY),
    Feature("css-margin-inline-block", "layout", "margin-(?:inline|block)", _ANY),
    Feature("css-padding-inline-block", "layout", "padding-(?:inline|block)", _ANY),
    Feature("css-block-inline-size", "layout", "(?:inline|block)-size", _ANY),
    Feature("css-visibility", "layout", "visibility", r"hidden"),
)
_VALUES = (
    Feature("css-variables", "values", _ANY, r".*\bvar\(.*"),
    Feature("css-unit-calc", "values", _ANY, r".*\bcalc\(.*"),
    Feature("css-function-clamp", "values", _ANY, r".*\bclamp\(.*"),
    Feature("css-function-min", "values", _ANY, r".*\bmin\(.*"),
    Feature("css-function-max", "values", _ANY, r".*\bmax\(.*"),
    Feature("css-function-light-dark", "values", _ANY, r".*\blight-dark\(.*"),
    Feature("css-modern-color", "values", _ANY, r".*\b(?:okl(?:ab|ch)|lab|lch|hwb|color(?:-mix)?)\(.*"),
    Feature("css-rgba", "values", _ANY, r".*\brgba\(.*"),
    Feature("css-unit-vw", "values", _ANY, r".*\d(?:vw|vi)\b.*"),
    Feature("css-unit-vh", "values", _ANY, r".*\d(?:[sld]?vh|vb)\b.*"),
    Feature("css-unit-rem", "values", _ANY, r".*\drem\b.*"),
    Feature("css-unit-ch", "values", _ANY, r".*\dch\b.*"),
    Feature("css-background-image", "values", _PICTURE_OF_GROUND, r".*\burl\(.*", ground=True),
    Feature("css-linear-gradient", "values", _PICTURE_OF_GROUND, r".*\blinear-gradient\(.*", ground=True),
    Feature("css-radial-gradient", "values", _PICTURE_OF_GROUND, r".*\bradial-gradient\(.*", ground=True),
    Feature("css-conic-gradient", "values", _PICTURE_OF_GROUND, r".*\bconic-gradient\(.*", ground=True),
    Feature("css-mix-blend-mode", "values", "mix-blend-mode", r"(?!normal).+"),
    Feature("css-filter", "values", "filter", r"(?!none).+"),
)
_ELEMENTS = (
    Feature("html-svg", "elements", tag="svg"),
    Feature("html-video", "elements", tag="video", content=True),
    Feature("html-audio", "elements", tag="audio", content=True),
    Feature("html-object", "elements", tag="object", content=True),
    Feature("html-form", "elements", tag="form"),
    Feature("html-input-text", "elements", tag="input"),
    Feature("html-select", "elements", tag="select"),
    Feature("html-textarea", "elements", tag="textarea"),
    Feature("html-button-submit", "elements", tag="button"),
    Feature("html-meter", "elements", tag="meter", content=True),
    Feature("html-progress", "elements", tag="progress", content=True),
    Feature("html-dialog", "elements", tag="dialog"),
    Feature("html-link", "elements", tag="link"),
)
_DATA, _ANCHOR = Feature("image-base64", "pictures"), Feature("html-anchor-links", "elements")
_BEFORE = Feature("css-pseudo-element-before", "elements")
_AFTER = Feature("css-pseudo-element-after", "elements")
_FILES = {
    ending: Feature(f"image-{ending}", "pictures")
    for ending in ("webp", "avif", "svg", "ico", "tiff", "heif")
}
_DECLARED = tuple(
    (each, re.compile(each.name), re.compile(each.value, re.IGNORECASE)) for each in (*_LAYOUT, *_VALUES)
)
_TAGS = {each.tag: each for each in _ELEMENTS}
FEATURES = (*_LAYOUT, *_VALUES, *_ELEMENTS, _ANCHOR, _BEFORE, _AFTER, _DATA, *_FILES.values())


def features_in(letter: Reading) -> dict[Feature, str]:
    """The features that a letter uses without a fallback, each with the first place in the source."""
    found: dict[Feature, str] = {}
    for style in letter.all("style"):
        for feature, shown in _in_sheet("".join(each for each in style.children if isinstance(each, str))):
            found.setdefault(feature, shown)
    for node in letter.document.walk():
        for feature, shown in _in_node(node):
            found.setdefault(feature, shown)
    return found


def _in_node(node: Node) -> Iterator[tuple[Feature, str]]:
    given = node.attributes
    if style := given.get("style"):
        for feature, shown in _in_block(style):
            if not (feature.ground and given.get("bgcolor")):
                yield feature, shown
    tag = _TAGS.get(node.tag)
    if tag and not (tag.content and node.children) and _is_active(node):
        yield tag, f"<{node.tag}>"
    if node.tag == "img":
        source = given.get("src", "")
        if source.startswith("data:"):
            yield _DATA, source[:40]
        elif ending := _PICTURE.search(source):
            kind = ending[1].lower()
            yield _FILES.get(_ENDINGS.get(kind, kind), _FILES["avif"]), source
    elif node.tag == "a" and len(target := given.get("href", "")) > 1 and target.startswith("#"):
        yield _ANCHOR, target


def _is_active(node: Node) -> bool:
    """A stylesheet that is loaded, a field that is seen; other <link> and <input> show nothing."""
    if node.tag == "link":
        return "stylesheet" in node.attributes.get("rel", "").lower()
    return node.attributes.get("type", "").lower() != "hidden"


@lru_cache(maxsize=64)
def _in_sheet(css: str) -> tuple[tuple[Feature, str], ...]:
    found: list[tuple[Feature, str]] = []
    for selector, body in blocks_of(css):
        if selector.startswith("@") or _OWN.search(selector):
            continue
        if re.search(r":before\b", selector) and re.search(r"\bcontent\s*:\s*[\"'][^\"']*[^\s\"']", body):
            found.append((_BEFORE, selector))
        if re.search(r":after\b", selector) and re.search(r"\bcontent\s*:\s*[\"'][^\"']*[^\s\"']", body):
            found.append((_AFTER, selector))
        found += [(feature, f"{selector} {{ {shown} }}") for feature, shown in _in_block(body)]
    return tuple(found)


@lru_cache(maxsize=4096)
def _in_block(style: str) -> tuple[tuple[Feature, str], ...]:
    """The features in a block of declarations that have no fallback in it."""
    given = [(name, value) for name, value, _ in declarations_of(style)]
    coloured = any(name.startswith("background") and _COLOUR.search(value) for name, value in given)
    plain: set[str] = set()
    found: list[tuple[Feature, str]] = []
    for name, value in given:
        if name.startswith(("-", "mso-")):
            continue
        used = [each for each, names, said in _DECLARED if names.fullmatch(name) and said.fullmatch(value)]
        open_ = [each for each in used if name not in plain and not (each.ground and coloured)]
        found += [(each, f"{name}: {value}") for each in open_]
        if not used:
            plain.add(name)
    return tuple(found)
