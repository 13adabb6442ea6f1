"""A workspace with a register of two programmes, and a way to write an issue's files into it."""

from pathlib import Path

import pytest
from paper import EDITORIAL, REGISTER, SmallOffice, WriteIssue


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    (tmp_path / "programmes.toml").write_text(REGISTER, "utf-8")
    return SmallOffice(tmp_path)


@pytest.fixture
def write_issue(office: SmallOffice) -> WriteIssue:
    def write(editorial: str = EDITORIAL, highlights: str | None = None, key: str = "2025-10") -> Path:
        folder = office.settings.issues / key
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "editorial.md").write_text(editorial, "utf-8")
        if highlights is not None:
            (folder / "highlights.toml").write_text(highlights, "utf-8")
        return folder

    return write
