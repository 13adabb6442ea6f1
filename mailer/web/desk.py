"""What the preview needs to know of the editorial desk; the command line brings the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One line of the list: `state` is a word of the mailing states, or any other to be shown as it is."""

    key: str
    label: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter as it would go out; `source` is the whole MIME message.

    `pictures` holds media type and bytes by the name that `cid:` uses in `html`.
    """

    subject: str
    preheader: str
    sender: str
    html: str
    text: str
    source: str
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)


class Desk(Protocol):
    """Reads issues from their folders, afresh at every call."""

    def issues(self) -> Sequence[IssueRow]:
        """All issues, in the order of the list."""

    def render(self, key: str) -> Rendered:
        """The letter of one issue, made as for the real send; Problem says why it cannot be."""

    def folders(self) -> Sequence[Path]:
        """Where a saved file may change a letter."""
