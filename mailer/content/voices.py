"""The voices of an issue: the same letter in another language or tone, each in files of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailer.content.editorial import Opening, read_opening
from mailer.content.highlights import Highlight, read_highlights
from mailer.content.marks import Unsure
from mailer.content.months import Month
from mailer.content.programmes import Register
from mailer.toml import name_of
from subscribers.errors import Problem, Problems

VOICES = ("de", "du", "en")  # formal German, German with du, English


@dataclass(frozen=True, slots=True)
class Voice:
    """What editorial.NAME.md and highlights.NAME.toml say; without the latter `highlights` is None."""

    name: str
    opening: Opening
    highlights: tuple[Highlight, ...] | None
    unsure: tuple[Unsure, ...]


def read_voices(folder: Path, programmes: Register, root: Path) -> tuple[Voice, ...]:
    """The voices beside editorial.md, in the order of `VOICES`.

    Raises:
        Problems: everything that is wrong with their files, and files of a voice that does not exist.
    """
    problems = list(_stray_files(folder, root))
    voices = [
        _read(name, folder, programmes, root, problems)
        for name in VOICES
        if (folder / f"editorial.{name}.md").exists()
    ]
    if problems:
        raise Problems(problems)
    return tuple(voice for voice in voices if voice)


def shared_problems(
    voice: Voice, newsletter: str | None, months: tuple[Month, ...], file: str
) -> Iterator[Problem]:
    """What is one for all voices stands in editorial.md; a voice may repeat it, and not change it."""
    opening, hint = voice.opening, "Leave it out here, or write the same as in editorial.md."
    if opening.newsletter not in (None, newsletter):
        yield Problem("`newsletter` differs from editorial.md.", place=file, hint=hint)
    if opening.months and opening.months != months:
        yield Problem("`months` differs from editorial.md.", place=file, hint=hint)


def _stray_files(folder: Path, root: Path) -> Iterator[Problem]:
    for path in sorted((*folder.glob("editorial.*.md"), *folder.glob("highlights.*.toml"))):
        kind, name = path.stem.split(".", 1)
        if name not in VOICES:
            hint = f"There are {', '.join(VOICES)}, for example {kind}.en{path.suffix}."
            yield Problem(f"A letter has no voice {name!r}.", place=name_of(path, root), hint=hint)
        elif kind == "highlights" and not (folder / f"editorial.{name}.md").exists():
            message = f"These cards belong to no letter: there is no editorial.{name}.md."
            yield Problem(message, place=name_of(path, root), hint="Write it, or remove the cards.")


def _read(name: str, folder: Path, programmes: Register, root: Path, problems: list[Problem]) -> Voice | None:
    """Both files of a voice; None, and the problems of both, if one cannot be read."""
    opening, cards = None, None
    own_cards = folder / f"highlights.{name}.toml"
    try:
        opening = read_opening(folder / f"editorial.{name}.md", root)
    except Problem as problem:
        problems.extend(_each(problem))
    try:
        cards = read_highlights(own_cards, programmes, root) if own_cards.exists() else None
    except Problem as problem:
        problems.extend(_each(problem))
    if opening is None:
        return None
    marks = (*opening.unsure, *(cards[1] if cards else ()))
    return Voice(name, opening, cards[0] if cards else None, marks)


def _each(problem: Problem) -> tuple[Problem, ...]:
    return problem.problems if isinstance(problem, Problems) else (problem,)
