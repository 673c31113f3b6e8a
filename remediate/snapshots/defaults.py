"""Classify the default of a column by its text, for which the catalog records no more."""

import re
from collections.abc import Iterator, Mapping

from remediate.snapshots.tables import Generator, Name

_EXACT = re.compile(r"nextval\('(?:[^']|'')+'::regclass\)", re.DOTALL)
_LATE = re.compile(
    r"nextval\(\('((?:[^']|'')+)'::(?:text|character varying)\)::regclass\)", re.DOTALL
)
# As people write it, and PostgreSQL prints it: bound to the sequence, or looked up by its name.
_CALL = re.compile(
    r"""\(*\s*(?:pg_catalog\.)?nextval\s*\(\s*\(*\s*'((?:[^']|'')+)'\s*
    (?:::\s*[\w\s.]+|\)\s*)*\)*\s*""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
# A number or a string, with the casts and parentheses that PostgreSQL prints around them.
_CAST = r'::(?:[\w\s().]|"(?:[^"]|"")*")+?(?:\[\])?\)*'
_CONSTANT = re.compile(
    rf"\(*(?:-?\d+(?:\.\d+)?|true|false|'(?:[^']|'')*')\)*(?:{_CAST})*", re.DOTALL
)
_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\s".,]+)')


def kind(text: str, *, draws: bool) -> Generator:
    """The kind of a default, by its text and whether it depends on a sequence (pg_depend)."""
    if draws and draws_exactly(text):
        return Generator.SEQUENCE
    if not draws and _LATE.fullmatch(text):
        return Generator.LATE
    # PostgreSQL stores DEFAULT NULL as an expression, which generates nothing.
    if text.startswith("NULL::"):
        return Generator.NOTHING
    return Generator.CONSTANT if _CONSTANT.fullmatch(text) else Generator.EXPRESSION


def draws_exactly(text: str) -> bool:
    """Whether the default is the next value of a sequence, and nothing else."""
    return _EXACT.fullmatch(text) is not None


def late_name(text: str) -> str:
    """The name that a late-bound default looks up at each INSERT, as the default spells it."""
    match = _LATE.fullmatch(text)
    return match[1].replace("''", "'") if match else ""


def called_name(text: str) -> str:
    """The name of the sequence in a default that somebody wrote; "" where it is none of nextval."""
    match = _CALL.fullmatch(text.strip())
    return match[1].replace("''", "'") if match else ""


def words(text: str) -> tuple[str, ...]:
    """The identifiers of a qualified name or a list of names, in lower case unless quoted."""
    return tuple(_words(text))


def _words(text: str) -> Iterator[str]:
    for quoted, plain in _WORD.findall(text):
        yield quoted.replace('""', '"') if quoted else plain.lower()


def resolve(written: str, path: tuple[str, ...], relations: Mapping[Name, object]) -> Name | None:
    """The sequence that a name resolves to under a search_path; None if there is none."""
    parts = words(written)
    if len(parts) == 2:
        name = Name(*parts)
        return name if name in relations else None
    if len(parts) != 1:
        return None
    candidates = (Name(schema, parts[0]) for schema in path)
    return next((name for name in candidates if name in relations), None)
