"""What the linter is told, and what it answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Spot = tuple[str, str]  # table as written, without "public."; column
_PARTS = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')
VERSION_WIDTH = 32  # alembic_version.version_num, as Alembic makes it


@dataclass(frozen=True, slots=True)
class Unsafe:
    """One place in a revision that would break a key or a reference, or hide that it did."""

    kind: str  # one of remediate.lint.kinds.KINDS
    line: int  # 1-based
    function: str  # "upgrade", "downgrade", the function of a multidb project; "" for the module
    message: str
    rewritten: str  # the step as it should be, "" where it takes a decision
    error: bool  # fails or loses data for certain; else a hazard
    note: bool = False  # may well be right: nothing that anybody has to act on
    key: tuple[str, str] | None = None  # table and column that are left without a generator
    settled_by: frozenset[str] = frozenset()  # what a later revision may move or declare


@dataclass(frozen=True, slots=True)
class Held:
    """A foreign key that is surely there; tables are spelled as in `Known`."""

    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...] = ()  # () for its key, whatever that is
    name: str = ""  # "" if unknown


@dataclass(frozen=True, slots=True)
class Known:
    """What the linter may know besides the text; all of it optional.

    Tables are spelled as in op.*, without quotes: `users`, `app.Users`; `public.users` is `users`.
    Only a name that holds a dot stands in quotes, as `table_name` gives it: `app."a.b"`.
    """

    columns: Mapping[Spot, str] = field(default_factory=dict)  # types as PostgreSQL prints them
    serial: frozenset[Spot] = frozenset()  # keys filled by a sequence that is integer, or narrower
    generated: frozenset[Spot] = frozenset()  # keys with any sequence, identity or default
    keys: frozenset[Spot] = frozenset()  # the columns of primary keys
    pinned: frozenset[Spot] = frozenset()  # columns that a CHECK is about alone
    sequences: Mapping[Spot, str] = field(default_factory=dict)  # where not called as serial does
    made: frozenset[str] = frozenset()  # the sequences that there are, without their schemas
    positions: Mapping[Spot, int] = field(default_factory=dict)  # the next id of a generated key
    links: tuple[Held, ...] = ()
    literals: Mapping[Spot, str] = field(default_factory=dict)  # types of those that are defaults
    version_width: int = VERSION_WIDTH
    driver: str = ""  # of the project, as SQLAlchemy calls it; "" if unknown


NOTHING = Known()


def table_name(name: str, schema: str = "") -> str:
    """The name under which a table is known; a part of it that holds a dot stands in quotes."""
    parts = (part for part in (schema, name) if part)
    return plain(".".join(_quoted(p) if "." in p or '"' in p else p for p in parts))


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def name_parts(table: str) -> tuple[str, str]:
    """The schema, "" if none is given, and the name of what `table_name` made."""
    parts = [quoted.replace('""', '"') or bare for quoted, bare in _PARTS.findall(table)]
    return ("", table) if not parts else (".".join(parts[:-1]), parts[-1])


def bare_name(table: str) -> str:
    """The name without its schema."""
    return name_parts(table)[1]


def plain(table: str) -> str:
    """A name without "public."."""
    return table.removeprefix("public.")
