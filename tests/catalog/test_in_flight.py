"""Reading while other sessions hold uncommitted changes: nothing waits long, nothing is hidden."""

import re
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

import remediate
from remediate.catalog import batches, catalog, values
from remediate.commands.planning import planned
from remediate.config import Config
from remediate.postgres.direct import Connection
from remediate.project import application
from remediate.project.reading import Reading
from remediate.snapshots.declared import Declared
from remediate.snapshots.tables import Name
from tests.support import helpers

pytestmark = pytest.mark.ends_in_ci

SCHEMA = """
CREATE TABLE quiet (id serial PRIMARY KEY); INSERT INTO quiet SELECT generate_series(1, 5);
CREATE TABLE altered (id serial PRIMARY KEY); INSERT INTO altered SELECT generate_series(1, 5);
CREATE TABLE dropped (id serial PRIMARY KEY); INSERT INTO dropped SELECT generate_series(1, 5);
CREATE TABLE lost (id serial PRIMARY KEY); ALTER TABLE lost ALTER id DROP DEFAULT; INSERT INTO lost VALUES (3);
CREATE TABLE counted (id serial PRIMARY KEY); INSERT INTO counted SELECT generate_series(1, 5);
CREATE TABLE renamed (id serial PRIMARY KEY); INSERT INTO renamed SELECT generate_series(1, 5);
CREATE TABLE viewed (id serial PRIMARY KEY); INSERT INTO viewed SELECT generate_series(1, 5);
CREATE VIEW v AS SELECT id FROM quiet;
DO $$ BEGIN FOR n IN 1..40 LOOP
  EXECUTE format('CREATE VIEW v%1$s AS SELECT id FROM v; GRANT INSERT ON v%1$s TO PUBLIC', n);
END LOOP; END $$;
CREATE TABLE widened (id serial PRIMARY KEY); INSERT INTO widened SELECT generate_series(1, 5);
"""
IN_FLIGHT = [
    "ALTER TABLE altered ADD COLUMN x integer",
    "DROP TABLE dropped",
    "ALTER TABLE lost ALTER COLUMN id SET DEFAULT 5",
    "ALTER SEQUENCE counted_id_seq INCREMENT 5",
    "ALTER SEQUENCE renamed_id_seq RENAME TO other_seq",
    "ALTER TABLE widened ALTER COLUMN id TYPE bigint",
    "ALTER VIEW v ALTER COLUMN id SET DEFAULT 5",
]


# What prints an expression opens the relation; as the relation's OID 0 leaves that out.
PRINTS = re.compile(r"pg_get_(?:(?:view|index|trigger|rule|statisticsobj)def|expr(?!.*, 0\)))\(")
ASKED_ALONE = {"policy.sql", "publication.sql"}


def test_no_statement_about_all_tables_waits_for_one_of_them() -> None:
    """What another session alters is read by itself (batches.ask), and may fail by itself."""
    files = [*(Path(catalog.__file__).parent / "sql").glob("*.sql")]
    waits = {file.name for file in files if PRINTS.search(file.read_text())}
    assert waits == ASKED_ALONE


def plan(url: sa.URL):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        live = catalog.read(connection)
    return planned(Reading(live, Declared(), 0, {}), Config())


@pytest.mark.newest_in_ci
def test_uncommitted_changes_cost_only_what_they_lock(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(SCHEMA)
    with ExitStack() as stack:
        for statement in IN_FLIGHT:
            other = stack.enter_context(helpers.connected(url, autocommit=False))
            other.execute(statement)
        start = time.monotonic()
        made = plan(url)
        waited = time.monotonic() - start
    # Views, sequences and tables each share one patience of 2 s; 46 by themselves would be 92 s.
    assert waited < 6 * batches.PATIENCE
    unverified = {str(u.place): u.reason for u in made.unverified}
    locked = "another session holds a lock on it"
    assert unverified == {
        "public.altered.id": f"its lowest and highest id: {locked}",
        "public.dropped.id": unverified["public.dropped.id"],
        "public.lost.id": f"its lowest and highest id: {locked}",
        "public.renamed.id": f"the state of its sequence public.renamed_id_seq: {locked}",
        "public.widened.id": unverified["public.widened.id"],
    }
    assert all(locked in reason for reason in unverified.values())
    assert all(u.verify.startswith("SELECT ") for u in made.unverified)
    found = {i.finding.id for i in made.items}
    assert {"SEQ001:public.quiet.id", "SEQ001:public.viewed.id", "PK001:public.lost.id"} <= found
    assert "SEQ001:public.counted.id" in found


def test_a_lock_that_is_only_waited_for_counts_too(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Whoever comes after a waiting ALTER TABLE queues behind it."""
    connection.execute("CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (5)")
    with helpers.connected(url, autocommit=False) as reader, helpers.connected(url) as changer:
        reader.execute("SELECT * FROM t")
        changer.execute("SET statement_timeout = '20s'")
        changer.pgconn.send_query(b"ALTER TABLE t ADD x integer")
        while not connection.execute("SELECT FROM pg_locks WHERE NOT granted").rowcount:
            time.sleep(0.02)
        start = time.monotonic()
        made = plan(url)
        waited = time.monotonic() - start
        reader.rollback()
        while changer.pgconn.get_result():
            pass
    assert waited < 2 * batches.PATIENCE
    assert [str(u.place) for u in made.unverified] == ["public.t.id"]


def test_few_locks_are_held_at_a_time(
    url: sa.URL, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with many indexes a table, and a table of many partitions."""
    connection.execute("""
        DO $$ BEGIN
          FOR n IN 1..120 LOOP
            EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a integer, b integer)', n);
            EXECUTE format('CREATE INDEX ON t%1$s (a); CREATE INDEX ON t%1$s (b); CREATE INDEX ON t%1$s (a, b); '
              'CREATE INDEX ON t%1$s (b, a); CREATE INDEX ON t%1$s (b, id); INSERT INTO t%1$s VALUES (3)', n);
          END LOOP;
          CREATE TABLE p (id bigserial PRIMARY KEY) PARTITION BY HASH (id);
          FOR n IN 0..149 LOOP
            EXECUTE format('CREATE TABLE p%s PARTITION OF p FOR VALUES WITH (MODULUS 150, REMAINDER %s)', n, n);
          END LOOP;
          INSERT INTO p SELECT generate_series(1, 1000);
        END $$""")
    held = []
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "after_cursor_execute")
    def count(conn, cursor, statement, *_):
        if "pg_locks" not in statement:
            reader = conn.connection.dbapi_connection.info.backend_pid
            held.append(helpers.locks_held(connection, reader))

    with engine.connect() as reading:
        live = catalog.read(reading)
    assert live.table_of[next(n for n in live.table_of if n.name == "p")].columns[0].collision == 1
    assert 50 < max(held) <= batches.LOCKS + 10


PARTITIONED = """
CREATE TABLE {0} (id bigserial PRIMARY KEY) PARTITION BY HASH (id);
DO $$ BEGIN FOR n IN 0..29 LOOP
  EXECUTE format('CREATE TABLE {0}_%s PARTITION OF {0} FOR VALUES WITH (MODULUS 30, REMAINDER %s)', n, n);
END LOOP; END $$;
INSERT INTO {0} SELECT generate_series(1, 200);
CREATE TABLE of_{0} (id serial PRIMARY KEY, {0}_id text); INSERT INTO of_{0} ({0}_id) VALUES ('1');
"""


@pytest.mark.soak
def test_few_are_held_where_values_are_looked_for_in_partitions(
    url: sa.URL, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["alpha", "beta", "gamma"]
    connection.execute("".join(map(PARTITIONED.format, names)))
    metadata = sa.MetaData()
    for name in names:
        sa.Table(name, metadata, sa.Column("id", sa.BigInteger, primary_key=True))
        key = sa.ForeignKey(f"{name}.id")
        sa.Table(
            f"of_{name}",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column(f"{name}_id", key),
        )
    monkeypatch.setattr(application, "attribute", lambda *_: metadata)
    columns = {(Name("public", f"of_{name}"), f"{name}_id") for name in names}
    batched: list[int] = []
    real = batches._ask

    def counted(
        asked: Connection, batch: list[batches.Question], patience: float
    ) -> batches.Answers:
        compared = (q for q in batch if "FILTER (WHERE canonical)" in q.select)
        batched.append(sum(question.about in columns for question in compared))
        return real(asked, batch, patience)

    monkeypatch.setattr(batches, "_ask", counted)
    text = url.render_as_string(hide_password=False)
    found = remediate.plan(Config(database_url=text, metadata=("any:metadata",))).items
    assert [item.finding.rule for item in found].count("FK003") == 3
    assert max(batched) == 1


@pytest.mark.parametrize(
    ("ddl", "reason", "verify"),
    [
        (
            "GRANT SELECT ON t TO in_flight; "
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
            "GRANT SELECT ON SEQUENCE t_id_seq TO in_flight",
         "its lowest and highest id: no privilege to read every row (SELECT, or row security)",
             "SELECT min(id), max(id) FROM public.t"),
        ("GRANT SELECT ON t TO in_flight",
            "the state of its sequence public.t_id_seq: no privilege to read every row (SELECT, "
            "or row security)",
         "SELECT last_value, is_called FROM public.t_id_seq"),
        ("GRANT SELECT ON SEQUENCE t_id_seq TO in_flight", "no SELECT privilege on it",
            "GRANT SELECT (id) ON public.t TO in_flight"),
        (
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO in_flight; "
        "GRANT SELECT ON SEQUENCE t_id_seq TO in_flight; "
        "ALTER TABLE t DROP CONSTRAINT t_pkey; "
         "CREATE UNIQUE INDEX ON t (v, id); "
         "INSERT INTO t SELECT g, repeat('x', 1000) || g FROM generate_series(1, 9000) g; "
         "ANALYZE t",
         "no index starts with it, and the table has 1,286 pages", "SELECT min(id), max(id) FROM public.t"),
    ],
    ids=["row security", "sequence", "column", "no index"],
)  # fmt: skip
def test_what_cannot_be_read_has_a_reason_and_a_way(
    ddl: str, reason: str, verify: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    if not connection.execute("SELECT FROM pg_roles WHERE rolname = 'in_flight'").rowcount:
        connection.execute("CREATE ROLE in_flight LOGIN")
    connection.execute("CREATE TABLE t (id serial PRIMARY KEY, v text); INSERT INTO t VALUES (5)")
    connection.execute(
        "CREATE TABLE fine (id serial PRIMARY KEY); GRANT SELECT ON fine, fine_id_seq TO in_flight"
    )
    connection.execute(ddl)
    made = plan(url.set(username="in_flight"))
    assert [(str(u.place), u.reason, u.verify) for u in made.unverified] == [
        ("public.t.id", reason, verify)
    ]
    assert "public.t.id" not in {str(h.place) for h in made.healthy}
    assert "public.fine.id" in {
        str(p.place) for p in (*made.healthy, *(i.finding for i in made.items))
    }


def test_the_patience_is_that_of_the_session(url: sa.URL) -> None:
    """The batches give a locked relation no longer than the session's own lock_timeout."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        from remediate.catalog.session import configure, read_only  # noqa: PLC0415

        with read_only(connection):
            configure(connection)
            shown = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
    assert shown == f"{batches.PATIENCE:.0f}s"
    assert values.SMALL == 1000
