"""The commands of segments: who is found, who is shown, why somebody is out, what the Tab key offers."""

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result
from invented import DECLARED, SECRET
from sqlalchemy import Engine

from subscribers.attributes import set_attributes
from subscribers.book import AddressBook
from subscribers.cli import subscribers
from subscribers.cli_segments import segments
from subscribers.errors import Problem
from subscribers.labels import add_labels
from subscribers.roster import Added, unsubscribe
from subscribers.suppression import key_hash, suppress

Put = Callable[..., Added]
Ask = Callable[..., Result]


class Root(click.Group):
    """The program's root command in small: problems become one line and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            click.echo(f"Error: {problem}", err=True)
            ctx.exit(problem.exit_code)


ROOT = Root("rundbrief", commands={"segments": segments})


@pytest.fixture
def office(engine: Engine) -> SimpleNamespace:
    """A workspace that declares fields."""
    book = AddressBook(engine, SECRET, ("report",), fields=DECLARED)
    return SimpleNamespace(open_book=lambda: book)


@pytest.fixture
def ask(office: SimpleNamespace) -> Ask:
    """Run `segments …`."""

    def ask_one(*arguments: str) -> Result:
        return CliRunner().invoke(ROOT, ["segments", *arguments], obj=office, catch_exceptions=False)

    return ask_one


@pytest.fixture
def people(engine: Engine, put: Put, now: datetime) -> None:
    kim = put("kim@example.org", vorname="Kim", kreis="Höxter").subscriber_id
    eva = put("eva@example.org", vorname="Eva", kreis="Gütersloh").subscriber_id
    put("uli@example.org", vorname="Uli", kreis="Lippe")
    with engine.begin() as connection:
        add_labels(connection, kim, "topic", ["Ausbildung"], now)
        add_labels(connection, eva, "topic", ["Ausbildung", "Presse"], now)
        set_attributes(connection, eva, {"mitarbeiter": "30"}, DECLARED, now)


@pytest.mark.usefixtures("people")
def test_adding_shows_first_whom_the_rule_reaches(ask: Ask) -> None:
    added = ask("add", "gross", "mitarbeiter > 12")
    none = ask("add", "niemand", "kreis = Nirgends")

    assert (added.exit_code, none.exit_code) == (0, 0)
    assert "It reaches 1 person of report, such as:" in added.stderr
    assert "eva@example.org" in added.stdout
    assert "eva@example.org" not in added.stderr
    assert "It reaches 0 people of report." in none.stderr
    assert [one["name"] for one in json.loads(ask("list", "--json").stdout)] == ["gross", "niemand"]


@pytest.mark.usefixtures("people")
def test_a_rule_that_cannot_be_read_saves_nothing(ask: Ask) -> None:
    added = ask("add", "gross", "mitarbeitr > 12")

    assert added.exit_code == 2
    assert "Did you mean mitarbeiter?" in added.stderr
    assert json.loads(ask("list", "--json").stdout) == []


@pytest.mark.usefixtures("people")
def test_counting_shows_some_of_them(ask: Ask) -> None:
    found = json.loads(ask("count", "topic = ausbildung", "--sample", "10", "--json").stdout)

    assert found["count"] == 2
    assert [one["email"] for one in found["sample"]] == ["kim@example.org", "eva@example.org"]
    assert ask("count", "topic = ausbildung").stdout == "2\n"
    assert len(ask("count", "all", "--sample", "2").stdout.splitlines()) == 3


@pytest.mark.usefixtures("people")
def test_the_overlap_of_two_segments_adds_up(ask: Ask) -> None:
    ask("add", "ausbildung", "topic = Ausbildung")

    found = json.loads(ask("overlap", "ausbildung", "kreis = Höxter", "--json").stdout)
    nobody = ask("overlap", "ausbildung", "kreis = Höxter", "--people", "none")

    assert found == {"only_a": 1, "both": 1, "only_b": 0, "none": 1}
    assert nobody.stdout.splitlines()[1].startswith("uli@example.org")
    assert "both: one letter each\t1" in ask("overlap", "ausbildung", "kreis = Höxter").stdout


@pytest.mark.usefixtures("people")
def test_a_person_is_told_apart_by_each_part_of_the_rule(ask: Ask) -> None:
    rule = "kreis = Gütersloh and (topic = Presse or mitarbeiter > 12)"

    inside = json.loads(ask("explain", rule, "EVA@example.org", "--json").stdout)
    outside = ask("explain", rule, "kim@example.org")

    assert (inside["gets"], inside["against"], inside["rule"]["holds"]) == (True, [], True)
    assert outside.stdout.splitlines()[1:] == [
        "no\tdoes not get report: The rule does not fit.",
        "no\tall of",
        "no\t  kreis is 'Höxter', not 'Gütersloh'",
        "no\t  one of",
        "no\t    topic is 'Ausbildung', not 'Presse'",
        "no\t    mitarbeiter is not set, which is not > '12'",
    ]


def test_what_else_stands_against_a_letter_is_said(engine: Engine, put: Put, ask: Ask, now: datetime) -> None:
    left = put("left@example.org")
    put("pending@example.org", pending=True)
    put("bounced@example.org")
    put("elsewhere@example.org", "presse")
    with engine.begin() as connection:
        unsubscribe(connection, left.subscription_id, "link", now)
        suppress(connection, key_hash(SECRET, "bounced@example.org"), "bounced", "Postfach", now)

    def against(name: str) -> list[str]:
        found = json.loads(ask("explain", "all", f"{name}@example.org", "--json").stdout)
        assert not found["gets"]
        return list(found["against"])

    assert against("left") == ["The subscription is unsubscribed."]
    assert against("pending") == ["The subscription is pending.", "Nobody can prove a consent."]
    assert "The address is on the suppression list." in against("bounced")
    assert against("elsewhere") == ["There is no subscription to report."]
    assert ask("explain", "all", "nobody@example.org").exit_code == 1


def test_the_tab_key_offers_the_names(office: SimpleNamespace, ask: Ask) -> None:
    ask("add", "tischler", "gewerk = Tischler")
    ask("add", "maler", "gewerk = Maler")

    def offered(obj: object, typed: str) -> list[str]:
        completer = ShellComplete(ROOT, {"obj": obj}, "rundbrief", "_RUNDBRIEF_COMPLETE")
        return [one.value for one in completer.get_completions(["segments", "show"], typed)]

    assert offered(office, "") == ["all", "maler", "tischler"]
    assert offered(office, "t") == ["tischler"]
    assert offered(None, "") == []


def test_everybody_cannot_be_removed(ask: Ask) -> None:
    assert ask("remove", "all").exit_code == 1


def test_the_tab_key_offers_newsletters_and_segments_of_people(office: SimpleNamespace, ask: Ask) -> None:
    ask("add", "tischler", "gewerk = Tischler")
    root = Root("rundbrief", commands={"subscribers": subscribers, "segments": segments})

    def offered(words: list[str], typed: str) -> list[str]:
        completer = ShellComplete(root, {"obj": office}, "rundbrief", "_RUNDBRIEF_COMPLETE")
        return [one.value for one in completer.get_completions(words, typed)]

    assert offered(["subscribers", "list", "--newsletter"], "re") == ["report"]
    assert offered(["segments", "count", "--newsletter"], "x") == []
    assert offered(["subscribers", "list", "--where"], "ti") == ["tischler"]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("name", "code"), [("gross", 1), ("all", 2), ("x" * 65, 2)])
def test_a_name_that_cannot_be_is_said_before_anybody_is_shown(ask: Ask, name: str, code: int) -> None:
    ask("add", "gross", "all")

    again = ask("add", name, "kreis = Lippe")

    assert (again.exit_code, again.stdout) == (code, "")
    assert "It reaches" not in again.stderr


@pytest.mark.usefixtures("people")
def test_issues_are_explained_in_words(ask: Ask) -> None:
    never = ask("explain", "got issue 2025-10 or got one", "kim@example.org").stdout

    assert "never got report/2025-10" in never
    assert "never got an issue" in never
    assert "issue is" not in never
