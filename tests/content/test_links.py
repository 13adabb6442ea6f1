"""Links in running text; links with umlauts, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.content.links import bare, find_links, to_ascii, to_readable


@pytest.mark.parametrize(
    ("readable", "ascii"),
    [
        ("https://meisterprämie.nrw", "https://xn--meisterprmie-ocb.nrw"),
        ("https://www.straße.example:8443/ä?ö#ü", "https://www.xn--strae-oqa.example:8443/ä?ö#ü"),
        ("mailto:kim@müller.example?subject=ä", "mailto:kim@xn--mller-kva.example?subject=ä"),
        ("https://example.org/meisterprämie.nrw", "https://example.org/meisterprämie.nrw"),
        ("tel:+492000123", "tel:+492000123"),
    ],
)
def test_only_the_domain_changes_and_comes_back(readable: str, ascii: str) -> None:
    assert to_ascii(readable) == ascii
    assert to_readable(ascii) == readable


def test_capitals_and_decomposed_umlauts_are_the_same_domain() -> None:
    assert to_ascii("https://Meisterpra\u0308mie.nrw") == to_ascii("https://meisterprämie.nrw")


def test_a_broken_label_stays_as_it_is() -> None:
    assert to_readable("https://xn--\u00e4.example/") == "https://xn--\u00e4.example/"


@pytest.mark.parametrize(
    ("text", "words", "target"),
    [
        ("siehe www.example.org.", "www.example.org", "https://www.example.org"),
        ("siehe example.org/pfad, dort", "example.org/pfad", "https://example.org/pfad"),
        ("»meisterprämie.nrw«", "meisterprämie.nrw", "https://xn--meisterprmie-ocb.nrw"),
        ("EXAMPLE.ORG ist da", "EXAMPLE.ORG", "https://EXAMPLE.ORG"),
        ("(example.org/a_(b))", "example.org/a_(b)", "https://example.org/a_(b)"),
        (
            "https://example.org/a?b=1&c=2#d!",
            "https://example.org/a?b=1&c=2#d",
            "https://example.org/a?b=1&c=2#d",
        ),
        ("die www.example.org-Seite", "www.example.org", "https://www.example.org"),
        ("an kim.muster@example.org.", "kim.muster@example.org", "mailto:kim.muster@example.org"),
        ("kim@müller.example", "kim@müller.example", "mailto:kim@xn--mller-kva.example"),
        ("+49 2000 555-21", "+49 2000 555-21", "tel:+49200055521"),
        ("+49 (0) 2000 / 555 – 21.", "+49 (0) 2000 / 555 – 21", "tel:+49200055521"),
        ("+43 (2000) 55521", "+43 (2000) 55521", "tel:+43200055521"),
        ("Tel. 02000 555-21 (9–15 Uhr)", "02000 555-21", "tel:0200055521"),
        ("Telefon: (02000) 555-21, Frau Muster", "(02000) 555-21", "tel:0200055521"),
        ("Tel.: 02000/555-21 oder -22", "02000/555-21", "tel:0200055521"),
    ],
)
def test_typed_addresses_and_numbers_are_found(text: str, words: str, target: str) -> None:
    (link,) = find_links(text)

    assert text[link.start : link.end] == words
    assert link.target == target
    assert bare(target) == bare(words)


@pytest.mark.parametrize(
    "text",
    [
        "z.B. und d.h. und u.a.",
        "Nr.5 und.dann",
        "anlage.pdf und anlage.com.pdf und brief.de.docx",
        "Lehrer.innen/Schüler.innen",
        "Das war gut.Im Mai.So geht es.Es war am.Ende",
        "Satz.De",
        "ftp://example.org/x",
        "a@b und @example und müller@example.org",
        "2000 555-21 und 02000 555-21",
        "+12,5 % und +1.200 und +10 000 000 Euro und +49 2500 000 Euro",
        "Hotel 02000 555-21",
        "Telefon 2025",
        "Tel. 02000 555 555 555 555 555",
    ],
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert list(find_links(text)) == []


@given(
    st.lists(st.sampled_from(["www.", "example.org", "+49 2000", " 55521", "kim@", "/(", ")", ".", "ä", " "]))
)
def test_links_stand_one_after_the_other(parts: list[str]) -> None:
    text = "".join(parts)

    spans = [at for link in find_links(text) for at in (link.start, link.end)]

    assert spans == sorted(set(spans))
    assert all(0 <= at <= len(text) for at in spans)
