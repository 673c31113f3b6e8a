"""Words of SQL as names: of schemas, tables, columns, sequences, indexes and constraints."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import ident
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

WORDS = "SELECT word, catcode <> 'U', quote_ident(word) FROM pg_get_keywords() ORDER BY 1"
LOST = "CREATE TABLE {0} ({1} serial PRIMARY KEY); ALTER TABLE {0} ALTER {1} DROP DEFAULT; "


def ddl(word: str) -> str:
    """A key and a reference in a schema of this name, and keys with a sequence of this name."""
    w, owner = f'"{word}"', f'owning."t {word}"'
    return (
        f"CREATE SCHEMA {w}; {LOST.format(f'{w}.{w}', w)}"
        f'CREATE TABLE {w}."c {word}" (id serial PRIMARY KEY, {w} integer DEFAULT NULL); '
        f"{LOST.format(owner, 'id')}"
        f'ALTER SEQUENCE owning."t {word}_id_seq" RENAME TO {w}; '
    )


def test_no_word_is_written_bare_where_it_needs_quotes(connection: psycopg.Connection) -> None:
    for word, special, quoted in connection.execute(WORDS).fetchall():
        assert ident(word) in ((quoted,) if special else (word, f'"{word}"'))


@pytest.mark.newest_in_ci
def test_every_special_word_as_a_name(url: sa.URL, connection: psycopg.Connection) -> None:
    words = [w for w, special, _ in connection.execute(WORDS).fetchall() if special]
    connection.execute("CREATE SCHEMA owning")
    connection.execute("".join(map(ddl, words)).encode())
    models = Declared(
        foreign_keys=tuple(
            ForeignKey(Name(w, f"c {w}"), (w,), Name(w, w), (w,), name=w) for w in words
        )
    )
    start = helpers.dump(url)
    plan = helpers.plan_that_comes_back(helpers.snapshot(url, models), models)
    wanted = [i for i in plan.items if i.finding.rule in ("PK001", "FK004")]
    assert [i for i in wanted if isinstance(i.remedy, Manual)] == []
    made = [i.remedy for i in wanted if isinstance(i.remedy, Remedy)]
    assert len(made) == 3 * len(words)
    whole = script(made)
    helpers.run(connection, whole.up)
    helpers.finish(made, connection, back=False)
    for word in words:
        key = connection.execute(f'INSERT INTO "{word}"."{word}" DEFAULT VALUES RETURNING *')
        assert key.fetchone() == (1,)
        connection.execute(f'INSERT INTO "{word}"."c {word}" ("{word}") VALUES (1)')
        connection.execute(f'DELETE FROM "{word}"."c {word}"; DELETE FROM "{word}"."{word}"')
    helpers.finish(made, connection, back=True)
    helpers.run(connection, whole.down)
    assert helpers.dump(url) == start
