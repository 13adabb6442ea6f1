"""A token that no template names is told with its line and the one that was probably meant."""

from pathlib import Path

from mailer import shipped
from mailer.checks.tokens import check_tokens


def test_the_shipped_themes_have_no_unknown_tokens() -> None:
    for file in (shipped.templates() / "themes").glob("*.toml"):
        assert list(check_tokens(file.stem, None)) == []


def test_an_unknown_token_and_an_unknown_table_are_told_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    kammer = (shipped.templates() / "themes" / "kammer.toml").read_text("utf-8")
    own = kammer.replace("[dark]\n", '[dark]\nacent = "#ff0000"\n') + '[shapes]\nxyz = "1px"\n'
    (tmp_path / "themes" / "haus.toml").write_text(own, "utf-8")

    found = [(each.severity, each.place, each.message) for each in check_tokens("haus", tmp_path)]

    lines = own.split("\n")
    place = "templates/themes/haus.toml"
    assert found == [
        (
            "warning",
            f"{place}:{lines.index('[dark]') + 2}",
            "The theme's dark.acent is unknown; did you mean accent?",
        ),
        (
            "warning",
            f"{place}:{lines.index('[shapes]') + 1}",
            "The theme's [shapes] is unknown; did you mean shape?",
        ),
    ]
