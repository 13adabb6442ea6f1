"""The inbox page of the sandbox: what was caught, taken apart and shown, alone or in the studio."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, Router

from mailer.compose.environment import page
from mailer.web import inbox_wording as wording
from mailer.web.faults import FAULTS
from mailer.web.framing import is_tidy
from mailer.web.headers import CLOSED_PAGE, PRIVATE, FixedHeaders
from mailer.web.inbox_index import Index, Row
from mailer.web.inbox_leave import press, read_leave
from mailer.web.inbox_mail import Mail, read_mail
from mailer.web.server import LOOPBACK
from mailer.web.studio_wording import pick
from mailer.web.views import SCHEMES, VIEWS, as_seen
from mailer.web.wording import spoken

# A mail runs no script and loads nothing; what it links to opens in a window of its own.
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
HEARTBEAT_SECONDS = 2.0
_LOOK_SECONDS = 0.25
_SCRIPTS = ("inbox.js", "inbox_mail.js", "inbox_parts.js")


def make_inbox_app(folder: Path, *, token: str) -> Starlette:
    """The inbox alone, at `/{token}/inbox`; serve it on 127.0.0.1 only (`server.listen`)."""
    app = Starlette(
        routes=[Mount(f"/{token}", Router(inbox_routes(folder), redirect_slashes=False))],
        middleware=[
            Middleware(FixedHeaders, headers={**PRIVATE, "Content-Security-Policy": CLOSED_PAGE}),
            Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"], www_redirect=False),
        ],
    )
    app.router.redirect_slashes = False
    app.state.streams = set()
    return app


def inbox_routes(folder: Path, *, home: str = "") -> list[Route]:
    """The routes of the page at `/inbox` and below it.

    Args:
        folder: what the sandbox catches; it may come later.
        home: where the page's name leads, relative to it; empty where it stands alone.
    """
    inbox = _Inbox(Index(folder), home)
    return [
        Route("/inbox", inbox.page),
        Route("/inbox/inbox.css", _shipped("inbox.css", "text/css")),
        *(Route(f"/inbox/{name}", _shipped(name, "text/javascript")) for name in _SCRIPTS),
        Route("/inbox/mails", inbox.mails),
        Route("/inbox/mails/{number}", inbox.mail),
        Route("/inbox/mails/{number}/html", inbox.html),
        Route("/inbox/mails/{number}/source", inbox.source),
        Route("/inbox/mails/{number}/parts/{part}", inbox.part),
        Route("/inbox/mails/{number}/leave", inbox.leave, methods=["POST"]),
        Route("/inbox/clear", inbox.clear, methods=["POST"]),
        Route("/inbox/events", inbox.events),
    ]


class _Inbox:
    """The handlers; those that read files are run in threads by Starlette."""

    def __init__(self, index: Index, home: str) -> None:
        self._index, self._home = index, home

    def page(self, request: Request) -> Response:
        language = _language(request)
        words = wording.for_page(language)
        faults = [(f"{name}@…", pick(fault.says, language)) for name, fault in FAULTS.items()]
        return HTMLResponse(
            page(
                "inbox.html",
                language=language,
                say=words.__getitem__,
                words=wording.as_json(words),
                faults=faults,
                home=self._home,
            )
        )

    def mails(self, request: Request) -> Response:
        """Fifty rows, the newest first; `before` goes on from there, `q` searches."""
        before = _number(request.query_params.get("before", ""))
        found = self._index.page(before=before, query=request.query_params.get("q", "")[:200])
        rows = [_row(row) for row in found.rows]
        return JSONResponse({"mails": rows, "total": found.total, "more": found.more})

    def mail(self, request: Request) -> Response:
        """One mail taken apart."""
        row, mail = self._read(request)
        return JSONResponse(_told(row, mail, _language(request))) if row and mail else _gone(request)

    def html(self, request: Request) -> Response:
        """The HTML for a frame, as one of `VIEWS` in one of `SCHEMES` if they are asked for."""
        _, mail = self._read(request)
        if mail is None or mail.html is None:
            return _gone(request)
        view, scheme = (request.query_params.get(name, "") for name in ("view", "scheme"))
        html = mail.framed()
        headers = {"Content-Security-Policy": FRAME_POLICY}
        if view in VIEWS and scheme in SCHEMES:
            if not is_tidy(html):
                return PlainTextResponse(wording.text("untidy", _language(request)), headers=headers)
            html = as_seen(html, view, scheme)
        return HTMLResponse(html, headers=headers)

    def source(self, request: Request) -> Response:
        """The message exactly as received, as a file."""
        row = self._row(request)
        message = self._index.read(row) if row else None
        if row is None or message is None:
            return _gone(request)
        return _download(message, row.file, "message/rfc822")

    def part(self, request: Request) -> Response:
        """One part as a file, never shown by the browser itself."""
        _, mail = self._read(request)
        wanted = _number(request.path_params["part"])
        found = next((each for each in mail.parts if each.id == wanted), None) if mail else None
        if found is None:
            return _gone(request)
        return _download(found.content, found.name or f"part-{found.id}", "application/octet-stream")

    def leave(self, request: Request) -> Response:
        """Press the mail's one-click link, which must lead to this machine (RFC 8058)."""
        language = _language(request)
        if not _is_own(request):
            return PlainTextResponse(wording.text("foreign", language), 403)
        _, mail = self._read(request)
        if mail is None:
            return _gone(request)
        found = read_leave(mail.headers)
        if not found.is_here:
            return JSONResponse({"problem": wording.text("leave_elsewhere", language)}, 409)
        pressed = press(found.link)
        told = wording.pressed(pressed, urlsplit(found.link).netloc, language)
        return JSONResponse({"good": pressed.is_good, "status": pressed.status, "text": told})

    def clear(self, request: Request) -> Response:
        """Throw all mails away."""
        if not _is_own(request):
            return PlainTextResponse(wording.text("foreign", _language(request)), 403)
        return JSONResponse({"text": wording.cleared(self._index.clear(), _language(request))})

    async def events(self, request: Request) -> Response:
        """Server-sent events: `caught` with the number of mails, at first and after each change."""
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(request), media_type="text/event-stream", headers=headers)

    async def _events(self, request: Request) -> AsyncIterator[str]:
        stop = threading.Event()  # the server sets it when it ends: it would wait for open streams
        streams: set[threading.Event] = getattr(request.app.state, "streams", set())
        streams.add(stop)
        quiet, known = 0.0, None
        try:
            yield "retry: 1000\n\n"
            while not stop.is_set():
                total = await run_in_threadpool(self._index.total)
                quiet += _LOOK_SECONDS
                if total != known:
                    known, quiet = total, 0.0
                    yield f"event: caught\ndata: {total}\n\n"
                elif quiet >= HEARTBEAT_SECONDS:
                    quiet = 0.0
                    yield ": ping\n\n"
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            streams.discard(stop)

    def _row(self, request: Request) -> Row | None:
        number = _number(request.path_params["number"])
        return None if number is None else self._index.row(number)

    def _read(self, request: Request) -> tuple[Row | None, Mail | None]:
        row = self._row(request)
        message = self._index.read(row) if row else None
        return row, None if message is None else read_mail(message)


def _shipped(name: str, media_type: str) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return Response(page(name), media_type=media_type)

    return answer


def _language(request: Request) -> str:
    return spoken(request.headers.get("accept-language", "").partition(",")[0].strip())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def _is_own(request: Request) -> bool:
    """Sent by this page on this machine: another site can neither set the header nor know the token."""
    name = urlsplit(f"//{request.headers.get('host', '')}").hostname
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    return name in {LOOPBACK, "localhost"} and request.headers.get("x-rundbrief") == "1" and same


def _gone(request: Request) -> Response:
    return PlainTextResponse(wording.text("gone", _language(request)), 404)


def _download(content: bytes, name: str, media_type: str) -> Response:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._") or "part"
    marked = quote(name.replace("/", "_").replace("\\", "_"), safe="")
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{marked}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": said})


def _row(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.at,
        "from": row.sender,
        "to": list(row.recipients[:50]),
        "others": max(0, len(row.recipients) - 50),
        "subject": row.subject,
        "bytes": row.bytes,
    }


def _told(row: Row, mail: Mail, language: str) -> dict[str, Any]:
    leave = read_leave(mail.headers)
    checks = [{"tone": tone, "text": wording.text(name, language)} for name, tone in leave.checks]
    return _row(row) | {
        "subject": next((each.value for each in mail.headers if each.name.lower() == "subject"), row.subject),
        "file": row.file,
        "whole": mail.is_whole,
        "has_html": mail.html is not None,
        "text": mail.text,
        "remote": wording.remote(mail.remote_pictures, language),
        "headers": [{"name": each.name, "value": each.value, "raw": each.raw} for each in mail.headers],
        "parts": [
            {
                "id": each.id,
                "type": each.type,
                "name": each.name,
                "bytes": len(each.content),
                "role": wording.role(each.is_attached, bool(each.content_id), each.type, language),
            }
            for each in mail.parts
        ],
        "leave": {
            "link": leave.link,
            "mailto": leave.mailto,
            "here": leave.is_here,
            "checks": checks,
        },
    }
