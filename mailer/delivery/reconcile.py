"""What the relay's own log knows of letters in doubt: Message-ID, queue id, what became of it (Postfix).

A Message-ID in the log proves nothing yet: it is written before the relay has accepted the letter. Only a
final word for the very recipient settles a doubt; whatever is short of that leaves it where it is.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from subscribers.errors import Problem

_LINE = re.compile(r"postfix[\w./-]*\[\d+\]: ([0-9A-Za-z]{6,24}): (.*)")
_RESULT = re.compile(r"to=<([^>]*)>,(?: orig_to=<([^>]*)>,)? .*\bstatus=(\w+)(?: \((.*)\))?\s*$")
_QUEUED = re.compile(r"\bqueued as ([0-9A-Za-z]{6,24})\b")
_FINAL = {"sent": "sent", "bounced": "failed", "expired": "failed"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the log says of one letter: `outcome` is sent, failed, or empty when it settles nothing."""

    outcome: str
    text: str


@dataclass(slots=True)
class _Entry:
    """One queue id, while it belongs to one of our letters."""

    message_id: str
    queue_id: str
    accepted: bool = False
    removed: bool = False
    results: list[tuple[str, str, str, str]] = field(default_factory=list)  # to, orig_to, status, text


def read_maillog(paths: Sequence[Path], wanted: Mapping[str, str]) -> dict[str, Finding]:
    """The findings for letters, by Message-ID; one for each.

    Args:
        paths: the log and its rotated parts, plain or gzip, in any order: the older one is read first.
        wanted: Message-ID -> the recipient's address; empty when nobody knows it any more.

    Raises:
        Problem: a file cannot be read.
    """
    entries = list(_entries(_lines(paths), wanted))
    by_id: dict[str, list[_Entry]] = {identity: [] for identity in wanted}
    for entry in entries:
        by_id[entry.message_id].append(entry)
    return {identity: _judge(found, wanted[identity]) for identity, found in by_id.items()}


def _lines(paths: Sequence[Path]) -> Iterator[str]:
    for path in _oldest_first(paths):
        try:
            with path.open("rb") as raw:
                packed = raw.read(2) == b"\x1f\x8b"
            with gzip.open(path) if packed else path.open("rb") as file:
                for line in file:
                    yield line.decode("utf-8", "replace")
        except OSError as error:
            message = f"The log cannot be read: {error.strerror or error}."
            raise Problem(message, place=str(path), hint="Name a readable file.") from None
        except (EOFError, zlib.error):
            raise Problem("The packed log is damaged or not complete.", place=str(path)) from None


def _oldest_first(paths: Sequence[Path]) -> list[Path]:
    """A queue id may be born in one file and die in the next one; rotating keeps the time of a file."""
    try:
        return sorted(dict.fromkeys(paths), key=lambda path: path.stat().st_mtime)
    except OSError as error:
        raise Problem(f"The log cannot be read: {error.strerror}.", place=str(error.filename)) from None


def _entries(lines: Iterable[str], wanted: Mapping[str, str]) -> Iterator[_Entry]:
    """All queue ids that our letters had; Postfix gives short ones to other letters later."""
    current: dict[str, _Entry] = {}
    for line in lines:
        if (match := _LINE.search(line)) is None:
            continue
        queue_id, words = match.groups()
        if (begins := re.search(r"message-id=(<[^>]*>)", words)) is not None:
            current.pop(queue_id, None)
            if begins[1] in wanted:
                current[queue_id] = _Entry(begins[1], queue_id)
                yield current[queue_id]
        elif (entry := current.get(queue_id)) is not None:
            _note(entry, words)


def _note(entry: _Entry, words: str) -> None:
    if "(queue active)" in words:
        entry.accepted = True
    elif words.strip() == "removed":
        entry.removed = True
    elif (result := _RESULT.match(words)) is not None and not entry.removed:
        entry.results.append((result[1], result[2] or "", result[3], result[4] or ""))


def _judge(entries: Sequence[_Entry], address: str) -> Finding:
    if not entries:
        return Finding("", "the log does not know this letter")
    if not any(entry.accepted or entry.results for entry in entries):
        return Finding("", "the log has its Message-ID, but no word that the relay accepted it")
    own = [
        (entry, status, text)
        for entry in entries
        for to, original, status, text in entry.results
        if address and address.casefold() in (to.casefold(), original.casefold())
    ]
    if not address:
        return Finding("", "the person was erased, so that nothing in the log can be told to be theirs")
    if not own and any(entry.results for entry in entries):
        return Finding("", "the log names other recipients only")
    known = {entry.queue_id for entry in entries}
    final = [
        (entry, _FINAL[status], text)
        for entry, status, text in own
        # A content filter takes the letter and gives it back under another queue id, where it goes on.
        if status in _FINAL and not ((found := _QUEUED.search(text)) and found[1] in known - {entry.queue_id})
    ]
    outcomes = {outcome for _, outcome, _ in final}
    if len(outcomes) > 1:
        return Finding("", "the log says both sent and bounced")
    if not final:
        last = f": {own[-1][2]}" if own and own[-1][2] else ""
        return Finding("", f"the relay accepted it and has not delivered it yet{last}")
    entry, outcome, text = final[-1]
    return Finding(outcome, f"relay log, {entry.queue_id}: {text or outcome}"[:500])
