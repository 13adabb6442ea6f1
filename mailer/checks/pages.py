"""Asks whether the pages behind links are there: once a day, one at a time at each server, as its robots.txt
wishes. What no reader can reach is never asked for."""

import json
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http.client import HTTPException, HTTPMessage
from ipaddress import ip_address
from itertools import groupby
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, getproxies
from urllib.robotparser import RobotFileParser

from mailer import __version__
from mailer.checks.links import is_private
from mailer.checks.surroundings import Answer
from mailer.content.links import to_ascii

AGENT = "rundbrief-link-check"
FRESH = timedelta(days=1)
_SERVERS, _HOPS, _ROBOTS = 8, 5, 500_000  # servers at a time, redirects, bytes of a robots.txt
_NO_PAGE = "it redirects to something that is no page"
_WRITTEN = "%/:=&?~#+!$,;'@()*[]"  # stays as it is in an address; umlauts and blanks are escaped
_REDIRECTS = {301, 302, 303, 307, 308}


def is_public(host: str) -> bool:
    """Whether readers can reach a host: its name, and every address that the name stands for.

    Behind a proxy the name alone decides: this machine need not know the address.
    """
    if is_private(host):
        return False
    if getproxies():
        return True
    try:
        found = socket.getaddrinfo(host, None, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return True  # the question itself will say that there is no such server
    return all(ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How servers are asked.

    Args:
        contact: a web address that servers are told, so that their owners can complain.
        timeout_seconds: so long one answer may take; together_seconds: so long all may.
        pause_seconds: between two questions to one server.
        may_ask: whether a host is one that readers can reach; asked anew after each redirect.
    """

    contact: str = ""
    timeout_seconds: float = 10
    together_seconds: float = 120
    pause_seconds: float = 0.5
    may_ask: Callable[[str], bool] = is_public


def ask_pages(targets: Iterable[str], manners: Manners) -> dict[str, Answer]:
    """The answers for web addresses; those at hosts that may not be asked have none."""
    found: dict[str, Answer] = {}
    until = time.monotonic() + manners.together_seconds
    pages = dict.fromkeys(each for each in targets if each.startswith(("https://", "http://")))
    wanted = sorted(pages, key=_site)
    by_site = [list(group) for _, group in groupby(wanted, key=_site)]
    with ThreadPoolExecutor(max_workers=_SERVERS) as pool:
        for answers in pool.map(lambda pages: _Server(manners, until).ask(pages), by_site):
            found |= answers
    return found


def read_answers(file: Path, now: datetime) -> dict[str, Answer]:
    """The answers of the last day; a file that cannot be read holds none."""
    return {url: answer for url, (answer, _) in _remembered(file, now).items()}


def keep_answers(file: Path, answers: Mapping[str, Answer], now: datetime) -> None:
    """Remember the pages that are there; one that is not is asked for again the next time."""
    there = {url: (each, now) for url, each in answers.items() if 200 <= each.status < 400}
    known = there | _remembered(file, now)  # the day of what was known begins when it was asked
    kept = {url: asdict(each) | {"at": at.isoformat()} for url, (each, at) in known.items()}
    with suppress(OSError):  # a disk that is full must not lose the findings
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
        unfinished.replace(file)


def _remembered(file: Path, now: datetime) -> dict[str, tuple[Answer, datetime]]:
    found = {}
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        for url, each in json.loads(file.read_text("utf-8")).items():
            at = datetime.fromisoformat(each["at"])
            if timedelta(0) <= now - at < FRESH:
                found[url] = Answer(int(each["status"]), str(each["final"]), str(each["problem"])), at
    return found


class _Server:
    """One server, asked for one page after the other."""

    def __init__(self, manners: Manners, until: float) -> None:
        self._manners, self._until = manners, until
        self._opener = build_opener(_Stay)
        self._robots: dict[str, RobotFileParser] = {}

    def ask(self, pages: Iterable[str]) -> dict[str, Answer]:
        found = {}
        for page in pages:
            try:
                answer = self._follow(page)
            except ValueError:  # a redirect to something like https://[half
                answer = Answer(0, page, _NO_PAGE)
            if answer is not None:
                found[page] = answer
        return found

    def _follow(self, page: str) -> Answer | None:
        """The answer after all redirects; None where the page itself may not be asked for."""
        here = page
        for hop in range(_HOPS + 1):
            if not self._manners.may_ask(urlsplit(here).hostname or ""):
                return Answer(0, here, "it redirects to an address inside a network") if hop else None
            if not self._welcome(here):
                return Answer(0, here, "robots")
            status, onward, problem = self._question("HEAD", here)
            if status >= 400:  # many servers answer this question wrongly
                status, onward, problem = self._question("GET", here)
            if status not in _REDIRECTS or not onward:
                return Answer(status, here, problem)
            here = urljoin(here, onward)
            if not here.startswith(("https://", "http://")):
                return Answer(status, here, _NO_PAGE)
        return Answer(0, here, "it redirects again and again")

    def _welcome(self, page: str) -> bool:
        """Whether robots.txt (RFC 9309) lets programs ask for a page; without one everything is open."""
        site = _site(page)
        if site not in self._robots:
            self._robots[site] = rules = RobotFileParser()
            request = Request(f"{site}/robots.txt", headers=self._headers())  # noqa: S310
            lines: list[str] = []
            with (
                suppress(OSError, HTTPException, ValueError),
                self._opener.open(request, timeout=self._patience()) as answer,
            ):
                lines = answer.read(_ROBOTS).decode("utf-8", "replace").splitlines()
            rules.parse(lines)
        return self._robots[site].can_fetch(AGENT, page)

    def _question(self, method: str, page: str) -> tuple[int, str, str]:
        """Status, where a redirect leads, and why nothing came."""
        if time.monotonic() >= self._until:
            return 0, "", "there was no time left"
        time.sleep(self._manners.pause_seconds)
        try:
            url = quote(to_ascii(page), safe=_WRITTEN)
            request = Request(url, method=method, headers=self._headers())  # noqa: S310
            with self._opener.open(request, timeout=self._patience()) as answer:
                return answer.status, "", ""
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.headers.get("Location") or "", ""
        except URLError as failure:
            if isinstance(failure.reason, socket.gaierror):
                return 0, "", "host"
            return 0, "", _told(failure.reason)
        except (OSError, HTTPException, ValueError) as failure:
            return 0, "", _told(failure)

    def _patience(self) -> float:
        left = self._until - time.monotonic()
        return max(min(self._manners.timeout_seconds, left), 0.1)

    def _headers(self) -> dict[str, str]:
        contact = f"; +{self._manners.contact}" if self._manners.contact else ""
        return {"User-Agent": f"{AGENT}/{__version__} (checks links before a newsletter goes out{contact})"}


class _Stay(HTTPRedirectHandler):
    """Follows nothing by itself: each hop is looked at first."""

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage) -> None:
        return None  # it is raised as an HTTPError then

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _site(page: str) -> str:
    parts = urlsplit(page)
    return f"{parts.scheme}://{to_ascii(page).split('/')[2]}"


def _told(failure: object) -> str:
    if isinstance(failure, TimeoutError):
        return "time-out"
    name = type(failure).__name__
    return "its certificate is not valid" if "Cert" in name else getattr(failure, "strerror", None) or name
