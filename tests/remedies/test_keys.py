"""Every statement of the remedy, up and down, on real tables of every awkward kind."""

from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Options
from remediate.findings.remedy import Manual
from remediate.remedies.keys import follows_table
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci


@dataclass(frozen=True)
class Case:
    """A table without key default; the ids that its first two INSERTs must get."""

    name: str
    ddl: str
    table: str = "t"
    ids: tuple[int, int] = (1, 2)
    options: Options = Options()


CASES = [
    Case("empty", "CREATE TABLE t (id integer PRIMARY KEY)"),
    Case("rows", "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (1), (7)", ids=(8, 9)),
    Case("smallint", "CREATE TABLE t (id smallint PRIMARY KEY); INSERT INTO t VALUES (300)", ids=(301, 302)),
    Case("bigint", "CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t VALUES (5000000000)",
        ids=(5000000001, 5000000002)),
    Case("all negative", "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (-5), (-9)"),
    Case("next to full", "CREATE TABLE t (id smallint PRIMARY KEY); INSERT INTO t VALUES (32764)", ids=(32765, 32766)),
    Case("headroom", "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (5)", ids=(1006, 1007),
         options=Options(headroom=1000)),
    Case("domain", "CREATE DOMAIN d AS bigint CHECK (VALUE > 0); CREATE TABLE t (id d PRIMARY KEY)"),
    Case("other schema", 'CREATE SCHEMA s; CREATE TABLE s.t (id integer PRIMARY KEY)', table="s.t"),
    Case("reserved words", 'CREATE TABLE "user" ("order" integer PRIMARY KEY)', table='"user"'),
    Case("hostile names", """CREATE SCHEMA "S.1 "; CREATE TABLE "S.1 "."a""b'c%d:e\\f $remediate$
é" ("I:d %s" integer PRIMARY KEY); INSERT INTO "S.1 "."a""b'c%d:e\\f $remediate$
é" VALUES (3)""", table="""\"S.1 "."a""b'c%d:e\\f $remediate$
é\"""", ids=(4, 5)),
    Case("63 bytes", f"CREATE TABLE {'t' * 63} ({'c' * 63} integer PRIMARY KEY)", table="t" * 63),
    Case("63 bytes of two each", f"CREATE TABLE {'é' * 31} ({'ö' * 31} integer PRIMARY KEY)", table="é" * 31),
    Case("name taken by a table", "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE t_id_seq (x text)"),
    Case("name taken by a live sequence",
         "CREATE TABLE o (id serial PRIMARY KEY); ALTER SEQUENCE o_id_seq RENAME TO t_id_seq; "
         "SELECT setval('t_id_seq', 500); "
             "CREATE TABLE t (id integer PRIMARY KEY); "
             "INSERT INTO t VALUES (3)", ids=(4, 5)),
    Case("lost default", "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (9); "
         "ALTER TABLE t ALTER id DROP DEFAULT", ids=(10, 11)),
    Case("lost default, sequence ahead", "CREATE TABLE t (id serial PRIMARY KEY); SELECT setval('t_id_seq', 40); "
         "ALTER TABLE t ALTER id DROP DEFAULT", ids=(41, 42)),
    Case("free sequence", "CREATE TABLE t (id integer PRIMARY KEY); CREATE SEQUENCE t_id_seq; "
         "SELECT setval('t_id_seq', 50, false)", ids=(50, 51)),
    Case("free sequence, writer without usage", "CREATE TABLE t (id integer PRIMARY KEY); CREATE SEQUENCE t_id_seq; "
         "GRANT INSERT ON t TO writer"),
    Case("owner without the sequence", "CREATE TABLE t (id integer PRIMARY KEY); ALTER TABLE t OWNER TO owner"),
    Case("column grant", "CREATE TABLE t (id integer PRIMARY KEY, v text); GRANT INSERT (v) ON t TO writer"),
    Case("everybody", "CREATE TABLE t (id integer PRIMARY KEY, v text); GRANT INSERT ON t TO PUBLIC"),
    Case("view over a view", "CREATE TABLE t (id integer PRIMARY KEY, v text); CREATE VIEW a AS SELECT id, v FROM t; "
         "CREATE VIEW b AS SELECT * FROM a; GRANT INSERT ON b TO writer"),
    Case("default privileges", "ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO writer; "
         "CREATE TABLE t (id integer PRIMARY KEY)"),
    Case("odd role", 'CREATE TABLE t (id integer PRIMARY KEY); GRANT INSERT ON t TO "we:ird %s"'),
    Case("hash partitions", "CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY HASH (id); "
         "CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); "
         "CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1); "
             "INSERT INTO t VALUES (11)", ids=(12, 13)),
    Case("two levels, one with a default", "CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY RANGE (id); "
         "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (1000) PARTITION BY HASH (id); "
         "CREATE TABLE low0 PARTITION OF low FOR VALUES WITH (MODULUS 1, REMAINDER 0); "
         "CREATE TABLE high PARTITION OF t FOR VALUES FROM (1000) TO (2000); "
         "ALTER TABLE high ALTER id SET DEFAULT 1999"),
    Case("inheritance", "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE kid (PRIMARY KEY (id)) INHERITS (t); "
         "ALTER TABLE kid ALTER id SET DEFAULT 77; INSERT INTO kid VALUES (20)", ids=(21, 22)),
    Case("dressed up", "CREATE TABLE t (id integer PRIMARY KEY, v text); COMMENT ON TABLE t IS 'x'; "
         "COMMENT ON COLUMN t.id IS 'y'; ALTER TABLE t ALTER id SET STATISTICS 500; "
         "ALTER TABLE t REPLICA IDENTITY FULL; CREATE INDEX ON t (v); ALTER TABLE t ALTER v SET STORAGE EXTERNAL; "
         "CREATE TABLE r (t_id integer REFERENCES t); CREATE PUBLICATION p FOR TABLE t; GRANT SELECT ON t TO writer"),
]  # fmt: skip
ROLES = ("owner", "writer", '"we:ird %s"')


@pytest.fixture(autouse=True)
def roles(connection: psycopg.Connection) -> None:
    for role in ROLES:
        exists = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role.strip('"')])
        if exists.rowcount == 0:
            connection.execute(f"CREATE ROLE {role} LOGIN")


def insert(connection: psycopg.Connection, table: str) -> int:
    return connection.execute(f"INSERT INTO {table} DEFAULT VALUES RETURNING *").fetchone()[0]


@pytest.mark.parametrize("case", CASES, ids=[c.name for c in CASES])
def test_up_insert_down(case: Case, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(case.ddl)
    # A partitioned table finds no partition for a missing key before it misses the value.
    with pytest.raises((psycopg.errors.NotNullViolation, psycopg.errors.CheckViolation)):
        insert(connection, case.table)
    before = helpers.dump(url)
    others = {i.finding.id for i in helpers.items(url, options=case.options)}
    assert len(others) == 1

    made = helpers.scripts(url, options=case.options)
    helpers.run(connection, made.up)
    assert (insert(connection, case.table), insert(connection, case.table)) == case.ids
    assert helpers.items(url, options=case.options) == []
    owners = connection.execute(
        "SELECT t.relowner = s.relowner FROM pg_depend d JOIN pg_class s ON s.oid = d.objid "
        "JOIN pg_class t ON t.oid = d.refobjid "
        "WHERE s.relkind = 'S' AND d.deptype = 'a' AND d.refobjid = to_regclass(%s)",
        [case.table],
    ).fetchall()
    assert owners == [(True,)]

    helpers.run(connection, made.down)
    assert helpers.dump(url) == before
    helpers.run(connection, made.up)


def test_every_partition_is_locked(url: sa.URL, connection: psycopg.Connection) -> None:
    """Also one with a default of its own: an id in flight there would be missed by the maximum."""
    connection.execute(
        "CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY RANGE (id); "
        "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (1000); "
        "CREATE TABLE high PARTITION OF t FOR VALUES FROM (1000) TO (2000); "
        "ALTER TABLE high ALTER id SET DEFAULT 1999"
    )
    lock = helpers.statements(helpers.scripts(url).up)[0]
    with connection.transaction():
        connection.execute(lock.encode())
        held = connection.execute(
            "SELECT relation::regclass::text FROM pg_locks "
            "WHERE mode = 'AccessExclusiveLock' AND pid = pg_backend_pid() ORDER BY 1"
        ).fetchall()
    assert [row[0] for row in held] == ["high", "low", "t"]


def test_a_partition_takes_an_insert_of_its_own(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(
        "CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY HASH (id); "
        "CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0) PARTITION BY HASH (id); "
        "CREATE TABLE pp PARTITION OF p FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
    )
    helpers.run(connection, helpers.scripts(url).up)
    assert [insert(connection, table) for table in ("t", "p", "pp")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("relation", "grant"),
    [
        ("t", "GRANT INSERT ON t TO writer"),
        ("t", "GRANT INSERT (v) ON t TO writer"),
        ("b", "GRANT INSERT ON b TO writer"),
        ("t", "GRANT INSERT ON t TO PUBLIC"),
    ],
)
def test_the_role_that_may_insert_can(
    relation: str, grant: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(
        "CREATE TABLE t (id integer PRIMARY KEY, v text); ALTER TABLE t OWNER TO owner; "
        "CREATE VIEW b AS SELECT v FROM t; ALTER VIEW b OWNER TO owner; "
        f"GRANT USAGE ON SCHEMA public TO PUBLIC; {grant}"
    )
    helpers.run(connection, helpers.scripts(url).up)
    with helpers.connected(url, "writer") as writer:
        writer.execute(f"INSERT INTO {relation} (v) VALUES ('x')")
    assert connection.execute("SELECT id, v FROM t").fetchall() == [(1, "x")]


def test_a_role_without_insert_gets_no_usage(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY); GRANT SELECT ON t TO writer")
    helpers.run(connection, helpers.scripts(url).up)
    asked = connection.execute("SELECT has_sequence_privilege('writer', 't_id_seq', 'USAGE')")
    assert asked.fetchone() == (False,)


@pytest.mark.parametrize(
    ("ddl", "reason"),
    [
        ("CREATE TABLE t (id smallint PRIMARY KEY); INSERT INTO t VALUES (32767)",
         "no room: the next value would be 32,768, and smallint ends at 32,767; "
         "widen the column to bigint first"),
        ("CREATE TABLE t (id integer PRIMARY KEY); CREATE SEQUENCE t_id_seq; ALTER SEQUENCE t_id_seq OWNER TO owner",
         "owner owns the sequence public.t_id_seq, and postgres the table: ALTER SEQUENCE ... OWNER TO postgres, or "
         "drop it, then plan again"),
        (
            "CREATE TABLE t (id serial PRIMARY KEY); "
            "ALTER TABLE t ALTER id DROP DEFAULT; "
            "ALTER SEQUENCE t_id_seq INCREMENT -1 MINVALUE -5",
         "the sequence public.t_id_seq counts by -1: decide whether new ids should do so too"),
        (
            "CREATE TABLE t (id serial PRIMARY KEY); "
            "ALTER TABLE t ALTER id DROP DEFAULT; "
            "ALTER SEQUENCE t_id_seq INCREMENT 2",
         "the sequence public.t_id_seq counts by 2: decide whether new ids should do so too"),
        ("CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id DROP DEFAULT; "
         "ALTER SEQUENCE t_id_seq MAXVALUE 50; INSERT INTO t VALUES (50)",
         "no room: the next value would be 51, and the sequence public.t_id_seq ends at 50; raise its MAXVALUE first"),
        ("CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id DROP DEFAULT; "
         "ALTER SEQUENCE t_id_seq MAXVALUE 50; SELECT setval('t_id_seq', 50)",
         "no room: the next value would be 51, and the sequence public.t_id_seq ends at 50; raise its MAXVALUE first"),
        ("CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id DROP DEFAULT; "
         "ALTER SEQUENCE t_id_seq MAXVALUE 50 CYCLE; INSERT INTO t VALUES (40)",
         "someone set the end of the sequence public.t_id_seq to 50, and 10 ids would be left: "
         "raise its MAXVALUE, then plan again"),
        ("CREATE TABLE t (id integer PRIMARY KEY); "
         "INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) VALUES (1, 't'::regclass, 'r')",
         "logical replication fills the table, with the ids of the publisher: repair the publisher, and create a "
         "sequence here at fail-over"),
    ],
    ids=["full", "sequence of another role", "descending", "odd and even", "short", "at its end",
         "nearly at its end", "subscribed"],
)  # fmt: skip
def test_by_hand_with_the_reason(
    ddl: str, reason: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(ddl)
    (item,) = helpers.items(url)
    assert item.remedy == Manual(reason)


def test_two_keys_that_want_one_name(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE a_b (c integer PRIMARY KEY)")
    connection.execute("CREATE TABLE a (b_c integer PRIMARY KEY)")
    helpers.run(connection, helpers.scripts(url).up)
    assert (insert(connection, "a_b"), insert(connection, "a")) == (1, 1)


def test_an_attached_sequence_stays_after_the_downgrade(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY); CREATE SEQUENCE t_id_seq")
    made = helpers.scripts(url)
    helpers.run(connection, made.up)
    insert(connection, "t")
    helpers.run(connection, made.down)
    assert connection.execute("SELECT last_value, is_called FROM t_id_seq").fetchone() == (1, True)


def test_rows_that_were_added_meanwhile_stay(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY)")
    made = helpers.scripts(url)
    helpers.run(connection, made.up)
    insert(connection, "t")
    helpers.run(connection, made.down)
    helpers.run(connection, made.up)
    assert insert(connection, "t") == 2


def test_who_writes_into_a_child_can(url: sa.URL, connection: psycopg.Connection) -> None:
    """Children draw from their parent's sequence, also those of another owner."""
    connection.execute(
        "CREATE TABLE t (id integer PRIMARY KEY); "
        "CREATE TABLE kid (v text, PRIMARY KEY (id)) INHERITS (t); ALTER TABLE kid OWNER TO owner; "
        "GRANT INSERT (v) ON kid TO writer; GRANT USAGE ON SCHEMA public TO PUBLIC"
    )
    by_hand = [i for i in helpers.items(url) if isinstance(i.remedy, Manual)]
    assert [i.remedy.reason for i in by_hand] == [
        "the repair of public.t includes it: children draw from the sequence of their parent"
    ]
    helpers.run(connection, helpers.scripts(url).up)
    for role in ("owner", "writer"):
        with helpers.connected(url, role) as other:
            other.execute("INSERT INTO kid (v) VALUES ('x')")
    assert insert(connection, "t") == 3


@pytest.mark.parametrize(
    ("before", "since"), [(149999, 150007), (150006, 150018), (160002, 160003), (160000, 170000)]
)
def test_since_when_an_added_identity_is_unlogged_with_its_table(before: int, since: int) -> None:
    """As the release notes of 15.7 and 16.3 tell it; test_every_remedy asks the servers at hand."""
    assert (follows_table(before), follows_table(since)) == (False, True)
