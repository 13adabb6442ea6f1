"""Links with umlauts, there and back."""

import pytest

from mailer.content.links import to_ascii, to_readable


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
