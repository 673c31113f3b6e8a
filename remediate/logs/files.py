"""Log files, also compressed ones and standard input, line by line."""

import bz2
import codecs
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from remediate.errors import UsageProblem
from remediate.system.paths import shown

LONGEST_LINE = 1_000_000  # bytes; what is behind them is passed over
STDIN = "-"
_PACKED: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open,
}  # fmt: skip
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check(paths: Sequence[str]) -> None:
    """Raises UsageProblem for the first file that is not readable, before any takes its time."""
    for path in paths:
        if path != STDIN:
            with _opened(path):
                pass


def lines(path: str) -> Iterator[str]:
    """The lines of a file, or of standard input, without their ends.

    Raises UsageProblem for what is no text. A compressed file that was cut off ends where it ends.
    """
    with _opened(path) as stream:
        try:
            if stream.peek(2).startswith(_WIDE):
                yield from map(_without_end, codecs.getreader("utf-16")(stream, "replace"))
            else:
                yield from _lines(stream)
        except EOFError:
            return
        except (OSError, zlib.error, lzma.LZMAError) as error:
            raise _unreadable(path, error) from error


@contextmanager
def _opened(path: str) -> Iterator[io.BufferedReader]:
    if Path(path).is_dir():
        raise UsageProblem(f"{path} is a folder", f"Name its files: remediate triage {path}/*")
    with ExitStack() as stack:
        try:
            stream = _stream(path, stack)
            head = stream.peek(1)
        except EOFError:
            raise _unreadable(path, EOFError("it was cut off at once")) from None
        except (OSError, zlib.error, lzma.LZMAError) as error:
            raise _unreadable(path, error) from error
        if b"\0" in head and not head.startswith(_WIDE):
            raise UsageProblem(
                f"{shown(path)} is no text: it holds zero bytes",
                "Give the logs of PostgreSQL or of the application, also compressed (gz).",
            )
        yield stream


def _stream(path: str, stack: ExitStack) -> io.BufferedReader:
    file: Any = sys.stdin.buffer
    if path != STDIN:
        file = stack.enter_context(io.BufferedReader(io.FileIO(path)))
    start = file.peek(8)
    for magic, opener in _PACKED.items():
        if start.startswith(magic):
            return stack.enter_context(io.BufferedReader(opener(file)))
    return file  # type: ignore[no-any-return]


def _unreadable(path: str, error: BaseException) -> UsageProblem:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    name = "standard input" if path == STDIN else shown(path)
    return UsageProblem(f"{name} cannot be read: {reason}", "Name files that you may read.")


def _lines(stream: io.BufferedReader) -> Iterator[str]:
    """A line that is too long is cut: it would not fit into memory."""
    while line := stream.readline(LONGEST_LINE):
        yield _without_end(_decoded(line))
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _without_end(line: str) -> str:
    return line.rstrip("\r\n")
