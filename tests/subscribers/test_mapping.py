"""What a column means can be said, kept under a name, and is shown; changes are told field by field."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from subscribers.card import Card
from subscribers.roster import Added

Run = Callable[..., Result]


def test_a_column_is_mapped_by_hand(
    run: Run, write: Callable[..., Path], card: Callable[[str], Card]
) -> None:
    path = write("Kontakt;Wer;Ort;Name 1", "kim@example.org;Yilmaz;Hamm;Holz GmbH")

    result = run(
        *("subscribers", "import", path, "--json", "--apply"),
        *(
            "--map",
            "kontakt = email",
            "--map",
            "Wer=nachname",
            "--map",
            "Name 1=firma",
            "--map",
            "Ort=ignore",
        ),
    )

    report = json.loads(result.stdout)
    assert report["mapping"] == {"Kontakt": "email", "Wer": "nachname", "Name 1": "firma"}
    assert report["ignored"] == ["Ort"]
    person = card("kim@example.org").person
    assert (person.nachname, person.firma, person.ort) == ("Yilmaz", "Holz GmbH", "")


def test_a_profile_is_kept_and_used(
    run: Run, write: Callable[..., Path], card: Callable[[str], Card]
) -> None:
    first = write("Kontakt;Wer", "kim@example.org;Yilmaz")
    run(
        "subscribers",
        "import",
        first,
        "--map",
        "Kontakt=email",
        "--map",
        "Wer=nachname",
        "--save-profile",
        "BVV",
    )

    result = run(
        "subscribers", "import", write("Kontakt;Ort", "eva@example.org;Hamm"), "--profile", "BVV", "--apply"
    )

    assert result.exit_code == 0, result.stderr
    assert card("eva@example.org").person.ort == "Hamm"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--map", "Kontakt"], "is no mapping"),
        (["--map", "Kontakt=mail"], "There is no field 'mail'"),
        (["--map", "Gibtsnicht=email"], "The list has no column 'Gibtsnicht'"),
        (["--profile", "Gibtsnicht"], "There is no profile 'Gibtsnicht'"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    run: Run, write: Callable[..., Path], arguments: list[str], words: str
) -> None:
    result = run("subscribers", "import", write("E-Mail;Kontakt", "kim@example.org;x"), *arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_changes_are_told_field_by_field(
    run: Run, put: Callable[..., Added], write: Callable[..., Path]
) -> None:
    put("kim@example.org", ort="Hamm", firma="Holz")
    path = write("E-Mail;Ort;Firma;Tags", "kim@example.org;Soest;Holz;Messe")

    told = json.loads(run("subscribers", "import", path, "--json").stdout)
    shown = run("subscribers", "import", path).stdout

    assert (told["changed"], told["unchanged"], told["batch"]) == (1, 0, None)
    assert [(one["field"], one["old"], one["new"]) for one in told["changes"]] == [
        ("ort", "Hamm", "Soest"),
        ("tag", "", "Messe"),
    ]
    assert "kim@example.org: ort 'Hamm' -> 'Soest'" in shown


def test_the_table_shows_twenty_changes_and_counts_the_rest(
    run: Run, put: Callable[..., Added], write: Callable[..., Path]
) -> None:
    for number in range(25):
        put(f"person{number}@example.org", ort="Hamm")
    path = write("E-Mail;Ort", *(f"person{number}@example.org;Soest" for number in range(25)))

    shown = run("subscribers", "import", path).stdout.splitlines()

    assert sum(line.startswith("change\t") for line in shown) == 21
    assert any(line.startswith("change\t5\t") for line in shown)
