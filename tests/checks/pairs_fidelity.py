"""Letters with an original for the rules of fidelity."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mailer.checks.finding import Finding
from mailer.content.issue import Change
from tests.checks.kept import BLOCKS, LINES, PARAGRAPHS, findings, keep_original, letter
from tests.checks.pairs import Look, Pair
from tests.checks.test_fidelity import by_python_docx_with_link
from tests.letters import edition_of

LINK = "https://www.example.org/werkbank?a=1"
OFFICES = ("Ada Muster", "Präsidentin der Kammer", "Bert Beispiel", "Geschäftsführer der Kammer")


def kept(
    blocks: Sequence[str] = BLOCKS,
    lines: Sequence[str] = LINES,
    changes: Sequence[Change] = (),
    **fields: Any,
) -> Look:
    """What is found in a letter of these blocks, and an original of these lines."""

    def look(folder: Path) -> list[Finding]:
        keep_original(folder / "issues" / "2025-10", lines)
        made = letter(folder / "issues" / "2025-10", blocks, **fields)
        return findings(replace(made, changes=tuple(changes)))

    return look


def instead(old: str, new: str) -> Look:
    """A letter that says something else than its original."""
    blocks = [each.replace(old, new) for each in BLOCKS]
    assert blocks != list(BLOCKS)
    return kept(blocks)


def changed(*pairs: tuple[str, str], blocks: Sequence[str] = BLOCKS) -> Look:
    changes = [
        Change(old, new, "darum", "Redaktion", f"changes.toml:{at}") for at, (old, new) in enumerate(pairs)
    ]
    return kept(blocks, changes=changes)


def poorer(part: str, old: str) -> Look:
    """A template that leaves out words of one part."""

    def look(folder: Path) -> list[Finding]:
        from mailer.checks.fidelity import check_fidelity

        keep_original(folder / "issues" / "2025-10")
        made = letter(folder / "issues" / "2025-10")
        edition = edition_of(made)
        variant = edition.variants[0]
        assert old in getattr(variant, part)
        fewer = replace(variant, **{part: getattr(variant, part).replace(old, "")})
        return list(check_fidelity(made, replace(edition, variants=(fewer,))))

    return look


def spoilt(folder: Path) -> list[Finding]:
    """An original that somebody wrote into."""
    keep_original(folder / "issues" / "2025-10")
    (folder / "issues" / "2025-10" / "original.txt").write_text("anders", "utf-8")
    return findings(letter(folder / "issues" / "2025-10"))


def linked(target: str) -> Look:
    """A Word file with a link behind words, and a letter with another one there, or none."""

    def look(folder: Path) -> list[Finding]:
        lines, last = (
            ("Ein Titel", "Liebe Mitglieder,", PARAGRAPHS[1]),
            ("Mehr ", "hierzu", " steht an der Tür."),
        )
        data = by_python_docx_with_link(lines, last, LINK)
        keep_original(folder / "issues" / "2025-10", name="original.docx", data=data)
        said = "Mehr {} steht an der Tür.".format(f"[hierzu]({target})" if target else "hierzu")
        return findings(letter(folder / "issues" / "2025-10", [PARAGRAPHS[1], said], title="Ein Titel"))

    return look


def signed(*signature: str) -> Look:
    lines = ("Ein Titel", "Liebe Mitglieder,", *PARAGRAPHS[1:3], "Mit besten Grüßen", *OFFICES)
    fields = {"title": "Ein Titel", "author": "", "role": "", "signature": signature}
    return kept(PARAGRAPHS[1:3], lines, **fields)


GOOD = kept()
NEW = "Die Tür der Kammer steht allen offen."
PAIRS: Mapping[str, Pair] = {
    "fidelity.original": Pair({"": spoilt}, GOOD),
    "fidelity.word": Pair(
        {
            "became": instead("fast 7000", "über 7000"),
            "one": instead("steigt", ""),
            "several": kept(BLOCKS[:-1]),
            "order": kept(kicker="EDITORIAL", author="Tannert Wiebke"),
            "html": poorer("html", "Mehr Mut an der Werkbank</h1>"),
            "text": poorer("text", "Meisterin Jule"),
        },
        GOOD,
    ),
    "fidelity.figure": Pair(
        {"became": instead("2.500 €", "2.600 €"), "one": instead("fast 7000 Prämien", "fast Prämien")}, GOOD
    ),
    "fidelity.link": Pair(
        {
            "became": instead("werkbank?a=1", "werkbank?a=2"),
            "one": instead(LINK, ""),
            "behind": linked(""),
            "html": poorer("html", LINK),
            "text": poorer("text", LINK),
        },
        GOOD,
    ),
    "fidelity.added": Pair(
        {
            "link": linked("https://www.example.net/"),
            "link.mild": instead(
                "Die Werkstatt in Hamm", "Die [Werkstatt](https://www.example.org/hamm) in Hamm"
            ),
            "one": instead("sind dabei", "sind nicht dabei"),
            "one.mild": instead("sind dabei", "sind gern dabei"),
            "several": instead("nutzen nur 6 % der", "nutzen nicht nur 6 % aller der"),
            "several.mild": instead(
                "Die Meisterin Jule Harmsen und der", "Die gute Meisterin Jule Harmsen und der junge"
            ),
            "title.one": kept(title="Mehr frischer Mut an der Werkbank"),
            "title.several": kept(title="Mehr frischer Mut an der guten Werkbank"),
            "paragraph": kept([*BLOCKS, NEW]),
            "sentence": kept([*BLOCKS[:-1], f"{BLOCKS[-1]} {NEW}"]),
            "paragraph.figure": kept([*BLOCKS, "Dazu kommen 12 neue Plätze im ganzen Land."]),
            "sentence.figure": kept(
                [*BLOCKS[:-1], f"{BLOCKS[-1]} Dazu kommen 12 neue Plätze im ganzen Land."]
            ),
        },
        GOOD,
    ),
    "fidelity.salutation": Pair(
        {"became": kept(salutation=("Liebe Freunde,",)), "missing": kept(salutation=())}, GOOD
    ),
    "fidelity.signature": Pair(
        {"": signed(OFFICES[2], OFFICES[1], OFFICES[0], OFFICES[3])}, signed(*OFFICES)
    ),
    "fidelity.change": Pair(
        {
            "no_original": lambda folder: findings(
                replace(
                    letter(folder / "issues" / "2025-10"),
                    changes=(Change("a", "b", "", "", "changes.toml:1"),),
                )
            ),
            "same": changed(("fast 7000", "fast 7.000")),
            "twice": changed(
                ("fast 7000", "über 7100"),
                ("fast 7000", "über 7100"),
                blocks=[each.replace("fast 7000", "über 7100") for each in BLOCKS],
            ),
            "still": changed(("fast 7000", "")),
            "unsaid": changed(("fast 7000", "rund 9000")),
            "greeting": changed(("Mitglieder", "")),
            "left_out": changed(("Blatt", "Brief")),
            "nowhere": changed(("fast 8000", "über 7000")),
        },
        changed(
            ("fast 7000", "über 7100"), blocks=[each.replace("fast 7000", "über 7100") for each in BLOCKS]
        ),
    ),
}
