"""The issues of a workspace as the studio shows them: rendered by the same functions as the real send."""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.cli.backdrop import WORD_LIST
from mailer.cli.muster import SAMPLE_TOKEN
from mailer.cli.office import Office, clock
from mailer.cli.readers import Readers
from mailer.cli.released import ReleaseDesk
from mailer.cli.rows import Rows, Verdict
from mailer.cli.shown import Shown
from mailer.cli.spots import find_spot
from mailer.cli.stamps import Stamp, is_settled, stamp_of
from mailer.compose.rendering import Variant
from mailer.content.issue import issue_folders
from mailer.content.keys import is_key
from mailer.delivery.letters import recipient_of
from mailer.delivery.message import Message, message_id
from mailer.web.desk import Checked, Drawn, IssueRow, NoSuchIssue, Reader, Rendered, Spot, Tool
from mailer.web.pictures import inline_pictures
from subscribers.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailer.checks.surroundings import Surroundings
    from mailer.content.issue import Issue


class FolderDesk:
    """Reads and renders what changed since the last call, see `mailer.web.desk.Desk`.

    Args:
        office: the workspace; it is opened anew when config.toml changes.
        clock: the moment for the Date of the shown message, and for what is due.
    """

    def __init__(self, office: Office, clock: Callable[[], datetime] = clock) -> None:
        self._office, self._clock = office, clock
        self._config = stamp_of([office.settings.file])
        self._drawn: dict[str, tuple[Stamp, Drawn]] = {}
        self._checked: dict[str, tuple[Stamp, Hashable, Checked]] = {}
        self._drawing, self._checking = threading.RLock(), threading.Lock()
        self._revision = 0
        self._shown = Shown(lambda: self._office)
        self._rows = Rows(lambda: self._office, self._shown, clock, self._judge)

    def _renewed(self) -> Office:
        """The workspace as config.toml describes it now. Raises BadConfig with every complaint.

        As long as that is wrong, everything else goes on with the last config.toml that was right.
        """
        with self._drawing:
            config = stamp_of([self._office.settings.file])
            if config != self._config:
                renewed = self._office.afresh()
                assert renewed.settings  # checked before anything relies on it
                self.close()
                self._office, self._config = renewed, config
            return self._office

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "engine" in vars(self._office):
            self._office.engine.dispose()

    @cached_property
    def people(self) -> Readers:
        """Who may be shown a letter."""
        return Readers(lambda: self._office, self._shown)

    @cached_property
    def releases(self) -> ReleaseDesk:
        """What was approved."""
        return ReleaseDesk(lambda: self._office, self._shown, self.draw, self.check, self._clock)

    def issues(self) -> list[IssueRow]:
        """All issues, the newest first."""
        return self._rows.read()

    def _judge(self, key: str) -> Verdict:
        """Whether a planned issue can still go out as it is."""
        try:
            drawn = self.draw(key)
        except Problem:  # said by the issue itself
            return Verdict(unreadable=True)
        found = self.check(drawn).findings
        standing = self.releases.standing(drawn, found)
        return Verdict(changed=standing.void, obstacles=sum(each.severity == "error" for each in found))

    def draw(self, key: str) -> Drawn:
        """One issue as for the real send.

        Raises:
            NoSuchIssue: there is none of this key.
            Problem: with every complaint and its place.
        """
        office = self._renewed()
        if not is_key(key) or not (office.settings.issues / key).is_dir():
            raise NoSuchIssue(f"There is no issue {key!r}.")
        with self._drawing:
            stamp = stamp_of(self._watched())
            known = self._drawn.get(key)
            if known is not None and known[0] == stamp and is_settled(stamp, self._clock()):
                return known[1]
            drawn = self._draw(office, office.read_issue(key))
            if known is not None and drawn == replace(known[1], revision=drawn.revision):
                drawn = known[1]  # another file changed
            else:
                self._revision = drawn.revision
            self._drawn[key] = stamp, drawn
            return drawn

    def _draw(self, office: Office, issue: "Issue") -> Drawn:
        return Drawn(
            revision=self._revision + 1,
            issue=issue,
            edition=office.compile(issue),
            envelope=office.envelope(issue.newsletter, issue.key),
            organisation=office.letterhead(issue.newsletter).organisation,
        )

    def check(self, drawn: Drawn) -> Checked:
        """What `issue check` says of it."""
        from mailer.checks.preflight import preflight, rules_in_force

        office = self._office
        with self._checking:
            today = self._clock().astimezone(office.settings.zone).date()
            stamp = stamp_of((*self._watched(), office.settings.folder / WORD_LIST))
            around = (today, self._shown.state())
            known = self._checked.get(drawn.key)
            if known is not None and known[:2] == (stamp, around) and is_settled(stamp, self._clock()):
                return known[2]
            surroundings = self._surroundings(drawn)
            found = preflight(drawn.issue, drawn.edition, surroundings)
            rules = {each.id for each in rules_in_force(surroundings)}
            checked = Checked(found, len(rules - {each.rule for each in found}))
            self._checked[drawn.key] = stamp, around, checked
            return checked

    def _surroundings(self, drawn: Drawn) -> "Surroundings":
        """As `office.surroundings`, whose people are counted again only when the database changed."""
        from mailer.cli.checking import with_people

        office, edition = self._office, drawn.edition
        around = office.surroundings(drawn.issue)
        voices = tuple((each.key, each.language, each.tone) for each in edition.variants)

        def count(_connection: "Connection") -> "Surroundings | None":
            return with_people(around, lambda: office.engine, office.settings, drawn.issue, edition)

        key = ("counted", drawn.key, repr(edition.selection), voices)
        if (counted := self._shown.once(key, count, None)) is None:
            return around
        return replace(around, unclear=counted.unclear, people=counted.people, sends_on=counted.sends_on)

    def spot(self, drawn: Drawn | None, place: str) -> Spot:
        """Where a place points."""
        settings = self._office.settings
        issue = drawn.issue if drawn else None
        return find_spot(place, settings.folder, issue, settings.config.preview.editor)

    def letter(self, drawn: Drawn, variant: Variant, reader: Reader) -> Rendered:
        """The letter of one variant for one reader, its pictures in it, with a link that does nothing."""
        recipient = recipient_of(reader.person, SAMPLE_TOKEN, drawn.envelope, variant)
        html = variant.fill_html(recipient.values)
        return Rendered(
            subject=variant.subject,
            preheader=variant.preheader,
            greeting=recipient.values["greeting"],
            html=inline_pictures(html, self._pictures(drawn)),
            bytes=len(html.encode()),
            text=variant.fill_text(recipient.values),
        )

    def source(self, drawn: Drawn, variant: Variant, reader: Reader) -> str:
        """The whole MIME message of the same letter."""
        recipient = recipient_of(reader.person, SAMPLE_TOKEN, drawn.envelope, variant)
        identity = message_id(b"preview", 0, 0, drawn.envelope.from_address.rpartition("@")[2])
        message = Message(variant, drawn.edition.pictures, drawn.envelope)
        return message.fill(recipient, message_id=identity, date=self._clock()).decode("utf-8", "replace")

    def _pictures(self, drawn: Drawn) -> dict[str, tuple[str, bytes]]:
        """The pictures by their `src`: the frame may load nothing, not even what the newsletter hosts."""
        from mailer.compose.pictures import placed_pictures, sources

        addresses = sources(drawn.issue, self._office.image_base_url)
        return {
            addresses[each.picture.name]: (each.picture.media_type, each.picture.data)
            for each in placed_pictures(drawn.issue)
        }

    def tools(self) -> list[Tool]:
        """The sandbox, once it caught something."""
        folder = self._office.settings.var / "sandbox"
        caught = sum(each.suffix == ".eml" for each in folder.iterdir()) if folder.is_dir() else 0
        return [Tool("sandbox", caught, "inbox")] if caught else []

    def files(self) -> Sequence[Path]:
        """What to watch: a save in any of them is a new rendering."""
        return self._watched()

    def touched(self, paths: Sequence[Path]) -> list[str]:
        """The issues whose own files are among these; all, where a shared file is."""
        issues = self._office.settings.issues.resolve()
        below = [path.relative_to(issues).parts for path in paths if path.is_relative_to(issues)]
        if len(below) < len(paths) or () in below:
            return [folder.name for folder in issue_folders(issues)]
        return [*dict.fromkeys(parts[0] for parts in below if is_key(parts[0]))]

    def gone(self, keys: Sequence[str]) -> list[str]:
        """Those whose folder is no more."""
        return [key for key in keys if not (self._office.settings.issues / key).is_dir()]

    def _watched(self) -> tuple[Path, ...]:
        from mailer import shipped

        paths = self._office.settings
        return paths.issues, paths.programmes, paths.file, paths.templates, shipped.templates()
