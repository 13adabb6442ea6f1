"""What was approved of an issue, as the preview shows it, and its approval from there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mailer.web.desk import Approved, Base, Checked, Drawn, NotApproved, Standing
from subscribers.errors import Problem, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from mailer.checks.finding import Finding
    from mailer.cli.office import Office
    from mailer.cli.shown import Shown
    from mailer.compose.rendering import Edition
    from mailer.delivery.mailing import Mailing

OPEN = ("draft", "checked", "approved", "held")  # what an approval may be for
UNDER_WAY = ("due", "expanding", "sending")


class ReleaseDesk:
    """The approvals of a workspace, see `mailer.web.desk.Releases`.

    Args:
        draw: an issue as it would go out at this moment.
    """

    def __init__(
        self,
        office: "Callable[[], Office]",
        shown: "Shown",
        draw: Callable[[str], Drawn],
        check: Callable[[Drawn], Checked],
        clock: "Callable[[], datetime]",
    ) -> None:
        self._office, self._shown, self._clock = office, shown, clock
        self._draw, self._check = draw, check

    def base(self, drawn: Drawn) -> Base | None:
        """The release that the last readers got, else the newest approval."""
        from mailer.cli.diff import base_of

        office = self._office()

        def ask(connection: "Connection") -> Base | None:
            from mailer.delivery.release import letters_by_release, releases, said

            try:
                number, release = base_of(office, drawn.key, None, None)
            except Problem:  # never approved
                return None
            words = said(connection, number, release)
            made = [each.made_at for each in releases(connection, number) if each.number == release]
            at = made[0].astimezone(office.settings.zone) if made else None
            return (
                Base(words, release, at, release in letters_by_release(connection, number)) if words else None
            )

        return self._shown.once(("base", drawn.key), ask, None)

    def standing(self, drawn: Drawn, findings: "Sequence[Finding]") -> Standing:
        """How the approval of an issue stands, and what is in its way."""
        office = self._office()
        if not office.has_database:
            return Standing(reason="no_database")
        with self._shown.reading() as connection:
            if connection is None:
                return Standing(reason="unreadable_database")
            mailings = open_mailings(connection, drawn.key)
        planned = next_to_approve(office, mailings, drawn)
        if planned is None:
            return Standing(reason=_why_none(mailings))
        waiting = sum(each.state in OPEN for each in mailings)
        return replace(self._of_mailing(office, planned, drawn, findings), waiting=waiting)

    def _of_mailing(
        self, office: "Office", planned: "Mailing", drawn: Drawn, findings: "Sequence[Finding]"
    ) -> Standing:
        sha256 = office.fingerprint(planned, edition_for(office, planned, drawn))
        same = sha256 == planned.content_sha256
        approved_at = planned.approved_at.astimezone(office.settings.zone) if planned.approved_at else None
        known = Standing(
            mailing=planned.id,
            state=planned.state,
            recipients=self._reached(office, planned, drawn),
            sha256=sha256,
            approved_by=planned.approved_by or "",
            approved_at=approved_at,
            void=bool(planned.release and not same),
        )
        reason, values = self._obstacle(office, planned, known, findings, same=same)
        return replace(known, reason=reason, values=values)

    def _obstacle(
        self,
        office: "Office",
        planned: "Mailing",
        known: Standing,
        findings: "Sequence[Finding]",
        *,
        same: bool,
    ) -> tuple[str, dict[str, object]]:
        """Why it cannot be approved now; an empty word where nothing is in the way."""
        from mailer.cli.approval import require_other_eyes
        from mailer.cli.person import user

        if planned.state == "approved" and same:
            return "approved", {"by": known.approved_by, "at": known.approved_at}
        if errors := sum(each.severity == "error" for each in findings):
            return "findings", {"count": errors}
        if planned.state != "held" and self._clock() - planned.due_at > office.grace:
            return "late", {"at": planned.due_at.astimezone(office.settings.zone)}
        if not known.recipients:
            return "nobody", {"segment": planned.segment}
        try:
            require_other_eyes(office, planned, user())
        except Refused:
            return "eyes", {"by": planned.planned_by}
        try:
            office.require_secret()
            office.instance.require()
        except Problem as problem:
            return "other", {"sentence": str(problem)}
        return "", {}

    def _reached(self, office: "Office", planned: "Mailing", drawn: Drawn) -> int | None:
        def ask(connection: "Connection") -> int:
            from mailer.delivery.audience import count_reached
            from mailer.delivery.patch import count_left

            count = count_left if planned.state == "held" else count_reached
            return sum(count(connection, ruled_now(office, planned), drawn.edition.selection).values())

        key = ("reached", planned.id, planned.state, repr(drawn.edition.selection))
        return self._shown.once(key, ask, None)

    def approve(self, key: str, mailing: int, expected: int, sha256: str) -> Approved:
        """Approve exactly what was shown, as `rundbrief mailing approve` does, for the user of this machine.

        Raises:
            NotApproved: something is in the way, or is not what was shown.
        """
        from mailer.cli.approval import look, require_other_eyes, settle
        from mailer.cli.person import user

        office, drawn = self._office(), self._draw(key)
        standing = self.standing(drawn, self._check(drawn).findings)
        if standing.mailing != mailing:
            raise NotApproved("changed", "Another mailing of this issue waits for its approval now.")
        if standing.reason:
            raise NotApproved(standing.reason, "This mailing cannot be approved now.", **standing.values)
        try:
            office.require_secret()
            office.instance.require()
            name, view = user(), look(office, str(mailing))
            four_eyes = require_other_eyes(office, view.planned, name)
            if view.planned.issue != key or view.sha256 != sha256:
                raise NotApproved("changed", "The issue changed since it was shown.")
            if view.number != expected:
                raise NotApproved("recipients", "The number differs.", now=view.number, shown=expected)
            approved, release = settle(office, view, name, four_eyes, lambda: None)
        except NotApproved:
            raise
        except Problem as problem:
            raise NotApproved("other", str(problem), sentence=str(problem)) from None
        held = view.planned.state == "held"
        return Approved(mailing, release, view.number, approved.sha256, held)


def open_mailings(connection: "Connection", issue: str) -> "list[Mailing]":
    """All mailings of an issue but the cancelled ones, the earliest due first."""
    from mailer.delivery.mailing import list_mailings

    return [each for each in list_mailings(connection) if each.issue == issue and each.state != "cancelled"]


def next_to_approve(office: "Office", mailings: "Sequence[Mailing]", drawn: Drawn) -> "Mailing | None":
    """The one that an approval would be for: the first not approved yet, or no longer; else the first."""
    candidates = [each for each in mailings if each.state in OPEN]
    for each in candidates:
        if each.state != "approved":
            return each
        if office.fingerprint(each, edition_for(office, each, drawn)) != each.content_sha256:
            return each
    return candidates[0] if candidates else None


def ruled_now(office: "Office", planned: "Mailing") -> "Mailing":
    """A mailing with the rule that its segment has now."""
    from mailer.cli.present import rule_of

    return replace(planned, rule=rule_of(office, planned))


def edition_for(office: "Office", planned: "Mailing", drawn: Drawn) -> "Edition":
    """What was drawn, as this kind of mailing sends it."""
    from mailer.cli.present import edition_of
    from mailer.delivery.correction import marked

    if planned.newsletter != drawn.edition.newsletter:
        return edition_of(office, planned, drawn.issue)
    return marked(drawn.edition) if planned.kind == "correction" else drawn.edition


def _why_none(mailings: "Sequence[Mailing]") -> str:
    states = {each.state for each in mailings}
    if states & {*UNDER_WAY}:
        return "under_way"
    if "missed" in states:
        return "missed"
    return "sent" if "done" in states else "unplanned"
