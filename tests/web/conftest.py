"""Servers and a mail catcher that last as long as a test of the web room."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette

from mailer.web.sandbox import Sandbox
from tests.web.serving import Site, running


@pytest.fixture
def serve() -> Iterator[Callable[[Starlette], Site]]:
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(running(app))


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "caught", clock=lambda: datetime(2026, 11, 24, 8, 30, tzinfo=UTC)) as running:
        yield running
