"""Which type changes PostgreSQL makes by itself, and what it takes for the others.

Measured: ALTER COLUMN ... TYPE without USING on an empty table, for each pair of these types, on
PostgreSQL 15, 16 and 18. tests/lint/test_types.py asks the server again.
"""

import re

from remediate.lint.scope import HOLE

TEXTS = {"text", "character varying", "character"}
INTEGERS = {"smallint": 32767, "integer": 2147483647, "bigint": 9223372036854775807}
_NUMBERS = {*INTEGERS, "numeric", "real", "double precision"}
_TIMES = {"time without time zone", "time with time zone"}
_STAMPS = {"timestamp without time zone", "timestamp with time zone"}
# Beside the type itself and every text type: any value has a text.
ASSIGNABLE: dict[str, set[str]] = {
    **dict.fromkeys(("smallint", "real", "double precision"), _NUMBERS),
    **{name: _NUMBERS | {"money"} for name in ("integer", "bigint", "numeric")},
    **{name: set() for name in (*TEXTS, "boolean", "uuid", "bytea", "macaddr", "xml", "tsvector")},
    "money": {"numeric"},
    "date": _STAMPS,
    "time without time zone": {"interval", "time with time zone"},
    "time with time zone": {"time without time zone"},
    "timestamp without time zone": {"date", "time without time zone", *_STAMPS},
    "timestamp with time zone": {"date", *_TIMES, *_STAMPS},
    "interval": {"time without time zone"},
    "json": {"jsonb"},
    "jsonb": {"json"},
    "inet": {"cidr"},
    "cidr": {"inet"},
}
_ALIASES = {
    "int": "integer", "int4": "integer", "int2": "smallint", "int8": "bigint", "bool": "boolean",
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
    "smallserial": "smallint", "serial2": "smallint", "dec": "numeric", "decimal": "numeric",
    "float": "double precision", "float8": "double precision", "float4": "real",
    "varchar": "character varying", "char varying": "character varying", "char": "character",
    "bpchar": "character", "timestamptz": "timestamp with time zone", "string": "text",
    "timestamp": "timestamp without time zone", "timetz": "time with time zone",
    "time": "time without time zone",
}  # fmt: skip
_MODIFIER = re.compile(r"\([^)]*\)")
_ARRAY = re.compile(r"\s*(?:\[\s*\d*\s*\]|\barray\b)")
_INTERVAL = re.compile(r"interval (?:year|month|day|hour|minute|second)\b.*")


def canonical(written: str) -> str:
    """The type's own name without length, "" where it is not one of those above.

    An enum is "enum NAME"; an array is its element with [].
    """
    if HOLE in written or written.startswith("enum "):
        return written if HOLE not in written else ""
    text = written.lower().replace("pg_catalog.", "")
    text, dimensions = _ARRAY.subn("", text)
    float_ = re.fullmatch(r"\s*float\s*\(\s*(\d+)\s*\)\s*", text)
    if float_:
        return "real" if int(float_[1]) <= 24 else "double precision"
    text = " ".join(_MODIFIER.sub(" ", text).split())
    text = "interval" if _INTERVAL.fullmatch(text) else text
    name = _ALIASES.get(text.strip('"'), text.strip('"'))
    return (name + "[]" * bool(dimensions)) if name in ASSIGNABLE else ""


def named(written: str) -> str:
    """The canonical type, or "? NAME" where it may be an enum that the revisions make."""
    return canonical(written) or (f"? {written.lower()}" if HOLE not in written else "")


def is_refused(old: str, new: str) -> bool:
    """Whether PostgreSQL asks for USING. False where a type is not known."""
    if not old or not new or old == new or new in TEXTS:
        return False
    if old.endswith("[]") and new.endswith("[]"):
        return is_refused(old[:-2], new[:-2])
    return new not in ASSIGNABLE.get(old, set())


def conversion(old: str, new: str, column: str) -> str:
    """An expression for USING that keeps every value it can; "" where somebody has to decide."""
    written = new.removeprefix("enum ")
    if old in TEXTS:
        return f"convert_to({column}, 'UTF8')" if new == "bytea" else f"{column}::{written}"
    if new == "boolean" and old in _NUMBERS:
        return f"{column} <> 0"
    if old == "boolean" and new in _NUMBERS:
        return f"{column}::integer" + f"::{new}" * (new != "integer")
    if old.startswith("enum ") and new.startswith("enum "):
        return f"{column}::text::{written}"
    if old.removesuffix("[]") in TEXTS and old.endswith("[]") and new.endswith("[]"):
        return f"{column}::{written}"
    return ""
