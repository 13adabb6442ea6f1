"""docs/issue.md against the models: every key is described, and no key is described that does not exist."""

import re

import pytest

from mailer.content import fields
from tests.conftest import ROOT

TABLES = {
    "editorial.md": ("key", fields.EditorialFields),
    "figures": ("key of figures", fields.FigureFields),
    "contacts": ("key of contacts", fields.ContactFields),
    "highlights.toml": ("key", fields.HighlightFields),
    "programmes.toml": ("key", fields.ProgrammeFields),
    "changes.toml": ("key", fields.ChangeFields),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_key_stands_on_the_page(name: str) -> None:
    page = (ROOT / "docs" / "issue.md").read_text("utf-8")
    head, model = TABLES[name]
    section = page if " of " in head else page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]

    table = section.partition(f"| {head} | what it says |\n|---|---|\n")[2].partition("\n\n")[0]
    keys = [key for row in table.splitlines() for key in re.findall(r"`(\w+)`", row.split("|")[1])]

    assert sorted(keys) == sorted(model.model_fields)
