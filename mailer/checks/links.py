"""Checks that the links of a letter are finished: no leftovers, no hosts that nobody can reach, no slips."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mailer.checks.finding import Finding
from mailer.checks.reading import read
from mailer.checks.targets import links_of
from mailer.compose.rendering import Variant
from mailer.content.issue import Issue
from mailer.content.links import bare, to_readable
from mailer.content.words import link_key
from subscribers.errors import Problem

# Names that lead nowhere for readers: RFC 2606, RFC 6761, RFC 6762, RFC 8375, and what offices use inside.
_EXAMPLES = re.compile(r"(?:.+\.)?(?:example(?:\.(?:com|net|org))?|test|invalid)")
_SECOND_LEVEL = ("example.com", "example.net", "example.org")
_STAND_INS = re.compile(
    r"(?:muster|beispiel|dummy)(?:-?(?:seite|website|webseite|firma|kammer|domain|adresse|link|stadt))?\.(?:de|com|org)"
    r"|(?:mustermann|(?:meine|ihre|deine|eure)-?(?:domain|website|webseite|seite))\.(?:de|com)|example\.de"
)
_SHARES = re.compile(r"[\w-]+\.sharepoint\.(?:com|de)|1drv\.ms|onedrive\.live\.com")
_INSIDE = re.compile(r"(?:.+\.)?(?:localhost|local|localdomain|lan|intern|internal|intranet|corp|home\.arpa)")
# What a draft or another program's mail merge leaves behind; %7B%7B is {{ in an address.
_LEFTOVER = re.compile(
    r"\bTODO\b|\bTBD\b|\bX{3,}\b|\bplatzhalter\b|\bplaceholder\b|\bL(?:ink|INK)-?(?:folgt|FOLGT)\b"
    r"|\{\{|\}\}|%%\w+%%|\*\|\w+\|\*|<<\w+>>|«\w+»|\$\{|\[\[|\]\]|__+[A-Za-z]+__+",
    re.IGNORECASE,
)
_TWICE = re.compile(r"https?:/*https?:|^https?://[^/]*\bhttps?[/:]", re.IGNORECASE)
_BLANK = re.compile(r"\s|%20$|^[^?]*%20(?:/|\?)")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_TAIL = re.compile(r"[.,;:!’'\"“”„»«)\]}]$")
_FIELDS = {"subject", "body", "cc", "bcc", "to"}  # of RFC 6068, what mail programs fill in
_TELEPHONE = re.compile(r"\+[1-9][\d().-]{5,}|0[\d().-]{2,}|1[\d]{2,5}")  # RFC 3966; 112, 115, 116117
_LONGEST_NUMBER = 15  # digits, ITU-T E.164
_LABEL = re.compile(r"\bxn--[a-z0-9-]+", re.IGNORECASE)


def check_links(variant: Variant, issue: Issue, web_base: str = "", home: str = "") -> Iterator[Finding]:
    """Findings in the links of one variant; `home` is the sender's domain, below `web_base` are web versions.

    An example domain is fine where the sender has the same: in a sample workspace and in tests.
    """
    everywhere = f"issues/{issue.key}, variant {variant.key}"
    places = {link_key(target): place for place, _, target in links_of(issue) if target}
    letter = read(variant.html)
    own = [
        (target, words)
        for target, words in letter.links
        if target and variant.mark not in target and not (web_base and target.startswith(f"{web_base}/"))
    ]
    for target in dict(own):
        place = places.get(link_key(target), everywhere)
        yield from _one(target, place, home)
    yield from _same_words(own, places, everywhere)
    for shown in sorted(
        {found[0] for text in (*letter.pieces, variant.text) for found in _LABEL.finditer(text)}
    ):
        yield Finding.of("link.label", everywhere, label=shown, readable=to_readable(f"https://{shown}")[8:])


def _one(target: str, place: str, home: str) -> Iterator[Finding]:
    if leftover := _LEFTOVER.search(unquote(target)):
        yield Finding.of("link.placeholder", place, "leftover", target=target, part=leftover[0])
        return
    if target.startswith("mailto:"):
        yield from _mailto(target, place, home)
        return
    if target.startswith("tel:"):
        number = unquote(target[4:]).split(";")[0]
        if not _TELEPHONE.fullmatch(number) or sum(map(str.isdigit, number)) > _LONGEST_NUMBER:
            yield Finding.of("link.tel", place, number=number)
        return
    try:
        parts = urlsplit(target)
        host = parts.hostname or ""
    except ValueError:  # letter.link says that it is no link
        return
    if parts.scheme not in ("http", "https") or not host:
        return
    if ".." in host or host.startswith("."):
        yield Finding.of("link.syntax", place, "dots", target=target)
        return
    if case := _host_trouble(host, home) or _stands_in(host, parts):
        yield Finding.of("link.placeholder", place, case, target=target, host=host)
    if case := _slip(target, parts):
        yield Finding.of("link.syntax", place, case, target=target)


def is_private(host: str) -> bool:
    """Whether a host is one that readers cannot reach: this machine, an office's own network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host.strip(".") or bool(_INSIDE.fullmatch(host.strip(".").lower()))


def _host_trouble(host: str, home: str) -> str:
    """The case of a host that leads nowhere; empty if it is a usual one."""
    return "inside" if is_private(host) else _example(host, home)


def _example(host: str, home: str) -> str:
    """The case of a reserved name; a sample workspace may use those of its own domain."""
    if not _EXAMPLES.fullmatch(host):
        return ""
    if not _EXAMPLES.fullmatch(home):
        return "example"
    other = host.endswith(_SECOND_LEVEL) and host.split(".")[-2:] != home.split(".")[-2:]
    return "sample" if other else ""


def _stands_in(host: str, parts: SplitResult) -> str:
    """The case of a host that is real, and mostly not meant; test.de has articles that may well be meant."""
    name = host.removeprefix("www.")
    if _SHARES.fullmatch(host):
        return "share"
    bare = name == "test.de" and parts.path in ("", "/") and not parts.query
    return "stand_in" if bare or _STAND_INS.fullmatch(name) else ""


def _slip(target: str, parts: SplitResult) -> str:
    """The case of a slip of the pen; empty if there is none."""
    if _TWICE.search(target):
        return "twice"
    if _BLANK.search(target) or "\\" in target:
        return "blank"
    if re.search(r"(?<!:)//", parts.path):  # an archive has whole addresses in its paths
        return "slashes"
    rest = f"{parts.path}{parts.query}{parts.fragment}"
    if any(rest.count(begin) != rest.count(end) for begin, end in _BRACKETS):
        return "brackets"
    return "tail" if _TAIL.search(target) and not target.endswith(")") else ""


def _mailto(target: str, place: str, home: str) -> Iterator[Finding]:
    """RFC 6068: addresses, then fields; what is not escaped ends the field or is lost."""
    from subscribers.address import parse_address

    to, _, query = target[len("mailto:") :].partition("?")
    for address in filter(None, unquote(to).split(",")):
        try:
            domain = parse_address(address.strip()).email.rpartition("@")[2]
        except Problem:
            yield Finding.of("link.mailto", place, "address", address=address)
            continue
        if case := _example(domain, home):
            yield Finding.of("link.placeholder", place, case, target=target, host=domain)
    if re.search(r"\s", query):
        yield Finding.of("link.mailto", place, "blank", target=target)
    unknown = [name for name, _ in parse_qsl(query, keep_blank_values=True) if name.lower() not in _FIELDS]
    if unknown or "?" in query:
        yield Finding.of("link.mailto", place, "field", target=target, field=unknown[0] if unknown else "?")


def _same_words(
    links: list[tuple[str, str]], places: Mapping[str, str], everywhere: str
) -> Iterator[Finding]:
    """The same words that lead to different pages: read out one after another they cannot be told apart."""
    first: dict[str, str] = {}
    told: set[tuple[str, str]] = set()
    for target, words in links:
        said, page = words.casefold(), bare(target)
        known = first.setdefault(said, target)
        if not said or not target.startswith("http") or bare(known) == page or (said, page) in told:
            continue
        told.add((said, page))
        place = places.get(link_key(target), everywhere)
        yield Finding.of("link.same_words", place, words=words, one=known, other=target)
