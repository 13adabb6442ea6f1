"""docs/templates.md is followed to the letter: its names exist, and its block ends up in a letter."""

import re
import shutil
from pathlib import Path

import pytest

from mailer import shipped
from mailer.checks.accessibility import check_accessibility
from mailer.compose.environment import TemplateProblem
from tests.conftest import ROOT
from tests.letters import VALUES, compiled, full_issue, make_issue

PAGE = (ROOT / "docs" / "templates.md").read_text("utf-8")


def test_every_file_of_the_page_is_shipped() -> None:
    named = set(re.findall(r"`((?:blocks/)?[a-z]+\.(?:mjml|css|txt|html|toml))`", PAGE)) - {"config.toml"}

    missing = {name for name in named if not (shipped.templates() / name).is_file()}
    assert missing - {"blocks/note.mjml", "templates/blocks/note.mjml"} == set()


def test_the_block_of_the_page_stands_in_the_letter_in_both_schemes(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(shipped.templates() / "blocks", folder / "blocks")
    for name in ("letter.mjml", "prose.css", "letter.txt"):
        shutil.copy(shipped.templates() / name, folder / name)
    block, line, *styles = re.findall(r"```(?:mjml|css)\n(.*?)```", PAGE, re.DOTALL)

    (folder / "blocks" / "note.mjml").write_text(block, "utf-8")
    _put(folder / "letter.mjml", "    {{ article.ending() }}\n", line)
    _put(folder / "prose.css", "}\n", styles[0], last=True)
    _put(folder / "blocks" / "style.css", "(prefers-color-scheme: dark) {\n", styles[1])
    words = "\n{{ head.organisation }}: Wir sind auch zwischen den Ausgaben für Sie da.\n"
    _put(folder / "letter.txt", '{{ editorial.title | underline("=") }}\n', words)
    variant = compiled(full_issue(), overrides=folder)

    html = variant.fill_html(VALUES)
    assert "Wir sind auch zwischen den Ausgaben für Sie da." in html
    assert 'class="note" style="' in html
    assert "Wir sind auch zwischen den Ausgaben" in " ".join(variant.text.split())
    assert [each.message for each in check_accessibility(variant, "2025-10")] == []


def test_a_condition_on_a_person_says_what_to_do_instead(tmp_path: Path) -> None:
    source = (shipped.templates() / "letter.txt").read_text("utf-8")
    (tmp_path / "letter.txt").write_text("{% if vorname %}x{% endif %}" + source, "utf-8")

    with pytest.raises(TemplateProblem) as caught:
        compiled(make_issue(), overrides=tmp_path)

    assert "only_for" in str(caught.value.hint)


def _put(file: Path, behind: str, what: str, *, last: bool = False) -> None:
    source = file.read_text("utf-8")
    at = (source.rindex(behind) if last else source.index(behind)) + len(behind)
    file.write_text(source[:at] + what + source[at:], "utf-8")
