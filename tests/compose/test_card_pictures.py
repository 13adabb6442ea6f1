"""Pictures on cards: read, placed, embedded or hosted, and what the checks say about their files."""

import json
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer.checks.preflight import preflight
from mailer.checks.surroundings import Surroundings
from mailer.cli import rundbrief
from mailer.compose.edition import compile_edition, fingerprint
from mailer.content.issue import Issue, read_issue
from mailer.content.pictures import Picture
from subscribers.errors import Problems
from tests.content.paper import png
from tests.letters import HEAD, PORTRAIT, VALUES, make_card, make_issue
from tests.small_workspace import make_office

WIDE = Picture("werkstatt.png", "image/png", 1100, 500, png(1100, 500), "Zwei am Werktisch", "Foto: Muster")
BASE = "https://www.example.org/bilder"
CARD = """[[highlights]]
title = "Werkstatt"
teaser = "Ein Satz."
checked_on = 2026-11-01
picture = "werkstatt.png"
"""


def with_pictures(*pictures: Picture) -> Issue:
    cards = [make_card(number, picture=picture) for number, picture in enumerate(pictures, 1)]
    return make_issue(highlights=tuple(cards), portrait=PORTRAIT)


def images(html: str) -> list[dict[str, str | None]]:
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "img":
                found.append(dict(attrs))

    Reader().feed(html)
    return found


def rules(issue: Issue, base: str = "") -> list[tuple[str, str]]:
    edition = compile_edition(issue, HEAD, None, base)
    return [
        (each.rule, each.severity)
        for each in preflight(issue, edition, Surroundings(today=date(2025, 10, 7), image_base_url=base))
    ]


def test_a_card_shows_its_picture_with_words_for_those_who_cannot_see_it() -> None:
    issue = with_pictures(WIDE)

    edition = compile_edition(issue, HEAD)

    html = edition.variants[0].fill_html(VALUES)
    portrait, picture = images(html)
    assert (portrait["src"], picture["src"]) == ("cid:portrait.gif", "cid:werkstatt.png")
    assert (picture["width"], picture["alt"]) == ("506", "Zwei am Werktisch")
    assert "height:auto" in (picture["style"] or "")
    assert "height" not in picture
    assert "Foto: Muster" in html
    assert [each.name for each in edition.pictures] == ["portrait.gif", "werkstatt.png"]
    assert rules(issue) == []


def test_a_decorative_picture_says_nothing_and_the_text_part_knows_of_none() -> None:
    variant = compile_edition(with_pictures(replace(WIDE, alt="", credit="")), HEAD).variants[0]

    assert images(variant.html)[1]["alt"] == ""
    assert "werkstatt" not in variant.text
    assert "cid:" not in variant.text


def test_pictures_of_one_name_travel_under_two_and_one_file_once() -> None:
    other = replace(WIDE, name="Werkstatt.png", data=png(1100, 400))

    edition = compile_edition(with_pictures(WIDE, other, WIDE), HEAD)

    assert [each.name for each in edition.pictures] == ["portrait.gif", "werkstatt.png", "2-Werkstatt.png"]
    sources = [each["src"] for each in images(edition.variants[0].html)]
    assert sources[1:] == ["cid:werkstatt.png", "cid:2-Werkstatt.png", "cid:werkstatt.png"]


@pytest.mark.parametrize("base", [BASE, f"{BASE}/"])
def test_hosted_pictures_do_not_travel(base: str) -> None:
    issue = with_pictures(WIDE)

    edition = compile_edition(issue, HEAD, None, base)

    assert edition.pictures == ()
    assert [each["src"] for each in images(edition.variants[0].html)] == [
        f"{BASE}/2025-10/portrait.gif",
        f"{BASE}/2025-10/werkstatt.png",
    ]
    assert rules(issue, base) == []
    assert fingerprint(edition, {}) != fingerprint(compile_edition(issue, HEAD), {})


def test_only_the_configured_place_may_host() -> None:
    issue = with_pictures(WIDE)
    edition = compile_edition(issue, HEAD, None, "https://elsewhere.example.org")

    found = preflight(issue, edition, Surroundings(today=date(2025, 10, 7), image_base_url=BASE))

    assert [each.rule for each in found] == ["letter.remote_picture"] * 2


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (replace(WIDE, width=1011), ["picture.width"]),
        (replace(WIDE, width=1012), []),
        (replace(WIDE, data=b"x" * 204_801), ["picture.size"]),
        (replace(WIDE, data=b"x" * 204_800), []),
        (replace(WIDE, data=b"x" * 1_048_577), ["picture.size", "picture.together"]),
        (replace(WIDE, width=3000, height=3000), []),
        (replace(WIDE, width=3001), ["picture.large"]),
        (replace(WIDE, height=3001, width=1012), ["picture.large"]),
        (replace(WIDE, width=1000, height=3000), ["picture.width"]),
        (replace(WIDE, width=1000, height=3001), ["picture.width", "picture.large", "picture.tall"]),
        (replace(WIDE, width=6000, height=6000), ["picture.large"]),
    ],
)
def test_blurred_heavy_and_oversized_files_are_warnings(picture: Picture, expected: list[str]) -> None:
    assert rules(with_pictures(picture)) == [(rule, "warning") for rule in expected]


def checked(tmp_path: Path) -> list[dict[str, str]]:
    arguments = ("--config", str(tmp_path / "config.toml"), "issue", "check", "2025-10", "--json")
    found: list[dict[str, str]] = json.loads(CliRunner().invoke(rundbrief, arguments).stdout)["findings"]
    return [each for each in found if each["rule"].startswith("picture.")]


def test_the_check_names_a_picture_that_is_too_large_too_tall_and_too_heavy(tmp_path: Path) -> None:
    folder = make_office(tmp_path).settings.issues / "2025-10"
    (folder / "highlights.toml").write_text(CARD + 'picture_alt = "Zwei am Werktisch"\n', "utf-8")
    (folder / "werkstatt.png").write_bytes(png(1012, 3100) + b"\0" * 1_100_000 + b"IEND\xaeB`\x82")

    found = checked(tmp_path)

    assert {(each["place"], each["severity"]) for each in found[:3]} == {
        ("issues/2025-10/werkstatt.png", "warning")
    }
    assert [(each["rule"], each["message"]) for each in found[:3]] == [
        ("picture.large", "The picture has 1012 x 3100 pixels; phones run short of memory, readers wait."),
        ("picture.tall", "The picture is 3.1 times as high as wide; it pushes the text off the screen."),
        ("picture.size", found[2]["message"]),
    ]
    assert "1 MB is too much for one mail" in found[2]["message"]
    assert "200 KB" not in found[2]["message"]


def test_words_for_a_picture_that_is_called_decorative_contradict_it(tmp_path: Path) -> None:
    folder = make_office(tmp_path).settings.issues / "2025-10"
    both = 'picture_alt = "Zwei am Werktisch"\npicture_decorative = true\n'
    (folder / "highlights.toml").write_text(CARD + both, "utf-8")
    (folder / "werkstatt.png").write_bytes(png(1100, 500))

    (found,) = checked(tmp_path)
    (folder / "highlights.toml").write_text(CARD + "picture_decorative = true\n", "utf-8")
    after = checked(tmp_path)

    assert (found["rule"], found["severity"]) == ("picture.alt", "warning")
    assert found["place"] == "issues/2025-10/highlights.toml:6"
    assert found["message"] == (
        "`picture_alt` and `picture_decorative = true` contradict each other; the second wins, "
        "nobody hears “Zwei am Werktisch”."
    )
    assert after == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("", "highlights.toml:5: `picture_alt` is missing"),
        ('picture_alt = "x"\n', "highlights.toml:5: The picture issues/2025-10/werkstatt.png is missing."),
        ('picture_alt = "x"\n', "is neither PNG nor JPEG nor GIF"),
        (
            'picture_alt = "x"\npicture_size = 1\n',
            "The key `picture_size` is unknown. Did you mean `picture`?",
        ),
    ],
)
def test_what_is_wrong_with_a_picture_is_told_with_its_line(tmp_path: Path, more: str, message: str) -> None:
    folder = make_office(tmp_path).settings.issues / "2025-10"
    (folder / "highlights.toml").write_text(CARD + more, "utf-8")
    if "missing." not in message:
        (folder / "werkstatt.png").write_bytes(b"<svg/>" if "neither" in message else png(8, 8))

    with pytest.raises(Problems) as caught:
        read_issue(folder, {}, tmp_path)

    assert message in str(caught.value)


def test_build_says_what_has_to_be_uploaded(tmp_path: Path) -> None:
    folder = make_office(tmp_path).settings.issues / "2025-10"
    (folder / "highlights.toml").write_text(f"{CARD}picture_decorative = true\n", "utf-8")
    (folder / "werkstatt.png").write_bytes(png(1100, 400))
    config = tmp_path / "config.toml"
    hosted = f'[workspace]\nimage_base_url = "{BASE}/"'
    config.write_text(config.read_text("utf-8").replace("[workspace]", hosted), "utf-8")

    result = CliRunner().invoke(rundbrief, ["--config", str(config), "issue", "build", "2025-10", "--json"])

    answer = json.loads(result.stdout)
    (upload,) = answer["uploads"]
    assert upload["url"] == f"{BASE}/2025-10/werkstatt.png"
    assert Path(upload["file"]).read_bytes() == png(1100, 400)
    assert f"to {BASE}/2025-10/werkstatt.png" in result.stderr
    assert f'src="{BASE}/2025-10/werkstatt.png"' in Path(answer["variants"][0]["html"]).read_text("utf-8")
    assert b"Content-ID" not in Path(answer["variants"][0]["html"]).with_suffix(".eml").read_bytes()


@pytest.mark.parametrize("base", ["http://www.example.org/bilder", "https://kim@example.org/", "bilder"])
def test_a_host_that_mail_programs_cannot_ask_is_refused_with_its_line(tmp_path: Path, base: str) -> None:
    make_office(tmp_path)
    config = tmp_path / "config.toml"
    hosted = f'[workspace]\nimage_base_url = "{base}"'
    config.write_text(config.read_text("utf-8").replace("[workspace]", hosted), "utf-8")

    result = CliRunner().invoke(rundbrief, ["--config", str(config), "issue", "list"])

    assert isinstance(result.exception, Problems)
    assert result.exception.exit_code == 3
    assert "config.toml:3: workspace.image_base_url" in str(result.exception)
