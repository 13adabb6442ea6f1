"""An arrived editorial: its parts, what is doubtful, and that no word of it is lost."""

import json
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import SmallOffice

from mailer.content.casing import recase
from mailer.content.draft import editorial_text, write_draft
from mailer.content.intake import Intake, as_json, take_in
from mailer.content.issue import read_issue
from mailer.content.masthead import read_masthead
from mailer.content.programmes import read_register
from subscribers.errors import Problem

LETTER = """\
MITTEILUNGEN – Ausgabe November 2025 – Leitartikel
Ein Titel ohne Punkt
Von Ada Muster, Präsidentin
Liebe Leserinnen und Leser,
heute geht es um vieles, was im Betrieb zählt und was uns alle bewegt.
»Ein Satz, der trägt.«
Zwischenüberschrift ohne Ende
Hier folgt der zweite Absatz mit einem Satz, der trägt und weiter trägt.
Mit freundlichen Grüßen
Ihre Ada Muster
Impressum | Kontakt
"""


def take(text: str, office: SmallOffice | None = None, name: str = "x.txt") -> Intake:
    return take_in(text.encode(), name, office.register() if office else {})


def test_the_seed_is_understood_as_its_truth_says(shared: Path) -> None:
    truth = json.loads((shared / "seed/editorial-2025-10.truth.json").read_text("utf-8"))["truth"]
    root = Path(__file__).parents[2]
    register = read_register(root / "programmes.toml", root)

    found = as_json(take_in((shared / "seed/editorial-2025-10.txt").read_bytes(), "seed.txt", register))

    for key in ("author", "role", "publication", "issue", "kicker", "title"):
        assert found[key] == truth[key]
    for key in ("pullquotes", "salutation", "programmes", "figures", "signature_lines", "role_lines"):
        assert list(found[key]) == truth[key]
    assert len(found["paragraphs"]) == truth["paragraph_count"]
    assert found["unsure"] == ("author", "role")
    assert [(each["line"], each["class"]) for each in found["left_out"]] == [
        (14, "repeated"),
        (15, "repeated"),
    ]


def test_every_part_of_a_letter_is_found() -> None:
    intake = take(LETTER)

    assert (intake.publication, intake.month_key, intake.kicker) == ("MITTEILUNGEN", "2025-11", "Leitartikel")
    assert (intake.title, intake.signing.author) == ("Ein Titel ohne Punkt", "Ada Muster")
    assert (intake.signing.role, intake.signing.closing) == ("Präsidentin", "Mit freundlichen Grüßen")
    assert intake.signing.signature == ("Ihre Ada Muster",)
    assert [piece.kind for piece in intake.blocks] == ["paragraph", "quote", "subhead", "paragraph"]
    assert intake.unsure == ("paragraphs",)
    assert [(piece.lines, piece.kind) for piece in intake.left_out] == [
        ((3,), "byline word"),
        ((11,), "imprint"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "DHB - Ausgabe Oktober 2025 - EditorialMehr wagen",
            ("DHB", ((2025, 10),), "Editorial", "Mehr wagen"),
        ),
        ("Blatt Ausgabe März 2023Kommentar", ("Blatt", ((2023, 3),), "Kommentar", "")),
        ("Juli/August 2024", ("", ((2024, 7), (2024, 8)), "", "")),
        ("Dezember 2025/Januar 2026", ("", ((2025, 12), (2026, 1)), "", "")),
        ("Kommentar: Zur Lage", ("", (), "Kommentar", "Zur Lage")),
    ],
)
def test_mastheads_are_taken_apart(line: str, expected: tuple[object, ...]) -> None:
    masthead = read_masthead(line)

    assert masthead is not None
    assert (masthead.publication, masthead.months, masthead.kicker, masthead.title) == expected


@pytest.mark.parametrize(
    "line", ["Bilanz im Oktober 2025", "Kommentare zur Lage", "Editorials lesen", "Mehr wagen"]
)
def test_headlines_are_no_mastheads(line: str) -> None:
    assert read_masthead(line) is None


@pytest.mark.parametrize(
    ("capitals", "shown"),
    [
        ("DR. MARA LINDNER-KÖNIG", "Dr. Mara Lindner-König"),
        ("KARL VON DER HEIDE", "Karl von der Heide"),
        ("STAATSSEKRETÄR IM NRW-MINISTERIUM FÜR ARBEIT", "Staatssekretär im NRW-Ministerium für Arbeit"),
        ("ULF GROSSKREUTZ", "Ulf Großkreutz"),
        ("GESCHÄFTSFÜHRERIN DER WHKT-GMBH", "Geschäftsführerin der WHKT-GmbH"),
    ],
)
def test_capitals_are_proposed_in_normal_writing(capitals: str, shown: str) -> None:
    assert recase(capitals, {"GROSSKREUTZ": "Großkreutz"}, name=True) == shown


def test_a_digit_issue_is_doubtful_until_the_key_confirms_it() -> None:
    text = LETTER.replace("November 2025", "11/2025")

    assert "issue" in take(text).unsure
    assert "issue" not in take_in(text.encode(), "x", {}, ((2025, 11),)).unsure
    assert "issue" in take_in(text.encode(), "x", {}, ((2025, 12),)).unsure


def test_a_hard_wrapped_mail_has_its_paragraphs_back() -> None:
    text = (
        "Ein Titel\n\nLiebe Leserinnen und Leser,\n\n"
        "dieser Absatz ist von einem Programm nach siebzig Zeichen in\n"
        "mehrere Zeilen gebrochen worden, obwohl er nur ein einziger Fach-\n"
        "absatz ist, der am Ende mit Arbeitgeber- und Kammervertretern in\n"
        "Ruhe endet.\n\n"
        "Auch der zweite Absatz läuft über mehr als eine einzige Zeile und\n"
        "hört dann auf.\n\nIhre Ada Muster\n"
    )

    intake = take(text)

    assert len(intake.texts("paragraphs")) == 2
    assert "Fachabsatz ist, der am Ende mit Arbeitgeber- und Kammer" in intake.texts("paragraphs")[0]
    assert intake.unsure == ("paragraphs", "issue")
    assert intake.doubts[0].reason == "Zeilen zusammengesetzt: Fach- + absatz"
    assert intake.signing.author == "Ada Muster"


def test_markdown_keeps_its_emphasis_and_its_quote() -> None:
    text = "# Titel\n\nLiebe Leute,\n\nein **starkes** Wort, das bleibt.\n\n> Ein Zitat.\n\nSchluss.\n"

    intake = take(text, name="x.md")
    written = editorial_text(intake, "2025-10", "original.md", markdown=True)

    assert (intake.title, intake.texts("pullquotes")) == ("Titel", ("Ein Zitat.",))
    assert "ein **starkes** Wort" in written
    assert "> »Ein Zitat.«" in written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("1. Januar ist frei, das gilt in allen Betrieben im Land.", r"1\. Januar ist frei,"),
        ("Ein Satz *ohne* Betonung für die Kolleg*innen im ganzen Haus.", r"Satz \*ohne\* Betonung"),
        ("Ein Satz für die Kolleg*innen und für alle anderen im Haus.", "die Kolleg*innen und"),
        ("Ein Satz mit <b>Mar</b>kierung aus einer anderen Welt darin.", "mit Markierung aus"),
        ("Ein Satz mit <script>Markierung aus einer anderen Welt darin.", r"mit \<script\>Markierung"),
        ("Ein Satz von Müller &amp; Söhne mit einem &copy; darin am Ende.", "Müller & Söhne mit einem ©"),
        (
            "Ein Satz mit <a href='https://a.example/'>Ziel</a> darin am Ende.",
            "Ziel (https://a.example/) darin",
        ),
    ],
)
def test_plain_text_means_what_it_shows(typed: str, written: str) -> None:
    text = f"Titel\nLiebe Leute,\n{typed}\nEin letzter Satz mit genug Worten, um einer zu sein.\n"

    assert written in editorial_text(take(text), "2025-10", "original.txt", markdown=False)


def test_a_text_without_paragraph_is_refused() -> None:
    with pytest.raises(Problem, match="No paragraph was found"):
        take("Titel\n")


WORDS = st.one_of(
    st.sampled_from(["Betrieb", "Prüfung", "stark", "Weg", "läuft", "Hand-Werk", "7000", "6\u00a0%", "u.a."]),
    st.sampled_from(
        [
            "„Kern“",
            "NRW",
            "*innen",
            "(VergBG)",
            "a_b_c",
            "<xy>",
            "&unbekannt;",
            "Ende.Anfang",
            "fr",
            "[1]",
            "[x](y)",
            "`",
            "\\",
        ]
    ),
)
SENTENCE = st.lists(WORDS, min_size=3, max_size=40).map(lambda words: " ".join(words) + ".")
BLOCK = st.one_of(
    SENTENCE,
    SENTENCE.map(lambda text: f">>{text}<<"),
    SENTENCE.map(lambda text: f"„{text}“"),
    st.sampled_from(
        [
            "",
            "ADA MUSTER, PRÄSIDENTIN DER KAMMER",
            "ADA MUSTER",
            "DHB - Ausgabe Oktober 2025 - Editorial: Neue Wege gehen",
            "Kommentar",
            "10/2025",
            "Von Ada Muster, Präsidentin",
            "Von",
            "Ada Muster",
            "Liebe Leserinnen und Leser,",
            "liebe Freunde,",
            "Liebe Meister, ihr habt es geschafft und seid da.",
            "[Zahl noch prüfen]",
            "![Bild](bild.png)",
            "## Zwischentitel",
            "- ein Punkt in der Liste",
            "Kurze Zeile",
            "Mit freundlichen Grüßen",
            "Ihre Ada Muster",
            "Ihr Präsident Karl Beispiel",
            "Hauptgeschäftsführer Dr. Jonas Wald | Petra Dohle",
            "Präsidentin der Kammer",
            "Alle News | Archiv",
            "<!-- alt -->",
        ]
    ),
)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(BLOCK, min_size=1, max_size=14), st.booleans())
def test_no_word_is_lost_and_the_draft_reads(blocks: list[str], markdown: bool) -> None:
    text = "\n".join(blocks)
    try:
        intake = take(text)
    except Problem:
        return

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "issues/2025-10"
        write_draft(intake, folder, markdown=markdown, force=False)
        read_issue(folder, {}, Path(place))
        written = "".join((folder / name).read_text("utf-8") for name in ("editorial.md", "highlights.toml"))

    written += " ".join(piece.text for piece in intake.left_out)
    assert set(_words(text)) <= set(_words(re.sub(r"\\([^\w\s]|_)", r"\1", written)))
    assert {number for piece in intake.pieces for number in piece.lines} == {
        number for number, line in enumerate(intake.source.lines, 1) if line
    }


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text.casefold())
