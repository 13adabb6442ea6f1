"""Where a place points: the file, its line, the card, the words of the line, the address for an editor."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.cli.spots import find_spot
from mailer.cli.stamps import is_settled, stamp_of
from mailer.web.desk import Spot
from tests.letters import full_issue

EDITORIAL = """+++
title = "Am Werktisch"
+++

## Was **nun** zu tun ist

- ein [Link](https://example.org) hier
"""
EDITOR = "vscode://file/{path}:{line}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    issue = tmp_path / "Mein Brief" / "issues" / "2025-10"
    issue.mkdir(parents=True)
    (issue / "editorial.md").write_text(EDITORIAL, "utf-8")
    (issue / "highlights.toml").write_text('[[highlights]]\ntitle = "Eins"\n[[highlights]]\n', "utf-8")
    (issue / "bild.png").write_bytes(b"\x89PNG")
    return tmp_path / "Mein Brief"


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        (1, ""),
        (2, "Am Werktisch"),
        (3, ""),
        (5, "Was nun zu tun ist"),
        (7, "ein Link hier"),
        (4, ""),
        (99, ""),
    ],
)
def test_a_line_has_its_words_without_their_markdown(root: Path, line: int, mark: str) -> None:
    found = find_spot(f"issues/2025-10/editorial.md:{line}", root, None, "")

    assert (found.file, found.line, found.mark) == ("issues/2025-10/editorial.md", line, mark)


def test_a_line_of_toml_has_its_value_and_its_card(root: Path) -> None:
    found = find_spot("issues/2025-10/highlights.toml:2", root, full_issue(), "")

    assert (found.mark, found.card) == ("Eins", "Prämie Nummer 2")


def test_an_editor_gets_the_whole_path_and_the_line(root: Path) -> None:
    with_line = find_spot("issues/2025-10/editorial.md:5, variant a", root, None, EDITOR)
    without = find_spot("issues/2025-10/editorial.md", root, None, EDITOR)

    path = str(root.resolve() / "issues/2025-10/editorial.md").replace(" ", "%20")
    assert (with_line.open, without.open) == (f"vscode://file/{path}:5", f"vscode://file/{path}:1")


@pytest.mark.parametrize(
    "place",
    [
        "",
        "issues/2025-10, variant de-1",
        "rundbrief, segment all",
        "templates/letter.mjml:7",
        "issues/2025-10/nichts.md:3",
        "../../etc/passwd.txt:1",
        "/etc/hostname.txt",
        "issues/2025-10",
    ],
)
def test_what_is_no_file_of_the_workspace_points_nowhere(root: Path, place: str) -> None:
    (root.parent / "geheim.txt").write_text("x")

    assert find_spot(place, root, None, EDITOR) == Spot()
    assert find_spot("../geheim.txt:1", root, None, EDITOR) == Spot()


def test_a_picture_has_no_words(root: Path) -> None:
    assert find_spot("issues/2025-10/bild.png:1", root, None, "").mark == ""


def test_a_stamp_sees_each_change_below_a_folder(root: Path) -> None:
    stamps = [stamp_of([root, root / "missing"])]

    (root / "issues" / "2025-10" / "editorial.md").write_text(EDITORIAL + "x", "utf-8")
    stamps.append(stamp_of([root, root / "missing"]))
    (root / "issues" / "2025-11").mkdir()
    stamps.append(stamp_of([root, root / "missing"]))
    (root / "missing").touch()
    stamps.append(stamp_of([root, root / "missing"]))

    assert len({*stamps}) == 4
    newest = max(time for _, time, _ in stamps[-1])
    saved = datetime.fromtimestamp(newest / 1e9, UTC)
    assert is_settled(stamps[-1], saved + timedelta(seconds=1))
    assert not is_settled(stamps[-1], saved + timedelta(milliseconds=1))
