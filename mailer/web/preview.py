"""The preview on this machine: every issue as it will go out, drawn anew when a file is saved."""

import base64
import re
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from email.utils import parseaddr
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from watchfiles import awatch

from mailer.compose.environment import page
from mailer.web.desk import Desk, IssueRow, Rendered
from mailer.web.headers import PRIVATE, FixedHeaders
from subscribers.errors import Problem, Problems

HEADERS = {
    **PRIVATE,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
# The letter runs no script and loads nothing. Its origin is kept (allow-same-origin, harmless without
# scripts), because the page must measure it: only so a redrawn letter stays where the reader was.
LETTER_POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
# The team's words for the states of a mailing, and the colour of the dot.
STATES = {
    "draft": ("Entwurf", "rest"),
    "checked": ("geprüft", "next"),
    "approved": ("freigegeben", "next"),
    "due": ("fällig", "next"),
    "expanding": ("wird vorbereitet", "next"),
    "sending": ("wird versandt", "next"),
    "done": ("versandt", "done"),
    "held": ("angehalten", "stop"),
    "missed": ("verpasst", "stop"),
    "cancelled": ("abgesagt", "stop"),
}
HEARTBEAT_SECONDS = 2
_TICK_MILLISECONDS = 250  # how long a stream may go on after its reader has left
_CONTENT_ID = re.compile(r"(?<=[\"'(=])cid:([^\"'()\s>]+)")


def make_app(desk: Desk, *, token: str) -> Starlette:
    """The preview app under `/{token}/`; anything else is 404, a foreign Host 400.

    Letters not sent yet are nobody else's business: serve it on 127.0.0.1 only (`server.listen`).
    """
    window = _Window(desk)
    routes = [
        Route("/", _page("preview.html", "text/html")),
        Route("/preview.css", _page("preview.css", "text/css")),
        Route("/preview.js", _page("preview.js", "text/javascript")),
        Route("/issues", window.issues),
        Route("/issues/{key}", window.issue),
        Route("/issues/{key}/letter", window.letter),
        Route("/events", window.events),
    ]
    app = Starlette(
        routes=[Mount(f"/{token}", routes=routes)],
        middleware=[
            Middleware(FixedHeaders, headers=HEADERS),
            # A foreign name that points at this machine must not read the letters (DNS rebinding).
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"], www_redirect=False),
        ],
        exception_handlers={Problem: _complain},
    )
    app.state.streams = window.streams
    return app


def inline_pictures(html: str, pictures: Mapping[str, tuple[str, bytes]]) -> str:
    """The letter with each `cid:NAME` replaced by the picture itself; unknown names stay as they are."""

    def picture(match: re.Match[str]) -> str:
        if (found := pictures.get(match[1])) is None:
            return match[0]
        media_type, content = found
        return f"data:{media_type};base64,{base64.b64encode(content).decode()}"

    return _CONTENT_ID.sub(picture, html)


class _Window:
    """The handlers, and the last good letter of each issue: a slip of the pen must not blank the page."""

    def __init__(self, desk: Desk) -> None:
        self.streams: set[threading.Event] = set()
        self._desk = desk
        self._good: dict[str, tuple[int, Rendered]] = {}
        self._revision = 0
        self._one_at_a_time = threading.Lock()

    def issues(self, _request: Request) -> Response:
        return JSONResponse([_row(row) for row in self._desk.issues()])

    def issue(self, request: Request) -> Response:
        """One issue drawn anew: the letter, or what is wrong beside the last good letter."""
        key = request.path_params["key"]
        if key not in {row.key for row in self._desk.issues()}:
            return PlainTextResponse("Diese Ausgabe gibt es nicht.", 404)
        complaints: list[dict[str, str]] = []
        with self._one_at_a_time:
            try:
                drawn = self._desk.render(key)
            except Problem as problem:
                complaints = _complaints(problem)
            else:
                self._revision += 1
                self._good[key] = (self._revision, drawn)
        good = self._good.get(key)
        return JSONResponse({"problems": complaints, "letter": _letter(*good) if good else None})

    def letter(self, request: Request) -> Response:
        """The HTML of the last good letter, for a frame."""
        good = self._good.get(request.path_params["key"])
        if good is None:
            return PlainTextResponse("Von dieser Ausgabe gibt es noch keinen Brief.", 404)
        html = inline_pictures(good[1].html, good[1].pictures)
        return HTMLResponse(html, headers={"Content-Security-Policy": LETTER_POLICY})

    async def events(self, _request: Request) -> Response:
        """Server-sent events: `saved` after each change in the desk's folders."""
        folders = [folder for folder in self._desk.folders() if folder.exists()]
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(folders), media_type="text/event-stream", headers=headers)

    async def _events(self, folders: Sequence[Path]) -> AsyncIterator[str]:
        stop = threading.Event()  # one each: the watcher sets it when its own reader leaves
        self.streams.add(stop)
        quiet = 0
        try:
            yield "retry: 1000\nevent: ready\ndata: 1\n\n"
            async for changes in awatch(
                *folders,
                debounce=60,
                step=20,
                rust_timeout=_TICK_MILLISECONDS,
                yield_on_timeout=True,
                stop_event=stop,
            ):
                quiet = 0 if changes else quiet + _TICK_MILLISECONDS
                if changes:
                    yield "event: saved\ndata: 1\n\n"
                elif quiet >= HEARTBEAT_SECONDS * 1000:
                    quiet = 0
                    yield ": ping\n\n"
        finally:
            self.streams.discard(stop)


def _page(name: str, media_type: str) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return Response(page(name), media_type=media_type)

    return answer


def _row(row: IssueRow) -> dict[str, str]:
    word, tone = STATES.get(row.state, (row.state, "rest"))
    return {"key": row.key, "label": row.label, "title": row.title, "state": word, "tone": tone}


def _letter(revision: int, drawn: Rendered) -> dict[str, object]:
    name, address = parseaddr(drawn.sender) if "@" in drawn.sender else (drawn.sender, "")
    return {
        "revision": revision,
        "sender": name or address or drawn.sender,
        "address": address,
        "subject": drawn.subject,
        "preheader": drawn.preheader,
        "text": drawn.text,
        "source": drawn.source,
    }


def _complaints(problem: Problem) -> list[dict[str, str]]:
    if isinstance(problem, Problems):
        return [line for each in problem.problems for line in _complaints(each)]
    return [{"place": problem.place or "", "message": problem.message, "hint": problem.hint or ""}]


def _complain(_request: Request, error: Exception) -> Response:
    """The list of issues itself cannot be read."""
    assert isinstance(error, Problem)
    return JSONResponse({"problems": _complaints(error), "letter": None}, status_code=500)
