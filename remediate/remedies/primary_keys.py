"""The remedy for a table without primary key: NOT NULL, a unique index, ADD PRIMARY KEY."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.analysis.facts import in_words
from remediate.analysis.missing_keys import impossible, too_long
from remediate.analysis.models import DATABASE, decided_side
from remediate.findings.finding import Options
from remediate.findings.remedy import Expectation, Hazard, Hold, Lock, Manual, Remedy, State, Step
from remediate.findings.states import NotNull, PrimaryKey, Type
from remediate.postgres.sql import clipped, ident, quote
from remediate.remedies.alterations import of_key, of_part
from remediate.remedies.states import unchanged
from remediate.snapshots.digest import Alteration
from remediate.snapshots.live import Live, family
from remediate.snapshots.missing_keys import MissingKey
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import INTEGER_MAX, Column, Generator, Table, Unique


def declare_key(table: Table, live: Live, options: Options) -> Remedy | Manual:
    """The primary key that the table is to have; manual where rows or types are in its way."""
    key = table.missing_key
    if key is None:
        return Manual("the table has a primary key now")
    relations = family(table, live)
    reason = (
        _of_another_key(key)
        or impossible(table, key)
        or _mistyped(table, key, options)
        or _refused_rows(table, key)
        or _unfit(key)
        or _unfilled(table, key)
        or _of_children(table, key, relations)
        or _large(table, key, options)
    )
    if reason:
        return Manual(reason)
    columns = [table.column(name) for name in key.columns]
    listed = ", ".join(map(quote, key.columns))
    using = f", using the unique index {quote(key.index)}" if key.index else ""
    return Remedy(
        title=f"declare primary key {quote(key.name)} ({listed}){using}",
        undo=_undo(columns, key),
        steps=(
            *(_required(table, c) for c in columns if not c.not_null),
            *_added(table, key, relations),
        ),
        holds=tuple(Hold(t.name) for t in relations),
        expectations=(
            Expectation(
                table.name,
                "",
                (State(PrimaryKey(), PrimaryKey(key.name, key.columns)),),
            ),
            *(_expected(table, column) for column in columns),
        ),
    )


def _of_another_key(key: MissingKey) -> str:
    if not key.instead:
        return ""
    own, theirs = (in_words(map(quote, columns)) for columns in (key.instead, key.columns))
    return (
        f"decide which key is right: declare {own} in the models, or move the key to {theirs} in "
        f"a revision, after all foreign keys that reference {own}"
    )


def keyed(table: Table, key: tuple[str, ...]) -> Table:
    """The table as it is once it has this primary key."""
    unique = Unique.ALONE if len(key) == 1 else Unique.TOGETHER
    columns = tuple(
        replace(
            c,
            unique=c.unique if c.unique is Unique.ALONE else unique,
            leads_index=c.leads_index or c.name == key[0],
        )
        if c.name in key
        else c
        for c in table.columns
    )
    return replace(table, key=key, columns=columns, missing_key=None)


def kind_of_model(table: Table, column: str) -> str:
    """What the models say of a column of a missing key, where it is of another kind; else ""."""
    key = table.missing_key
    pairs = zip(key.columns, key.model_types, strict=False) if key else ()
    wanted = next((type_ for name, type_ in pairs if name == column), "")
    return wanted if wanted and not _alike(table.column(column).base_type, wanted) else ""


def _mistyped(table: Table, key: MissingKey, options: Options) -> str:
    """What a converter made of a column; widths alone are for the models to follow (MD001)."""
    for name in key.columns:
        column, wanted = table.column(name), kind_of_model(table, name)
        side = decided_side(table.name, name, options.right)
        if wanted and side != DATABASE:
            sql, kind = ident(name), _kind(column.base_type)
            lost = f"{sql}::text <> {sql}::{wanted}::text"
            if kind == "text" and _kind(wanted) == "number":
                lost = f"{sql} !~ '^(0|-?[1-9][0-9]*)$'"
            follow = "to follow it" if side else "decide which is right. To follow the model"
            return (
                f"{table.name}.{quote(name)} is {column.type}, but its model declares {wanted}: "
                f"{follow}, correct the rows of SELECT {sql} FROM "
                f"{table.name.sql} WHERE {lost}, then ALTER TABLE {table.name.sql} ALTER COLUMN "
                f"{sql} TYPE {wanted} USING {sql}::{wanted}, and plan again"
            )
    return ""


def _alike(one: str, other: str) -> bool:
    """Whether the types hold the same kind of value; only those are compared that are known."""
    kinds = {_kind(one), _kind(other)}
    return len(kinds) == 1 or not kinds <= {"number", "inexact", "text", "uuid", "date"}


def _kind(type_: str) -> str:
    plain = type_.partition("(")[0]
    if plain in INTEGER_MAX or plain == "numeric":
        return "number"
    if plain in ("double precision", "real"):
        return "inexact"
    return family_of(plain)


def _refused_rows(table: Table, key: MissingKey) -> str:
    if key.nulls is None or key.duplicates is None:
        return (
            "remediate did not check all rows: a primary key refuses NULL and duplicates. "
            f"Check with remediate plan --deep, or: {twice(table, key)}"
        )
    found = []
    if key.nulls:
        rows = "1 row has" if key.nulls == 1 else f"{key.nulls:,} rows have"
        found.append(f"{rows} NULL: {_nulls(table, key)}")
    if key.duplicates:
        rows = "1 row has" if key.duplicates == 1 else f"{key.duplicates:,} rows have"
        found.append(f"{rows} the values of another row: {twice(table, key)}")
    if key.long:
        rows = "1 row is" if key.long == 1 else f"{key.long:,} rows are"
        where = f"SELECT ctid, * FROM {_source(table)} WHERE {too_long(table, key)}"
        found.append(f"{rows} too long for an index entry (54000): {where}")
    if not found:
        return ""
    return f"decide about rows that a primary key refuses, then plan again. {'; '.join(found)}"


def _unfit(key: MissingKey) -> str:
    for one in key.unfit:
        if one.column in key.columns:
            table, name = ident(one.schema, one.table), ident(one.constraint)
            how, change = "NO INHERIT", f"ALTER CONSTRAINT {name} INHERIT"
            if not one.validated:
                how, change = "NOT VALID", f"VALIDATE CONSTRAINT {name}"
            return (
                f"{quote(one.constraint)} makes {quote(one.column)} NOT NULL but is {how}, which "
                f"no key can use (55000): run ALTER TABLE {table} {change}, then plan again"
            )
    return ""


def _unfilled(table: Table, key: MissingKey) -> str:
    """Of a uuid nobody knows who makes it; that an integer gets a default is planned beside it."""
    column = table.column(key.columns[0])
    bare = column.generator is Generator.NOTHING and not column.not_null and not table.fill_triggers
    if len(key.columns) > 1 or column.base_type != "uuid" or not bare or key.given:
        return ""
    return (
        f"nothing is known to supply {quote(column.name)}, and INSERTs without it now store "
        "NULL: set a default first (PK008), or a default in the model"
    )


def _source(table: Table) -> str:
    return table.name.sql if table.partitioned or not table.children else f"ONLY {table.name.sql}"


def _nulls(table: Table, key: MissingKey) -> str:
    null = " OR ".join(f"{ident(c)} IS NULL" for c in key.columns)
    return f"SELECT ctid, * FROM {_source(table)} WHERE {null}"


def twice(table: Table, key: MissingKey) -> str:
    """The query that shows which values are there twice, and how often."""
    columns = ", ".join(map(ident, key.columns))
    given = " AND ".join(f"{ident(c)} IS NOT NULL" for c in key.columns)
    return (
        f"SELECT {columns}, count(*) FROM {_source(table)} WHERE {given} GROUP BY {columns} "
        "HAVING count(*) > 1"
    )


def _of_children(table: Table, key: MissingKey, relations: tuple[Table, ...]) -> str:
    """SET NOT NULL reaches partitions and children, and its inverse would take theirs away."""
    below = relations[1:]
    own = [t.name for t in below if table.partitioned and t.key]
    if own:
        return (
            f"{own[0]} has a primary key of its own, which would become part of the new one, and "
            "the downgrade would drop it: add the new key by hand"
        )
    lax = [c for c in key.columns if not table.column(c).not_null]
    if below and lax and not _all_lax(below, lax):
        return (
            f"{in_words(map(quote, lax))} may be NULL here, and not in all of its "
            f"{'partitions' if table.partitioned else 'children'}: SET NOT NULL there first"
        )
    return ""


def _all_lax(tables: tuple[Table, ...], columns: list[str]) -> bool:
    return all(t.has(c) and not t.column(c).not_null for t in tables for c in columns)


def _large(table: Table, key: MissingKey, options: Options) -> str:
    rows = table.rows or 0
    lax = any(not table.column(c).not_null for c in key.columns)
    if options.offline_window or rows <= options.rows_rewritten or (key.index and not lax):
        return ""
    read = f"PostgreSQL would read about {rows:,} rows and block the table meanwhile"
    if table.partitioned:
        return (
            f"{read}, and builds no index of a partitioned table CONCURRENTLY: add the "
            "key to each partition and then to the table, or repair with --offline-window"
        )
    columns = ", ".join(map(ident, key.columns))
    first = [*_required_online(table, key)] if lax else []
    if not key.index:
        name = ident(clipped(key.name, 50) + "_build")
        first.append(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table.name.sql} ({columns})")
    then = "then plan again, or repair with --offline-window"
    return f"{read}: run {'; '.join(first)}, {then}"


def _required_online(table: Table, key: MissingKey) -> Iterator[str]:
    """SET NOT NULL reads no row where a valid CHECK says the same."""
    alter, name = f"ALTER TABLE {table.name.sql}", ident(clipped(key.name, 50) + "_given")
    columns = [ident(c) for c in key.columns if not table.column(c).not_null]
    given = " AND ".join(f"{c} IS NOT NULL" for c in columns)
    yield f"{alter} ADD CONSTRAINT {name} CHECK ({given}) NOT VALID"
    yield f"{alter} VALIDATE CONSTRAINT {name}"
    yield from (f"{alter} ALTER COLUMN {c} SET NOT NULL" for c in columns)
    yield f"{alter} DROP CONSTRAINT {name}"


def _required(table: Table, column: Column) -> Step:
    only = "ONLY " if not table.children else ""
    alter = f"ALTER TABLE {only}{table.name.sql} ALTER COLUMN {ident(column.name)}"
    return Step(
        f"{alter} SET NOT NULL", f"{alter} DROP NOT NULL", Lock.ACCESS_EXCLUSIVE, table.name
    )


def _added(table: Table, key: MissingKey, relations: Iterable[Table]) -> Iterator[Step]:
    name, columns = table.name, ", ".join(map(ident, key.columns))
    what, lock = f"({columns})", Lock.ACCESS_EXCLUSIVE
    if key.index:
        # The constraint takes the index along when it goes: it is built again by its own name.
        what = f"USING INDEX {ident(key.index)}"
        again = f"CREATE UNIQUE INDEX {ident(key.index)} ON {name.sql} ({columns})"
        yield Step("", again, lock, name)
    yield Step(
        f"ALTER TABLE {name.sql}\n  ADD CONSTRAINT {ident(key.name)} PRIMARY KEY {what}",
        f"ALTER TABLE {name.sql} DROP CONSTRAINT {ident(key.name)}",
        lock, name, hazards=(Hazard.NEW_KEY,), alters=tuple(_alters(table, key, relations)),
    )  # fmt: skip


def _alters(table: Table, key: MissingKey, relations: Iterable[Table]) -> Iterator[Alteration]:
    """The key with its index, and NOT NULL, also in partitions and children."""
    if key.index:  # its own may have more than a key's: INCLUDE, storage parameters
        yield from of_key(table.name, key.name, key.columns)[:1]
        yield from of_part(table.name, "index", key.name)
        yield from of_part(table.name, "index", key.index)
    else:
        yield from of_key(table.name, key.name, key.columns)
    for relation in relations:
        for column in key.columns:
            yield from of_part(relation.name, "column", column, "not")


def _expected(table: Table, column: Column) -> Expectation:
    relied = unchanged(Type(column.type))
    null = State(NotNull(column.not_null), NotNull(not_null=True))
    return Expectation(table.name, column.name, (*relied, null))


def _undo(columns: list[Column], key: MissingKey) -> str:
    lax = [quote(c.name) for c in columns if not c.not_null]
    parts = ["drop the key"]
    if key.index:
        parts.append(f"rebuild the index {quote(key.index)}")
    if lax:
        parts.append(f"DROP NOT NULL on {in_words(lax)}")
    return ", ".join(parts)
