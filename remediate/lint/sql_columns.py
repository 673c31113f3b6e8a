"""Columns, and lists of their names."""

from collections.abc import Sequence
from itertools import pairwise

from remediate.lint.facts import ColumnDefinition
from remediate.lint.scope import HOLE
from remediate.lint.tokens import Reader, Statement, Token, listed
from remediate.lint.types import canonical, named

AFTER_TYPE = {
    "constraint", "not", "null", "check", "default", "generated", "unique", "primary", "references",
    "deferrable", "initially", "collate", "storage", "compression", "using", "as",
}  # fmt: skip
_SERIAL = {
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
    "smallserial": "smallint", "serial2": "smallint",
}  # fmt: skip


def names(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(Reader(part).name() for part in listed(tokens))


def column(part: Statement, sql: str) -> ColumnDefinition:
    """A column's definition."""
    name, rest = part[0].text, part[1:]
    size = next((n for n, t in enumerate(rest) if t.is_word(*AFTER_TYPE)), len(rest))
    written = between(rest[:size], sql)
    sequence = _SERIAL.get(written.lower(), "")
    words = [token.text for token in rest[size:] if token.kind == "word"]
    pairs = set(pairwise(words))
    default = _default(rest[size:], sql)
    return ColumnDefinition(
        name,
        named(written),
        sequence,
        generated=bool(sequence or default or "generated" in words) or HOLE in "".join(words),
        key=("primary", "key") in pairs,
        reference="references" in words,
        default=default,
        end=rest[size - 1].end if size else part[0].end,
    )


def _default(tokens: Sequence[Token], sql: str) -> str:
    at = next((n for n, token in enumerate(tokens) if token.is_word("default")), None)
    if at is None:
        return ""
    rest = tokens[at + 1 :]
    ends = (n for n, t in enumerate(rest) if n and t.is_word(*AFTER_TYPE) and _outside(rest[:n]))
    return between(rest[: next(ends, len(rest))], sql)


def _outside(tokens: Sequence[Token]) -> bool:
    signs = [token.text for token in tokens if token.kind == "sign"]
    return signs.count("(") == signs.count(")")


def between(tokens: Sequence[Token], sql: str) -> str:
    return " ".join(sql[tokens[0].start : tokens[-1].end].split()) if tokens else ""


def sequence_type(tokens: Sequence[Token]) -> str:
    """The type after AS, "" if none is given."""
    types = (canonical(b.text) or HOLE for a, b in pairwise(tokens) if a.is_word("as"))
    return next(types, "")
