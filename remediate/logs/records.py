"""The lines of an application's log that belong together, and the errors that they tell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from remediate.logs import parts
from remediate.logs.entries import Raw
from remediate.logs.errors import CONDITIONS, ServerError, mentioned, recognised
from remediate.logs.formats import (
    ends_record,
    is_jsonlog,
    labelled,
    of_unknown_language,
    parsed,
    starts_csv,
)
from remediate.logs.statements import first_schema, stated, written
from remediate.logs.times import moment, of_syslog

# What Docker, Kubernetes, Compose and syslog put before each line of a program.
_WRAPPER = re.compile(
    r"[\w.-]+\s+\|\s"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] )?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [^\s:]+: (?:\[\d+-\d+\] )?"
)
_STARTS = re.compile(
    r"\W{0,3}(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\b)"
    r"|\[(?:debug|info|warning|error|critical)\s*\]"
)
_TRACEBACK = "Traceback (most recent call last)"
CHAINED = (
    "The above exception was the direct cause",
    "During handling of the above exception",
)
_CONDITION = re.compile(
    rf"(?<!ActiveRecord::)\b({'|'.join(CONDITIONS)})(?:Error)?(?:'>)?[:)] (?=\S)"
)
_NEXT_CONDITION = re.compile(rf"[\w.:(<' ]{{0,60}}?{_CONDITION.pattern}")
_STATE = re.compile(r"\bSQLSTATE[\s:=\[(\"']*([0-9A-Z]{5})\b")
_SQL = "[SQL: "
_VALUES = "[parameters: "
_LONGEST_STATEMENT = 60  # lines
INVOCATION = "()` invocation"  # of Prisma


@dataclass(slots=True)
class Record:
    """What belongs together in an application's log: in it, the same error is one error."""

    head: str = ""  # its first line
    time: str = ""  # that was put before it
    traced: bool = False  # a traceback began
    chained: bool = False  # and the next one belongs to it
    errors: dict[ServerError, Raw] = field(default_factory=dict)
    complete: list[Raw] = field(default_factory=list)  # that were met again
    last: Raw | None = None
    before: str = ""  # the statement in the line before
    model: str = ""  # that an ORM named
    unended: int = 0  # lines of a statement that still goes on


def unwrapped(line: str) -> tuple[str, str]:
    """A line as its program wrote it, and the time that was put before it."""
    match = _WRAPPER.match(line)
    if match is None:
        return line, ""
    return line[match.end() :], moment(match[0]) or of_syslog(match[0])


def starts(line: str, record: Record) -> bool:
    """Whether a line begins another record; the parts of a chain of exceptions stay together."""
    if _TRACEBACK in line:
        return record.traced and not record.chained
    return _STARTS.match(line) is not None


def stands_apart(line: str) -> bool:
    """Whether a line is a record of csvlog or jsonlog: it is no part of any other record."""
    if starts_csv(line):
        return True
    document = parsed(line) if line.startswith("{") and '"error_severity"' in line else None
    return document is not None and is_jsonlog(document)


def is_applications(line: str) -> bool:
    """Whether a line is none of the server's, in whatever language."""
    return labelled(line) is None and of_unknown_language(line) is None


def resets(line: str) -> bool:
    """Whether a line that tells no error begins a record, or ends the one before it."""
    if found := labelled(line):
        return ends_record(found)
    return _STARTS.match(line) is not None and of_unknown_language(line) is None


def belong(line: str, record: Record, time: str) -> None:
    """The line is part of the record; it may be its head, and give the time."""
    record.head, record.time = record.head or line[:200], record.time or time
    if not between(line):
        state(line, record)


def state(line: str, record: Record) -> None:
    """The line may be the statement of the error in the next one, also in the next record."""
    record.before = stated(parts.plain(line))


def between(line: str) -> bool:
    """Whether a line may stand between a statement and its error: Hibernate's code of the error."""
    return not line.strip() or "SQLState: " in line


def take(line: str, record: Record, time: str = "") -> None:
    """What a line adds to its record."""
    before = record.before
    belong(line, record, time)
    if INVOCATION in line:
        record.model = parts.model(line)
    if _TRACEBACK in line:
        record.traced, record.chained = True, False
    elif line.lstrip(" |").startswith(CHAINED):
        record.chained = True
    for each in parts.plain(line).split("\n"):
        _take(each, record, before)


def _take(line: str, record: Record, before: str) -> None:
    if _goes_on(line, record):
        return
    found = () if _VALUES in line or line.lstrip().startswith(_SQL) else [*_found(line)]
    for raw in found:
        raw.time = record.time or moment(record.head)
        raw.before, raw.model = before, raw.model or record.model
        _keep(raw, record, line)
    if not found and _VALUES not in line:
        for raw in record.errors.values() if _SQL in line else filter(None, (record.last,)):
            parts.add(raw, line)


def _goes_on(line: str, record: Record) -> bool:
    """Whether the line is part of SQLAlchemy's statement that began in one before."""
    begins, ends = _SQL in line, line.rstrip().endswith("]") or _VALUES in line
    goes_on = record.unended > 0 and not begins and not mentioned(line)
    if goes_on and _VALUES not in line:
        for raw in record.errors.values():
            raw.add("statement", line)
    if goes_on:
        record.unended = 0 if ends else record.unended - 1
    if begins:
        record.unended = 0 if ends or not record.errors else _LONGEST_STATEMENT
    return goes_on


def _found(line: str) -> Iterator[Raw]:
    """The error that a line speaks of."""
    condition = None if "except " in line else _CONDITION.search(line)
    state = _STATE.search(line) if "SQLSTATE" in line else None
    if condition is None and state is None and not mentioned(line):
        return
    while condition and (inner := _NEXT_CONDITION.match(line, condition.end())):
        condition = inner  # of an ORM, around that of the driver
    code = CONDITIONS[condition[1]] if condition else state[1] if state else ""
    (_, message), *_ = parts.split(line[condition.end() :] if condition else line)
    yield Raw(message, code, server=False)


def _keep(raw: Raw, record: Record, line: str) -> None:
    """Once, however often a record repeats it."""
    error = recognised(raw.message, raw.sqlstate)
    if error is None:
        return
    raw.line = line
    if (same := record.errors.get(error)) and _is_another(same, line):
        record.complete.append(record.errors.pop(error))
    record.last = record.errors.setdefault(error, raw)
    record.last.path = record.last.path or first_schema(line)
    parts.add(record.last, line)


def _is_another(same: Raw, line: str) -> bool:
    """Whether the same error is met again: all of its line again, or with another table."""
    if same.line == line:
        return bool(same.statement or same.detail)
    statement = stated(line)
    return bool(statement and same.statement) and written(statement) != written(same.statement)
