"""The Markdown of an editorial as blocks that HTML and text are both rendered from."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from mailer.content.links import find_links
from mailer.content.typography import typeset


def parse(source: str, language: str) -> list[Token]:
    """The block tokens of a Markdown text, its typography set; raw HTML comes out as typed, never as HTML.

    Addresses and telephone numbers in running text are links, their words as typed.
    """
    tokens = _parser().parse(source)
    for token in tokens:
        if token.children:
            token.children = list(_set(token.children, language))
    return tokens


def to_html(tokens: Sequence[Token]) -> Markup:
    """HTML for the letter: headings start at h2 (the title is the h1), a quote is a pull quote."""
    lowered = [_scoped(_lowered(token)) for token in tokens]
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


def _set(children: Sequence[Token], language: str) -> Iterator[Token]:
    inside = 0
    for child in children:
        inside += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type != "text":
            yield child
        elif inside:
            yield child.copy(content=typeset(child.content, language))
        else:
            yield from _linked(child.content, language)


def _linked(text: str, language: str) -> Iterator[Token]:
    """Running text with its links. A sign that the text does not have keeps each link's place while the rest
    is set, so that quotation marks around a link find each other."""
    found = [link for link in find_links(text) if _parser().validateLink(link.target)]
    sign = next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    ends = [0, *(link.end for link in found)]
    between = [text[end : link.start] for end, link in zip(ends, found, strict=False)]
    first, *rest = typeset(sign.join([*between, text[ends[-1] :]]), language).split(sign)
    yield _words(first)
    for link, after in zip(found, rest, strict=True):
        yield Token("link_open", "a", 1, attrs={"href": _parser().normalizeLink(link.target)})
        yield _words(text[link.start : link.end])
        yield Token("link_close", "a", -1)
        yield _words(after)


def _words(text: str) -> Token:
    return Token("text", "", 0, content=text)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # "code" off: four leading blanks are a slip of Word, never a program in an editorial.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("code")


def _lowered(token: Token) -> Token:
    if token.type not in {"heading_open", "heading_close"}:
        return token
    level = min(int(token.tag[1]) + 1, 4) if token.tag == "h1" else min(int(token.tag[1]), 4)
    return token.copy(tag=f"h{level}")


def _scoped(token: Token) -> Token:
    """A head of a table says that it heads a column; screen readers tell it with each cell."""
    return token.copy(attrs={**token.attrs, "scope": "col"}) if token.type == "th_open" else token
