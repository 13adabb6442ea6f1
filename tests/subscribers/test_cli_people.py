"""The commands about single people and the numbers, as an office types them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from subscribers.roster import Added

Run = Callable[..., Result]
PROVEN = ("--source", "Messe", "--consented-on", "2025-05-12")


def test_topics_and_tags_are_given_and_taken(run: Run) -> None:
    run("subscribers", "add", "kim@example.org", "--topic", "+Energie", "--topic", "Bau", "--tag", "Messe")
    changed = run("subscribers", "change", "KIM@example.org", "--topic", "-energie", "--tag", "+Presse")

    shown = json.loads(run("subscribers", "show", "kim@example.org", "--json").stdout)
    assert changed.exit_code == 0
    assert "changed." in changed.stderr
    assert (shown["topics"], shown["tags"]) == (["Bau"], ["Messe", "Presse"])


def test_a_change_that_changes_nothing_says_so(run: Run) -> None:
    run("subscribers", "add", "kim@example.org", "--ort", "Hamm")

    assert "unchanged" in run("subscribers", "change", "kim@example.org", "--ort", "Hamm").stderr


def test_an_address_is_changed(run: Run) -> None:
    run("subscribers", "add", "kim@alt.example.org", *PROVEN)

    moved = run("subscribers", "change", "kim@alt.example.org", "--new-address", "kim@neu.example.org")

    assert moved.exit_code == 0
    assert "active since" in run("subscribers", "show", "kim@neu.example.org").stdout
    gone = json.loads(run("subscribers", "show", "kim@alt.example.org", "--json").stdout)
    assert (gone["subscriptions"], gone["suppression"]["reason"]) == ([], "replaced")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("change", "kim@example.org"), 2, "Nothing to change"),
        (("change", "eva@example.org", "--ort", "x"), 1, "Nobody has"),
        (("change", "kim@example.org", "--set", "beirat"), 2, "NAME=VALUE"),
        (("change", "kim@example.org", "--set", "beirat=ja"), 2, "no field 'beirat'"),
        (("change", "kim@example.org", "--new-address", "kim"), 2, "valid"),
        (("add", "kim@example.org", "--ip", "192.0.2.1"), 2, "--source"),
        (("add", "kim@example.org", *PROVEN, "--ip", "überall"), 2, "network address"),
        (("show", "niemand"), 1, "Nobody is found"),
        (("show", " "), 1, "Nobody is found"),
        (("list", "--limit", "0"), 2, "--limit"),
        (("stats", "--months", "0"), 2, "--months"),
        (("stats", "--svg", "/nowhere/x.svg"), 1, "cannot be written"),
    ],
)
def test_a_mistake_is_one_sentence_with_the_next_step(
    run: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    run("subscribers", "add", "kim@example.org", "--vorname", "Kim")

    result = run("subscribers", *arguments)

    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_one_person_is_found_by_a_part_of_the_name_and_several_are_listed(
    run: Run, put: Callable[..., Added]
) -> None:
    put("kim@example.org", nachname="Müller")
    put("eva@example.org", firma="Mühle")

    one = run("subscribers", "show", "müller")
    several = run("subscribers", "show", "MÜ")
    as_json = json.loads(run("subscribers", "show", "mü", "--json").stdout)

    assert "nachname\tMüller" in one.stdout
    assert "newsletter report\tactive" in one.stdout
    assert [line.split("\t")[0] for line in several.stdout.splitlines()[1:]] == [
        "eva@example.org",
        "kim@example.org",
    ]
    assert "2 people match" in several.stderr
    assert [each["email"] for each in as_json] == ["eva@example.org", "kim@example.org"]


def test_the_list_ends_where_it_is_told(run: Run, put: Callable[..., Added]) -> None:
    for number in range(4):
        put(f"p{number}@example.org")

    rows = json.loads(run("subscribers", "list", "--limit", "3", "--state", "active", "--json").stdout)

    assert [row["email"] for row in rows] == [f"p{number}@example.org" for number in range(3)]


def test_who_left_comes_back_when_asked_for_with_a_newer_consent(
    run: Run, put: Callable[..., Added], now: datetime
) -> None:
    put("kim@example.org")
    run("subscribers", "unsubscribe", "kim@example.org")
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"

    without = run("subscribers", "add", "kim@example.org", *PROVEN)
    older = run(
        "subscribers", "add", "kim@example.org", "--again", "--source", "x", "--consented-on", yesterday
    )
    unproven = run("subscribers", "add", "kim@example.org", "--again")

    assert (without.exit_code, older.exit_code, unproven.exit_code) == (5, 5, 5)
    assert "--again" in without.stderr
    assert "No newer consent" in older.stderr


def test_the_numbers_in_a_pipe_are_rows_of_four_columns(
    run: Run, put: Callable[..., Added], tmp_path: Path
) -> None:
    put("kim@example.org")
    picture = tmp_path / "growth.svg"

    shown = run("subscribers", "stats", "--svg", picture)
    found = json.loads(run("subscribers", "stats", "--months", "2", "--json").stdout)

    rows = [line.split("\t") for line in shown.stdout.splitlines()]
    assert rows[0] == ["what", "newsletter", "name", "count"]
    assert {len(row) for row in rows} == {4}
    for row in (["people", "", "", "1"], ["state", "report", "active", "1"]):
        assert row in rows
    assert ["source", "", "Anmeldeformular", "1"] in rows
    assert len([row for row in rows if row[0] == "joined"]) == 12
    assert picture.read_text("utf-8").startswith("<svg ")
    assert set(found) == {"people", "suppressed_hashes", "states", "months", "sources", "reasons"}
    assert len(found["months"]) == 2
    assert found["sources"] == [{"source": "Anmeldeformular", "count": 1}]


def test_an_address_is_put_on_the_suppression_list_and_taken_off(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org")

    added = run("suppression", "add", "Kim+x@example.org", "--reason", "complaint", "--source", "Anruf")
    again = run("suppression", "add", "kim@example.org")
    run("suppression", "add", "fremd@example.org")
    rows = json.loads(run("suppression", "list", "--json").stdout)
    some = json.loads(run("suppression", "list", "--reason", "complaint", "--json").stdout)
    unasked = run("suppression", "remove", "kim@example.org")
    removed = run("suppression", "remove", "kim@example.org", "--yes")
    missing = run("suppression", "remove", "kim@example.org", "--yes")

    assert (added.exit_code, again.exit_code, removed.exit_code) == (0, 0, 0)
    assert "was already" in again.stderr
    assert [(row["email"], row["reason"]) for row in rows] == [
        (None, "objected"),
        ("kim@example.org", "complaint"),
    ]
    assert [row["source"] for row in some] == ["Anruf"]
    assert (unasked.exit_code, missing.exit_code) == (5, 1)
    assert "--yes" in unasked.stderr
    assert "active since" in run("subscribers", "show", "kim@example.org").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_complete(shell: str, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "mailer"]
    environment = os.environ | {"PYTHONPATH": str(root)}

    script = subprocess.run(
        [*command, "completion", shell],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = {"COMP_WORDS": "rundbrief subscribers un", "COMP_CWORD": "2" if shell != "fish" else "un"}
    asked = environment | words | {"_RUNDBRIEF_COMPLETE": f"{shell}_complete"}
    answer = subprocess.run(
        command, cwd=tmp_path, env=asked, capture_output=True, text=True, check=True
    ).stdout

    assert "_RUNDBRIEF_COMPLETE" in script
    assert f"{shell}_complete" in script
    assert "unsubscribe" in answer
    assert "forget" not in answer


def test_bash_takes_a_name_of_several_words_as_one(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "mailer", "completion", "bash"]
    environment = os.environ | {"PYTHONPATH": str(root)}
    script = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    ).stdout
    (tmp_path / "rundbrief").write_text("#!/bin/sh\necho 'plain,zwei worte'\n")
    (tmp_path / "rundbrief").chmod(0o700)
    (function,) = re.findall(r"^(\w+)\(\) \{", script, re.MULTILINE)[:1]

    def completed(typed: str) -> str:
        asked = f"COMP_WORDS=(rundbrief segments count {typed}); COMP_CWORD=3; {function} ./rundbrief"
        shown = f'{script}\n{asked}; printf "%s" "${{COMPREPLY[@]}}"'
        return subprocess.run(
            ["bash", "-c", shown], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    assert completed("zw") == r"zwei\ worte"
    assert completed("'\"zw'") == "zwei worte"


def test_a_replaced_address_says_that_there_is_a_new_one(run: Run) -> None:
    run("subscribers", "add", "kim@alt.example.org", *PROVEN)
    run("subscribers", "change", "kim@alt.example.org", "--new-address", "kim@neu.example.org")
    run("suppression", "add", "eva@example.org", "--reason", "complaint")

    replaced = run("subscribers", "add", "kim@alt.example.org", *PROVEN)
    complained = run("subscribers", "add", "eva@example.org", *PROVEN)

    assert (replaced.exit_code, complained.exit_code) == (5, 5)
    assert "(replaced)" in replaced.stderr
    assert "has a new address" in replaced.stderr
    assert "(complaint)" in complained.stderr
    assert "new address" not in complained.stderr


def test_the_day_of_the_consent_is_asked_for_not_that_of_the_import(
    run: Run, put: Callable[..., Added]
) -> None:
    run("subscribers", "add", "kim@example.org", *PROVEN)
    put("wartet@example.org", pending=True)

    def found(rule: str) -> list[str]:
        rows = json.loads(run("subscribers", "list", "--where", rule, "--json").stdout)
        return [row["email"] for row in rows]

    assert found("since 2020-01-01") == ["kim@example.org"]
    assert found("since is not set") == found("since != 2025-05-12") == ["wartet@example.org"]
    explained = run("segments", "explain", "since 2020-01-01", "wartet@example.org").stdout
    assert "since is not set" in explained


def test_the_list_shows_what_the_rule_asks_for(run: Run) -> None:
    run("subscribers", "add", "kim@example.org", "--ort", "Hamm", "--plz", "59065", "--topic", "Energie")

    shown = run("subscribers", "list", "--where", "plz = 59065 and topic = energie").stdout.splitlines()

    head, row = (line.split("\t") for line in shown)
    assert head[:5] == ["email", "state", "newsletter", "plz", "topic"]
    assert row[3:5] == ["59065", "Energie"]
    assert row[head.index("ort")] == "Hamm"


def test_the_list_for_scripts_has_topics_and_tags_as_arrays(run: Run) -> None:
    run("subscribers", "add", "kim@example.org", "--topic", "Energie", "--topic", "Bau", "--tag", "Presse")
    run("subscribers", "add", "eva@example.org")

    rows = json.loads(run("subscribers", "list", "--json").stdout)

    assert [(row["topics"], row["tags"]) for row in rows] == [(["Bau", "Energie"], ["Presse"]), ([], [])]


def test_a_postcode_that_lost_its_zero_is_mended_or_doubted(run: Run) -> None:
    mended = run("subscribers", "add", "kim@example.org", "--plz", "1067", "--ort", "Dresden")
    doubted = run("subscribers", "add", "eva@example.org", "--plz", "1067")
    changed = run("subscribers", "change", "kim@example.org", "--plz", "1069")

    shown = json.loads(run("subscribers", "show", "kim@example.org", "--json").stdout)
    assert "was read as 01067" in mended.stderr
    assert "left as it is" in doubted.stderr
    assert "was read as 01069" in changed.stderr
    assert shown["plz"] == "01069"


def test_nobody_agreed_to_mails_in_1850(run: Run) -> None:
    added = run("subscribers", "add", "kim@example.org", "--source", "x", "--consented-on", "1850-01-01")

    assert added.exit_code == 2
    assert "cannot be the day of a consent" in added.stderr


def test_a_short_word_is_not_looked_for_in_domains(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org")
    put("max@example.org")

    assert "max@example.org" in run("subscribers", "show", "x").stdout
    assert "kim@example.org" not in run("subscribers", "show", "x").stdout
    assert "2 people match" in run("subscribers", "show", "exam").stderr
