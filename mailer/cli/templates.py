"""`rundbrief templates`: which files make a letter, and copies of the shipped ones to change."""

import shutil
from pathlib import Path, PurePosixPath

import click

from mailer.cli.office import Office
from subscribers.errors import BadUsage, Refused
from subscribers.output import emit


@click.group()
def templates() -> None:
    """List the templates of the letters, and copy shipped ones into the workspace."""


@templates.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with stable keys.")
@click.pass_obj
def list_(office: Office, as_json: bool) -> None:
    """Every template with where it comes from: shipped, or the workspace's own.

    An own one that replaces none has to be included by another template, or be a theme.
    """
    shipped, own = _shipped(), _own(office.settings.templates)
    rows = [
        {
            "name": name,
            "origin": "own" if name in own else "shipped",
            "replaces_shipped": name in own and name in shipped,
            "file": str(own.get(name) or shipped[name]),
        }
        for name in sorted({*shipped, *own})
    ]
    if not as_json:
        rows = [row | {"replaces_shipped": "yes" if row["replaces_shipped"] else ""} for row in rows]
    emit(rows, ["name", "origin", "replaces_shipped", "file"], as_json=as_json)


@templates.command("copy")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--as", "other", metavar="NEWNAME", help="Another name for a single copy, such as a theme's.")
@click.option("--force", is_flag=True, help="Copy over files that are there; what stands in them is lost.")
@click.pass_obj
def copy(office: Office, names: tuple[str, ...], other: str | None, force: bool) -> None:
    """Copy shipped templates into the workspace's templates/ and print where they are now.

    NAME is as in `rundbrief templates list`: letter.mjml, blocks/cards.mjml, themes/kammer.toml.
    """
    if other is not None and len(names) > 1:
        raise BadUsage("--as names one copy, and several files are to be copied.", hint="Copy it alone.")
    shipped, folder = _shipped(), office.settings.templates
    for name in names:
        if name not in shipped:
            raise _unknown(name, shipped)
    targets = {name: folder / (_renamed(name, other) if other is not None else name) for name in names}
    taken = [
        target
        for name, target in targets.items()
        if target.exists() and not (force and target.is_file() and not target.samefile(shipped[name]))
    ]
    if taken:
        hint = "Nothing was written. --force replaces a file, and what stands in it is lost."
        raise Refused(f"{taken[0]} is there already.", hint=hint)
    for name, target in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped[name], target)
        click.echo(str(target))


def _shipped() -> dict[str, Path]:
    """The shipped templates by their names; the program's own web pages cannot be replaced."""
    from mailer import shipped

    return {name: path for name, path in _files(shipped.templates()).items() if not name.startswith("web/")}


def _own(folder: Path) -> dict[str, Path]:
    """The workspace's templates; in the program's own repository they are the shipped ones."""
    from mailer import shipped

    return _files(folder) if folder.resolve() != shipped.templates().resolve() else {}


def _files(folder: Path) -> dict[str, Path]:
    """The files below a folder by their names as templates name them; hidden ones are none."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path
        for name, path in found.items()
        if not any(part.startswith(".") for part in name.parts)
    }


def _unknown(name: str, shipped: dict[str, Path]) -> BadUsage:
    from difflib import get_close_matches

    same_end = [each for each in sorted(shipped) if PurePosixPath(each).stem == PurePosixPath(name).stem]
    close = same_end[:1] or get_close_matches(name, shipped, n=1)
    hint = f"Did you mean {close[0]}?" if close else "`rundbrief templates list` names them."
    return BadUsage(f"No template {name!r} is shipped.", hint=hint)


def _renamed(name: str, other: str) -> str:
    """The new name beside the old one; its ending may be left out.

    Raises:
        BadUsage: it leads out of the folder, or is a file of another kind.
    """
    old, new = PurePosixPath(name), PurePosixPath(other)
    if not new.suffix:
        new = new.with_name(f"{new.name}{old.suffix}") if new.name else new
    parts = new.parts
    if not parts or "/" in parts or ".." in parts or "\\" in other or parts[-1].startswith("."):
        raise BadUsage(f"{other!r} is no name for a template.", hint="For example --as haus.")
    if new.suffix != old.suffix:
        raise BadUsage(f"A copy of {name} ends with {old.suffix}, {other!r} does not.")
    return (new if len(parts) > 1 else old.with_name(new.name)).as_posix()
