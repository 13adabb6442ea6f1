"""Lists: numbers from Word and typed ones reach the draft and both parts of the letter as they were."""

import re
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from office_files import list_item, numbering, package, paragraph, saved

from mailer.checks.fidelity import check_fidelity
from mailer.cli import rundbrief
from mailer.compose.edition import Variant
from mailer.content.draft import editorial_text
from mailer.content.intake import take_in
from mailer.content.lists import Entry, write_list
from mailer.content.markdown import parse_markdown
from tests.small_workspace import make_office

FIRST = "heute geht es um vieles, was im Betrieb zählt und was uns alle im Land bewegt."
SECOND = "Hier folgt der zweite Absatz mit einem Satz, der trägt und noch eine Weile weiter trägt."
LISTS = numbering(
    [
        [("bullet", "-", 1)],
        [("decimal", "%1.", 3), ("lowerLetter", "%2)", 1)],
        [("decimal", "%1.", 1), ("decimal", "%1.%2", 1)],
    ],
    {3: 1},
)


def body_of(*lines: str) -> str:
    intake = take_in("\n".join(("Ein Titel", "Liebe Mitglieder,", *lines)).encode(), "x.txt", {})
    return editorial_text(intake, "2025-10", "x", markdown=False).split("+++\n")[2].strip()


def word_file(*middle: str) -> bytes:
    around = [paragraph("Ein Titel"), paragraph("Liebe Mitglieder,"), paragraph(FIRST)]
    return package(
        "".join([*around, *middle, paragraph(SECOND), paragraph("Ada Muster")]),
        {"word/numbering.xml": LISTS},
    )


def imported(data: bytes, name: str, tmp_path: Path) -> tuple[str, Variant]:
    """Import through the command; the draft, and the letter that loses nothing of the original."""
    office = make_office(tmp_path)
    source = tmp_path / name
    source.write_bytes(data)

    done = CliRunner().invoke(
        rundbrief,
        ["--config", str(tmp_path / "config.toml"), "issue", "import", str(source), "--as", "2025-12"],
    )

    assert done.exit_code == 0, done.stderr
    issue = office.read_issue("2025-12")
    edition = office.compile(issue)
    assert list(check_fidelity(issue, edition)) == []
    return (issue.folder / "editorial.md").read_text("utf-8"), edition.variants[0]


def test_word_lists_keep_numbers_starts_and_levels_in_draft_and_letter(tmp_path: Path) -> None:
    data = word_file(
        *(list_item("ein Punkt", 1), list_item("noch ein Punkt", 1)),
        *(list_item("dritte Sache", 2), list_item("erster Fall", 2, 1), list_item("zweiter Fall", 2, 1)),
        list_item("vierte Sache", 2),
        *(list_item("neu begonnen", 3), list_item("gegliedert", 3, 1), list_item("weiter", 3)),
        list_item("von vorn", 4),
    )

    draft, letter = imported(data, "brief.docx", tmp_path)

    assert (
        "- ein Punkt\n- noch ein Punkt\n\n"
        "3. dritte Sache\n   - a) erster Fall\n   - b) zweiter Fall\n4. vierte Sache\n\n"
        "1) neu begonnen\n   - 1.1 gegliedert\n2) weiter\n\n1. von vorn\n\n"
    ) in draft
    shown = [line.strip() for line in letter.text.split("\n") if line]
    assert shown[(start := shown.index("3. dritte Sache")) : start + 8] == [
        *("3. dritte Sache", "- a) erster Fall", "- b) zweiter Fall", "4. vierte Sache"),
        *("1. neu begonnen", "- 1.1 gegliedert", "2. weiter", "1. von vorn"),
    ]
    assert re.findall(r'<ol[^>]*?( start="\d+")?(?: style="[^"]*")?>', letter.html) == [' start="3"', "", ""]


def test_the_list_styles_of_word_are_numbered_too(tmp_path: Path) -> None:
    document = docx.Document()
    for text, style in (
        ("Ein Titel", None),
        ("Liebe Mitglieder,", None),
        (FIRST, None),
        ("ein Punkt", "List Bullet"),
        ("eins", "List Number"),
        ("zwei", "List Number"),
        (SECOND, None),
        ("Ada Muster", None),
    ):
        document.add_paragraph(text, style=style)

    draft, letter = imported(saved(document), "brief.docx", tmp_path)

    assert "- ein Punkt\n\n1. eins\n2. zwei\n\n" in draft
    assert "1. eins\n2. zwei\n\n" in letter.text


def test_a_line_break_inside_an_item_makes_no_second_item() -> None:
    broken = list_item("eine Sache", 2).replace("</w:r>", "<w:br/><w:t>mit Zusatz</w:t></w:r>")

    intake = take_in(word_file(broken, list_item("noch eine", 2)), "brief.docx", {})

    assert intake.texts("paragraphs")[1:3] == ("3. eine Sache mit Zusatz", "4. noch eine")


def test_a_numbered_heading_keeps_its_number_and_a_list_in_a_table_its_row() -> None:
    heading = list_item("Was wir brauchen", 2).replace(
        "<w:numPr>", '<w:pStyle w:val="Überschrift1"/><w:numPr>'
    )
    table = f"<w:tbl><w:tr><w:tc>{paragraph('Ort')}</w:tc><w:tc>{list_item('Aue', 2)}</w:tc></w:tr></w:tbl>"

    intake = take_in(word_file(heading, paragraph(SECOND), table), "brief.docx", {})

    assert "## 3\\. Was wir brauchen\n\n" in editorial_text(intake, "2025-10", "x", markdown=False)
    assert [piece.text for piece in intake.left_out] == ["Ort | Aue"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (("1. eins", "2. zwei"), "1. eins\n2. zwei"),
        (("4) vier", "5) fünf"), "4) vier\n5) fünf"),
        (("a) eins", "b) zwei"), "- a) eins\n- b) zwei"),
        (
            ("1. eins", "a) klein", "b) kleiner", "2. zwei"),
            "1. eins\n   - a) klein\n   - b) kleiner\n2. zwei",
        ),
        (("1. eins", "- klein", "2. zwei"), "1. eins\n   - klein\n2. zwei"),
        (("1. eins", "2. zwei", "- Punkt", "- Punkt zwei"), "1. eins\n2. zwei\n\n- Punkt\n- Punkt zwei"),
        (("- Punkt", "- Punkt zwei", "1. eins", "2. zwei"), "- Punkt\n- Punkt zwei\n\n1. eins\n2. zwei"),
        (("1. eins", "2. zwei", "1. neu", "2. neuer"), "1. eins\n2. zwei\n\n1) neu\n2) neuer"),
        (("9. neun", "10. zehn", "- unter", "11. elf"), "9. neun\n10. zehn\n    - unter\n11. elf"),
    ],
)
def test_typed_numbers_that_count_on_are_a_list(typed: tuple[str, ...], written: str, tmp_path: Path) -> None:
    text = "\n".join(("Ein Titel", "Liebe Mitglieder,", FIRST, *typed, SECOND, "Ada Muster"))

    draft, letter = imported(text.encode(), "brief.txt", tmp_path)

    assert f"\n\n{written}\n\n" in draft
    shown = [line.strip() for line in letter.text.split("\n") if line]
    wanted = [re.sub(r"^(\d+)\)", r"\1.", line.strip()) for line in written.split("\n") if line]
    assert shown[(start := shown.index(wanted[0])) : start + len(wanted)] == wanted


@pytest.mark.parametrize(
    "lines",
    [
        ("1. Oktober 2025 war ein guter Tag für alle im Land und darüber hinaus.",),
        ("3. Platz für alle Betriebe im Land, und das zum ersten Mal in diesem Jahr.",),
        ("1. Mai: Das Fest der Arbeit ist wie immer.", "2. Mai: Das Fest der Ruhe ist wie immer."),
        ("1. Das ist der erste Satz der Reihe hier.", "3. Das ist der dritte Satz der Reihe hier."),
        ("i. d. R. ist das so, und es bleibt auch so.", "j. d. R. ist das nie so, und es bleibt so."),
    ],
)
def test_a_date_or_a_number_alone_is_no_list(lines: tuple[str, ...]) -> None:
    body = body_of(FIRST, *lines, SECOND)

    tokens = parse_markdown(re.sub("<!--.*?-->", "", body))
    assert [token.content for token in tokens if token.type == "inline"][1:-1] == [
        re.sub(r"^(\d+)\.", r"\1\\.", line) if line[0].isdigit() else line for line in lines
    ]
    assert not [token for token in tokens if token.type.endswith("list_open")]


def test_a_numbered_list_of_a_markdown_file_keeps_its_emphasis(tmp_path: Path) -> None:
    lines = (
        "# Ein Titel",
        "",
        "Liebe Mitglieder,",
        "",
        FIRST,
        "",
        "2. ein *Wort*",
        "3. noch eins",
        "",
        SECOND,
    )

    draft, _ = imported("\n".join(lines).encode(), "brief.md", tmp_path)

    assert "\n\n2. ein *Wort*\n3. noch eins\n\n" in draft


LABELS = st.one_of(
    st.just(""),
    st.builds("{}{}".format, st.integers(0, 12), st.sampled_from(".)")),
    st.sampled_from(["a)", "b)", "1.1", "IV."]),
)


@given(st.lists(st.builds(Entry, LABELS, st.just(""), st.integers(0, 3)), min_size=1, max_size=12))
def test_markdown_shows_every_label_that_was_written(entries: list[Entry]) -> None:
    source = "\n".join(write_list([(entry, f"Wort{at}") for at, entry in enumerate(entries)]))

    assert _shown(source) == [
        (entry.label.rstrip(".)") if re.fullmatch(r"\d+[.)]", entry.label) else "-", text)
        for at, entry in enumerate(entries)
        for text in [f"Wort{at}" if re.fullmatch(r"(?:\d+[.)])?", entry.label) else f"{entry.label} Wort{at}"]
    ]


def _shown(source: str) -> list[tuple[str, str]]:
    """Every item as a reader sees it: its number or a bullet, and its words."""
    shown: list[tuple[str, str]] = []
    numbers: list[int | None] = []
    mark = ""
    for token in parse_markdown(source):
        if token.type == "ordered_list_open":
            numbers.append(int(token.attrs.get("start", 1)))
        elif token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1]
            mark = "-" if number is None else str(number)
            numbers[-1] = None if number is None else number + 1
        elif token.type == "inline":
            shown.append((mark, token.content))
            mark = "lost"
    return shown
