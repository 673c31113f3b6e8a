"""Errors of PostgreSQL in the logs of applications: tracebacks, and messages that repeat them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from remediate.logs.entries import Raw, moment
from remediate.logs.server_errors import CONDITIONS, ServerError, mentioned, recognised

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
_CHAINED = (
    "The above exception was the direct cause",
    "During handling of the above exception",
)
_CONDITION = re.compile(rf"\b({'|'.join(CONDITIONS)})(?:Error)?(?:'>)?[:)] (?=\S)")
_STATE = re.compile(r"\bSQLSTATE[\s:=\[(\"']*([0-9A-Z]{5})\b")
_SQL = "[SQL: "
_VALUES = "[parameters: "


@dataclass(slots=True)
class Record:
    """What belongs together in an application's log: in it, the same error is one error."""

    head: str = ""  # its first line
    time: str = ""  # that was put before it
    traced: bool = False  # a traceback began
    chained: bool = False  # and the next one belongs to it
    errors: dict[ServerError, Raw] = field(default_factory=dict)
    last: Raw | None = None


def unwrapped(line: str) -> tuple[str, str]:
    """A line as its program wrote it, and the time that was put before it."""
    match = _WRAPPER.match(line)
    return (line[match.end() :], moment(match[0])) if match else (line, "")


def starts(line: str, record: Record) -> bool:
    """Whether a line begins another record; the parts of a chain of exceptions stay together."""
    if _TRACEBACK in line:
        return record.traced and not record.chained
    return _STARTS.match(line) is not None


def take(line: str, record: Record, time: str = "") -> None:
    """What a line adds to its record."""
    record.head, record.time = record.head or line[:200], record.time or time
    if _TRACEBACK in line:
        record.traced, record.chained = True, False
    elif line.lstrip(" |").startswith(_CHAINED):
        record.chained = True
    elif _SQL in line:
        for raw in record.errors.values():
            raw.statement = raw.statement or line.partition(_SQL)[2]
    for raw in () if _VALUES in line or line.lstrip().startswith(_SQL) else _found(line):
        raw.time = record.time or moment(record.head)
        _keep(raw, record)


def _found(line: str) -> Iterator[Raw]:
    """The error that a line speaks of."""
    condition = None if "except " in line else _CONDITION.search(line)
    state = _STATE.search(line) if "SQLSTATE" in line else None
    if condition is None and state is None and not mentioned(line):
        return
    code = CONDITIONS[condition[1]] if condition else state[1] if state else ""
    message = line[condition.end() :] if condition else line
    yield Raw(message.replace('\\"', '"'), code, server=False)


def _keep(raw: Raw, record: Record) -> None:
    """Once, however often a record repeats it."""
    error = recognised(raw.message, raw.sqlstate)
    if error is not None:
        record.last = record.errors.setdefault(error, raw)
