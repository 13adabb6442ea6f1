"""The commands as a person or a script meets them: output, exit codes, next steps."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from invented import SECRET
from sqlalchemy import Engine

from subscribers.address import parse_address
from subscribers.roster import Added, show
from subscribers.suppression import key_hash, suppress

Run = Callable[..., Result]
KEYS = {
    "encoding",
    "delimiter",
    "mapping",
    "new",
    "changed",
    "unchanged",
    "duplicates",
    "refused",
    "pending",
    "batch",
}


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text("E-Mail;Gewerk\nkim@example.org;Tischler\nkim(at)example.org;\n", encoding="utf-8")
    return path


def test_adding_without_a_source_says_that_nobody_is_mailed(run: Run) -> None:
    result = run("subscribers", "add", "kim@example.org", "--vorname", "Kim")

    assert result.exit_code == 0
    assert "pending" in result.stderr
    assert "--source" in result.stderr
    assert result.stdout == ""


def test_adding_with_a_consent_makes_an_active_subscription(run: Run) -> None:
    added = run(
        *("subscribers", "add", "kim@example.org", "--kreis", "Höxter", "--anrede", "Frau"),
        *("--source", "Brief vom Mai", "--consented-on", "12.05.2024", "--wording", "Ja."),
    )
    shown = json.loads(run("subscribers", "show", "KIM@example.org", "--json").stdout)

    assert added.exit_code == 0
    assert shown["kreis"] == "Höxter"
    assert shown["subscriptions"][0]["state"] == "active"
    assert shown["subscriptions"][0]["since"] == "2024-05-12T00:00:00+00:00"
    assert "token" not in shown["subscriptions"][0]
    assert (shown["consents"][0]["source"], shown["consents"][0]["wording"]) == ("Brief vom Mai", "Ja.")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add", "kim(at)example.org"), 2, "(at)"),
        (("add", "kim@example.org", "--wording", "Ja."), 2, "--source"),
        (("add", "kim@example.org", "--source", "x", "--consented-on", "gestern"), 2, "Write a past day as"),
        (("add", "kim@example.org", "--source", "x", "--consented-on", "2999-01-01"), 2, "past day"),
        (("add", "kim@example.org", "--newsletter", "presse"), 2, "There is: report"),
        (("add", "kim@example.org", "--tone", "flott"), 2, "du"),
        (("show", "kim@example.org"), 1, "Nobody has"),
        (("unsubscribe", "kim@example.org"), 1, "not on report"),
        (("list", "--where", "kries = x"), 2, "Did you mean kreis?"),
        (("import", "nirgends.csv"), 1, "cannot be read"),
    ],
)
def test_a_mistake_is_one_sentence_with_the_next_step(
    run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = run("subscribers", *arguments)

    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_with_several_newsletters_one_must_be_named(run: Run) -> None:
    both = ("report", "presse")

    unnamed = run("subscribers", "add", "kim@example.org", newsletters=both)
    named = run("subscribers", "add", "kim@example.org", "--newsletter", "presse", newsletters=both)

    assert unnamed.exit_code == 2
    assert "report, presse" in unnamed.stderr
    assert named.exit_code == 0


def test_the_list_in_a_pipe_is_whole_and_filtered(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org", gewerk="Tischler", firma="x" * 300)
    put("eva@example.org", gewerk="Maler")

    result = run("subscribers", "list", "--where", "gewerk = tischler")
    rows = json.loads(run("subscribers", "list", "--json").stdout)

    lines = result.stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["email", "kim@example.org"]
    assert "x" * 300 in lines[1]
    assert [row["email"] for row in rows] == ["kim@example.org", "eva@example.org"]


def test_an_import_is_first_a_report_and_then_done(run: Run, list_file: Path) -> None:
    looked = run("subscribers", "import", list_file)
    empty = run("subscribers", "list", "--json")
    applied = run("subscribers", "import", list_file, "--apply", "--json")
    again = json.loads(run("subscribers", "import", list_file, "--json").stdout)

    assert (looked.exit_code, applied.exit_code) == (0, 4)
    assert "--apply" in looked.stderr
    assert "refused\t\t3\t" in looked.stdout
    assert json.loads(empty.stdout) == []
    report = json.loads(applied.stdout)
    assert set(report) >= KEYS
    assert (report["new"], report["pending"], report["batch"]) == (1, 1, 1)
    assert report["refused"] == [{"line": 3, "reason": report["refused"][0]["reason"]}]
    assert (again["new"], again["unchanged"], again["batch"]) == (0, 1, None)


def test_an_import_with_a_proof_makes_active_people(run: Run, list_file: Path) -> None:
    proof = ("--source", "Messe", "--consented-on", "2026-03-01", "--wording", "Ja.")

    run("subscribers", "import", list_file, *proof, "--apply")

    assert json.loads(run("segments", "count", "gewerk = Tischler", "--json").stdout)["count"] == 1


def test_a_list_without_one_usable_row_fails(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("E-Mail\nfalsch\n", encoding="utf-8")

    result = run("subscribers", "import", path, "--apply", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"][0]["line"] == 2
    assert "Nothing in this file" in result.stderr


def test_unsubscribing_is_in_force_at_once_and_may_be_repeated(
    run: Run, put: Callable[..., Added], engine: Engine
) -> None:
    put("kim@example.org")

    first = run("subscribers", "unsubscribe", "Kim@example.org", "--reason", "zu viel")
    second = run("subscribers", "unsubscribe", "kim@example.org")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert run("segments", "count", "all").stdout == "0\n"
    with engine.connect() as connection:
        card = show(connection, parse_address("kim@example.org"))
    assert card is not None
    assert [event["source"] for event in card.consents if event["kind"] == "withdrawn"] == ["office: zu viel"]


def test_segments_from_the_first_to_the_last_command(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org", gewerk="Tischler")

    added = run("segments", "add", "holz", "gewerk in (Tischler, Zimmerer)")
    listed = json.loads(run("segments", "list", "--json").stdout)
    shown = json.loads(run("segments", "show", "holz", "--json").stdout)
    counted = run("segments", "count", "holz")
    removed = run("segments", "remove", "holz")

    assert (added.exit_code, removed.exit_code) == (0, 0)
    assert listed == [{"name": "holz", "rule": "gewerk in (Tischler, Zimmerer)"}]
    assert shown["tree"]["where"] == {"f": "gewerk", "op": "in", "v": ["Tischler", "Zimmerer"]}
    assert counted.stdout == "1\n"
    assert run("segments", "show", "holz").exit_code == 1


def test_the_commands_load_without_the_database() -> None:
    heavy = "sqlalchemy", "alembic", "pydantic", "rich", "email_validator"
    code = (
        "import sys, click, subscribers.cli_segments, subscribers.cli_suppression\n"
        "from subscribers.cli import subscribers as every\n"
        "nothing = click.Context(every)\n"
        "for name in every.list_commands(nothing): assert every.get_command(nothing, name).name == name\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("subscribers", "list", "--where", ""),
        ("subscribers", "list", "--where", "  "),
        ("segments", "count", ""),
        ("segments", "add", "x", ""),
    ],
)
def test_an_empty_rule_is_nobody_s_wish(
    run: Run, put: Callable[..., Added], arguments: tuple[str, ...]
) -> None:
    put("kim@example.org")

    result = run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "The rule is empty" in result.stderr


def test_a_source_without_a_date_proves_nothing_and_says_so(run: Run) -> None:
    result = run("subscribers", "add", "kim@example.org", "--source", "Messe")

    assert "pending" in result.stderr
    assert "no date" in result.stderr
    assert "--consented-on" in result.stderr
    assert run("segments", "count", "all").stdout == "0\n"


def test_a_list_without_a_proof_names_the_next_step(run: Run, list_file: Path) -> None:
    result = run("subscribers", "import", list_file)

    for words in ("--source", "--consented-on", "Quelle", "Einwilligung am"):
        assert words in result.stderr


def test_who_left_is_shown_with_the_day_of_leaving_and_that_of_the_consent(run: Run) -> None:
    run("subscribers", "add", "kim@example.org", "--source", "Messe", "--consented-on", "2024-05-12")
    run("subscribers", "unsubscribe", "kim@example.org")

    shown = run("subscribers", "show", "kim@example.org").stdout

    today = datetime.now(UTC).date()
    assert f"unsubscribed since {today}, consent of 2024-05-12" in shown


def test_an_address_that_is_only_suppressed_is_shown_as_such(run: Run, engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        suppress(connection, key_hash(SECRET, "kim@example.org"), "complaint", "Anruf", now)

    shown = run("subscribers", "show", "Kim@example.org")
    as_json = json.loads(run("subscribers", "show", "kim@example.org", "--json").stdout)

    assert shown.exit_code == 0
    assert "suppression list\tcomplaint since 2026-11-24, Anruf" in shown.stdout
    assert as_json["suppression"]["reason"] == "complaint"


def test_a_suppressed_person_is_suppressed_since_the_list_says_so(
    run: Run, put: Callable[..., Added], engine: Engine
) -> None:
    put("kim@example.org")
    later = datetime(2026, 12, 3, tzinfo=UTC)
    with engine.begin() as connection:
        suppress(connection, key_hash(SECRET, "kim@example.org"), "complaint", "Anruf", later)

    assert "suppressed since 2026-12-03" in run("subscribers", "show", "kim@example.org").stdout


def test_a_name_with_a_blank_is_quoted_in_the_next_step(run: Run) -> None:
    result = run("segments", "add", "mit blank", "all")

    assert "rundbrief segments count 'mit blank'" in result.stderr
