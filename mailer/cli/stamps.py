"""What files look like from outside, to tell whether any of them changed since they were read."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from stat import S_ISDIR
from typing import TypeAlias

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]

_DEEPEST = 4  # folders below one that is watched
# Two saves within one tick of the kernel's clock bear the same time.
_COARSE = timedelta(milliseconds=12)


def stamp_of(paths: Iterable[Path]) -> Stamp:
    """Name, time and size of each file, those below folders too; what is missing has none."""
    return tuple(sorted(entry for path in paths for entry in _entries(path)))


def is_settled(stamp: Stamp, now: datetime) -> bool:
    """Whether a further save would be seen: the last one is longer ago than the clock of files is coarse."""
    latest = int((now - _COARSE).timestamp() * 1e9)
    return all(time < latest for _, time, _ in stamp)


def _entries(path: Path) -> Iterator[tuple[str, int, int]]:
    try:
        seen = path.stat()
    except OSError:
        return
    yield str(path), seen.st_mtime_ns, seen.st_size
    if S_ISDIR(seen.st_mode):
        yield from _below(str(path), 0)


def _below(folder: str, depth: int) -> Iterator[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as found:
            inside = list(found)
    except OSError:
        return
    for each in inside:
        try:
            seen = each.stat()
        except OSError:  # gone since
            continue
        yield each.path, seen.st_mtime_ns, seen.st_size
        if each.is_dir(follow_symlinks=False) and depth < _DEEPEST:
            yield from _below(each.path, depth + 1)
