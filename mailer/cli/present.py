"""What a mailing would send now: its edition by the files, its rule by the address book, the hash of all."""

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine

    from mailer.compose.rendering import Edition
    from mailer.content.issue import Issue
    from mailer.delivery.change import Change
    from mailer.delivery.mailing import Mailing
    from mailer.delivery.message import Envelope
    from mailer.delivery.release import Content

FOLLOWING = ("draft", "checked", "approved", "missed")  # the segment may still change


class Workspace(Protocol):
    """What the office has and these functions ask for."""

    @property
    def engine(self) -> "Engine":
        """The database."""

    def read_issue(self, key: str) -> "Issue":
        """An issue from its folder."""

    def compile(self, issue: "Issue", newsletter: str | None = None) -> "Edition":
        """Its edition as it would go out now."""

    def envelope(self, newsletter: str | None, issue: str = "") -> "Envelope":
        """Sender and list headers."""


def edition_of(office: Workspace, planned: "Mailing", issue: "Issue | None" = None) -> "Edition":
    """The edition of a mailing as it would go out now."""
    return compile_kind(office, issue or office.read_issue(planned.issue), planned.newsletter, planned.kind)


def compile_kind(office: Workspace, issue: "Issue", newsletter: str, kind: str) -> "Edition":
    """The edition of an issue for a kind of mailing: that of a correction says that it is one."""
    edition = office.compile(issue, newsletter)
    if kind != "correction":
        return edition
    from mailer.delivery.correction import marked

    return marked(edition)


def rule_of(office: Workspace, planned: "Mailing") -> "Mapping[str, Any]":
    """The rule of its segment now; its own copy once it is under way, and when the segment was removed."""
    from subscribers.database import reading
    from subscribers.errors import Problem
    from subscribers.rules import to_tree
    from subscribers.segments import get_segment

    if planned.state not in FOLLOWING or planned.corrects:
        return planned.rule
    with reading(office.engine) as connection:
        try:
            return to_tree(get_segment(connection, planned.segment).rule)
        except Problem:
            return planned.rule


def ruled(office: Workspace, planned: "Mailing") -> "Mailing":
    """A mailing with the rule that its segment has now."""
    from dataclasses import replace

    return replace(planned, rule=rule_of(office, planned))


def require_segment(office: Workspace, planned: "Mailing") -> None:
    """Refuse to approve for a segment that was removed: nobody could look at its rule any more.

    What is approved, or under way, keeps the rule that it was approved with.

    Raises:
        Refused: there is no such segment.
    """
    from subscribers.database import reading
    from subscribers.errors import Problem, Refused
    from subscribers.segments import get_segment

    if planned.state not in FOLLOWING or planned.corrects:
        return
    with reading(office.engine) as connection:
        try:
            get_segment(connection, planned.segment)
        except Problem:
            raise Refused(
                f"Segment {planned.segment!r} of mailing {planned.id} was removed.",
                hint=f"Save it again with `rundbrief segments add {planned.segment}`, or cancel the mailing "
                "and plan it for another segment.",
            ) from None


def fingerprint_of(office: Workspace, planned: "Mailing", edition: "Edition | None" = None) -> str:
    """sha256 of everything that a mailing would send now, and to whom."""
    from mailer.compose.rendering import fingerprint

    return fingerprint(edition or edition_of(office, planned), bound_of(office, planned))


def bound_of(office: Workspace, planned: "Mailing") -> "dict[str, Any]":
    """What its fingerprint covers beside the edition: sender, list headers, segment and rule."""
    from mailer.delivery.message import frame

    envelope = office.envelope(planned.newsletter, planned.issue)
    bound = frame(envelope, rule_of(office, planned), planned.segment)
    if planned.corrects:
        bound["corrects"] = dict(planned.corrects)
    return bound


def content_now(office: Workspace, planned: "Mailing", edition: "Edition | None" = None) -> "Content":
    """The same, in a form that can be compared with a release."""
    from mailer.delivery.release import content_of

    envelope = office.envelope(planned.newsletter, planned.issue)
    shown = edition or edition_of(office, planned)
    return content_of(shown, envelope, planned.segment, rule_of(office, planned))


def changes_since(
    office: Workspace, planned: "Mailing", edition: "Edition | None" = None
) -> "tuple[Change, ...] | None":
    """What is different now from the newest release; None where no approval was kept."""
    from mailer.delivery.change import compare
    from mailer.delivery.release import releases
    from subscribers.database import reading

    with reading(office.engine) as connection:
        kept = releases(connection, planned.id)
    if not planned.release or not kept or kept[-1].number != planned.release:
        return None
    return compare(kept[-1].content, content_now(office, planned, edition))


def why_void(office: Workspace, planned: "Mailing") -> str:
    """Why an approval will not hold when its time comes, told as soon as somebody looks; else empty."""
    from mailer.cli.changes import names
    from subscribers.errors import Problem

    if planned.state != "approved":
        return ""
    try:
        edition = edition_of(office, planned)
        if fingerprint_of(office, planned, edition) == planned.content_sha256:
            return ""
        changes = changes_since(office, planned, edition)
    except Problem as problem:
        return f"cannot be sent: {problem}"
    what = f" ({names(changes)})" if changes else ""
    return f"changed since it was approved{what}; approve it again"
