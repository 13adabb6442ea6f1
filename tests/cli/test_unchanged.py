"""A fingerprint is remembered for the same bytes and for no others, and is never in the way."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from mailer.cli.office import Office
from mailer.cli.present import fingerprint_of
from mailer.compose.rendering import Edition
from mailer.content.issue import Issue
from mailer.delivery import mailing
from mailer.delivery.mailing import Mailing
from mailer.shipped import templates
from subscribers.database import reading
from subscribers.errors import Problem, Problems
from tests.content.paper import png
from tests.delivery.press import CARDS, REGISTER
from tests.small_workspace import make_office, plan_and_approve


class Compiled(Office):
    """An office that counts how often it compiles."""

    def __init__(self, config: str) -> None:
        super().__init__(config)
        self.times = 0

    def compile(self, issue: Issue, newsletter: str | None = None) -> Edition:
        self.times += 1
        return super().compile(issue, newsletter)


def afresh(made: Office) -> Compiled:
    """As the next command sees the workspace."""
    return Compiled(str(made.settings.file))


def found(office: Office) -> Mailing:
    with reading(office.engine) as connection:
        return mailing.find(connection, "1")


@pytest.fixture
def made(tmp_path: Path, now: datetime) -> Office:
    """A workspace with an approved mailing whose fingerprint is remembered."""
    office = make_office(tmp_path / "w")
    issue = office.settings.issues / "2025-10"
    (issue / "highlights.toml").write_text(CARDS, "utf-8")
    (office.settings.programmes).write_text(REGISTER, "utf-8")
    (issue / "werkstatt.png").write_bytes(png(1100, 500))
    office.settings.templates.mkdir()
    letter = (templates() / "letter.txt").read_text("utf-8")
    (office.settings.templates / "letter.txt").write_text(letter, "utf-8")
    plan_and_approve(office, now, now)
    assert office.fingerprint(found(office)) == found(office).content_sha256
    office.engine.dispose()
    return office


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def body(folder: Path) -> None:
    replace(folder / "issues/2025-10/editorial.md", "der erste Absatz", "der ersta Absatz")


def card(folder: Path) -> None:
    replace(folder / "issues/2025-10/highlights.toml", "am Werktisch", "im Werktisch")


def register(folder: Path) -> None:
    replace(folder / "programmes.toml", "einen Teil der Kosten", "einen Teil den Kosten")


def picture(folder: Path) -> None:
    file = folder / "issues/2025-10/werkstatt.png"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def template(folder: Path) -> None:
    replace(folder / "templates/letter.txt", "{{ say.browser }}:", "{{ say.browser }};")


def new_template(folder: Path) -> None:
    text = (templates() / "letter.mjml").read_text("utf-8")
    (folder / "templates/letter.mjml").write_text(text.replace("22px", "23px"), "utf-8")


def sender(folder: Path) -> None:
    replace(folder / "config.toml", 'from_name = "Kammer Musterland"', 'from_name = "Kammer Musterlamd"')


def imprint(folder: Path) -> None:
    replace(folder / "config.toml", "Werkstraße 1", "Werkstraße 2")


CHANGES = (body, card, register, picture, template, new_template, sender, imprint)


def test_an_issue_that_nobody_touched_is_not_compiled_again(made: Office) -> None:
    office = afresh(made)

    told = office.fingerprint(found(office))

    assert (told, office.times) == (found(office).content_sha256, 0)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_one_changed_byte_is_compiled_though_size_and_time_are_the_same(
    made: Office, change: Callable[[Path], None]
) -> None:
    times = {each: each.stat() for each in made.settings.folder.rglob("*") if each.is_file()}
    change(made.settings.folder)
    for each, before in times.items():
        os.utime(each, ns=(before.st_atime_ns, before.st_mtime_ns))
    office = afresh(made)
    planned = found(office)

    told = office.fingerprint(planned)

    assert office.times == 1
    assert told == fingerprint_of(office, planned) != planned.content_sha256


def test_another_relay_changes_no_letter(made: Office) -> None:
    replace(made.settings.file, "port = 1", "port = 2525")
    office = afresh(made)

    told = office.fingerprint(found(office))

    assert (told, office.times) == (found(office).content_sha256, 0)


def test_another_rule_is_another_fingerprint_and_is_remembered_beside_it(made: Office) -> None:
    from dataclasses import replace as replaced

    office = afresh(made)
    planned = replaced(found(office), state="sending")
    other = replaced(planned, rule={"v": 1, "where": {"all": []}})

    told = [office.fingerprint(each) for each in (planned, other, planned, other)]

    assert told[:2] == told[2:]
    assert told[0] != told[1]
    assert office.times == 1


def test_what_cannot_be_read_is_said_and_not_remembered(made: Office) -> None:
    file = made.settings.issues / "2025-10" / "editorial.md"
    text = file.read_bytes()
    file.write_text("ohne Kopf", "utf-8")
    with pytest.raises((Problem, Problems)):
        afresh(made).fingerprint(found(made))
    file.write_bytes(text)
    office = afresh(made)

    told = office.fingerprint(found(office))

    assert (told, office.times) == (found(office).content_sha256, 0)


@pytest.mark.parametrize("damage", [b"", b"nothing\n{}", b"\xff\xfe", b'0\n{"a": 1}'])
def test_a_damaged_memory_is_as_if_it_were_not_there(made: Office, damage: bytes) -> None:
    (made.settings.var / "fingerprints").write_bytes(damage)
    first, second = afresh(made), afresh(made)

    told = [each.fingerprint(found(each)) for each in (first, second)]

    assert told == [found(made).content_sha256] * 2
    assert (first.times, second.times) == (1, 0)


def test_a_memory_that_cannot_be_written_is_not_missed(made: Office) -> None:
    (made.settings.var / "fingerprints").unlink()
    (made.settings.var / "fingerprints").mkdir()
    office = afresh(made)

    told = office.fingerprint(found(office))

    assert (told, office.times) == (found(office).content_sha256, 1)


def test_what_changes_while_it_is_compiled_is_not_remembered(made: Office) -> None:
    class Hurried(Compiled):
        def compile(self, issue: Issue, newsletter: str | None = None) -> Edition:
            compiled = super().compile(issue, newsletter)
            card(self.settings.folder)
            return compiled

    body(made.settings.folder)
    hurried = Hurried(str(made.settings.file))
    hurried.fingerprint(found(hurried))
    office = afresh(made)

    told = office.fingerprint(found(office))

    assert office.times == 1
    assert told == fingerprint_of(office, found(office))
