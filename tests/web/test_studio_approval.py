"""Approving from the page: the rules of `mailing approve`, the words of the team, and nobody else's page."""

import getpass
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from studiosite import KEY, TOKEN, StudioSite, open_studio

from mailer.cli import rundbrief
from mailer.delivery.mailing import find
from mailer.delivery.release import releases
from subscribers.database import reading
from tests.small_workspace import add_people


@pytest.fixture
def studio(serve: Callable, tmp_path: Path, now: datetime) -> Iterator[StudioSite]:
    with open_studio(serve, tmp_path / "w", database=True) as made:
        made.write(", mit {{ geschweiften }} Klammern", "")  # nothing stands in its way
        add_people(made.office, ["ada@example.org", "bo@example.org"], now)
        yield made


def call(studio: StudioSite, *words: str) -> None:
    done = CliRunner().invoke(rundbrief, ["--config", str(studio.folder / "config.toml"), *words])
    assert done.exit_code == 0, done.output


def plan(studio: StudioSite, *words: str) -> None:
    later = datetime.now(UTC) + timedelta(days=20)
    call(studio, "mailing", "plan", KEY, "--at", f"{later:%Y-%m-%d} 09:30", *words)


def shown(studio: StudioSite) -> dict[str, Any]:
    """What the page sends back when its button is pressed."""
    approval = studio.json()["approval"]
    return {
        "mailing": approval["mailing"],
        "expect_recipients": approval["recipients"],
        "hash": approval["hash"],
    }


def state(studio: StudioSite) -> str:
    with reading(studio.office.engine) as connection:
        return find(connection, "1").state


def test_what_was_shown_is_approved_for_the_user_of_this_machine(studio: StudioSite) -> None:
    plan(studio)
    before = studio.json()

    status, answer = studio.approve(shown(studio))

    after = studio.json()["approval"]
    with reading(studio.office.engine) as connection:
        planned, (_, kept) = find(connection, "1"), releases(connection, 1)
    assert (status, answer["approved"]) == (200, True)
    assert answer["text"].startswith("Freigegeben für 2\u00a0Empfänger.")
    assert (before["approval"]["possible"], before["approval"]["state"]) == (True, "noch nicht freigegeben")
    assert (planned.state, planned.approved_by) == ("approved", getpass.getuser())
    assert (kept.sha256, sum(kept.recipients.values())) == (before["approval"]["hash"], 2)
    assert after["possible"] is False
    assert after["why"].startswith("Genau dieser Stand ist freigegeben, am ")
    assert studio.json("issues")[0]["state"] == "freigegeben"


def test_the_same_hash_as_the_command_line(studio: StudioSite) -> None:
    plan(studio)

    with reading(studio.office.engine) as connection:
        planned = find(connection, "1")

    assert shown(studio)["hash"] == studio.office.fingerprint(planned)


def test_a_change_after_the_look_is_refused(studio: StudioSite) -> None:
    plan(studio)
    looked = shown(studio)
    studio.write("der erste Absatz", "der allererste Absatz")

    status, answer = studio.approve(looked)

    assert (status, state(studio)) == (409, "checked")
    assert answer["problem"].startswith("Seit der Anzeige hat sich etwas geändert; nichts ist freigegeben.")


def test_another_number_of_people_is_refused(studio: StudioSite, now: datetime) -> None:
    plan(studio)
    looked = shown(studio)
    add_people(studio.office, ["neu@example.org"], now)

    status, answer = studio.approve(looked)

    assert (status, state(studio)) == (409, "checked")
    assert answer["problem"].startswith("Jetzt sind es 3 statt 2 Empfänger; nichts ist freigegeben.")


def test_an_obstacle_stops_it_and_the_button_says_why(studio: StudioSite) -> None:
    plan(studio)
    looked = shown(studio)
    studio.write("der erste Absatz", "der erste [bitte ergänzen] Absatz")

    approval = studio.json()["approval"]
    status, answer = studio.approve(looked | {"hash": approval["hash"]})

    assert approval["possible"] is False
    assert approval["why"] == "1\u00a0Hindernis steht im Weg. Beheben Sie zuerst, was rechts steht."
    assert (status, answer["problem"], state(studio)) == (409, approval["why"], "checked")


def test_without_a_plan_it_says_the_next_step(studio: StudioSite) -> None:
    approval = studio.json()["approval"]

    status, answer = studio.approve({"mailing": 1, "expect_recipients": 2, "hash": ""})

    assert (approval["possible"], approval["mailing"]) == (False, None)
    assert approval["state"] == "kein Versand geplant"
    assert approval["why"].endswith(f"rundbrief mailing plan {KEY}.")
    assert status == 409
    assert "nichts ist freigegeben" in answer["problem"]


def test_four_eyes_hold_here_too(studio: StudioSite) -> None:
    config = studio.folder / "config.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace('list_id = "', 'four_eyes = true\nlist_id = "'), "utf-8")
    plan(studio)

    approval = studio.json()["approval"]
    status, answer = studio.approve(shown(studio))

    assert approval["possible"] is False
    assert f"{getpass.getuser()} hat den Versand geplant" in approval["why"]
    assert (status, answer["problem"], state(studio)) == (409, approval["why"], "checked")


def test_a_void_approval_is_shown_and_can_be_given_again(studio: StudioSite) -> None:
    plan(studio)
    studio.approve(shown(studio))
    studio.write("der erste Absatz", "der allererste Absatz")

    answer = studio.json()
    status, _ = studio.approve(shown(studio))

    approval = answer["approval"]
    assert approval["possible"] is True
    assert approval["state"].startswith("Freigabe vom ")
    assert approval["state"].endswith(" gilt nicht mehr: seither geändert")
    assert (len(approval["changes"]), approval["changes"][0].endswith(": 1 Wort geändert")) == (1, True)
    assert answer["variants"][0]["change"] == "1 Wort geändert"
    assert answer["compare"]["changed"] == 1
    assert answer["compare"]["since"].startswith("Freigabe vom ")
    assert status == 200
    assert studio.json()["compare"]["changed"] == 0


def test_the_comparison_shows_the_changed_paragraphs_word_by_word(studio: StudioSite) -> None:
    plan(studio)
    studio.approve(shown(studio))
    assert studio.json(f"issues/{KEY}/compare")["blocks"] == []
    studio.write("der erste Absatz.", "der allererste Absatz.")
    studio.write('title = "Ein kurzer Brief"', 'title = "Ein Brief"')

    blocks = studio.json(f"issues/{KEY}/compare")["blocks"]

    subject = blocks[0]
    assert (subject["place"], subject["words"]) == (
        "Betreff",
        [["Ein", "same"], ["kurzer", "gone"], ["Brief", "same"]],
    )
    (paragraph,) = [each for each in blocks if ["allererste", "new"] in each["words"]]
    assert paragraph["words"] == [
        ["dies ist der", "same"],
        ["erste", "gone"],
        ["allererste", "new"],
        ["Absatz.", "same"],
    ]


def test_of_two_mailings_the_one_that_waits_is_shown(studio: StudioSite) -> None:
    plan(studio)
    call(studio, "segments", "add", "kims", "vorname = Kim")
    plan(studio, "--segment", "kims")
    first = shown(studio)
    studio.approve(first)

    second = studio.json()["approval"]

    assert (first["mailing"], second["mailing"], second["mailings"], second["possible"]) == (1, 2, 2, True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Rundbrief": ""}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": ""}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
    ],
)
def test_another_page_cannot_approve(studio: StudioSite, headers: dict[str, str], status: int) -> None:
    plan(studio)

    answered, _ = studio.approve(shown(studio), **headers)

    assert (answered, state(studio)) == (status, "approved" if status == 200 else "checked")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b'{"mailing": 1}', b"\xff\xfe", b"x" * 10_000),
        b'{"mailing": true, "expect_recipients": 2, "hash": "x"}',
        b'{"mailing": 1, "expect_recipients": "2", "hash": "x"}',
    ],
)
def test_half_a_call_is_refused(studio: StudioSite, body: bytes) -> None:
    plan(studio)

    status, answer = studio.approve(body)

    assert (status, answer["problem"]) == (400, "Diese Anfrage ist nicht vollständig.")
    assert state(studio) == "checked"


def test_an_unknown_issue_is_not_approved(studio: StudioSite) -> None:
    body = b'{"mailing": 1, "expect_recipients": 2, "hash": "x"}'

    answer = studio.site.ask("POST", f"/{TOKEN}/issues/2031-01/approve", body, X_Rundbrief="1")

    assert (answer.status, answer.text) == (404, "Diese Ausgabe gibt es nicht.")


def test_an_exposed_studio_approves_nothing(serve: Callable, tmp_path: Path, now: datetime) -> None:
    with open_studio(serve, tmp_path / "w", database=True, host="192.0.2.1") as studio:
        studio.write(", mit {{ geschweiften }} Klammern", "")
        add_people(studio.office, ["ada@example.org"], now)
        plan(studio)

        approval = studio.json()["approval"]
        status, answer = studio.approve({"mailing": 1, "expect_recipients": 1, "hash": ""})

        assert (approval["possible"], status, state(studio)) == (False, 409, "checked")
        assert approval["why"] == answer["problem"]
        assert studio.ask("issues", Host="192.0.2.1:8025").status == 200
