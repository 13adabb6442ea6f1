from dataclasses import replace

import pytest

from mailer.checks.finding import Finding
from mailer.checks.letter import CLIPPED, NEAR, check_letter
from mailer.compose.edition import Variant
from tests.letters import HEAD, compiled, full_issue, make_issue


def findings(variant: Variant, rule: str | None = None) -> list[Finding]:
    return [each for each in check_letter(variant, "2025-10") if rule in (None, each.rule)]


def with_html(html: str, text: str = "") -> Variant:
    return Variant("standard", "Betreff", "", "slot0123456789ab", f"<h1>Titel</h1>{html}", text)


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_the_templates_make_has_no_findings(language: str) -> None:
    for issue in (full_issue(), make_issue()):
        assert findings(compiled(issue, replace(HEAD, language=language))) == []


@pytest.mark.parametrize(
    ("size", "severity"),
    [(NEAR, []), (NEAR + 1, ["warning"]), (CLIPPED, ["warning"]), (CLIPPED + 1, ["error"])],
)
def test_the_size_is_counted_in_bytes(size: int, severity: list[str]) -> None:
    start = with_html("")
    letters = size - len(start.html)
    variant = replace(start, html=start.html + "ä" * (letters // 2) + "a" * (letters % 2))

    found = findings(variant, "letter.size")

    assert [each.severity for each in found] == severity
    assert len(variant.html.encode()) == size


@pytest.mark.parametrize(
    "target",
    [
        "http://example.org/",
        "example.org",
        "https://",
        "https:///pfad",
        "#oben",
        "javascript:alert(1)",
        "mailto:",
        "tel:",
        "https://[half",
        "ftp://example.org/x",
    ],
)
def test_a_link_that_does_not_work_in_a_mail_is_an_error(target: str) -> None:
    (found,) = findings(with_html(f'<a href="{target}">Wörter</a>', target), "letter.link")

    assert found.severity == "error"
    assert repr(target) in found.message
    assert found.place == "issues/2025-10, variant standard"


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org",
        "https://bücher.example/ä?a=1&amp;b=2",
        "mailto:kim@example.org",
        "tel:+492000123",
    ],
)
def test_a_link_that_works_is_none(target: str) -> None:
    text = target.replace("&amp;", "&").removeprefix("mailto:")

    assert findings(with_html(f'<a href="{target}">Wörter</a>', text)) == []


def test_a_slot_is_no_broken_link() -> None:
    assert (
        findings(
            with_html(
                '<a href="https://slot0123456789ab.unsubscribe.">Abbestellen</a>',
                "https://slot0123456789ab.unsubscribe.",
            )
        )
        == []
    )


@pytest.mark.parametrize("content", ["", "  \n ", '<img src="cid:x" alt="">', "<span></span>"])
def test_a_link_without_words_is_an_error(content: str) -> None:
    variant = with_html(f'<a href="https://example.org/">{content}</a>', "https://example.org/")

    assert [each.severity for each in findings(variant, "letter.link_text")] == ["error"]


@pytest.mark.parametrize(
    "words", ["hier", "Hier", "mehr …", "Weiterlesen »", "klicken\n Sie hier!", "Read more", "<b>Link</b>"]
)
def test_a_link_that_does_not_say_where_it_leads_is_a_warning(words: str) -> None:
    variant = with_html(f'<a href="https://example.org/">{words}</a>', "https://example.org/")

    assert [each.severity for each in findings(variant, "letter.link_text")] == ["warning"]


@pytest.mark.parametrize(
    "content",
    ["So läuft das Verfahren ab", '<img src="cid:x" width="9" alt="Zur Prämie">', "mehr zur Prämie"],
)
def test_a_link_with_words_of_its_own_is_none(content: str) -> None:
    variant = with_html(f'<a href="https://example.org/">{content}</a>', "https://example.org/")

    assert findings(variant) == []


@pytest.mark.parametrize("target", ["https://example.org/a", "mailto:kim@example.org"])
def test_a_link_that_the_text_part_lacks_is_an_error(target: str) -> None:
    (found,) = findings(with_html(f'<a href="{target}">Wörter</a>', "nichts"))

    assert (found.rule, found.severity) == ("letter.text_links", "error")
    assert target in found.message


def test_a_picture_from_elsewhere_is_an_error_and_an_embedded_one_is_not() -> None:
    variant = with_html(
        '<img src="https://example.org/zaehler.gif" width="1" alt=""><img src="cid:x.gif" width="9" alt="x">'
    )

    (found,) = findings(variant)

    assert (found.rule, found.severity) == ("letter.remote_picture", "error")


@pytest.mark.parametrize("html", ["<p>kein Titel</p>", "<h1>a</h1><h1>b</h1>"])
def test_a_letter_has_one_heading_of_the_first_level(html: str) -> None:
    variant = replace(with_html(""), html=html)

    assert [(each.rule, each.severity) for each in findings(variant)] == [("letter.h1", "error")]


def test_what_outlook_alone_reads_is_not_looked_at() -> None:
    assert findings(with_html('<!--[if mso]><a href="nichts"></a><img src="x"><![endif]-->')) == []


@pytest.mark.parametrize(
    "typed",
    ["www.example.org", "example.org/über-uns/", "meisterprämie.nrw", "EXAMPLE.ORG", "kim@example.org"],
)
def test_an_address_typed_without_its_scheme_is_said_in_both_parts(typed: str) -> None:
    variant = compiled(make_issue(body=f"Mehr dazu: {typed} und sonst nichts."))

    assert findings(variant) == []
    assert [each.rule for each in findings(replace(variant, text="leer"), "letter.text_links")]
