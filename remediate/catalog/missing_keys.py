"""Read the tables that are to have a primary key and have none: columns, indexes, counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from remediate.analysis.missing_keys import impossible, missing_keys, too_long
from remediate.catalog import values
from remediate.catalog.batches import Question, ask
from remediate.catalog.catalog import column_of
from remediate.catalog.references import is_whole
from remediate.catalog.session import Row, configure, read_only, rows
from remediate.postgres.direct import Connection
from remediate.postgres.sql import ident, key_name, literal
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, Unread, family
from remediate.snapshots.missing_keys import Declarer, MissingKey, Parted, Unfit
from remediate.snapshots.tables import Column, Name, Table

_Columns = dict[Name, dict[str, Column]]
_NAMES = 10  # that are tried for a constraint, each a number longer


def enrich(connection: Connection, live: Live, declared: Declared, *, deep: bool) -> Live:
    """The snapshot with the missing keys of its tables, and these columns as any key's.

    `deep` counts in large tables too, instead of saying that nobody looked.
    """
    found = dict(missing_keys(live, declared))
    if not found:
        return live
    with read_only(connection):
        configure(connection)
        told = rows(connection, "columns", within=_among(found, live), also=_places(found, live))
        columns = _columns(told, live)
        keys = {n: k for n, k in found.items() if all(c in columns.get(n, {}) for c in k.columns)}
        live = replace(live, unread=(*live.unread, *_without_columns(found, columns)))
        keys = _indexed(connection, keys)
        live = replace(live, tables=tuple(_with_columns(t, columns, keys) for t in live.tables))
        indexes = {Name(r["schema"], r["name"]): r["indexes"] for r in told}
        live = _with_values(connection, live, keys, indexes)
        return _counted(connection, live, keys, indexes, deep=deep)


def _without_columns(found: Mapping[Name, MissingKey], columns: _Columns) -> Iterator[Unread]:
    """The columns of keys that models declare, and that their tables do not have."""
    for name, key in found.items():
        for column in key.columns:
            known = key.instead or column in columns.get(name, {})
            if Declarer.MODELS in key.by and not known:
                yield Unread(name, column, _NO_COLUMN, _ADD_IT)


_NO_COLUMN = (
    "the table has no primary key, and lacks the column on which its models declare one: INSERTs "
    "and SELECTs by the models fail (42703)"
)
_ADD_IT = "run the revision that adds it, or correct the model"


def _relations(keys: Iterable[Name], live: Live) -> Iterator[Table]:
    """Their tables, with partitions and children."""
    known = {t.name: t for name in keys for t in family(live.table_of[name], live)}
    yield from known.values()


def _among(keys: Iterable[Name], live: Live) -> str:
    names = (f"({literal(t.name.schema)}, {literal(t.name.name)})" for t in _relations(keys, live))
    return f"(n.nspname, c.relname) IN (VALUES {', '.join(names)})"


def _places(keys: Mapping[Name, MissingKey], live: Live) -> str:
    places = {
        (*table.name, column)
        for name, key in keys.items()
        for table in family(live.table_of[name], live)
        for column in key.columns
    }
    wanted = ", ".join(f"({', '.join(map(literal, place))})" for place in sorted(places))
    return (
        f"SELECT a.attrelid, a.attnum FROM (VALUES {wanted}) AS w (schema, relation, attribute)\n"
        "JOIN pg_namespace n ON n.nspname = w.schema\n"
        "JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation\n"
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attribute\n"
        "  AND a.attnum > 0 AND NOT a.attisdropped"
    )


def _columns(told: Sequence[Row], live: Live) -> _Columns:
    oids = {s.oid: s.name for s in live.sequences}
    known = dict.fromkeys(oids.values())
    found: _Columns = {}
    for row in told:
        if row["column"]:
            column = column_of(row, oids, known, live.database.search_path)
            found.setdefault(Name(row["schema"], row["name"]), {})[column.name] = column
    return found


def _with_columns(table: Table, columns: _Columns, keys: Mapping[Name, MissingKey]) -> Table:
    """Those of the key first, in its order, as in tables that have theirs."""
    if table.name not in columns:
        return table
    key = keys.get(table.name)
    known = {c.name: c for c in table.columns} | columns[table.name]
    first = {name: known[name] for name in (key.columns if key and not key.instead else ())}
    return replace(table, columns=tuple({**first, **known}.values()), missing_key=key)


def _indexed(connection: Connection, keys: dict[Name, MissingKey]) -> dict[Name, MissingKey]:
    """With the unique indexes that are there, and names that no relation has."""
    if not keys:
        return {}
    tables = ", ".join(f"({literal(n.schema)}, {literal(n.name)})" for n in sorted(keys))
    unique = rows(connection, "key_indexes", tables=tables)
    names = {name: [*_names(name, key)] for name, key in keys.items()}
    wanted = ", ".join(map(literal, sorted({one for several in names.values() for one in several})))
    taken = {(r["schema"], r["name"]) for r in rows(connection, "named", names=wanted)}
    found = {}
    for name, key in keys.items():
        own = [r for r in unique if (r["schema"], r["name"]) == name]
        alike = [r for r in own if r["index"] and set(r["columns"]) == set(key.columns)]
        free = [r["index"] for r in alike if r["free"] and tuple(r["columns"]) == key.columns]
        index = free[0] if free else ""
        called = next(n for n in names[name] if n == index or (name.schema, n) not in taken)
        taken.add((name.schema, called))
        found[name] = replace(
            key,
            name=called,
            index=index,
            unique=bool(alike),
            parted=tuple(Parted(str(Name(*of)), column) for *of, column in own[0]["parted_by"]),
            foreign=tuple(str(Name(*part)) for part in own[0]["foreign_parts"]),
            unfit=tuple(_unfit(*one) for one in own[0]["unfit"]),
            unordered=tuple(own[0]["unordered"]),
        )
    return found


def _unfit(schema: str, table: str, constraint: str, column: str, validated: str) -> Unfit:
    return Unfit(schema, table, constraint, column, validated == "true")


def _names(table: Name, key: MissingKey) -> Iterator[str]:
    if key.name:
        yield key.name
    yield from (key_name(table.name, number) for number in range(_NAMES))


def _with_values(
    connection: Connection, live: Live, keys: Mapping[Name, MissingKey], indexes: dict[Name, int]
) -> Live:
    """The lowest and highest ids there, and those in the way of sequences."""
    part = replace(live, tables=tuple(_relations(keys, live)), unread=())
    part = values.enrich(connection, part, indexes)
    read = part.table_of
    return replace(
        live,
        tables=tuple(read.get(t.name, t) for t in live.tables),
        sequences=part.sequences,
        unread=(*live.unread, *(u for u in part.unread if u not in live.unread)),
    )


def _counted(
    connection: Connection,
    live: Live,
    keys: Mapping[Name, MissingKey],
    indexes: dict[Name, int],
    *,
    deep: bool,
) -> Live:
    """With the rows that a key would refuse, and what could not be counted as unread."""
    questions, unread = [], []
    for name, key in keys.items():
        if key.apart:
            continue
        table = live.table_of[name]
        select = counting(table, key)
        if impossible(table, key):
            continue
        if is_whole(name, live, deep=deep):
            questions.append(Question(name, select, table.oid, 1 + indexes.get(name, 0)))
        elif not _sure(table, key):
            why = "the table is large, and only plan --deep reads it whole"
            unread.append(_unread(name, key, why, select))
    answers, failures = ask(connection, questions)
    for asked in questions:
        name, key = asked.about, keys[asked.about]
        if name in failures and not _sure(live.table_of[name], key):
            unread.append(_unread(name, key, failures[name], asked.select))
    return replace(
        live,
        tables=tuple(_with_counts(t, answers.get(t.name)) for t in live.tables),
        unread=(*live.unread, *unread),
    )


def _unread(table: Name, key: MissingKey, reason: str, select: str) -> Unread:
    what = "whether its values are NULL or duplicate"
    return Unread(table, key.columns[0], f"{what}: {reason}", select)


def _sure(table: Table, key: MissingKey) -> bool:
    """Whether the catalog alone says that no row is in the way of a key."""
    return key.unique and all(table.column(c).not_null for c in key.columns)


def _with_counts(table: Table, counts: tuple[int, ...] | None) -> Table:
    key = table.missing_key
    if key is None:
        return table
    if counts is None:
        sure = _sure(table, key)
        none = replace(key, nulls=0, duplicates=0, long=0)
        return replace(table, missing_key=none) if sure else table
    nulls, duplicates, zeros, long = counts
    counted = replace(key, nulls=nulls, duplicates=duplicates, zeros=zeros, long=long)
    return replace(table, missing_key=counted)


def counting(table: Table, key: MissingKey) -> str:
    """The query of one row: rows with NULL, that repeat another, where the key is 0, too long."""
    source = table.name.sql if table.partitioned else f"ONLY {table.name.sql}"
    columns = ", ".join(map(ident, key.columns))
    null = " OR ".join(f"{ident(c)} IS NULL" for c in key.columns)
    numbered = len(key.columns) == 1 and table.column(key.columns[0]).is_integer
    zero = f"{columns} = 0" if numbered else "false"
    long = too_long(table, key)
    return (
        f"SELECT (SELECT count(*) FROM {source} WHERE {null}), "
        f"(SELECT coalesce(sum(n - 1), 0)::bigint FROM (SELECT count(*) AS n FROM {source} "
        f"WHERE NOT ({null}) GROUP BY {columns} HAVING count(*) > 1) AS twice), "
        f"(SELECT count(*) FROM {source} WHERE {zero}), "
        + (f"(SELECT count(*) FROM {source} WHERE {long})" if long else "0")
    )
