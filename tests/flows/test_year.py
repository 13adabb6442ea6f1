"""A whole year: holidays, downtime, a lost approval, a correction; the page in docs/ says what came of it."""

from collections import Counter
from pathlib import Path

import pytest

from tests.flows.year import JOINS, LEAVES, PAGE, PEOPLE, as_page, live_through


@pytest.mark.slow
def test_in_a_year_everybody_gets_each_issue_once_and_the_page_says_how(tmp_path: Path) -> None:
    outcome = live_through(tmp_path)

    got = Counter(outcome.letters)
    issues = Counter(reader for reader, subject in got if not subject.startswith("Korrektur:"))
    corrections = {reader for reader, subject in got if subject.startswith("Korrektur:")}
    stayed = {each for each in PEOPLE if each != LEAVES}
    assert set(got.values()) == {1}
    assert issues == {**dict.fromkeys(stayed, 12), JOINS: 9, LEAVES: 9}
    assert corrections == stayed | {JOINS}
    assert len([month for month in outcome.months if month.why]) == 2
    assert as_page(outcome) == PAGE.read_text("utf-8")
