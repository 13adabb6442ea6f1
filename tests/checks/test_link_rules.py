"""Links that are finished, and links that are not: what is told, where, and what is left alone."""

from dataclasses import replace

import pytest

from mailer.checks.finding import Finding
from mailer.checks.links import check_links, is_private
from mailer.compose.rendering import Variant
from tests.letters import compiled, make_card, make_issue

MARK = "slot0123456789ab"


def found(target: str, home: str = "kammer.nrw") -> list[tuple[str, str]]:
    html = f'<a href="{target}">Wörter</a>'
    variant = Variant("standard", "", "", MARK, html, "")
    return [
        (each.rule, each.case)
        for each in check_links(variant, make_issue(), "https://brief.kammer.nrw/w", home)
    ]


@pytest.mark.parametrize(
    "target",
    [
        "https://www.kammer.nrw/",
        "https://www.kammer.nrw/a_(b)/c.html?d=[1]&amp;e=%20f#g",
        "https://www.kammer.nrw/TODOs-im-Handwerk",
        "https://www.kammer.nrw/suche?q=xx",
        "https://web.archive.org/web/20250101/https://www.kammer.nrw/",
        "https://meisterprämie.nrw/antrag",
        "https://8.8.8.8/",
        "https://testzentrum.nrw/",
        "https://example.nrw/",
        "mailto:kim@kammer.nrw",
        "mailto:kim@kammer.nrw,cem@kammer.nrw?subject=Brief&amp;cc=ada@kammer.nrw",
        "tel:+492000123",
        "tel:0200055521",
        "tel:112",
        "tel:116117",
        f"https://{MARK}.unsubscribe.",
        "https://brief.kammer.nrw/w/rundbrief/2025-10",
        "",
    ],
)
def test_a_finished_link_is_left_alone(target: str) -> None:
    assert found(target) == []


@pytest.mark.parametrize(
    ("target", "case"),
    [
        ("https://www.kammer.nrw/TODO", "leftover"),
        ("https://www.kammer.nrw/xxx", "leftover"),
        ("https://www.kammer.nrw/{{link}}", "leftover"),
        ("https://www.kammer.nrw/%7B%7Blink%7D%7D", "leftover"),
        ("https://www.kammer.nrw/?id=*|UNIQID|*", "leftover"),
        ("mailto:TODO@kammer.nrw", "leftover"),
        ("https://www.example.org/", "example"),
        ("https://kammer.example/", "example"),
        ("mailto:kim@example.com", "example"),
        ("https://localhost:8000/", "inside"),
        ("https://intranet/seite", "inside"),
        ("https://dms.kammer.local/akte", "inside"),
        ("https://192.168.1.7/", "inside"),
        ("https://[::1]/", "inside"),
    ],
)
def test_a_placeholder_or_an_inside_address_is_told(target: str, case: str) -> None:
    assert ("link.placeholder", case) in found(target)


@pytest.mark.parametrize("home", ["example.org", "post.example.org"])
def test_example_addresses_are_fine_in_a_sample_workspace(home: str) -> None:
    assert found("https://www.example.org/", home) == found("mailto:kim@example.org", home) == []


@pytest.mark.parametrize("home", ["example.com", "kammer.example"])
def test_other_example_addresses_than_the_senders_are_a_warning(home: str) -> None:
    assert found("https://www.example.org/", home) == [("link.placeholder", "sample")]
    assert found("https://meisterprämie.example/", home) == []


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("https://www.test.de/", ("link.placeholder", "stand_in")),
        ("https://test.de", ("link.placeholder", "stand_in")),
        ("https://www.musterseite.de/a", ("link.placeholder", "stand_in")),
        ("https://beispiel.de/", ("link.placeholder", "stand_in")),
        ("https://kammer.sharepoint.com/:w:/s/a", ("link.placeholder", "share")),
        ("https://www.kammer..nrw/", ("link.syntax", "dots")),
        ("https://.kammer.nrw/", ("link.syntax", "dots")),
        ("https://www.test.de/Heizung-im-Test-1234/", None),
        ("https://musterkoffer.de/", None),
        ("https://www.beispielhaft.de/", None),
        ("https://support.microsoft.com/sharepoint", None),
    ],
)
def test_addresses_that_are_mostly_not_meant_are_told(target: str, told: tuple[str, str] | None) -> None:
    assert found(target) == ([told] if told else [])


@pytest.mark.parametrize(
    "number", ["tel:Zentrale", "tel:+49", "tel:02000%20123", "tel:+0123456", "tel:+4920001234567890123"]
)
def test_a_number_that_cannot_be_dialled_is_told(number: str) -> None:
    assert [rule for rule, _ in found(number)] == ["link.tel"]


def test_a_finding_stands_at_the_line_of_the_link() -> None:
    card = make_card(4, url="https://www.kammer.nrw//karte")
    made = make_issue(highlights=(card,), body="ein Absatz\n\nund [der zweite](https://intranet/a) dazu")

    told = check_links(compiled(made), made, home="kammer.nrw")

    assert {(each.case, each.place) for each in told if each.case in ("inside", "slashes")} == {
        ("inside", "issues/2025-10/editorial.md:14"),
        ("slashes", "issues/2025-10/highlights.toml:4"),
    }


def same(*links: tuple[str, str]) -> list[Finding]:
    html = "".join(f'<a href="{target}">{words}</a>' for target, words in links)
    variant = Variant("standard", "", "", MARK, html, "")
    return [
        each
        for each in check_links(variant, make_issue(), home="example.org")
        if each.rule == "link.same_words"
    ]


def test_the_same_words_for_two_pages_are_told_once() -> None:
    first, second = "https://www.example.org/a", "https://www.example.org/b"

    assert len(same((first, "Zum Antrag"), (second, "zum  Antrag"), (second, "Zum Antrag"))) == 1
    assert same((first, "Zum Antrag"), (first, "Zum Antrag"), (f"{first}/", "Zum Antrag")) == []
    assert same((first, "Anna"), ("mailto:anna@example.org", "Anna"), ("tel:+492000123", "Anna")) == []


def test_a_domain_with_umlauts_is_never_shown_in_its_technical_form() -> None:
    made = make_issue(body="Mehr bei [der Prämie](https://meisterprämie.example/a).")
    variant = compiled(made)
    poorer = replace(
        variant, text=variant.text.replace("meisterprämie.example", "xn--meisterprmie-ocb.example")
    )

    assert [
        each for each in check_links(variant, made, home="example.org") if each.rule == "link.label"
    ] == []
    (told,) = [each for each in check_links(poorer, made, home="example.org") if each.rule == "link.label"]
    assert "meisterprämie" in told.message


@pytest.mark.parametrize("host", ["www.kammer.nrw", "8.8.8.8", "localhost.nrw", "xn--meisterprmie-ocb.nrw"])
def test_hosts_of_the_world_are_public(host: str) -> None:
    assert not is_private(host)
