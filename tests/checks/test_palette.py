"""The colours of a theme: every text on every ground it is written on, in both schemes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer import shipped
from mailer.checks.palette import check_palette
from mailer.cli import rundbrief
from tests.small_workspace import make_office

SHIPPED = shipped.templates() / "themes"


@pytest.mark.parametrize("name", sorted(file.stem for file in SHIPPED.glob("*.toml")))
def test_the_shipped_themes_can_be_read(name: str) -> None:
    assert list(check_palette(name, None)) == []


def own_theme(folder: Path, old: str, new: str) -> int:
    """A theme of the workspace with one changed line; its number."""
    lines = (SHIPPED / "kammer.toml").read_text("utf-8").split("\n")
    number = next(index for index, line in enumerate(lines) if line.startswith(old))
    lines[number] = new
    (folder / "themes").mkdir(parents=True)
    (folder / "themes" / "haus.toml").write_text("\n".join(lines), "utf-8")
    return number + 1


def test_a_text_that_is_too_pale_is_a_warning_with_its_line(tmp_path: Path) -> None:
    line = own_theme(tmp_path, "accent = ", 'accent = "#ff9a7f"')

    found = list(check_palette("haus", tmp_path))

    assert {(each.rule, each.severity, each.place) for each in found} == {
        ("theme.contrast", "warning", f"templates/themes/haus.toml:{line}")
    }
    assert found[0].message == (
        "`accent` on `sheet` has a contrast of 2.1:1 in the light scheme; 4.5:1 is needed."
    )


def test_a_token_that_is_no_colour_is_a_warning_with_its_line(tmp_path: Path) -> None:
    line = own_theme(tmp_path, "soft = ", 'soft = "grau"')

    (found,) = check_palette("haus", tmp_path)

    assert (found.rule, found.place) == ("theme.colour", f"templates/themes/haus.toml:{line}")


def test_issue_check_looks_at_the_theme_of_the_workspace(tmp_path: Path) -> None:
    make_office(tmp_path)
    line = own_theme(tmp_path / "templates", "soft = ", 'soft = "#8c98a4"')
    config = tmp_path / "config.toml"
    config.write_text(
        config.read_text("utf-8").replace('name = "Rundbrief"', 'name = "Rundbrief"\ntheme = "haus"'), "utf-8"
    )

    result = CliRunner().invoke(rundbrief, ["--config", str(config), "issue", "check", "2025-10", "--json"])

    found = json.loads(result.stdout)["findings"]
    places = {each["place"] for each in found if each["rule"] == "theme.contrast"}
    assert places == {f"templates/themes/haus.toml:{line}"}


def test_issue_check_names_a_word_of_the_theme_that_nobody_reads(tmp_path: Path) -> None:
    make_office(tmp_path)
    line = own_theme(tmp_path / "templates", "soft = ", 'sofd = "#52606d"\nsoft = "#52606d"')
    config = tmp_path / "config.toml"
    config.write_text(
        config.read_text("utf-8").replace('name = "Rundbrief"', 'name = "Rundbrief"\ntheme = "haus"'), "utf-8"
    )

    result = CliRunner().invoke(rundbrief, ["--config", str(config), "issue", "check", "2025-10", "--json"])

    found = {each["place"]: each for each in json.loads(result.stdout)["findings"]}
    assert "did you mean" in found[f"templates/themes/haus.toml:{line}"]["message"]
