"""Which keys an issue may have, from the front door: new, import --as, list."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from paper import SmallOffice, WriteIssue

from mailer.cli.issue import issue
from mailer.content.keys import is_key, meant_key
from mailer.content.months import following, key_of, months_of
from subscribers.errors import BadUsage

TEXT = (
    "MUSTERBLATT - Ausgabe Oktober 2025\nLiebe Mitglieder,\nhier steht ein Absatz mit genug Worten darin.\n"
)

Run = Callable[..., Result]


@pytest.fixture
def run(office: SmallOffice) -> Run:
    def call(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(issue, arguments, obj=office, input=stdin)

    return call


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("2027-7", "Did you mean 2027-07?"),
        ("2027_07", "Did you mean 2027-07?"),
        ("202707", "Did you mean 2027-07?"),
        ("2027-08-07", "Did you mean 2027-08?"),
        ("2027-08-15", "Did you mean 2027-08?"),
        ("2027-10-2", "Did you mean 2027-10?"),
        ("Januar-2027", "Did you mean 2027-01?"),
        ("Januar2027", "Did you mean 2027-01?"),
        ("Juli/August 2027", "Did you mean 2027-07-08?"),
        ("Dezember 2027/Januar 2028", "Did you mean 2027-12-01?"),
        ("2027-13", "Write year and month"),
        ("2027-13-extra", "Write year and month"),
        ("Januar", "Write year and month"),
        ("2027", "Write year and month"),
        ("fröhlich", "Write year and month"),
        ("../x", "Write year and month"),
        ("", "Write year and month"),
        ("x" * 80, "Write year and month"),
    ],
)
def test_what_is_no_key_is_refused_with_the_one_that_was_meant(
    run: Run, office: SmallOffice, key: str, hint: str
) -> None:
    begun = run("new", "--", key).exception
    imported = run("import", "-", "--as", key, stdin=TEXT).exception

    for error in (begun, imported):
        assert isinstance(error, BadUsage)
        assert error.message == f"`{key}` is no usable key for an issue."
        assert (error.hint or "").startswith(hint)
    assert not office.settings.issues.exists()


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("2027-07", "Juli 2027"),
        ("2027-07-08", "Juli/August 2027"),
        ("2027-12-01", "Dezember 2027/Januar 2028"),
        ("2027-07-extra", "Juli 2027"),
        ("2027-07-08_extra", "Juli/August 2027"),
        ("2027-jubilaeum", "2027-jubilaeum"),
        ("weihnachten", "weihnachten"),
        ("10-jahre-kammer", "10-jahre-kammer"),
    ],
)
def test_months_double_issues_and_special_ones_are_begun(run: Run, key: str, label: str) -> None:
    begun = run("new", key)

    assert begun.exit_code == 0
    (row,) = json.loads(run("list", "--json").stdout)
    assert (row["key"], row["folder"], row["label"]) == (key, key, label)


def test_months_that_make_no_key_are_asked_for(run: Run, office: SmallOffice) -> None:
    text = TEXT.replace("Ausgabe Oktober 2025", "Ausgabe Juli/September 2025")

    result = run("import", "-", stdin=text)

    assert isinstance(result.exception, BadUsage)
    assert "--as 2025-10" in (result.exception.hint or "")
    assert not office.settings.issues.exists()


def test_the_list_names_folders_that_are_no_issues(
    run: Run, office: SmallOffice, write_issue: WriteIssue
) -> None:
    for name in ("2025-10", "Mai 2027", "Märzheft", "2025-13", "Oktober 2025", "2025-10.backup-1", ".git"):
        write_issue(key=name)
    (office.settings.issues / "notiz.txt").write_text("kein Ordner", "utf-8")

    plain, as_json = run("list"), run("list", "--json")

    assert [line.split("\t")[0] for line in plain.stdout.splitlines()] == ["key", "2025-10"]
    other = "has no usable key. Rename it to a key such as 2025-10, or move it elsewhere."
    expected = [
        f"Passed over: issues/2025-13 {other}",
        "Passed over: issues/Mai 2027 has no usable key. Rename it to 2027-05, or move it elsewhere.",
        f"Passed over: issues/Märzheft {other}",
        f"Passed over: issues/Oktober 2025 {other}",
    ]
    assert plain.stderr.splitlines() == expected
    assert as_json.stderr.splitlines() == expected
    issues, *strangers = json.loads(as_json.stdout)
    assert (issues["key"], issues["state"]) == ("2025-10", "draft")
    assert [(row["key"], row["folder"], row["state"]) for row in strangers] == [
        (None, "2025-13", "no key"),
        (None, "Mai 2027", "no key"),
        (None, "Märzheft", "no key"),
        (None, "Oktober 2025", "no key"),
    ]
    assert strangers[1]["hint"].startswith("Rename it to 2027-05")


months = st.tuples(st.integers(1900, 2200), st.integers(1, 12))


@given(months, st.booleans())
def test_every_month_and_every_pair_has_its_key(month: tuple[int, int], double: bool) -> None:
    wanted = (month, following(month)) if double else (month,)

    key = key_of(wanted)

    assert is_key(key)
    assert months_of(key) == wanted
    assert meant_key(key) == key


@given(st.text(alphabet="0123456789-_ aäJ/", max_size=12) | st.text(max_size=12))
def test_what_was_meant_is_a_key_and_a_key_is_a_safe_name(text: str) -> None:
    meant = meant_key(text)

    assert not meant or (is_key(meant) and months_of(meant))
    assert not is_key(text) or (text.isascii() and not set(text) & set("/\\. \n"))
