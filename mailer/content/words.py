"""The words of a text as they are compared: words, figures and links, typography seen through."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from mailer.content.links import decoded_label
from mailer.content.markdown import parse_markdown
from mailer.content.typography import plain

WordKind: TypeAlias = Literal["word", "figure", "link"]

_WORD = re.compile(
    r"""(?P<link>(?:https?://|mailto:|tel:|www\.)[^\s<>"„“”»«]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<figure>(?:(?<![^\s(])-)?(?<!\d)
        (?:\d{1,3}(?:[. ']\d{3})+(?:,\d+)?(?![\d.]*\d)|\d+(?:[.,:]\d+)*)(?:[ ]?[%‰€$])?)
    | (?P<word>[^\W\d_]\w*(?:[-'*:/&]\w+)*)""",
    re.VERBOSE,
)
_GROUPED = re.compile(r"(-?\d{1,3}(?:[. ']\d{3})+)(,\d+)?([%‰€$]?)")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]*)\]\(<?([a-z]+:[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*)>?\)")


@dataclass(frozen=True, slots=True)
class Word:
    """One word, figure or link: `key` is what is compared, `text` what people wrote."""

    key: str
    text: str = field(compare=False)
    kind: WordKind = field(default="word", compare=False)


@dataclass(frozen=True, slots=True)
class Block:
    """The words of one paragraph, heading or list item; `line` counts within the text, from 0.

    `numbered`: the first word is the number of a list item, which HTML draws by itself.
    """

    words: tuple[Word, ...]
    line: int
    numbered: bool = False


def words_of(text: str) -> tuple[Word, ...]:
    """The words of plain text; a link in Markdown counts as its words and its target."""
    text = _MARKDOWN_LINK.sub(lambda found: f"{found[1]} {_shown_target(found[1], found[2])}", text)
    return tuple(_scan(text))


def blocks_of(source: str) -> tuple[Block, ...]:
    """The words of a Markdown text, block by block; the number of a list item is one of its words."""
    blocks: list[Block] = []
    numbers: list[int | None] = []
    pending = ""
    for token in parse_markdown(source):
        line = token.map[0] if token.map else 0
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                start = int(token.attrs.get("start", 1))
                numbers.append(start if token.type == "ordered_list_open" else None)
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
            case "list_item_open" if (number := numbers[-1]) is not None:
                pending, numbers[-1] = f"{number}. ", number + 1
            case "inline":
                text = pending + "".join(_inline(token.children or ()))
                blocks.append(Block(tuple(_scan(text)), line, numbered=bool(pending)))
                pending = ""
            case "fence" | "code_block":
                blocks.append(Block(tuple(_scan(token.content)), line))
    return tuple(blocks)


def link_key(target: str) -> str:
    """What makes two links the same: without scheme and last slash, A-labels (RFC 5890) as umlauts."""
    target = re.sub(r"^(?:https?://|mailto:|tel:)", "", target, flags=re.IGNORECASE)
    try:
        parts = urlsplit(f"//{target}")
    except ValueError:  # such as a half bracket
        return target
    host = ".".join(decoded_label(label) for label in parts.netloc.casefold().split("."))
    path = unquote(parts.path).rstrip("/")
    rest = "".join(mark + unquote(part) for mark, part in (("?", parts.query), ("#", parts.fragment)) if part)
    return unicodedata.normalize("NFC", host + path + rest)


def _inline(children: Sequence[object]) -> Iterator[str]:
    """Text with each link's target behind its words, unless the words are the target."""
    target, spoken = "", list[str]()
    for child in children:
        kind, content = getattr(child, "type", ""), str(getattr(child, "content", ""))
        if kind in ("softbreak", "hardbreak"):
            content = "\n"
        if kind == "link_open":
            target, spoken = str(getattr(child, "attrs", {}).get("href", "")), []
        elif kind == "link_close":
            yield f" {_shown_target(''.join(spoken), target)} "
            target = ""
        elif kind in ("text", "code_inline", "softbreak", "hardbreak"):
            spoken.append(content)
            yield content


def _shown_target(words: str, target: str) -> str:
    return "" if link_key(words.strip()) == link_key(target) and _WORD.match(words.strip()) else target


def _scan(text: str) -> Iterator[Word]:
    text = plain(unicodedata.normalize("NFC", text).replace("\n", " ")).replace("’", "'").replace("‘", "'")
    for found in _WORD.finditer(text):
        whole = found[0]
        if found.lastgroup == "link":
            whole = whole.rstrip(".,;:!?)'")
            yield Word(link_key(whole), whole, "link")
        elif found.lastgroup == "figure":
            yield Word(_figure(whole), whole, "figure")
        else:
            yield Word(whole, whole, "word")


def _figure(text: str) -> str:
    """Digits without their grouping: 7.000, 7 000 and 7000 are one number."""
    tight = re.sub(r" (?=[%‰€$]$)", "", text)
    if grouped := _GROUPED.fullmatch(tight):
        return re.sub(r"[. ']", "", grouped[1]) + (grouped[2] or "") + grouped[3]
    return tight
