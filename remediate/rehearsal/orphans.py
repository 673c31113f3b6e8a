"""Made-up rows refer to rows that are there: PostgreSQL looks at all when a key is made anew."""

from collections.abc import Iterable, Mapping, Sequence, Set

import psycopg

from remediate.plans.proof import Gap, Limit
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.column_values import required_values, values_of
from remediate.rehearsal.foreign_keys import ForeignKey, foreign_keys
from remediate.snapshots.tables import Name

LEVELS = 5  # of parents that are made up, and need one themselves
_AT_ONCE = 50  # foreign keys that one statement asks about


def mend(
    connection: psycopg.Connection, tables: Iterable[Name], keys: Mapping[Name, Set[str]]
) -> tuple[Limit, ...]:
    """Let rows of these tables that refer to nothing refer to a row, or give them one.

    `keys`: columns whose values stay. Of which tables that was not possible.
    """
    limits: list[Limit] = []
    names = list(dict.fromkeys(tables))
    for _ in range(LEVELS):
        made: dict[Name, None] = {}
        found = foreign_keys(connection, names)
        for one in _from_first_orphan(connection, [fk for name in names for fk in found[name]]):
            try:
                with connection.transaction():
                    connection.execute("SET LOCAL session_replication_role = replica")
                    _mend(connection, one, keys.get(one.table, frozenset()), made)
            except psycopg.Error as error:
                reason = str(error).splitlines()[0]
                limits.append(Limit(Gap.WITHOUT_ROWS, one.table, reason))
        names = [*made]
    return tuple(limits)


def _from_first_orphan(
    connection: psycopg.Connection, keys: Sequence[ForeignKey]
) -> Sequence[ForeignKey]:
    """Without those before the first that has something to mend, which changes what others meet."""
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        asked = " UNION ALL ".join(
            f"SELECT {number} AS n WHERE {_there(fk, _wrong(fk))}" for number, fk in enumerate(some)
        )
        try:
            found = connection.execute(f"{asked} ORDER BY n".encode()).fetchone()
        except psycopg.Error:  # each by itself, which tells of which it is
            return keys[start:]
        if found:
            return keys[start + found[0] :]
    return ()


def _mend(
    connection: psycopg.Connection, fk: ForeignKey, keys: Set[str], made: dict[Name, None]
) -> None:
    if fk.split:
        _complete(connection, fk)
    if not _is_orphaned(connection, fk):
        return
    if not keys & {*fk.columns}:
        _adopt(connection, fk)
    if _is_orphaned(connection, fk):
        connection.execute(_parents(connection, fk).encode())
        made[fk.parent] = None


def _complete(connection: psycopg.Connection, fk: ForeignKey) -> None:
    """Rows that are NULL in part refer to nothing that can be made: MATCH FULL refuses them."""
    query = f"SELECT c.tableoid::text, c.ctid::text FROM {fk.table.sql} c WHERE {fk.partial}"
    for number, row in enumerate(connection.execute(query.encode()).fetchall(), 1):
        values = values_of(connection, fk.table, fk.columns, number)
        given = ", ".join(f"{ident(c)} = coalesce(c.{ident(c)}, {v})" for c, v in values.items())
        there = f"({', '.join(map(literal, row))})"
        update = f"UPDATE {fk.table.sql} c SET {given} WHERE (c.tableoid, c.ctid) = {there}"
        connection.execute(update.encode())


def _is_orphaned(connection: psycopg.Connection, fk: ForeignKey) -> bool:
    row = connection.execute(f"SELECT {_there(fk, fk.orphaned)}".encode()).fetchone()
    return bool(row and row[0])


def _there(fk: ForeignKey, condition: str) -> str:
    return f"EXISTS (SELECT FROM {fk.table.sql} c WHERE {condition})"


def _wrong(fk: ForeignKey) -> str:
    return f"({fk.partial}) OR ({fk.orphaned})" if fk.split else fk.orphaned


def _adopt(connection: psycopg.Connection, fk: ForeignKey) -> None:
    """A row that is there will do, unless each must have another."""
    columns, targets = (", ".join(map(ident, some)) for some in (fk.columns, fk.targets))
    given = " AND ".join(f"{ident(column)} IS NOT NULL" for column in fk.targets)
    some = f"SELECT {targets} FROM {fk.parent.sql} WHERE {given}"
    statement = (
        f"UPDATE {fk.table.sql} c SET ({columns}) = ({some} ORDER BY {targets} LIMIT 1) "
        f"WHERE {fk.orphaned} AND EXISTS ({some})"
    )
    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except psycopg.errors.IntegrityError:
        return


def _parents(connection: psycopg.Connection, fk: ForeignKey) -> str:
    """The INSERT of those that the rows refer to."""
    required = required_values(connection, fk.parent, "", 1, defaulted=False)
    more = {column: value for column, value in required.items() if column not in fk.targets}
    columns = ", ".join(map(ident, (*fk.targets, *more)))
    values = ", ".join((*(f"c.{ident(column)}" for column in fk.columns), *more.values()))
    return (
        f"INSERT INTO {fk.parent.sql} ({columns}) OVERRIDING SYSTEM VALUE "
        f"SELECT DISTINCT {values} FROM {fk.table.sql} c WHERE {fk.orphaned} ON CONFLICT DO NOTHING"
    )
