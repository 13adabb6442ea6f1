"""The shipped sample issue and register: sound, complete, and nobody else's words."""

import re
from pathlib import Path

from mailer.content.issue import Issue, read_issue
from mailer.content.programmes import read_register

ROOT = Path(__file__).parents[2]


def sample() -> Issue:
    return read_issue(ROOT / "issues/2025-10", read_register(ROOT / "programmes.toml", ROOT), ROOT)


def test_the_sample_reads_and_nothing_is_open() -> None:
    issue = sample()

    assert issue.label == "Oktober 2025"
    assert [figure.value for figure in issue.editorial.figures] == ["6 %", "fast 7000", "2023"]
    assert len(issue.highlights) == 5
    assert len(issue.contacts) == 2
    assert issue.unsure == ()
    assert issue.editorial.portrait is not None
    assert (issue.editorial.portrait.width, issue.editorial.portrait.height) == (192, 192)
    assert len(issue.editorial.portrait.data) < 15_000
    assert 40 <= len(issue.editorial.preheader) <= 110
    assert len(issue.editorial.subject) <= 60


def test_every_programme_is_checked_and_short() -> None:
    for programme in read_register(ROOT / "programmes.toml", ROOT).values():
        assert programme.checked_on is not None, programme.key
        assert programme.source, programme.key
        assert len(programme.teaser) <= 160, programme.key


def test_its_people_are_invented() -> None:
    for contact in sample().contacts:
        assert contact.email.endswith("@example.org")
        assert contact.phone.startswith("02000 ")


def test_no_sentence_of_the_source_is_reused(shared: Path) -> None:
    """Not even five words in a row."""
    own = _runs((ROOT / "issues/2025-10/editorial.md").read_text("utf-8"))
    letter = re.sub(
        r"<style>.*?</style>|<[^>]+>",
        " ",
        (shared / "letter/letter.html").read_text("utf-8"),
        flags=re.DOTALL,
    )

    assert own.isdisjoint(_runs((shared / "seed/editorial-2025-10.txt").read_text("utf-8")))
    assert own.isdisjoint(_runs(letter))


def _runs(text: str, length: int = 5) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
