"""The errors in the lines of a log, of whatever mixture of formats."""

from collections import Counter
from collections.abc import Iterator, KeysView
from dataclasses import dataclass, field
from typing import Any

from remediate.logs import formats, parts, records
from remediate.logs.entries import Entry, Raw, entry
from remediate.logs.errors import KINDS, recognised
from remediate.logs.times import moment, stamped

_OPEN = 64  # processes whose last error may still get a detail or its statement
_TEXTS = 40  # strings in one JSON line that are looked through
_HEAD = 40  # characters in which the time of a record stands
_DEPTH = 10  # objects and lists in each other, in one JSON line
# Of a tracker's event: source code with variables, and what happened before the error.
_ASIDE = ("frames", "breadcrumbs")
_NAMED = tuple(f"{field}: '" for field in parts.FIELDS)


@dataclass(slots=True)
class LogReader:
    """Takes a log line by line. An entry without `error` is another than those looked for."""

    untold_at: Counter[str] = field(default_factory=Counter)  # times of lines in another language
    has_codes: bool = False  # the prefix holds an SQLSTATE (%e)
    _open: dict[str, Raw] = field(default_factory=dict)  # by process
    _tail: tuple[Raw, str] | None = None  # what a line goes on that begins with a tab
    _record: records.Record = field(default_factory=records.Record)
    _csv: list[str] = field(default_factory=list)
    _prefix: str = ""  # of the last line in an unknown language

    @property
    def untold(self) -> int:
        """Lines with an error in a language that is not known."""
        return self.untold_at.total()

    def take(self, line: str) -> Iterator[Entry]:
        """The errors that are complete with this line."""
        if formats.starts_csv(line) or self._csv:
            yield from self._take_csv(line)
            return
        document = formats.parsed(line) if line.startswith("{") else None
        if document is not None:
            yield from self._take_json(document)
        else:
            yield from self._take_text(*records.unwrapped(line))

    @property
    def waits(self) -> bool:
        """Whether the next line counts, whatever it holds: it may belong to an error before it."""
        return bool(self._tail or self._csv or self._record.errors or self._record.last)

    @property
    def processes(self) -> KeysView[str]:
        """Those whose last error is complete with the next message of theirs."""
        return self._open.keys()

    def restarts(self, line: str, plain: str, time: str) -> bool:
        """Whether a line that tells no error begins a record, or ends one; it is taken for that.

        It does not stand apart; `plain` and `time` are what `unwrapped` gives for it.
        """
        document = formats.parsed(line) if line.startswith("{") else None
        if document is not None:
            self._record = self._next_record()
            for each in _lines(document):
                self._note(each, _time(document))
            return True
        if records.resets(plain):
            self._note(plain, time)
            return True
        return False

    def _note(self, line: str, time: str) -> None:
        if records.resets(line):
            self._record = self._next_record()
        if records.is_applications(line):
            records.belong(line, self._record, time)

    def statement(self, line: str, plain: str) -> str:
        """Of a line that tells no error, what may be the statement of the next one; "" for none."""
        document = formats.parsed(line) if line.startswith("{") else None
        lines = [plain] if document is None else [*_lines(document)]
        found = (
            x for x in reversed(lines) if records.is_applications(x) and not records.between(x)
        )
        return next(found, "")

    def states(self, statement: str) -> None:
        """Take what `statement` gives of a line before the record that was begun."""
        records.state(statement, self._record)

    def belongs(self, plain: str, time: str) -> None:
        """Take a line that tells no error, and neither begins nor ends a record."""
        records.belong(plain, self._record, time)

    def rest(self) -> Iterator[Entry]:
        """Those that were open at the end."""
        yield from self._close_record()
        yield from map(entry, self._open.values())
        self._open.clear()

    def _take_csv(self, line: str) -> Iterator[Entry]:
        """A record ends when its quotes are even; one that was cut off, where another starts."""
        if formats.starts_csv(line):
            self._csv = []
        self._csv.append(line)
        odd = sum(part.count('"') for part in self._csv) % 2
        if odd and sum(map(len, self._csv)) < formats.LONGEST_RECORD:
            return
        raw = formats.of_csv("\n".join(self._csv))
        self._csv = []
        if raw is not None:
            yield entry(raw)

    def _take_json(self, document: dict[str, Any]) -> Iterator[Entry]:
        if formats.is_jsonlog(document):
            raw = formats.of_json(document)
            if raw is not None:
                yield entry(raw)
            return
        time = _time(document)
        yield from self._close_record()
        for line in _lines(document):
            yield from self._take_text(line, time)

    def _take_text(self, line: str, time: str) -> Iterator[Entry]:
        if self._tail and line.startswith(("\t", "#011")):
            self._tail[0].add(self._tail[1], line.lstrip("\t").removeprefix("#011"))
            return
        found = formats.labelled(line) or formats.of_unknown_language(line)
        if found is None and self._goes_on(line):
            parts.add(self._open[""], line)
        elif found is None:
            yield from self._take_application(line, time)
        elif found.part == "unknown":
            yield from self._take_unknown(found, time)
        elif found.part in ("error", "other"):
            yield from self._take_first(found, time)
        else:
            self._take_part(found)

    def _goes_on(self, line: str) -> bool:
        """Whether it is a part of the error before, without the two blanks that pasting lost."""
        open_ = self._open.get("")
        return bool(open_ and self._tail and self._tail[0] is open_) and parts.is_part(line)

    def _take_first(self, labelled: formats.Labelled, time: str) -> Iterator[Entry]:
        """A line that begins a message of the server; what its process said before is complete."""
        if formats.ends_record(labelled):
            yield from self._close_record()
        if self._open and (before := self._open.pop(labelled.process, None)):
            yield entry(before)
        self._tail = None
        if not self.has_codes and "00000" in labelled.prefix:
            self.has_codes = "00000" in labelled.codes
        if labelled.part == "error":
            yield from self._start(labelled, time)

    def _start(self, labelled: formats.Labelled, time: str) -> Iterator[Entry]:
        if len(self._open) >= _OPEN:
            yield entry(self._open.pop(next(iter(self._open))))
        raw = labelled.raw(self._code(labelled))
        raw.time = raw.time or time
        self._open[labelled.process] = raw
        self._tail = (raw, "message")

    def _code(self, labelled: formats.Labelled) -> str:
        """The SQLSTATE of a verbose log, or in the prefix: a process may bear such a number too."""
        codes = [code for code in labelled.codes if code in KINDS]
        told = recognised(labelled.text)
        if told is not None:
            self.has_codes = self.has_codes or told.sqlstate in codes
            return told.sqlstate
        apart = [code for code in codes if code != labelled.process]
        return labelled.sqlstate or (apart[0] if apart and self.has_codes else "")

    def _take_part(self, labelled: formats.Labelled) -> None:
        """A detail, a statement or a context, of the error that its process met before."""
        raw = self._open.get(labelled.process) or (self._tail[0] if self._tail else None)
        if not labelled.prefix.strip() and self._record.last:
            raw = self._record.last
        if raw is None or labelled.part == "rest":
            return
        if labelled.part == "detail" and not raw.server:
            parts.add_detail(raw, labelled.text)
        else:
            raw.add(labelled.part, labelled.text)
        self._tail = (raw, labelled.part)

    def _take_unknown(self, labelled: formats.Labelled, time: str) -> Iterator[Entry]:
        """In a language that is not known only the SQLSTATE tells; parts share the prefix."""
        raw = self._open.get(labelled.process)
        if raw is not None and labelled.prefix == self._prefix:
            raw.add("detail" if ")=(" in labelled.text else "statement", labelled.text)
            return
        if labelled.prefix == self._prefix:
            return
        self._prefix = labelled.prefix
        if raw is not None:
            yield entry(self._open.pop(labelled.process))
        if formats.is_error(labelled.sqlstate) or (self.has_codes and labelled.codes):
            yield from self._start(labelled, time)
        elif not labelled.sqlstate:
            self.untold_at[labelled.raw("").time or time] += 1

    def _take_application(self, line: str, time: str) -> Iterator[Entry]:
        self._tail = None
        if records.starts(line, self._record):
            yield from self._close_record()
        records.take(line, self._record, time)

    def _close_record(self) -> Iterator[Entry]:
        yield from map(entry, (*self._record.complete, *self._record.errors.values()))
        self._record = self._next_record()

    def _next_record(self) -> records.Record:
        """An empty one; the statement in the line before may be that of its error."""
        return records.Record(before=self._record.before)


def _time(document: dict[str, Any]) -> str:
    """Its own time, else that with which one of its strings begins."""
    begins = (moment(text[:_HEAD]) for text in _texts(document))
    return stamped(document) or next(filter(None, begins), "")


def _lines(document: dict[str, Any]) -> Iterator[str]:
    """The lines of its strings; one that another string tells again is told once."""
    told: set[str] = set()
    for text in _texts(document):
        lines = text.splitlines()
        yield from (line for line in lines if line not in told)
        told.update(lines)


def _texts(document: dict[str, Any]) -> list[str]:
    """The strings of a JSON object, and of those in it: fields of an error behind its message."""
    found = dict.fromkeys(_strings(document))
    return sorted(found, key=lambda text: text.startswith(_NAMED))[:_TEXTS]


def _strings(value: Any, key: str = "", depth: int = _DEPTH) -> Iterator[str]:
    """Of a value, and of the objects and lists in it."""
    if isinstance(value, str):
        yield f"{key}: '{' '.join(value.split())}'" if key in parts.FIELDS else value
    elif isinstance(value, dict) and depth:
        for name, each in value.items():
            if name not in _ASIDE:
                yield from _strings(each, name, depth - 1)
    elif isinstance(value, list) and depth:
        for each in value:
            yield from _strings(each, key, depth - 1)
