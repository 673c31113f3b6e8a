"""Skim a log: only the lines that may tell an error, or belong to one, are read.

The words of all messages are looked for in a block of lines at once, which is many times faster
than to look at each line. What is passed over would not have changed what the reader says: the
record that a line of an application belongs to is recalled before the next line that is read.
"""

import re
from collections.abc import Iterable, Iterator, KeysView
from functools import cache
from itertools import chain

from remediate.logs import formats, records
from remediate.logs.entries import Entry
from remediate.logs.errors import CONDITIONS, pieces
from remediate.logs.files import text_of
from remediate.logs.reader import LogReader
from remediate.logs.words import any_of

_LABELLED = re.compile(rb":  (?! )")
_UNUSUAL = re.compile(rb":  (?! )(?<![ \n\t\]>)|]LOG:  )")  # most lines of a server are LOG


def _ending(labels: Iterable[str]) -> re.Pattern[bytes]:
    alternatives = b"|".join(sorted((label.encode() for label in labels), reverse=True))
    return re.compile(rb"(?:^|[ \n\t\]>)|])(?:" + alternatives + rb") ?$")


_HARMLESS = _ending(formats.HARMLESS)
_KNOWN = _ending(formats.LABELS)
_NO_LOG = re.compile(rb"^(?!\d{4}-\d\d-\d\d \d\d:[^\n]{0,380}? LOG:  (?! ))[^\n]", re.MULTILINE)
_NEAR = 50  # lines
_LONGEST_LABEL = 60  # bytes
_NUMBERS = re.compile(rb"\d+")
_FAR = 400  # bytes; a label that is farther may be none
_WORDS = (
    *CONDITIONS,
    "SQLSTATE",
    "Traceback (most recent call last)",
    *records.CHAINED,
    *formats.TIGHT,
    records.INVOCATION,
    '"state_code"',
)
_ESCAPE = re.compile(rb"\\u")  # in JSON; what it stands for is not looked at
_CSV = re.compile(rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [^ ,\n]+,[^\n]*", re.MULTILINE)
_FAILED = re.compile(rb',[^\s,"]{2,40},(?!0[012])[0-9A-Z]{5},')
_SUCCESS = b"00000"
_ALPHABETS = re.compile(rb"[\x80-\xff]")
_Line = tuple[str, str, str]  # as it is; as its program wrote it, and the time before that


def entries(block: bytes, reader: LogReader) -> Iterator[Entry]:
    """What the reader says of a block of lines, as if it had taken each of them."""
    told = _Told(block)
    at = passed = 0  # passed: what begins there, and was no line of an application that was read
    while at < len(block):
        start = at if reader.waits else told.after(at, reader)
        end = block.find(b"\n", start) + 1 or len(block)
        line = block[start:end]
        if not line.startswith((b"\t", b"#011")) and not _is_servers(line):
            _recall(block, passed, start, reader)
            passed = end
        if line:
            yield from reader.take(text_of(line))
        at = end
    _recall(block, passed, len(block), reader)


class _Told:
    """The lines of a block that may tell something, from its start to its end."""

    def __init__(self, block: bytes) -> None:
        self._block = block
        self._marked = iter(_marked(block))
        self._mark = next(self._marked, len(block))
        self._has_codes = _SUCCESS in block

    def after(self, at: int, reader: LogReader) -> int:
        """Where the next one begins that counts for the reader, or the end of the block."""
        while self._mark < at:
            self._mark = next(self._marked, len(self._block))
        codes = self._has_codes and not reader.has_codes
        processes = reader.processes
        labels = _LABELLED if processes or codes else _UNUSUAL
        for match in labels.finditer(self._block, at, self._mark):
            if self._counts(match.start(), processes, codes=codes):
                return self._block.rfind(b"\n", at, match.start()) + 1 or at
        return self._mark

    def _counts(self, colon: int, processes: KeysView[str], *, codes: bool) -> bool:
        """Whether a label before this colon tells an error, or ends or goes on with one."""
        block = self._block
        if block[colon - 4 : colon] != b" LOG" and not _HARMLESS.search(
            block, max(colon - _LONGEST_LABEL, 0), colon
        ):
            return True
        start = block.rfind(b"\n", 0, colon) + 1
        if colon - start > _FAR or "" in processes:
            return True
        prefix = block[start:colon]
        if codes and _SUCCESS in prefix:
            return True
        return any(number.decode() in processes for number in _NUMBERS.findall(prefix))


def _marked(block: bytes) -> list[int]:
    """Where the lines begin that hold a word of an error, in their order."""
    found = {_start(block, at) for at in _each(block, _told())}
    found |= {
        start for at in _each(block, _ESCAPE) if block[(start := _start(block, at))] == ord("{")
    }
    if not block.isascii():
        found.update(_in_alphabets(block))
    if b',"' in block:
        # A record with an odd number of quotes goes on; one of an error has its SQLSTATE.
        lines = ((m.start(), m[0]) for m in _CSV.finditer(block))
        found |= {at for at, line in lines if line.count(b'"') % 2 or _FAILED.search(line)}
    return sorted(found)


def _start(block: bytes, at: int) -> int:
    return block.rfind(b"\n", 0, at) + 1


def _in_alphabets(block: bytes) -> Iterator[int]:
    """Where the lines begin that hold more than ASCII."""
    match = _ALPHABETS.search(block)
    while match:
        yield _start(block, match.start())
        match = _ALPHABETS.search(block, block.find(b"\n", match.end()) + 1 or len(block))


def _each(block: bytes, words: re.Pattern[bytes]) -> Iterator[int]:
    """The first place of a word in each line that has one."""
    match = words.search(block)
    while match:
        yield match.start()
        end = block.find(b"\n", match.end())
        match = words.search(block, end) if end >= 0 else None


@cache
def _told() -> re.Pattern[bytes]:
    """What a line holds that tells an error."""
    return re.compile(any_of((*_WORDS, *pieces(ascii_only=True))).encode())


def _recall(block: bytes, start: int, end: int, reader: LogReader) -> None:
    """Give the reader the lines that make the record at the end of a part that was passed over.

    These are the last one with which a record began, and of those behind it the first, which is its
    head where there was none, the first that has a time put before it, and the last, which may be
    the statement of the error behind it; that may also stand before the record.
    """
    first = timed = last = ("", "")
    lines = _applications(block, start, end)
    for text, plain, time in lines:
        if reader.restarts(text, plain, time):
            if not last[0]:
                _recall_statement([(text, plain, time)], lines, reader)
            break
        if records.is_applications(plain):
            first = (plain, time)
            timed = first if time else timed
            last = last if last[0] or records.between(plain) else first
    for plain, time in (first, timed, last):
        reader.belongs(plain, time)


def _recall_statement(first: Iterable[_Line], others: Iterable[_Line], reader: LogReader) -> None:
    for text, plain, _ in chain(first, others):
        if statement := reader.statement(text, plain):
            reader.states(statement)
            return


def _applications(block: bytes, start: int, end: int) -> Iterator[_Line]:
    """The lines that may be part of an application's record, the last one first."""
    for begin, behind in _backwards(block, start, end):
        line = block[begin:behind]
        if not _is_servers(line) and not records.stands_apart(text := text_of(line)):
            yield text, *records.unwrapped(text)


def _backwards(block: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the lines begin and end, the last one first; far from the end without those of LOG."""
    at = end
    for _ in range(_NEAR):
        if at <= start:
            return
        behind, at = at, block.rfind(b"\n", start, at - 1) + 1 or start
        yield at, behind
    others = [match.start() for match in _NO_LOG.finditer(block, start, at)]
    yield from ((begin, block.find(b"\n", begin) + 1) for begin in reversed(others))


def _is_servers(line: bytes) -> bool:
    """Whether it is plainly a line of the server's own log, which is no part of other records."""
    if line[4:5] != b"-" or line[10:11] != b" " or line[13:14] != b":" or not line[:4].isdigit():
        return False
    colon = line.find(b":  ", 0, _FAR)
    return (
        colon > 0
        and line[colon + 3 : colon + 4] != b" "
        and bool(_KNOWN.search(line, max(colon - _LONGEST_LABEL, 0), colon))
        and formats.labelled(text_of(line)) is not None
    )
