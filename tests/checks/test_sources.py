"""Where findings stand: the line of the words, the target or the key, in the file that is to be mended."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailer.cli import rundbrief
from tests.small_workspace import make_office, remove_database

EDITORIAL = "issues/2025-10/editorial.md"
HEAD = """+++
title = "Am Werktisch ist Platz"
subject = "{subject}"
preheader = "{preheader}"
salutation = ["Liebe Mitglieder,"]
+++
"""
LONG = "Am Werktisch ist Platz für alle, die im Herbst etwas Neues lernen mögen"
SUBJECT, PREHEADER = "Ein kurzer Brief", "Damit in der Liste etwas steht, das neugierig macht"


def places(folder: Path, body: str, head: str = "", **files: str) -> dict[str, str]:
    """The place of each rule that is told of an issue with this text, and these further files."""
    remove_database(make_office(folder))
    head = head or HEAD.format(subject=SUBJECT, preheader=PREHEADER)
    (folder / EDITORIAL).write_text(head + body, "utf-8")
    for name, text in files.items():
        (folder / "issues" / "2025-10" / name.replace("__", ".")).write_text(text, "utf-8")
    result = CliRunner().invoke(
        rundbrief, ["--config", str(folder / "config.toml"), "issue", "check", "2025-10", "--json"]
    )
    return {each["rule"]: each["place"] for each in json.loads(result.stdout)["findings"]}


@pytest.mark.parametrize(
    ("body", "rule", "line"),
    [
        ("Ein Satz.\n\nMehr [bei der\nKammer](http://www.example.org/a).", "letter.link", 10),
        ("Ein Satz.\n\nUnd [leer]() dazu.", "letter.link", 9),
        ("Ein Satz, und hier noch mehr.\n\nMehr [hier](https://www.example.org/a).", "letter.link_text", 9),
        ("Ein Satz.\n\n#### Was *nun* – zu tun ist\n\nEin Satz.", "access.heading_order", 9),
        ("Ein Satz.\n\nMehr [dazu im Netz](http://localhost:8000/a).", "link.placeholder", 9),
        ("Ein Satz.\n\n[Eins](https://example.org/a) [eins](https://example.org/b)", "link.same_words", 9),
        ("Ein Satz.\n\nZur [Anmeldung](https://example.org/a b).", "link.syntax", 9),
    ],
)
def test_a_finding_of_the_letter_stands_at_its_line(tmp_path: Path, body: str, rule: str, line: int) -> None:
    found = places(tmp_path, body)

    assert found == {rule: f"{EDITORIAL}:{line}"}


@pytest.mark.parametrize(
    ("subject", "preheader", "rule", "line"),
    [
        (LONG, PREHEADER, "content.subject", 3),
        ("Noch 40 Plätze frei", PREHEADER, "content.figure", 3),
        ("Rundbrief September: neue Wege", PREHEADER, "language.last_issue", 3),
        ("KOMMEN SIE ALLE", PREHEADER, "language.subject", 3),
        (SUBJECT, "Kurz gesagt.", "language.preheader", 4),
        (SUBJECT, "  ", "content.preheader", 4),
        (SUBJECT, f"{PREHEADER}: TODO", "language.leftover", 4),
    ],
)
def test_a_finding_of_the_inbox_stands_at_its_key(
    tmp_path: Path, subject: str, preheader: str, rule: str, line: int
) -> None:
    found = places(tmp_path, "Ein Satz.", HEAD.format(subject=subject, preheader=preheader))

    assert found == {rule: f"{EDITORIAL}:{line}"}


def test_a_long_title_is_told_where_it_stands_for_the_subject(tmp_path: Path) -> None:
    head = f'+++\nlabel = "Oktober 2025"\ntitle = "{LONG}"\npreheader = "{PREHEADER}"\n+++\n'

    assert places(tmp_path, "Ein Satz.", head) == {"content.subject": f"{EDITORIAL}:3"}


def test_a_link_of_a_card_stands_in_the_file_of_the_cards(tmp_path: Path) -> None:
    card = """# hier steht die Karte
[[highlights]]
title = "Sprechtag"
teaser = "Die Kammer berät."
audience = "Betriebe"
checked_on = 2025-10-01
label = "hier"
url = "https://www.example.org/a"
"""

    found = places(tmp_path, "Ein Satz.", highlights__toml=card)

    assert found["letter.link_text"] == "issues/2025-10/highlights.toml:7"


def test_one_of_several_variants_is_named_behind_the_line(tmp_path: Path) -> None:
    du = f'+++\ntitle = "Am Werktisch"\npreheader = "{PREHEADER}"\n+++\nMehr [hier](https://www.example.org/a).\n'

    found = places(tmp_path, "Mehr dazu hier, und mehr hier.", editorial__du__md=du)

    assert found["letter.link_text"] == "issues/2025-10/editorial.du.md:5, variant de-du"


def test_what_stands_in_no_file_of_the_issue_keeps_the_name_of_its_variant(tmp_path: Path) -> None:
    blocks = tmp_path / "templates" / "blocks"
    blocks.mkdir(parents=True)
    from mailer import shipped

    imprint = (shipped.templates() / "blocks" / "imprint.mjml").read_text("utf-8")
    blocks.joinpath("imprint.mjml").write_text(
        imprint.replace("<p>{{ responsible }}", "<h4>Wer</h4><p>"), "utf-8"
    )

    assert places(tmp_path, "Ein Satz.")["access.heading_order"] == "issues/2025-10, variant standard"
