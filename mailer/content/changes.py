"""What an editor changed on purpose: changes.toml of an issue, old and new text with the reason."""

from dataclasses import dataclass
from pathlib import Path

from mailer.toml import read_toml
from subscribers.errors import Problem, Problems


@dataclass(frozen=True, slots=True)
class Change:
    """One deliberate change; `new` is empty where words were taken out. `place` is its line.

    It is meant for one place of the text, or for all where `everywhere` says so.
    """

    old: str
    new: str
    reason: str
    by: str
    place: str
    everywhere: bool = False


def read_changes(path: Path, root: Path) -> tuple[Change, ...]:
    """The deliberate changes in the file's order; none when there is no such file.

    Raises:
        Problem, Problems: everything that is wrong with the file, each with its line.
    """
    if not path.exists():
        return ()
    from mailer.content.fields import ChangeFields, ChangesFields, check_fields

    document = read_toml(path, root)
    problems: list[Problem] = []
    file = check_fields(ChangesFields, document.data, document, (), problems)
    changes = []
    for index, data in enumerate(file.changes if file else []):
        where = ("changes", index)
        if fields := check_fields(ChangeFields, data, document, where, problems):
            place = document.place(where)
            changes.append(Change(fields.old, fields.new, fields.reason, fields.by, place, fields.everywhere))
    if problems:
        raise Problems(problems)
    return tuple(changes)
