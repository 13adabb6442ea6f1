"""The pictures of a letter stand in the frame itself, those that the newsletter hosts as well."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from studiosite import CARDS, KEY, StudioSite, open_studio

from mailer.web.pictures import inline_pictures
from tests.content.paper import png


@pytest.fixture
def studio(serve: Callable, tmp_path: Path) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "w", database=False) as made:
        issue = made.folder / "issues" / KEY
        (issue / "werkstatt.png").write_bytes(png(1100, 500))
        picture = 'picture = "werkstatt.png"\npicture_alt = "Zwei am Werktisch"'
        cards = CARDS.replace('only_for = "gewerk = Maler"', picture)
        (issue / "highlights.toml").write_text(cards, "utf-8")
        yield made


def test_only_known_pictures_are_put_in() -> None:
    html = '<img src="cid:a"><td background="cid:a"><img src="cid:b"> cid:a <p style="background:url(cid:a)">'

    filled = inline_pictures(html, {"cid:a": ("image/png", b"\0")})

    assert filled.split("data:image/png;base64,AA==") == [
        '<img src="',
        '"><td background="',
        '"><img src="cid:b"> cid:a <p style="background:url(',
        ')">',
    ]


def test_a_name_that_begins_like_another_is_not_mistaken_for_it() -> None:
    pictures = {"cid:a": ("image/png", b"\0"), "cid:a.png": ("image/gif", b"\1")}

    filled = inline_pictures('<img src="cid:a.png"><img src="cid:a"><img src="cid:a.png2">', pictures)

    assert filled == (
        '<img src="data:image/gif;base64,AQ=="><img src="data:image/png;base64,AA=="><img src="cid:a.png2">'
    )


def test_an_embedded_picture_is_seen(studio: StudioSite) -> None:
    letter = studio.ask(f"issues/{KEY}/letter").text

    assert "cid:" not in letter
    assert letter.count('src="data:image/png;base64,') == 1


def test_a_hosted_picture_is_seen_before_it_was_uploaded(studio: StudioSite) -> None:
    config = studio.folder / "config.toml"
    text = config.read_text("utf-8")
    hosted = 'image_base_url = "https://bilder.example.org/brief"\n[database]'
    config.write_text(text.replace("[database]", hosted), "utf-8")

    letter, source = (studio.ask(f"issues/{KEY}/{part}").text for part in ("letter", "source"))

    assert "bilder.example.org" not in letter
    assert letter.count('src="data:image/png;base64,') == 1
    assert "bilder.example.org/brief/2025-10/werkstatt.png" in source.replace("=\n", "").replace("=\r\n", "")
