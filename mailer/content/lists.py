"""Lists of an arrived text: which lines are numbered, and how a list is written in Markdown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.content.months import NAMES
from mailer.content.rows import Row

BULLET = re.compile(r"^[-•*–▪■●○‣·]\s+(?P<words>\S.*)$")
_LABEL = re.compile(r"^(?P<label>(?P<value>\d{1,3}|[a-z])(?P<sign>[.)]))\s+(?P<words>\S.*)$")
_DATED = re.compile(rf"\d{{1,2}}\.\s(?:{'|'.join(NAMES)}|Jänner)\b")
_DRAWN = re.compile(r"(?P<number>\d{1,9})(?P<sign>[.)])")


@dataclass(frozen=True, slots=True)
class Entry:
    """What makes a line an item of a list: its label (empty for a bullet), its words, its depth from 0."""

    label: str
    words: str
    level: int


@dataclass(frozen=True, slots=True)
class _Typed:
    """A label that somebody typed: which row of labels it could belong to, and its place in that row."""

    kind: str
    value: int
    words: str
    label: str


def find_numbered(body: Sequence[Row]) -> Mapping[int, Entry]:
    """The rows that count on by themselves, `1.` `2.` or `a)` `b)`, with the bullets between two of them.

    A number alone is an ordinal or a date, never a list: at least two rows in succession count on.
    """
    found: dict[int, Entry] = {}
    start = 0
    while start < len(body):
        end = start
        while end < len(body) and (_typed(body[end]) or BULLET.match(body[end].text)):
            end += 1
        for index, entry in _counting(body[start:end]).items():
            found[start + index] = entry
        start = max(end, start + 1)
    return found


def _counting(rows: Sequence[Row]) -> Mapping[int, Entry]:
    """The rows of one block that count on; what stands between two of one list is a list inside it."""
    typed = [_typed(row) for row in rows]
    chains = _chains(typed)
    found: dict[int, Entry] = {}
    for index, row in enumerate(rows):
        above = [chain for chain in chains if index not in chain and chain[0] < index < chain[-1]]
        one = typed[index]
        if one and any(index in chain for chain in chains):
            last = max((chain for chain in chains if chain[-1] < index), default=None)
            under = one.kind.startswith("letter") and last and not row.after_blank and not above
            found[index] = Entry(one.label, one.words, len(above) + bool(under))
        elif one is None and above and (bullet := BULLET.match(row.text)):
            found[index] = Entry("", bullet["words"], len(above))
    return found


def _chains(typed: Sequence[_Typed | None]) -> list[list[int]]:
    """Rows of one kind that count on; another kind may stand between them, a further list may not."""
    chains: list[list[int]] = []
    last: list[tuple[str, int]] = []  # kind and value of each chain that is open, the outermost first
    open_chains: list[list[int]] = []
    for index, one in enumerate(typed):
        if one is None:
            continue
        if (one.kind, one.value - 1) in last:
            depth = last.index((one.kind, one.value - 1))
            open_chains[depth].append(index)
            del open_chains[depth + 1 :], last[depth:]
        else:
            depth = next((at for at, (kind, _) in enumerate(last) if kind == one.kind), len(last))
            chains.append([index])
            open_chains[depth:], last[depth:] = [chains[-1]], []
        last.append((one.kind, one.value))
    return [chain for chain in chains if len(chain) > 1]


def _typed(row: Row) -> _Typed | None:
    found = _LABEL.match(row.text)
    if found is None or row.style.kind not in ("", "bold") or _DATED.match(row.text):
        return None
    digits = found["value"].isdigit()
    if not digits and found["sign"] == ".":  # „a. D.“ and the like
        return None
    value = int(found["value"]) if digits else ord(found["value"]) - ord("a") + 1
    kind = f"{'number' if digits else 'letter'}{found['sign']}"
    return _Typed(kind, value, found["words"], found["label"])


@dataclass(slots=True)
class _Open:
    """A list that is being written: its sign (`-` for bullets), its next number, where its words begin."""

    sign: str
    number: int
    column: int


def write_list(entries: Sequence[tuple[Entry, str]]) -> list[str]:
    """A list as Markdown, one string per item, `text` being its words as Markdown.

    Markdown draws digits only: another label, `a)` or `1.1`, stays in front of the words of a bullet. A list
    that does not count on from the one before it gets the other sign, since Markdown would go on counting.
    """
    written: list[str] = []
    lists: list[_Open] = []
    for entry, text in entries:
        level = min(entry.level, len(lists))
        drawn = _DRAWN.fullmatch(entry.label)
        before = lists[level] if level < len(lists) else None
        number = int(drawn["number"]) if drawn else 0
        sign = drawn["sign"] if drawn else "-"
        del lists[level + 1 :]
        new = before is None or (before.sign == "-") != (sign == "-")
        if before and drawn and not new:
            new = before.number != number
            sign = (")" if before.sign == "." else ".") if new else before.sign
        marker = f"{number}{sign} " if drawn else "- "
        indent = lists[level - 1].column if level else 0
        lists[level:] = [_Open(sign, number + 1, indent + len(marker))]
        words = f"{entry.label} {text}" if entry.label and not drawn else text
        # A blank line between two lists; inside an item only where the number would run on as text.
        gap = "\n" if new and written and (level == 0 or (drawn and number != 1)) else ""
        written.append(f"{gap}{' ' * indent}{marker}{words}")
    return written
