"""The text part, rendered from the same blocks as the HTML: 72 columns, links as numbered footnotes."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it.token import Token

from mailer.content.links import bare, to_readable

WIDTH = 72
SOFT_HYPHEN = "\u00ad"


@dataclass(slots=True)
class Footnotes:
    """The links of one letter, numbered in the order in which they are first named."""

    targets: list[str] = field(default_factory=list)

    def number(self, target: str) -> int:
        """The number of this target, a new one if it was not named before."""
        target = to_readable(target)
        if target not in self.targets:
            self.targets.append(target)
        return self.targets.index(target) + 1

    def lines(self) -> str:
        """The list at the end of the letter."""
        return "\n".join(f"[{number}] {target}" for number, target in enumerate(self.targets, 1))


@lru_cache(maxsize=2048)  # the variants of an issue share most of their paragraphs, and so do two saves
def wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """Fold a paragraph; words and non-breaking blanks are never broken, manual breaks stay."""
    rest = first if rest is None else rest
    lines = text.replace(SOFT_HYPHEN, "").split("\n")
    return "\n".join(
        textwrap.fill(
            line,
            WIDTH,
            initial_indent=rest if index else first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,  # "Fachkräfte-/Frage" is no German line break
        )
        or rest.rstrip()
        for index, line in enumerate(lines)
    )


def underline(text: str, stroke: str) -> str:
    """A heading with a line under it, as long as its longest line."""
    folded = wrap(text)
    return f"{folded}\n{stroke * max(map(len, folded.splitlines()), default=0)}"


def to_text(tokens: Sequence[Token], footnotes: Footnotes) -> str:
    """The blocks as plain text, separated by blank lines; items of a list stand close."""
    writer = _Writer(footnotes)
    for token in tokens:
        writer.take(token)
    return writer.result()


class _Writer:
    def __init__(self, footnotes: Footnotes) -> None:
        self.footnotes = footnotes
        self.blocks: list[tuple[int | None, str]] = []  # blocks of the same group stand close
        self.lists: list[tuple[bool, int]] = []  # ordered?, next number
        self.margins: list[int] = []  # of the open list items: as wide as their marks
        self.group = self.quotes = self.heading = 0
        self.bullet: str | None = None
        self.cells: list[str] | None = None

    def take(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self.heading = int(token.tag[1])
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "bullet_list_open" | "ordered_list_open":
                self.group += not self.lists
                self.lists.append((token.type[0] == "o", int(token.attrs.get("start", 1))))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_open":
                ordered, number = self.lists[-1]
                self.bullet = f"{number}. " if ordered else "- "
                self.margins.append(len(self.bullet))
                self.lists[-1] = (ordered, number + 1)
            case "list_item_close":
                self.bullet = None  # an item without text must not mark what follows the list
                self.margins.pop()
            case "table_open":
                self.group += 1
            case "tr_open":
                self.cells = []
            case "tr_close":
                self.blocks.append((self.group, wrap("  ".join(self.cells or ()), "", "  ")))
                self.cells = None
            case "hr":
                self.blocks.append((None, "-" * 20))
            case "fence" | "code_block":
                self.blocks.append((None, textwrap.indent(token.content.rstrip("\n"), "    ")))
            case "inline":
                self.write(inline(token, self.footnotes))

    def write(self, text: str) -> None:
        hanging = "> " * self.quotes + " " * sum(self.margins)
        if self.cells is not None:
            self.cells.append(text)
        elif self.heading:
            self.blocks.append((None, underline(text, "=" if self.heading == 1 else "-")))
            self.heading = 0
        elif self.bullet is not None:
            first = hanging.removesuffix(" " * len(self.bullet)) + self.bullet
            self.blocks.append((self.group, wrap(text, first, hanging)))
            self.bullet = None
        else:
            self.blocks.append((None, wrap(text, hanging)))

    def result(self) -> str:
        text = ""
        for index, (group, block) in enumerate(self.blocks):
            close = index and group is not None and self.blocks[index - 1][0] == group
            text += ("\n" if close else "\n\n" if index else "") + block
        return text


def inline(token: Token, footnotes: Footnotes) -> str:
    """One run of text: emphasis as * and _, a link as its words and a number."""
    out: list[str] = []
    target, start = "", 0
    for child in token.children or ():
        match child.type:
            case "text" | "code_inline":
                out.append(child.content)
            case "softbreak":
                out.append(" ")
            case "hardbreak":
                out.append("\n")
            case "link_open":
                target, start = str(child.attrs["href"]), len(out)
            case "link_close" if bare(target) != bare("".join(out[start:])):
                out.append(f" [{footnotes.number(target)}]")
            case "em_open" | "em_close":
                out.append("_")
            case "strong_open" | "strong_close":
                out.append("*")
            case "s_open" | "s_close":
                out.append("~")  # without a mark the withdrawn words would stand as if they held
    return "".join(out)
