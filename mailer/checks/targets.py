"""Checks that links lead where their words and the original say."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import accumulate

from mailer.checks.finding import Finding
from mailer.checks.losses import Passage
from mailer.content.issue import Change, Issue
from mailer.content.links import find_links
from mailer.content.markdown import links_in
from mailer.content.words import link_key, words_of

_DOMAIN = re.compile(r"(?:[a-zäöüß0-9-]+\.)+(?P<ending>[a-z]{2,})(?:[:/?#]\S*)?")
_FILES = re.compile(r"pdf|docx?|xlsx?|pptx?|od[tsp]|zip|jpe?g|png|gif|svg|html?|txt|ics|md|csv|mp[34]|js")
_NUMBER = re.compile(r"[+(]?[\d][\d\s()/–.-]*\d")
_FEWEST_DIGITS, _LONGEST_COUNTRY = 6, 3


def check_targets(issue: Issue) -> Iterator[Finding]:
    """An error for each link whose words are an address, and that leads elsewhere."""
    for place, words, target in links_of(issue):
        if target and misleads(words, target):
            yield Finding.of("content.target", place, words=words, target=target)


def misleads(words: str, target: str) -> bool:
    """Whether words of a link are the address of another page, another mailbox or another telephone."""
    words = " ".join(words.split())
    digits = re.sub(r"\D", "", target)
    if _NUMBER.fullmatch(words) and (target.startswith("tel:") or words.startswith(("+", "0", "(0"))):
        return _other_number(words, digits) if target.startswith("tel:") else _is_long(words)
    for link in find_links(words):
        if link.target.startswith("tel:"):
            if not target.startswith("tel:") or _other_number(link.target, digits):
                return True
        elif _elsewhere(link.target, target):
            return True
    found = _DOMAIN.fullmatch(words)
    return bool(found and not _FILES.fullmatch(found["ending"]) and _elsewhere(f"https://{words}", target))


def check_new_targets(
    letter: Sequence[Passage],
    added: AbstractSet[int],
    original: Sequence[tuple[Passage, AbstractSet[str]]],
    changes: Sequence[Change],
) -> Iterator[Finding]:
    """A finding for each link that the editor put on words of the original.

    `added` are the places of added words among all words of `letter`; `original` are its lines, each with the
    links it has. A link in the place of another one is an error, a further one a warning.
    """
    known = {key for _, links in original for key in links}
    known |= {word.key for each in changes for word in words_of(each.new) if word.kind == "link"}
    starts = accumulate((len(each.words) for each in letter), initial=0)
    for passage, start in zip(letter, starts, strict=False):
        ours = {word.key for word in passage.words if word.kind == "link"}
        said = _without_links(passage)
        links = next((links for line, links in original if _without_links(line) == said), frozenset[str]())
        for at, word in enumerate(passage.words):
            if word.kind != "link" or word.key in known or start + at not in added:
                continue
            if at and start + at - 1 in added:  # on new words, which are told by themselves
                continue
            case = "link" if links - ours else "link.mild"
            yield Finding.of("fidelity.added", passage.place, case, link=word.text)


def _without_links(passage: Passage) -> tuple[str, ...]:
    return tuple(word.key for word in passage.words if word.kind != "link")


def links_of(issue: Issue) -> Iterator[tuple[str, str, str]]:
    """All links of an issue that have words of their own: where, the words, the target."""
    editorial = issue.editorial
    for words, target, line in _in_body(editorial.body):
        yield f"{issue.file}:{editorial.body_line + line}", words, target
    for card in issue.highlights:
        yield card.place, card.label, card.url
    for event in issue.events:
        yield issue.file, event.label, event.url
    for each in issue.advertisements:
        yield issue.file, each.label, each.url


@lru_cache(maxsize=16)
def _in_body(body: str) -> tuple[tuple[str, str, int], ...]:
    """Several checks ask for the same links."""
    return tuple(links_in(body))


def _elsewhere(shown: str, target: str) -> bool:
    """Whether a page or mailbox is another; words may leave out `www.` and what follows a / ? or #."""
    if shown.startswith("mailto:") != target.lower().startswith("mailto:"):
        return True
    wanted, found = (link_key(each).casefold().removeprefix("www.") for each in (shown, target))
    return found != wanted and not found.startswith(tuple(f"{wanted}{sign}" for sign in "/?#"))


def _other_number(words: str, digits: str) -> bool:
    """Whether the digits are another number; the country's code may stand before one of them alone."""
    said = re.sub(r"\D", "", words.replace("(0)", ""))
    short, long = sorted((said.lstrip("0"), digits.lstrip("0")), key=len)
    return not long.endswith(short) or len(long) - len(short) > _LONGEST_COUNTRY or not short


def _is_long(words: str) -> bool:
    return sum(map(str.isdigit, words)) >= _FEWEST_DIGITS
