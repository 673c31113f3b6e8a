"""What an INSERT without the key ends with, tried on every table and rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from remediate.postgres.sql import ident
from remediate.snapshots.tables import Name
from tests.accuracy.corpus import Corpus, Try, shown
from tests.corpora.kinds import BY_ERROR, Kind
from tests.support import rewinding

ROWS = 1000  # INSERTs after which a key that still works is healthy
BY_MODELS = 50  # the same, where a model makes them: one statement takes a hundred times as long
# A value of each type that differs from row to row; what is not here takes an integer.
_VALUES = {
    "date": "current_date + $1",
    "timestamp with time zone": "now() + make_interval(secs => $1)",
    "timestamp without time zone": "localtimestamp + make_interval(secs => $1)",
    "boolean": "true",
    "uuid": "gen_random_uuid()",
    "text": "($1)::text",
    "character varying": "($1)::text",
}
# Key columns that nobody references are left out; of a key of several, those with a default.
_TABLES = """
SELECT n.nspname::text, c.relname::text, array(
  SELECT a.attname::text FROM unnest(i.indkey::smallint[]) k
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k
  WHERE i.indnkeyatts = 1 OR a.atthasdef OR a.attidentity <> '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2"""
_OTHERS = """
SELECT a.attname::text, format_type(a.atttypid, NULL) FROM pg_attribute a
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
  AND a.attidentity = '' AND a.attgenerated = '' AND NOT a.atthasdef AND NOT a.attname = ANY (%s)"""
_IN_THE_WAY = """
SELECT conname::text FROM pg_constraint
WHERE conrelid = to_regclass(%s) AND contype IN ('c', 'f') AND coninhcount = 0"""
_WRITERS = """
SELECT rolname::text FROM pg_roles WHERE rolcanlogin AND NOT rolsuper
  AND has_any_column_privilege(oid, to_regclass(%s), 'INSERT') ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class Bench:
    """A corpus laid out in a database, with the connection that tries things there."""

    corpus: Corpus
    connection: psycopg.Connection
    engine: sa.Engine


def outcomes(bench: Bench) -> dict[str, set[Kind]]:
    """By table: the defects that its INSERTs end with, none where they work; what ends in an error
    that tells nothing of a key is left out.
    """
    rewinding.remember(bench.connection)
    found: dict[str, set[Kind]] = {}
    for trial in _tries(bench):
        ends = _through_model(bench, trial) if _has_model(bench, trial) else _end(bench, trial)
        if ends is None or _defect(ends):
            found.setdefault(shown(trial.table), set()).update(filter(None, [_defect(ends)]))
    return found


def _tries(bench: Bench) -> Iterator[Try]:
    own = {t.table for t in bench.corpus.tries or ()}
    yield from bench.corpus.tries or ()
    if bench.corpus.tries is not None and not bench.corpus.by_models:
        return
    for schema, table, omitted in bench.connection.execute(_TABLES).fetchall():
        name = Name(schema, table)
        if name not in own and omitted:
            insert = _insert(bench.connection, name, omitted)
            yield Try(name, insert)
            for (role,) in bench.connection.execute(_WRITERS, [name.sql]).fetchall():
                yield Try(name, insert, role)


def _insert(connection: psycopg.Connection, table: Name, omitted: list[str]) -> str:
    others = connection.execute(_OTHERS, [table.sql, omitted]).fetchall()
    if not others:
        return f"INSERT INTO {table.sql} DEFAULT VALUES"
    into = ", ".join(ident(name) for name, _ in others)
    values = ", ".join(_VALUES.get(type_, "20000 + $1") for _, type_ in others)
    return f"INSERT INTO {table.sql} ({into}) VALUES ({values})"


@contextmanager
def _undone(bench: Bench) -> Iterator[None]:
    try:
        with bench.connection.transaction(force_rollback=True):
            yield
    finally:
        bench.connection.execute(rewinding.REWIND)


def _end(bench: Bench, trial: Try) -> psycopg.Error | None:
    run = bench.connection.execute
    loop = f"FOR i IN 1..{ROWS} LOOP EXECUTE $insert${trial.insert}$insert$ USING i; END LOOP"
    with _undone(bench):
        if bench.corpus.by_models or bench.corpus.tries is None:
            for statement in _unbound(bench, trial.table):
                run(statement.encode())
        run(b"SET CONSTRAINTS ALL IMMEDIATE")
        if trial.role:
            run(f"SET LOCAL ROLE {ident(trial.role)}".encode())
        if trial.path:
            run(f"SET LOCAL search_path = {trial.path}".encode())
        try:
            run(f"DO $try$BEGIN {loop}; END$try$".encode())
        except psycopg.Error as error:
            return error
    return None


def _unbound(bench: Bench, table: Name) -> list[str]:
    """Drops what asks for rows of other tables, or for values that only a person knows."""
    names = bench.connection.execute(_IN_THE_WAY, [table.sql]).fetchall()
    return [f"ALTER TABLE {table.sql} DROP CONSTRAINT {ident(name)}" for (name,) in names]


def _has_model(bench: Bench, trial: Try) -> bool:
    if not bench.corpus.by_models or trial.role:
        return False
    return any(trial.table.name in m.tables for m in bench.corpus.metadatas)


def _through_model(bench: Bench, trial: Try) -> psycopg.Error | None:
    table = bench.corpus.metadatas[0].tables[trial.table.name]
    omitted = [column.name for column in table.primary_key]
    with _undone(bench), bench.engine.connect() as connection:
        try:
            for number in range(BY_MODELS if len(omitted) == 1 else 0):
                connection.execute(table.insert().values(name=f"row {number}"))
        except sa.exc.DBAPIError as error:
            return error.orig if isinstance(error.orig, psycopg.Error) else None
        finally:
            connection.rollback()
    return None


def _defect(ends: psycopg.Error | None) -> Kind | None:
    """None where it works, or ends in an error that tells nothing of a key."""
    kind = BY_ERROR.get(ends.sqlstate or "") if ends else None
    if ends and kind is Kind.REFUSED and "for sequence" not in (ends.diag.message_primary or ""):
        return None
    return kind
