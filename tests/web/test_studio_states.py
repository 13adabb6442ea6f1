"""What the studio says of an issue in words: approved, changed, in the way; and in German what is broken."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from studiosite import KEY, StudioSite, open_studio

from mailer.delivery.mailing import list_mailings
from tests.small_workspace import add_people, plan_and_approve

BROKEN = {
    "toml": (
        'title = "Ein kurzer Brief"',
        'title = "Ein kurzer Brief',
        "Schreibweise nicht gültig (TOML)",
        2,
    ),
    "key": ("title =", 'titel = "x"\ntitle =', "die das Programm nicht kennt: `titel`.", 2),
    "missing": ('title = "Ein kurzer Brief"\n', "", "fehlt die Angabe `title`.", 2),
    "picture": (
        'author = "',
        'portrait = "weg.png"\nportrait_alt = "Ein Bild"\nauthor = "',
        "ist ein Bild genannt, das es nicht gibt",
        4,
    ),
    "alt": ('author = "', 'portrait = "weg.png"\nauthor = "', "Menschen, die das Bild nicht sehen", 4),
    "end": ("+++\ndies", "dies", "hat kein Ende.", 1),
    "value": ('title = "Ein kurzer Brief"', "title = 7", "stimmt eine Angabe nicht: `title`.", 2),
}


@pytest.fixture
def studio(serve: Callable, tmp_path: Path, now: datetime) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "w", database=True) as made:
        made.write(", mit {{ geschweiften }} Klammern", "")
        yield made


def approve(studio: StudioSite) -> None:
    now = datetime.now(UTC)
    add_people(studio.office, ["ada@example.org"], now)
    plan_and_approve(studio.office, now + timedelta(days=20), now)


def state(studio: StudioSite, language: str = "de") -> tuple[str, str]:
    (row,) = studio.json("issues", Accept_Language=language)
    return row["state"], row["tone"]


def test_an_approval_that_no_longer_holds_is_said_in_words(studio: StudioSite) -> None:
    approve(studio)
    approved = state(studio)
    studio.write("der erste Absatz", "der allererste Absatz")
    changed, english = state(studio), state(studio, "en")
    studio.write("der allererste Absatz", "der erste [Zahl noch prüfen] Absatz [Raum noch klären]")
    hindered = state(studio)
    studio.write("der erste [Zahl noch prüfen] Absatz [Raum noch klären]", "der erste Absatz")

    assert approved == ("freigegeben", "next")
    assert changed == ("geändert seit der Freigabe", "doubt")
    assert english == ("changed since the approval", "doubt")
    assert hindered == ("geändert seit der Freigabe · Hindernisse: 1", "stop")
    assert state(studio) == approved


def test_a_change_of_another_kind_is_said_too(studio: StudioSite) -> None:
    approve(studio)
    config = studio.folder / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace('from_name = "Kammer Musterland"', 'from_name = "Die Kammer"'), "utf-8")

    approval = studio.json()["approval"]

    assert state(studio)[0] == "geändert seit der Freigabe"
    assert approval["possible"]
    (change,) = approval["changes"]
    assert change.endswith(": kein Wort; anderes, etwa Absender oder Verteiler")


def test_what_is_in_the_way_of_a_planned_issue_is_said(studio: StudioSite) -> None:
    approve(studio)
    with studio.office.engine.begin() as connection:
        from sqlalchemy import update

        from mailer.delivery.schema import mailing

        (planned,) = list_mailings(connection)
        forgotten = {"state": "checked", "release": 0}
        connection.execute(update(mailing).where(mailing.c.id == planned.id).values(**forgotten))
    before = state(studio)

    studio.write("der erste Absatz", "der erste [Zahl noch prüfen] Absatz")

    assert before == ("geprüft", "next")
    assert state(studio) == ("Hindernisse: 1", "stop")


def test_an_approved_issue_that_broke_is_unreadable(studio: StudioSite) -> None:
    approve(studio)

    studio.write("title =", "titel =")

    assert state(studio) == ("nicht lesbar", "stop")


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_issue_is_told_in_german_with_the_programs_words_behind(
    studio: StudioSite, kind: str
) -> None:
    old, new, german, line = BROKEN[kind]
    studio.write(old, new)

    told = studio.json()["problems"]
    english = studio.json(Accept_Language="en")["problems"]

    said = next(each for each in told if german in each["message"])
    assert said["place"] == f"issues/{KEY}/editorial.md:{line}"
    assert "editorial.md" in said["message"]
    assert said["hint"].startswith("Meldung des Programms: ")
    assert english[told.index(said)]["message"] in said["hint"]
    assert "Meldung" not in str(english)


@pytest.mark.parametrize(
    ("content", "german"),
    [
        (b"", "editorial.md ist leer oder hat keinen Kopf."),
        (
            b'+++\ntitle = "Gr\xfc\xdfe"\n+++\nText.\n',
            "In editorial.md, Zeile 2, stehen Zeichen, die nicht UTF-8 sind.",
        ),
        (b'+++\ntitle = "Text"\n+++\n', "In editorial.md steht nach dem Kopf kein Text."),
        (None, "Die Datei editorial.md fehlt."),
    ],
)
def test_a_file_that_is_none_is_told_in_german(
    studio: StudioSite, content: bytes | None, german: str
) -> None:
    if content is None:
        studio.editorial.unlink()
    else:
        studio.editorial.write_bytes(content)

    problems = studio.json()["problems"]

    assert [each for each in problems if each["message"].startswith(german)], problems


def test_a_broken_config_is_told_in_german_with_its_line(studio: StudioSite) -> None:
    studio.json()
    config = studio.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace("security =", "sekurity ="), "utf-8")

    problems = studio.json()["problems"]

    assert problems[0]["message"].startswith("In config.toml, Zeile ")
    assert "die das Programm nicht kennt: `smtp.sekurity`." in problems[0]["message"]
    assert "did you mean security?" in problems[0]["hint"]
