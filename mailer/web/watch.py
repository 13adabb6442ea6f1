"""Watches the files of a workspace and tells every open page what was saved."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

HEARTBEAT_SECONDS = 2
_TICK_MILLISECONDS = 250  # how long the watcher may go on after its last reader has left
# Editors write in several steps, all within a few milliseconds; the page waits for no longer than this.
_STEP, _DEBOUNCE = 10, 20
_AGAIN_SECONDS = 0.2
_DEEPEST = 4  # folders below one that is watched


class Watch:
    """One watcher for all pages; it runs while somebody reads.

    Each folder is watched by itself, never a single file: an editor that saves by renaming puts a new file in
    the place of the watched one, and further saves would go unseen.

    Args:
        paths: the files and folders to look at, whether or not they exist.
    """

    def __init__(self, paths: Callable[[], Sequence[Path]]) -> None:
        self._paths = paths
        self._queues: set[asyncio.Queue[frozenset[Path] | None]] = set()
        self._stop, self._ended = threading.Event(), False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[None] | None = None

    def set(self) -> None:
        """End all readers, and those to come, from any thread: the server calls this when it is to end."""
        self._ended = True
        self._stop.set()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_readers)

    async def saved(self) -> AsyncIterator[frozenset[Path]]:
        """The files of each save; an empty set now and then, so that a reader who left is noticed."""
        queue: asyncio.Queue[frozenset[Path] | None] = asyncio.Queue()
        self._queues.add(queue)
        self._loop = asyncio.get_running_loop()
        if self._ended:  # between a page's first line and its first look; from here on `_end_readers` is told
            self._queues.discard(queue)
            return
        if self._running is None or self._running.done() or self._stop.is_set():
            self._stop = threading.Event()
            self._running = asyncio.create_task(self._run(self._stop))
        try:
            while True:
                try:
                    found = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    found = frozenset()
                if found is None:
                    return
                yield found
        finally:
            self._queues.discard(queue)
            if not self._queues:
                self._stop.set()

    def _end_readers(self) -> None:
        for queue in self._queues:
            queue.put_nowait(None)

    async def _run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                await self._look([path.resolve() for path in self._paths()], stop)
        finally:
            if stop is self._stop:  # it failed: the pages ask again
                self._end_readers()

    async def _look(self, wanted: Sequence[Path], stop: threading.Event) -> None:
        """Tell every save until a folder comes or goes, or nobody listens any more."""
        usual, folders = DefaultFilter(), _folders(wanted)

        def concerns(change: Change, name: str) -> bool:
            return usual(change, name) and any(_within(Path(name), path) for path in wanted)

        async for changes in awatch(
            *folders,
            watch_filter=concerns,
            debounce=_DEBOUNCE,
            step=_STEP,
            rust_timeout=_TICK_MILLISECONDS,
            stop_event=stop,
            recursive=False,
        ):
            paths = frozenset(Path(name) for _, name in changes)
            self._tell(paths)
            if any(path in folders or path.is_dir() for path in paths):
                # What is saved there before it is watched too is told of all the same.
                asyncio.get_running_loop().call_later(_AGAIN_SECONDS, self._tell, paths)
                return

    def _tell(self, paths: frozenset[Path]) -> None:
        for queue in self._queues:
            queue.put_nowait(paths)


def _folders(wanted: Iterable[Path]) -> list[Path]:
    """All folders in which something may be saved, those above the wanted paths too."""
    found = dict[Path, None]()
    for path in wanted:
        for folder in (path.parent, *_tree(path, 0)):
            if folder.is_dir():
                found[folder] = None
    return [*found]


def _tree(path: Path, depth: int) -> list[Path]:
    if not path.is_dir():
        return []
    inside = [each for each in path.iterdir() if each.is_dir()] if depth < _DEEPEST else []
    return [path, *(folder for each in inside for folder in _tree(each, depth + 1))]


def _within(path: Path, wanted: Path) -> bool:
    return path == wanted or path.is_relative_to(wanted)
