"""The rules of the importer one by one: labels, salutations, quotes, signatures, damage, noise."""

import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.content.draft import editorial_text, report_text
from mailer.content.intake import Intake, as_json, take_in
from mailer.content.labels import find_label
from mailer.content.people import Person, is_person, read_people
from subscribers.errors import Problem

FIRST = "heute geht es um vieles, was im Betrieb zählt und was uns alle im Land bewegt."
SECOND = "Hier folgt der zweite Absatz mit einem Satz, der trägt und noch eine Weile weiter trägt."


def take(*lines: str, name: str = "x.txt") -> Intake:
    return take_in("\n".join(lines).encode(), name, {})


@pytest.mark.parametrize(
    ("line", "months", "number", "sure"),
    [
        ("Ausgabe Oktober 2025", ((2025, 10),), "", True),
        ("Juli/August 2024", ((2024, 7), (2024, 8)), "", True),
        ("Dezember/Januar 2025", ((2024, 12), (2025, 1)), "", True),
        ("Heft 1/2023", (), "1", False),
        ("Nr. 21/2022", (), "21", False),
        ("10/2025", ((2025, 10),), "", False),
        ("07/08/2024", ((2024, 7), (2024, 8)), "", False),
        ("21-2022", (), "21", False),
        ("KW 14/2024", (), "14", False),
        ("Ausgabe 02 | Februar 2024", ((2024, 2),), "02", True),
        ("Nr. 4 – Mai 2025", ((2025, 5),), "4", False),
        ("Heft 11, November 2025", ((2025, 11),), "11", True),
        ("Mai 2025 (erschienen im Juni 2025)", ((2025, 5),), "", False),
        ("Ausgabe Herbst 2024", (), "", False),
        ("05.03.2025", ((2025, 3),), "", False),
    ],
)
def test_labels_are_read_and_doubted(line: str, months: tuple[object, ...], number: str, sure: bool) -> None:
    label = find_label(line)

    assert label is not None
    assert (label.months, label.number, label.reason == "") == (months, number, sure)


def test_a_file_name_that_contradicts_the_text_is_a_doubt() -> None:
    text = (
        "Blatt – Ausgabe Mai 2025 – Editorial",
        "Ein Titel",
        "Liebe Mitglieder,",
        FIRST,
        "Ihre Ada Muster",
    )

    assert "issue" not in take(*text, name="editorial-2025-05.txt").unsure
    assert "issue" in take(*text, name="editorial-2025-06.txt").unsure


@pytest.mark.parametrize(
    "lines",
    [
        ("Liebe Leserin, lieber Leser,",),
        ("Liebe Kolleg:innen,",),
        ("Liebe Handwerker*innen!",),
        ("Liebe Kolleg_innen,",),
        ("Sehr geehrte Damen und Herren,", "liebe Freunde des Hauses,"),
        ("Guten Tag,",),
        ("Geschätzte Mitglieder",),
        ("Meine sehr geehrten Damen und Herren,",),
    ],
)
def test_salutations_are_found_whole(lines: tuple[str, ...]) -> None:
    intake = take("Ein Titel", *lines, FIRST, SECOND)

    assert intake.salutation == lines
    assert intake.texts("paragraphs") == (FIRST, SECOND)


@pytest.mark.parametrize(
    "line",
    [
        "Sehr geehrte Frau Dr. Muster,",
        "Lieber Herr Beispiel,",
        "Sehr geehrte/r Frau/Herr {Nachname},",
        "Hallo «Vorname»,",
    ],
)
def test_somebody_elses_personal_salutation_is_left_out(line: str) -> None:
    intake = take("Ein Titel", line, FIRST, SECOND)

    assert intake.salutation == ()
    assert [(piece.text, piece.kind) for piece in intake.left_out] == [(line, "personal salutation")]
    assert "salutation" in intake.unsure


def test_a_salutation_glued_to_the_headline_is_cut_off() -> None:
    intake = take("Ein guter WegLiebe Mitglieder,", FIRST, SECOND)

    assert (intake.title, intake.salutation) == ("Ein guter Weg", ("Liebe Mitglieder,",))


@pytest.mark.parametrize(
    "line", [">>{}<<", "<<{}>>", "»{}«", "«{}»", "« {} »", "„{}“", "“{}”", "‹{}›", "›{}‹", '"{}"', "> {}"]
)
def test_pull_quotes_are_found_in_every_form(line: str) -> None:
    quote = "Wir halten im Dorf zusammen."

    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, line.format(quote), f"{SECOND} {quote}")

    assert intake.texts("pullquotes") == (quote,)
    assert "pullquotes" not in intake.unsure
    assert f"> »{quote}«" in editorial_text(intake, "2025-10", "x", markdown=False)


@pytest.mark.parametrize("whose", [" – Ada Muster", " (Ada Muster)"])
def test_whose_quote_it_is_is_not_lost(whose: str) -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, f"„Wir halten zusammen.“{whose}", SECOND)

    assert intake.texts("pullquotes") == ("Wir halten zusammen.",)
    assert [(piece.text, piece.kind) for piece in intake.left_out] == [("Ada Muster", "attribution")]
    assert "pullquotes" in intake.unsure


@pytest.mark.parametrize(
    ("lines", "author", "role"),
    [
        (("Ihre Ada Muster", "Präsidentin"), "Ada Muster", "Präsidentin"),
        (("Ihre Präsidentin Ada Muster",), "Ada Muster", "Präsidentin"),
        (("Ihre Präsidentin", "Ada Muster"), "Ada Muster", "Präsidentin"),
        (("Herzlichst", "Ihre", "Ada Muster", "– Präsidentin –"), "Ada Muster", "Präsidentin"),
        (("Glück auf!", "Ada Muster (Präsidentin)"), "Ada Muster", "Präsidentin"),
        (("Es grüßt Sie herzlich", "Ada Muster, Präsidentin"), "Ada Muster", "Präsidentin"),
        (("Herzliche Grüße Ihre Ada Muster",), "Ada Muster", ""),
        (("gez. Ada Muster", "1. Vorsitzende"), "Ada Muster", "1. Vorsitzende"),
        (
            ("Karl Beispiel, Präsident, und Ada Muster, Geschäftsführerin",),
            "Karl Beispiel; Ada Muster",
            "Präsident; Geschäftsführerin",
        ),
        (
            ("Karl Beispiel / Ada Muster", "Präsident / Geschäftsführerin"),
            "Karl Beispiel; Ada Muster",
            "Präsident; Geschäftsführerin",
        ),
        (("Ihre Redaktion",), "Redaktion", ""),
    ],
)
def test_signatures_name_their_people(lines: tuple[str, ...], author: str, role: str) -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, SECOND, *lines)

    assert (intake.signing.author, intake.signing.role) == (author, role)
    assert intake.texts("paragraphs") == (FIRST, SECOND)


def test_a_paragraph_may_begin_with_your() -> None:
    own = "Ihr Betrieb ist der Ort, an dem sich alles entscheidet, und dort lernen junge Menschen."

    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, own, SECOND, "Ihre Ada Muster")

    assert intake.texts("paragraphs") == (FIRST, own, SECOND)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Alle News | Archiv", "navigation"),
        ("Weiterlesen >", "navigation"),
        ("In dieser Ausgabe", "contents"),
        ("Impressum: Kammer Aue, Markt 1", "imprint"),
        ("Zur Person", "biography"),
        ("PS: Bitte melden Sie sich bis Freitag an.", "postscript"),
    ],
)
def test_what_follows_the_signature_is_classified_and_left_out(line: str, kind: str) -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, SECOND, "Ihre Ada Muster", line)

    assert [(piece.text, piece.kind) for piece in intake.left_out] == [(line, kind)]
    assert intake.signing.author == "Ada Muster"


def test_text_behind_the_signature_is_a_doubt() -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, "Ihre Ada Muster", SECOND)

    mark = f"<!-- bitte prüfen: Zeile 5: ausgelassen, gehört sie noch dazu? {SECOND} -->"
    assert "paragraphs" in intake.unsure
    assert editorial_text(intake, "2025-10", "x", markdown=False).endswith(f"{FIRST}\n\n{mark}\n")


def test_every_sentence_that_is_left_out_is_marked_with_its_text() -> None:
    behind = (
        "PS: Bitte melden Sie sich an.",
        "Weitere Themen",
        "Der Saal ist neu gebaut.",
        "Impressum: Die Kammer Aue haftet für nichts davon.",
        "Alle News | Archiv",
        "Die Werkstatt öffnet im Mai. mehr >",
    )

    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, SECOND, "Ihre Ada Muster", *behind)

    told = [doubt.reason for doubt in intake.doubts if doubt.field == "paragraphs"]
    assert [reason.partition("? ")[2] for reason in told] == [behind[0], behind[2], behind[3], behind[5]]


@pytest.mark.parametrize(
    ("lines", "author", "signature"),
    [
        (("Karl Beispiel | Ada Muster",), "Karl Beispiel und Ada Muster", ["Karl Beispiel", "Ada Muster"]),
        (
            ("Präsident Karl Beispiel | Ada Muster",),
            "Karl Beispiel und Ada Muster",
            ["Präsident Karl Beispiel", "Ada Muster"],
        ),
        (
            ("Karl Beispiel / Ada Muster", "Präsident / Geschäftsführerin"),
            "Karl Beispiel und Ada Muster",
            ["Karl Beispiel, Präsident", "Ada Muster, Geschäftsführerin"],
        ),
        (
            ("Ihr Präsident Karl Beispiel", "Ihre Geschäftsführerin Ada Muster"),
            "Karl Beispiel und Ada Muster",
            ["Ihr Präsident Karl Beispiel", "Ihre Geschäftsführerin Ada Muster"],
        ),
        (
            ("Karl Beispiel | Ada Muster | Eva Probe",),
            "Karl Beispiel, Ada Muster und Eva Probe",
            ["Karl Beispiel", "Ada Muster", "Eva Probe"],
        ),
    ],
)
def test_the_draft_gives_everybody_who_signs_a_line(
    lines: tuple[str, ...], author: str, signature: list[str]
) -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, SECOND, *lines)

    matter = tomllib.loads(editorial_text(intake, "2025-10", "x", markdown=False).split("+++\n")[1])
    assert (matter["author"], matter["role"], matter["signature"]) == (author, "", signature)
    assert {"author"} <= set(intake.unsure)


@pytest.mark.parametrize(
    "text",
    [
        "Sie erreichen uns unter Telefon 0521 5608-100, Fax: 0521/5608199 und +49 521 5608100.",
        "Sie erreichen uns unter Tel. (0521) 560 81 00 und unter 0171 1234567 zu jeder Zeit.",
        "Das Haus steht am Campus 1, 33613 Aue, ein anderes in 33602 Neustadt am See.",
        "Nach § 7 Abs. 2 und nach §§ 1234, 1235 des Gesetzes gilt Art. 12 für alle hier.",
        "Das war am 1.10.2025, am 2. Oktober 2025, vom 10. bis 12. Oktober und am 2025-11-01.",
    ],
)
def test_numbers_that_count_nothing_are_no_figures(text: str) -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, text, SECOND)

    assert intake.figures == ()
    assert "figures" not in intake.unsure


def test_figures_beside_such_numbers_are_kept_and_years_are_not_proposed() -> None:
    text = "Am Telefon 0521 5608 melden sich 12000 Betriebe, 17345 Menschen und seit 2023 auch 6 % mehr."

    intake = take("Ein Titel", "Liebe Mitglieder,", FIRST, text, "Fast 7 000 Betriebe sind 0,5 Prozent mehr.")

    assert intake.figures == ("12000", "17345", "2023", "6 %", "7 000", "0,5 Prozent")
    written = editorial_text(intake, "2025-10", "x", markdown=False)
    assert re.findall(r'# value = "(.*)"', written) == ["12000", "17345", "6 %", "7 000", "0,5 Prozent"]


@pytest.mark.parametrize(
    "matter", [("+++", 'title = "Alt"', "x = [", "+++"), ("---", "title: Alt", "tags:", "- x", "---")]
)
def test_front_matter_of_a_markdown_file_is_left_out_and_marked(matter: tuple[str, ...]) -> None:
    intake = take(*matter, "# Ein Titel", "Liebe Mitglieder,", FIRST, SECOND, "Ihre Ada Muster", name="x.md")

    assert (intake.title, intake.kicker) == ("Ein Titel", "")
    assert [piece.text for piece in intake.left_out] == list(matter)
    assert f"Kopfdaten der Datei, die nicht übernommen wurden: {matter[1]}" in editorial_text(
        intake, "2025-10", "x", markdown=True
    )


@pytest.mark.parametrize("matter", [("+++", 'title = "Alt"'), ("---", "title: Alt")])
def test_front_matter_without_an_end_is_refused_in_a_sentence(matter: tuple[str, ...]) -> None:
    with pytest.raises(Problem, match=r"x\.md:1: The front matter has no end\. Close it with a line .*\.$"):
        take(*matter, "Liebe Mitglieder,", FIRST, SECOND, name="x.md")


def test_a_rule_across_the_page_is_no_front_matter() -> None:
    intake = take("---", FIRST, SECOND, "---", SECOND, name="x.md")

    assert intake.texts("paragraphs").count(SECOND) == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Die Kammer h\ufffdlt Wort und hilft allen Betrieben in der Region.", "verlorene Zeichen"),
        ("Wir mssen handeln und helfen allen Betrieben in der Region.", "Umlaute fehlen: mssen"),
        ("Wir m?ssen handeln und helfen allen Betrieben in der Region.", "beschädigte Zeichen"),
        ("Wir handeln jetzt.Das hilft allen Betrieben in der ganzen Region.", "Leerzeichen fehlt"),
        ("Wir handeln,das hilft allen Betrieben in der ganzen Region.", "Leerzeichen fehlt"),
        ("Wir handeln jetzt [Zahl prüfen] und helfen allen Betrieben.", "Anmerkung [Zahl prüfen]"),
    ],
)
def test_damage_is_marked_in_the_text_and_never_repaired(text: str, reason: str) -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", text, SECOND)

    assert "paragraphs" in intake.unsure
    assert text in intake.texts("paragraphs")
    assert f"<!-- bitte prüfen: Zeile 3: {reason}" in editorial_text(intake, "2025-10", "x", markdown=False)


@pytest.mark.parametrize(
    "text",
    [
        "Mehr dazu unter www.kammer.example und auf https://a.example/x?y=z,das im Netz.",
        "Das Programm KLIMA:Handwerk hilft Kolleg:innen u.a. bei der Suche nach z.B. Material.",
        "Im Jahr 2024 waren es 1.200,50 Euro bei 6 % der Betriebe im ganzen Land.",
    ],
)
def test_sound_text_is_not_marked(text: str) -> None:
    intake = take("Ein Titel", "Liebe Mitglieder,", text, SECOND)

    assert "paragraphs" not in intake.unsure


def test_publication_and_number_in_the_last_line_are_proposed() -> None:
    intake = take(
        "Ein Titel", "Liebe Mitglieder,", FIRST, "Ihre Ada Muster", "Erschienen in der ABC-Ausgabe 21-2022."
    )

    assert (intake.publication, intake.number, intake.month_key) == ("ABC", "21", None)
    assert {"publication", "issue"} <= set(intake.unsure)


def test_every_doubt_is_a_mark_in_the_draft() -> None:
    intake = take(
        "Aus dem Haus", "Ein Titel", "Noch eine Zeile", "Lieber Herr Muster,", FIRST, "[offen]", SECOND
    )

    written = editorial_text(intake, "2025-10", "x", markdown=False)

    assert {"title", "lead", "kicker", "salutation", "author", "issue"} <= set(intake.unsure)
    for field in ("label", "kicker", "title", "lead", "salutation", "author"):
        assert re.search(rf"^{field} = .*# bitte prüfen:", written, re.MULTILINE), field


def test_every_field_has_its_confidence_and_its_lines() -> None:
    fields = as_json(take("Ein Titel", "Liebe Mitglieder,", FIRST, "Ihre Ada Muster"))["fields"]

    assert fields["title"] == {"confidence": "certain", "lines": [1]}
    assert fields["signature_lines"] == {"confidence": "certain", "lines": [4]}


@pytest.mark.parametrize(
    "text", ["Ada Muster", "Dr. Karl von der Heide", "Prof. Dr. Ayşe Yıldırım-Brandt", "Karl H. Beispiel"]
)
def test_names_are_names(text: str) -> None:
    assert is_person(text)


@pytest.mark.parametrize(
    "text", ["Weitere Themen", "Zurück zur Übersicht", "Klare Kante", "IHK Aue", "Ein Neuer Weg", "Ada"]
)
def test_headlines_are_no_names(text: str) -> None:
    assert not is_person(text)


def test_an_office_with_and_is_one_office() -> None:
    assert read_people("Ada Muster, Ministerin für Wirtschaft und Arbeit") == (
        Person("Ada Muster", "Ministerin für Wirtschaft und Arbeit"),
    )


@pytest.mark.parametrize(
    "data",
    [
        b"Wort " * 20_000,
        b"Titel\nLiebe Leute,\n" + b"Wort, und. " * 10_000,
        bytes(range(256)) * 40,
        b"\xff" * 999,
    ],
)
def test_monsters_are_refused_in_a_sentence_or_marked(data: bytes) -> None:
    said = ""
    try:
        said = str(take_in(data, "x.txt", {}).unsure)
    except Problem as problem:
        said = f"{problem.place}: {problem.hint}"

    assert re.search(r"paragraphs|^x\.txt(?::1)?: [A-Z].+\.$", said)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=3_000) | st.text(max_size=3_000).map(str.encode))
def test_noise_is_refused_or_every_line_has_a_class(data: bytes) -> None:
    try:
        intake = take_in(data, "x.txt", {})
    except Problem:
        return

    covered = {number for piece in intake.pieces for number in piece.lines}
    assert covered == {number for number, line in enumerate(intake.source.lines, 1) if line}
    assert report_text(intake, "original.txt").count("[[lines]]") >= len(intake.source.lines)
