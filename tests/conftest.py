"""What every test may ask for: a clean environment, a fresh database of each kind, a fixed moment."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine

from tests import databases
from tests.chromium import open_browser, open_offline, read_axe

# The same examples in each run: a red test means a change. HYPOTHESIS_PROFILE=explore looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than processors: there is always a test that waits for a clock or for another process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True, scope="session")
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("RUNDBRIEF_"):
                patch.delenv(name)
        patch.setenv("NO_COLOR", "1")
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))  # not the developer's home
        yield


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the sample inputs (../shared) are not beside this checkout")
    return SHARED


BOTH = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=pytest.mark.skipif(
            not databases.POSTGRES, reason="RUNDBRIEF_TEST_PG names no PostgreSQL server"
        ),
    ),
]


@pytest.fixture(scope="session")
def shelf() -> Iterator[databases.Shelf]:
    made = databases.Shelf()
    yield made
    made.close()


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path, shelf: databases.Shelf) -> Iterator[str]:
    """The URL of a database at today's version without rows, once for each kind."""
    if request.param == "sqlite":
        databases.place_file(tmp_path / "rundbrief.db")
        yield f"sqlite:///{tmp_path}/rundbrief.db"
        return
    url = shelf.take()
    yield url
    shelf.give_back(url)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, once for each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/rundbrief.db"
        return
    url = databases.create_empty()
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database at today's version, for the address book and the post office alike."""
    from subscribers.database import open_database

    made = open_database(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser for the tests of a module; while it runs, its thread has no other event loop."""
    with open_browser() as made:
        yield made


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    """A browser's context that asks the network for nothing."""
    with open_offline() as made:
        yield made


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    return read_axe()
