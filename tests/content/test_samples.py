"""Whole editorials with their truth: no word lost, no field wrong without a mark; the score is printed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("folder", "least"), [("given", 0.95), ("own", 0.9)])
def test_no_field_is_wrong_and_unmarked_and_no_word_is_lost(folder: str, least: float) -> None:
    place = (
        ROOT / "tests/content/editorials" if folder == "own" else ROOT.parent / "shared/samples/editorials"
    )
    if not place.is_dir():
        pytest.skip(f"the sample editorials are not here: {place.name}")

    answer = subprocess.run(
        [sys.executable, str(ROOT / "bench/intake.py"), str(place)], capture_output=True, text=True
    )

    print("\n".join(line for line in answer.stdout.splitlines() if line.startswith("SCORE")))
    assert [line for line in answer.stdout.splitlines() if "\tWRONG\t" in line] == []
    assert answer.returncode == 0, answer.stderr
    right, all_fields = answer.stdout.splitlines()[-1].split("\t")[2].removesuffix(" right").split(" of ")
    assert int(right) >= least * int(all_fields)


def test_a_wrong_field_and_a_folder_without_truth_are_told(tmp_path: Path) -> None:
    source = ROOT / "tests/content/editorials/heft_nummer.txt"
    (tmp_path / "a.txt").write_bytes(source.read_bytes())
    truth = source.with_suffix(".truth.json").read_text("utf-8").replace("Neue Wege", "Alte Wege")
    (tmp_path / "a.truth.json").write_text(truth, "utf-8")
    bench = [sys.executable, str(ROOT / "bench/intake.py")]

    wrong = subprocess.run([*bench, str(tmp_path)], capture_output=True, text=True)
    nothing = subprocess.run([*bench, str(ROOT / "docs")], capture_output=True, text=True)

    assert wrong.returncode == 1
    assert "a.txt\ttitle\tWRONG\tNeue Wege in der Werkstatt\tAlte Wege in der Werkstatt" in wrong.stdout
    assert nothing.returncode == 2
