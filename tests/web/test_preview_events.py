"""The stream that tells open pages what was saved: each save, by whatever editor, and for which issues."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from studiosite import KEY, TOKEN, StudioSite, open_events, open_studio, read_until

from mailer.web.watch import Watch


@pytest.fixture
def studio(serve: Callable, tmp_path: Path) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "w", database=False) as made:
        yield made


@pytest.fixture
def events(studio: StudioSite) -> Iterator[Callable[[], list[str]]]:
    """Reads the keys of the next save."""
    connection, response = open_events(studio.site.port, f"/{TOKEN}/events")

    def keys() -> list[str]:
        read_until(response, b"event: saved")
        return json.loads(read_until(response, b"data: ").removeprefix(b"data: "))["keys"]

    yield keys
    response.close()
    connection.close()


def replace(file: Path, content: str) -> None:
    """Save as many editors do: a new file is put in the place of the old one."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(content, "utf-8")
    new.rename(file)


def test_a_saved_file_is_told_with_its_issue_and_a_quiet_stream_beats(studio: StudioSite) -> None:
    connection, response = open_events(studio.site.port, f"/{TOKEN}/events")

    begun = time.monotonic()
    studio.write("dies ist der", "Das ist der")
    read_until(response, b"event: saved")
    told = time.monotonic() - begun
    keys = read_until(response, b"data: ")
    read_until(response, b": ping")
    beat = time.monotonic() - begun

    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    assert keys == b'data: {"keys": ["2025-10"]}\n'
    assert told < 10
    assert beat < 20
    response.close()
    connection.close()


def test_a_file_saved_by_renaming_is_told_each_time(studio: StudioSite, events: Callable) -> None:
    text = studio.editorial.read_text("utf-8")

    for number in range(3):
        replace(studio.editorial, text.replace("Ein kurzer Brief", f"Brief {number}"))

        assert events() == [KEY]
        assert studio.json()["letter"]["subject"] == f"Brief {number}"


def test_what_all_issues_share_concerns_all(studio: StudioSite, events: Callable) -> None:
    (studio.folder / "issues" / "2025-11").mkdir()
    assert KEY in {*events(), KEY}

    for number in range(2):
        replace(studio.folder / "programmes.toml", f"# {number}\n")
        while (keys := sorted(events())) == ["2025-11"]:  # the new folder is told of twice
            pass
        assert keys == [KEY, "2025-11"]


def test_a_new_issue_is_watched_from_its_first_file_on(studio: StudioSite, events: Callable) -> None:
    new = studio.folder / "issues" / "2025-11"
    new.mkdir()
    new.joinpath("editorial.md").write_text(studio.editorial.read_text("utf-8"), "utf-8")
    assert events() == ["2025-11"]
    assert events() == ["2025-11"]

    replace(new / "editorial.md", studio.editorial.read_text("utf-8").replace("kurzer", "neuer"))

    assert events() == ["2025-11"]
    assert [row["title"] for row in studio.json("issues")] == ["Ein neuer Brief", "Ein kurzer Brief"]


def test_the_books_are_no_letters(studio: StudioSite) -> None:
    connection, response = open_events(studio.site.port, f"/{TOKEN}/events")

    (studio.folder / "var").mkdir()
    (studio.folder / "var" / "rundbrief.db-wal").write_text("Seiten")
    line = next(line for line in response if line.strip())

    assert line == b": ping\n"
    response.close()
    connection.close()


def test_each_of_many_pages_is_told_by_one_watcher(studio: StudioSite) -> None:
    streams = [open_events(studio.site.port, f"/{TOKEN}/events") for _ in range(45)]  # threads are forty

    studio.write("dies ist der", "Das ist der")

    for _, response in streams:
        read_until(response, b"event: saved")
    assert studio.json()["problems"] == []
    for connection, response in streams:
        response.close()
        connection.close()


def test_who_begins_to_look_when_the_server_ends_is_not_kept_waiting(tmp_path: Path) -> None:
    watch = Watch(lambda: [tmp_path])
    watch.set()

    async def look() -> list[frozenset[Path]]:
        return [each async for each in watch.saved()]

    assert asyncio.run(asyncio.wait_for(look(), 30)) == []
