"""The register: read with all complaints, and found again in texts."""

from pathlib import Path

import pytest
from paper import SmallOffice

from mailer.content.programmes import find_mentions, find_programmes, read_register
from subscribers.errors import Problems


def test_without_a_file_the_register_is_empty(tmp_path: Path) -> None:
    assert read_register(tmp_path / "programmes.toml", tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Wir zahlen Meisterprämien aus.", ("meisterpraemie",)),
        ("die NRW-Meisterprämie", ("meisterpraemie",)),
        ("Die Beratung der FAI NRW, dann die Meisterprämie.", ("fai", "meisterpraemie")),
        ("bei der Fachkräfteagentur\u00a0International", ("fai",)),
        ("Meisterprämienrechner", ()),
        ("unter meisterprämie.nrw steht mehr", ()),
        ("fai nrw", ()),
        ("", ()),
    ],
)
def test_names_are_found_also_when_inflected(office: SmallOffice, text: str, keys: tuple[str, ...]) -> None:
    assert find_programmes(text, office.register()) == keys


def test_the_longest_name_counts(office: SmallOffice) -> None:
    text = "die „NRW Fachkräfteagentur International (FAI NRW)“ berät"

    (mention,) = find_mentions(text, office.register())

    assert (
        text[mention.start : mention.end] == mention.name == "NRW Fachkräfteagentur International (FAI NRW)"
    )


def test_adjectives_in_names_are_inflected(tmp_path: Path) -> None:
    (tmp_path / "programmes.toml").write_text(
        '[programmes.x]\nname = "Rheinisches Revier"\nkind = "Programm"\nteaser = "Satz."\n', "utf-8"
    )
    register = read_register(tmp_path / "programmes.toml", tmp_path)

    assert find_programmes("im Rheinischen Revier", register) == ("x",)


def test_all_complaints_come_at_once_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "programmes.toml").write_text(
        '[programmes.a]\nname = "Prämie"\nkind = "Förderung"\nteaser = "Satz."\n'
        'url = "javascript:alert(1)"\nalias = []\n'
        '[programmes.b]\nname = "Bonus"\naliases = ["Agentur"]\nkind = "Beratung"\nteaser = "Satz."\n'
        '[programmes.c]\nname = "agentur"\nkind = "Beratung"\nteaser = "Satz."\nurl = "https://c.example/"\n'
        '[programmes."Ä"]\nname = "Umlaut"\nkind = "Beratung"\nteaser = "Satz."\n',
        "utf-8",
    )

    with pytest.raises(Problems) as caught:
        read_register(tmp_path / "programmes.toml", tmp_path)

    found = [str(problem) for problem in caught.value.problems]
    for sentence in (
        "programmes.toml:5: `url` must start with https://, mailto: or tel:.",
        "programmes.toml:6: The key `alias` is unknown. Did you mean `aliases`?",
        "programmes.toml:16: `label` is missing",
        "programmes.toml:17: The programme key `Ä` is not usable.",
        'programmes.toml:12: The programmes `b` and `c` share the name or alias "agentur".',
    ):
        assert any(each.startswith(sentence) for each in found), (sentence, found)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://meisterprämie.nrw/antrag?x=1", True),
        ("mailto:gesa@example.org?subject=x", True),
        ("tel:+49-2000-123", True),
        ("http://example.org/", False),
        ("https://localhost/", False),
        ("https://user:word@example.org/", False),
        ("https://example.org/a b", False),
        ("https://[::1", False),
        ("mailto:nobody", False),
        ("tel:rund um die Uhr", False),
        ("data:text/html,x", False),
    ],
)
def test_links_a_mail_may_carry(url: str, good: bool) -> None:
    from mailer.content.fields import check_url

    if good:
        assert check_url(url) == url
    else:
        with pytest.raises(ValueError, match=r"must|no valid"):
            check_url(url)
