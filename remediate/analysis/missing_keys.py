"""Which tables are to have a primary key that they have not, and what says so."""

import re
from collections.abc import Iterator

from remediate.analysis.facts import in_words
from remediate.analysis.filling import generated_below
from remediate.postgres.sql import ident, quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.missing_keys import Declarer, MissingKey
from remediate.snapshots.tables import Column, Generator, Name, Table


def missing_keys(live: Live, declared: Declared) -> Iterator[tuple[Name, MissingKey]]:
    """By table; partitions are left to their root.

    What models or their references name is to be looked for in the table: it may lack the columns.
    """
    referenced = _referenced(declared)
    for table in live.tables:
        if table.partition_of is not None:
            continue
        model = declared.table_of.get(table.name)
        columns = _columns(table, model, referenced, live)
        if columns and (not table.key or _is_another(table.key, model)):
            yield (
                table.name,
                MissingKey(
                    columns=columns,
                    by=tuple(_declarers(columns, table, model, referenced, live)),
                    instead=table.key,
                    name=declared.key_names.get(table.name, ""),
                    model_types=tuple(declared.types.get((table.name, c), "") for c in columns)
                    if model and model.key == columns
                    else (),
                    given=_is_given(columns, model),
                ),
            )


def _is_another(key: tuple[str, ...], model: Table | None) -> bool:
    """Whether the models declare another key, and not one with more or fewer columns."""
    if model is None or not model.key:
        return False
    own, theirs = {*key}, {*model.key}
    return not (own <= theirs or theirs <= own)


def _is_given(columns: tuple[str, ...], model: Table | None) -> bool:
    """Whether the models make the values of the key themselves."""
    made = (Generator.CLIENT, Generator.CLIENT_SEQUENCE)
    return bool(
        model and model.key == columns and all(model.column(c).generator in made for c in columns)
    )


def _columns(
    table: Table, model: Table | None, referenced: dict[Name, tuple[str, ...]], live: Live
) -> tuple[str, ...]:
    """The models' word counts most; one that gives its table no key does so on purpose."""
    if model and model.key:
        return model.key
    if table.name in referenced:
        return referenced[table.name]
    own = _generated_below(table, live) or _numbered(table, live)
    return own if model is None else ()


def _declarers(
    columns: tuple[str, ...],
    table: Table,
    model: Table | None,
    referenced: dict[Name, tuple[str, ...]],
    live: Live,
) -> Iterator[Declarer]:
    if model and model.key:
        yield Declarer.MODELS
    if referenced.get(table.name) == columns:
        yield Declarer.REFERENCE
    if _numbered(table, live) == columns:
        yield Declarer.SEQUENCE
    if _of_partitions(table, live) == columns:
        yield Declarer.PARTITIONS


def _referenced(declared: Declared) -> dict[Name, tuple[str, ...]]:
    """The columns to which the models' foreign keys lead, where all agree about a table."""
    found: dict[Name, set[tuple[str, ...]]] = {}
    for fk in declared.foreign_keys:
        found.setdefault(fk.target, set()).add(fk.target_columns)
    return {name: next(iter(several)) for name, several in found.items() if len(several) == 1}


def _numbered(table: Table, live: Live) -> tuple[str, ...]:
    """The only integer column that has a sequence for itself; () where none or several have."""
    found = []
    for column in table.columns:
        drawn = (live.sequence_of[s] for s in column.sequences if s in live.sequence_of)
        own = any(s.draws == ((table.name, column.name),) for s in drawn)
        if column.is_integer and not column.by_domain and (column.owned or own):
            found.append(column)
    return (found[0].name,) if len(found) == 1 and not found[0].unique else ()


def _of_partitions(table: Table, live: Live) -> tuple[str, ...]:
    """The key that each partition has for itself; () where one has another."""
    parts = [t for t in family(table, live) if not t.partitioned] if table.partitioned else []
    keys = {t.key for t in parts}
    return keys.pop() if len(keys) == 1 else ()


def _generated_below(table: Table, live: Live) -> tuple[str, ...]:
    """The same, where partitions generate it."""
    columns = _of_partitions(table, live)
    ids = (c for name in columns for c in generated_below(table, name, live))
    return columns if any(c.is_integer or c.base_type == "uuid" for c in ids) else ()


def impossible(table: Table, key: MissingKey) -> str:
    """Why PostgreSQL has no such key; "" where it may have."""
    if unordered := [c for c in key.columns if c in key.unordered]:
        column = table.column(unordered[0])
        what = "a virtual column" if column.generator is Generator.STORED else column.type
        return (
            f"{table.name}.{quote(column.name)} is {what}, which PostgreSQL allows in no "
            "primary key: declare another key in the models"
        )
    if key.foreign:
        return (
            f"{key.foreign[0]} is a foreign table, and PostgreSQL allows no primary key on a "
            "partitioned table with such a partition: add one to each of the other partitions"
        )
    return _of_parts(table, key)


def _of_parts(table: Table, key: MissingKey) -> str:
    lacking = [one for one in key.parted if one.column not in key.columns]
    if not lacking:
        return ""
    of = lacking[0].table
    by = in_words(quote(c) if c else "an expression" for t, c in lacking if t == of)
    what = of if of == str(table.name) else f"{of}, a partition of {table.name},"
    own = "" if Declarer.PARTITIONS in key.by else ", or add a key to each partition"
    return (
        f"{what} is partitioned by {by}, and PostgreSQL requires that in its primary key: "
        f"declare such a key in the models{own}"
    )


# BTMaxItemSize in pages of 8 KiB; each entry has a header, and each value may be padded (bytes).
_ENTRY, _PADDING = 2704, 8
_SHORT = re.compile(
    r"smallint|integer|bigint|numeric.*|real|double precision|oid|uuid|boolean|date|time.*|interval"
)
_LIMITED = re.compile(r"character(?: varying)?\((\d+)\)")


def too_long(table: Table, key: MissingKey) -> str:
    """The SQL condition of rows that no index over the key takes (54000); "" where all fit.

    An index compresses what the table does, so that values take no more room there.
    """
    if not any(_may_be_long(table.column(c)) for c in key.columns):
        return ""
    sizes = " + ".join(f"pg_column_size({ident(c)})" for c in key.columns)
    return f"{sizes} > {_ENTRY - _PADDING * (1 + len(key.columns))}"


def _may_be_long(column: Column) -> bool:
    limited = _LIMITED.fullmatch(column.base_type)
    if limited:  # a character has 4 bytes at most
        return int(limited[1]) * 4 > _ENTRY // 8
    return not _SHORT.fullmatch(column.base_type)
