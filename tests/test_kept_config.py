"""A config.toml that was checked before says the same as on the day it was checked."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailer.settings import Settings, read_settings
from mailer.settings.kept import Kept, plain, revived
from tests.conftest import ROOT
from tests.small_workspace import CONFIG, OWN, make_office

MORE = """
[smtp.rates]
"example.org" = 5
[relays.klein]
host = "127.0.0.1"
port = 26
security = "none"
token_command = ["zeige", "es"]
user = "kim"
[relays.klein.groups]
"example.org" = ["example.com", "example.net"]
[subscribers.fields]
rolle = ["Straße", "Gast"]
[checks]
"links.https" = "off"
[newsletters.rundbrief.calendar]
state = "NW"
free_days = ["12-24", 2027-02-08]
double = [[7, 8]]
[newsletters.rundbrief.team]
addresses = ["team@example.org"]
[newsletters.rundbrief.dkim]
domain = "example.org"
selector = "s1"
key = { file = "var/dkim.pem" }
"""


@pytest.fixture(params=["the sample", "one with everything"])
def checked(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "the sample":
        return read_settings(ROOT / "config.toml")
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(database=OWN, port=25, timeout=5) + MORE, "utf-8")
    return read_settings(file)


def same(kept: Any, model: Any) -> bool:
    """Whether every key has the same value of the same kind, down to the bottom."""
    if isinstance(kept, Kept):
        names = type(model).model_fields
        return vars(kept).keys() == names.keys() and all(
            same(getattr(kept, name), getattr(model, name)) for name in names
        )
    if isinstance(model, dict):
        return kept.keys() == model.keys() and all(same(kept[name], model[name]) for name in model)
    if isinstance(model, tuple | list):
        return type(kept) is type(model) and all(same(*pair) for pair in zip(kept, model, strict=True))
    return type(kept) is type(model) and bool(kept == model)


def test_all_tables_come_back_as_they_were(checked: Settings) -> None:
    kept = revived(json.loads(json.dumps(plain(checked.config))))

    assert same(kept, checked.config)
    assert plain(kept) == plain(checked.config)


@pytest.mark.parametrize("mode", ["python", "json"])
def test_it_is_dumped_as_the_checked_one(checked: Settings, mode: str) -> None:
    kept = revived(json.loads(json.dumps(plain(checked.config))))

    assert kept.model_dump(mode=mode) == checked.config.model_dump(mode=mode)
    assert kept.subscribers.model_dump(exclude={"fields"}) == checked.config.subscribers.model_dump(
        exclude={"fields"}
    )


def test_it_is_frozen(checked: Settings) -> None:
    kept = revived(plain(checked.config))

    with pytest.raises(AttributeError):
        kept.workspace.public_url = "https://example.com"


def test_the_next_command_takes_what_is_remembered_until_a_byte_changes(tmp_path: Path) -> None:
    office = make_office(tmp_path / "w")
    assert office.engine
    file = office.settings.file
    second = office.afresh()
    remembered = (second.is_checked, type(second.settings.config).__name__)

    file.write_text(file.read_text("utf-8").replace("Werkstraße 1", "Werkstraße 2"), "utf-8")
    third = office.afresh()

    assert remembered == (True, "Kept")
    assert not third.is_checked
    assert third.settings.config.newsletters["rundbrief"].imprint.street == "Werkstraße 2"
    assert second.letterhead("rundbrief").imprint.street == "Werkstraße 1"


def test_a_file_that_changed_since_it_was_read_is_not_remembered_by_its_old_words(tmp_path: Path) -> None:
    office = make_office(tmp_path / "w")
    file = office.settings.file
    file.write_text(file.read_text("utf-8").replace("Werkstraße 1", "Werkstraße 2"), "utf-8")
    assert office.engine  # remembers what it has found right

    street = office.afresh().settings.config.newsletters["rundbrief"].imprint.street

    assert street == "Werkstraße 2"
