"""The studio's app: its routes under a secret address, its headers, its page and the page's parts."""

import re
from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router

from mailer.compose.environment import page
from mailer.shipped import templates
from mailer.web.desk import Desk
from mailer.web.headers import PRIVATE, FixedHeaders
from mailer.web.server import LOOPBACK
from mailer.web.studio import PARTS, Studio, Unknown, complain, not_there
from subscribers.errors import Problem

HEADERS = {
    **PRIVATE,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_PART = re.compile(r"preview[a-z0-9_-]*\.(css|js)")
_MEDIA_TYPES = {"css": "text/css", "js": "text/javascript"}


def make_app(desk: Desk, *, token: str, host: str = LOOPBACK, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The studio under `/{token}/`; anything else is 404, a foreign Host 400.

    Letters not sent yet are nobody else's business: serve it on 127.0.0.1 (`server.listen`).

    Args:
        host: the name or address by which other machines reach it; then nothing can be approved from it.
        more: routes of further pages under the same address.
    """
    studio = Studio(desk, exposed=host != LOOPBACK)
    routes = [
        Route("/", _shipped("preview.html", "text/html")),
        *(Route(f"/{name}", _shipped(name, _MEDIA_TYPES[found[1]])) for name, found in _parts()),
        Route("/issues", studio.issues),
        Route("/issues/{key}", studio.issue),
        Route("/issues/{key}/letter", studio.letter),
        *(Route(f"/issues/{{key}}/{part}", studio.part(part)) for part in PARTS),
        Route("/issues/{key}/compare", studio.compare),
        Route("/issues/{key}/inbox", studio.inbox),
        Route("/issues/{key}/approve", studio.approve, methods=["POST"]),
        Route("/views", studio.views),
        Route("/people", studio.people),
        Route("/tools", studio.tools),
        Route("/events", studio.events),
        *more,
    ]
    app = Starlette(
        routes=[Mount(f"/{token}", Router(routes, redirect_slashes=False))],
        middleware=[
            Middleware(FixedHeaders, headers=HEADERS),
            # A foreign name that points at this machine must not read the letters (DNS rebinding).
            Middleware(
                TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost", host], www_redirect=False
            ),
        ],
        exception_handlers={Problem: complain, Unknown: not_there},
    )
    app.router.redirect_slashes = False  # one address for each thing, and 404 for all others
    app.state.streams = {studio.watch}
    return app


def _parts() -> list[tuple[str, re.Match[str]]]:
    """The page's style sheet and scripts, as far as they are shipped."""
    names = sorted(path.name for path in (templates() / "web").iterdir())
    return [(name, found) for name in names if (found := _PART.fullmatch(name))]


def _shipped(name: str, media_type: str) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return Response(page(name), media_type=media_type)

    return answer
