"""The letter as mail programs show it: what each view takes away, keeps, and turns round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.web.outlook import for_word, holds
from mailer.web.view_wording import VIEWS as SAID
from mailer.web.views import VIEWS, as_seen
from tests.letters import compiled, full_issue

LETTER = compiled(full_issue()).html


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("if mso", True),
        ("mso", True),
        ("mso | IE", True),
        ("IE", False),
        ("!mso", False),
        ("!(mso)", False),
        ("!IE", True),
        ("gte mso 9", True),
        ("lte mso 11", False),
        ("mso 16", True),
        ("mso 15", False),
        ("lt mso 16", False),
        ("gt mso 15", True),
        ("(gte mso 9)|(IE)", True),
        ("(mso)&(IE)", False),
        ("mso & !IE", True),
        ("vml", False),
        ("", False),
        ("(mso", False),
        ("mso mso", False),
        ("gte", False),
        ("mso $ 1", False),
    ],
)
def test_a_condition_is_answered_as_outlook_does(condition: str, answer: bool) -> None:
    assert holds(condition.removeprefix("if ")) is answer


@given(st.text(st.sampled_from("()!&| mso IE gte lt 9 16"), max_size=30))
def test_no_condition_is_too_odd_to_be_answered(condition: str) -> None:
    assert holds(condition) in (True, False)


def test_outlook_reads_its_own_branch_and_not_the_others() -> None:
    html = (
        "<p>1</p><!--[if mso]><p>2</p><![endif]--><!--[if !mso]><!--><p>3</p><!--<![endif]-->"
        "<!--[if lte mso 11]><p>4</p><![endif]--><![if !mso]><p>5</p><![endif]><!-- note --><p>6</p>"
    )

    assert for_word(html) == "<p>1</p><p>2</p><!-- note --><p>6</p>"


def test_word_follows_no_query_and_rounds_no_corner() -> None:
    html = (
        "<style>p{color:#111}@media (max-width:480px){p{color:#222}.a{x:y}}b{color:#333}</style>"
        '<style media="screen and (min-width:480px)">i{color:#444}</style>'
        '<p style="padding:4px;border-radius:6px;color:#555;max-width:9px">'
        '<span style="display:none">x</span></p>'
    )

    shown = for_word(html)

    assert "<style>p{color:#111}b{color:#333}</style>" in shown
    assert "#444" not in shown
    assert '<p style="color:#555"><span style="display:none">x</span></p>' in shown


def test_word_pads_cells_alone() -> None:
    html = (
        '<td style="padding:1px"><a style="padding:2px">x</a></td>'
        '<td style="mso-padding-alt:3px 4px;background:url(a;b)">y</td>'
    )

    shown = for_word(html)

    assert shown == (
        '<td style="padding:1px"><a style="">x</a></td><td style="padding:3px 4px;background:url(a;b)">y</td>'
    )


def test_the_scheme_is_that_of_the_view_whatever_the_browsers_is() -> None:
    html = (
        '<head><meta name="color-scheme" content="light dark"><style>:root{color-scheme:light dark}'
        "@media (prefers-color-scheme: dark) and (max-width:480px){p{color:#fff}}"
        "@media (prefers-color-scheme:light){p{color:#000}}</style></head>"
    )

    light, dark = as_seen(html, "standard", "light"), as_seen(html, "standard", "dark")

    assert "@media (min-width:99999px) and (max-width:480px){p{color:#fff}}" in light
    assert "@media (min-width:0){p{color:#000}}" in light
    assert "@media (min-width:0) and (max-width:480px){p{color:#fff}}" in dark
    assert ('content="light"' in light, "color-scheme:light}" in light) == (True, True)
    assert ('content="dark"' in dark, "color-scheme:dark}" in dark) == (True, True)


def test_plain_has_no_style_rule_and_every_word() -> None:
    shown = as_seen(LETTER, "plain")

    assert "<style" not in shown
    assert "border-radius" not in shown
    assert "Am Werktisch" in shown
    assert shown.count('style="') == LETTER.count('style="')


def test_pictures_give_way_to_their_words() -> None:
    html = (
        '<img src="a.png" alt="Zwei &quot;am&quot; Werktisch" width="64" height="64px">'
        '<img src="b.png" alt=""><img src=c.png>'
        '<td background="d.png" style="background:url(\'e.png\') red">x</td>'
    )

    shown = as_seen(html, "noimages")

    assert ".png" not in shown
    assert 'role="img" aria-label="Zwei &quot;am&quot; Werktisch"' in shown
    assert "width:64px;height:64px;" in shown
    assert shown.count("ohne Alternativtext") == 1
    assert "background:none red" in shown


def test_a_real_letter_loads_no_picture_with_pictures_off() -> None:
    assert "<img" in LETTER
    assert "<img" not in as_seen(LETTER, "noimages")


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_loses_a_word_of_the_letter(view: str) -> None:
    words = ("Wiebke Tannert", "fast 7000", "Prämie Nummer 1", "Jule Harmsen", "Kammer Musterland")

    for scheme in ("light", "dark"):
        shown = as_seen(LETTER, view, scheme)
        assert [word for word in words if word not in shown] == []
        assert "prefers-color-scheme" not in shown


def test_outlook_turns_colours_round_in_the_dark_only() -> None:
    assert "invert(1)" not in as_seen(LETTER, "outlook", "light")
    assert as_seen(LETTER, "outlook", "dark").count("<style>html{background:#fff;filter:invert(1)") == 1
    assert as_seen("<p>x</p>", "outlook", "dark").endswith("<p>x</p>")


def test_every_view_has_its_label() -> None:
    assert [*VIEWS] == [*SAID]


@pytest.mark.parametrize(("view", "scheme"), [("netscape", "light"), ("standard", "sepia")])
def test_an_unknown_view_is_refused(view: str, scheme: str) -> None:
    with pytest.raises(KeyError):
        as_seen(LETTER, view, scheme)


@given(st.text(st.sampled_from("<>!-[]/=\"' \nimgstyledv:;{}@()a&;"), max_size=120))
def test_no_text_is_too_odd_for_a_view(text: str) -> None:
    for view in VIEWS:
        for scheme in ("light", "dark"):
            as_seen(text, view, scheme)
