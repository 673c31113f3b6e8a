"""Lines of PostgreSQL's own logs: with any log_line_prefix, as CSV, as JSON."""

import csv
import json
import re
from dataclasses import dataclass
from typing import Any

from remediate.logs import messages
from remediate.logs.entries import Raw
from remediate.logs.errors import KINDS, mentioned
from remediate.logs.times import epoch, moment

_SHORTEST_ERROR = 15  # characters
LONGEST_RECORD = 1_000_000  # characters; a CSV record that is longer has lost its end
_PARTS = {
    **dict.fromkeys(("ERROR", "FATAL", "PANIC"), "error"),
    **dict.fromkeys(("DEBUG", "LOG", "INFO", "NOTICE", "WARNING"), "other"),
    "DETAIL": "detail",
    "STATEMENT": "statement",
    **dict.fromkeys(("CONTEXT", "QUERY"), "context"),
    **dict.fromkeys(("HINT", "BACKTRACE"), "rest"),
}
_LABELS = {label: _PARTS[english] for label, english in messages.labels().items()}
_LABELS["LOCATION"] = "rest"  # of a verbose log; in other languages told by what it says
_ENDINGS = tuple(_LABELS)
LABELS = (*_LABELS,)
TIGHT = ("AYRINTI:", "ORTAM:", "SORGU:", "쿼리:")
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
_CLASS = re.compile(
    r"(?:Exception|Error|Violation)['\">]*[:)]|SQLSTATE|errors[.]|::[A-Z][a-z]"
    r"|^(?:psql|pg_restore):|execute query: "
)
# With log_error_verbosity = verbose a message begins with its SQLSTATE, and its place follows.
_VERBOSE = re.compile(r"([0-9A-Z]{5}): ")
_LOCATION = re.compile(r"(?:\w+, )?[\w./-]+\.\w{1,4}:\d+$")
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

    @property
    def sqlstate(self) -> str:
        """What a verbose log tells before the text, or ""."""
        match = _VERBOSE.match(self.text)
        return match[1] if match else ""

    def raw(self, sqlstate: str) -> Raw:
        named = _NAMED.search(self.prefix) or _DATABASE.search(self.prefix.rstrip())
        return Raw(
            self.text, sqlstate, self.time, named[1] if named else "", application=self.prefix
        )

    @property
    def time(self) -> str:
        counted = _EPOCH.search(self.prefix)
        return moment(self.prefix) or (epoch(int(counted[1])) if counted else "")


def labelled(line: str) -> Labelled | None:
    """None where it is no line of PostgreSQL's: two blanks follow its labels, and never three."""
    end = line.find(":  ")
    while 0 <= end < 500:
        before = line[:end].rstrip(" ")
        if before.endswith(_ENDINGS) and line[end + 3 : end + 4] != " ":
            match = _LABEL.search(before)
            if match and _is_spoken(before[: match.start(1)], _LABELS[match[1]]):
                return None
            if match:
                return Labelled(before[: match.start(1)], _LABELS[match[1]], line[end + 3 :])
        end = line.find(":  ", end + 3)
    return _tight(line)


def _tight(line: str) -> Labelled | None:
    """A part whose label the Turkish or the Korean catalogue writes without blanks behind it."""
    for label in TIGHT:
        prefix, found, text = line.partition(label)
        if found and not prefix[-1:].isalnum() and not _is_spoken(prefix, _LABELS[label[:-1]]):
            return Labelled(prefix, _LABELS[label[:-1]], text.lstrip())
    return None


def _is_spoken(prefix: str, part: str) -> bool:
    """Whether before a label stands what no log_line_prefix has: an error, or its class."""
    if _CLASS.search(prefix):
        return True
    return part not in ("error", "other") and len(prefix) > _SHORTEST_ERROR and mentioned(prefix)


def of_unknown_language(line: str) -> Labelled | None:
    """A line that looks like one of PostgreSQL's, with a label that is in no list."""
    match = _UNKNOWN.match(line) if ":  " in line else None
    if match and match[2].isupper() and match[2] not in _LABELS:
        part = "rest" if _LOCATION.match(match[3]) else "unknown"
        return Labelled(match[1], part, match[3])
    return None


def starts_csv(line: str) -> bool:
    return line[:1].isdigit() and _CSV.match(line) is not None


def of_csv(record: str) -> Raw | None:
    """The error of a record of csvlog; None where it holds none."""
    try:
        fields = next(csv.reader([record], strict=False))
    except (csv.Error, StopIteration):
        return None
    if len(fields) < 20 or not is_error(fields[12]):
        return None
    return Raw(
        fields[13], fields[12], moment(fields[0]), fields[2], detail=fields[14],
        statement=fields[19], context="\n".join((fields[16], fields[18])),
        application="".join(fields[22:23]),
    )  # fmt: skip


def of_json(document: dict[str, Any]) -> Raw | None:
    """The error of a record of jsonlog; None where it holds none."""
    text = {key: value for key, value in document.items() if isinstance(value, str)}
    if not is_error(text.get("state_code", "00000")):
        return None
    return Raw(
        text.get("message", ""), text["state_code"], moment(text.get("timestamp", "")),
        text.get("dbname", ""), detail=text.get("detail", ""),
        statement=text.get("statement", ""), application=text.get("application_name", ""),
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


def is_error(sqlstate: str) -> bool:
    """Whether it is that of an error: successes and warnings have one too."""
    return bool(sqlstate) and sqlstate[:2] not in ("00", "01", "02")


def ends_record(labelled: Labelled) -> bool:
    """Whether a line is a message of the server that ends a record of an application's log."""
    return not labelled.prefix and labelled.part in ("error", "other")
