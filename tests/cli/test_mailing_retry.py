"""`rundbrief mailing retry`: what it says to a script, and where a run that ends leads to it."""

import json
from pathlib import Path

from tests.delivery.desk import due_office, states_of
from tests.delivery.scripted import Scripted
from tests.frontdoor import Done, rundbrief

POLICY = "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org"
GONE = "550 5.1.1 User unknown"
PARTLY, REFUSED = 4, 5
PEOPLE = ["ada", "bo", "cy", "dora"]


def run(folder: Path) -> Done:
    return rundbrief("run", "--only", "scheduler,sender", "--until-done", cwd=folder)


def test_a_run_that_ends_leads_to_it_and_the_next_one_ends_well(tmp_path: Path) -> None:
    with Scripted({"DOT": [POLICY, POLICY]}) as server:
        office = due_office(tmp_path, server.port, *PEOPLE)
        first = run(office.settings.folder)
        said = rundbrief("mailing", "retry", "1", cwd=office.settings.folder)
        second = run(office.settings.folder)

        assert len(server.accepted) == len(PEOPLE)
    assert first.returncode == PARTLY
    assert (
        "Of mailing 1 2 letters failed by the fault of the sender or its relay: "
        "once that is mended, `rundbrief mailing retry 1`."
    ) in first.stderr
    assert (said.returncode, said.stdout) == (
        0,
        "outcome\treason\twhy\tletters\nagain\trefused for policy\t\t2\n",
    )
    assert said.stderr == "2 letters of mailing 1 are tried again while `rundbrief run` is running.\n"
    assert (second.returncode, set(states_of(office).values())) == (0, {"sent"})
    assert "mailing retry" not in second.stderr


def test_a_script_gets_counts_and_no_addresses(tmp_path: Path) -> None:
    with Scripted({"RCPT": [GONE, POLICY]}) as server:
        office = due_office(tmp_path, server.port, *PEOPLE)
        run(office.settings.folder)

    done = rundbrief("mailing", "retry", "2025-10", "--dry-run", "--json", cwd=office.settings.folder)

    said = json.loads(done.stdout)
    assert done.returncode == PARTLY
    assert {name: said[name] for name in ("mailing", "state", "release", "again", "stays_failed")} == {
        "mailing": 1,
        "state": "done",
        "release": 1,
        "again": 1,
        "stays_failed": 1,
    }
    assert said["letters"] == [
        {"outcome": "again", "reason": "refused for policy", "why": "", "letters": 1},
        {
            "outcome": "stays failed",
            "reason": "the address does not exist",
            "why": "not the fault of the sender or its relay",
            "letters": 1,
        },
    ]
    assert "@" not in done.stdout + done.stderr
    assert "would be tried again, 1 stays failed; nothing is changed." in done.stderr
    assert list(states_of(office).values()).count("failed") == 2


def test_a_copied_workspace_tries_nothing_again(tmp_path: Path) -> None:
    with Scripted({"DOT": [POLICY]}) as server:
        office = due_office(tmp_path, server.port, *PEOPLE)
        run(office.settings.folder)
    moved = tmp_path / "copy"
    office.settings.folder.rename(moved)

    done = rundbrief("mailing", "retry", "1", cwd=moved)

    assert done.returncode == REFUSED
    assert "copied or moved" in done.stderr
    assert "Traceback" not in done.stderr
