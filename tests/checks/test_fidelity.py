"""The fidelity check: every lost word, figure, name and link is found; typography and additions are not."""

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.checks.fidelity import check_fidelity
from mailer.checks.finding import Finding
from mailer.content.changes import Change
from mailer.content.issue import Issue
from mailer.toml import toml_string, toml_strings
from tests.letters import HEAD, edition_of, make_issue

QUOTE = "Wer die Lehre stärkt, stärkt die Region und das Land."
PARAGRAPHS = """\
die Kammer hat im Jahr 2023 die „Initiative Werkbank“ begonnen. \
Bisher nutzen nur 6 % der Betriebe das Angebot.
Die Meisterin Jule Harmsen und der Geselle Cem Yalın zeigen, wie die Arbeit und die Ausbildung gelingen. \
Die Werkstatt in Hamm und die Werkstatt in Soest sind dabei.
Wer die Lehre stärkt, stärkt die Region und das Land. \
Mehr dazu steht unter https://www.example.org/werkbank?a=1 und bei Frau Dr. Tannert.
Bereits fast 7000 Prämien sind überwiesen, das sind 2.500 € je Person, u.a. in Köln – \
und die Nachfrage steigt.
Die Fachkräfte-Frage bleibt; die Betriebe und die Kammer und die Menschen tragen sie.""".splitlines()
LINES = (
    ("author", "author", "WIEBKE TANNERT"),
    ("role", "role", "LEITERIN DER WERKSTATT"),
    ("publication", "publication", "Blatt"),
    ("issue", "issue", "Ausgabe Oktober 2025"),
    ("kicker", "kicker", "EDITORIAL"),
    ("title", "title", "Mehr Mut an der Werkbank"),
    ("quote", "pullquotes", QUOTE),
    ("salutation", "salutation", "Liebe Mitglieder,"),
    *(("paragraph", "paragraphs", text) for text in PARAGRAPHS),
    ("closing", "closing", "Mit besten Grüßen"),
    ("repeated", "signature_lines", "WIEBKE TANNERT"),
    ("after", "", "Lesen Sie auch: 17 Tipps"),
)
BLOCKS = (PARAGRAPHS[0], PARAGRAPHS[1], f"> »{QUOTE}«", *PARAGRAPHS[2:])


def keep_original(
    folder: Path, lines: Sequence[tuple[str, str, str]] = LINES, name: str = "original.txt"
) -> None:
    """The original and its report, as an import writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    data = "\n".join(text for _, _, text in lines).encode()
    (folder / name).write_bytes(data)
    head = [f"original = {toml_string(name)}", f'sha256 = "{hashlib.sha256(data).hexdigest()}"']
    tables = [
        f'[[lines]]\nnumber = {number}\nclass = "{kind}"\nfield = "{field}"\ntext = {toml_string(text)}\n'
        for number, (kind, field, text) in enumerate(lines, 1)
    ]
    (folder / "import.toml").write_text("\n".join([*head, *tables]), "utf-8")


def letter(folder: Path, blocks: Sequence[str] = BLOCKS, **editorial: Any) -> Issue:
    fields = {"title": "Mehr Mut an der Werkbank", "lead": "", "body": "\n\n".join(blocks)} | editorial
    return replace(make_issue(**fields), folder=folder)


def findings(issue: Issue, greeting: str = "personal") -> list[Finding]:
    return list(check_fidelity(issue, edition_of(issue, replace(HEAD, greeting=greeting))))


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

    assert found == Finding(
        "fidelity.word",
        "error",
        "issues/2025-10/editorial.md:20",
        "“fast” became “über” – “Bereits [fast] 7000 Prämien sind” (original.txt, line 12).",
        "Put it back, or list it in changes.toml with old, new, reason and by.",
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
        [*BLOCKS[:4], "## Ein neuer Titel", "Und ein neuer Satz mit 12 Zahlen.", *BLOCKS[4:]],
        [BLOCKS[0], BLOCKS[1].replace("gelingen. ", "gelingen.\n\n"), *BLOCKS[2:]],
        [f"{BLOCKS[0]} {BLOCKS[1]}", *BLOCKS[2:]],
        [*BLOCKS[:-1], f"Vorweg ein Satz. {BLOCKS[-1]} Und einer danach."],
        [each.replace("Initiative Werkbank", "**Initiative** *Werkbank*") for each in BLOCKS],
        [
            each.replace("Frau Dr. Tannert", "[Frau Dr. Tannert](mailto:tannert@example.org)")
            for each in BLOCKS
        ],
        [
            each.replace("https://www.example.org/werkbank?a=1", "<https://www.example.org/werkbank?a=1>")
            for each in BLOCKS
        ],
        [each.replace("die Kammer hat", "Die Kammer hat") for each in BLOCKS],
    ],
    ids=["quote", "order", "added", "split", "joined", "sentences", "emphasis", "mail", "link", "first"],
)
def test_what_an_editor_may_do_is_no_finding(folder: Path, blocks: Sequence[str]) -> None:
    assert findings(letter(folder, blocks)) == []


@pytest.mark.parametrize(
    ("field", "value", "lost"),
    [
        ("title", "Mehr an der Werkbank", "“Mut”"),
        ("author", "Wiebke Tanner", "“TANNERT” became “Tanner”"),
        ("role", "Leiterin", "“WERKSTATT”"),
        ("kicker", "", "“EDITORIAL”"),
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

    assert findings(issue) == []
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


def test_deliberate_changes_are_allowed_and_checked(folder: Path) -> None:
    blocks = [each.replace("fast 7000", "über 7.100") for each in BLOCKS[:-1]]
    changes = (
        Change("fast 7000", "über 7100", "Stand der Woche", "Redaktion", "changes.toml:1"),
        Change(PARAGRAPHS[-1], "", "gekürzt", "Redaktion", "changes.toml:6"),
    )

    assert findings(replace(letter(folder, blocks), changes=changes)) == []
    assert len(findings(replace(letter(folder, blocks), changes=changes[:1]))) == 1
    assert len(findings(replace(letter(folder, blocks), changes=changes[1:]))) == 2


def test_one_entry_covers_one_place_only(folder: Path) -> None:
    blocks = [
        each.replace("Die Werkstatt in Hamm und die Werkstatt in Soest", "Hamm und Soest") for each in BLOCKS
    ]
    change = Change("Werkstatt", "", "gekürzt", "Redaktion", "changes.toml:1")

    found = findings(replace(letter(folder, blocks), changes=(change,)))

    assert any("Werkstatt" in each.message for each in found)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fast 8000", "über 7000", "The original does not say “fast 8000”."),
        ("fast 7000", "rund 9000", "The letter does not say “rund 9000”."),
        ("Blatt", "Brief", "The original does not say “Blatt”."),
    ],
)
def test_a_change_that_fits_nowhere_is_an_error_with_its_line(
    folder: Path, old: str, new: str, message: str
) -> None:
    issue = replace(letter(folder), changes=(Change(old, new, "darum", "Redaktion", "changes.toml:4"),))

    found = [each for each in findings(issue) if each.rule == "fidelity.change"]

    assert (found[0].place, found[0].message) == ("changes.toml:4", message)


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


def test_links_behind_the_words_of_a_word_file_are_required(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    keep_original(folder)
    with (folder / "import.toml").open("a", encoding="utf-8") as file:
        file.write(f"links = {toml_strings(['https://meisterprämie.example/'])}\n")
    report = (folder / "import.toml").read_text("utf-8").replace('class = "after"', 'class = "paragraph"')
    (folder / "import.toml").write_text(report, "utf-8")
    blocks = [*BLOCKS, "Lesen Sie auch: [17 Tipps](https://meisterprämie.example/)"]

    without = letter(folder, [*BLOCKS, "Lesen Sie auch: 17 Tipps"])
    wanted = Change("https://meisterprämie.example/", "", "Seite abgeschaltet", "Redaktion", "changes.toml:1")

    assert findings(letter(folder, blocks)) == []
    assert [each.rule for each in findings(without)] == ["fidelity.link"]
    assert findings(replace(without, changes=(wanted,))) == []


def test_a_markdown_original_is_compared_by_what_it_shows(tmp_path: Path) -> None:
    folder = tmp_path / "issues" / "2025-10"
    text = "Ein **Satz** mit [Link](https://example.org/a) und *Ton*."
    keep_original(folder, [("title", "title", "Titel"), ("paragraph", "paragraphs", text)], "original.md")

    kept = letter(folder, [text.replace("*Ton*", "Ton")], title="Titel")
    lost = letter(folder, [text.replace("/a", "/b")], title="Titel")

    assert findings(kept) == []
    assert [each.rule for each in findings(lost)] == ["fidelity.link"]


WORDS = re.compile(r"[^\W\d_][\w-]*")


@st.composite
def losses(draw: st.DrawFn) -> list[str]:
    """The blocks of the letter with one thing lost, changed or swapped."""
    blocks = list(BLOCKS)
    at = draw(st.integers(0, len(blocks) - 1))
    kind = draw(st.sampled_from(["drop", "replace", "swap", "digit", "paragraph", "link"]))
    words = [(index, each) for index, block in enumerate(blocks) for each in _plain_words(block)]
    if kind in ("drop", "replace"):
        index, word = draw(st.sampled_from(words))
        new = (
            draw(
                st.sampled_from(
                    sorted({each[0] for _, each in words if each[0].casefold() != word[0].casefold()})
                )
            )
            if kind == "replace"
            else ""
        )
        blocks[index] = blocks[index][: word.start()] + new + blocks[index][word.end() :]
    elif kind == "swap":
        (one, first), (two, second) = sorted(
            draw(
                st.lists(
                    st.sampled_from(words),
                    min_size=2,
                    max_size=2,
                    unique_by=lambda pair: pair[1][0].casefold(),
                )
            ),
            key=lambda pair: (pair[0], pair[1].start()),
        )
        blocks[two] = blocks[two][: second.start()] + first[0] + blocks[two][second.end() :]
        blocks[one] = blocks[one][: first.start()] + second[0] + blocks[one][first.end() :]
    elif kind == "digit":
        digits = [(i, each) for i, block in enumerate(blocks) for each in re.finditer(r"\d", block)]
        index, digit = draw(st.sampled_from(digits))
        new = draw(st.sampled_from([*(set("0123456789") - {digit[0]}), "", f"{digit[0]}0"]))
        blocks[index] = blocks[index][: digit.start()] + new + blocks[index][digit.end() :]
    elif kind == "link":
        blocks[3] = blocks[3].replace("werkbank?", draw(st.sampled_from(["werkbank/", "Werkbank?", "bank?"])))
    else:
        del blocks[at]
    return blocks


def _plain_words(block: str) -> list[re.Match[str]]:
    link = re.search(r"https\S+", block)
    return [
        each for each in WORDS.finditer(block) if not link or not link.start() <= each.start() < link.end()
    ]


@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=losses())
def test_every_loss_is_caught(folder: Path, blocks: list[str]) -> None:
    assert findings(letter(folder, blocks)) != []


@st.composite
def typeset(draw: st.DrawFn) -> list[str]:
    """The blocks with other blanks, dashes, quotation marks and soft hyphens."""
    text = "\n\n".join(BLOCKS)
    blanks = draw(st.sampled_from(["\u00a0", "\u202f", "  ", " \u2009"]))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.sampled_from([each.start() for each in re.finditer(r"(?<=\w) (?=\w)", text)]))
        text = text[:place] + blanks + text[place + 1 :]
    text = text.replace("–", draw(st.sampled_from(["–", "-", "—"])))
    text = text.replace("„", draw(st.sampled_from(["„", "»", '"']))).replace(
        "“", draw(st.sampled_from(["“", "«", '"']))
    )
    return text.replace("Ausbildung", draw(st.sampled_from(["Aus\u00adbildung", "Ausbil\u200bdung"]))).split(
        "\n\n"
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=typeset())
def test_typography_is_seen_through(folder: Path, blocks: list[str]) -> None:
    assert findings(letter(folder, blocks)) == []


def test_the_sample_editorials_lose_nothing_when_imported(shared: Path, tmp_path: Path) -> None:
    from mailer.cli import rundbrief
    from tests.small_workspace import make_office

    office = make_office(tmp_path)
    config = str(tmp_path / "config.toml")
    sources = [
        *sorted((shared / "samples/editorials").glob("*.txt")),
        *sorted((shared / "seed").glob("*.txt")),
    ]

    for source in sources:
        arguments = ["--config", config, "issue", "import", str(source), "--as", "2025-12", "--force"]
        assert CliRunner().invoke(rundbrief, arguments).exit_code == 0, source.name
        issue = office.read_issue("2025-12")
        edition = office.compile(issue)
        began = time.perf_counter()
        found = list(check_fidelity(issue, edition))
        seconds = time.perf_counter() - began

        assert (source.name, found) == (source.name, [])
        assert seconds < 0.5  # 10 ms on two idle cores; the tests run beside each other
