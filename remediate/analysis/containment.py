"""Which operators of containment a statement uses on a column of jsonb: told from its text."""

import re
from functools import cache

from remediate.snapshots.tables import Name

_OPERATOR = r"(?:@>|@\?|@@|\?\||\?&|\?(?![|&?]))"
_WORD = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_CAST = r"(?:\s*::\s*jsonb)?"


def operators(statement: str, table: Name, column: str) -> frozenset[str]:
    """Those that stand right behind the column of this table, by its name or an alias of it.

    A path into the column (data -> 'tags' @> ...) is none: its index does not serve that.
    """
    if not _names(table.name).search(statement):
        return frozenset()
    return frozenset(
        match["operator"]
        for match in _uses(column).finditer(statement)
        if _is_of(match["qualifier"] or match["inner"], statement, table)
    )


def _is_of(qualifier: str | None, statement: str, table: Name) -> bool:
    if not qualifier:
        return True
    plain = _unquoted(qualifier)
    if plain == table.name:
        return True
    aliased = rf"{_names(table.name).pattern}\s+(?:as\s+)?(?P<alias>{_WORD})"
    found = (m["alias"] for m in re.finditer(aliased, statement, re.IGNORECASE))
    return any(_unquoted(alias) == plain for alias in found)


@cache
def _names(name: str) -> re.Pattern[str]:
    """The name as it is written: quoted, or in any case where it needs no quotes."""
    quoted = re.escape('"' + name.replace('"', '""') + '"')
    plain = rf"|(?i:(?<![\w$\"]){re.escape(name)}(?![\w$\"]))" if name == name.lower() else ""
    return re.compile(rf"(?:{quoted}{plain})")


@cache
def _uses(column: str) -> re.Pattern[str]:
    name = _names(column).pattern
    bare = rf"(?:(?P<qualifier>{_WORD})\s*\.\s*)?{name}"
    in_brackets = rf"(?<![\w\"])\(\s*(?:(?P<inner>{_WORD})\s*\.\s*)?{name}\s*\)"
    return re.compile(rf"(?:{in_brackets}|{bare}){_CAST}\s*(?P<operator>{_OPERATOR})")


def _unquoted(word: str) -> str:
    return word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()
