"""A table gets its primary key and loses it again, with every byte of the schema as it was."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options, Rule
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies.prediction import predicted
from remediate.revisions.script import script
from remediate.rules.keys import key_without_default, primary_key_missing
from remediate.rules.models import model_foreign_key_missing
from remediate.rules.references import reference_undeclared
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.verification import keys
from remediate.verification.observations import PrimaryKey, Seen
from remediate.verification.result import Outcome
from tests.corpora.remedies import ODD, quoted
from tests.support import helpers
from tests.support.foreseen import foreseen
from tests.support.meant import nothing_else

pytestmark = pytest.mark.turns_in_ci

KEY, DEFAULT = primary_key_missing.RULE, key_without_default.RULE
ROWS = "INSERT INTO t VALUES (1), (5); "


def known(*columns: str, schema: str | None = None, name: str = "t") -> Declared:
    metadata = sa.MetaData()
    made = [sa.Column(c, sa.Integer, primary_key=True) for c in columns or ("id",)]
    sa.Table(name, metadata, *made, schema=schema)
    return helpers.declared(metadata)


def remedies(rule: Rule, live: Live, models: Declared) -> list[Remedy]:
    found = [f for f in rule.find(live, models, Options()) if isinstance(f, Finding)]
    made = [rule.remedy(f, live, Options()) for f in found]
    assert [m for m in made if isinstance(m, Manual)] == []
    return [m for m in made if isinstance(m, Remedy)]


KEPT = {
    "bare": "CREATE TABLE t (id integer); " + ROWS,
    "by CREATE TABLE AS": "CREATE TABLE t AS SELECT g AS id FROM generate_series(1, 5) g",
    "unlogged": "CREATE UNLOGGED TABLE t (id integer); " + ROWS,
    "a domain": "CREATE DOMAIN d AS integer; CREATE TABLE t (id d); " + ROWS,
    "UNIQUE": "CREATE TABLE t (id integer NOT NULL UNIQUE); CREATE TABLE c (t_id integer REFERENCES t (id)); " + ROWS,
    "clustered": "CREATE TABLE t (id integer NOT NULL); CREATE UNIQUE INDEX u ON t (id); CLUSTER t USING u",
    "identifies for subscribers": "CREATE TABLE t (id integer NOT NULL); CREATE UNIQUE INDEX u ON t (id); "
        "ALTER TABLE t REPLICA IDENTITY USING INDEX u",
    "commented": "CREATE TABLE t (id integer); CREATE UNIQUE INDEX u ON t (id); COMMENT ON INDEX u IS 'kept'",
    "with room": "CREATE TABLE t (id integer); CREATE UNIQUE INDEX u ON t (id) WITH (fillfactor = 50)",
    "downwards": "CREATE TABLE t (id integer); CREATE UNIQUE INDEX u ON t (id DESC)",
    "with more": "CREATE TABLE t (id integer, v text); CREATE UNIQUE INDEX u ON t (id) INCLUDE (v)",
    "partial": "CREATE TABLE t (id integer); CREATE UNIQUE INDEX u ON t (id) WHERE id > 0; " + ROWS,
    "under a foreign key": "CREATE TABLE t (id integer NOT NULL); CREATE UNIQUE INDEX u ON t (id); "
        "CREATE TABLE c (t_id integer REFERENCES t (id)); " + ROWS,
    "partitioned": "CREATE TABLE t (id integer) PARTITION BY RANGE (id); "
        "CREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (9); "
        "CREATE TABLE q PARTITION OF t DEFAULT PARTITION BY HASH (id); "
        "CREATE TABLE r PARTITION OF q FOR VALUES WITH (MODULUS 1, REMAINDER 0); " + ROWS,
    "a parent": "CREATE TABLE t (id integer); CREATE TABLE k (v text) INHERITS (t); INSERT INTO k VALUES (1); " + ROWS,
    "a child": "CREATE TABLE base (id integer); CREATE TABLE t () INHERITS (base); " + ROWS,
    "the name is taken": "CREATE TABLE t_pkey (id integer); CREATE TABLE t (id integer); " + ROWS,
}  # fmt: skip


@pytest.mark.parametrize("ddl", KEPT.values(), ids=KEPT.keys())
def test_up_and_down(ddl: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(ddl.encode())
    up_and_down(url, connection, known())


def up_and_down(url: sa.URL, connection: psycopg.Connection, models: Declared) -> Remedy:
    """With the default of the key, as `--approve all` does it; gives the remedy of the key."""
    start, live = helpers.dump(url), helpers.snapshot(url, models)
    (key,) = remedies(KEY, live, models)
    repairs = [*remedies(DEFAULT, live, models), key]
    made, prediction = script(repairs), predicted(live, repairs)
    with nothing_else(url, repairs):
        helpers.run(connection, made.up)
    after = helpers.snapshot(url, models)
    assert foreseen(prediction) == foreseen(after)
    assert {t.name: (t.key, t.missing_key) for t in prediction.tables if not t.partition_of} == {
        t.name: (t.key, t.missing_key) for t in after.tables if not t.partition_of
    }
    assert [(c.not_null, c.unique) for t in prediction.tables for c in t.columns if t.key] == [
        (c.not_null, c.unique) for t in after.tables for c in t.columns if t.key and not t.partition_of
    ]  # fmt: skip
    assert helpers.sentences(KEY, after, models) == helpers.sentences(DEFAULT, after, models) == []
    helpers.run(connection, made.down)
    assert helpers.dump(url) == start
    helpers.run(connection, made.up)
    return key


def test_an_index_that_nothing_else_needs(url: sa.URL, connection: psycopg.Connection) -> None:
    ddl = "CREATE TABLE t (id integer); CREATE UNIQUE INDEX idx_1_t ON t (id); " + ROWS
    connection.execute(ddl.encode())
    key = up_and_down(url, connection, known())
    assert key.title == "declare primary key t_pkey (id), using the unique index idx_1_t"
    assert key.undo == "drop the key, rebuild the index idx_1_t, DROP NOT NULL on id"
    count = "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass"
    assert connection.execute(count.encode()).fetchone() == (1,)
    assert connection.execute(b"INSERT INTO t VALUES (DEFAULT) RETURNING id").fetchone() == (6,)
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(b"INSERT INTO t VALUES (6)")


def test_names(url: sa.URL, connection: psycopg.Connection) -> None:
    schema, table, one, two, index = (f"{first}{ODD}" for first in "STABI")
    s, t, a, b, i = map(quoted, (schema, table, one, two, index))
    connection.execute(
        f"CREATE SCHEMA {s}; CREATE TABLE {s}.{t} ({a} integer, {b} integer NOT NULL); "
        f"CREATE UNIQUE INDEX {i} ON {s}.{t} ({a}, {b}); INSERT INTO {s}.{t} VALUES (1, 1)".encode()
    )
    up_and_down(url, connection, known(one, two, schema=schema, name=table))


def test_verify_knows_it(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id integer)")
    before = keys.verify("PK009:public.t", helpers.snapshot(url, known()), known(), {})
    assert (before.outcome, before.problems) == (Outcome.FAILED, (Seen.NO_PRIMARY_KEY,))
    connection.execute(b"ALTER TABLE t ADD PRIMARY KEY (id)")
    after = keys.verify("PK009:public.t", helpers.snapshot(url, known()), known(), {})
    assert (after.outcome, after.facts) == (Outcome.OK, (PrimaryKey(("id",)),))
    gone = keys.verify("PK009:public.other", helpers.snapshot(url), Declared(), {})
    assert gone.outcome is Outcome.FAILED


CHANGED = {
    "ALTER TABLE t ADD PRIMARY KEY (id)": "public.t is with primary key t_pkey on id, expected "
    "without primary key; public.t.id is integer, NOT NULL, expected integer, "
    "nullable",
    "ALTER TABLE t ALTER id SET NOT NULL": "public.t.id is integer, NOT NULL, "
    "expected integer, nullable",
    "ALTER TABLE t ALTER id TYPE bigint": "public.t.id is bigint, nullable, "
    "expected integer, nullable",
}


@pytest.mark.parametrize(("change", "drift"), CHANGED.items(), ids=CHANGED.keys())
def test_a_table_that_somebody_changed_meanwhile(
    change: str, drift: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(b"CREATE TABLE t (id integer)")
    made = script(remedies(KEY, helpers.snapshot(url, known()), known()))
    connection.execute(change.encode())
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as caught:
        helpers.run(connection, made.up)
    assert caught.value.diag.message_detail == drift


def test_rows_that_came_meanwhile(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id integer)")
    made = script(remedies(KEY, helpers.snapshot(url, known()), known()))
    connection.execute(b"INSERT INTO t VALUES (1), (1)")
    start = helpers.dump(url)
    with pytest.raises(psycopg.errors.UniqueViolation):
        helpers.run(connection, made.up)
    assert helpers.dump(url) == start


PARENTS = "CREATE TABLE one (id integer); CREATE TABLE two (a integer, b integer); "
CHILDREN = "CREATE TABLE c (id serial PRIMARY KEY, one_id integer, a integer, b integer)"


def test_references_come_after_the_key(url: sa.URL, connection: psycopg.Connection) -> None:
    """Nothing refers to what is not unique (42830); once it is, it can."""
    connection.execute((PARENTS + CHILDREN).encode())
    metadata = sa.MetaData()
    sa.Table("one", metadata, sa.Column("id", sa.Integer, primary_key=True))
    two = [sa.Column(c, sa.Integer, primary_key=True, autoincrement=False) for c in "ab"]
    sa.Table("two", metadata, *two)
    sa.Table(
        "c", metadata, sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("one_id", sa.ForeignKey("one.id")), *(sa.Column(c, sa.Integer) for c in "ab"),
        sa.ForeignKeyConstraint(["a", "b"], ["two.a", "two.b"]),
    )  # fmt: skip
    models = helpers.declared(metadata)
    live = helpers.snapshot(url, models)
    rules = (reference_undeclared.RULE, model_foreign_key_missing.RULE)
    assert [reason(rule, live, models) for rule in rules] == [
        f"public.{name} has neither a primary key nor a unique constraint on {columns} (42830): "
        "repair that first (PK009)"
        for name, columns in (("one", "id"), ("two", "a and b"))
    ]
    later = predicted(live, remedies(KEY, live, models))
    assert [made.makes[0].target for rule in rules for made in remedies(rule, later, models)] == [
        Name("public", "one"), Name("public", "two"),
    ]  # fmt: skip


def reason(rule: Rule, live: Live, models: Declared) -> str:
    (finding,) = (f for f in rule.find(live, models, Options()) if isinstance(f, Finding))
    made = rule.remedy(finding, live, Options())
    assert isinstance(made, Manual)
    return made.reason
