"""The web version: everything of the letter, nobody's name, nothing from elsewhere."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mailer import shipped
from mailer.compose.edition import compile_edition
from mailer.compose.slots import SlotProblem
from tests.everything import everything
from tests.letters import HEAD, VALUES, make_issue

WEB = replace(HEAD, web_base="https://brief.example.org/w/rundbrief")


def words(html: str) -> str:
    seen = re.sub(r"<(style|title|script).*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", seen).replace("&nbsp;", ""))


def test_it_says_what_the_letter_says() -> None:
    (variant,) = compile_edition(everything(), WEB).variants

    for paragraph in re.findall(r"<(?:p|h\d|li|td)\b[^>]*>([^<]{12,})<", variant.html):
        if "slot" not in paragraph and "abonniert" not in paragraph and "Browser" not in paragraph:
            assert words(paragraph) in words(variant.web)


def test_it_names_nobody_and_loads_nothing() -> None:
    (variant,) = compile_edition(everything(), WEB).variants

    assert variant.mark not in variant.web
    assert (
        re.findall(r'(?:src|srcset|action)="(?!data:)[^"]*"|@import|url\(|<script|<link', variant.web) == []
    )


def test_the_letter_links_to_it_in_both_parts() -> None:
    (variant,) = compile_edition(make_issue(), WEB).variants

    address = "https://brief.example.org/w/rundbrief/2025-10/standard"
    assert f'href="{address}"' in variant.fill_html(VALUES)
    assert address in variant.fill_text(VALUES)


def test_without_a_place_on_the_web_the_letter_has_no_link_to_it() -> None:
    (variant,) = compile_edition(make_issue(), HEAD).variants

    assert "Im Browser ansehen" not in variant.html + variant.text


def test_a_slot_in_its_template_is_refused(tmp_path: Path) -> None:
    source = (shipped.templates() / "letter.html").read_text("utf-8")
    (tmp_path / "letter.html").write_text(source.replace("<main>", "<main>{{ unsubscribe }}"), "utf-8")

    with pytest.raises(SlotProblem, match=r"templates/letter\.html"):
        compile_edition(make_issue(), WEB, tmp_path)


@pytest.mark.parametrize(
    ("value", "share"),
    [
        ("6 %", 6),
        ("rund 12,5 %", 12.5),
        ("100 %", 100),
        ("0 %", 0),
        ("150 %", None),
        ("fast 7000", None),
        ("plus 12 %", None),
    ],
)
def test_a_share_of_a_whole_has_a_bar(value: str, share: float | None) -> None:
    from mailer.content.issue import Figure

    issue = make_issue(figures=(Figure(value, "der Betriebe", ""),))
    (variant,) = compile_edition(issue, HEAD).variants

    full = re.search(r'class="bar-full" bgcolor="#\w+" width="([\d.]+)%"', variant.html)
    rest = re.search(r'class="bar-rest" bgcolor="#\w+" width="([\d.]+)%"', variant.html)
    if share is None:
        assert (full, rest) == (None, None)
    else:
        assert float(full[1] if full else 0) == share
        assert float(rest[1] if rest else 0) == 100 - share
