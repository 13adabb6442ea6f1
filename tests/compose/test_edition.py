import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mailer import shipped
from mailer.compose.edition import Edition, compile_edition, fingerprint
from mailer.compose.environment import TemplateProblem
from mailer.compose.slots import SlotProblem
from mailer.compose.themes import WRITTEN_ON, read_theme
from mailer.content.issue import Figure
from mailer.delivery.message import Envelope, frame
from subscribers.errors import Problem
from tests.compose.test_themes import contrast
from tests.conftest import ROOT
from tests.letters import HEAD, PORTRAIT, VALUES, compiled, edition_of, full_issue, make_card, make_issue

CARDS = "{% macro cards() %}\n{{ c }}{% endmacro %}"
GMAIL_HIDES = 102 * 1024
VOID = {"img", "br", "meta", "hr", "link"}


class Page(HTMLParser):
    """The letter as a machine sees it: elements with attributes, and each text with its colours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.coloured: list[tuple[str, str, str]] = []
        self.title = ""
        self._stack = [("", "#000000", "#ffffff")]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        style = f";{dict(attrs).get('style') or ''}".replace(" ", "")
        _, colour, ground = self._stack[-1]
        if found := re.search(r";color:(#\w{6})", style):
            colour = found[1]
        if found := re.search(r";background-color:(#\w{6})", style):
            ground = found[1]
        if tag not in VOID:
            self._stack.append(("hidden" if "display:none" in style else tag, colour, ground))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._stack.pop()

    def handle_data(self, data: str) -> None:
        if self._stack[-1][0] == "title":
            self.title += data
        elif self._stack[-1][0] not in {"hidden", "style"} and data.strip():
            self.coloured.append((data.strip(), *self._stack[-1][1:]))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == tag]


def test_the_letter_keeps_the_rules_of_accessible_mail() -> None:
    page = Page(compiled(full_issue()).fill_html(VALUES))

    assert page.all("html")[0]["lang"] == "de"
    assert page.all("html")[0]["dir"] == "ltr"
    article = next(each for each in page.all("div") if each.get("role") == "article")
    assert (article["lang"], article["dir"]) == ("de", "ltr")
    assert page.title == "Betreff dieser Ausgabe"
    assert len(page.all("h1")) == 1
    assert [each for each in page.all("table") if each.get("role") != "presentation"] == []
    assert [each for each in page.all("img") if not each.get("alt")] == []
    assert len(page.all("img")) == 1


def test_english_letters_say_so() -> None:
    page = Page(compiled(full_issue(), replace(HEAD, language="en")).html)

    assert page.all("html")[0]["lang"] == "en"
    assert "Unsubscribe from this letter" in [text for text, _, _ in page.coloured]


def test_every_text_is_readable_where_it_stands() -> None:
    page = Page(compiled(full_issue()).fill_html(VALUES))

    assert len(page.coloured) > 30
    assert [each for each in page.coloured if contrast(each[1], each[2]) < 4.5] == []


@pytest.mark.parametrize("theme", ["kammer", "werkstatt"])
def test_every_pair_of_colours_in_use_is_on_the_list_that_the_themes_are_tested_with(theme: str) -> None:
    colours = vars(read_theme(theme, None).light)
    page = Page(compiled(full_issue(), replace(HEAD, theme=theme)).fill_html(VALUES))

    listed = {(colours[text], colours[ground]) for ground, texts in WRITTEN_ON.items() for text in texts}
    assert {(text, ground) for _, text, ground in page.coloured} <= listed


def test_what_has_a_colour_has_one_in_the_dark_too() -> None:
    light = rules((shipped.templates() / "prose.css").read_text("utf-8"), "t")
    dark = rules((shipped.templates() / "blocks" / "style.css").read_text("utf-8"), "dark")
    dark |= {".month": dark[".tile .month"], ".day": dark[".tile .day"]}

    assert light
    assert {selector: token for selector, token in light.items() if dark.get(selector) != token} == {}


def rules(css: str, scheme: str) -> dict[str, str]:
    """selector -> token of its text colour"""
    return {
        selector.strip(): found[1]
        for selectors, body in re.findall(r"([^{};]+?)\{ ((?:[^{}]|\{\{[^{}]*\}\})*) ?\}", css)
        if (found := re.search(rf"(?<![\w-])color: \{{\{{ {scheme}\.(\w+) \}}\}}", body))
        for selector in selectors.strip().split(",")
    }


def test_without_the_style_element_the_prose_keeps_its_look() -> None:
    """GMX and WEB.DE drop <style>."""
    html = compiled(full_issue()).html
    page = Page(re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL))

    for tag in ("h1", "h2", "h3", "blockquote", "li"):
        assert page.all(tag)
        assert all("font" in (each.get("style") or "") or tag == "blockquote" for each in page.all(tag))
    assert all("border-left" in (each["style"] or "") for each in page.all("blockquote"))
    assert all("text-decoration" in (each.get("style") or "") for each in page.all("a"))


def test_phones_and_dark_screens_keep_their_rules() -> None:
    html = compiled(full_issue()).html

    assert "@media (prefers-color-scheme: dark)" in html
    assert "@media only screen and (max-width: 480px)" in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_the_preheader_is_there_and_hidden() -> None:
    html = compiled(full_issue()).html

    assert re.search(
        r'<div style="display:none[^>]*>Ein Satz, der in der Liste neugierig macht\.</div>', html
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("personal", ["Guten Tag, Kim Muster,"]),
        ("collective", ["Liebe Mitglieder,", "liebe Gäste,"]),
        ("none", []),
    ],
)
def test_everybody_is_greeted_once(policy: str, expected: list[str]) -> None:
    issue = make_issue(salutation=("Liebe Mitglieder,", "liebe Gäste,"))
    variant = compiled(issue, replace(HEAD, greeting=policy))

    html, plain = variant.fill_html(VALUES), variant.fill_text(VALUES)

    for line in ("Guten Tag, Kim Muster,", "Liebe Mitglieder,", "liebe Gäste,"):
        assert html.count(line) == plain.count(line) == expected.count(line)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["Mit besten Grüßen", "Wiebke Tannert", "Leiterin der Werkstatt"]),
        ({"closing": ""}, ["Wiebke Tannert", "Leiterin der Werkstatt"]),
        ({"role": ""}, ["Mit besten Grüßen", "Wiebke Tannert"]),
        ({"portrait": PORTRAIT}, ["Mit besten Grüßen", "Wiebke Tannert"]),
        ({"portrait": PORTRAIT, "closing": ""}, []),
        ({"signature": ("Ihre Redaktion",)}, ["Mit besten Grüßen", "Ihre Redaktion"]),
        ({"portrait": PORTRAIT, "signature": ("A", "B"), "closing": ""}, ["A", "B"]),
        ({"author": "", "closing": ""}, []),
    ],
)
def test_who_speaks_is_named_once_in_full(fields: dict[str, object], expected: list[str]) -> None:
    plain = compiled(make_issue(**fields)).fill_text(VALUES)

    signature = plain.partition("Und ein letzter Absatz.")[2].partition("Verweise")[0]
    assert signature.split("\n") == ["", "", *expected, "", ""] if expected else signature.strip() == ""
    byline = plain.partition("Guten Tag")[0]
    assert ("Leiterin der Werkstatt" in byline) == ("portrait" in fields)


def test_the_portrait_travels_with_the_letter_under_a_name_that_headers_may_carry() -> None:
    for name, safe in (('Porträt "neu" 1.gif', "Portrat-neu-1.gif"), ("Дом.gif", "gif"), ("愛", "picture")):
        edition = edition_of(make_issue(portrait=replace(PORTRAIT, name=name)))

        assert [each.name for each in edition.pictures] == [safe]
        assert f'src="cid:{safe}"' in edition.variants[0].html


def test_both_parts_have_the_way_out_and_the_imprint() -> None:
    variant = compiled(make_issue())

    assert 'href="https://example.org/u/abc"' in variant.fill_html(VALUES)
    assert "\nhttps://example.org/u/abc\n" in variant.fill_text(VALUES)
    for part in (variant.html, variant.text):
        for words in (
            "Werkstraße 1, 40000 Musterstadt",
            "vertreten durch Anton Muster",
            "V. i. S. d. P.: Wiebke Tannert",
        ):
            assert words in part


def test_every_link_and_every_word_of_a_card_is_in_both_parts() -> None:
    variant = compiled(full_issue())

    text = " ".join(variant.fill_text(VALUES).split())
    for target in [each["href"] or "" for each in Page(variant.fill_html(VALUES)).all("a")]:
        assert target.removeprefix("mailto:") in text or target.startswith("tel:")
    for words in (
        "Termin: 4. November 2025",
        "Frist: 1. Dezember 2025",
        "7.000 € Zuschuss (Stand: 2025)",
        "Jule Harmsen",
    ):
        assert words in text.replace("\u00a0", " ")
        assert words.split(" Zuschuss")[0] in variant.html.replace("&nbsp;", " ")


def test_a_card_shows_a_figure_or_a_date_and_one_way_on() -> None:
    page = Page(compiled(full_issue()).html)

    classes = [each.get("class") for each in page.all("table")]
    assert classes.count("button") == 1
    assert classes.count("tile") == 2  # a day and a deadline
    assert [each["href"] for each in page.all("a") if "karte" in (each["href"] or "")] == [
        f"https://example.org/karte/{number}" for number in (1, 2, 3)
    ]


def test_a_card_with_a_figure_and_a_date_shows_the_figure() -> None:
    card = make_card(figure=Figure("7.000 €", "Zuschuss", ""), event=date(2025, 11, 4))

    variant = compiled(make_issue(highlights=(card,)))

    assert "tile" not in [each.get("class") for each in Page(variant.html).all("table")]
    assert "Termin: 4." in variant.text


def test_the_text_part_has_no_blanks_at_line_ends_but_in_the_mark_of_the_signature() -> None:
    variant = compiled(make_issue(kicker="Editorial \u00a0", title="Titel\u00a0"))

    assert [line for line in variant.text.split("\n") if line != line.rstrip()] == ["-- "]


def test_forty_cards_are_not_cut_off_by_gmail() -> None:
    teaser = "Die Kammer zahlt einen Teil der Kosten, wenn der Antrag vor Beginn gestellt wird. " * 3
    cards = tuple(
        make_card(
            number, teaser=teaser, figure=Figure("7.000 €", "Zuschuss", "2025") if number % 3 == 0 else None
        )
        for number in range(40)
    )

    html = compiled(replace(full_issue(), highlights=cards)).fill_html(VALUES)

    assert len(html.encode()) < GMAIL_HIDES
    assert html.count("Zur Prämie Nummer") == 40


def test_subject_and_preheader_are_plain_lines() -> None:
    variant = compiled(make_issue(subject="Fach\u00adkräfte, z.\u202fB.\n hier", preheader="a\t b "))

    assert variant.subject == "Fachkräfte, z.\u00a0B. hier"
    assert variant.preheader == "a b"


def test_without_a_subject_the_title_is_one() -> None:
    assert compiled(make_issue(subject="")).subject == "Am Werktisch"


def test_a_template_of_the_workspace_goes_before_the_shipped_one_file_by_file(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "blocks").mkdir(parents=True)
    imprint = '<mj-text><a href="{{ unsubscribe }}">Eigenes Impressum &amp; Ende</a></mj-text>'
    (folder / "blocks" / "imprint.mjml").write_text(
        f"<mj-section><mj-column>{imprint}</mj-column></mj-section>", "utf-8"
    )
    (folder / "prose.css").write_text(".title { color: #103a60; }", "utf-8")

    variant = compiled(make_issue(), overrides=folder)

    assert "Eigenes Impressum &amp; Ende" in variant.html
    assert '<h1 class="title" style="color: #103a60;">' in variant.html
    assert "vertreten durch Anton Muster" not in variant.html
    assert "vertreten durch Anton Muster" in variant.text
    assert "Eigenes" not in compiled(make_issue()).html


def test_a_change_of_a_template_shows_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    shipped_one = (shipped.templates() / "letter.txt").read_text("utf-8")
    (folder / "letter.txt").write_text("eins\n" + shipped_one, "utf-8")
    first = compiled(make_issue(), overrides=folder)

    (folder / "letter.txt").write_text("zwei und mehr\n" + shipped_one, "utf-8")
    second = compiled(make_issue(), overrides=folder)

    assert first.text.startswith("eins\n")
    assert second.text.startswith("zwei und mehr\n")


@pytest.mark.parametrize(
    ("file", "content", "place", "sentence"),
    [
        ("letter.txt", "eins\n{{ unbekannt }}", "templates/letter.txt:2", "there is no unbekannt."),
        ("letter.txt", "{{ editorial.nichts }}", "templates/letter.txt:1", "nichts"),
        ("letter.txt", "\n\n{% if %}", "templates/letter.txt:3", "Expected an expression"),
        ("letter.txt", "a\nb\n{{ 1 / 0 }}", "templates/letter.txt:3", "division by zero"),
        ("letter.txt", "{{ subject + 1 }}", "templates/letter.txt:1", "concatenate"),
        ("letter.txt", "{{ subject.__class__.__mro__ }}", "templates/letter.txt:1", "unsafe"),
        ("letter.txt", '{% include "letter.txt" %}', "templates/letter.txt:1", "recursion"),
        ("blocks/imprint.mjml", "\n{{ heed }}", "templates/blocks/imprint.mjml:2", "did you mean head?"),
        ("blocks/cards.mjml", CARDS, "templates/blocks/cards.mjml:2", "there is no c."),
        ("letter.mjml", '\n{% include "fehlt.mjml" %}', "templates/letter.mjml:2", "no template fehlt.mjml."),
    ],
)  # fmt: skip
def test_a_fault_in_a_template_names_file_and_line(
    tmp_path: Path, file: str, content: str, place: str, sentence: str
) -> None:
    target = tmp_path / "templates" / file
    target.parent.mkdir(parents=True)
    target.write_text(content, "utf-8")

    with pytest.raises(TemplateProblem) as caught:
        compiled(full_issue(), overrides=tmp_path / "templates")

    assert caught.value.place == place
    assert sentence in caught.value.message


def test_a_template_in_another_encoding_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "letter.txt").write_bytes("Grüße".encode("latin-1"))

    with pytest.raises(TemplateProblem, match=r"templates/letter\.txt"):
        compiled(make_issue(), overrides=tmp_path / "templates")


@pytest.mark.parametrize("broken", ["<mjml><mj-body>", "<mjml><mj-head><mj-nichts /></mj-head></mjml>"])
def test_bad_mjml_is_a_problem(tmp_path: Path, broken: str) -> None:
    (tmp_path / "letter.mjml").write_text(broken, "utf-8")

    with pytest.raises(Problem, match=r"templates/letter\.mjml:1:\d"):
        compiled(make_issue(), overrides=tmp_path)


@pytest.mark.parametrize("file", ["letter.mjml", "letter.txt"])
@pytest.mark.parametrize("slot", ["unsubscribe", "greeting"])
def test_a_letter_without_its_slots_is_refused(tmp_path: Path, file: str, slot: str) -> None:
    for name in ("blocks/editorial.mjml", "letter.mjml", "letter.txt", "blocks/imprint.mjml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        source = (shipped.templates() / name).read_text("utf-8")
        if file.endswith(name[-4:]):
            source = (
                source.replace("{{ unsubscribe }}", "https://example.org/")
                if slot == "unsubscribe"
                else source
            )
            source = (
                source.replace("for line in greeting", "for line in []") if slot == "greeting" else source
            )
        (tmp_path / name).write_text(source, "utf-8")

    with pytest.raises(SlotProblem) as caught:
        compiled(make_issue(), overrides=tmp_path)

    assert caught.value.message == f"The template leaves out {slot}."
    assert caught.value.place == f"templates/{file}"


def test_an_unknown_theme_or_language_is_a_problem() -> None:
    for head in (replace(HEAD, theme="gibtsnicht"), replace(HEAD, language="fr")):
        with pytest.raises(Problem):
            compiled(make_issue(), head)


ENVELOPE = Envelope(
    "Kammer", "brief@example.org", "", "rundbrief.example.org", "Rundbrief", "de", "https://example.org"
)


def sha256(edition: Edition, envelope: Envelope = ENVELOPE, rule: object = None, segment: str = "all") -> str:
    return fingerprint(edition, frame(envelope, {"v": 1, "where": rule}, segment))


def test_one_changed_byte_anywhere_is_another_fingerprint() -> None:
    issue = full_issue()
    edition = edition_of(issue)
    picture = edition.pictures[0]

    fingerprints = [
        sha256(edition),
        sha256(
            edition_of(replace(issue, editorial=replace(issue.editorial, body=issue.editorial.body + "!")))
        ),
        sha256(edition_of(replace(issue, editorial=replace(issue.editorial, title="Am Werktisch!")))),
        sha256(edition_of(replace(issue, editorial=replace(issue.editorial, subject="Betreff")))),
        sha256(edition_of(replace(issue, editorial=replace(issue.editorial, preheader="Ein Satz")))),
        sha256(edition_of(replace(issue, highlights=issue.highlights[:-1]))),
        sha256(edition_of(replace(issue, key="2025-11"))),
        sha256(edition_of(issue, replace(HEAD, key="anderer"))),
        sha256(edition_of(issue, replace(HEAD, greeting="none"))),
        sha256(replace(edition, pictures=(replace(picture, data=picture.data[:-1] + b"\0"),))),
        sha256(replace(edition, pictures=(replace(picture, name="b.gif"),))),
        sha256(edition, replace(ENVELOPE, from_name="Kammern")),
        sha256(edition, replace(ENVELOPE, reply_to="a@example.org")),
        sha256(edition, replace(ENVELOPE, public_url="https://example.com")),
        sha256(edition, rule={"f": "kreis", "op": "=", "v": "Musterkreis"}),
        sha256(edition, segment="innung"),
    ]

    assert len(set(fingerprints)) == len(fingerprints)


def test_the_same_input_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "from tests.letters import edition_of, full_issue\n"
        "from mailer.compose.edition import fingerprint\n"
        "print(fingerprint(edition_of(full_issue()), {}))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]  # fmt: skip

    assert runs == [fingerprint(compile_edition(full_issue(), HEAD), {})] * 2
