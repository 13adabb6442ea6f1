"""`rundbrief templates` from the front door: what there is, and a copy that changes the letter."""

import json
import shutil
from pathlib import Path

import pytest

from mailer import shipped
from tests.frontdoor import rundbrief
from tests.small_workspace import make_office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_office(tmp_path)
    return tmp_path


def test_the_list_tells_shipped_ones_from_own_ones(folder: Path) -> None:
    (folder / "templates" / "blocks").mkdir(parents=True)
    shutil.copy(shipped.templates() / "letter.txt", folder / "templates" / "letter.txt")
    (folder / "templates" / "blocks" / "note.mjml").write_text("", "utf-8")
    (folder / "templates" / ".letter.txt.swp").write_text("", "utf-8")

    rows = json.loads(rundbrief("templates", "list", "--json", cwd=folder).stdout)
    table = rundbrief("templates", "list", cwd=folder).stdout.splitlines()

    found = {row["name"]: (row["origin"], row["replaces_shipped"]) for row in rows}
    assert found["letter.mjml"] == ("shipped", False)
    assert found["letter.txt"] == ("own", True)
    assert found["blocks/note.mjml"] == ("own", False)
    assert {"themes/kammer.toml", "blocks/cards.mjml", "strings.toml", "prose.css"} <= set(found)
    assert not any(name.startswith(("web/", ".")) for name in found)
    assert all(Path(row["file"]).is_file() for row in rows)
    assert table[0] == "name\torigin\treplaces_shipped\tfile"
    assert len(table) == len(rows) + 1


def test_a_copy_is_the_shipped_file_and_changes_the_letter(folder: Path) -> None:
    done = rundbrief("templates", "copy", "letter.txt", "blocks/imprint.mjml", cwd=folder)

    paths = [Path(line) for line in done.stdout.splitlines()]
    templates = folder / "templates"
    assert paths == [templates / "letter.txt", templates / "blocks" / "imprint.mjml"]
    assert paths[0].read_bytes() == (shipped.templates() / "letter.txt").read_bytes()

    paths[0].write_text("Ganz anders.\n" + paths[0].read_text("utf-8"), "utf-8")
    built = json.loads(rundbrief("issue", "build", "2025-10", "--json", cwd=folder).stdout)
    assert Path(built["variants"][0]["text"]).read_text("utf-8").startswith("Ganz anders.\n")


def test_a_file_that_is_there_is_kept_unless_forced(folder: Path) -> None:
    (folder / "templates").mkdir()
    own = folder / "templates" / "letter.txt"
    own.write_text("meins", "utf-8")

    refused = rundbrief("templates", "copy", "prose.css", "letter.txt", cwd=folder)
    kept, others = own.read_text("utf-8"), list((folder / "templates").iterdir())
    forced = rundbrief("templates", "copy", "letter.txt", "--force", cwd=folder)

    assert (refused.returncode, refused.stdout, kept, others) == (5, "", "meins", [own])
    assert "letter.txt is there already. Nothing was written." in refused.stderr
    assert forced.returncode == 0
    assert own.read_bytes() == (shipped.templates() / "letter.txt").read_bytes()


@pytest.mark.parametrize("other", ["haus", "haus.toml", "themes/haus.toml"])
def test_a_theme_is_copied_under_another_name_and_can_be_named(folder: Path, other: str) -> None:
    done = rundbrief("templates", "copy", "themes/kammer.toml", "--as", other, cwd=folder)
    config = (folder / "config.toml").read_text("utf-8")
    (folder / "config.toml").write_text(config.replace("send =", 'theme = "haus"\nsend ='), "utf-8")

    checked = rundbrief("issue", "check", "2025-10", cwd=folder)

    assert done.stdout == f"{folder / 'templates' / 'themes' / 'haus.toml'}\n"
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["cards.mjml"], "Did you mean blocks/cards.mjml?"),
        (["themes/kamer.toml"], "Did you mean themes/kammer.toml?"),
        (["web/public.html"], "No template 'web/public.html' is shipped."),
        (["../config.toml"], "No template '../config.toml' is shipped."),
        (["letter.txt", "--as", "../letter.txt"], "is no name for a template"),
        (["letter.txt", "--as", "/tmp/letter.txt"], "is no name for a template"),
        (["letter.txt", "--as", ""], "is no name for a template"),
        (["letter.txt", "--as", ".."], "is no name for a template"),
        (["letter.txt", "--as", "letter.html"], "ends with .txt"),
        (["letter.txt", "prose.css", "--as", "x"], "--as names one copy"),
    ],
)
def test_a_name_that_does_not_fit_writes_nothing(folder: Path, names: list[str], told: str) -> None:
    done = rundbrief("templates", "copy", *names, cwd=folder)

    assert done.returncode == 2
    assert told in done.stderr
    assert not (folder / "templates").exists()


def test_in_the_repository_the_own_templates_are_the_shipped_ones(folder: Path) -> None:
    config = str(shipped.templates().parent / "config.toml")

    rows = json.loads(rundbrief("--config", config, "templates", "list", "--json", cwd=folder).stdout)
    done = rundbrief("--config", config, "templates", "copy", "letter.txt", "--force", cwd=folder)

    assert {row["origin"] for row in rows} == {"shipped"}
    assert done.returncode == 5
