"""What is remembered of config.toml holds for nothing else, holds no secret, and is never in the way."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.cli.book import essentials_of
from mailer.settings import read_settings
from mailer.settings.essentials import Essentials, KeyPlace, essentials_for, recalled
from subscribers.errors import Problem
from tests.small_workspace import make_office


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The config.toml of a workspace with a database."""
    office = make_office(tmp_path / "w")
    assert office.engine is not None
    found = office.settings.file
    (found.parent / "var" / "config.checked").unlink()
    return found


class Checks:
    """Reads config.toml as the command line does, and counts how often."""

    def __init__(self, config: Path) -> None:
        self.config, self.times = config, 0

    def __call__(self) -> Essentials:
        self.times += 1
        return essentials_of(read_settings(self.config))

    def known(self) -> Essentials:
        return essentials_for(self.config, self)


@pytest.fixture
def checks(config: Path) -> Checks:
    return Checks(config)


def kept(config: Path) -> Path:
    return config.parent / "var" / "config.checked"


def test_the_file_is_checked_once(checks: Checks, config: Path) -> None:
    first, second = checks.known(), checks.known()

    assert checks.times == 1
    assert first == second
    assert first.newsletters == {"rundbrief": "Rundbrief"}
    assert first.database_file == str(config.parent / "var" / "rundbrief.db")
    assert first.key == KeyPlace("var/secret.key", None, None)
    assert kept(config).stat().st_mode & 0o777 == 0o600
    assert not [each for each in kept(config).parent.iterdir() if each.name.startswith("tmp")]


def test_what_is_declared_comes_back_as_it_was(checks: Checks, config: Path) -> None:
    more = '[subscribers]\nproof_years = 5\n[subscribers.fields]\nrolle = ["Straße", "Gast"]\nseit = "date"\n'
    config.write_text(config.read_text("utf-8") + more, "utf-8")

    first, second = checks.known(), checks.known()

    assert (first, checks.times) == (second, 1)
    assert second.fields == {"rolle": ["Straße", "Gast"], "seit": "date"}
    assert second.keeping["proof_years"] == 5


def test_one_changed_byte_is_checked_again(checks: Checks, config: Path) -> None:
    checks.known()
    text = config.read_text("utf-8")
    config.write_text(text.replace('name = "Rundbrief"', 'name = "Rundbriefe"'), "utf-8")

    changed = checks.known()

    assert changed.newsletters == {"rundbrief": "Rundbriefe"}
    config.write_text(text.replace("[smtp]", "[smtpp]"), "utf-8")
    with pytest.raises(Problem, match="smtpp"):
        checks.known()


def test_a_theme_of_the_workspace_counts(checks: Checks, config: Path) -> None:
    checks.known()
    themes = config.parent / "templates" / "themes"
    themes.mkdir(parents=True)
    (themes / "kammer.toml").write_text("x = 1", "utf-8")

    checks.known()

    assert checks.times == 2


def test_an_unknown_variable_is_told_all_the_same(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.known()
    monkeypatch.setenv("RUNDBRIEF_DATABSE_URL", "sqlite:///x.db")

    with pytest.raises(Problem, match="RUNDBRIEF_DATABSE_URL is unknown"):
        checks.known()


def test_a_database_from_the_environment_is_never_remembered(
    checks: Checks, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNDBRIEF_DATABASE_URL", "postgresql+psycopg://kim:geheim@db/x")

    found = [checks.known() for _ in range(2)]

    assert (checks.times, found[0].database_file) == (2, "")
    assert not kept(config).exists()
    assert "geheim" not in repr(found)


@pytest.mark.parametrize("how", ["cut", "bit", "empty", "bytes", "other", "folder", "shape"])
def test_damage_is_as_if_nothing_were_there(checks: Checks, config: Path, how: str) -> None:
    right = checks.known()
    file = kept(config)
    text = file.read_text("utf-8")
    seal, _, values = text.partition("\n")
    damaged = {
        "cut": text[: len(text) // 2],
        "bit": text.replace("var/rundbrief.db", "var/rundbrieg.db"),
        "empty": "",
        "other": f"{seal}\n" + json.dumps({**json.loads(values), "relay": "evil.example.org"}),
        "shape": f"{seal}\n[]",
    }
    if how == "folder":
        file.unlink()
        file.mkdir()
    else:
        file.write_bytes(b"\xff\xfe\0" if how == "bytes" else damaged[how].encode())

    assert checks.known() == right
    assert checks.times == 2


def test_a_workspace_that_was_copied_is_checked_again(checks: Checks, config: Path, tmp_path: Path) -> None:
    known = checks.known()
    other = tmp_path / "copy"
    (other / "var").mkdir(parents=True)
    for name in ("config.toml", "var/config.checked"):
        (other / name).write_bytes((config.parent / name).read_bytes())

    copied = Checks(other / "config.toml").known()

    place = {"config": str(other / "config.toml"), "database_file": str(other / "var" / "rundbrief.db")}
    assert copied == replace(known, **place)


def test_a_file_that_changes_while_it_is_read_is_not_remembered(config: Path) -> None:
    def check() -> Essentials:
        found = essentials_of(read_settings(config))
        config.write_text(config.read_text("utf-8") + "# noch etwas\n", "utf-8")
        return found

    essentials_for(config, check)

    assert not kept(config).exists()


def test_without_a_folder_to_write_to_it_is_checked_each_time(tmp_path: Path) -> None:
    config = make_office(tmp_path / "w").settings.file
    away = config.parent / "var"
    away.rename(tmp_path / "var")
    checks = Checks(config)

    checks.known()
    checks.known()

    assert checks.times == 2
    assert not away.exists()


def test_many_at_once_agree(checks: Checks, config: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: checks.known(), range(40)))

    assert {repr(each) for each in found} == {repr(found[0])}
    assert [each.name for each in kept(config).parent.glob("*") if each.name.startswith("tmp")] == []


def test_what_was_right_is_not_right_with_another_theme_or_variable(
    checks: Checks, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = recalled(config) is not None
    checks.known()

    after = recalled(config) is not None

    assert (before, after) == (False, True)
    monkeypatch.setenv("RUNDBRIEF_SMTP_PASSWORD", "x")
    assert not recalled(config)
    monkeypatch.delenv("RUNDBRIEF_SMTP_PASSWORD")
    (config.parent / "templates" / "themes").mkdir(parents=True)
    (config.parent / "templates" / "themes" / "eigen.toml").write_text("", "utf-8")
    assert not recalled(config)
