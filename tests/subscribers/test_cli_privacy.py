"""The commands about a person's rights: what they print, what they refuse, how they end."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from invented import SECRET
from sqlalchemy import Engine, update

from subscribers.roster import Added
from subscribers.schema import consent_event, subscription
from subscribers.suppression import key_hash, suppress

Run = Callable[..., Result]
KEYS = [
    "address",
    "as_of",
    "suppression",
    "same_mailbox",
    "person",
    "topics",
    "tags",
    "attributes",
    "segments",
    "subscriptions",
    "consents",
    "proof",
    "imports",
    "letters",
]


def test_access_tells_everything_in_stable_keys(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org", nachname="Yilmaz", gewerk="Tischler")
    put("kim+x@example.org")
    run("segments", "add", "holz", "gewerk = Tischler")
    run("segments", "add", "farbe", "gewerk = Maler")
    run("subscribers", "change", "kim@example.org", "--topic", "Energie")

    found = json.loads(run("subscribers", "access", "KIM@example.org", "--json").stdout)

    assert list(found) == KEYS
    assert found["person"]["nachname"] == "Yilmaz"
    assert found["same_mailbox"] == ["kim+x@example.org"]
    assert (found["topics"], found["segments"]) == (["Energie"], ["holz"])
    assert found["consents"][0]["wording"] == "Ja, ich möchte den Rundbrief erhalten."
    assert found["proof"] == {"intact": True, "flaws": []}
    assert "token" not in found["subscriptions"][0]


def test_access_names_the_list_a_person_came_with(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "messe.csv"
    path.write_text("E-Mail;Nachname\nkim@example.org;Yilmaz\n", encoding="utf-8")
    proof = ("--source", "Messe", "--consented-on", "2026-03-01", "--wording", "Ja.")
    run("subscribers", "import", path, *proof, "--apply")

    found = json.loads(run("subscribers", "access", "kim@example.org", "--json").stdout)

    assert [(one["file"], one["newsletter"]) for one in found["imports"]] == [("messe.csv", "report")]


def test_access_to_who_is_only_suppressed(run: Run, engine: Engine, now: datetime) -> None:
    with engine.begin() as connection:
        suppress(connection, key_hash(SECRET, "kim@example.org"), "complaint", "Anruf", now)

    found = json.loads(run("subscribers", "access", "kim@example.org", "--json").stdout)

    assert set(found) == set(KEYS)
    assert found["person"] is None
    assert found["suppression"]["reason"] == "complaint"


def test_access_in_a_pipe_has_a_line_for_each_value(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org", nachname="Yilmaz")

    lines = run("subscribers", "access", "kim@example.org").stdout.splitlines()

    assert "person.nachname\tYilmaz" in lines
    assert "subscriptions.1.state\tactive" in lines


def test_access_says_when_the_proof_does_not_hold(
    run: Run, put: Callable[..., Added], engine: Engine
) -> None:
    put("kim@example.org")
    put("eva@example.org")
    with engine.begin() as connection:
        connection.execute(update(consent_event).where(consent_event.c.id == 1).values(wording="Ja!"))

    kim = run("subscribers", "access", "kim@example.org", "--json")
    eva = run("subscribers", "access", "eva@example.org", "--json")
    whole = run("subscribers", "verify", "--json")
    text = run("subscribers", "verify")

    assert (kim.exit_code, eva.exit_code, whole.exit_code) == (1, 0, 1)
    assert json.loads(kim.stdout)["proof"]["intact"] is False
    assert "consent event 1 (subscriber 1, report): The proof" in whole.stderr
    assert [row["event"] for row in json.loads(whole.stdout)] == [1]
    assert "consent event 1" in text.stdout


def test_an_untouched_book_verifies(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org")

    done = run("subscribers", "verify", "--json")

    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


def test_a_person_is_forgotten_only_when_somebody_is_sure(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org")

    unasked = run("subscribers", "forget", "kim@example.org")
    done = run("subscribers", "forget", "Kim+x@example.org", "--yes")
    twice = json.loads(run("subscribers", "forget", "kim@example.org", "--yes", "--json").stdout)

    assert (unasked.exit_code, done.exit_code) == (5, 0)
    assert "--yes" in unasked.stderr
    assert "erased: 1 subscriber, 1 subscription, 1 consent_event" in done.stdout
    assert "kim" not in done.stdout
    assert twice["erased"]["subscriber"] == 0
    assert json.loads(run("subscribers", "list", "--json").stdout) == []
    assert run("subscribers", "add", "kim@example.org").exit_code == 5


def test_nobody_unknown_is_forgotten(run: Run) -> None:
    for command in (("forget", "kim@example.org", "--yes"), ("access", "kim@example.org")):
        result = run("subscribers", *command)

        assert (result.exit_code, result.stdout) == (1, "")
        assert "Nothing is kept" in result.stderr


def test_without_pages_there_is_json(run: Run, put: Callable[..., Added], tmp_path: Path) -> None:
    put("kim@example.org")

    result = run("subscribers", "access", "kim@example.org", "--html", tmp_path / "x.html")

    assert result.exit_code == 2
    assert "--json" in result.stderr
    assert not (tmp_path / "x.html").exists()


def test_the_reason_for_leaving_is_kept(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org")

    run("subscribers", "unsubscribe", "kim@example.org", "--reason", " zu\nviel ")

    shown = json.loads(run("subscribers", "show", "kim@example.org", "--json").stdout)
    assert shown["subscriptions"][0]["reason"] == "zu viel"
    assert "because: zu viel" in run("subscribers", "show", "kim@example.org").stdout


@pytest.mark.parametrize("look", [True, False], ids=["dry-run", "for-good"])
def test_retention_says_what_goes(run: Run, put: Callable[..., Added], engine: Engine, look: bool) -> None:
    put("kim@example.org")
    put("eva@example.org")
    run("subscribers", "unsubscribe", "kim@example.org")
    with engine.begin() as connection:
        mine = subscription.c.subscriber_id == 1
        old = datetime.fromisoformat("2015-01-01T00:00:00+00:00")
        connection.execute(update(subscription).where(mine).values(changed_at=old))

    result = run("subscribers", "retention", *(["--dry-run"] if look else []), "--json")
    left = json.loads(run("subscribers", "list", "--json").stdout)

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "unconfirmed": 0,
        "proofs": 1,
        "stopped": 0,
        "imports": 0,
        "without_newsletter": 0,
        "silent": 0,
        "dry_run": look,
    }
    assert [row["email"] for row in left] == (["kim@example.org"] if look else []) + ["eva@example.org"]


def test_silent_people_are_listed(run: Run, put: Callable[..., Added], engine: Engine) -> None:
    for address in ("kim@example.org", "eva@example.org"):
        put(address)
    run("subscribers", "unsubscribe", "eva@example.org")
    with engine.begin() as connection:
        old = datetime.fromisoformat("2015-01-01T00:00:00+00:00")
        connection.execute(update(subscription).values(since=old, changed_at=old))
        connection.execute(update(consent_event).values(recorded_at=old))

    result = run("subscribers", "retention", "--silent")
    left = json.loads(run("subscribers", "list", "--json").stdout)

    assert "report\tkim@example.org\t2015-01-01" in result.stdout
    assert "Nothing was erased" in result.stderr
    assert [row["email"] for row in left] == ["kim@example.org", "eva@example.org"]


def test_retention_without_anything_due_says_so(run: Run, put: Callable[..., Added]) -> None:
    put("kim@example.org")

    said = run("subscribers", "retention").stderr

    assert "Nothing was due" in said
    assert "Erased" not in said


def test_the_help_is_not_cut_inside_an_article(run: Run) -> None:
    shown = run("subscribers", "--help").stdout

    assert "(DSGVO, Art. 15)" in shown
    assert "(DSGVO, Art. 17)" in shown
