"""Folders that last as long as the run that made them; what a killed run left, the next removes.

The kernel takes a lock off a folder however its owner ends, and whoever gets it knows that nobody
is there. A process id would not tell: it means something else in another container.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary(prefix: str, place: Path | None = None) -> Iterator[Path]:
    """An empty folder whose name begins so, by default among the temporary files; gone afterwards.

    Raises OSError if none can be made there.
    """
    place = place or Path(tempfile.gettempdir())
    for left in abandoned(place, prefix):
        shutil.rmtree(left, ignore_errors=True)
    with new(prefix, place) as folder:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new(prefix: str, place: Path) -> Iterator[Path]:
    """An empty folder that is not taken for abandoned before the end; it stays."""
    folder, descriptor = _new(prefix, place)
    try:
        yield folder
    finally:
        os.close(descriptor)


def abandoned(place: Path, prefix: str) -> Iterator[Path]:
    """The folders of this user whose owner is gone, each locked until the next is asked for."""
    for folder in sorted(place.glob(f"{prefix}*")):
        with contextlib.suppress(OSError):
            descriptor = _open(folder)
            try:
                if os.fstat(descriptor).st_uid == os.geteuid():
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    yield folder
            finally:
                os.close(descriptor)


def _new(prefix: str, place: Path) -> tuple[Path, int]:
    """A folder, and the descriptor that holds its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        with contextlib.suppress(FileNotFoundError):
            descriptor = _open(folder)
            with contextlib.suppress(OSError):  # not every file system has locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if folder.exists():  # nobody took it for abandoned before it was locked
                return folder, descriptor
            os.close(descriptor)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
