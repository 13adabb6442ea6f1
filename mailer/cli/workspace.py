"""`rundbrief init` and `rundbrief migrate`: a workspace that works at once, and its database kept current."""

import shlex
import shutil
from pathlib import Path

import click

from mailer.cli.office import Office
from subscribers.errors import Refused
from subscribers.output import say


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a workspace in DIR: config.toml, programmes.toml, the sample issue 2025-10."""
    made = make_workspace(folder)
    for path in made:
        say(f"written: {path}")
    prefix = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    say(f"Next: {prefix}rundbrief preview 2025-10")


def make_workspace(folder: Path) -> list[Path]:
    """Copy the sample workspace into a folder; what it wrote.

    Raises:
        Refused: a file of a workspace is there already; nothing is written then.
    """
    from mailer import shipped

    source = shipped.workspace()
    names = ["config.toml", "programmes.toml", *_files_below(source, "issues/2025-10")]
    if taken := [name for name in names if (folder / name).exists()]:
        raise Refused(
            f"{folder / taken[0]} is there already.", hint="Choose another folder; nothing was written."
        )
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("/var/\n", encoding="utf-8")
        names.append(".gitignore")
    return [folder / name for name in names]


def _files_below(source: Path, folder: str) -> list[str]:
    return [str(path.relative_to(source)) for path in sorted((source / folder).rglob("*")) if path.is_file()]


@click.command()
@click.pass_obj
def migrate(office: Office) -> None:
    """Bring the database to this program's version. Back it up first."""
    from mailer.migrations import HEAD, current, upgrade
    from subscribers.database import open_database, reading

    engine = open_database(office.settings.database_url)
    with reading(engine) as connection:
        before = current(connection)
    upgrade(engine)
    say(f"The database is at version {HEAD}" + ("." if before == HEAD else f" (was {before or 'empty'})."))
