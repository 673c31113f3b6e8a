"""What a column's default does, by its text where the catalog records no more."""

import re
from collections.abc import Iterator, Mapping

from remediate.snapshots.tables import Generator, Name

_EXACT = re.compile(r"nextval\('(?:[^']|'')+'::regclass\)", re.DOTALL)
_LATE = re.compile(
    r"nextval\(\('((?:[^']|'')+)'::(?:text|character varying)\)::regclass\)", re.DOTALL
)
# A number or a string, with the casts and parentheses that PostgreSQL prints around them.
_CAST = r'::(?:[\w\s().]|"(?:[^"]|"")*")+?(?:\[\])?\)*'
_CONSTANT = re.compile(
    rf"\(*(?:-?\d+(?:\.\d+)?|true|false|'(?:[^']|'')*')\)*(?:{_CAST})*", re.DOTALL
)
_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\s".,]+)')


def kind(text: str, *, draws: bool) -> Generator:
    """The kind of a default, given its text and whether it depends on a sequence."""
    if draws and draws_exactly(text):
        return Generator.SEQUENCE
    if not draws and _LATE.fullmatch(text):
        return Generator.LATE
    # DEFAULT NULL is stored as an expression, and generates nothing.
    if text.startswith("NULL::"):
        return Generator.NOTHING
    return Generator.CONSTANT if _CONSTANT.fullmatch(text) else Generator.EXPRESSION


def draws_exactly(text: str) -> bool:
    """Whether the next value of a sequence is the default as it is."""
    return _EXACT.fullmatch(text) is not None


def late_name(text: str) -> str:
    """The name that a late-bound default looks up, as it is written there."""
    match = _LATE.fullmatch(text)
    return match[1].replace("''", "'") if match else ""


def words(text: str) -> tuple[str, ...]:
    """The identifiers of a qualified name, or of a list of names; folded as PostgreSQL does."""
    return tuple(_words(text))


def _words(text: str) -> Iterator[str]:
    for quoted, plain in _WORD.findall(text):
        yield quoted.replace('""', '"') if quoted else plain.lower()


def resolve(written: str, path: tuple[str, ...], known: Mapping[Name, object]) -> Name | None:
    """The sequence that a name means under a search_path; None where it means none."""
    parts = words(written)
    if len(parts) == 2:
        name = Name(*parts)
        return name if name in known else None
    if len(parts) != 1:
        return None
    candidates = (Name(schema, parts[0]) for schema in path)
    return next((name for name in candidates if name in known), None)
