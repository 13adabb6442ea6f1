"""An approval holds for the bytes it was given for: one changed byte anywhere takes it back, and is named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.web.sandbox import Sandbox
from tests.delivery.press import Press


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    with Sandbox(tmp_path / "mails") as box:
        made = Press(tmp_path / "w", box, "sqlite:///var/rundbrief.db")
        yield made
        made.office.engine.dispose()


def body(press: Press) -> None:
    press.change("issues/2025-10/editorial.md", "der erste Absatz", "der ersta Absatz")


def subject(press: Press) -> None:
    press.change("issues/2025-10/editorial.md", "Ein kurzer Brief", "Ein kurzes Brief")


def text_template(press: Press) -> None:
    press.change("templates/letter.txt", "{{ say.browser }}:", "{{ say.browser }};")


def html_template(press: Press) -> None:
    press.change("templates/letter.mjml", 'padding="22px 0 0"', 'padding="23px 0 0"')


def register(press: Press) -> None:
    press.change("programmes.toml", "einen Teil der Kosten", "einen Teil den Kosten")


def picture(press: Press) -> None:
    file = press.issue / "werkstatt.png"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def segment_rule(press: Press) -> None:
    press.call("segments", "remove", "maler")
    press.call("segments", "add", "maler", "gewerk = Mahler")


def sender(press: Press) -> None:
    press.change("config.toml", 'from_name = "Kammer Musterland"', 'from_name = "Kammer Musterlamd"')


CHANGES = {
    body: ("text", "text line 10, under “Ein kurzer Brief”: dies ist der [-erste-]{+ersta+} Absatz."),
    subject: ("subject", "subject: Ein [-kurzer-]{+kurzes+} Brief"),
    text_template: ("text", "text line 3: Im Browser [-ansehen:-]{+ansehen;+}"),
    html_template: ("layout", "layout: changed"),
    register: ("text", "under “Musterprämie”: Die Kammer zahlt einen Teil [-der-]{+den+} Kosten."),
    picture: ("pictures", "pictures werkstatt.png: changed"),
    segment_rule: ("segment", 'segment: [-maler: gewerk = "Maler"-]{+maler: gewerk = "Mahler"+}'),
    sender: ("sender from_name", "sender from_name: [-Kammer Musterland-]{+Kammer Musterlamd+}"),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_one_changed_byte_takes_the_approval_back_and_is_named(
    press: Press, change: Callable[[Press], None]
) -> None:
    thing, words = CHANGES[change]
    press.people(["ada", "bo"])
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 2)
    untouched = press.read("mailing", "show", 1)

    change(press)

    warned = press.read("mailing", "show", 1)
    assert press.tick() == []
    voided = press.read("mailing", "show", 1)
    assert (untouched["reason"], untouched["changed"]) == ("", [])
    assert warned["state"] == "approved"
    assert warned["reason"].startswith("changed since it was approved (")
    assert thing in warned["reason"]
    assert words in "\n".join(warned["changed"])
    assert (voided["state"], voided["reason"]) == ("draft", "changed since it was approved")
    assert voided["changed"] == warned["changed"]
    press.sender().run(until_done=True)
    assert press.caught() == {}


def test_without_a_change_the_same_way_ends_with_letters(press: Press) -> None:
    press.people(["ada", "bo"])
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 2)

    press.send()

    assert sorted(press.caught()) == ["ada", "bo"]


def test_a_segment_that_was_removed_keeps_its_copy(press: Press) -> None:
    press.people(["ada", "bo"])
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now")
    press.approve(1, 2)
    press.call("segments", "remove", "maler")

    press.send()

    assert sorted(press.caught()) == ["ada", "bo"]


def test_approving_again_tells_what_is_different_and_sends_it(press: Press) -> None:
    press.people(["ada", "bo"])
    press.people(["cy"], gewerk="Tischler")
    press.call("mailing", "plan", "2025-10", "--segment", "maler", "--now", "--by", "kim")
    press.approve(1, 2, "--by", "alex")
    body(press)
    press.call("segments", "remove", "maler")
    press.call("segments", "add", "maler", "gewerk in (Maler, Tischler)")
    press.tick()

    again = press.approve(1, 3, "--by", "alex")
    press.send()

    told = again.stderr.splitlines()
    first, second = (number for number, line in enumerate(told) if line.startswith("Since "))
    assert "it was planned (" in told[first]
    assert ", kim):" in told[first]
    assert "release 1 was approved (" in told[second]
    assert ", alex):" in told[second]
    assert told[first + 1 : second] == told[second + 1 : second + 3]
    assert "[-erste-]{+ersta+}" in told[second + 1]
    assert '{+maler: gewerk in ("Maler", "Tischler")+}' in told[second + 2]
    assert sorted(press.caught()) == ["ada", "bo", "cy"]
