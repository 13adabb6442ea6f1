"""An invented letter with the original it was imported from, for the tests of the fidelity check."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mailer.checks.fidelity import check_fidelity
from mailer.checks.finding import Finding
from mailer.content.draft import report_text
from mailer.content.intake import take_in
from mailer.content.issue import Issue
from tests.letters import HEAD, edition_of, make_issue

QUOTE = "Wer die Lehre stärkt, stärkt die Region und das Land."
PARAGRAPHS = """\
die Kammer hat im Jahr 2023 die „Initiative Werkbank“ begonnen. \
Bisher nutzen nur 6 % der Betriebe das Angebot.
Die Meisterin Jule Harmsen und der Geselle Cem Yalın zeigen, wie die Arbeit und die Ausbildung gelingen. \
Die Werkstatt in Hamm und die Werkstatt in Soest sind dabei.
Wer die Lehre stärkt, stärkt die Region und das Land. \
Mehr dazu steht unter https://www.example.org/werkbank?a=1 und bei Frau Dr. Tannert.
Bereits fast 7000 Prämien sind überwiesen, das sind 2.500 € je Person, u.a. in Köln – \
und die Nachfrage steigt.
Die Fachkräfte-Frage bleibt; die Betriebe und die Kammer und die Menschen tragen sie.""".splitlines()
LINES = (
    "WIEBKE TANNERT",
    "LEITERIN DER WERKSTATT",
    "Blatt",
    "Ausgabe Oktober 2025",
    "EDITORIAL",
    "Mehr Mut an der Werkbank",
    f">>{QUOTE}<<",
    "Liebe Mitglieder,",
    *PARAGRAPHS,
    "Mit besten Grüßen",
    "WIEBKE TANNERT",
    "Lesen Sie auch: 17 Tipps",
)
BLOCKS = (PARAGRAPHS[0], PARAGRAPHS[1], f"> »{QUOTE}«", *PARAGRAPHS[2:])


def keep_original(
    folder: Path, lines: Sequence[str] = LINES, name: str = "original.txt", data: bytes = b""
) -> None:
    """The original and its report, as an import writes them; `data` is a file other than these lines."""
    folder.mkdir(parents=True, exist_ok=True)
    data = data or "\n".join(lines).encode()
    (folder / name).write_bytes(data)
    (folder / "import.toml").write_text(report_text(take_in(data, name, {}), name), "utf-8")


def letter(folder: Path, blocks: Sequence[str] = BLOCKS, **editorial: Any) -> Issue:
    fields = {"title": "Mehr Mut an der Werkbank", "lead": "", "body": "\n\n".join(blocks)} | editorial
    return replace(make_issue(**fields), folder=folder)


def findings(issue: Issue, greeting: str = "personal") -> list[Finding]:
    return list(check_fidelity(issue, edition_of(issue, replace(HEAD, greeting=greeting))))
