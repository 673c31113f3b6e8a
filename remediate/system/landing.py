"""Several files at once: all of them or none, also where the program is killed or the disk is full.

Each file is written whole beside its place, under a name at which nobody looks, and a journal names
them all. Once everything has reached the disk the journal says that the moves have begun; a move is
one rename(2). A journal that nobody holds any more is of a killed run: moves that have begun are
finished, and what was only prepared is removed. Where a file that is yet to be replaced has changed
since, nobody's work is overwritten: the moves are taken back.
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from remediate.system import folders

PREFIX = ".landing.remediate-"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is to be."""

    path: Path
    content: bytes
    mode: int
    replaces: bool = False  # a file that is there


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of the files of a killed run."""

    finished: bool  # otherwise none of them is there
    paths: tuple[Path, ...]
    kept: tuple[Path, ...] = ()  # that were to be replaced, and are there unchanged


class Stuck(Exception):
    """Files can be neither finished nor taken back; the next run may. Its text says why."""


class _State(StrEnum):
    """The name of the journal: the next state is one rename away, which takes no space."""

    PREPARED = "prepared"  # nothing was moved
    BEGUN = "begun"
    BACK = "back"  # what was moved is being taken back


@dataclass(frozen=True, slots=True)
class _Move:
    part: str  # the whole file, beside its place
    path: str
    old: str = ""  # another name of the file that it replaces; "" for a new one
    digest: str = ""  # of that file

    @property
    def is_made(self) -> bool:
        return not os.path.lexists(self.part)

    @property
    def is_stale(self) -> bool:
        """Whether what it is yet to replace is another file by now, or gone."""
        return bool(self.old) and not self.is_made and _digest(self.path) != self.digest


def land(files: Sequence[File], home: Path) -> None:
    """Write all files, in this order, or none; Ctrl-C waits until it is done.

    `home` is the folder in which `recover` looks for what a killed run left. Raises OSError where
    one cannot be written; Stuck where neither the moves nor their way back can be finished.
    """
    with folders.new(PREFIX, home) as room, _whole():
        token = secrets.token_hex(4)
        moves = tuple(_move(file, f".remediate-{token}-{n}") for n, file in enumerate(files))
        made = [str(folder) for folder in _missing_folders(files)]
        try:
            _write(room / "new", _journal(room, moves, made), 0o600, home)
            _go_on(room, "new", _State.PREPARED)
            _prepare(files, moves, made)
            _go_on(room, _State.PREPARED, _State.BEGUN)
            _finish(moves)
        except OSError:
            _take_back(room, moves, made)
            raise
        with contextlib.suppress(OSError):  # they are where they belong
            _clear(room, moves)


def recover(home: Path) -> Iterator[Recovered]:
    """Finish what killed runs left in this folder, or take it back.

    Raises Stuck where moves have begun, and cannot be finished.
    """
    for room in folders.abandoned(home, PREFIX):
        state = next((s for s in _State if (room / s).exists()), None)
        if state is None:  # killed before it had written anything else
            shutil.rmtree(room, ignore_errors=True)
            continue
        moves, made = _noted(room, state)
        begun = state is _State.BEGUN and any(move.is_made for move in moves)
        with _whole():
            if begun and not any(move.is_stale for move in moves):
                with _explained(home):
                    _finish(moves)
                    _clear(room, moves)
                yield Recovered(finished=True, paths=tuple(Path(move.path) for move in moves))
            else:
                _take_back(room, moves, made)
                if not room.exists():
                    yield _taken_back(moves)


def _taken_back(moves: Sequence[_Move]) -> Recovered:
    new = tuple(Path(move.path) for move in moves if not move.old)
    kept = (Path(move.path) for move in moves if move.old)
    return Recovered(finished=False, paths=new, kept=tuple(filter(os.path.lexists, kept)))


def _move(file: File, name: str) -> _Move:
    path = file.path.parent.resolve() / file.path.name
    if file.replaces:
        path = path.resolve()
    part = str(path.with_name(f"{name}.new"))
    if not file.replaces:
        return _Move(part, str(path))
    return _Move(part, str(path), str(path.with_name(f"{name}.old")), _digest(path))


def _digest(path: str | Path) -> str:
    """Of its content; "" where it cannot be read."""
    with contextlib.suppress(OSError):
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return ""


def _journal(room: Path, moves: Sequence[_Move], made: Sequence[str]) -> bytes:
    """Its paths lead from the folder that it is in: that may be moved, or mounted elsewhere."""
    home = room.parent.resolve()

    def near(path: str) -> str:
        return os.path.relpath(path, home) if path else ""

    noted = [[near(m.part), near(m.path), near(m.old), m.digest] for m in moves]
    return json.dumps({"moves": noted, "folders": [*map(near, made)]}).encode()


def _noted(room: Path, state: str) -> tuple[tuple[_Move, ...], list[str]]:
    """The moves of a journal, and the folders that were made for them."""
    home = room.parent.resolve()

    def there(path: str) -> str:
        return os.path.normpath(home / path) if path else ""

    journal = json.loads((room / state).read_text(encoding="utf-8"))
    moves = tuple(
        _Move(there(part), there(path), there(old), digest)
        for part, path, old, digest in journal["moves"]
    )
    return moves, [there(folder) for folder in journal["folders"]]


def _missing_folders(files: Sequence[File]) -> Iterator[Path]:
    """Outermost first."""
    parents = {folder for file in files for folder in file.path.parents}
    yield from sorted({folder.resolve() for folder in parents if not folder.exists()})


def _prepare(files: Sequence[File], moves: Sequence[_Move], made: Sequence[str]) -> None:
    for missing in made:
        Path(missing).mkdir()
    for file, move in zip(files, moves, strict=True):
        _write(Path(move.part), file.content, file.mode, file.path)
        if move.old:
            _keep(move)
    for folder in _folders_of(moves):
        _sync(folder)


def _keep(move: _Move) -> None:
    try:
        Path(move.old).hardlink_to(move.path)
    except OSError:  # not every file system has links
        shutil.copy2(move.path, move.old)
        with Path(move.old).open("rb") as copy:
            os.fsync(copy.fileno())


def _write(path: Path, content: bytes, mode: int, named: Path) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(named)) from error


def _finish(moves: Sequence[_Move]) -> None:
    for move in moves:
        if not move.is_made:
            if not move.old and os.path.lexists(move.path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), move.path)
            if move.is_stale:
                raise OSError(errno.ESTALE, "it has changed meanwhile", move.path)
            os.rename(move.part, move.path)  # noqa: PTH104  (a test takes its place)
    for folder in _folders_of(moves):
        _sync(folder)


def _take_back(room: Path, moves: Sequence[_Move], made: Sequence[str]) -> None:
    """As it was before, whatever state the journal is in."""
    with _explained(room.parent):
        if (room / _State.BEGUN).exists():
            _go_on(room, _State.BEGUN, _State.BACK)
        if (room / _State.BACK).exists():
            for move in reversed(moves):
                _move_back(move)
            _go_on(room, _State.BACK, _State.PREPARED)
    with contextlib.suppress(OSError):
        _clear(room, moves)
        for folder in reversed(made):
            with contextlib.suppress(FileNotFoundError):
                Path(folder).rmdir()


def _move_back(move: _Move) -> None:
    if move.is_made and os.path.lexists(move.old or move.path):
        Path(move.old or move.path).replace(move.path if move.old else move.part)


def _clear(room: Path, moves: Sequence[_Move]) -> None:
    for move in moves:
        Path(move.part).unlink(missing_ok=True)
        if move.old:
            Path(move.old).unlink(missing_ok=True)
    shutil.rmtree(room)


def _go_on(room: Path, before: str, after: str) -> None:
    (room / before).rename(room / after)
    _sync(room)
    _sync(room.parent)


def _folders_of(moves: Sequence[_Move]) -> list[Path]:
    return sorted({Path(move.path).parent for move in moves})


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Stuck(f"{error.strerror}: {error.filename or home}") from error


@contextmanager
def _whole() -> Iterator[None]:
    """Interrupts wait until the end.

    To block them here would leave them to other threads, whose signals Python raises here as well.
    """
    waiting: list[int] = []
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():  # no other one is interrupted
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not None:  # it was set by Python, which can set it again
                before[number] = signal.signal(number, lambda n, _: waiting.append(n))
    try:
        yield
    finally:
        for given, handler in before.items():
            signal.signal(given, handler)
        for given in waiting:
            signal.raise_signal(given)
