from datetime import date
from pathlib import Path

import pytest

from mailer.content.issue import Issue, read_issue
from subscribers.errors import Problems
from tests.letters import DOT

FRONT = '+++\ntitle = "Am Werktisch"\n{extra}\n+++\n\nEin Satz.\n'


def issue_with(folder: Path, extra: str) -> Issue:
    made = folder / "issues" / "2025-10"
    made.mkdir(parents=True)
    (made / "editorial.md").write_text(FRONT.format(extra=extra), "utf-8")
    (made / "werkbank.gif").write_bytes(DOT)
    return read_issue(made, {}, folder)


def test_events_are_read_in_the_order_of_their_days(tmp_path: Path) -> None:
    issue = issue_with(
        tmp_path,
        '[[events]]\nday = 2025-12-02\ntitle = "Meisterfeier"\n'
        '[[events]]\nday = 2025-11-18\ntitle = "Sprechstunde"\ntime = "17 bis 19 Uhr"\nplace = "Saal 2"',
    )

    assert [(each.day, each.title) for each in issue.events] == [
        (date(2025, 11, 18), "Sprechstunde"),
        (date(2025, 12, 2), "Meisterfeier"),
    ]
    assert issue.events[1].place_line == "issues/2025-10/editorial.md:3"


def test_an_advertisement_names_who_pays_and_has_its_picture(tmp_path: Path) -> None:
    issue = issue_with(
        tmp_path,
        '[[advertisements]]\nadvertiser = "Beispiel GmbH"\ntitle = "Hobelbänke"\ntext = "Für ein Leben."\n'
        'picture = "werkbank.gif"\npicture_alt = "Eine Hobelbank"',
    )

    (paid,) = issue.advertisements
    assert (paid.advertiser, paid.picture and paid.picture.alt) == ("Beispiel GmbH", "Eine Hobelbank")


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ('[[events]]\nday = "bald"\ntitle = "x"', "day"),
        ("[[events]]\nday = 2025-11-18", "`events.1.title` is missing"),
        ('[[events]]\nday = 2025-11-18\ntitle = "x"\nurl = "https://example.org/x"', "`label` is missing"),
        ('[[events]]\nday = 2025-11-18\ntitle = "x"\nort = "y"', "unknown"),
        ('[[advertisements]]\ntitle = "x"\ntext = "y"', "`advertisements.1.advertiser` is missing"),
        (
            '[[advertisements]]\nadvertiser = "a"\ntitle = "x"\ntext = "y"\nurl = "https://example.org/x"',
            "`label` is missing",
        ),
        (
            '[[advertisements]]\nadvertiser = "a"\ntitle = "x"\ntext = "y"\npicture = "werkbank.gif"',
            "`picture_alt` is missing",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, extra: str, sentence: str) -> None:
    with pytest.raises(Problems) as caught:
        issue_with(tmp_path, extra)

    assert sentence in str(caught.value)
    assert "issues/2025-10/editorial.md:" in str(caught.value)
