"""docs/faults.md names every fault and only tests that there are."""

import re

from tests.conftest import ROOT

FAULTS = range(1, 34)


def test_every_fault_has_a_line_and_every_named_test_is_there() -> None:
    page = (ROOT / "docs" / "faults.md").read_text("utf-8")
    lines = {int(line[1]): line[0] for line in re.finditer(r"(?m)^\| (\d+) \|.*$", page)}
    named = {number: set(re.findall(r"`(test_\w+)`", line)) for number, line in lines.items()}
    written = _tests("test_faults*.py")

    assert list(named) == list(FAULTS)
    for number in FAULTS:
        own = {name for name in written if name.startswith(f"test_{number:02}_") and "_to_" not in name[:12]}
        assert own, number
        assert own <= named[number], number
    assert set(re.findall(r"`(test_\w+)`", page)) <= _tests("test_*.py")


def _tests(files: str) -> set[str]:
    return {
        name
        for file in (ROOT / "tests").rglob(files)
        for name in re.findall(r"(?m)^def (test_\w+)", file.read_text("utf-8"))
    }
