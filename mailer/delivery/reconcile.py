"""What the relay's own log knows of letters in doubt: Message-ID, queue id, what became of it (Postfix).

A Message-ID in the log proves nothing yet: it is written before the relay has accepted the letter. Only a
final word for the very recipient settles a doubt; whatever is short of that leaves it where it is.
"""

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from subscribers.errors import Problem

# Short queue ids are hexadecimal (enable_long_queue_ids = no), long ones are digits and letters.
_QUEUE_ID = r"[0-9A-F]{5,}|[0-9A-Za-z]{6,24}"
_LINE = re.compile(rf"postfix[\w./-]*\[\d+\]: ({_QUEUE_ID}): (.*)")
_BEGINS = re.compile(r"message-id=(<[^>]*>)")
_RESULT = re.compile(r"to=<([^>]*)>,(?: orig_to=<([^>]*)>,)? .*\bstatus=(\w+)(?: \((.*)\))?\s*$")
_QUEUED = re.compile(rf"\bqueued as ({_QUEUE_ID})\b")
_FINAL = {"sent": "sent", "bounced": "failed", "expired": "failed"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the log says of one letter: `outcome` is sent, failed, or empty when it settles nothing."""

    outcome: str
    text: str


@dataclass(frozen=True, slots=True)
class Maillog:
    """What was read: a finding for each letter by its Message-ID, the lines, and those about some letter."""

    findings: Mapping[str, Finding]
    lines: int
    understood: int


@dataclass(slots=True)
class _Entry:
    """One queue id, while it belongs to one of our letters."""

    message_id: str
    queue_id: str
    accepted: bool = False
    removed: bool = False
    results: list[tuple[str, str, str, str]] = field(default_factory=list)  # to, orig_to, status, text


def read_maillog(paths: Sequence[Path], wanted: Mapping[str, str]) -> Maillog:
    """The findings for letters, one for each, and how much of the log was understood.

    Args:
        paths: the log and its rotated parts, plain or gzip, in any order: the older one is read first.
        wanted: Message-ID -> the recipient's address; empty when nobody knows it any more.

    Raises:
        Problem: a file cannot be read.
    """
    by_id: dict[str, list[_Entry]] = {identity: [] for identity in wanted}
    current: dict[str, _Entry] = {}  # by queue id; Postfix gives short ones to other letters later
    lines = understood = 0
    for line in _lines(paths):
        lines += 1
        if (match := _LINE.search(line)) is None or not _is_of_a_letter(match[2]):
            continue
        understood += 1
        begun = _take(current, match[1], match[2], wanted)
        if begun is not None:
            by_id[begun.message_id].append(begun)
    findings = {identity: _judge(found, wanted[identity]) for identity, found in by_id.items()}
    return Maillog(findings, lines, understood)


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


def _is_of_a_letter(words: str) -> bool:
    """Not a warning, a statistic: how a letter begins, is queued, goes on, ends."""
    return words.startswith(("from=<", "to=<")) or words.strip() == "removed" or bool(_BEGINS.search(words))


def _take(current: dict[str, _Entry], queue_id: str, words: str, wanted: Mapping[str, str]) -> _Entry | None:
    """Note a line; the entry that begins with it, if it is one of our letters."""
    if (begins := _BEGINS.search(words)) is None:
        if (entry := current.get(queue_id)) is not None:
            _note(entry, words)
        return None
    current.pop(queue_id, None)
    if begins[1] not in wanted:
        return None
    current[queue_id] = _Entry(begins[1], queue_id)
    return current[queue_id]


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
