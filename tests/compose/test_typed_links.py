"""Addresses and numbers that stand in the text as they are: links in the letter, their words as typed."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.cli import rundbrief
from tests.small_workspace import EDITORIAL, make_office

BODY = """mehr unter www.example.org, auf meisterprämie.nrw und example.org/weg?a=1&b=2.

Fragen an kim@example.org oder Tel. 02000 555-21, +49 2000 555-22.
Im Anhang (anlage.pdf) steht z.B. `www.example.com`.

- "example.net" in Anführungszeichen
- [www.example.org](https://www.example.org/anders) und [Wort](https://example.org/wort)
"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    folder = make_office(tmp_path).settings.issues / "2025-10"
    head = EDITORIAL.rpartition("+++\n")[0]
    (folder / "editorial.md").write_text(f"{head}+++\n{BODY}", "utf-8")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(rundbrief, ("--config", str(tmp_path / "config.toml"), "issue", *arguments))

    return call


def test_what_was_typed_is_a_link_and_reads_as_typed(run: Run) -> None:
    (variant,) = json.loads(run("build", "2025-10", "--json").stdout)["variants"]
    html = Path(variant["html"]).read_text("utf-8")

    links = [
        (unescape(target), unescape(words))
        for target, words in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', html)
    ]

    assert links[1:10] == [
        ("https://www.example.org", "www.example.org"),
        ("https://xn--meisterprmie-ocb.nrw", "meisterprämie.nrw"),
        ("https://example.org/weg?a=1&b=2", "example.org/weg?a=1&b=2"),
        ("mailto:kim@example.org", "kim@example.org"),
        ("tel:0200055521", "02000 555-21"),
        ("tel:+49200055522", "+49 2000 555-22"),
        ("https://example.net", "example.net"),
        ("https://www.example.org/anders", "www.example.org"),
        ("https://example.org/wort", "Wort"),
    ]
    assert "anlage.pdf" in html
    assert ">www.example.com</code>" in html


def test_the_text_part_has_footnotes_only_where_the_words_do_not_say_the_address(run: Run) -> None:
    (variant,) = json.loads(run("build", "2025-10", "--json").stdout)["variants"]

    text = Path(variant["text"]).read_text("utf-8")

    assert re.findall(r"^\[\d+\] .*$", text, re.MULTILINE) == [
        "[1] https://www.example.org/anders",
        "[2] https://example.org/wort",
    ]
    assert "- „example.net“ in Anführungszeichen" in text
