"""`issue diff ISSUE`: what the next readers would get against what the last ones got, word by word."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from mailer.delivery.change import compare, letter_changes
from mailer.delivery.message import Envelope
from mailer.delivery.release import content_of, words_of
from mailer.delivery.schema import release
from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press
from tests.letters import PORTRAIT, edition_of, make_card, make_issue

ENVELOPE = Envelope(
    "Kammer", "brief@example.org", "", "brief.example.org", "Brief", "de", "https://example.org"
)


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, "sqlite:///var/rundbrief.db")
        made.people(["ada", "bo"])
        yield made
        made.office.engine.dispose()


def sent(press: Press) -> None:
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 2)
    press.send()


def test_words_stand_in_brackets_and_the_rest_is_left_out(press: Press) -> None:
    sent(press)
    same = press.call("issue", "diff", "2025-10")
    press.change("issues/2025-10/editorial.md", "erste Absatz", "erste und längste Absatz")
    press.change("issues/2025-10/editorial.md", "Ein kurzer Brief", "Ein Brief")

    done = press.call("issue", "diff", "2025-10")
    as_json = press.read("issue", "diff", "2025-10", "--release", 1)

    assert (same.stdout, same.stderr) == ("", "Issue 2025-10 says what release 1 of mailing 1 says.\n")
    assert done.stdout.splitlines() == [
        "subject: Ein [-kurzer-] Brief",
        "text line 5: Ein [-kurzer-] Brief",
        "text line 10, under “Ein Brief”: dies ist der erste {+und längste+} Absatz.",
    ]
    assert [(each["op"], each["old"], each["new"]) for each in as_json] == [
        ("replace", "Ein kurzer Brief", "Ein Brief"),
        ("delete", "kurzer", ""),
        ("insert", "", "und längste"),
    ]


def test_before_anything_left_it_is_what_was_approved(press: Press) -> None:
    never = press.refuse("issue", "diff", "2025-10", code=1)
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--at", "2099-01-01 09:00")
    planned = press.refuse("issue", "diff", "2025-10", code=1)
    press.approve(1, 2)
    press.change("issues/2025-10/editorial.md", "erste", "zweite")

    done = press.call("issue", "diff", "2025-10")
    strange = press.refuse("issue", "diff", "2025-10", "--release", 2, code=2)
    both = press.refuse("issue", "diff", "2025-10", "2025-11", "--release", 1, code=2)

    assert never == planned
    assert never.startswith("No mailing of issue 2025-10 was approved yet.")
    assert "[-erste-]{+zweite+}" in done.stdout
    assert strange == "Mailing 1 has no release 2. It has 1 to 1."
    assert both.startswith("--mailing and --release go with one issue.")


def test_the_check_of_an_issue_says_that_its_approval_is_void(press: Press) -> None:
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--at", "2099-01-01 09:00")
    press.approve(1, 2)
    good = press.call("issue", "check", "2025-10")
    press.change("issues/2025-10/editorial.md", "erste", "zweite")

    done = press.call("issue", "check", "2025-10")

    assert "not to be sent" not in good.stderr
    assert (
        "Mailing 1 is not to be sent like this: changed since it was approved (text); approve it again."
        in done.stderr
    )


def test_each_thing_that_differs_is_named_once() -> None:
    first = edition_of(make_issue(highlights=(make_card(1), make_card(2)), portrait=PORTRAIT))
    second = edition_of(make_issue(highlights=(make_card(2),), preheader="Anders."))

    changes = letter_changes(*(words_of(each.variants, each.pictures) for each in (first, second)))

    told = {each.what: (each.old, each.new) for each in changes}
    assert told["preheader"] == ("Ein Satz, der in der Liste neugierig macht.", "Anders.")
    assert told["cards"] == ("karte-1, karte-2", "karte-2")
    assert told["pictures"] == ("portrait.gif", "")
    assert "subject" not in told


def test_a_difference_in_some_variants_names_them() -> None:
    cards = make_card(1, only_for="gewerk = Maler", only_for_place="x:1"), make_card(2)
    mended = make_card(1, only_for="gewerk = Maler", only_for_place="x:1", teaser="Alles neu."), make_card(2)

    old, new = (edition_of(make_issue(highlights=each)) for each in (cards, mended))
    changes = compare(*(content_of(each, ENVELOPE, "all", {}) for each in (old, new)))

    assert {each.variants for each in changes} == {("de-1",)}


def test_two_that_are_the_same_have_no_difference() -> None:
    edition = edition_of(make_issue(highlights=(make_card(1),), portrait=PORTRAIT))
    content = content_of(edition, ENVELOPE, "all", {})

    assert compare(content, content) == ()


def test_an_approval_of_an_older_version_is_read_from_what_it_froze(press: Press) -> None:
    sent(press)
    with press.office.engine.begin() as connection:
        connection.execute(delete(release))
    press.change("issues/2025-10/editorial.md", "erste", "zweite")

    done = press.call("issue", "diff", "2025-10")
    named = press.read("mailing", "correct", "2025-10", "--dry-run")
    shown = press.read("mailing", "show", 1)

    assert "[-erste-]{+zweite+}" in done.stdout
    assert named["recipients"] == 2
    assert (shown["release"], shown["releases"], shown["changed"]) == (1, [], [])
