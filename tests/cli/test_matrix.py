"""`issue build --matrix`: a folder of pages that stands alone, made by the real command."""

import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mailer.cli import contact_sheet
from mailer.cli.build import build
from mailer.cli.office import Office
from mailer.web.matrix import WIDTHS
from tests.chromium import NEEDS_CHROMIUM
from tests.small_workspace import EDITORIAL, add_people, make_office

NOW = datetime(2025, 10, 7, 7, 30, tzinfo=UTC)
CARDS = """
[[highlights]]
title = "Prämie für Meister"
teaser = "Tausend Euro für alle."
url = "https://foerderung.example.net/praemie"
label = "So läuft der Antrag"
only_for = "ort = Aachen"
"""
LOOKS = {"standard-hell", "standard-dunkel", "plain-hell", "outlook-hell", "outlook-dunkel", "noimages-hell"}

SEEN = (
    "index.html",
    *(f"ansichten/{name}.html" for name in ("kontaktbogen", "standard-outlook-hell", "standard-text")),
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = make_office(tmp_path / "ws")
    add_people(made, ["ada@example.org", "bob@example.org"], NOW)
    return made


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "find_browser", lambda: None)


def run(office: Office, folder: Path, *more: str) -> Result:
    arguments = ["2025-10", "--out", str(folder.parent / "out"), "--matrix", str(folder), *more]
    return CliRunner().invoke(build, arguments, obj=office)


def pages(folder: Path) -> dict[str, str]:
    return {str(each.relative_to(folder)): each.read_text("utf-8") for each in folder.rglob("*.html")}


@pytest.mark.usefixtures("no_browser")
def test_every_variant_has_every_view_and_the_text_part(office, tmp_path):
    (office.settings.issues / "2025-10" / "highlights.toml").write_text(CARDS, "utf-8")

    done = run(office, tmp_path / "mappe", "--json")

    told = json.loads(done.stdout)
    found = pages(tmp_path / "mappe")
    keys = [each["key"] for each in told["variants"]]
    wanted = {
        f"ansichten/{key}-{look}{kind}.html" for key in keys for look in LOOKS for kind in ("", "-brief")
    }
    wanted |= {f"ansichten/{key}-text.html" for key in keys}
    assert len(keys) == 2
    assert set(found) == wanted | {"index.html", "ansichten/kontaktbogen.html"}
    assert told["matrix"]["pages"] == len(found)
    assert told["matrix"]["sheet"] is told["matrix"]["zip"] is None
    index = found["index.html"]
    assert '<td class="n">2</td>' in index
    assert "zusammen 2 Empfänger" in index
    assert "Prämie für Meister" in index
    assert "kein Chromium" in index
    assert all(f"{width} px" in found[f"ansichten/{keys[0]}-plain-hell.html"] for width in WIDTHS)
    assert "Sehr geehrte Frau Dr. Lührs" in found[f"ansichten/{keys[1]}-text.html"]


@pytest.mark.usefixtures("no_browser")
def test_all_addresses_lead_to_files_of_the_folder_and_nothing_else_is_loaded(office, tmp_path):
    folder = tmp_path / "mappe"
    run(office, folder)

    for name, html in pages(folder).items():
        loaded = re.findall(r"\ssrc=\"([^\"]+)\"", html) + re.findall(r"url\(([^)]+)\)", html)
        links = [] if name.endswith("-brief.html") else re.findall(r"\shref=\"([^\"]+)\"", html)
        for address in loaded + links:
            local = (folder / name).parent / address
            assert address.startswith("data:") or local.resolve().is_relative_to(folder.resolve()), address
            assert address.startswith("data:") or local.is_file(), f"{name}: {address}"
        assert "<script" not in html
        assert not name.endswith("-brief.html") or "default-src 'none'" in html


@pytest.mark.usefixtures("no_browser")
def test_findings_stand_there_in_german_with_their_place(office, tmp_path):
    text = EDITORIAL.replace("dies ist", "[bitte prüfen] dies ist").replace("Damit in", "Am Dienstag in")
    (office.settings.issues / "2025-10" / "editorial.md").write_text(text, "utf-8")
    findings = office.check(office.read_issue("2025-10"), office.compile(office.read_issue("2025-10")))

    run(office, tmp_path / "mappe")

    index = pages(tmp_path / "mappe")["index.html"]
    assert findings
    for each in findings:
        assert f"<code>{each.place}</code>" in index
    assert "Keine Beanstandung." not in index


@pytest.mark.usefixtures("no_browser")
def test_it_replaces_its_own_pages_and_touches_no_other_folder(office, tmp_path):
    folder, foreign = tmp_path / "mappe", tmp_path / "fremd"
    run(office, folder)
    (folder / "ansichten" / "alt-text.html").write_text("alt")
    (folder / "Notiz.txt").write_text("bleibt")
    foreign.mkdir()
    (foreign / "index.html").write_text("fremd")

    again, refused = run(office, folder), run(office, foreign)

    assert again.exit_code == 0
    assert not (folder / "ansichten" / "alt-text.html").exists()
    assert (folder / "Notiz.txt").read_text() == "bleibt"
    assert "holds other files" in str(refused.exception)
    assert [each.name for each in foreign.iterdir()] == ["index.html"]
    assert (foreign / "index.html").read_text() == "fremd"


@pytest.mark.usefixtures("no_browser")
def test_the_archive_holds_the_whole_folder(office, tmp_path):
    done = run(office, tmp_path / "mappe", "--zip")

    with zipfile.ZipFile(tmp_path / "mappe.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    files = {
        f"mappe/{each.relative_to(tmp_path / 'mappe')}": each for each in (tmp_path / "mappe").rglob("*")
    }
    assert packed == {name: each.read_bytes() for name, each in files.items() if each.is_file()}
    assert "No contact sheet: there is no Chromium on this machine." in done.stderr
    assert "mappe.zip" in done.stderr
    assert "--zip packs what --matrix writes" in str(
        CliRunner().invoke(build, ["2025-10", "--zip"], obj=office).exception
    )


def test_a_browser_that_hangs_is_ended_and_named(office, tmp_path, monkeypatch):
    slow = tmp_path / "chromium"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(contact_sheet, "find_browser", lambda: str(slow))
    monkeypatch.setattr(contact_sheet, "PATIENCE_SECONDS", 0.3)

    done = run(office, tmp_path / "mappe")

    assert done.exit_code == 0
    assert "No contact sheet: chromium took longer than 0 s." in done.stderr
    assert "kein Chromium zur Verfügung" in pages(tmp_path / "mappe")["index.html"]


@pytest.mark.slow
@NEEDS_CHROMIUM
def test_it_opens_from_the_disk_without_script_and_is_accessible(office, tmp_path, browser, axe):
    folder, asked, found = tmp_path / "mappe", [], {}
    done = run(office, folder)
    picture = (folder / "kontaktbogen.png").read_bytes()

    for scheme, width in (("light", 1280), ("dark", 375)):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        for name in SEEN:
            page.goto((folder / name).as_uri())
            page.evaluate(axe)
            said = page.evaluate("runBriefly()")["violations"]
            found |= {f"{name} {each['id']}": each["help"] for each in said}
            if "kontaktbogen" not in name:
                assert page.evaluate("document.documentElement.scrollWidth") == width, name
        page.close()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((folder / "ansichten" / "standard-standard-hell.html").as_uri())
    shown = page.frame_locator("iframe.w375").locator("body").inner_text()

    assert done.exit_code == 0
    assert found == {}
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000
    assert "Ein kurzer Brief" in shown
