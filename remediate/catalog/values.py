"""Read the states of sequences, and the ids with which they can collide."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from remediate.catalog.batches import Question, ask
from remediate.catalog.session import rows
from remediate.postgres.direct import Connection, driver_errors, is_lost
from remediate.postgres.queries import query
from remediate.postgres.sql import expression, ident, is_portable
from remediate.snapshots.live import Live, Unread, drawn_from
from remediate.snapshots.tables import Column, Extremes, Generator, Name, Sequence, Table, Unique

SMALL = 1000  # pages of 8 KiB: a smaller table is scanned for its extremes
NEAR_ENDS = 500  # ids at each end of a larger one that are looked at for decimals
STATES_AT_ONCE = 180000  # since 18 pg_get_sequence_data() reads a state without a lasting lock
_MAY_READ_FILES = "SELECT has_function_privilege('pg_stat_file(text, boolean)', 'EXECUTE')"

Place = tuple[Name, str]


@dataclass(frozen=True, slots=True)
class _Search:
    """The SQL that finds the id with which a sequence collides first, among some rows."""

    aggregate: str
    condition: str
    downwards: bool = False  # the sequence counts down: the highest of the ids comes first


@dataclass(frozen=True, slots=True)
class _Reader:
    """The connection, what is known, and what has been read so far."""

    connection: Connection
    live: Live
    indexes: dict[Name, int]  # how many each table has: reading locks them all
    empty: frozenset[int]  # OIDs of tables without a page
    extremes: dict[Place, Extremes] = field(default_factory=dict)
    collisions: dict[Place, int] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


def enrich(connection: Connection, live: Live, indexes: dict[Name, int]) -> Live:
    """The snapshot with the states of sequences, the extremes of ids, and the collisions."""
    reader = _Reader(connection, live, indexes, empty_tables(connection))
    reader = replace(reader, live=_with_states(reader))
    _read_extremes(reader)
    _read_collisions(reader)
    tables = tuple(_filled(table, reader) for table in live.tables)
    needed = {(t.name, c.name) for t, c in _columns(live)}
    unread = [u for u in live.unread if (u.table, u.column) in needed]
    return replace(reader.live, tables=tables, unread=(*unread, *reader.unread))


def empty_tables(connection: Connection) -> frozenset[int]:
    """The OIDs of empty tables; none if a lock interferes, and all tables are read then."""
    # Asked first: a statement that calls a function is refused for it whatever its CASE decides.
    by_file = connection.exec_driver_sql(_MAY_READ_FILES).scalar_one()
    is_empty = query(__package__, "empty_by_file" if by_file else "empty_by_size")
    savepoint = connection.begin_nested()
    try:
        return frozenset(row["oid"] for row in rows(connection, "empty", is_empty=is_empty))
    except driver_errors() as error:
        if is_lost(error):
            raise
        return frozenset()
    finally:
        savepoint.rollback()


def _with_states(reader: _Reader) -> Live:
    """last_value and is_called; the view pg_sequences hides the latter, and waits for locks."""
    live = reader.live
    columns = [c for table in live.tables for c in table.columns]
    feeding = {s for c in columns for s in (*c.sequences, *c.owned, c.called)}
    wanted = [s for s in live.sequences if s.name in feeding and s.last_value is None]
    answers, failures = ask(reader.connection, [_state(s) for s in wanted])
    for table in live.tables:
        for column in table.columns:
            sequence = drawn_from(column, live)
            if sequence and sequence.name in failures:
                reader.unread.append(_unread_state(table, column, sequence, failures))
    sequences = tuple(
        replace(s, last_value=answers[s.name][0], is_called=answers[s.name][1])
        if s.name in answers
        else s
        for s in live.sequences
    )
    return replace(live, sequences=sequences)


def _state(sequence: Sequence) -> Question:
    select = f"SELECT last_value, is_called FROM {sequence.name.sql}"
    return Question(sequence.name, select, sequence.oid)


def _unread_state(
    table: Table, column: Column, sequence: Sequence, failures: dict[Name, str]
) -> Unread:
    return Unread(
        table.name,
        column.name,
        f"the state of its sequence {sequence.name}: {failures[sequence.name]}",
        f"SELECT last_value, is_called FROM {sequence.name.sql}",
    )


def _read_extremes(reader: _Reader) -> None:
    """Read the lowest and highest id of each key that needs a sequence, or has one."""
    closed = {(u.table, u.column) for u in (*reader.live.unread, *reader.unread)}
    questions = []
    for table, column in _columns(reader.live):
        if (table.name, column.name) in closed:
            continue
        pages = _pages(table, reader.live)
        if column.leads_index or pages < SMALL:
            questions += [*_extremes(table, column, reader)]
        else:
            why = f"no index starts with it, and the table has {pages:,} pages"
            reader.unread.append(_unread_ids(table.name, column.name, why))
    answers, failures = ask(reader.connection, questions)
    for (place, _), (low, high, decimals) in answers.items():
        found = Extremes(low, high, decimals or "")
        reader.extremes[place] = _wider(reader.extremes.get(place), found)
    for (name, key), reason in {place: why for (place, _), why in failures.items()}.items():
        reader.extremes.pop((name, key), None)
        reader.unread.append(_unread_ids(name, key, f"its lowest and highest id: {reason}"))


def _unread_ids(table: Name, column: str, reason: str) -> Unread:
    query = f"SELECT min({ident(column)}), max({ident(column)}) FROM {table.sql}"
    return Unread(table, column, reason, query)


def _columns(live: Live) -> Iterator[tuple[Table, Column]]:
    """The columns whose ids are read; those of partitions count with their root."""
    for table in live.tables:
        for column in table.columns:
            if table.partition_of is None and _matters(table, column, live):
                yield table, column


def _matters(table: Table, column: Column, live: Live) -> bool:
    alone = table.is_key(column.name)
    if column.generator is Generator.CONSTANT:
        return alone
    if column.generator is Generator.NOTHING:
        return column.is_integer and (alone or _may_be_generated(table, column, live))
    if column.generator is Generator.LATE:
        return column.is_integer and column.name in table.judged
    unique = column.unique is not Unique.NO or alone
    return _is_counted(column) and drawn_from(column, live) is not None and unique


def _may_be_generated(table: Table, column: Column, live: Live) -> bool:
    """Whether a member of a composite key, no reference, is read at no great cost."""
    if column.name not in table.judged:
        return False
    if any(column.name in fk.columns for fk in live.references.get(table.name, ())):
        return False
    return column.leads_index or _pages(table, live) < SMALL


def _pages(table: Table, live: Live) -> int:
    children = (live.table_of[c] for c in table.children) if table.partitioned else ()
    return max(table.pages, 0) + sum(_pages(child, live) for child in children)


def _extremes(table: Table, column: Column, reader: _Reader) -> Iterator[Question]:
    """One question for each relation with rows.

    A parent includes its inheritance children, whose ids a repair must exceed too.
    """
    name = ident(column.name)
    if not _is_counted(column):
        return
    for relation in _holders(table, column, reader.live):
        if relation.oid in reader.empty and not relation.children:
            reader.extremes.setdefault((table.name, column.name), Extremes(None, None))
            continue
        found = f"min({name})::bigint, max({name})::bigint, {_decimals(column, relation)}"
        select = f"SELECT {found} FROM {relation.name.sql}"
        yield _question(table, column, relation, select, reader)


def _decimals(column: Column, relation: Table) -> str:
    """The SQL of an id with decimals: any of a small table, else one near either end."""
    if (
        column.resolved or column.type
    ) != "numeric":  # with a precision it says itself how many it has
        return "NULL::text"
    name, table = ident(column.name), relation.name.sql
    conditions = (f"{name} <> trunc({name})", f"scale({name}) > 0")
    ids = ", ".join(f"min({name}) FILTER (WHERE {one})" for one in conditions)
    if relation.pages < SMALL:
        return f"coalesce({ids})::text"
    ends = " UNION ALL ".join(
        f"(SELECT {name} FROM ONLY {table} ORDER BY {name} {way} LIMIT {NEAR_ENDS})"
        for way in ("ASC", "DESC")
    )
    return f"(SELECT coalesce({ids})::text FROM ({ends}) AS ends)"


def _question(
    table: Table, column: Column, relation: Table, select: str, reader: _Reader
) -> Question:
    about = ((table.name, column.name), relation.name)
    locks = 1 + reader.indexes.get(relation.name, 0)
    return Question(about, select, relation.oid, locks, plain=True)


def _holders(table: Table, column: Column, live: Live) -> Iterator[Table]:
    """The leaves of a partitioned table, else the table: few locks are held at a time then."""
    if not table.partitioned or column.name not in table.judged:
        yield table
        return
    for child in table.children:
        yield from _holders(live.table_of[child], column, live)


def _wider(a: Extremes | None, b: Extremes) -> Extremes:
    lows = [e.low for e in (a, b) if e and e.low is not None]
    highs = [e.high for e in (a, b) if e and e.high is not None]
    most = max((e for e in (a, b) if e), key=lambda e: (e.fractional, e.decimals))
    return Extremes(min(lows, default=None), max(highs, default=None), most.decimals)


def _is_counted(column: Column) -> bool:
    return column.is_integer or column.base_type == "numeric"


def _read_collisions(reader: _Reader) -> None:
    """Read the first id that each sequence will collide with.

    Inheritance children do not count: the unique index of a table does not cover them.
    """
    searches = [
        (table, column, search)
        for table, column in _columns(reader.live)
        if (search := _search(table, column, reader))
    ]
    questions = [
        q for table, column, search in searches for q in _hits(table, column, search, reader)
    ]
    downwards = {(t.name, c.name) for t, c, search in searches if search.downwards}
    answers, failures = ask(reader.connection, questions)
    for (place, _), (id_,) in answers.items():
        if id_ is not None:
            nearest = max if place in downwards else min
            reader.collisions[place] = nearest(id_, reader.collisions.get(place, id_))
    for (name, key), reason in {place: why for (place, _), why in failures.items()}.items():
        reader.unread.append(_unread_ids(name, key, f"the ids in its way: {reason}"))


def _hits(table: Table, column: Column, search: _Search, reader: _Reader) -> Iterator[Question]:
    for relation in _holders(table, column, reader.live):
        if relation.oid not in reader.empty:
            select = (
                f"SELECT {search.aggregate}::bigint FROM ONLY {relation.name.sql} "
                f"WHERE {search.condition}"
            )
            yield _question(table, column, relation, select, reader)


def _search(table: Table, column: Column, reader: _Reader) -> _Search | None:
    """How to find the first collision; None if none is possible."""
    name, extremes = ident(column.name), reader.extremes.get((table.name, column.name))
    if column.generator is Generator.CONSTANT and is_portable(column.default):
        found = f"min({name})" if column.is_integer else "CASE WHEN count(*) > 0 THEN 1 END"
        return _Search(found, f"{name} = {expression(column.default)}")
    sequence = drawn_from(column, reader.live)
    if extremes is None or extremes.low is None or extremes.high is None:
        return None
    if sequence is None or sequence.next is None:
        return None
    start, by = sequence.next, sequence.increment
    whole = "" if column.base_type != "numeric" else f" AND {name} = trunc({name})"
    step = f" AND mod({name}::numeric - {start}, {by}) = 0" if abs(by) > 1 else ""
    if by > 0 and extremes.high >= start:
        ids = f"{name} BETWEEN {start} AND {sequence.maximum}"
        return _Search(f"min({name})", f"{ids}{whole}{step}")
    if by < 0 and extremes.low <= start:
        ids = f"{name} BETWEEN {sequence.minimum} AND {start}"
        return _Search(f"max({name})", f"{ids}{whole}{step}", downwards=True)
    return None


def _filled(table: Table, reader: _Reader) -> Table:
    places = [(table.name, c.name) for c in table.columns]
    if not any(p in reader.extremes or p in reader.collisions for p in places):
        return table
    columns = tuple(
        replace(c, extremes=reader.extremes.get(p), collision=reader.collisions.get(p))
        for c, p in zip(table.columns, places, strict=True)
    )
    return replace(table, columns=columns)
