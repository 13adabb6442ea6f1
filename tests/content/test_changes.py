"""changes.toml: read with the issue, every mistake with its line, and heard by `issue check`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer.cli import rundbrief
from mailer.content.changes import read_changes
from mailer.content.draft import report_text
from mailer.content.intake import take_in
from subscribers.errors import Problem, Problems
from tests.small_workspace import make_office

CHANGES = """
[[changes]]
old = "dritte"
new = "zweite"
reason = "berichtigt"
by = "Redaktion"
"""
ORIGINAL = """\
Ein kurzer Brief
Liebe Mitglieder,
dies ist der erste Absatz.
Und dies ist der dritte, mit {{ geschweiften }} Klammern.
"""


def test_the_changes_are_read_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "changes.toml").write_text(CHANGES + CHANGES, "utf-8")

    first, second = read_changes(tmp_path / "changes.toml", tmp_path)

    assert (first.old, first.new, first.reason, first.by) == ("dritte", "zweite", "berichtigt", "Redaktion")
    assert (first.place, second.place) == ("changes.toml:2", "changes.toml:8")
    assert read_changes(tmp_path / "nichts.toml", tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CHANGES.replace('by = "Redaktion"\n', ""), "changes.toml:2: The key `by` is missing."),
        (CHANGES.replace("reason", "resaon"), "Did you mean `reason`?"),
        (CHANGES.replace('"dritte"', '""'), "changes.toml:3: `old` must not be empty."),
        ("changes = 1", "`changes` must be a list"),
        ("[[changes", "not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "changes.toml").write_text(text, "utf-8")

    with pytest.raises((Problem, Problems)) as caught:
        read_changes(tmp_path / "changes.toml", tmp_path)

    assert message in str(caught.value)


def test_issue_check_hears_them(tmp_path: Path) -> None:
    folder = make_office(tmp_path).settings.issues / "2025-10"
    keep(folder)
    check = ["--config", str(tmp_path / "config.toml"), "issue", "check", "2025-10", "--json"]

    before = CliRunner().invoke(rundbrief, check)
    (folder / "changes.toml").write_text(CHANGES, "utf-8")
    after = CliRunner().invoke(rundbrief, check)

    (found,) = json.loads(before.stdout)["findings"]
    assert (found["rule"], found["place"]) == ("fidelity.word", "issues/2025-10/editorial.md:9")
    assert "“dritte” became “zweite”" in found["message"]
    assert before.exit_code != 0
    assert (after.exit_code, json.loads(after.stdout)["findings"]) == (0, [])


def keep(folder: Path) -> None:
    """The original, as an import keeps it."""
    (folder / "original.txt").write_text(ORIGINAL, "utf-8")
    report = report_text(take_in(ORIGINAL.encode(), "original.txt", {}), "original.txt")
    (folder / "import.toml").write_text(report, "utf-8")
