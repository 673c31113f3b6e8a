"""Lines of PostgreSQL's own logs: with any log_line_prefix, as CSV, as JSON."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from remediate.logs import messages
from remediate.logs.entries import Raw, moment
from remediate.logs.errors import CONDITIONS, KINDS, ServerError, mentioned, recognised

LONGEST_RECORD = 1_000_000  # characters; a CSV record that is longer has lost its end
_PARTS = {
    "error": messages.ERROR_LABELS,
    "other": messages.OTHER_LABELS,
    "detail": messages.DETAIL_LABELS,
    "statement": messages.STATEMENT_LABELS,
    "context": messages.CONTEXT_LABELS,
    "rest": messages.REST_LABELS,
}
_LABELS = {
    label.strip(): part for part, text in _PARTS.items() for label in re.split(r"[|\n]", text)
}
_LABELS.pop("")
_ENDINGS = tuple(_LABELS)
LABELS = (*_LABELS,)
HARMLESS = tuple(label for label, part in _LABELS.items() if part != "error")
_LABEL = re.compile(
    rf"(?:^|[^\w.])({'|'.join(sorted(map(re.escape, _LABELS), key=len, reverse=True))})$"
)
_CSV = re.compile(
    r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [\w+:-]+,(?:"(?:[^"]|"")*")?,(?:"(?:[^"]|"")*")?,\d*,'
)
_PID = re.compile(r"\[(\d+)(?:-\d+)?\]|(?:pid|p)=(\d+)")
_NUMBER = re.compile(r"(?<![\w.:+-])\d+(?![\w.:+-])")
_EPOCH = re.compile(r"(?<![\w.])(\d{10})\.\d{3}(?![\w.])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.,]+")
_DATABASE = re.compile(r"(?:\bdb=|\bdatabase=|[\w-]@)([A-Za-z_][\w$-]*)(?=[,;:\] ]*(?:\[\d+\]:)?$)")
_NAMED = re.compile(r"\b(?:db|database)=([\w$-]+)")
_CODE = re.compile(r"(?<![\w.])[0-9A-Z]{5}(?![\w.])")
_UNKNOWN = re.compile(r"^(\d{4}-\d\d-\d\d .{0,200}?)([^\W\d_]{3,20})\s?:  (?=\S)(.*)$")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line of the plain format: what stands before the label, which part it is, and the text."""

    prefix: str
    part: str
    text: str

    @property
    def process(self) -> str:
        """The process by its number, or "" where the prefix does not tell it."""
        rest = _DATE.sub("", self.prefix)
        if match := _PID.search(rest):
            return match[1] or match[2]
        return next((n for n in _NUMBER.findall(rest) if n not in KINDS and n != "00000"), "")

    @property
    def codes(self) -> list[str]:
        """What may be an SQLSTATE, in its order."""
        return _CODE.findall(_DATE.sub("", self.prefix))

    def raw(self, sqlstate: str) -> Raw:
        named = _NAMED.search(self.prefix) or _DATABASE.search(self.prefix.rstrip())
        return Raw(self.text, sqlstate, self.time, named[1] if named else "")

    @property
    def time(self) -> str:
        epoch = _EPOCH.search(self.prefix)
        known = f"{datetime.fromtimestamp(int(epoch[1]), UTC):%Y-%m-%d %H:%M:%S}Z" if epoch else ""
        return moment(self.prefix) or known


def labelled(line: str) -> Labelled | None:
    """None where it is no line of PostgreSQL's: two blanks follow its labels, and never three."""
    end = line.find(":  ")
    while 0 <= end < 500:
        before = line[:end].rstrip(" ")
        if before.endswith(_ENDINGS) and line[end + 3 : end + 4] != " ":
            match = _LABEL.search(before)
            if match:
                return Labelled(before[: match.start(1)], _LABELS[match[1]], line[end + 3 :])
        end = line.find(":  ", end + 3)
    return None


def of_unknown_language(line: str) -> Labelled | None:
    """A line that looks like one of PostgreSQL's, with a label that is in no list."""
    match = _UNKNOWN.match(line) if ":  " in line else None
    if match and match[2].isupper():
        return Labelled(match[1], "unknown", match[3])
    return None


def starts_csv(line: str) -> bool:
    return line[:1].isdigit() and _CSV.match(line) is not None


def of_csv(record: str) -> Raw | None:
    """The error of a record of csvlog; None where it holds none."""
    try:
        fields = next(csv.reader([record], strict=False))
    except (csv.Error, StopIteration):
        return None
    if len(fields) < 20 or not _is_error(fields[12]):
        return None
    return Raw(
        fields[13], fields[12], moment(fields[0]), fields[2], detail=fields[14],
        statement=fields[19], context="\n".join((fields[16], fields[18])),
    )  # fmt: skip


def of_json(document: dict[str, Any]) -> Raw | None:
    """The error of a record of jsonlog; None where it holds none."""
    text = {key: value for key, value in document.items() if isinstance(value, str)}
    if not _is_error(text.get("state_code", "00000")):
        return None
    return Raw(
        text.get("message", ""), text["state_code"], moment(text.get("timestamp", "")),
        text.get("dbname", ""), detail=text.get("detail", ""),
        statement=text.get("statement", ""),
        context="\n".join((text.get("internal_query", ""), text.get("context", ""))),
    )  # fmt: skip


def is_jsonlog(document: dict[str, Any]) -> bool:
    return "error_severity" in document and "message" in document


def parsed(line: str) -> dict[str, Any] | None:
    """A line that is a JSON object."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _is_error(sqlstate: str) -> bool:
    return bool(sqlstate) and sqlstate[:2] not in ("00", "01", "02")


def ends_record(labelled: Labelled) -> bool:
    """Whether a line is a message of the server that ends a record of an application's log."""
    return not labelled.prefix and labelled.part in ("error", "other")


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


def take(line: str, record: Record, time: str = "") -> None:
    """What a line adds to its record."""
    belong(line, record, time)
    if _TRACEBACK in line:
        record.traced, record.chained = True, False
    elif line.lstrip(" |").startswith(CHAINED):
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
