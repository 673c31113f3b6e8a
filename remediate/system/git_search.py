"""Lines in the files that git tracks, and lines that any commit of its history ever added."""

import codecs
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from remediate.system import git
from remediate.system.git import NoAnswer, Silence, WorkTree

_LONGEST = 10_000  # bytes of a line; longer ones were made by programs
_FILES, _BYTES = 500, 100_000  # that git is asked about at once, and of their names
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_FOUND = re.compile(rb"([^\0]+)\0(\d+)[\0:]([^\n]*)\n")
# Whatever somebody's settings say of diffs, this is how they are printed here.
_PLAIN = (
    "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-show-signature",
    "--no-notes", "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short",
    "--inter-hunk-context=0", "-U0", "-p", "-m",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file, whose path leads from the root of the repository."""

    file: str
    number: int
    text: str = field(repr=False)
    commit: str = ""
    """The id of the commit that added it; "" for a line of a file as it is now."""
    date: str = ""
    """Of that commit, by its author: YYYY-MM-DD."""
    is_context: bool = False
    """Whether it stands beside what that commit added, and was there before."""


@dataclass(frozen=True, slots=True)
class History:
    """Lines that commits added, those of newer commits first."""

    lines: tuple[Line, ...]
    stopped: NoAnswer | None = None
    """Why it was not read to its beginning; None: it was."""
    until: str = ""
    """The date of the last commit that was read: YYYY-MM-DD."""


def tracked_lines(tree: WorkTree, pattern: str, *patterns: str) -> tuple[Line, ...] | NoAnswer:
    """The lines of tracked files, as they are on the disk, that fit a POSIX regular expression.

    `patterns` are pathspecs from the root; without any, all files.
    """
    return _grep(tree, pattern, (), patterns)


def staged_lines(
    tree: WorkTree, pattern: str, files: Iterable[Path]
) -> tuple[Line, ...] | NoAnswer:
    """The lines of these files that fit, as they are in the index: the next commit has them."""
    found: list[Line] = []
    for piece in pieces(sorted(one.relative_to(tree.root).as_posix() for one in files)):
        told = _grep(tree, pattern, ("--cached",), literal(piece))
        if isinstance(told, NoAnswer):
            return told
        found += told
    return tuple(found)


def pieces(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """These files, as many at a time as git takes as arguments, and answers about soon."""
    piece: list[str] = []
    size = 0
    for name in names:
        length = len(os.fsencode(name))
        if piece and (len(piece) == _FILES or size + length > _BYTES):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(name)
        size += length
    if piece:
        yield tuple(piece)


def literal(names: Iterable[str]) -> tuple[str, ...]:
    """The pathspecs of these files, whatever their names contain."""
    return tuple(f":(top,literal){name}" for name in names)


def _grep(
    tree: WorkTree, pattern: str, where: tuple[str, ...], patterns: tuple[str, ...]
) -> tuple[Line, ...] | NoAnswer:
    words = ("--no-color", "--no-column", "--no-textconv", "--full-name", "-I", "-n", "-z", "-E")
    told = git.ask(
        tree.root, "grep", *where, *words, "-e", pattern, "--", *patterns, fine=(0, 1), seconds=30
    )
    if isinstance(told, NoAnswer):
        return told
    return tuple(
        Line(os.fsdecode(file), int(number), text.decode(errors="replace"))
        for file, number, text in _FOUND.findall(told)
        if len(text) <= _LONGEST
    )


def added_lines(tree: WorkTree, pattern: bytes, seconds: float, *words: str) -> History:
    """The lines that fit, of all commits that any branch, tag or stash contains.

    `words` choose the commits and files, as for git log, and with -U lines that were there before.
    """
    wanted = re.compile(pattern)
    command = git.command(
        tree.root, "-c", "core.quotePath=false", "log", "--all", "--date-order", *_PLAIN,
        "--format=%x1e%H%x1f%aI", *words,
    )  # fmt: skip
    try:
        with tempfile.TemporaryFile() as errors, _running(command, seconds, errors) as process:
            read = _Reader(process.stdout or (), wanted)
            lines = tuple(read.lines())
            code = process.wait()
            errors.seek(0)
            failure = errors.read()
    except (FileNotFoundError, PermissionError):
        return History((), NoAnswer(Silence.ABSENT))
    if code == 0:
        return History(lines, None, read.date)
    ended = NoAnswer(Silence.SLOW) if code < 0 else git.failure(failure)
    return History(lines, ended, read.date)


@contextmanager
def _running(
    command: Sequence[str | bytes | Path], seconds: float, errors: IO[bytes]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Git, which is ended when its time is over, and with this block."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
        env=git.environment(),
    )  # fmt: skip
    clock = threading.Timer(max(seconds, 0), process.kill)
    clock.start()
    try:
        with process:
            yield process
    finally:
        clock.cancel()
        process.kill()


@dataclass(slots=True)
class _Reader:
    """Reads the text of git log, and knows the date of the commit where it is."""

    stream: Iterable[bytes]
    wanted: re.Pattern[bytes]
    date: str = ""

    def lines(self) -> Iterator[Line]:
        stream, file, commit = iter(self.stream), "", ""
        for line in stream:
            if line.startswith(b"\x1e"):
                commit, _, date = line[1:].decode().partition("\x1f")
                self.date = date[:10]
            elif line.startswith(b"+++ "):
                file = _path(line[4:])
            elif hunk := _HUNK.match(line):
                first, removed, added = int(hunk[2]), int(hunk[1] or 1), int(hunk[3] or 1)
                for number, text, old in _added(stream, first, removed, added):
                    if len(text) <= _LONGEST and self.wanted.search(text):
                        shown = text.decode(errors="replace")
                        yield Line(file, number, shown, commit, self.date, is_context=old)


def _added(
    stream: Iterator[bytes], first: int, removed: int, added: int
) -> Iterator[tuple[int, bytes, bool]]:
    """The added lines of a hunk, with their numbers, and those beside them (true)."""
    last = first + added
    while removed or first < last:
        line = next(stream, b"")
        if line.startswith(b"-"):
            removed -= 1
        elif line.startswith(b"+"):
            yield first, line[1:].rstrip(b"\r\n"), False
            first += 1
        elif line.startswith((b" ", b"\n")):  # the latter by diff.suppressBlankEmpty
            yield first, line[1:].rstrip(b"\r\n"), True
            first, removed = first + 1, removed - 1
        elif not line:  # git was ended
            return


def _path(name: bytes) -> str:
    """The path of a line behind +++; odd characters are quoted as in C."""
    name = name.rstrip(b"\n\t")
    if name.startswith(b'"'):
        name, _ = codecs.escape_decode(name[1:-1])
    return os.fsdecode(name.removeprefix(b"b/"))
