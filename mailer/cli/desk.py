"""The issues of a workspace as the preview shows them: rendered by the same functions as the real send."""

from pathlib import Path
from typing import TYPE_CHECKING

from mailer import shipped
from mailer.content.issue import list_issues
from mailer.delivery.message import Envelope, Message, Recipient, message_id
from mailer.web.desk import IssueRow, Rendered
from subscribers.errors import Problem
from subscribers.person import Person
from subscribers.salutation import salutation

if TYPE_CHECKING:
    from mailer.cli.office import Office

# Nobody real: what a reader sees, with every part of a name in use.
SAMPLE = {
    "email": "gesa.luehrs@example.org",
    "anrede": "Frau",
    "titel": "Dr.",
    "vorname": "Gesa",
    "nachname": "Lührs",
}
SAMPLE_TOKEN = "0" * 32  # no subscription has it: the preview's link cannot unsubscribe anybody


class FolderDesk:
    """Reads and renders at each call; an issue is small, and nothing can be stale."""

    def __init__(self, office: "Office") -> None:
        self._office = office

    def issues(self) -> list[IssueRow]:
        """All issues, the newest first."""
        entries = list_issues(
            self._office.settings.issues, self._office.register(), self._office.settings.folder
        )
        return [
            IssueRow(each.key, each.label, each.title or "", "nicht lesbar" if each.problems else "Entwurf")
            for each in entries
        ]

    def render(self, key: str) -> Rendered:
        """One issue, filled for the sample person.

        Raises:
            Problem: with every complaint and its place.
        """
        if key not in {row.key for row in self.issues()}:
            raise Problem(f"There is no issue {key!r}.")
        issue = self._office.read_issue(key)
        edition = self._office.compile(issue)
        envelope = self._office.envelope(issue.newsletter)
        variant = edition.variants[0]
        recipient = sample_recipient(envelope, self._office.letterhead(issue.newsletter).tone)
        message = Message(variant, edition.pictures, envelope)
        from mailer.cli.office import clock

        identity = message_id(b"preview", 0, 0, envelope.from_address.rpartition("@")[2])
        source = message.fill(recipient, message_id=identity, date=clock())
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
        settings = self._office.settings
        candidates = (
            settings.issues,
            settings.programmes,
            settings.file,
            settings.templates,
            shipped.templates(),
        )
        return [path for path in candidates if path.exists()]


def sample_recipient(envelope: Envelope, tone: str) -> Recipient:
    """The sample person as a recipient, with a link that does nothing."""
    person = Person(id=0, **SAMPLE)
    url = f"{envelope.public_url}/u/{SAMPLE_TOKEN}"
    return Recipient(
        address=SAMPLE["email"],
        name=f"{person.vorname} {person.nachname}",
        values={"greeting": salutation(person, tone=tone, language=envelope.language), "unsubscribe": url},
        unsubscribe_url=url,
    )
