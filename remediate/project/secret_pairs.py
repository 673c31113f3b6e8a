"""Names and values that stand on lines of their own, put on one line: `name: X`, then `value: y`.

Environments of Kubernetes and ECS, variables of Terraform, blocks of YAML, calls in source, XML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from remediate.project.secret_lines import is_allowed
from remediate.project.secret_spellings import KIND, NAME, TYPE
from remediate.system.git_search import Line

_REACH = 4  # lines between a name and its value, where both belong to one thing
_KEY = r"(?P<lead>[\s{\[-]*)['\"]?[\w-]{0,20}"
_NAMED = re.compile(
    rf"{_KEY}(?:name|key)['\"]?\s*[:=]\s*(?P<quote>['\"]?)(?P<name>{NAME})(?P=quote)[\s,]*(?:#.*)?",
    re.IGNORECASE,
)
_VALUE = re.compile(rf"{_KEY}value['\"]?\s*[:=]\s*(?P<value>\S.*)", re.IGNORECASE)
# <name>X</name>, <property name="X">, <add key="X"; then <value>y</value>, value="y"
_TAGGED = re.compile(
    rf"\s*<(?:[\w:-]{{0,20}}(?:name|key)>(?P<text>{NAME})</.*"
    rf"|[\w:-]{{1,20}}\s(?:[^<>]*\s)?(?:name|key)=['\"](?P<name>{NAME})['\"]\s*>?\s*)",
    re.IGNORECASE,
)
_VALUE_OF_TAG = re.compile(
    r"\s*(?:<[\w:-]{0,20}value>(?P<text>[^<]+)</.*|value=['\"](?P<value>[^'\"<]+)['\"].*)",
    re.IGNORECASE,
)
# variable "X" {, then default = "y": of Terraform
_DECLARED = re.compile(rf"variable\s+\"?(?P<name>{NAME})\"?\s*\{{\s*", re.IGNORECASE)
_DEFAULT = re.compile(r"\s*default\s*=\s*(?P<value>\S.*)")
# `X: |`, `X =`, `X = (`, `X: str = Field(`, and PASSWORD of SQL; the value is on the next line.
_OPEN = re.compile(
    rf"(?P<head>.*?(?:{NAME}|\bvalue)['\"]?\]?{TYPE}\s*(?:=>|:=|[:=])|(?-i:.*\bPASSWORD))"
    rf"\s*(?:[|>][-+\d]{{0,2}}|\\|{KIND}\(?)\s*",
    re.IGNORECASE,
)
# getenv("X", then "y"
_ASKED = re.compile(rf".*[(\[]\s*['\"]{NAME}['\"],\s*", re.IGNORECASE)
_ASKED_BELOW = re.compile(rf"\s*['\"]{NAME}['\"],\s*", re.IGNORECASE)
_LITERAL = re.compile(r"\s*(?:default\s*=\s*)?(?P<text>[bru]?['\"`].*)")
_PIECE = re.compile(r"\s*[bruf]?(['\"])(?:.*\s)?(?:password|pwd)\s?=.*\1[\s,)]*", re.IGNORECASE)
_ENDS_OPEN = (":", "=", "|", ">", "-", "+", "(", "\\", "PASSWORD")


def is_open(text: str) -> bool:
    """Whether a line has the name of a secret, and its value may be on another line."""
    return any(
        one.fullmatch(text) for one in (_NAMED, _TAGGED, _DECLARED, _ASKED, _ASKED_BELOW, _PIECE)
    ) or bool(_opened(text))


def joined(lines: Sequence[Line]) -> Iterator[Line]:
    """Each name with its value, as one line at the place of the value.

    `lines` are those of files, in order; of the history also those around what commits added, and
    a pair that was there before is none.
    """
    for run in _runs([one for one in lines if not is_allowed(one.text)]):
        made = [*_folded(run)]
        whole = [one for pair in made for one in pair[:1]]
        both = (*(new for _, new in made if new), *_pairs(whole), *_pieces(run))
        yield from (one for one in both if not one.is_context)


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that follow one another in one file."""
    run: list[Line] = []
    for line in lines:
        last = run[-1] if run else None
        if last and (last.file, last.commit, last.number + 1) != (
            line.file, line.commit, line.number,
        ):  # fmt: skip
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _folded(run: list[Line]) -> Iterator[tuple[Line, Line | None]]:
    """Each line, or instead of it one that has what the next line gives, as the second, too."""
    before = ""
    for line, following in zip(run, [*run[1:], None], strict=True):
        new = following and _continued(before, line, following)
        yield (new or line), new
        before = line.text


def _continued(before: str, line: Line, following: Line) -> Line | None:
    literal = _LITERAL.fullmatch(following.text)
    if literal and _ASKED.fullmatch(line.text):
        return _both(line, following, line.text.rstrip() + literal["text"])
    if literal and before.rstrip().endswith("(") and _ASKED_BELOW.fullmatch(line.text):
        text = before.strip() + line.text.strip() + literal["text"]
        return _both(line, following, text)
    head = _opened(line.text)
    if not head or not (literal or _column(following.text) > _column(line.text)):
        return None
    return _both(
        line, following, f"{head} {literal['text'] if literal else following.text.strip()}"
    )


def _opened(text: str) -> str:
    """What comes before the value of the next line; "" where it needs none."""
    text = re.split(r"\s#", text, maxsplit=1)[0].rstrip()
    match = _OPEN.fullmatch(text) if text.endswith(_ENDS_OPEN) else None
    return match["head"] if match else ""


def _pairs(lines: list[Line]) -> Iterator[Line]:
    for at, line in enumerate(lines):
        found = (*_value(lines, at), *_default(lines, at), *_tagged(line, lines[at + 1 : at + 2]))
        for one, name, value in found[:1]:
            text = f'"{name}": {value}' if value[0] in "'\"" else f"{name}: {value}"
            yield _both(line, one, text)


def _value(lines: list[Line], at: int) -> Iterator[tuple[Line, str, str]]:
    """The line that has the value of a key `name`, the name, and the value."""
    if named := _NAMED.fullmatch(lines[at].text):
        lead = named["lead"]
        for line in (*_of_one(lines[at + 1 :], len(lead)), *_before(lines[:at], lead)):
            value = _VALUE.fullmatch(line.text)
            if value and len(value["lead"]) == len(lead):
                yield line, named["name"], value["value"]


def _default(lines: list[Line], at: int) -> Iterator[tuple[Line, str, str]]:
    if declared := _DECLARED.fullmatch(lines[at].text):
        for line in _of_one(lines[at + 1 :], 1):
            if value := _DEFAULT.fullmatch(line.text):
                yield line, declared["name"], value["value"]


def _tagged(line: Line, following: list[Line]) -> Iterator[tuple[Line, str, str]]:
    tag = _TAGGED.fullmatch(line.text)
    value = tag and following and _VALUE_OF_TAG.fullmatch(following[0].text)
    if tag and value:
        given = value["text"] or value["value"]
        yield following[0], tag["text"] or tag["name"], f'"{given}"'


def _of_one(lines: list[Line], column: int) -> Iterator[Line]:
    """The lines behind a key that belong to the same thing as it does."""
    for line in lines[:_REACH]:
        is_next = _column(line.text) < column
        if line.text.strip() and is_next:
            return
        yield line


def _before(lines: list[Line], lead: str) -> Iterator[Line]:
    """The lines above a key that belong to the same thing, the nearest first."""
    if lead.strip():  # it is the first
        return
    for line in reversed(lines[-_REACH:]):
        start = re.match(r"[\s{\[-]*", line.text)
        if line.text.strip() and start and start.end() < len(lead):
            return
        yield line
        if _column(line.text) < len(lead):
            return


def _pieces(run: list[Line]) -> Iterator[Line]:
    """Strings that follow one another, the latter of which has a password."""
    for line, following in pairwise(run):
        text = line.text.rstrip()
        if text.endswith(("'", '"')) and (piece := _PIECE.fullmatch(following.text)):
            _, _, rest = following.text.partition(piece[1])
            yield _both(line, following, text[:-1] + rest)


def _column(text: str) -> int:
    return len(text) - len(text.lstrip())


def _both(first: Line, second: Line, text: str) -> Line:
    return replace(second, text=text, is_context=first.is_context and second.is_context)
