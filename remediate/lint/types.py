"""Which type changes PostgreSQL makes by itself, and what it takes for the others.

Measured: ALTER COLUMN ... TYPE without USING on an empty table, and ADD FOREIGN KEY between two
empty ones, for each pair of these types, on PostgreSQL 15, 16 and 18. tests/lint/test_types.py asks
the server again.
"""

TEXTS = {"text", "character varying", "character"}
INTEGERS = {"smallint": 32767, "integer": 2147483647, "bigint": 9223372036854775807}
_NUMBERS = {*INTEGERS, "numeric", "real", "double precision"}
_TIMES = {"time without time zone", "time with time zone"}
_STAMPS = {"timestamp without time zone", "timestamp with time zone"}
_DAYS = {"date", *_STAMPS}
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
# Types of columns that a foreign key compares with a key of another type.
_REFERENCES: dict[str, set[str]] = {
    **{key: set(INTEGERS) for key in (*INTEGERS, "numeric")},
    **dict.fromkeys(("real", "double precision"), _NUMBERS),
    **dict.fromkeys(TEXTS, TEXTS),
    **dict.fromkeys(_DAYS, _DAYS),
    "time with time zone": {"time without time zone"},
    "interval": {"time without time zone"},
    "inet": {"cidr"},
    "cidr": {"inet"},
}
_TYPNAMES = {
    "smallint": "int2", "integer": "int4", "bigint": "int8", "boolean": "bool", "real": "float4",
    "double precision": "float8", "character varying": "varchar", "character": "bpchar",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
    "time without time zone": "time", "time with time zone": "timetz",
}  # fmt: skip
CATALOG_NAMES = {_TYPNAMES.get(name, name): name for name in ASSIGNABLE}  # by pg_type.typname
SERIALS = {
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
    "smallserial": "smallint", "serial2": "smallint",
}  # fmt: skip


def is_builtin(name: str) -> bool:
    """Whether the type, or what the array is of, is one of those above."""
    return name.removesuffix("[]") in ASSIGNABLE


def is_refused(old: str, new: str) -> bool:
    """Whether PostgreSQL asks for USING. False where a type is not known."""
    if not old or not new or old == new or new in TEXTS:
        return False
    if old.endswith("[]") and new.endswith("[]"):
        return is_refused(old[:-2], new[:-2])
    return new not in ASSIGNABLE.get(old, set())


def is_incomparable(own: str, key: str) -> bool:
    """Whether a foreign key from a column to a key of these types is refused; False if unknown."""
    known = own in ASSIGNABLE and key in ASSIGNABLE
    return known and own != key and own not in _REFERENCES.get(key, ())


def conversion(old: str, new: str, column: str) -> str:
    """An expression for USING that keeps every value it can; "" where somebody has to decide."""
    written = new.removeprefix("enum ")
    if old in TEXTS:
        return f"convert_to({column}, 'UTF8')" if new == "bytea" else f"{column}::{written}"
    if new == "boolean" and old in _NUMBERS:
        return f"{column} <> 0"
    if old == "boolean" and new in _NUMBERS:
        number = f"{column}::integer"
        return number if new == "integer" else f"{number}::{new}"
    if old.startswith("enum ") and new.startswith("enum "):
        return f"{column}::text::{written}"
    if old.removesuffix("[]") in TEXTS and old.endswith("[]") and new.endswith("[]"):
        return f"{column}::{written}"
    return ""
