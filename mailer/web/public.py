"""The public pages: the way out behind a letter's link, and the web version of a letter that went out.

Looking changes nothing; only the button and a mail program's one click leave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from mailer.compose.environment import page
from mailer.web.headers import PRIVATE, FixedHeaders
from mailer.web.wording import sheet, spoken

BODY_BYTES = 10_000
HEADERS = {
    **PRIVATE,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}
# The web version carries its pictures in itself, or takes them from where the newsletter hosts them.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What the token stands for: the newsletter's key, the state of the subscription, the page's language.

    An empty language means the newsletter's own.
    """

    newsletter: str
    state: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the newsletter's name, its publisher and the lines of the imprint."""

    name: str
    organisation: str
    imprint: tuple[str, ...]
    language: str = "de"


def make_app(
    *,
    find: Callable[[str], Leaving | None],
    leave: Callable[[str], None],
    letter: Callable[[str, str, str], str | None],
    names: Mapping[str, Letterhead],
) -> Starlette:
    """The public app: `/u/{token}`, `/w/{newsletter}/{issue}/{variant}` and `/health`.

    Args:
        find: what a token stands for, lenient with damaged ones; None when it is unknown.
        leave: ends the subscription behind the token; the second time changes nothing.
        letter: the web version of a newsletter's issue and variant; None unless it went out.
        names: letterheads by newsletter key; a key that is gone gets a plain page, its token stays valid.
    """
    door = _Door(find, leave, letter, names)
    app = Starlette(
        routes=[
            # `path`, because a mail program may add a slash, and RFC 8058 section 3.1 forbids to redirect.
            Route("/u/{token:path}", door.look, methods=["GET"]),
            Route("/u/{token:path}", door.act, methods=["POST"], max_body_size=BODY_BYTES),
            Route("/w/{newsletter}/{issue}/{variant}", door.read, methods=["GET"]),
            Route("/health", _health, methods=["GET"]),
        ],
        middleware=[Middleware(FixedHeaders, headers=HEADERS)],
        exception_handlers={404: door.unknown, Exception: door.failed},
    )
    app.router.redirect_slashes = False
    return app


class _Door:
    """The handlers; whatever asks the address book runs in the thread pool."""

    def __init__(
        self,
        find: Callable[[str], Leaving | None],
        leave: Callable[[str], None],
        letter: Callable[[str, str, str], str | None],
        names: Mapping[str, Letterhead],
    ) -> None:
        self._find, self._leave, self._letter, self._names = find, leave, letter, names
        # A page for nobody in particular speaks as the first newsletter does.
        language = next(iter(names.values())).language if names else "de"
        self._nobody = Letterhead("Rundbrief", "", (), language)

    def look(self, request: Request) -> Response:
        """GET and HEAD: link scanners of mail gateways open every link, so this changes nothing."""
        leaving = self._find(_token(request))
        if leaving is None:
            raise HTTPException(404)
        return self._page("already" if leaving.state == "unsubscribed" else "ask", leaving)

    async def act(self, request: Request) -> Response:
        """POST of the button or of a mail program's one click (RFC 8058 section 3.1); anything else looks."""
        asked = await _is_one_click(request)
        return await run_in_threadpool(self._act if asked else self.look, request)

    def _act(self, request: Request) -> Response:
        token = _token(request)
        leaving = self._find(token)
        if leaving is None:
            raise HTTPException(404)
        self._leave(token)
        return self._page("left", leaving)

    def read(self, request: Request) -> Response:
        """The web version, the same for everybody who got this variant."""
        path = request.path_params
        found = self._letter(path["newsletter"], path["issue"], path["variant"])
        if found is None:
            raise HTTPException(404)
        return HTMLResponse(found, headers={"Content-Security-Policy": LETTER_POLICY})

    def unknown(self, _request: Request, _error: Exception) -> Response:
        """The same answer for every address that leads nowhere."""
        return self._page("unknown", None, status=404)

    def failed(self, _request: Request, _error: Exception) -> Response:
        """Our own fault, said calmly; the traceback goes to the log of the server."""
        answer = self._page("failed", None, status=500)
        answer.headers.update(HEADERS)  # this one is made outside the middleware
        return answer

    def _page(self, kind: str, leaving: Leaving | None, status: int = 200) -> Response:
        head = self._names.get(leaving.newsletter, self._nobody) if leaving else self._nobody
        language = spoken((leaving.language if leaving else "") or head.language)
        words = sheet(kind, language, head.name)
        return HTMLResponse(page("public.html", head=head, language=language, sheet=words), status)


def _token(request: Request) -> str:
    token: str = request.path_params["token"]
    return token.rstrip("/")


async def _is_one_click(request: Request) -> bool:
    """Whether the body, urlencoded or multipart, says `List-Unsubscribe=One-Click`."""
    try:
        async with request.form(max_files=4, max_fields=20) as form:
            said = form.get("List-Unsubscribe")
    except HTTPException as error:
        if error.status_code != 400:
            raise
        return False  # a body that cannot be read asks for nothing
    return isinstance(said, str) and said.strip() == "One-Click"


def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})
