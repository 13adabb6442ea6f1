"""`issue check` at the front door: weights from config.toml, strictness, languages, the list of rules."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from mailer.checks.registry import RULES
from mailer.cli import rundbrief
from mailer.web.sandbox import Sandbox
from subscribers.schema import subscription
from subscribers.words import UNCLEAR
from tests.delivery.press import Press
from tests.small_workspace import EDITORIAL, add_people, make_office, remove_database

NOW = datetime(2025, 10, 1, 8, tzinfo=UTC)
SHORT = EDITORIAL.replace("{{ geschweiften }}", "geschweiften")
LONG = SHORT.replace(
    "Ein kurzer Brief", "Ein kurzer Brief mit einem Titel, der in keiner Liste ganz zu sehen ist"
)


def check(folder: Path, *options: str, weights: str = "", editorial: str = LONG) -> Result:
    """`issue check` in a workspace with this editorial, and these lines in `[checks]`."""
    if not (folder / "config.toml").exists():
        remove_database(make_office(folder))
    (folder / "issues" / "2025-10" / "editorial.md").write_text(editorial, "utf-8")
    if weights:
        with (folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(f"[checks]\n{weights}\n")
    return CliRunner().invoke(
        rundbrief,
        ["--config", str(folder / "config.toml"), "issue", "check", *options],
        catch_exceptions=True,
    )


def rules(result: Result) -> dict[str, str]:
    return {each["rule"]: each["severity"] for each in json.loads(result.stdout)["findings"]}


@pytest.mark.parametrize(
    ("weight", "found"),
    [("error", {"content.subject": "error"}), ("warning", {"content.subject": "warning"}), ("off", {})],
)
def test_config_weighs_a_rule(tmp_path: Path, weight: str, found: dict[str, str]) -> None:
    result = check(tmp_path, "2025-10", "--json", weights=f'"content.subject" = "{weight}"')

    assert rules(result) == found
    assert (result.exit_code != 0) == (weight == "error")


def test_strict_counts_warnings(tmp_path: Path) -> None:
    plain, strict = check(tmp_path, "2025-10"), check(tmp_path, "2025-10", "--strict")

    assert plain.exit_code == 0
    assert "1 of 1 finding(s) block issue 2025-10." in str(strict.exception)
    assert getattr(strict.exception, "exit_code", None) == 5


def test_the_findings_are_told_in_german(tmp_path: Path) -> None:
    result = check(tmp_path, "2025-10", "--json", "--language", "de")

    (found,) = json.loads(result.stdout)["findings"]
    assert list(found) == ["rule", "severity", "place", "message", "remedy"]
    assert found["message"] == "Der Betreff hat 71 Zeichen; die meisten Posteingänge zeigen etwa 60."
    assert found["remedy"] == "Fassen Sie ihn mit `subject` kürzer."


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ('"letter.siz" = "off"', "there is no rule 'letter.siz'; did you mean letter.size?"),
        ('"gibt.es.nicht" = "error"', "there is no rule 'gibt.es.nicht'."),
        ('"legal.imprint" = "off"', "legal.imprint stands for the law or the reader and cannot be off."),
        ('"fidelity.word" = "off"', "fidelity.word stands for the law or the reader and cannot be off."),
        ('"letter.size" = "loud"', "letter.size cannot be 'loud'."),
        (
            'letter.size = "warning"',
            'the name letter.size needs quotation marks. Write "letter.size" = "warning".',
        ),
    ],
)
def test_a_weight_that_cannot_be_is_refused_with_its_line(tmp_path: Path, weights: str, said: str) -> None:
    result = check(tmp_path, "2025-10", weights=f"# erklärt\n{weights}")

    line = (tmp_path / "config.toml").read_text("utf-8").split("\n").index(weights) + 1
    assert said in str(result.exception)
    assert f"config.toml:{line}" in str(result.exception)
    assert getattr(result.exception, "exit_code", None) == 3


def test_all_complaints_about_weights_are_told_at_once(tmp_path: Path) -> None:
    weights = 'letter.weight = "off"\n"letter.siz" = "off"\n"card.stale" = 3\n"legal.sender" = "error"'

    said = str(check(tmp_path, "2025-10", weights=weights).exception)

    assert all(
        each in said for each in ("letter.weight needs", "rule 'letter.siz'", "card.stale cannot be 3")
    )
    assert "legal.sender" not in said


def test_what_protects_the_law_may_become_a_warning(tmp_path: Path) -> None:
    config = 'responsible = "Katharina Bergmann"'
    remove_database(make_office(tmp_path))
    file = tmp_path / "config.toml"
    file.write_text(file.read_text("utf-8").replace(config, 'responsible = "Redaktion"'), "utf-8")

    result = check(tmp_path, "2025-10", "--json", weights='"legal.imprint" = "error"', editorial=SHORT)

    assert rules(result) == {"legal.imprint": "error"}


def test_the_rules_are_listed_as_config_weighs_them(tmp_path: Path) -> None:
    result = check(tmp_path, "--rules", "--json", weights='"letter.size" = "off"')

    listed = {each["rule"]: each for each in json.loads(result.stdout)}
    assert list(listed) == list(RULES)
    assert (listed["letter.size"]["severity"], listed["letter.size"]["default"]) == ("off", "warning")
    assert {name for name, each in listed.items() if not each["can_be_off"]} == {
        name for name, rule in RULES.items() if rule.protects
    }


def test_without_an_issue_it_is_a_mistake_of_use(tmp_path: Path) -> None:
    result = check(tmp_path)

    assert getattr(result.exception, "exit_code", None) == 2


def test_people_without_a_proven_consent_are_counted(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    add_people(office, ["kim@example.org", "cem@example.org", "ada@example.org"], NOW)
    with office.engine.begin() as connection:
        connection.execute(
            update(subscription).where(subscription.c.subscriber_id == 1).values(basis=UNCLEAR)
        )

    result = check(tmp_path, "2025-10", "--json", editorial=SHORT)

    assert rules(result)["legal.consent"] == "warning"


def test_no_database_is_made_for_a_look(tmp_path: Path) -> None:
    remove_database(make_office(tmp_path))

    result = check(tmp_path, "2025-10", editorial=SHORT)

    assert result.exit_code == 0
    assert not (tmp_path / "var" / "rundbrief.db").exists()


@pytest.mark.parametrize(("weight", "code"), [("error", 5), ("warning", 0)])
def test_the_weight_decides_over_the_approval(tmp_path: Path, weight: str, code: int) -> None:
    with Sandbox(tmp_path / "mails") as box:
        press = Press(tmp_path / "w", box, "sqlite:///var/rundbrief.db")
        press.people(["ada"])
        (press.folder / "issues" / "2025-10" / "editorial.md").write_text(LONG, "utf-8")
        with (press.folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(f'[checks]\n"content.subject" = "{weight}"\n')
        press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")

        done = press.call("mailing", "approve", 1, "--yes", "--expect-recipients", 1, code=code)

        assert ("error: issues/2025-10/editorial.md:2: The subject has" in done.stderr) == (weight == "error")
        press.office.engine.dispose()


def test_online_asks_nobody_where_no_page_is_public(tmp_path: Path) -> None:
    result = check(tmp_path, "2025-10", "--online", editorial=SHORT)

    assert result.exit_code == 0
    assert "Asking" not in result.stderr
