"""A value that nobody has is said on stderr, with a similar one; the count stays on stdout."""

from collections.abc import Callable

import pytest
from click.testing import Result

from subscribers.roster import Added

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("gewerk = Tichler", "Nobody has gewerk Tichler; did you mean Tischler?"),
        ("gewerk in (tischler, Mahler)", "Nobody has gewerk Mahler; did you mean Maler?"),
        ("not gewerk != Tichler", "did you mean Tischler?"),
        ("language = fr", "Nobody has language fr."),
        ("topic = Enregie", "Nobody has topic Enregie; did you mean Energie?"),
        ("email = kim@exampel.org", "did you mean kim@example.org?"),
        ("firma contains Quark", "Nobody has a firma that contains Quark."),
        ("got issue quatsch", "No letter of an issue quatsch was ever made."),
        ("got issue andere/2025-10", "There is no newsletter andere."),
        ("got issue reprot/2025-10", "There is no newsletter reprot; did you mean report?"),
        ("gewerk = Tischler or topic = energie", ""),
        ("email = KIM@example.org and gewerk starts with tisch", ""),
        ("plz between 10000 and 20000 and since 2020-01-01", ""),
        ("kreis = '' and kreis is not set", ""),
    ],
)
def test_a_value_that_nobody_has_is_named(run: Run, put: Callable[..., Added], rule: str, words: str) -> None:
    put("kim@example.org", gewerk="Tischler")
    put("eva@example.org", gewerk="Maler")
    run("subscribers", "change", "kim@example.org", "--topic", "+Energie")

    counted = run("segments", "count", rule)
    listed = run("subscribers", "list", "--where", rule)

    assert (counted.exit_code, listed.exit_code) == (0, 0)
    assert counted.stdout.strip().isdigit()
    assert words in counted.stderr if words else counted.stderr == ""
    assert words in listed.stderr


def test_many_slips_are_not_all_told(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org", gewerk="Tischler")
    many = ", ".join(f"x{number}" for number in range(40))

    counted = run("segments", "count", f"gewerk in ({many})")

    assert len(counted.stderr.splitlines()) == 5
