"""Word files: the same issue as the text, nothing beside the text lost, nothing harmful opened."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from office_files import NAMESPACES, by_libreoffice, by_python_docx, package, paragraph, saved, zipped

from mailer.content import package as limits
from mailer.content.draft import editorial_text, report_text
from mailer.content.intake import Intake, as_json, take_in
from mailer.content.programmes import read_register
from subscribers.errors import Problem

ROOT = Path(__file__).parents[2]
LONG = "heute geht es um vieles, was im Betrieb zählt und was uns alle im Land bewegt."
LONGER = "Hier folgt der zweite Absatz mit einem Satz, der trägt und noch eine Weile weiter trägt."
LETTER = ("Ein Titel", "Liebe Leserinnen und Leser,", LONG, LONGER, "Ihre Ada Muster")


def take(data: bytes, name: str = "brief.docx") -> Intake:
    return take_in(data, name, {})


def same(data: bytes, name: str, text: bytes) -> None:
    register = read_register(ROOT / "programmes.toml", ROOT)

    word, plain = (as_json(take_in(each, name, register)) for each in (data, text))

    for file_fact in ("encoding", "sha256", "remarks"):
        word.pop(file_fact), plain.pop(file_fact)
    assert word == plain


@pytest.mark.parametrize("writer", [by_python_docx, by_libreoffice])
def test_the_seed_as_word_file_gives_the_same_issue(
    shared: Path, writer: Callable[[list[str]], bytes]
) -> None:
    text = (shared / "seed/editorial-2025-10.txt").read_bytes()

    same(writer(text.decode().split("\n")), "seed.docx", text)


@pytest.mark.slow
def test_the_seed_saved_by_libreoffice_gives_the_same_issue(shared: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    source = tmp_path / "seed.txt"
    source.write_bytes((shared / "seed/editorial-2025-10.txt").read_bytes())
    command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]

    subprocess.run(
        [
            *command,
            "--infilter=Text (encoded):UTF8,LF,,,",
            "--convert-to",
            "docx",
            "--outdir",
            str(tmp_path),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )

    same((tmp_path / "seed.docx").read_bytes(), "seed.docx", source.read_bytes())


@pytest.mark.parametrize(
    ("title", "quote", "heading"),
    [
        ("Title", "Intense Quote", "Heading 1"),
        ("Titel", "Intensives Zitat", "Überschrift 1"),
        ("Titel", "Zitat", "Überschrift 1"),
    ],
)
def test_styles_are_evidence_in_german_and_english(title: str, quote: str, heading: str) -> None:
    document = docx.Document()
    for name in {title, quote, heading} - {style.name for style in document.styles}:
        document.styles.add_style(name, 1)
    for text, style in (
        ("Aus dem Haus", None),
        ("Klare Kante", title),
        ("Liebe Leserinnen und Leser,", None),
        (LONG, None),
        ("Ein Zitat ohne Zeichen", quote),
        ("Was wir jetzt brauchen", heading),
        (LONGER, None),
        ("Ihre Ada Muster", None),
    ):
        document.add_paragraph(text, style=style)

    intake = take(saved(document))

    assert intake.title == "Klare Kante"
    assert intake.kicker == "Aus dem Haus"
    assert intake.texts("pullquotes") == ("Ein Zitat ohne Zeichen",)
    assert [piece.kind for piece in intake.blocks] == ["paragraph", "quote", "subhead", "paragraph"]
    assert "paragraphs" not in intake.unsure
    assert "title" not in intake.unsure


def test_emphasis_lists_breaks_and_links_reach_the_draft() -> None:
    document = docx.Document()
    document.add_paragraph("Ein Titel")
    greeting = document.add_paragraph("Liebe Mitglieder,")
    greeting.add_run().add_break()
    greeting.add_run("liebe Freunde,")
    text = document.add_paragraph("heute ist ")
    text.add_run("wichtig ").bold = True
    text.add_run("und ")
    text.add_run("schön").italic = True
    text.add_run(" für alle Kolleg*innen, bei 6\u00a0% der Betriebe und darüber hinaus.")
    for item in ("ein Punkt", "noch ein Punkt"):
        document.add_paragraph(item, style="List Bullet")
    relation = document.part.relate_to(
        "https://kammer.example/wege",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    linked = document.add_paragraph("Alles Weitere steht wie immer ausführlich auf ")
    linked._p.append(
        parse_xml(
            f'<w:hyperlink {NAMESPACES} r:id="{relation}"><w:r><w:t>unserer Seite</w:t></w:r></w:hyperlink>'
        )
    )
    linked.add_run(" im Netz.")

    intake = take(saved(document))
    written = editorial_text(intake, "2025-10", "original.docx", markdown=False)

    assert intake.salutation == ("Liebe Mitglieder,", "liebe Freunde,")
    assert "heute ist **wichtig** und *schön* für alle Kolleg*innen, bei 6\u00a0% der Betriebe" in written
    assert "- ein Punkt\n- noch ein Punkt" in written
    assert "auf [unserer Seite](https://kammer.example/wege) im Netz." in written
    assert 'links = ["https://kammer.example/wege"]' in report_text(intake, "original.docx")
    assert intake.texts("paragraphs")[0].startswith("heute ist wichtig und schön")


def test_a_link_that_the_issue_does_not_show_is_listed() -> None:
    document = docx.Document()
    for line in LETTER[:-1]:
        document.add_paragraph(line)
    relation = document.part.relate_to(
        "mailto:ada@example.org",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    document.add_paragraph("Ihre ")._p.append(
        parse_xml(
            f'<w:hyperlink {NAMESPACES} r:id="{relation}"><w:r><w:t>Ada Muster</w:t></w:r></w:hyperlink>'
        )
    )

    intake = take(saved(document))

    assert [(piece.kind, piece.text) for piece in intake.left_out] == [
        ("link", "Ada Muster: mailto:ada@example.org")
    ]


ASIDES = {
    "table": (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ort</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Aue"
        "</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    ),
    "deleted": paragraph(
        LONG, '<w:del w:id="1" w:author="x"><w:r><w:delText>Ort Aue</w:delText></w:r></w:del>'
    ),
    "text box": paragraph(
        LONG,
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
        + paragraph("Ort Aue")
        + "</w:txbxContent></wps:txbx></w:drawing></mc:Choice>"
        + "<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>"
        + paragraph("Ort Aue")
        + "</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    ),
}
PARTS = {
    "header": ("word/header1.xml", f"<w:hdr {NAMESPACES}>{paragraph('Ort Aue')}</w:hdr>"),
    "footer": ("word/footer2.xml", f"<w:ftr {NAMESPACES}>{paragraph('Ort Aue')}</w:ftr>"),
    "comment": (
        "word/comments.xml",
        f"<w:comments {NAMESPACES}><w:comment w:id='0'>{paragraph('Ort Aue')}</w:comment></w:comments>",
    ),
    "footnote": (
        "word/footnotes.xml",
        f"<w:footnotes {NAMESPACES}><w:footnote w:id='2'>{paragraph('Ort Aue')}</w:footnote></w:footnotes>",
    ),
    "endnote": (
        "word/endnotes.xml",
        f"<w:endnotes {NAMESPACES}><w:endnote w:id='2'>{paragraph('Ort Aue')}</w:endnote></w:endnotes>",
    ),
}


@pytest.mark.parametrize("kind", [*ASIDES, *PARTS])
def test_what_stands_beside_the_text_is_listed_once_with_its_class(kind: str) -> None:
    body = (
        "".join(map(paragraph, LETTER[:2]))
        + ASIDES.get(kind, paragraph(LONG))
        + "".join(map(paragraph, LETTER[3:]))
    )
    more = dict([PARTS[kind]]) if kind in PARTS else {}

    intake = take(package(body, more))

    said = [(piece.kind, piece.text.replace(" | ", " ")) for piece in intake.left_out]
    assert said == [(kind, "Ort Aue")]
    assert all("Aue" not in text for text in intake.texts("paragraphs"))
    assert ("paragraphs" in intake.unsure) == (kind not in ("header", "footer"))


def test_a_footnote_leaves_no_number_in_the_text() -> None:
    note = "<w:footnotes {}><w:footnote w:id='2'>{}</w:footnote></w:footnotes>".format(
        NAMESPACES, paragraph("Quelle: eigene")
    )
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = "".join(
        [paragraph(LETTER[0]), paragraph(LETTER[1]), paragraph(LONG, reference), paragraph(LONGER)]
    )

    intake = take(package(body, {"word/footnotes.xml": note}))

    assert intake.texts("paragraphs") == (LONG, LONGER)
    assert [(piece.kind, piece.text) for piece in intake.left_out] == [("footnote", "Quelle: eigene")]
    written = editorial_text(intake, "2025-10", "x", markdown=False)
    mark = "<!-- bitte prüfen: Zeile 5: Fußnote nach „alle im Land bewegt.“: Quelle: eigene -->"
    assert f"+++\n\n{mark}\n\n{LONG}\n\n{LONGER}\n" in written


def test_a_table_is_marked_with_its_text_where_it_stood() -> None:
    rows = (("Ort", "Aue"), ("Zeit", "9 Uhr"))
    cells = "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>" for row in rows
    )
    body = [*map(paragraph, LETTER[:3]), f"<w:tbl>{cells}</w:tbl>", *map(paragraph, LETTER[3:])]

    intake = take(package("".join(body)))

    mark = "Zeilen 4 bis 5: Tabelle, die nicht übernommen wurde: Ort | Aue; Zeit | 9 Uhr"
    written = editorial_text(intake, "2025-10", "x", markdown=False)
    assert f"{LONG}\n\n<!-- bitte prüfen: {mark} -->\n\n{LONGER}" in written
    assert mark in [doubt.reason for doubt in intake.doubts]
    assert "# bitte prüfen: paragraphs" not in written


def test_insertions_count_and_are_said() -> None:
    inserted = '<w:ins w:id="1" w:author="x"><w:r><w:t xml:space="preserve"> Neu dazu.</w:t></w:r></w:ins>'

    intake = take(package("".join([paragraph(LETTER[0]), paragraph(LETTER[1]), paragraph(LONG, inserted)])))

    assert intake.texts("paragraphs") == (f"{LONG} Neu dazu.",)
    assert "Tracked insertions count as text: 1." in intake.source.remarks


def test_pictures_and_macros_are_named_and_never_run() -> None:
    body = "".join(map(paragraph, LETTER))

    intake = take(
        package(body, {"word/media/image1.png": b"\x89PNG", "word/vbaProject.bin": b"macro"}), "brief.docm"
    )

    assert [(piece.kind, piece.text) for piece in intake.left_out] == [
        ("embedded", "image1.png"),
        ("embedded", "vbaProject.bin"),
    ]
    assert intake.source.suffix == ".docm"


def test_a_pull_quote_in_a_text_box_is_found() -> None:
    box = (
        f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{paragraph('„Wir halten zusammen.“')}"
        f"</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    body = "".join([paragraph(LETTER[0]), paragraph(LETTER[1]), paragraph(LONG, box), paragraph(LONGER)])

    intake = take(package(body))

    assert intake.texts("pullquotes") == ("Wir halten zusammen.",)


def test_no_word_of_a_file_with_everything_is_lost() -> None:
    body = "".join(
        [
            paragraph("Ein Titel"),
            *ASIDES.values(),
            paragraph("Liebe Mitglieder,"),
            paragraph(LONG),
            paragraph(LONGER),
        ]
    )

    intake = take(package(body, dict(PARTS.values())))
    written = editorial_text(intake, "2025-10", "x", markdown=False) + " ".join(
        piece.text for piece in intake.left_out
    )

    told = re.findall(r"<w:(?:t|delText)(?: [^>]*)?>([^<]*)<", body)
    assert set(re.findall(r"\w+", " ".join(told))) <= set(re.findall(r"\w+", written))


ENTITY = f'<!DOCTYPE x [<!ENTITY a "b">]><w:document {NAMESPACES}><w:body/></w:document>'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04rest", "damaged and cannot be opened"),
        (package(paragraph(LONG))[:-200], "damaged and cannot be opened"),
        (zipped({"a.txt": "x"}), "no Word file"),
        (zipped({"mimetype": "x", "content.xml": "<x/>"}), "OpenDocument file"),
        (zipped({"xl/workbook.xml": "<x/>"}), "Excel file"),
        (package(paragraph(LONG), {"word/document.xml": ENTITY}), "declares entities"),
        (package(paragraph(LONG), {"word/header1.xml": ENTITY}), "declares entities"),
        (package(paragraph(LONG), {"word/document.xml": "<w:document>"}), "damaged in word/document.xml"),
        (package("<w:p>" * 200 + "</w:p>" * 200), "nested too deeply"),
        (package(paragraph("")), "no running text"),
        (package(paragraph(LONG), {"word/media/a.bin": b"\0" * 9_000_000}), "unpacks to"),
        (zipped({f"part{number}": "" for number in range(limits.MEMBERS + 1)}), "unpacks to"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "old Word or Office file"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"{\\rtf1 x}", "rich text file"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_one_sentence_with_the_way_out(
    data: bytes, sentence: str
) -> None:
    with pytest.raises(Problem, match=re.escape(sentence)) as problem:
        take(data)

    assert problem.value.hint
    assert "\n" not in str(problem.value)
