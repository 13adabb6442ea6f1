"""`rundbrief issue build --matrix`: every variant and view as one folder that can be passed on."""

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.cli.muster import SAMPLE
from mailer.cli.office import Office, clock
from subscribers.errors import BadUsage, Problem
from subscribers.output import say

if TYPE_CHECKING:
    from mailer.web.matrix import Matrix

SHEET = "kontaktbogen.png"
_MARK = '<meta name="generator" content="Rundbrief matrix">'


@dataclass(frozen=True, slots=True)
class Written:
    """What was written; `sheet` and `archive` are None where there are none, `why` says why no sheet."""

    index: Path
    pages: int
    sheet: Path | None
    why: str
    archive: Path | None

    def as_json(self) -> dict[str, str | int | None]:
        """The paths, for scripts."""
        paths = {"index": self.index, "sheet": self.sheet, "zip": self.archive}
        return {name: str(path) if path else None for name, path in paths.items()} | {"pages": self.pages}


def say_written(written: Written) -> None:
    """Where the matrix is, and what is missing."""
    say(f"Matrix: {written.pages} pages, open {written.index}")
    if written.why:
        say(written.why)
    if written.archive:
        say(f"To be mailed: {written.archive} ({max(1, round(written.archive.stat().st_size / 1024))} KB)")


def write_matrix(office: Office, key: str, folder: Path, *, archive: bool) -> Written:
    """Write the matrix of an issue into a folder of its own; what an earlier one left there is replaced.

    Raises:
        BadUsage: the folder holds something else.
        Problem: the issue cannot be read, or the folder not be written.
    """
    from mailer.cli.contact_sheet import draw_sheet
    from mailer.web.matrix import BELOW, INDEX, SHEET_PAGE, matrix_files

    _require_own(folder)
    matrix = _matrix(office, key)
    try:
        _make_room(folder, BELOW)
        pages = 0
        for pages, (name, content) in enumerate(matrix_files(matrix), 1):  # noqa: B007
            (folder / name).write_text(content, encoding="utf-8")
        why = draw_sheet(folder / BELOW / SHEET_PAGE, folder / SHEET, matrix.sheet_size)
        sheet = None if why else folder / SHEET
        if sheet:
            name, content = next(matrix_files(matrix, sheet=SHEET))
            (folder / name).write_text(content, encoding="utf-8")
        return Written(folder / INDEX, pages, sheet, why, _pack(folder) if archive else None)
    except OSError as error:
        raise Problem(
            f"The folder cannot be written ({error.strerror}).", place=str(folder), hint="Name another one."
        ) from None


def _matrix(office: Office, key: str) -> "Matrix":
    """What the pages say, by the same functions as the studio."""
    from mailer.cli.desk import FolderDesk
    from mailer.web.matrix import Matrix, Shown
    from mailer.web.variants import differences, table

    desk = FolderDesk(office)
    drawn = desk.draw(key)
    reader, checked = desk.people.reader(drawn, ""), desk.check(drawn)
    assert reader is not None  # the invented one is always there
    base = desk.releases.base(drawn)
    rows = table(drawn, desk.people.numbers(drawn), differences(drawn, base), "de")
    variants = [
        Shown(row, desk.letter(drawn, variant, reader))
        for row, variant in zip(rows, drawn.edition.variants, strict=True)
    ]
    return Matrix(
        organisation=drawn.organisation,
        label=drawn.issue.label,
        sender=drawn.envelope.from_name,
        reader=" ".join((SAMPLE["anrede"], SAMPLE["titel"], SAMPLE["vorname"], SAMPLE["nachname"])),
        variants=variants,
        findings=checked.findings,
        passed=checked.passed,
        at=clock().astimezone(office.settings.zone),
    )


def _require_own(folder: Path) -> None:
    """A folder that is empty, not there yet, or holds an earlier matrix."""
    index = folder / "index.html"
    if folder.is_dir() and any(folder.iterdir()):
        if index.is_file() and _MARK in index.read_text(encoding="utf-8", errors="replace")[:2000]:
            return
        raise BadUsage(
            f"The folder {folder} holds other files.", hint="Name an empty or a new folder for the matrix."
        )
    if folder.exists() and not folder.is_dir():
        raise BadUsage(f"{folder} is no folder.", hint="Name an empty or a new folder for the matrix.")


def _make_room(folder: Path, below: str) -> None:
    """Take away what an earlier matrix wrote, and nothing else."""
    if (folder / below).is_dir():
        shutil.rmtree(folder / below)
    (folder / SHEET).unlink(missing_ok=True)
    (folder / below).mkdir(parents=True)


def _pack(folder: Path) -> Path:
    """The folder as FOLDER.zip beside it."""
    whole = folder.resolve()
    packed = whole.with_name(f"{whole.name}.zip")
    hidden = packed.with_name(f".{packed.name}.part")
    with zipfile.ZipFile(hidden, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(whole.rglob("*")):
            if path.is_file():
                file.write(path, f"{whole.name}/{path.relative_to(whole).as_posix()}")
    hidden.replace(packed)
    return packed
