"""Reading an issue: one value, or all complaints with their places."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from paper import EDITORIAL, SmallOffice, WriteIssue, png

from mailer.content.issue import Issue, list_issues, read_issue
from subscribers.errors import BadUsage, Problem, Problems

FULL = """\
+++
kicker = "Editorial"
title = "Am Anfang"
author = "Ada Muster"  # bitte prüfen: Schreibweise
portrait = "portrait.png"
portrait_alt = "Ada Muster"
salutation = [
  "Liebe Leserinnen,",
  "liebe Leser,",
]
closing = "Ihre"

[[figures]]
value = "6 %"
label = "der Betriebe"

[[contacts]]
name = "Gesa Beispiel"
email = "gesa@example.org"
+++

erster Absatz mit [Link](https://example.org/).

<!-- bitte prüfen: stimmt die Zahl? -->

> »Ein Zitat.«
"""


@pytest.fixture
def read(office: SmallOffice) -> Callable[[Path], Issue]:
    return lambda folder: read_issue(folder, office.register(), office.settings.folder)


@pytest.fixture
def complaints(read: Callable[[Path], Issue]) -> Callable[[Path], list[str]]:
    def collect(folder: Path) -> list[str]:
        with pytest.raises(Problems) as caught:
            read(folder)
        return [str(problem) for problem in caught.value.problems]

    return collect


def test_everything_an_issue_says_becomes_one_value(read, write_issue: WriteIssue) -> None:
    folder = write_issue(FULL, '[[highlights]]\nprogramme = "meisterpraemie"\ndeadline = "14.11.2025"\n')
    (folder / "portrait.png").write_bytes(png(192, 128))

    issue = read(folder)

    assert (issue.key, issue.label, issue.months) == ("2025-10", "Oktober 2025", ((2025, 10),))
    editorial = issue.editorial
    assert (editorial.subject, editorial.salutation) == ("Am Anfang", ("Liebe Leserinnen,", "liebe Leser,"))
    assert editorial.portrait is not None
    assert (editorial.portrait.width, editorial.portrait.height, editorial.portrait.alt) == (
        192,
        128,
        "Ada Muster",
    )
    assert FULL.split("\n")[editorial.body_line - 1 + 1] == editorial.body.split("\n")[1]
    assert "bitte prüfen" not in editorial.body
    assert [figure.value for figure in editorial.figures] == ["6 %"]
    assert [contact.email for contact in issue.contacts] == ["gesa@example.org"]
    card = issue.highlights[0]
    assert (card.key, card.title, card.deadline) == (
        "meisterpraemie",
        "Meisterprämie NRW",
        date(2025, 11, 14),
    )
    assert (card.place, card.url) == ("issues/2025-10/highlights.toml:1", "https://meisterprämie.example/")
    assert [(each.place, each.field) for each in issue.unsure] == [
        ("issues/2025-10/editorial.md:4", "author"),
        ("issues/2025-10/editorial.md:24", "body"),
    ]


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("2025-07-08", "Juli/August 2025"),
        ("2025-12-01", "Dezember 2025/Januar 2026"),
        ("2025-10-extra", "Oktober 2025"),
        ("weihnachten", "weihnachten"),
    ],
)
def test_the_label_comes_from_the_key(read, write_issue: WriteIssue, key: str, label: str) -> None:
    assert read(write_issue(key=key)).label == label


def test_all_complaints_of_all_files_come_at_once_with_their_lines(
    complaints, write_issue: WriteIssue
) -> None:
    folder = write_issue(
        '+++\ntitel = "Falsch"\nnumber = 10\nportrait = "fehlt.png"\nportrait_alt = "x"\n'
        '[[figures]]\nvalu = "6 %"\nlabel = "x"\n+++\nText <b>fett</b>\nund\n![x](https://example.org/y.png)\n',
        '[[highlights]]\nprogramme = "meisterprämie"\n\n[[highlights]]\ntitle = "Thema"\n'
        'teaser = "Satz."\nurl = "http://example.org"\nevent = "31.02.2025"\n',
    )

    found = complaints(folder)

    editorial, cards = "issues/2025-10/editorial.md", "issues/2025-10/highlights.toml"
    expected = [
        f"{editorial}:10: The text contains raw HTML (<b> </b>). Write Markdown; the only comment",
        f"{editorial}:12: The text contains a picture.",
        f"{editorial}:2: The key `titel` is unknown. Did you mean `title`?",
        f"{editorial}:3: `number` must be text in quotes, not a number.",
        f"{editorial}:7: The key `figures.1.valu` is unknown. Did you mean `value`?",
        f"{cards}:2: The programme `meisterprämie` is not in the register. Did you mean `meisterpraemie`?",
        f"{cards}:7: `url` must start with https://, mailto: or tel:.",
        f'{cards}:8: `event` names a date that does not exist ("31.02.2025").',
    ]
    for sentence in expected:
        assert any(each.startswith(sentence) for each in found), (sentence, found)


@pytest.mark.parametrize(
    ("editorial", "sentence"),
    [
        ("Nur Text.\n", "editorial.md:1: The file has no front matter."),
        ('+++\ntitle = "x"\n', "editorial.md:1: The front matter has no end."),
        (
            '+++\nlabel = "x"\ntitle = Ohne\n+++\nText\n',
            "editorial.md:3: This is not valid TOML (invalid value).",
        ),
        ('+++\ntitle = "x"\n+++\n\n', "editorial.md:4: The editorial has no text"),
        ('+++\nlead = "x"\n+++\nText\n', "The key `title` is missing."),
        ('+++\ntitle = " "\n+++\nText\n', "editorial.md:2: `title` must not be empty."),
        ('+++\ntitle = "a\\u0007"\n+++\nText\n', "editorial.md:2: `title` contains a control character."),
        ('+++\ntitle = "x"\n+++\nText\x07\n', "editorial.md:4: The text contains a control character."),
        (
            '+++\ntitle = "x"\nportrait = "fehlt.png"\nportrait_alt = "x"\n+++\nText\n',
            "editorial.md:3: The picture",
        ),
        (
            '+++\ntitle = "x"\nportrait = "../a.png"\nportrait_alt = "x"\n+++\nText\n',
            "editorial.md:3: `portrait` must",
        ),
        ('+++\ntitle = "x"\nportrait = "a.png"\n+++\nText\n', "editorial.md:3: `portrait_alt` is missing"),
        ('+++\ntitle = "x"\nmonths = [\n"2025-13"]\n+++\nText\n', "editorial.md:4: `months` names a month"),
        (
            '+++\ntitle = "x"\n+++\nText\n\n<!-- Notiz -->\n',
            "editorial.md:6: The text contains raw HTML (<!-- Notiz -->).",
        ),
        (
            '+++\ntitle = "x"\n[[contacts]]\nname = "A"\nemail = "a@b"\n+++\nText\n',
            "editorial.md:5: `contacts.1.email`",
        ),
    ],
)
def test_a_broken_editorial_is_named_with_its_line(
    complaints, write_issue: WriteIssue, editorial: str, sentence: str
) -> None:
    assert any(sentence in each for each in complaints(write_issue(editorial)))


@pytest.mark.parametrize(
    ("highlights", "sentence"),
    [
        (
            '[[highlights]]\nprogramme = "fai"\ndeadline = 2025-02-30\n',
            "highlights.toml:3: This is not valid TOML",
        ),
        (
            '[[highlights]]\nprogramme = "fai"\ndeadline = 2025-02-03T10:00:00\n',
            "highlights.toml:3: `deadline` must be",
        ),
        ('[[highlights]]\nteaser = "x"\n', "highlights.toml:1: The key `title` is missing"),
        (
            '[[highlights]]\nprogramme = "fai"\nurl = "https://"\n',
            "highlights.toml:3: `url` has no valid domain",
        ),
        (
            '[[highlights]]\nprogramme = "fai"\nurl = "https://a.example/"\n',
            "highlights.toml:3: `label` is missing",
        ),
        (
            '[[highlights]]\nprogramme = "fai"\n\n[[highlights]]\nprogramme = "fai"\n',
            "highlights.toml:4: The highlight",
        ),
        ('[[highlights]]\nprogramme = "fai"\nkind = "Reklame"\n', "highlights.toml:3: `kind` must be one of"),
        (
            f'[[highlights]]\ntitle = "x"\nteaser = "{"x" * 301}"\n',
            "highlights.toml:3: `teaser` is longer than 300",
        ),
        ("highlights = 3\n", "highlights.toml:1: `highlights` must be a list"),
    ],
)
def test_a_broken_card_is_named_with_its_line(
    complaints, write_issue: WriteIssue, highlights: str, sentence: str
) -> None:
    assert any(sentence in each for each in complaints(write_issue(highlights=highlights)))


def test_a_card_may_replace_what_the_register_says(read, write_issue: WriteIssue) -> None:
    card = (
        '[[highlights]]\nprogramme = "meisterpraemie"\ntitle = "Eigener Titel"\nurl = ""\n'
        '[highlights.figure]\nvalue = "7"\nlabel = "x"\n'
    )
    free = (
        '[[highlights]]\ntitle = "Tag der offenen Tür"\nteaser = "Satz."\n'
        'url = "tel:+492000123"\nlabel = "Anrufen"\n'
    )

    own, topic = read(write_issue(highlights=card + free)).highlights

    assert (own.title, own.url, own.teaser) == ("Eigener Titel", "", "Das Land belohnt den Meisterbrief.")
    assert own.figure is not None
    assert own.figure.value == "7"
    assert (topic.key, topic.kind) == ("tag-der-offenen-tuer", "Hinweis")


def test_a_decorative_portrait_needs_no_words(read, write_issue: WriteIssue) -> None:
    folder = write_issue('+++\ntitle = "x"\nportrait = "a.png"\nportrait_decorative = true\n+++\nText\n')
    (folder / "a.png").write_bytes(png(4, 4))

    assert read(folder).editorial.portrait.alt == ""


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(read, write_issue: WriteIssue) -> None:
    folder = write_issue()
    (folder / "editorial.md").write_bytes(b"\xef\xbb\xbf" + EDITORIAL.replace("\n", "\r\n").encode())

    assert read(folder).editorial.title == "Ein Titel"


def test_a_file_that_is_not_utf8_is_named_with_its_line(complaints, write_issue: WriteIssue) -> None:
    folder = write_issue()
    (folder / "editorial.md").write_bytes('+++\ntitle = "Mär"\n+++\nText\n'.encode("cp1252"))

    assert "issues/2025-10/editorial.md:2: The file is not UTF-8." in complaints(folder)[0]


def test_an_unknown_issue_says_what_to_do(office: SmallOffice) -> None:
    with pytest.raises(BadUsage, match="There is no issue `2031-01`"):
        read_issue(office.settings.issues / "2031-01", {}, office.settings.folder)


def test_the_list_is_newest_first_and_survives_a_broken_issue(
    office: SmallOffice, write_issue: WriteIssue
) -> None:
    for key in ("2025-10", "2024-12-01", "sommer", "2025-10.backup-1"):
        write_issue(key=key)
    write_issue("+++\ntitel = 1\n+++\n", key="2025-11")

    entries = list_issues(office.settings.issues, office.register(), office.settings.folder)

    assert [entry.key for entry in entries] == ["2025-11", "2025-10", "2024-12-01", "sommer"]
    assert (entries[0].title, entries[0].problems) == (None, 3)
    assert (entries[1].title, entries[1].problems) == ("Ein Titel", 0)


def test_a_problem_is_never_a_bare_exception(office: SmallOffice, write_issue: WriteIssue) -> None:
    folder = write_issue()
    (folder / "editorial.md").unlink()
    (folder / "editorial.md").mkdir()

    with pytest.raises(Problem, match=r"issues/2025-10/editorial\.md"):
        read_issue(folder, {}, office.settings.folder)
