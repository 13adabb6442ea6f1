"""Many saves while many pages ask: every answer is one whole letter, and the last one shows the last save."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from studiosite import KEY, TOKEN, StudioSite, open_studio

SAVES = 25


@pytest.fixture
def studio(serve: Callable, tmp_path: Path) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "w", database=False) as made:
        yield made


def test_a_save_in_the_midst_of_a_drawing_is_neither_mixed_nor_lost(studio: StudioSite) -> None:
    text, done = studio.editorial.read_text("utf-8"), Event()
    studio.json()

    def save() -> None:
        for number in range(SAVES):
            new = text.replace("Ein kurzer Brief", f"Brief {number}").replace(
                "der erste", f"Nummer {number}, der"
            )
            hidden = studio.editorial.with_name(".neu")
            hidden.write_text(new, "utf-8")
            hidden.rename(studio.editorial)
        done.set()

    def look() -> list[tuple[int, str]]:
        seen = []
        while not done.is_set():
            answer = studio.json()
            assert answer["problems"] == []
            seen.append((answer["letter"]["revision"], answer["letter"]["subject"]))
            plain = studio.ask(f"issues/{KEY}/text").text
            number = plain.partition("Nummer ")[2].partition(",")[0]
            assert number == "" or f"Brief {number}\n" in plain
        return seen

    with ThreadPoolExecutor(5) as pool:
        looks = [pool.submit(look) for _ in range(4)]
        pool.submit(save).result()
        seen = [each for one in looks for each in one.result()]

    assert len(dict(seen)) == len({subject for _, subject in seen})  # one letter for each revision
    assert studio.json()["letter"]["subject"] == f"Brief {SAVES - 1}"


def test_a_file_written_in_two_halves_is_shown_whole_in_the_end(studio: StudioSite) -> None:
    text = studio.editorial.read_text("utf-8")
    good = studio.json()["letter"]
    with studio.editorial.open("w", encoding="utf-8") as file:
        file.write(text[:20])
        file.flush()
        half = studio.json()
        file.write(text[20:].replace("der erste", "der allererste"))

    assert half["problems"]
    assert half["letter"] == good
    assert studio.json()["problems"] == []
    assert "der allererste Absatz" in studio.ask(f"issues/{KEY}/text").text


def test_an_issue_that_is_removed_is_gone(studio: StudioSite) -> None:
    studio.json()
    for file in studio.editorial.parent.iterdir():
        file.unlink()
    empty = studio.json()
    studio.editorial.parent.rmdir()

    assert empty["problems"]
    assert studio.ask(f"issues/{KEY}").status == 404
    assert studio.json("issues") == []
    assert json.loads(studio.site.ask("GET", f"/{TOKEN}/tools").text) == []
