"""Variants from the front door: build lists them with their readers, check names the line, approve counts."""

import json
from pathlib import Path

import pytest

from tests.frontdoor import rundbrief
from tests.small_workspace import make_office, remove_database

CARDS = """\
[[highlights]]
title = "Nur für Maler"
teaser = "Ein Satz für Maler."
only_for = "gewerk = Maler"

[[highlights]]
title = "Für alle"
teaser = "Ein Satz für alle."
"""
EN = '+++\ntitle = "A short letter"\npreheader = "So that the list says something"\n+++\nA paragraph.\n'
CONSENT = ("--source", "Messe", "--consented-on", "2025-01-02")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    office = make_office(tmp_path / "w")
    remove_database(office)
    issue = office.settings.issues / "2025-10"
    (issue / "highlights.toml").write_text(CARDS, "utf-8")
    (issue / "editorial.en.md").write_text(EN, "utf-8")
    return tmp_path / "w"


def add(folder: Path, address: str, *fields: str) -> None:
    done = rundbrief("subscribers", "add", address, *fields, *CONSENT, cwd=folder)
    assert done.returncode == 0, done.stderr


def test_build_lists_each_variant_with_files_of_its_own_and_its_readers(folder: Path) -> None:
    add(folder, "ada@example.org", "--gewerk", "Maler")
    add(folder, "bo@example.org")
    add(folder, "cy@example.org", "--language", "en")

    rows = json.loads(rundbrief("issue", "build", "2025-10", "--json", cwd=folder).stdout)["variants"]
    table = rundbrief("issue", "build", "2025-10", cwd=folder).stdout

    both, all_readers = ["nur-fuer-maler", "fuer-alle"], ["fuer-alle"]
    found = [
        (each["key"], each["voice"], each["cards"], each["left_out"], each["recipients"]) for each in rows
    ]
    assert found == [
        ("de-1", "de", both, [], 1),
        ("de-2", "de", all_readers, ["nur-fuer-maler"], 1),
        ("en-1", "en", both, [], 0),
        ("en-2", "en", all_readers, ["nur-fuer-maler"], 1),
    ]
    for each in rows:
        html, text = Path(each["html"]).read_text("utf-8"), Path(each["text"]).read_text("utf-8")
        assert len(html.encode()) == each["bytes"]
        assert ("Nur für Maler" in html, "Nur für Maler" in text) == (len(each["cards"]) == 2,) * 2
        assert Path(each["html"]).with_suffix(".eml").exists()
    assert [line.split("\t")[:3] for line in table.splitlines()[1:]] == [
        ["de-1", "de", "all"],
        ["de-2", "de", "-nur-fuer-maler"],
        ["en-1", "en", "all"],
        ["en-2", "en", "-nur-fuer-maler"],
    ]


def test_build_counts_another_segment_when_asked(folder: Path) -> None:
    add(folder, "ada@example.org", "--gewerk", "Maler")
    add(folder, "bo@example.org")
    assert rundbrief("segments", "add", "maler", "gewerk = Maler", cwd=folder).returncode == 0

    done = rundbrief("issue", "build", "2025-10", "--segment", "maler", "--json", cwd=folder)
    unknown = rundbrief("issue", "build", "2025-10", "--segment", "malr", cwd=folder)

    assert [each["recipients"] for each in json.loads(done.stdout)["variants"]] == [1, 0, 0, 0]
    assert unknown.returncode == 1
    assert "Did you mean maler?" in unknown.stderr


def test_without_a_database_nobody_is_counted_and_none_is_made(folder: Path) -> None:
    done = rundbrief("issue", "build", "2025-10", "--json", cwd=folder)

    assert [each["recipients"] for each in json.loads(done.stdout)["variants"]] == [None] * 4
    assert not (folder / "var" / "rundbrief.db").exists()


def test_a_rule_that_cannot_be_read_stops_check_with_its_line(folder: Path) -> None:
    file = folder / "issues" / "2025-10" / "highlights.toml"
    file.write_text(CARDS.replace("gewerk =", "gewrk ="), "utf-8")

    done = rundbrief("issue", "check", "2025-10", cwd=folder)

    assert done.returncode == 2
    assert "issues/2025-10/highlights.toml:4, rule, character 1: There is no field 'gewrk'" in done.stderr
    assert "Did you mean gewerk?" in done.stderr
    assert "Traceback" not in done.stderr


def test_show_names_voices_rules_and_variants_also_when_a_rule_is_broken(folder: Path) -> None:
    shown = rundbrief("issue", "show", "2025-10", cwd=folder).stdout
    described = json.loads(rundbrief("issue", "show", "2025-10", "--json", cwd=folder).stdout)
    file = folder / "issues" / "2025-10" / "highlights.toml"
    file.write_text(CARDS.replace("gewerk =", "gewrk ="), "utf-8")
    broken = rundbrief("issue", "show", "2025-10", cwd=folder)

    assert "voice\ten: A short letter" in shown
    assert "only for\tnur-fuer-maler: gewerk = Maler" in shown
    assert "variant\tde-2: de -nur-fuer-maler" in shown
    assert [each["key"] for each in described["variants"]] == ["de-1", "de-2", "en-1", "en-2"]
    assert described["voices"][0]["editorial"]["title"] == "A short letter"
    assert broken.returncode == 0
    assert "only for\tnur-fuer-maler: gewrk = Maler" in broken.stdout
    assert "highlights.toml:4" in broken.stderr


def test_approve_says_how_many_people_get_which_variant(folder: Path) -> None:
    add(folder, "ada@example.org", "--gewerk", "Maler")
    add(folder, "bo@example.org")
    (folder / "issues" / "2025-10" / "editorial.en.md").unlink()
    assert rundbrief("mailing", "plan", "2025-10", "--now", cwd=folder).returncode == 0

    done = rundbrief("mailing", "approve", "1", "--yes", "--expect-recipients", "2", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert "Variant de-1 (de, all): 1 recipients." in done.stderr
    assert "Variant de-2 (de, -nur-fuer-maler): 1 recipients." in done.stderr


def test_an_issue_that_is_the_same_for_everybody_keeps_its_file_names(tmp_path: Path) -> None:
    make_office(tmp_path / "w")

    done = rundbrief("issue", "build", "2025-10", "--json", cwd=tmp_path / "w")

    (only,) = json.loads(done.stdout)["variants"]
    assert (only["key"], Path(only["html"]).name, Path(only["text"]).name) == (
        "standard",
        "standard.html",
        "standard.txt",
    )
