"""The studio's own words: every one that the page asks for is there, in German and in English."""

import re

import pytest

from mailer import shipped
from mailer.compose.environment import page

WEB = shipped.templates() / "web"
SCRIPTS = sorted(path.name for path in WEB.glob("preview*.js"))
# Keys that the page puts together: the views, mail programs, schemes, severities and states.
BUILT = {
    "letter",
    "text",
    "source",
    "headers",
    "inbox",
    "compare",
    "standard",
    "plain",
    "outlook",
    "noimages",
}
BUILT |= {"light", "dark", "error", "warning", "ill", "lost", "moved", "lost_news", "moved_news"}


def words(language: str) -> dict[str, str]:
    table = re.search(
        rf"^const {language} = \{{\n(.*?)^\}};",
        (WEB / "preview_words.js").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert table is not None
    return dict(re.findall(r"^  (\w+): (.*)$", table[1], re.MULTILINE))


def asked() -> set[str]:
    scripts = "\n".join((WEB / name).read_text("utf-8") for name in SCRIPTS)
    markup = (WEB / "preview.html").read_text("utf-8")
    said = re.findall(r"\bsay\(\s*\"(\w+)\"", scripts) + re.findall(r"\[\"(approval_\w+)\",", scripts)
    return {*said, *re.findall(r'data-(?:say|label)="(\w+)"', markup)}


def test_both_languages_have_the_same_words() -> None:
    german, english = words("GERMAN"), words("ENGLISH")

    assert list(german) == list(english)
    for key, said in german.items():
        assert ("=>" in said) == ("=>" in english[key]), key


@pytest.mark.parametrize("language", ["GERMAN", "ENGLISH"])
def test_every_word_that_the_page_asks_for_is_there(language: str) -> None:
    assert {*asked(), *BUILT} <= set(words(language))


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_are_served_as_they_stand(name: str) -> None:
    assert page(name).strip() == (WEB / name).read_text("utf-8").strip()


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "preview_words.js"])
def test_words_stand_in_one_module_only(name: str) -> None:
    """A sentence in another script would stay German for everybody."""
    script = re.sub(r"^//.*$|(?<=;) //.*$", "", (WEB / name).read_text("utf-8"), flags=re.MULTILINE)

    assert re.findall(r"[\"'`][^\"'`\n]*[äöüÄÖÜß][^\"'`\n]*[\"'`]", script) == []
