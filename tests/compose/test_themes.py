from pathlib import Path

import pytest

from mailer import shipped
from mailer.compose.themes import TOKENS, WRITTEN_ON, read_theme
from mailer.compose.wording import read_wording
from subscribers.errors import Problem

NAMES = sorted(file.stem for file in (shipped.templates() / "themes").glob("*.toml"))
PAIRS = [(text, ground) for ground, texts in WRITTEN_ON.items() for text in texts]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_every_text_can_be_read_on_its_ground(name: str, scheme: str, text: str, ground: str) -> None:
    tokens = getattr(read_theme(name, None), scheme)

    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


def test_the_contrast_is_reckoned_as_in_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_theme_of_the_workspace_goes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    own = (shipped.templates() / "themes" / "kammer.toml").read_text("utf-8").replace("#12436d", "#103a60")
    (tmp_path / "themes" / "kammer.toml").write_text(own, "utf-8")

    assert read_theme("kammer", tmp_path).light.brand == "#103a60"
    assert read_theme("kammer", None).light.brand == "#12436d"


def test_an_unknown_theme_names_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "haus.toml").write_text("", "utf-8")

    with pytest.raises(Problem, match=r"There is no theme 'grau'; there are haus, kammer"):
        read_theme("grau", tmp_path)


def test_a_theme_that_leaves_tokens_out_names_them(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    shipped_one = (shipped.templates() / "themes" / "kammer.toml").read_text("utf-8")
    own = "\n".join(line for line in shipped_one.split("\n") if not line.startswith(("accent", "sans")))
    (tmp_path / "themes" / "haus.toml").write_text(own, "utf-8")

    with pytest.raises(Problem) as caught:
        read_theme("haus", tmp_path)

    assert caught.value.message == "The theme leaves out light.accent, dark.accent, type.sans."
    assert caught.value.place == "templates/themes/haus.toml"


@pytest.mark.parametrize(
    ("content", "place"), [(b"[light]\npaper = #fff", ":2"), (b"[light]\n# gr\xfcn", ":2")]
)
def test_a_theme_that_is_no_toml_names_the_line(tmp_path: Path, content: bytes, place: str) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "haus.toml").write_bytes(content)

    with pytest.raises(Problem) as caught:
        read_theme("haus", tmp_path)

    assert caught.value.place == f"templates/themes/haus.toml{place}"


def test_every_theme_has_every_token() -> None:
    assert NAMES
    for name in NAMES:
        theme = read_theme(name, None)
        assert all(vars(getattr(theme, table)).keys() >= set(tokens) for table, tokens in TOKENS.items())


def test_the_workspace_may_change_some_words(tmp_path: Path) -> None:
    (tmp_path / "strings.toml").write_text('[de]\nprogrammes = "Für Ihren Betrieb"\n', "utf-8")

    own, shipped_words = read_wording("de", tmp_path), read_wording("de", None)

    assert own.programmes == "Für Ihren Betrieb"
    assert own.unsubscribe == shipped_words.unsubscribe


@pytest.mark.parametrize(
    "line",
    ['reason = "Weil {nam} da ist"', 'gibtsnicht = "x"', 'months = ["Januar"]', 'date = "{day"', "date = 5"],
)
def test_words_that_do_not_fit_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "strings.toml").write_text(f"[de]\n{line}\n", "utf-8")

    with pytest.raises(Problem, match=f"The words {line.split()[0]} do not fit"):
        read_wording("de", tmp_path)


def test_both_languages_say_the_same_things() -> None:
    assert vars(read_wording("de", None)).keys() == vars(read_wording("en", None)).keys()
    with pytest.raises(Problem, match="The letter speaks de, en, not 'fr'"):
        read_wording("fr", None)
