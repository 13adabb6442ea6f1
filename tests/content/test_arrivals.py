"""What real files have in them: raised digits, struck-out words, tables, footnotes, columns, stray signs."""

import docx
import pytest
from office_files import saved

from mailer.content.draft import editorial_text
from mailer.content.intake import Intake, as_json, take_in
from mailer.content.keys import check_key
from subscribers.errors import BadUsage

BEGIN = "Ein Titel\n\nLiebe Leserinnen und Leser,\n\n"
TEXT = "heute geht es um vieles, was im Betrieb zählt und was uns alle im Land bewegt."


def taken(text: str, name: str = "brief.md") -> tuple[Intake, str]:
    intake = take_in(text.encode(), name, {})
    return intake, editorial_text(intake, "2025-10", "original.md", markdown=name.endswith(".md"))


def test_raised_and_lowered_digits_stay_and_struck_words_go_with_a_mark() -> None:
    document = docx.Document()
    for line in BEGIN.split("\n\n")[:2]:
        document.add_paragraph(line)
    paragraph = document.add_paragraph("die Halle hat 400 m")
    paragraph.add_run("2").font.superscript = True
    paragraph.add_run(" und spart im ganzen Land CO")
    paragraph.add_run("2").font.subscript = True
    paragraph.add_run(", der 1")
    paragraph.add_run("er").font.superscript = True
    paragraph.add_run(" zählt ")
    paragraph.add_run("1.100").font.strike = True
    paragraph.add_run(" 1.200 ")
    paragraph.add_run("nicht").font.double_strike = True
    paragraph.add_run("Betriebe.")
    document.add_paragraph("Ihre Ada Muster")

    intake = take_in(saved(document), "brief.docx", {})
    draft = editorial_text(intake, "2025-10", "original.docx", markdown=False)

    assert as_json(intake)["paragraphs"] == (
        "die Halle hat 400 m² und spart im ganzen Land CO₂, der 1er zählt 1.200 Betriebe.",
    )
    assert "<!-- bitte prüfen: Zeile 3: durchgestrichen: 1.100 … nicht -->" in draft
    assert "1.100" not in intake.figures
    assert not [piece for piece in intake.pieces if piece.kind == "unread"]


def test_a_markdown_table_is_one_block_with_one_mark() -> None:
    table = "| Jahr | Zahl |\n|---|---|\n| 2025 | 980 |"

    _, draft = taken(f"{BEGIN}{TEXT}\n\n{table}\n\nIhre Ada Muster\n")

    assert f"\n\n{table}\n" in draft
    assert draft.count("Tabelle") == 1


def test_only_pictures_and_tags_are_escaped_in_markdown() -> None:
    line = 'Ein ~~Wort~~ ist `code`, **fett**, ![Bild](x.png "t") und <video> steht hier im Satz.'

    _, draft = taken(f"{BEGIN}{line}\n\nIhre Ada Muster\n")

    assert 'Ein ~~Wort~~ ist `code`, **fett**, !\\[Bild\\](x.png "t") und \\<video> steht hier' in draft


def test_footnotes_are_named_with_their_text_and_a_title_loses_its_stars() -> None:
    begin = "# Titel mit *Kursiv*\n\nLiebe Mitglieder,\n\n"
    text = f"{begin}{TEXT[:-1]}[^1].\n\nIhre Ada Muster\n\n[^1]: Stand Mai\n"

    intake, draft = taken(text)

    assert intake.title == "Titel mit Kursiv"
    assert "Emphasis was taken out of the title in line 1." in intake.source.remarks
    assert "[^1]" not in draft
    assert "Fußnote nach „alle im Land bewegt“: Stand Mai" in draft


@pytest.mark.parametrize("gap", ["\t", "   ", "               "])
def test_two_who_sign_side_by_side_keep_their_offices(gap: str) -> None:
    signed = f"Anton Muster{gap}Dr. Wiebke Tannert\nPräsident{gap}Hauptgeschäftsführerin"

    intake, _ = taken(f"{BEGIN}{TEXT}\n\nMit freundlichen Grüßen\n\n{signed}\n", "brief.txt")

    assert intake.signing.signature == (
        "Anton Muster, Präsident",
        "Dr. Wiebke Tannert, Hauptgeschäftsführerin",
    )


@pytest.mark.parametrize("sign", ["\0", "\x07", "\x1b"])
def test_a_control_character_is_removed_and_told(sign: str) -> None:
    intake, _ = taken(f"{BEGIN}{TEXT[:20]}{sign}{TEXT[20:]}\n\nIhre Ada Müller\n", "brief.txt")

    assert as_json(intake)["paragraphs"] == (TEXT,)
    assert f"A control character (U+{ord(sign):04X}) was removed in line 5." in intake.source.remarks


def test_utf_32_with_its_mark_is_read() -> None:
    intake = take_in(f"{BEGIN}{TEXT}\n\nIhre Ada Müller\n".encode("utf-32"), "brief.txt", {})

    assert (intake.source.encoding, intake.signing.author) == ("utf-32", "Ada Müller")


@pytest.mark.parametrize("key", ["CON", "nul", "Com1", "LPT9"])
def test_names_of_devices_are_no_keys(key: str) -> None:
    with pytest.raises(BadUsage, match="device"):
        check_key(key)
