"""The first real input from file to letter: imported, built, nothing lost and nothing twice."""

import html
import json
import re
from pathlib import Path

from tests.frontdoor import rundbrief


def words(text: str) -> str:
    """Text with one blank between words, so that line folding and no-break blanks do not matter."""
    return " ".join(text.replace("\u00ad", "").replace("\u202f", " ").replace("\u00a0", " ").split())


def visible(page: str) -> str:
    body = page[page.index("<body") :]
    return words(html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<!--.*?-->", " ", body, flags=re.DOTALL))))


def test_the_october_editorial_becomes_a_letter_with_nothing_lost(shared: Path, tmp_path: Path) -> None:
    rundbrief("init", ".", cwd=tmp_path)
    seed = shared / "seed" / "editorial-2025-10.txt"
    truth = json.loads((shared / "seed" / "editorial-2025-10.truth.json").read_text("utf-8"))["truth"]

    imported = rundbrief("issue", "import", str(seed), "--as", "2025-10", "--force", "--json", cwd=tmp_path)
    built = rundbrief("issue", "build", "2025-10", "--json", cwd=tmp_path)

    assert imported.returncode == built.returncode == 0, imported.stderr + built.stderr
    found = json.loads(imported.stdout)
    for name in ("publication", "issue", "kicker", "title", "author", "role", "pullquotes", "salutation"):
        assert found[name] == truth[name], name
    assert found["signature_lines"] == truth["signature_lines"]
    assert found["figures"] == truth["figures"]
    assert sorted(found["programmes"]) == sorted(truth["programmes"])
    assert len(found["paragraphs"]) == truth["paragraph_count"]
    (variant,) = json.loads(built.stdout)["variants"]
    page, text = Path(variant["html"]).read_text("utf-8"), Path(variant["text"]).read_text("utf-8")
    for part in (visible(page), words(text.replace("\n> ", "\n"))):
        for paragraph in found["paragraphs"]:
            assert part.count(words(paragraph)) == 1
        quote = truth["pullquotes"][0]
        assert part.count(f"»{quote}«") == 1
        assert part.casefold().count(truth["author"].casefold()) == 1
        assert part.casefold().count(truth["role"].casefold()) == 1
        assert "6 %" in part
        assert "fast 7000" in part
    assert page.count("<blockquote") == 1
    source = seed.read_text("utf-8").replace("EditorialMehr", "Editorial Mehr")
    written = (tmp_path / "issues" / "2025-10" / "editorial.md").read_text("utf-8")
    left_out = " ".join(each["text"] for each in found["left_out"])
    known = set(re.findall(r"[\w%]+", f"{written} {left_out}".casefold()))
    assert [word for word in re.findall(r"[\w%]+", source.casefold()) if word not in known] == []
