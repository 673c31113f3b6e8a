"""What hangs on a column and cannot be rebuilt exactly is named, with the reason."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
import sqlalchemy as sa

from remediate.catalog import catalog, dependants, members
from remediate.catalog.session import configure, read_only
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Name
from tests.conftest import OLDER_IN_SOAK
from tests.corpora import remedies
from tests.corpora.remedies import C, Q, S, T
from tests.support import helpers
from tests.support.examples import named


@pytest.fixture(params=OLDER_IN_SOAK, scope="session")
def server(request: pytest.FixtureRequest, start_server: Callable[[str], Server]) -> Server:
    return start_server(request.param)


TABLE = """
CREATE TABLE t (id integer PRIMARY KEY, c integer, d text);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""
VIEW = "CREATE VIEW v AS SELECT id, c FROM t; "
MATERIALIZED = "CREATE MATERIALIZED VIEW m AS SELECT id, c FROM t; CREATE INDEX mi ON m (c); "
INDEX = "CREATE INDEX i ON t ((c % 3)); "
EXTENDED = "ALTER EXTENSION plpgsql ADD "
PARTED = "CREATE TABLE p (c integer, n integer) PARTITION BY LIST (n); CREATE TABLE p1 PARTITION OF p DEFAULT; "
EVENT = "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; "

REFUSED = [
    ("function", "t.c", "CREATE FUNCTION g() RETURNS integer BEGIN ATOMIC SELECT max(c) FROM t; END", "function g"),
    ("function of a view", "t.c", VIEW
        + "CREATE FUNCTION g() RETURNS integer BEGIN ATOMIC SELECT max(id) FROM v; END",
        "function g, which needs public.v"),
    ("function of the row of a view", "t.c", VIEW +
        "CREATE VIEW w AS SELECT c FROM v; "
        "CREATE FUNCTION g(w) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "function g, which needs public.w"),
    ("column of the row type of a view", "t.c", VIEW + "CREATE TABLE u (x v[])",
        "table column public.u.x, which needs public.v"),
    ("domain over the row type of a view", "t.c", VIEW + "CREATE DOMAIN o AS v", "type public.o, which needs public.v"),
    ("sequence of a view", "t.c", VIEW + "CREATE SEQUENCE s OWNED BY v.id", "sequence public.s, which needs public.v"),
    ("view of an extension", "t.c", f"{VIEW}{EXTENDED}VIEW v", "view public.v, which belongs to extension plpgsql"),
    ("view that goes with an extension", "t.c", MATERIALIZED
        + "ALTER MATERIALIZED VIEW m DEPENDS ON EXTENSION plpgsql",
        "materialized view public.m, which depends on extension plpgsql"),
    ("index of a view that does", "t.c", MATERIALIZED
        + "ALTER INDEX mi DEPENDS ON EXTENSION plpgsql",
        "materialized view public.m, which depends on extension plpgsql"),
    ("index that does", "t.c", INDEX + "ALTER INDEX i DEPENDS ON EXTENSION plpgsql",
        "index i, which depends on extension plpgsql"),
    ("view with the password of a connection", "t.c",
        "CREATE VIEW v AS SELECT c, 'host=h user=u password=hunter2'::text AS target FROM t",
        "view public.v, which holds a password that a revision would keep"),
    ("trigger with a URL", "t.c",
        "CREATE TRIGGER g BEFORE UPDATE OF c ON t EXECUTE FUNCTION f('https://u:hunter2@example.org/')",
        "trigger g, which holds a password that a revision would keep"),
    ("trigger with the header of a request", "t.c",
        "CREATE TRIGGER g BEFORE UPDATE OF c ON t EXECUTE FUNCTION f('Authorization: Bearer q7-Uw')",
        "trigger g, which holds a password that a revision would keep"),
    ("trigger with an address at which everybody may post", "t.c",
        "CREATE TRIGGER g BEFORE UPDATE OF c ON t "
        "EXECUTE FUNCTION f('https://hooks.slack.com/services/T0/B0/q7Uw')",
        "trigger g, which holds a password that a revision would keep"),
    ("trigger with the parameter of a request", "t.c",
        "CREATE TRIGGER g BEFORE UPDATE OF c ON t EXECUTE FUNCTION f('access_token=q7-Uw')",
        "trigger g, which holds a password that a revision would keep"),
    ("trigger that does", "t.c",
        "CREATE TRIGGER g BEFORE UPDATE OF c ON t EXECUTE FUNCTION f(); "
        "ALTER TRIGGER g ON t DEPENDS ON EXTENSION plpgsql",
        "trigger g, which depends on extension plpgsql"),
    ("security label", "t.c", VIEW
        + "INSERT INTO pg_seclabel VALUES ('v'::regclass, 'pg_class'::regclass, 1, 'x', 'y')",
        "view public.v, which has a security label"),
    ("grants by others", "t.c", VIEW +
        "GRANT SELECT ON v TO owner WITH GRANT OPTION; SET ROLE owner; "
        "GRANT SELECT ON v TO writer; RESET ROLE", "view public.v, with grants by owner"),
    ("grants on columns by others", "t.c", VIEW +
        "GRANT SELECT (c) ON v TO owner WITH GRANT OPTION; SET ROLE owner; "
        "GRANT SELECT (c) ON v TO writer; RESET ROLE", "view public.v, with grants by owner"),
    ("grants on the row type", "t.c", VIEW + "GRANT USAGE ON TYPE v TO writer",
        "view public.v, whose row type has grants or a comment"),
    ("comment on the row type", "t.c", VIEW + "COMMENT ON TYPE v IS 'x'",
        "view public.v, whose row type has grants or a comment"),
    ("circle", "t.c", VIEW +
        "CREATE VIEW w AS SELECT c, id FROM v; "
        "CREATE OR REPLACE VIEW v AS SELECT w.id, w.c FROM w, t WHERE t.c = 1",
        "view public.v, which reads itself; view public.w, which reads itself"),
    ("event trigger", "t.c", VIEW + EVENT
        + "CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION e()",
        "view public.v, which event trigger et may change when it is made"),
    ("event trigger for views", "t.c", MATERIALIZED + EVENT +
        "CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('CREATE MATERIALIZED VIEW') "
        "EXECUTE FUNCTION e()",
     "materialized view public.m, which event trigger et may change when it is made"),
    ("index that is not valid", "t.c", INDEX
        + "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
        "index i, which is not valid"),
    ("index of a view that is not", "t.c", MATERIALIZED
        + "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'mi'::regclass",
        "materialized view public.m, whose index mi is not valid"),
    ("constraint that is named", "t.c",
        "CREATE TABLE u (x text); "
        "ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree ((c % 3) WITH =); "
     "CREATE RULE r AS ON INSERT TO u DO ALSO INSERT INTO t (id) "
         "VALUES (1) ON CONFLICT ON CONSTRAINT x DO NOTHING",
         "exclusion constraint x, which rule r on public.u needs"),
    ("check unlike that of a partition", "p.c", PARTED +
        "ALTER TABLE p ADD CONSTRAINT k CHECK (c % 2 >= 0) NOT VALID; "
        "ALTER TABLE p1 VALIDATE CONSTRAINT k", "CHECK k, which is not the same in p1"),
    ("generated column", "t.c", "ALTER TABLE t ADD g integer GENERATED ALWAYS AS (c + 1) STORED", "generated column g"),
    ("partitioned index", "p.c", PARTED + "CREATE INDEX ON p (c)",
        "the indexes of its partitions, which would get new names"),
    ("partitioned index, computed", "p.c", PARTED + "CREATE INDEX ON p ((c % 3))",
        "the indexes of its partitions, which would get new names"),
    ("operator class", "t.c", "CREATE INDEX i ON t USING brin (c int4_bloom_ops)",
        "index i, whose operator class int4_bloom_ops is for its type only"),
    ("operator class of texts", "t.d", "CREATE INDEX i ON t (c, d text_pattern_ops) INCLUDE (id)",
        "index i, whose operator class text_pattern_ops is for its type only"),
    ("collation of an index", "t.d", 'CREATE INDEX i ON t (d COLLATE "C")',
        "index i, which has a collation of its own"),
    ("list that reads as something else", "u.c",
        "CREATE TABLE u (c integer, x varchar); "
        "CREATE VIEW v AS SELECT c FROM u WHERE x IN (lower('a'), 'b')",
     "view public.v is printed by PostgreSQL so that it reads as something else"),
    ("partition key", "p.n", PARTED, "partition key of p"),
    ("partition key of a partition", "p.c",
        "CREATE TABLE p (c integer, n integer) PARTITION BY LIST (n); "
        "CREATE TABLE p1 PARTITION OF p DEFAULT PARTITION BY HASH (c)", "partition key of p1"),
    ("row type", "t.c", "CREATE TABLE u (x t)", "a column of its row type"),
    ("typed table", "u.c", "CREATE TYPE y AS (c integer); CREATE TABLE u OF y", "type y, of which its table is"),
    ("domain", "u.c", "CREATE DOMAIN o AS integer; CREATE TABLE u (c o)", "domain o"),
    ("inherited", "t.c", "CREATE TABLE kid () INHERITS (t)", "inherited by kid"),
    ("inherits", "kid.c", "CREATE TABLE kid () INHERITS (t)", "inherited from t"),
    ("hostile", "t.c",
        f"CREATE SCHEMA {S}; CREATE VIEW {S}.{Q} AS SELECT c AS {C} FROM t; "
        f"COMMENT ON TYPE {S}.{Q} IS 'x'; "
        f"CREATE VIEW {S}.{T} AS SELECT 1 FROM {S}.{Q}; "
        f"CREATE SEQUENCE {S}.s OWNED BY {S}.{T}.\"?column?\"",
     f"sequence {S}.s, which needs {S}.{T}; view {S}.{Q}, whose row type has grants or a comment"),
]  # fmt: skip
AS_WRITER = [
    ("view of another", VIEW + "ALTER VIEW v OWNER TO owner", "view public.v, which belongs to owner"),
    ("view that its owner could not make", VIEW
        + "CREATE SCHEMA x; ALTER VIEW v OWNER TO writer; ALTER VIEW v SET SCHEMA x",
        "view x.v, whose owner writer may not create in schema x"),
    ("index in a schema that is closed", INDEX + "REVOKE CREATE ON SCHEMA public FROM writer",
        "index i, whose owner writer may not create in schema public"),
    ("statistics in a schema that is closed",
        "CREATE SCHEMA x; CREATE STATISTICS x.st ON (c % 3) FROM t; "
        "ALTER STATISTICS x.st OWNER TO writer",
     "statistics x.st, whose owner writer may not create in schema x"),
    ("policy of another",
        "CREATE TABLE u (x integer); CREATE POLICY p ON u USING (x IN (SELECT c FROM t))",
        "policy p on public.u, which belongs to postgres"),
    ("rule of another",
        "CREATE TABLE u (x integer); "
        "CREATE RULE r AS ON INSERT TO u DO ALSO DELETE FROM t WHERE c = 1",
        "rule r on public.u, which belongs to postgres"),
    ("publication of another", "CREATE PUBLICATION b FOR TABLE t (c)", "publication b, which belongs to postgres"),
    ("statistics of another",
        "CREATE STATISTICS st ON c, d FROM t; ALTER STATISTICS st OWNER TO owner",
        "statistics public.st, which belongs to owner"),
    ("statistics of a view of another", MATERIALIZED +
        "ALTER MATERIALIZED VIEW m OWNER TO writer; "
        "CREATE STATISTICS st ON c, id FROM m; "
        "ALTER STATISTICS st OWNER TO owner",
     "materialized view public.m, which belongs to owner"),
    ("its own", VIEW +
        "ALTER VIEW v OWNER TO writer; "
        "CREATE STATISTICS st ON c, d FROM t; "
        "ALTER STATISTICS st OWNER TO writer; "
        "CREATE TRIGGER g BEFORE UPDATE OF c ON t EXECUTE FUNCTION f()", ""),
]  # fmt: skip

# What PostgreSQL 13 cannot have: BEGIN ATOMIC, operator classes with parameters, statistics on
# expressions, and column lists of publications.
SINCE = {
    "function": 14, "function of a view": 14, "operator class": 14,
    "statistics in a schema that is closed": 14, "publication of another": 15,
}  # fmt: skip


@pytest.fixture
def url(shared: sa.URL) -> Iterator[sa.URL]:
    remedies.wipe(shared)
    yield shared
    with helpers.connected(shared) as connection:
        connection.execute("""
            DO $$ BEGIN ALTER EXTENSION plpgsql DROP VIEW public.v; EXCEPTION WHEN OTHERS THEN END $$""")


def obstacles(url: sa.URL, place: str) -> str:
    table, column = place.split(".")
    wanted = (Name("public", table), column)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection, read_only(connection):
        configure(connection)
        return "; ".join(
            members.read(connection, catalog.read(connection), [wanted])[wanted].obstacles
        )


@pytest.mark.parametrize(("place", "ddl", "reason"), named(REFUSED, SINCE))
def test_refused_by_name(
    place: str, ddl: str, reason: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((TABLE + ddl).encode())
    assert obstacles(url, place) == reason


@pytest.mark.parametrize(("ddl", "reason"), named(AS_WRITER, SINCE))
def test_what_the_role_may_not_rebuild(
    ddl: str, reason: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(
        (
            TABLE
            + "ALTER TABLE t OWNER TO writer; GRANT CREATE ON SCHEMA public TO writer, owner; "
            + ddl
        ).encode()
    )
    assert obstacles(url.set(username="writer"), "t.c") == reason
    assert obstacles(url, "t.c") == ""


def test_a_role_that_only_looks_counts_as_the_owner_of_the_table(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((TABLE + "ALTER TABLE t OWNER TO writer; " + AS_WRITER[-1][1]).encode())
    connection.execute("GRANT CREATE ON SCHEMA public TO writer")
    assert obstacles(url.set(username="owner"), "t.c") == ""


def test_a_temporary_view_of_another_session(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(f"{TABLE} CREATE TEMPORARY VIEW v AS SELECT c FROM t".encode())
    schema = connection.execute("SELECT pg_my_temp_schema()::regnamespace::text").fetchone()[0]
    assert obstacles(url, "t.c") == f"view {schema}.v, which another session keeps for itself"


def test_a_large_materialized_view(url: sa.URL, connection: psycopg.Connection) -> None:
    """Of its pages nobody keeps a count until it is analyzed."""
    connection.execute(TABLE.encode())
    connection.execute(
        "INSERT INTO t SELECT g, g, repeat('x', 900) FROM generate_series(1, 9000) g"
    )
    connection.execute("CREATE MATERIALIZED VIEW m AS SELECT c, d FROM t WHERE id < 7000")
    assert obstacles(url, "t.c") == ""
    connection.execute("CREATE MATERIALIZED VIEW n AS SELECT c, d FROM t")
    pages = connection.execute("SELECT pg_relation_size('n') / 8192").fetchone()[0]
    assert pages > dependants.PAGES
    content = f"content of materialized view public.n, which has {pages} pages"
    assert obstacles(url, "t.c") == content
