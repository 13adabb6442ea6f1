"""`rundbrief issue` from the front door: import, new, list, show."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from office_files import by_python_docx
from paper import SmallOffice

from mailer.cli.issue import issue
from mailer.content.issue import read_issue
from subscribers.errors import BadUsage, Problem, Refused

TEXT = """\
MUSTERBLATT - Ausgabe Oktober 2025 - EditorialEin neuer Weg
ADA MUSTER, PRÄSIDENTIN DER KAMMER MUSTERLAND
Liebe Leserinnen und Leser,
die Meisterprämie und der Bildungsscheck NRW helfen fast 7000 Betrieben im Land.
Hier steht der zweite Absatz, der auch noch etwas zu sagen hat.
[Zahl noch prüfen]
ADA MUSTER
"""

Run = Callable[..., Result]


@pytest.fixture
def run(office: SmallOffice) -> Run:
    def call(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(issue, arguments, obj=office, input=stdin)

    return call


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "brief.txt"
    path.write_bytes(TEXT.encode("cp1252"))
    return path


def test_an_import_writes_an_issue_that_reads(run: Run, office: SmallOffice, letter: Path) -> None:
    result = run("import", str(letter), "--as", "2025-10")

    assert result.exit_code == 0
    folder = office.settings.issues / "2025-10"
    found = read_issue(folder, office.register(), office.settings.folder)
    assert (found.label, found.editorial.title) == ("Oktober 2025", "Ein neuer Weg")
    assert (found.editorial.author, found.editorial.role) == (
        "Ada Muster",
        "Präsidentin der Kammer Musterland",
    )
    assert [card.key for card in found.highlights] == ["meisterpraemie"]
    assert {"author", "role", "body", "comment"} == {mark.field for mark in found.unsure}
    assert (folder / "original.txt").read_bytes() == letter.read_bytes()
    report = tomllib.loads((folder / "import.toml").read_text("utf-8"))
    assert report["encoding"] == "cp1252"
    assert {line["number"] for line in report["lines"]} == set(range(1, 9))
    for words in (
        "Written: issues/2025-10",
        "Unsure: author",
        "Left out: line 7",
        "rundbrief preview 2025-10",
    ):
        assert words in result.stderr
    assert result.stdout == ""


def test_json_has_the_fixed_keys(run: Run, letter: Path) -> None:
    answer = json.loads(run("import", str(letter), "--as", "2025-10", "--json").stdout)

    assert set(answer) >= {
        *("publication", "issue", "kicker", "title", "author", "role", "pullquotes", "salutation"),
        *("paragraphs", "signature_lines", "role_lines", "programmes", "figures", "unsure", "left_out"),
    }
    assert (answer["issue"], answer["figures"]) == ("2025-10", ["fast 7000"])
    assert answer["programmes"] == ["Meisterprämie", "Bildungsscheck NRW"]
    assert answer["unsure"] == ["paragraphs", "author", "role", "programmes"]
    assert answer["left_out"][0] == {"line": 6, "text": "[Zahl noch prüfen]", "class": "note"}


def test_standard_input_and_the_month_of_the_text(run: Run, office: SmallOffice) -> None:
    result = run("import", "-", stdin=TEXT)

    assert result.exit_code == 0
    assert (office.settings.issues / "2025-10/editorial.md").is_file()


def test_the_key_wins_over_the_text_and_says_so(run: Run, office: SmallOffice, letter: Path) -> None:
    result = run("import", str(letter), "--as", "2025-11", "--json")

    assert "Warning: the key 2025-11 means November 2025, the text says Oktober 2025." in result.stderr
    assert "issue" in json.loads(result.stdout)["unsure"]
    found = read_issue(office.settings.issues / "2025-11", office.register(), office.settings.folder)
    assert found.label == "November 2025"
    assert "label" in {mark.field for mark in found.unsure}


def test_an_issue_that_exists_is_kept(run: Run, office: SmallOffice, letter: Path) -> None:
    run("import", str(letter), "--as", "2025-10")
    editorial = office.settings.issues / "2025-10/editorial.md"
    editorial.write_text("mühsam bearbeitet", "utf-8")

    refused = run("import", str(letter), "--as", "2025-10")
    forced = run("import", str(letter), "--as", "2025-10", "--force")
    again = run("import", str(letter), "--as", "2025-10", "--force")

    assert isinstance(refused.exception, Refused)
    assert refused.exception.exit_code == 5
    kept = office.settings.issues / "2025-10.backup-1/editorial.md"
    assert kept.read_text("utf-8") == "mühsam bearbeitet"
    assert "2025-10.backup-1" in forced.stderr
    assert "2025-10.backup-2" in again.stderr
    assert json.loads(run("list", "--json").stdout)[0]["key"] == "2025-10"
    assert len(json.loads(run("list", "--json").stdout)) == 1


@pytest.mark.parametrize(
    ("arguments", "stdin", "error"),
    [
        (("import", "-", "--as", "../x"), TEXT, BadUsage),
        (("import", "-"), "Titel\nLiebe Leute,\nein Absatz mit genug Worten, um einer zu sein.\n", BadUsage),
        (("import", "-", "--as", "x"), b"%PDF-1.4", Problem),
        (("import", "-", "--as", "x"), "", Problem),
        (("new", "a/b"), None, BadUsage),
        (("show", "2031-01"), None, BadUsage),
    ],
)
def test_what_cannot_be_done_is_a_problem_and_writes_nothing(
    run: Run, office: SmallOffice, arguments: tuple[str, ...], stdin: str | bytes | None, error: type[Problem]
) -> None:
    result = run(*arguments, stdin=stdin)

    assert isinstance(result.exception, error)
    assert not office.settings.issues.exists()


def test_a_new_issue_reads_and_is_marked(run: Run, office: SmallOffice) -> None:
    result = run("new", "2025-11", "--title", 'Ein "neuer" Titel')

    assert result.exit_code == 0
    found = read_issue(office.settings.issues / "2025-11", office.register(), office.settings.folder)
    assert (found.editorial.title, found.label) == ('Ein "neuer" Titel', "November 2025")
    assert {mark.field for mark in found.unsure} == {"author", "body"}
    assert isinstance(run("new", "2025-11").exception, Refused)


def test_list_and_show_answer_in_lines_and_json(run: Run, letter: Path) -> None:
    run("import", str(letter), "--as", "2025-10")

    assert run("list").stdout.splitlines()[1].startswith("2025-10\tOktober 2025\tEin neuer Weg\tunsure (")
    assert "highlight\tmeisterpraemie: Meisterprämie NRW" in run("show", "2025-10").stdout
    shown = json.loads(run("show", "2025-10", "--json").stdout)
    assert (shown["months"], shown["editorial"]["title"]) == (["2025-10"], "Ein neuer Weg")


def test_the_commands_are_cheap_to_import() -> None:
    code = (
        "import sys, mailer.cli.issue; "
        "print(sorted({'pydantic', 'markdown_it', 'sqlalchemy', 'rich', 'mammoth'} & set(sys.modules)))"
    )

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_a_word_file_becomes_an_issue_beside_its_original(
    run: Run, office: SmallOffice, tmp_path: Path
) -> None:
    path = tmp_path / "brief.docx"
    path.write_bytes(by_python_docx(TEXT.split("\n")))

    result = run("import", str(path), "--as", "2025-10", "--json")

    folder = office.settings.issues / "2025-10"
    assert json.loads(result.stdout)["title"] == "Ein neuer Weg"
    assert (folder / "original.docx").read_bytes() == path.read_bytes()
    assert read_issue(folder, office.register(), office.settings.folder).editorial.title == "Ein neuer Weg"


def test_a_dry_run_says_all_and_writes_nothing(run: Run, office: SmallOffice, letter: Path) -> None:
    result = run("import", str(letter), "--dry-run", "--json")
    unnamed = run("import", "-", "--dry-run", stdin=TEXT.replace("Ausgabe Oktober 2025", ""))

    assert json.loads(result.stdout)["issue"] == "2025-10"
    assert "Left out: line 7" in result.stderr
    assert "Written" not in result.stderr
    assert unnamed.exit_code == 0
    assert not office.settings.issues.exists()
