"""What the corpus of references says of itself: that it runs, and that its labels fit its data."""

from collections.abc import Iterator
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

from remediate.analysis.matching import match, parents
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Name
from tests.corpora.references import SCHEMAS, Schema
from tests.support import helpers

IDS = [schema.name for schema in SCHEMAS]
FAMILIES = {"bigint": "integer", "character varying": "text"}
COLUMNS = """
SELECT format('%%s.%%s.%%s', table_schema, table_name, column_name), data_type,
  (SELECT count(*) FROM information_schema.key_column_usage u
   JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name)
   WHERE t.constraint_type = 'FOREIGN KEY' AND (u.table_schema, u.table_name, u.column_name)
     = (c.table_schema, c.table_name, c.column_name)),
  (SELECT count(*) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
   WHERE i.indrelid = format('%%I.%%I', table_schema, table_name)::regclass AND i.indisprimary
     AND i.indnkeyatts = 1 AND a.attnum = i.indkey[0] AND a.attname = c.column_name)
FROM information_schema.columns c WHERE table_schema = %s
"""
VALUES = r"""
SELECT count({column}),
  count({column}) FILTER (WHERE {column}::text ~
    '^((0|[1-9][0-9]{{0,18}})|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})$'),
  count(*) FILTER (WHERE {column}::text IN (SELECT {key}::text FROM {parent}))
FROM {table}
"""


class Column(NamedTuple):
    family: str
    foreign_keys: int
    is_key: int


class Corpus(NamedTuple):
    connection: psycopg.Connection
    columns: dict[str, dict[str, Column]]  # by schema and full name

    def fits(self, column: str, key: str) -> bool:
        """Whether the values alone would pass for ids of the parent."""
        schema, table, name = column.split(".")
        target, parent, id_ = key.split(".")
        query = sql.SQL(VALUES).format(
            column=sql.Identifier(name),
            key=sql.Identifier(id_),
            parent=sql.Identifier(target, parent),
            table=sql.Identifier(schema, table),
        )
        row = self.connection.execute(query).fetchone()
        assert row
        values, canonical, present = row
        return values >= 20 and canonical == values and present >= 0.95 * values


@pytest.fixture(scope="module")
def corpus(server: Server) -> Iterator[Corpus]:
    with server.database() as url, helpers.connected(url) as connection:
        columns = {}
        for schema in SCHEMAS:
            connection.execute(schema.sql.encode())
            rows = connection.execute(COLUMNS.encode(), [schema.name])
            columns[schema.name] = {
                name: Column(FAMILIES.get(type_, type_), fks, keys)
                for name, type_, fks, keys in rows
            }
        yield Corpus(connection, columns)


@pytest.mark.parametrize("schema", SCHEMAS, ids=IDS)
def test_every_column_exists_and_no_foreign_key_gives_it_away(
    schema: Schema, corpus: Corpus
) -> None:
    columns = corpus.columns[schema.name]
    assert {*schema.means, *schema.means.values(), *schema.nots} <= columns.keys()
    assert [c for c in (*schema.means, *schema.nots) if columns[c].foreign_keys] == []
    assert [key for key in schema.means.values() if not columns[key].is_key] == []


@pytest.mark.parametrize("schema", SCHEMAS, ids=IDS)
def test_what_is_not_hopeless_can_be_told_by_the_data(schema: Schema, corpus: Corpus) -> None:
    unproven = {column for column, key in schema.means.items() if not corpus.fits(column, key)}
    assert unproven <= schema.hopeless.keys()


def test_labels_do_not_contradict_each_other() -> None:
    for schema in SCHEMAS:
        assert schema.hopeless.keys() <= schema.means.keys()
        assert not schema.means.keys() & schema.nots.keys()


def test_neither_names_nor_values_give_it_away(corpus: Corpus) -> None:
    """Enough of each kind, also of those that name and values together would get wrong."""
    types = {name: column for found in corpus.columns.values() for name, column in found.items()}
    means = [(c, k) for s in SCHEMAS for c, k in s.means.items()]
    mistyped = [c for c, k in means if types[c].family != types[k].family]
    tempting = [c for s in SCHEMAS for c in s.nots if _tempts(c, s.name, corpus)]
    assert len(mistyped) >= 100
    assert len(means) - len(mistyped) >= 60
    assert sum(len(s.nots) for s in SCHEMAS) >= 400
    assert len(tempting) >= 80


def _tempts(column: str, schema: str, corpus: Corpus) -> bool:
    keys = {name.rpartition(".")[0]: name for name, c in corpus.columns[schema].items() if c.is_key}
    tables = {Name(*table.split(".")): key for table, key in keys.items()}
    where, _, name = column.rpartition(".")
    found = match(Name(*where.split(".")), name, parents(tables))
    return bool(found) and corpus.fits(column, tables[found.target])
