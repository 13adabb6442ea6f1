"""The fidelity check: every lost word, figure, name and link is found; typography is seen through."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from mailer.checks.fidelity import check_fidelity
from mailer.content.changes import Change
from tests.checks.kept import BLOCKS, LINES, findings, keep_original, letter
from tests.letters import edition_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace") / "issues" / "2025-10"
    keep_original(folder)
    return folder


def test_what_was_kept_has_no_findings(folder: Path) -> None:
    assert findings(letter(folder)) == []
    assert findings(letter(folder), greeting="collective") == []
    assert findings(letter(folder), greeting="none") == []


def test_an_issue_without_an_original_has_none(tmp_path: Path) -> None:
    assert findings(letter(tmp_path, ["Etwas ganz anderes."])) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("6 %", "60 %", "The figure “6%” became “60%”"),
        ("2023", "2024", "The figure “2023” became “2024”"),
        ("fast 7000", "fast 700", "The figure “7000” became “700”"),
        ("2.500 €", "2.500 $", "The figure “2.500 €” became “2.500 $”"),
        ("fast 7000 Prämien", "fast alle Prämien", "The figure “7000” is missing"),
    ],
)
def test_a_changed_figure_is_an_error_that_names_both(folder: Path, old: str, new: str, said: str) -> None:
    (found, *_) = findings(letter(folder, [each.replace(old, new) for each in BLOCKS]))

    assert (found.rule, found.severity) == ("fidelity.figure", "error")
    assert found.message.startswith(said)
    assert "(original.txt, line " in found.message


@pytest.mark.parametrize(("old", "new"), [("7000", "7.000"), ("7000", "7 000"), ("2.500", "2500")])
def test_the_same_digits_grouped_otherwise_are_the_same_figure(folder: Path, old: str, new: str) -> None:
    assert findings(letter(folder, [each.replace(old, new) for each in BLOCKS])) == []


def test_a_replaced_word_is_an_error_with_its_surroundings_and_both_lines(folder: Path) -> None:
    (found,) = findings(letter(folder, [each.replace("fast 7000", "über 7000") for each in BLOCKS]))

    assert found.as_json() == {
        "rule": "fidelity.word",
        "severity": "error",
        "place": "issues/2025-10/editorial.md:20",
        "message": "“fast” became “über” – “Bereits [fast] 7000 Prämien sind” (original.txt, line 12).",
        "remedy": "Put it back, or list it in changes.toml with old, new, reason and by.",
    }
    assert found.said("de").message == (
        "„fast“ wurde zu „über“ – „Bereits [fast] 7000 Prämien sind“ (original.txt, Zeile 12)."
    )


def test_a_changed_and_a_dropped_link_are_errors(folder: Path) -> None:
    changed = findings(letter(folder, [each.replace("werkbank?a=1", "werkbank?a=2") for each in BLOCKS]))
    dropped = findings(
        letter(folder, [each.replace("https://www.example.org/werkbank?a=1", "") for each in BLOCKS])
    )

    assert [each.rule for each in (*changed, *dropped)] == ["fidelity.link"] * 2
    assert "became “https://www.example.org/werkbank?a=2”" in changed[0].message
    assert "is missing" in dropped[0].message


def test_a_dropped_paragraph_is_told_with_its_line(folder: Path) -> None:
    found = findings(letter(folder, BLOCKS[:-1]))

    assert [each.rule for each in found] == ["fidelity.word"]
    assert "Die Fachkräfte-Frage" in found[0].message
    assert "line 13" in found[0].message


@pytest.mark.parametrize(
    "blocks",
    [
        [*BLOCKS[:2], *BLOCKS[3:], BLOCKS[2]],
        [*reversed(BLOCKS)],
        [BLOCKS[0], BLOCKS[1].replace("gelingen. ", "gelingen.\n\n"), *BLOCKS[2:]],
        [f"{BLOCKS[0]} {BLOCKS[1]}", *BLOCKS[2:]],
        [*BLOCKS, "> »Bisher nutzen nur 6 % der Betriebe das Angebot.«"],
        [*BLOCKS, "Lesen Sie auch: 17 Tipps"],
        [each.replace("Initiative Werkbank", "**Initiative** *Werkbank*") for each in BLOCKS],
        [
            each.replace("https://www.example.org/werkbank?a=1", "<https://www.example.org/werkbank?a=1>")
            for each in BLOCKS
        ],
        [each.replace("die Kammer hat", "Die Kammer hat") for each in BLOCKS],
    ],
    ids=["quote", "order", "split", "joined", "repeated", "left out", "emphasis", "link", "first"],
)
def test_what_an_editor_may_do_is_no_finding(folder: Path, blocks: Sequence[str]) -> None:
    assert findings(letter(folder, blocks)) == []


@pytest.mark.parametrize(
    ("field", "value", "lost"),
    [
        ("title", "Mehr an der Werkbank", "“Mut”"),
        ("author", "Wiebke Tanner", "“TANNERT” became “Tanner”"),
        ("role", "Leiterin", "“WERKSTATT”"),
        ("kicker", "", "“Editorial”"),
        ("closing", "Mit Grüßen", "“besten”"),
    ],
)
def test_a_loss_around_the_text_is_an_error(folder: Path, field: str, value: str, lost: str) -> None:
    found = findings(letter(folder, **{field: value}))

    assert found
    assert {each.rule for each in found} == {"fidelity.word"}
    assert any(each.message.startswith(lost) for each in found)


def test_the_salutation_is_required_only_where_it_is_shown(folder: Path) -> None:
    issue = letter(folder, salutation=("Liebe Freunde,",))

    (greeted,) = findings(issue)

    assert (greeted.rule, greeted.severity) == ("fidelity.salutation", "warning")
    assert "“Liebe Mitglieder,” became “Liebe Freunde,” (original.txt, line 8)" in greeted.message
    assert [each.severity for each in findings(letter(folder, salutation=()))] == ["warning"]
    assert [each.message[:12] for each in findings(issue, greeting="collective")] == ["“Mitglieder”"]


def test_a_template_that_forgets_the_title_is_found(folder: Path) -> None:
    issue = letter(folder)
    edition = edition_of(issue)
    variant = edition.variants[0]
    poorer = replace(
        variant,
        html=variant.html.replace("Mehr Mut an der Werkbank</h1>", "</h1>"),
        text=variant.text.replace("Meisterin Jule", "Meisterin"),
    )

    found = list(check_fidelity(issue, replace(edition, variants=(variant, poorer))))

    assert [each.rule for each in found] == ["fidelity.word"] * 2
    assert "The HTML part of variant standard" in found[0].message
    assert "The text part" in found[1].message


def test_a_missing_or_other_original_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(folder)
    (folder / "original.txt").write_text("anders", "utf-8")
    other = findings(letter(folder))
    (folder / "original.txt").unlink()
    missing = findings(letter(folder))
    (folder / "import.toml").write_text("original = 1\nsha256", "utf-8")
    broken = findings(letter(folder))

    (folder / "import.toml").unlink()
    (folder / "original.txt").write_text("anders", "utf-8")
    unreported = findings(letter(folder))

    assert [each.rule for each in (*other, *missing, *broken, *unreported)] == ["fidelity.original"] * 4
    assert "is not the file that was imported" in other[0].message
    assert "cannot be read" in missing[0].message
    assert other[0].place == "issues/2025-10/import.toml"


def test_a_report_that_lacks_a_line_proves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(folder)
    report = (folder / "import.toml").read_text("utf-8")
    (folder / "import.toml").write_text(re.sub(r"\[\[lines\]\]\nnumber = 9\n[^\[]*", "", report), "utf-8")

    (found,) = findings(letter(folder, [*BLOCKS[1:]]))

    assert found.message == "The report of the import lacks line 9 of original.txt."


def by_python_docx_with_link(lines: Sequence[str], linked: tuple[str, str, str], target: str) -> bytes:
    """A Word file with these lines, and a last one whose middle is a link."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = document.part.relate_to(target, f"{kind}/hyperlink", is_external=True)
    before, words, behind = linked
    last = document.add_paragraph(before)
    main = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    markup = (
        f'<w:hyperlink {main} xmlns:r="{kind}" r:id="{relation}"><w:r><w:t>{words}</w:t></w:r></w:hyperlink>'
    )
    last._p.append(parse_xml(markup))
    last.add_run(behind)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'number = 12\nclass = "paragraph"\nfield = "paragraphs"',
            'number = 12\nclass = "table"\nfield = ""',
            "The report has the class “table” for line 12 of original.txt; the import reads “paragraph”.",
        ),
        (
            'number = 12\nclass = "paragraph"\nfield = "paragraphs"',
            'number = 12\nclass = "paragraph"\nfield = "issue"',
            "The report has the field “issue” for line 12 of original.txt; the import reads “paragraphs”.",
        ),
        ("fast 7000", "fast 70", "The report has another text in line 12 than original.txt."),
    ],
)
def test_a_report_edited_by_hand_is_an_error_with_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(folder)
    report = (folder / "import.toml").read_text("utf-8")
    line = report.split("number = 12\n")[0].count("\n")
    (folder / "import.toml").write_text(report.replace(old, new), "utf-8")

    (found,) = findings(letter(folder, [each for each in BLOCKS if "7000" not in each]))

    assert (found.rule, found.severity, found.message) == ("fidelity.original", "error", message)
    assert found.place == f"issues/2025-10/import.toml:{line}"
    assert "from the history" in found.remedy


def test_links_behind_the_words_of_a_word_file_are_required(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    target = "https://meisterprämie.example/"
    linked = ("Alles Weitere steht wie immer auf ", "unserer Seite", " im Netz.")
    keep_original(folder, name="original.docx", data=by_python_docx_with_link(LINES[5:-3], linked, target))
    blocks = [*BLOCKS, f"Alles Weitere steht wie immer auf [unserer Seite]({target}) im Netz."]

    without = letter(folder, [*BLOCKS, "".join(linked)])
    wanted = Change(target, "", "Seite abgeschaltet", "Redaktion", "changes.toml:1")
    (lost,) = findings(without)

    assert findings(letter(folder, blocks)) == []
    assert (lost.rule, lost.place) == ("fidelity.link", "issues/2025-10/editorial.md:24")
    assert (
        lost.message == "The link “https://xn--meisterprmie-ocb.example/” is missing (original.docx, line 9)."
    )
    assert findings(replace(without, changes=(wanted,))) == []
    assert [each.rule for each in findings(replace(letter(folder, blocks), changes=(wanted,)))] == [
        "fidelity.change"
    ]


def test_a_link_that_a_template_forgets_names_the_line_of_the_original(folder: Path) -> None:
    issue = letter(folder)
    edition = edition_of(issue)
    link = "https://www.example.org/werkbank?a=1"
    poorer = replace(edition.variants[0], text=edition.variants[0].text.replace(link, ""))

    (found,) = check_fidelity(issue, replace(edition, variants=(poorer,)))

    assert (found.rule, found.place) == ("fidelity.link", "issues/2025-10/editorial.md:18")
    assert found.message.endswith(f"lacks the link {link} (original.txt, line 11).")


def test_a_markdown_original_is_compared_by_what_it_shows(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    text = "Ein **Satz** mit [Link](https://example.org/a) und *Ton*, der noch eine Weile weiter trägt."
    keep_original(folder, ["Ein Titel", "Liebe Mitglieder,", text], "original.md")

    kept = letter(folder, [text.replace("*Ton*", "Ton")], title="Ein Titel")
    lost = letter(folder, [text.replace("/a", "/b")], title="Ein Titel")

    assert findings(kept) == []
    assert [each.rule for each in findings(lost)] == ["fidelity.link"]
