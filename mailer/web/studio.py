"""The studio's handlers: an issue as a page asks for it, and the last good letter when a pen slips."""

import json
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from mailer.compose.rendering import Variant
from mailer.web import answers, variants
from mailer.web import studio_wording as wording
from mailer.web.calls import from_this_page, read_call
from mailer.web.compare import blocks
from mailer.web.desk import Checked, Desk, Drawn, NoSuchIssue, NotApproved, Reader, Rendered, Standing
from mailer.web.listing import listed
from mailer.web.marks import Marks
from mailer.web.mime import header_lines
from mailer.web.view_wording import views
from mailer.web.views import SCHEMES, VIEWS, as_seen
from mailer.web.watch import Watch
from mailer.web.wording import spoken
from subscribers.errors import Problem

# The letter runs no script and loads nothing. Its origin is kept (allow-same-origin, harmless without
# scripts), because the page must measure it: only so a redrawn letter stays where the reader was.
LETTER_POLICY = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
PARTS: dict[str, Callable[[Desk, Drawn, Variant, Reader], str]] = {
    "text": lambda desk, *chosen: desk.letter(*chosen).text,
    "source": lambda desk, *chosen: desk.source(*chosen),
    "headers": lambda desk, *chosen: header_lines(desk.source(*chosen)),
}


class Unknown(Exception):
    """What was asked for is not there; the argument is a word of studio_wording."""


class Studio:
    """Answers for one workspace.

    Args:
        exposed: other machines may reach the page; then nothing can be approved from it.
    """

    def __init__(self, desk: Desk, *, exposed: bool = False) -> None:
        self._desk, self._exposed = desk, exposed
        self.watch = Watch(desk.files)
        self._good: dict[str, Drawn] = {}
        self._approving = threading.Lock()

    def issues(self, request: Request) -> Response:
        """The list."""
        language = _language(request)
        return JSONResponse([answers.issue_row(row, language) for row in self._desk.issues()])

    def issue(self, request: Request) -> Response:
        """One issue drawn anew; or what is wrong with it, beside the last good letter."""
        language, key = _language(request), request.path_params["key"]
        problems, drawn = self._draw(key)
        complaints = [
            answers.complaint(each, self._desk.spot(drawn, each.place or "").open, language)
            for each in problems
        ]
        if drawn is None:
            return JSONResponse({"problems": complaints, "letter": None})
        variant, reader = self._chosen(request, drawn)
        shown = self._desk.letter(drawn, variant, reader)
        checked = Checked() if problems else self._desk.check(drawn)
        numbers, base = self._desk.people.numbers(drawn), self._desk.releases.base(drawn)
        differences = variants.differences(drawn, base)
        changed = differences.get(variant.key)
        since = answers.since(base, language)
        standing = self._standing(drawn, checked, unreadable=bool(problems))
        changes = variants.summary(drawn, base, differences, language)
        if not changes and standing.void:
            changes = wording.text("no_word", language)
        return JSONResponse(
            {
                "problems": complaints,
                "newsletter": drawn.organisation,
                "label": drawn.issue.label,
                "letter": answers.letter(drawn, shown, variant.key, reader, language),
                "findings": self._findings(drawn, checked, variant, shown, language),
                "counts": answers.counts(checked.findings, checked.passed),
                "size": answers.size(shown.bytes, language),
                "greetings": answers.greetings(numbers, language),
                "variants": variants.table(drawn, numbers, differences, language),
                "approval": answers.approval(
                    standing, key, [f"{since}: {changes}"] if changes else [], language
                ),
                "compare": {"since": since, "changed": changed.words if changed else 0},
            }
        )

    def _draw(self, key: str) -> tuple[Sequence[Problem], Drawn | None]:
        """The issue as it reads now; with the complaints, as it last could be read."""
        try:
            self._good[key] = drawn = self._desk.draw(key)
        except NoSuchIssue:
            raise Unknown("no_issue") from None
        except Problem as problem:
            return answers.each_problem(problem), self._good.get(key)
        return (), drawn

    def _chosen(self, request: Request, drawn: Drawn) -> tuple[Variant, Reader]:
        """The reader that was asked for, and the variant: the one named, else theirs, else the first."""
        query = request.query_params
        wish = query.get("person", "")
        # Who is invented is called by a word.
        reader = None if self._exposed and wish.isdecimal() else self._desk.people.reader(drawn, wish)
        if reader is None:
            raise Unknown("no_person")
        wanted = query.get("variant", "")
        variant = drawn.variant(wanted or reader.variant)
        if variant is None and not wanted:
            variant = drawn.variant("")
        if variant is None:
            raise Unknown("no_variant")
        return variant, reader

    def _findings(
        self, drawn: Drawn, checked: Checked, variant: Variant, shown: Rendered, language: str
    ) -> list[dict[str, Any]]:
        marks = Marks(drawn.edition.variants, variant, shown)
        spots = [self._desk.spot(drawn, each.place) for each in checked.findings]
        return [
            answers.finding(each, spot, marks.of(each, spot, language), language)
            for each, spot in zip(checked.findings, spots, strict=True)
        ]

    def _standing(self, drawn: Drawn, checked: Checked, *, unreadable: bool) -> Standing:
        if unreadable:
            return Standing(reason="unreadable")
        standing = self._desk.releases.standing(drawn, checked.findings)
        if self._exposed and not standing.reason:
            return Standing(standing.mailing, standing.state, "exposed", recipients=standing.recipients)
        return standing

    def letter(self, request: Request) -> Response:
        """The HTML of the letter for a frame, as one mail program shows it."""
        view, scheme = (
            request.query_params.get("view", "standard"),
            request.query_params.get("scheme", "light"),
        )
        if view not in VIEWS or scheme not in SCHEMES:
            raise Unknown("no_view")
        html = as_seen(self._desk.letter(*self._wanted(request)).html, view, scheme)
        return HTMLResponse(html, headers={"Content-Security-Policy": LETTER_POLICY})

    def part(self, name: str) -> Callable[[Request], Response]:
        """A handler for one of `PARTS`: text part, whole message, or its headers as people read them."""

        def answer(request: Request) -> Response:
            return PlainTextResponse(PARTS[name](self._desk, *self._wanted(request)))

        return answer

    def inbox(self, request: Request) -> Response:
        """The line of the letter in the lists of mail programs."""
        drawn, variant, _ = self._wanted(request)
        sender = drawn.envelope.from_name
        return JSONResponse(listed(sender, variant.subject, variant.preheader, _language(request)))

    def _wanted(self, request: Request) -> tuple[Drawn, Variant, Reader]:
        """The last good letter, its variant and its reader."""
        _, drawn = self._draw(request.path_params["key"])
        if drawn is None:
            raise Unknown("no_letter")
        return drawn, *self._chosen(request, drawn)

    def compare(self, request: Request) -> Response:
        """What a variant says differently from what was approved or sent last."""
        language = _language(request)
        drawn, variant, _ = self._wanted(request)
        base = self._desk.releases.base(drawn)
        old, new = variants.pair(drawn, base, variant.key) if base else (None, None)
        found = blocks(old, new) if old and new else []
        return JSONResponse(
            {
                "since": answers.since(base, language),
                "blocks": [answers.block(each, language) for each in found],
            }
        )

    def views(self, request: Request) -> Response:
        """What each view simulates."""
        return JSONResponse(views(_language(request)))

    def people(self, request: Request) -> Response:
        """People to show the letter for: by a text, hard ones, or some by chance.

        With the key of an issue each comes with the variant and the greeting of its letter. An exposed
        studio knows invented people only.
        """
        query, people = request.query_params, self._desk.people
        language, drawn = _language(request), self._good.get(query.get("issue", ""))
        if self._exposed:
            found = people.invented(query.get("q", "")[:200])
        elif query.get("hard"):
            found = people.hard()
        elif query.get("random"):
            found = people.random()
        else:
            found = people.search(query.get("q", "")[:200])
        if drawn is None:
            return JSONResponse([answers.person(each, language) for each in found])
        return JSONResponse(
            [
                answers.person(each, language, drawn.variant(each.variant) or drawn.variant(""))
                for each in people.placed(drawn, found)
            ]
        )

    def tools(self, request: Request) -> Response:
        """The other pages that there are; none for other machines, since caught mails name their readers."""
        found = () if self._exposed else self._desk.tools()
        return JSONResponse([answers.tool(each, _language(request)) for each in found])

    async def approve(self, request: Request) -> Response:
        """Approve what was shown, as `rundbrief mailing approve` does."""
        language, key = _language(request), request.path_params["key"]
        if not from_this_page(request):
            return JSONResponse({"problem": wording.text("foreign", language)}, 403)
        call = await read_call(request)
        if call is None:
            return JSONResponse({"problem": wording.text("bad_call", language)}, 400)
        return await run_in_threadpool(self._approve, key, call, language)

    def _approve(self, key: str, call: tuple[int, int, str], language: str) -> Response:
        try:
            if self._exposed:
                raise NotApproved("exposed", "Nothing is approved from other machines.")
            with self._approving:
                done = self._desk.releases.approve(key, *call)
        except NoSuchIssue:
            raise Unknown("no_issue") from None
        except NotApproved as refused:
            problem = wording.reason(refused.reason, language, key, refused.values)
            return JSONResponse({"problem": problem}, 409)
        except Problem as problem:
            problem_said = wording.reason("other", language, key, {"sentence": str(problem)})
            return JSONResponse({"problem": problem_said}, 409)
        count = wording.people(done.recipients, language)
        name = "approved_held" if done.held else "approved"
        text = wording.text(name, language, count=count, mailing=done.mailing)
        return JSONResponse({"approved": True, "text": text})

    async def events(self, _request: Request) -> Response:
        """Server-sent events: `saved` after each change, with the keys of the issues it may concern."""
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(), media_type="text/event-stream", headers=headers)

    async def _events(self) -> AsyncIterator[str]:
        yield "retry: 1000\nevent: ready\ndata: 1\n\n"
        async for paths in self.watch.saved():
            if paths:
                keys = self._desk.touched(sorted(paths))
                told = {"keys": list(keys)}
                if gone := self._desk.gone(keys):
                    told["gone"] = list(gone)
                yield f"event: saved\ndata: {json.dumps(told)}\n\n"
            else:
                yield ": ping\n\n"


def not_there(request: Request, error: Exception) -> Response:
    """404 with one sentence."""
    return PlainTextResponse(wording.text(str(error), _language(request)), 404)


def complain(request: Request, error: Exception) -> Response:
    """The workspace itself cannot be read."""
    assert isinstance(error, Problem)
    language = _language(request)
    problems = [answers.complaint(each, "", language) for each in answers.each_problem(error)]
    return JSONResponse({"problems": problems, "letter": None}, status_code=500)


def _language(request: Request) -> str:
    return spoken(request.headers.get("accept-language", "").partition(",")[0].strip())
