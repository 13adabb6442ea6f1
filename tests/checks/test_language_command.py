"""The words of an issue at the front door: the issue before, the house's own words, and no false alarms."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer.checks.language import check_language
from mailer.checks.surroundings import Surroundings
from mailer.cli import rundbrief
from mailer.cli.office import Office
from mailer.content.draft import write_draft
from mailer.content.intake import take_in
from mailer.content.issue import read_issue
from tests.conftest import ROOT
from tests.small_workspace import EDITORIAL, make_office

WORDS = "Das Knorzel ist ein Ort, an dem sich Menschen aus allen Werkstätten der Stadt am Abend treffen."


def check(folder: Path) -> dict[str, str]:
    """Rule and message of each finding."""
    config = ["--config", str(folder / "config.toml")]
    result = CliRunner().invoke(rundbrief, [*config, "issue", "check", "2025-10", "--json"])
    return {each["rule"]: each["message"] for each in json.loads(result.stdout)["findings"]}


def write(office: Office, key: str, title: str) -> None:
    folder = office.settings.issues / key
    folder.mkdir(exist_ok=True)
    head, fence, body = EDITORIAL.rpartition("+++\n")
    lines = [line for line in head.splitlines() if not line.startswith(("title", "preheader", "label"))]
    fresh = f'title = "{title}"\npreheader = "Was es in {title} Neues gibt, und für wen es gedacht ist."'
    text = "\n".join([lines[0], fresh, *lines[1:], ""])
    (folder / "editorial.md").write_text(f"{text}{fence}{body}\n\n{WORDS}\n", "utf-8")


def test_a_paragraph_of_the_issue_before_is_told(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    write(office, "2025-10", "Oktoberwege")
    alone = check(tmp_path)
    write(office, "2025-08", "Augustwege")

    assert "language.last_issue" not in alone
    assert check(tmp_path)["language.last_issue"].startswith("This paragraph stood in August 2025 already")


def test_an_issue_before_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    write(office, "2025-10", "Oktoberwege")
    write(office, "2025-08", "Augustwege")
    (office.settings.issues / "2025-09").mkdir()
    (office.settings.issues / "2025-09" / "editorial.md").write_text("kein Kopf", "utf-8")

    assert "August 2025" in check(tmp_path)["language.last_issue"]


def test_the_word_list_of_the_workspace_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office, programs = make_office(tmp_path), tmp_path / "programs"
    programs.mkdir()
    (programs / "hunspell").write_text("#!/bin/sh\ngrep -i orzel || :\n")
    (programs / "hunspell").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    write(office, "2025-10", "Oktoberwege")

    before = check(tmp_path)
    (tmp_path / "words.txt").write_text("# Namen\nKnorzel\n", "utf-8")

    assert before["language.spelling"] == "The dictionary does not have “Knorzel”."
    assert "language.spelling" not in check(tmp_path)


def test_without_a_spelling_program_the_check_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_office(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    command = ["--config", str(tmp_path / "config.toml"), "issue", "check", "2025-10"]

    told = CliRunner().invoke(rundbrief, command).stderr
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[checks]\n"language.spelling" = "off"\n')
    silent = CliRunner().invoke(rundbrief, command).stderr

    assert "Spelling was not looked at: hunspell and its dictionary de_DE are not installed." in told
    assert "Spelling" not in silent


def test_real_editorials_raise_no_false_alarm(shared: Path, tmp_path: Path) -> None:
    """The one finding is right: an abbreviation without its blank."""
    files = [*sorted((shared / "samples" / "editorials").glob("*.txt")), *(shared / "seed").glob("*.txt")]
    told = []
    for number, file in enumerate(files):
        folder = tmp_path / str(number) / "issues" / "2025-10"
        write_draft(take_in(file.read_bytes(), file.name, {}), folder, markdown=False, force=False)
        issue = read_issue(folder, {}, tmp_path / str(number))
        month = issue.months[0] if issue.months else (2025, 10)
        around = Surroundings(today=date(*month, 7))
        told += [(file.name, each.rule, each.case) for each in check_language(issue, "de", around)]

    assert len(files) >= 9
    assert told == [("editorial-2025-10.txt", "language.typography", "tight")]


def test_the_sample_issue_is_clean_with_the_real_program() -> None:
    office = Office(str(ROOT / "config.toml"))
    issue = office.read_issue("2025-10")
    around = office.surroundings(issue)

    assert around.spelling
    assert "Welcome Center Rheinisches Revier" in " ".join(around.words)
    assert list(check_language(issue, "de", around)) == []
