"""The issues of a workspace as the preview shows them: rendered by the same functions as the real send."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailer.compose.rendering import Edition, Variant
from mailer.content.issue import Issue, IssueEntry
from mailer.delivery.message import Envelope, Message, Recipient, message_id
from mailer.delivery.sender import recipient_of
from mailer.web.desk import IssueRow, Rendered
from subscribers.errors import Problem
from subscribers.person import Person

# Nobody real: what a reader sees, with every part of a name in use.
SAMPLE = {
    "email": "gesa.luehrs@example.org",
    "anrede": "Frau",
    "titel": "Dr.",
    "vorname": "Gesa",
    "nachname": "Lührs",
}
SAMPLE_TOKEN = "0" * 32  # no subscription has it: the preview's link cannot unsubscribe anybody


@dataclass(frozen=True, slots=True)
class FolderDesk:
    """Reads and renders at each call; an issue is small, and nothing can be stale.

    Args:
        entries: the issues of the workspace, the newest first.
        read: an issue by its key; compile: its edition.
        envelope: sender and list headers of a newsletter and its issue.
        states: the state of each issue's newest mailing, by issue.
        watched: files and folders that a letter depends on.
        clock: the moment for the Date of the shown message.
    """

    entries: Callable[[], Sequence[IssueEntry]]
    read: Callable[[str], Issue]
    compile: Callable[[Issue], Edition]
    envelope: Callable[[str | None, str], Envelope]
    states: Callable[[], Mapping[str, str]]
    watched: Sequence[Path]
    clock: Callable[[], datetime]

    def issues(self) -> list[IssueRow]:
        """All issues, the newest first."""
        mailed = self.states()
        return [
            IssueRow(each.key, each.label, each.title or "", mailed.get(each.key) or _state(each))
            for each in self.entries()
        ]

    def render(self, key: str) -> Rendered:
        """One issue, filled for the sample person.

        Raises:
            Problem: with every complaint and its place.
        """
        if key not in {each.key for each in self.entries()}:
            raise Problem(f"There is no issue {key!r}.")
        issue = self.read(key)
        edition = self.compile(issue)
        envelope = self.envelope(issue.newsletter, issue.key)
        variant = edition.variants[0]
        recipient = sample_recipient(envelope, variant)
        identity = message_id(b"preview", 0, 0, envelope.from_address.rpartition("@")[2])
        message = Message(variant, edition.pictures, envelope)
        source = message.fill(recipient, message_id=identity, date=self.clock())
        return Rendered(
            subject=variant.subject,
            preheader=variant.preheader,
            sender=envelope.from_name,
            html=variant.fill_html(recipient.values),
            text=variant.fill_text(recipient.values),
            source=source.decode("utf-8", "replace"),
            pictures={each.name: (each.media_type, each.data) for each in edition.pictures},
        )

    def folders(self) -> list[Path]:
        """What to watch: a save in any of them is a new rendering."""
        return [path for path in self.watched if path.exists()]


def _state(entry: IssueEntry) -> str:
    """What the files alone say, in the words of the preview."""
    if entry.problems:
        return "nicht lesbar"
    return f"noch zu prüfen: {entry.marks}" if entry.marks else "draft"


def sample_recipient(envelope: Envelope, variant: Variant) -> Recipient:
    """The sample person as a recipient of this variant, with a link that does nothing."""
    return recipient_of(Person(id=0, **SAMPLE), SAMPLE_TOKEN, envelope, variant)
