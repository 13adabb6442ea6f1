"""Random edits of a letter are all caught, other typography is none of them, and an import says the same."""

import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.checks.fidelity import check_fidelity
from tests.checks.kept import BLOCKS, LINES, findings, keep_original, letter

OWN = sorted((Path(__file__).parents[1] / "content/editorials").glob("*.txt"))
SIGNERS = ("Ada Muster", "Präsidentin der Kammer", "Bert Beispiel", "Geschäftsführer des Vereins")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace") / "issues" / "2025-10"
    keep_original(folder)
    return folder


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace") / "issues" / "2025-10"
    keep_original(folder, [*LINES[4:-2], *SIGNERS])
    return folder


WORDS = re.compile(r"[^\W\d_][\w-]*")


@st.composite
def losses(draw: st.DrawFn) -> list[str]:
    """The blocks of the letter with one thing lost, changed, swapped or turned by a word."""
    blocks = list(BLOCKS)
    at = draw(st.integers(0, len(blocks) - 1))
    kind = draw(st.sampled_from(["drop", "replace", "swap", "digit", "paragraph", "link", "turn"]))
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
    elif kind == "turn":
        index, word = draw(st.sampled_from(words))
        turn = draw(st.sampled_from(["nicht", "kein", "niemals", "Millionen", "zwölf", "12", "unwichtige"]))
        blocks[index] = f"{blocks[index][: word.start()]}{turn} {blocks[index][word.start() :]}"
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
def test_every_loss_and_every_turn_is_caught(folder: Path, blocks: list[str]) -> None:
    assert "error" in [each.severity for each in findings(letter(folder, blocks))]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(4)), joined=st.booleans())
def test_signers_in_any_other_order_are_caught(signed: Path, order: list[int], joined: bool) -> None:
    lines = [SIGNERS[index] for index in order]
    signature = tuple(", ".join(lines[at : at + 2]) for at in (0, 2)) if joined else tuple(lines)
    names = "; ".join(SIGNERS[::2])
    issue = letter(signed, author=names, role="; ".join(SIGNERS[1::2]), signature=signature)

    found = findings(issue)

    # within a person the office may stand first
    kept = [sorted(order[:2]), sorted(order[2:])] == [[0, 1], [2, 3]]
    assert [each.rule for each in found] == ([] if kept else ["fidelity.signature"])


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


@pytest.mark.parametrize("source", OWN, ids=lambda source: source.stem)
def test_an_imported_editorial_says_no_more_and_no_less(source: Path, tmp_path: Path) -> None:
    from mailer.cli import rundbrief
    from tests.small_workspace import make_office

    office = make_office(tmp_path)
    arguments = ["--config", str(tmp_path / "config.toml"), "issue", "import", str(source), "--as", "2025-12"]
    assert CliRunner().invoke(rundbrief, arguments).exit_code == 0
    issue = office.read_issue("2025-12")

    found = check_fidelity(issue, office.compile(issue))

    # a field that waits for a person may hide a line of the byline until that is decided
    marked = bool(issue.unsure)
    assert [each for each in found if not (marked and "part of variant" in each.message)] == []


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
        began = time.thread_time()
        found = list(check_fidelity(issue, edition))
        seconds = time.thread_time() - began

        assert (source.name, found) == (source.name, [])
        assert seconds < 0.5  # 10 ms of a processor, whoever else uses it
