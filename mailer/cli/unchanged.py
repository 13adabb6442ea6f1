"""Remembers which bytes gave which fingerprint, so that an issue that nobody touched is not compiled again.

It holds for exactly the same bytes of all that is read: every file of the issue, the register, the templates
of the workspace and of the program, what config.toml says of newsletters, the segment's rule, the code and
its libraries.
Damaged, or where it cannot be written, it is as if it were not there.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mailer import shipped
from mailer.cli.present import Workspace, bound_of, fingerprint_of
from mailer.settings.essentials import write_whole
from mailer.settings.kept import plain

if TYPE_CHECKING:
    from mailer.compose.rendering import Edition
    from mailer.delivery.mailing import Mailing
    from mailer.settings import Settings

KEPT = 32  # fingerprints; a workspace has few mailings ahead
_PACKAGES = ("mailer", "subscribers")


class Place(Workspace, Protocol):
    """What the office has, and where it is."""

    @property
    def settings(self) -> "Settings":
        """config.toml, checked."""


def fingerprint_for(office: Place, planned: "Mailing", edition: "Edition | None" = None) -> str:
    """sha256 of everything that a mailing would send now: of this edition, or remembered for these bytes, or
    compiled and then remembered.

    Raises:
        Problem, Problems: the issue cannot be read or compiled; nothing is remembered then.
    """
    if edition is not None:
        return fingerprint_of(office, planned, edition)
    file, settings, bound = _file(office), office.settings, bound_of(office, planned)
    known, seen = _recall(file), _digest(settings, planned, bound)
    if seen in known:
        return known[seen]
    from mailer.compose.environment import forget

    forget()  # what is remembered must come from the bytes that were hashed
    found = fingerprint_of(office, planned)
    if seen and seen == _digest(settings, planned, bound):  # nobody wrote while it was compiled
        rest = {each: known[each] for each in list(known)[1 - KEPT :]}
        _remember(file, {**rest, seen: found})
    return found


def is_known(office: Place, planned: "Mailing") -> bool:
    """Whether its fingerprint can be told without compiling it."""
    return _digest(office.settings, planned, bound_of(office, planned)) in _recall(_file(office))


def _digest(settings: "Settings", planned: "Mailing", bound: Mapping[str, Any]) -> str:
    """A hash of all that decides about the fingerprint; empty where something cannot be read."""
    which = (planned.newsletter, planned.issue, planned.kind)
    config = settings.config
    told = [plain(each) for each in (config.workspace, config.newsletters, config.subscribers)]
    beside = json.dumps((_program(), which, told, bound), sort_keys=True)
    found = hashlib.sha256(beside.encode())
    folders = (settings.issues / planned.issue, settings.templates, shipped.templates())
    try:
        for file in (settings.programmes, *(each for folder in folders for each in _files(folder))):
            data = file.read_bytes() if file.exists() else b""
            found.update(repr((str(file), len(data))).encode() + data)
    except OSError:
        return ""
    return found.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in order; none if there is no folder. OSError when one cannot be listed."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as inside:
        entries = sorted(inside, key=lambda each: each.name)
    for each in entries:
        if not each.is_dir():
            yield Path(each.path)
        elif each.is_symlink():
            raise OSError(f"{each.path} may lead round in a circle")
        else:
            yield from _files(Path(each.path))


@lru_cache(maxsize=1)
def _program() -> str:
    """The code by name, size and time of each file, its libraries by their versions."""
    root = Path(__file__).parents[2]
    code = [(str(file), seen.st_size, seen.st_mtime_ns) for file, seen in _sources(root)]
    versions = sorted(name for place in {*sys.path} for name in _versions(place))
    return repr((sys.version, code, versions))


def _sources(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for package in _PACKAGES:
        for file in _files(root / package):
            if file.suffix != ".pyc":
                yield file, file.stat()


def _versions(place: str) -> list[str]:
    """Names such as `jinja2-3.1.6.dist-info`; one that is upgraded gets another."""
    with suppress(OSError):
        names = [each.name for each in Path(place).iterdir()]
        return [name for name in names if name.endswith((".dist-info", ".egg-info"))]
    return []


def _file(office: Place) -> Path:
    return office.settings.var / "fingerprints"


def _recall(file: Path) -> dict[str, str]:
    with suppress(OSError, ValueError):
        seal, _, text = file.read_text("utf-8").partition("\n")
        if seal == hashlib.sha256(text.encode()).hexdigest():
            return dict(json.loads(text))
    return {}


def _remember(file: Path, known: Mapping[str, str]) -> None:
    text = json.dumps(known)
    write_whole(file, f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")
