"""The Markdown of an editorial as blocks that HTML and text are both rendered from."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from mailer.content.typography import typeset


def parse(source: str, language: str) -> list[Token]:
    """The block tokens of a Markdown text, its typography set; raw HTML comes out as typed, never as HTML."""
    tokens = _parser().parse(source)
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = typeset(child.content, language)
    return tokens


def to_html(tokens: Sequence[Token]) -> Markup:
    """HTML for the letter: headings start at h2 (the title is the h1), a quote is a pull quote."""
    lowered = [_lowered(token) for token in tokens]
    renderer = RendererHTML()
    return Markup(renderer.render(lowered, _parser().options, {}))  # noqa: S704 - rendered with html off


def split_after_quote(tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """What stands up to and with the first pull quote, and the rest; without a quote everything is first."""
    for index, token in enumerate(tokens):
        if token.type == "blockquote_close" and token.level == 0:
            return tokens[: index + 1], tokens[index + 1 :]
    return tokens, ()


def links(tokens: Iterable[Token]) -> list[str]:
    """The targets of all links, in the order of their first appearance."""
    found: dict[str, None] = {}
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                found.setdefault(str(child.attrs["href"]))
    return list(found)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # "code" off: four leading blanks are a slip of Word, never a program in an editorial.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("code")


def _lowered(token: Token) -> Token:
    if token.type not in {"heading_open", "heading_close"}:
        return token
    level = min(int(token.tag[1]) + 1, 4) if token.tag == "h1" else min(int(token.tag[1]), 4)
    return token.copy(tag=f"h{level}")
