"""How well the importer reads a folder of editorials: per file and field right, marked or WRONG; words lost.

    python bench/intake.py [FOLDER]

FOLDER holds texts (.txt, .md, .docx) with a NAME.truth.json beside each. Exit code 1 when a field is wrong
and not marked for a person, or when a word of the source is neither in the issue nor among what was left out.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from mailer.content.draft import editorial_text  # noqa: E402 - the repository's own packages, not installed ones
from mailer.content.intake import Intake, as_json, take_in  # noqa: E402
from mailer.content.programmes import Register, read_register  # noqa: E402
from subscribers.errors import Problem  # noqa: E402

ONE = ("publication", "issue", "kicker", "title", "author", "role")
MANY = ("pullquotes", "salutation", "paragraphs", "signature_lines", "role_lines", "programmes", "figures")
ALSO = {"signature_lines": ("signature", "author"), "role_lines": ("signature", "role")}


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests/content/editorials"
    register = read_register(ROOT / "programmes.toml", ROOT)
    results = [(path, truth, _judge(path, truth, register)) for path, truth in _samples(folder)]
    if not results:
        print(f"No editorial with its truth in {folder}", file=sys.stderr)
        return 2
    print("file\tfield\tresult\tfound\twanted")
    for path, _, rows in results:
        for field, result, found, wanted in rows:
            print(path.name, field, result, *map(_cell, (found, wanted)), sep="\t")
    rows = [row for _, _, found_rows in results for row in found_rows]
    for field in (*ONE, *MANY, "words", "refused"):
        counts = [row[1] for row in rows if row[0] == field]
        if counts:
            print(
                f"SCORE\t{field}",
                *(f"{name} {counts.count(name)}" for name in ("right", "marked", "WRONG")),
                sep="\t",
            )
    wrong, right = (sum(row[1] == result for row in rows) for result in ("WRONG", "right"))
    print(f"SCORE\tall {len(results)} files\t{right} of {len(rows)} right\t{wrong} WRONG")
    return 1 if wrong else 0


def _samples(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for path in sorted(folder.iterdir()):
        truth = path.with_name(f"{path.stem}.truth.json")
        if path.suffix in (".txt", ".md", ".docx") and truth.is_file():
            yield path, json.loads(truth.read_text("utf-8"))["truth"]


def _judge(path: Path, truth: Mapping[str, Any], register: Register) -> list[tuple[str, str, object, object]]:
    try:
        intake = take_in(path.read_bytes(), path.name, register)
    except Problem as problem:
        return [("refused", "marked", str(problem), "")]
    found = as_json(intake)
    rows = []
    for field in (*ONE, *MANY):
        wanted = truth.get(field) if field != "paragraphs" else truth.get("paragraph_starts")
        if field not in truth and wanted is None:
            continue
        marked = {field, *ALSO.get(field, ())} & set(found["unsure"])
        right = _is_right(field, found, truth)
        rows.append((field, "right" if right else "marked" if marked else "WRONG", found[field], wanted))
    lost = _lost_words(intake)
    return [*rows, ("words", "WRONG" if lost else "right", lost, "")]


def _is_right(field: str, found: Mapping[str, Any], truth: Mapping[str, Any]) -> bool:
    value, wanted = found[field], truth.get(field)
    if field == "issue":
        number = re.search(r"\((?:number|week) (\d+)\)", wanted or "")
        return value is None and found["number"] == number[1] if number else value == wanted
    if field == "paragraphs":
        starts = truth.get("paragraph_starts", [])
        same = truth.get("paragraph_count", len(value)) == len(value)
        paired = zip(value, starts, strict=False) if same and len(value) == len(starts) else ()
        return same and all(_plain(text).startswith(_plain(start)) for text, start in paired)
    if field in ("programmes", "figures"):  # lists without an order
        return sorted(map(_plain, value)) == sorted(map(_plain, wanted or []))
    if field in MANY:
        return [_plain(each) for each in value] == [_plain(each) for each in wanted or []]
    return _plain(value or "") == _plain(wanted or "")


def _lost_words(intake: Intake) -> list[str]:
    """Words of the source that are neither in the draft nor among what was left out."""
    draft = editorial_text(intake, "2000-01", "original.txt", markdown=False)
    written = set(_words(re.sub(r"\\([^\w\s]|_)", r"\1", draft)))
    written |= {word for piece in intake.left_out for word in _words(piece.text)}
    lines = list(intake.source.lines)
    cut = {  # the halves of a word that a line break had cut are there as one word
        half
        for line, after in pairwise(lines)
        if (first := re.search(r"(\w+)-$", line)) and (second := re.match(r"\w+", after))
        if (first[1] + second[0]).casefold() in written
        for half in (first[1].casefold(), second[0].casefold())
    }
    lost = {word for line in lines for word in _words(line)} - written - cut
    return sorted(word for word in lost if not _was_glued(word, written))


def _was_glued(word: str, written: set[str]) -> bool:
    """„2023Kommentar“ is there as „2023“ and „Kommentar“."""
    return any(word[:at] in written and word[at:] in written for at in range(1, len(word)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())


def _plain(text: str) -> str:
    return " ".join(
        text.replace("\u00ad", "").replace("\u00a0", " ").replace("\u202f", " ").split()
    ).casefold()


def _cell(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else str(value or "")
    return " ".join(text.split())[:160]


if __name__ == "__main__":
    sys.exit(main())
