# ruff: noqa: RUF001
"""A line of an application or a client, taken apart: message, detail, statement, named fields."""

import re
from collections.abc import Iterator

from remediate.logs import messages
from remediate.logs.entries import Raw
from remediate.logs.statements import stated
from remediate.logs.words import any_of

# What drivers call the parts, beside the server's own labels.
_OTHER_WORDS = {
    "detail": (
        "Detail", "detail", "Détail", "Detalhe", "Dettaglio", "Szczegóły", "Ayrıntı",
        "Подробности", "详细",
    ),
    "rest": ("Hint", "hint", "Position", "Where", "Call getNextException"),
}  # fmt: skip
_ENGLISH = {
    "DETAIL": "detail",
    "STATEMENT": "statement",
    "QUERY": "statement",
    "HINT": "rest",
    "CONTEXT": "rest",
}
_WORDS = {
    **{said: _ENGLISH[word] for said, word in messages.labels().items() if word in _ENGLISH},
    **{word: part for part, words in _OTHER_WORDS.items() for word in words},
}
_LABEL = re.compile(
    rf"(?:^|(?<=[\s.;(,]))(?:({'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})"
    r"(?:：|\s?:(?=\s))|LINE \d+:(?=\s))"
)
_MAY_LABEL = re.compile(any_of([*_WORDS, "LINE"]))
# Behind a DETAIL, which holds values of users, a statement needs a word of its own before it.
_BEFORE_STATEMENT = re.compile(
    r"\bSQL: |query was: |executed was: |\bSQL \[|\bsql: "
    r"|(?: : |\] \[)(?=insert|update|INSERT|UPDATE)"
)
FIELDS = ("schema", "table", "column", "constraint", "detail", "sql", "query", "modelName")
_FIELD = re.compile(
    rf"""^[^\w'"]{{0,12}}(?P<q>['"]?)({"|".join(FIELDS)})(?P=q)"""
    r"""\s*[:=]\s*(?:Some\()?(?P<v>['"`])(.*?)(?P=v)[\s),;}]*$"""
)
_NET_FIELD = re.compile(r"^\s+(Schema|Table|Column|Constraint)Name: (\S.*)$")
_MODEL = re.compile(r"Invalid `[^\n`]{0,40}?\.(\w+)\.\w+\(\)` invocation|modelName: '(\w+)'")
_BACKSLASHES = re.compile(r'\\+(["`])')
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")


def plain(line: str) -> str:
    """Without the escapes of a text in another text; an escaped end of a line becomes one."""
    if "\\" not in line:
        return line
    text = _BACKSLASHES.sub(r"\1", line)
    text = re.sub(r"\\+[rt]", " ", re.sub(r"\\+n", "\n", text))
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def is_part(line: str) -> bool:
    """Whether a line begins with the label of a part."""
    return _LABEL.match(line.lstrip()) is not None


def split(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a line, each with what it is; the first is the message."""
    if not (": " in text or "：" in text) or not _MAY_LABEL.search(text):
        yield "message", text
        return
    labels = [*_LABEL.finditer(text)]
    ends = [match.start() for match in labels] + [len(text)]
    yield "message", text[: ends[0]]
    for match, end in zip(labels, ends[1:], strict=True):
        yield _WORDS.get(match[1], "excerpt"), text[match.end() : end].strip()


def add(raw: Raw, line: str) -> None:
    """What a line tells of the error that was met before it, or in it."""
    for part, text in split(line):
        if part == "message":
            if ":" in text:
                _add_field(raw, text)
            state(raw, stated(text))
        elif part == "detail":
            add_detail(raw, text)
        elif part == "excerpt":
            raw.excerpt = raw.excerpt or text
        else:
            state(raw, text if part == "statement" else stated(text))


def add_detail(raw: Raw, text: str) -> None:
    """A DETAIL, in an application's log perhaps with the statement behind it."""
    match = _BEFORE_STATEMENT.search(text)
    raw.add("detail", text[: match.start()] if match else text)
    state(raw, stated(text[match.start() :]) if match else "")


def state(raw: Raw, statement: str) -> None:
    """The statement that failed, where none is known yet."""
    if statement and not raw.statement:
        raw.add("statement", statement)


def model(line: str) -> str:
    """The class of an ORM that a line names."""
    match = _MODEL.search(line)
    return (match[1] or match[2]) if match else ""


def _add_field(raw: Raw, text: str) -> None:
    """A field of an error that a driver prints by its name, or of its JSON."""
    if match := _FIELD.match(text):
        key, value = match[2], match[4]
    elif match := _NET_FIELD.match(text):
        key, value = match[1].lower(), match[2].strip()
    else:
        return
    if key == "detail":
        raw.add("detail", value)
    elif key in ("sql", "query"):
        state(raw, stated(value))
    else:
        key = "model" if key == "modelName" else key
        setattr(raw, key, getattr(raw, key) or value)
