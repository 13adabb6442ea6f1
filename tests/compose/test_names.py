"""A name that a template asks for in vain is told in the words of docs/templates.md, with the nearest one."""

from pathlib import Path

import pytest

from mailer.compose.environment import TemplateProblem
from mailer.compose.wording import read_wording
from subscribers.errors import Problem
from tests.letters import compiled, full_issue, make_issue


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{{ head.organization }}", "head has no organization; did you mean organisation?"),
        ("{{ head['organization'] }}", "head has no organization; did you mean organisation?"),
        ("{{ head.imprint.fone }}", "head.imprint has no fone; did you mean phone?"),
        ("{{ say.unsubscibe }}", "say has no unsubscibe; did you mean unsubscribe?"),
        ("{{ t.brandt }}", "t has no brandt; did you mean brand?"),
        (
            "{% for card in highlights %}{{ card.titel }}{% endfor %}",
            "an entry of highlights has no titel; did you mean title?",
        ),
        (
            "{% for row in figure_rows %}{{ row[0].lable }}{% endfor %}",
            "an entry of figure_rows has no lable; did you mean label?",
        ),
        ("{{ byline.portrait.scr }}", "byline.portrait has no scr; did you mean src?"),
        ("{{ byline.portrait.xyz }}", "byline.portrait has no xyz."),
        (
            "{{ highlights[0].picture.alt }}",
            "there is nothing to take alt from; ask for it with {% if %} first.",
        ),
        ("{{ subjekt }}", "there is no subjekt; did you mean subject?"),
        ("{{ organisation }}", "there is no organisation; did you mean head.organisation?"),
        ("{{ xyzzy }}", "there is no xyzzy."),
        ("{{ figure_rows[7] }}", "figure_rows has no 7."),
        ("{{ subject | uper }}", "there is no filter uper; did you mean upper?"),
        ("{% if subject is defind %}{% endif %}", "there is no test defind; did you mean defined?"),
        (
            '{% import "blocks/editorial.mjml" as article with context %}{{ article.begining() }}',
            "blocks/editorial.mjml has no begining; did you mean beginning?",
        ),
    ],
)
def test_the_sentence_names_the_object_and_the_nearest_name(
    tmp_path: Path, source: str, sentence: str
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "letter.txt").write_text(f"eins\n{source}", "utf-8")

    with pytest.raises(TemplateProblem) as caught:
        compiled(full_issue(), overrides=tmp_path / "templates")

    assert caught.value.message == f"The template cannot be filled: {sentence}"
    assert caught.value.place == "templates/letter.txt:2"


def test_a_template_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text('{% include "blocks/crads.mjml" %}', "utf-8")

    with pytest.raises(TemplateProblem, match=r"no template blocks/crads\.mjml; did you mean blocks/cards"):
        compiled(full_issue(), overrides=tmp_path)


@pytest.mark.parametrize(
    ("own", "place", "told"),
    [
        ('[de]\n\nprogramms = "x"\n', ":3", "Did you mean programmes?"),
        ('[de-formall]\nreason = "x"\n', ":1", "Did you mean de-formal?"),
        ('[dee]\nreason = "x"\n', ":1", "Did you mean de?"),
        ('# mine\nreason = "x"\n', ":2", "No letter reads `reason`"),
    ],
)
def test_a_word_that_no_letter_says_is_told_with_its_line(
    tmp_path: Path, own: str, place: str, told: str
) -> None:
    (tmp_path / "strings.toml").write_text(own, "utf-8")

    with pytest.raises(Problem) as caught:
        read_wording("de", tmp_path)

    assert caught.value.place == f"templates/strings.toml{place}"
    assert told in str(caught.value)


def test_a_stylesheet_follows_the_values_of_each_letter(tmp_path: Path) -> None:
    (tmp_path / "prose.css").write_text(".title { color: {{ t.brand }}; }/* {{ subject }} */", "utf-8")
    (tmp_path / "letter.css").write_text("/* {{ subject }} */", "utf-8")

    first = compiled(full_issue(), overrides=tmp_path).web
    again = compiled(full_issue(), overrides=tmp_path).web
    (tmp_path / "letter.css").write_text("/* anders: {{ subject }} */", "utf-8")
    changed = compiled(full_issue(), overrides=tmp_path).web

    assert "/* Betreff dieser Ausgabe */" in first
    assert again == first
    assert "/* anders: Betreff dieser Ausgabe */" in changed


def test_a_stylesheet_is_filled_anew_for_another_value(tmp_path: Path) -> None:
    (tmp_path / "letter.css").write_text("/* {{ subject }} {{ figures_per_row }} */", "utf-8")

    full = compiled(full_issue(), overrides=tmp_path)
    other = compiled(make_issue(subject="Ein anderer Betreff"), overrides=tmp_path)

    assert "/* Betreff dieser Ausgabe 2 */" in full.web
    assert "/* Ein anderer Betreff 1 */" in other.web
