"""Mail programs: what readers would see fail is told, what has a fallback or harms nobody is not."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from mailer import shipped
from mailer.checks.clients import CLIENTS, THRESHOLD, check_clients, support
from mailer.checks.features import FEATURES
from mailer.compose.rendering import Variant
from tests.everything import everything
from tests.letters import HEAD, compiled, make_issue

THEMES = sorted(file.stem for file in (shipped.templates() / "themes").glob("*.toml"))


def told(body: str, style: str = "") -> list[tuple[str, str]]:
    """The rule and the feature of each finding."""
    html = f"<html><head><style>{style}</style></head><body>{body}</body></html>"
    found = check_clients(Variant("standard", "", "", "slot0123456789ab", html, ""), "2025-10")
    return [(each.rule, str(dict(each.values).get("feature", ""))) for each in found]


@pytest.mark.parametrize("theme", THEMES)
def test_what_the_templates_make_is_shown_by_everybody(theme: str) -> None:
    for issue in (everything(), make_issue()):
        assert list(check_clients(compiled(issue, replace(HEAD, theme=theme)), "2025-10")) == []


@pytest.mark.parametrize(
    ("style", "feature"),
    [
        ("display:flex", "display:flex"),
        ("display:inline-flex", "display:flex"),
        ("position:absolute", "position"),
        ("color:var(--a)", "CSS Variables (Custom Properties)"),
        ("width:calc(100% - 1px)", "CSS calc() function"),
        ("font-size:clamp(1px,2px,3px)", "clamp()"),
        ("color:oklch(1 2 3)", "lch(), oklch(), lab(), oklab()"),
        ("background-image:url(a.png)", "background-image"),
        ("background:linear-gradient(90deg,red,blue)", "linear-gradient()"),
        ("font-size:2vw", "vw unit"),
        ("padding-inline:9px", "padding-inline & padding-block"),
    ],
)
def test_a_declaration_without_a_fallback_is_told(style: str, feature: str) -> None:
    assert feature in [each for _, each in told(f'<p style="{style}">a</p>')]
    assert feature in [each for _, each in told("<p>a</p>", f"p {{ {style} }}")]


@pytest.mark.parametrize(
    "style",
    [
        "color:#333;color:var(--a)",
        "width:90%;width:calc(100% - 1px)",
        "background-color:#123456;background-image:url(a.png)",
        "background:#123456 url(a.png)",
        "background:#123456;background:linear-gradient(90deg,red,blue)",
        "position:relative",
        "transform:none",
        "border-radius:8px;box-shadow:0 0 2px #000000;text-transform:uppercase;opacity:.8",
        "font-family:Inter,sans-serif;hyphens:auto;-webkit-box-flex:1;mso-line-height-rule:exactly",
    ],
)
def test_a_fallback_or_what_nobody_misses_is_not_told(style: str) -> None:
    assert told(f'<p style="{style}">a</p>') == []


@pytest.mark.parametrize(
    "style",
    [
        "@media (min-width: 480px) { p { display: flex } }",
        "@supports (display: grid) { p { display: grid } }",
        ".moz-text-html p { display: flex }",
        "#outlook p { position: absolute }",
        "p::-moz-selection { color: var(--a) }",
    ],
)
def test_what_unknowing_programs_pass_over_is_not_told(style: str) -> None:
    assert told("<p>a</p>", style) == []


def test_a_ground_given_as_an_attribute_is_a_fallback() -> None:
    cell = '<table><tr><td bgcolor="#123456" style="background:url(a.png)">a</td></tr></table>'

    assert told(cell) == []


@pytest.mark.parametrize("tag", ["svg", "form", "input", "select", "textarea", "button", "dialog"])
def test_an_element_that_vanishes_is_told(tag: str) -> None:
    assert [rule for rule, _ in told(f"<{tag}></{tag}>")] == ["client.elements"]


@pytest.mark.parametrize(
    "body",
    ['<input type="hidden">', "<meter>6 von 10</meter>", '<a href="#">a</a>', '<link rel="icon" href="a">'],
)
def test_an_element_that_shows_something_else_is_not(body: str) -> None:
    assert told(body) == []


def test_what_outlook_does_not_read_is_not_held_against_it() -> None:
    film = '<p style="visibility:hidden">a</p>'

    (everywhere,) = check_clients(letter(film), "2025-10")
    (others,) = check_clients(letter(f"<!--[if !mso]><!-->{film}<!--<![endif]-->"), "2025-10")

    assert "Outlook (Windows)" in everywhere.message
    assert "Outlook (Windows)" not in others.message


def letter(body: str) -> Variant:
    return Variant("standard", "", "", "slot0123456789ab", f"<html><body>{body}</body></html>", "")


@pytest.mark.parametrize(
    ("source", "count"),
    [("a.webp", 1), ("a.SVG?x=1", 1), ("data:image/png;base64,AA", 1), ("a.png", 0), ("cid:a.jpg", 0)],
)
def test_formats_of_pictures(source: str, count: int) -> None:
    assert [rule for rule, _ in told(f'<img src="{source}" alt="">')] == ["client.pictures"] * count


def test_the_data_fit_the_features_and_stay_small() -> None:
    raw = files("mailer.checks").joinpath("caniemail.json").read_bytes()
    data = json.loads(raw)

    assert len(raw) < 60 * 1024
    assert set(data["features"]) == {each.slug for each in FEATURES}
    assert {len(answers) for _, answers in data["features"].values()} == {len(CLIENTS)}
    assert set("".join(answers for _, answers in data["features"].values())) <= set("yanu")
    assert sum(each.weight for each in CLIENTS) == 100
    assert files("mailer.checks").joinpath("caniemail.LICENSE").is_file()


def test_every_feature_can_be_told() -> None:
    weights = {slug: sum(each.weight for each in known.failing()) for slug, known in support().items()}

    assert {slug: weight for slug, weight in weights.items() if weight < THRESHOLD} == {}
