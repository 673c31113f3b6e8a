"""How a new table is to be, in the words in which the catalog is compared later.

Of an expression, and of a type that SQL spells in several ways, is only said that there is one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from remediate.remedies.alterations import counting, listed, of_reference
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Alteration, Object
from remediate.snapshots.new_tables import NewColumn, NewEnum, NewObject, NewTable
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, Name

_TEXT = re.compile(r"'(?:[^']|'')*'")
_AS_PRINTED = re.compile(
    r"(?:bigint|integer|smallint|text|boolean|uuid|jsonb?|date|bytea|character varying(?:\(\d+\))?"
    r"|timestamp with(?:out)? time zone)(?:\[\])?"
)
_NOT_NULL = re.compile(r" NOT NULL(?= CHECK| CONSTRAINT|$)")
_CONSTRAINT = re.compile(
    r'^\s*(?:CONSTRAINT ("(?:[^"]|"")+"|\S+) )?'
    r"(PRIMARY KEY|UNIQUE|CHECK|EXCLUDE)\b[^()]*\(([^()]*)",
    re.MULTILINE,
)
_CHECK = re.compile(r'(?: CONSTRAINT ("(?:[^"]|"")+"|\S+))? CHECK \(')
_NAMED = re.compile(r'"(?:[^"]|"")*"')
_BY_OPTIONS = "owner, as, start, increment, minimum, maximum, grants?"
_TERMS = "deferrable?, deferred?, nulls?, included?"


def of_new(
    new: NewTable, keys: tuple[ForeignKey, ...], types: Mapping[str, str]
) -> tuple[Alteration, ...]:
    """The table, and all that its CREATE TABLE makes with it."""
    table = "owner, grants?, options?, bounds?, under?"
    table += ", unlogged" if "UNLOGGED" in new.create else ""
    commented = {on for on, _ in new.comments}
    table += ", comment" if f"TABLE {new.name}" in commented else ""
    return (
        Alteration(Object(new.name, "table"), state=table),
        *(_column(c, new, types[c.name]) for c in new.columns),
        *(_counted(c, new, types[c.name]) for c in new.columns if c.serial or c.identity),
        *_constraints(new),
        *(one for fk in keys for one in of_reference(fk)),
    )


def of_new_sequence(sequence: NewObject) -> tuple[Alteration, ...]:
    """A sequence of the models, which says itself how it counts."""
    ddl = _NAMED.sub("", sequence.ddl)
    state = _BY_OPTIONS
    state += ", cache?" if " CACHE " in ddl else ""
    state += ", cycle" if " CYCLE" in ddl.replace(" NO CYCLE", "") else ""
    return (Alteration(Object(sequence.name, "sequence"), state=state),)


def of_enum(enum: NewEnum) -> tuple[Alteration, ...]:
    """A type with these labels."""
    state = f"owner, kind enum, labels {listed(enum.labels)}, grants?"
    return (Alteration(Object(enum.name, "type", enum.name.name), state=state),)


def of_copy(made: Name, columns: Iterable[str]) -> tuple[Alteration, ...]:
    """A table that CREATE TABLE AS makes, with these columns, and a unique index."""
    index = "unique, method btree, columns, order, classes, reads?, expression?"
    return (
        Alteration(Object(made, "table"), state="owner, grants?"),
        *(Alteration(Object(made, "column", one), state="type, collation?") for one in columns),
        Alteration(Object(made, "index"), state=index),
    )


def of_new_index(new: NewTable, index: NewObject) -> tuple[Alteration, ...]:
    """An index of it; of its columns and conditions is not said which."""
    ddl = _TEXT.sub("", index.ddl)
    state = "method, columns, order, classes, options?, nulls?, included?, reads?, expression?"
    state += ", unique" if ddl.startswith("CREATE UNIQUE") else ""
    state += ", partial" if " WHERE " in ddl else ""
    return (Alteration(Object(new.name, "index", index.name.name), state=state),)


def _column(column: NewColumn, new: NewTable, type_: str) -> Alteration:
    rest = _TEXT.sub("''", column.rest)
    parts = [_typed(type_)]
    parts += ["collation?"] if "COLLATE" in f"{column.type}{rest}" else []
    computed = rest.startswith(" GENERATED ALWAYS AS (")
    parts += ["not null"] if column.serial or column.identity or _NOT_NULL.search(rest) else []
    parts += ["identity"] if column.identity else []
    parts += ["generated", "default"] if computed else []
    parts += ["default", "draws"] if column.serial else []
    parts += ["default", "draws?"] if rest.startswith(" DEFAULT ") else []
    parts += ["comment"] if _is_commented(column, new) else []
    return Alteration(Object(new.name, "column", column.name), state=", ".join(parts))


def _counted(column: NewColumn, new: NewTable, type_: str) -> Alteration:
    """The sequence of a column, whatever PostgreSQL calls it."""
    state = f"{_BY_OPTIONS}, cache?, cycle?, unlogged?"
    if type_ in INTEGER_MAX and "AS IDENTITY (" not in column.rest:
        state = counting(type_, logged="UNLOGGED" not in new.create)
    return Alteration(Object(new.name, "sequence", column.name), state=state)


def _typed(type_: str) -> str:
    return f"type {type_}" if _AS_PRINTED.fullmatch(type_) else "type"


def _is_commented(column: NewColumn, new: NewTable) -> bool:
    ends = {words(on.partition(" ")[2])[-1] for on, _ in new.comments if on.startswith("COLUMN ")}
    return column.name in ends


def _constraints(new: NewTable) -> Iterator[Alteration]:
    """Primary key, UNIQUE, CHECK and EXCLUDE; without a name where PostgreSQL chooses one."""
    for name, kind, columns in _CONSTRAINT.findall(_TEXT.sub("''", new.constraints)):
        yield _constraint(new, name, kind, columns)
    for column in new.columns:
        for name in _CHECK.findall(_TEXT.sub("''", column.rest)):
            yield _constraint(new, name, "CHECK", "")


def _constraint(new: NewTable, name: str, kind: str, columns: str) -> Alteration:
    known = kind in ("PRIMARY KEY", "UNIQUE")
    head = {"EXCLUDE": "exclusion"}.get(kind, kind.lower())
    of = f"columns {listed(words(columns))}" if known else "columns?, expression?, not?"
    state = f"{head}, {of}, {_TERMS}"
    return Alteration(Object(new.name, "constraint", *words(name)[:1]), state=state)
