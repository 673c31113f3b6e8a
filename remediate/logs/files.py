"""Log files, also compressed ones and standard input, as blocks of whole lines."""

import bz2
import codecs
import contextlib
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
_PIECE = 8192  # bytes; where a compressed file was cut off, the piece before is the last
_BLOCK = 1_000_000
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check(paths: Sequence[str]) -> None:
    """Raises UsageProblem for the first file that is not readable, before any takes its time."""
    for path in paths:
        if path != STDIN:
            with _opened(path):
                pass


def blocks(path: str) -> Iterator[bytes]:
    """A file, or standard input, in blocks of whole lines; only the last line may lack its end.

    Raises UsageProblem for what is no text. A compressed file that was cut off ends where it ends.
    """
    with _opened(path) as stream:
        try:
            if stream.peek(2).startswith(_WIDE):
                wide = codecs.getreader("utf-16")(stream, "replace")
                yield from (without_end(line).encode() + b"\n" for line in wide)
            else:
                yield from _blocks(stream)
        except EOFError:
            return
        except (OSError, zlib.error, lzma.LZMAError) as error:
            raise _unreadable(path, error) from error


def text_of(line: bytes) -> str:
    """A line without its end; one that is too long is cut."""
    line = line[:LONGEST_LINE]
    try:
        return without_end(line.decode())
    except UnicodeDecodeError:
        return without_end(line.decode("latin-1"))


def overlong(block: bytes) -> int:
    """How many lines of a block are not read to their end."""
    count = at = 0
    while len(block) - at >= LONGEST_LINE:
        end = block.rfind(b"\n", at, at + LONGEST_LINE)
        count += end < 0
        at = (end if end >= 0 else block.find(b"\n", at + LONGEST_LINE)) + 1 or len(block)
    return count


def without_end(line: str) -> str:
    return line.rstrip("\r\n")


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
                f"{shown(path)} is not a text: it holds zero bytes",
                "Name logs of PostgreSQL or of the application; compressed ones (gz) work too.",
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


def _blocks(stream: io.BufferedReader) -> Iterator[bytes]:
    pieces: list[bytes] = []
    size = 0
    for piece in _pieces(stream):
        pieces.append(piece)
        size += len(piece)
        if size < _BLOCK:
            continue
        block, end, rest = b"".join(pieces).rpartition(b"\n")
        if end:
            yield block + end
        # Of a line without measure only the head counts: it would not fit into memory.
        pieces = [rest[:LONGEST_LINE]]
        size = len(pieces[0])
    if size:
        yield b"".join(pieces)


def _pieces(stream: io.BufferedReader) -> Iterator[bytes]:
    """Up to the end of the stream, or to where a compressed one was cut off."""
    with contextlib.suppress(EOFError):
        while piece := stream.read1(_PIECE):
            yield piece
