"""What hangs on a column is taken down, and comes back as it was, in both directions."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from remediate.catalog import batches, dependants
from remediate.catalog.session import configure, read_only
from remediate.findings.remedy import Expectation
from remediate.findings.states import Definitions
from remediate.postgres.sql import ident
from remediate.rehearsal.scratch import Server
from remediate.remedies import alterations
from remediate.revisions.blocks import Block
from remediate.revisions.hanging import rebuilt, taken_down
from remediate.snapshots.members import CONTENT, Dependant
from remediate.snapshots.tables import Name
from tests.conftest import OLDER_IN_SOAK
from tests.corpora import remedies
from tests.corpora.remedies import BARE_C, BARE_S, BARE_T, ODD, OWNER, WRITER, C, Q, S, T, literal
from tests.support import helpers


@pytest.fixture(params=OLDER_IN_SOAK, scope="session")
def server(request: pytest.FixtureRequest, start_server: Callable[[str], Server]) -> Server:
    return start_server(request.param)


Place = tuple[Name, str]
COLUMN = (Name("public", "t"), "c")
KEY = (Name("public", "t"), "id")


@dataclass(frozen=True)
class Way:
    """A change of type, and how a case is written for the type before it."""

    old: str
    new: str
    value: str
    constant: str
    computed: str
    using: str = ""


WAYS = {
    "bigint": Way("integer", "bigint", "g", "5", "(c + 1)"),
    "integer": Way("varchar(50)", "integer", "g::text", "'5'", "lower(c)", "::integer"),
    "uuid": Way("varchar(36)", "uuid", "md5(g::text)::uuid::text",
        "'c4ca4238-a0b9-2382-0dcc-509a6f75849b'", "lower(c)", "::uuid"),
}  # fmt: skip
TABLE = """
CREATE TABLE t (id integer PRIMARY KEY, c <old>, d integer, e text);
INSERT INTO t SELECT g, <value>, g, 'e' FROM generate_series(1, 9) g;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""
LOG = "CREATE TABLE log (x text); "
PARTED = (
    "CREATE TABLE p (id integer, c integer, n integer) PARTITION BY LIST (n); "
    "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (id); "
    "CREATE TABLE p11 PARTITION OF p1 DEFAULT; "
    "CREATE TABLE p2 (c integer, n integer, id integer); "
    "ALTER TABLE p ATTACH PARTITION p2 DEFAULT; "
)
IN_PARTS = ((Name("public", "p"), "c"),)


@dataclass(frozen=True)
class Case:
    """`found`: kind and name of each, in the order of their rebuilding."""

    name: str
    found: str
    ddl: str
    ways: tuple[str, ...] = tuple(WAYS)
    places: tuple[Place, ...] = (COLUMN,)
    since: int = 13

    def written(self, way: Way) -> str:
        text = TABLE + self.ddl
        for word in ("old", "value", "constant", "computed"):
            text = text.replace(f"<{word}>", getattr(way, word))
        return text


def wide(name: str, found: str, ddl: str, *places: Place, since: int = 13) -> Case:
    """From integer to bigint only."""
    return Case(name, found, ddl, ("bigint",), places or (COLUMN,), since)


def of(*places: str) -> tuple[Place, ...]:
    return tuple((Name("public", p.split(".")[0]), p.split(".")[1]) for p in places)


TEXT = literal(ODD + " E'x' $$ \\' '' \t")
LONG = '"' + "é" * 31 + 'x"'
VIEWS = [
    Case("view", "view public.v", "CREATE VIEW v AS SELECT id, c, e FROM t"),
    Case("view that only compares", "view public.v",
        "CREATE VIEW v AS SELECT id, <computed> AS x FROM t "
        "WHERE c <> <constant> OR c IN (<constant>, <constant>)"),
    Case("views over views", "view other.w, view public.v, view public.w, view public.x",
         "CREATE SCHEMA other AUTHORIZATION writer; "
         "CREATE VIEW v AS SELECT id, c FROM t; "
         "CREATE VIEW other.w AS SELECT * FROM public.t; "
         "GRANT USAGE ON SCHEMA public TO PUBLIC; "
         "CREATE VIEW w AS SELECT v.c, o.id FROM v JOIN other.w o USING (id); "
         "CREATE VIEW x AS SELECT w.* FROM w, v; "
         "ALTER VIEW other.w OWNER TO writer; ALTER VIEW x OWNER TO owner"),
    wide("options", "view public.a, view public.b, view public.i, view public.v",
         "CREATE VIEW v WITH (security_barrier) AS SELECT id, c FROM t "
         "WHERE c > 0 WITH CASCADED CHECK OPTION; "
         "CREATE VIEW a WITH (check_option = local, security_barrier = false) AS SELECT c "
         "FROM t; "
         "CREATE VIEW b AS SELECT c FROM t; CREATE VIEW i WITH (security_invoker = true) AS SELECT c FROM t",
         since=15),
    wide("recursive view", "view public.v",
        "CREATE RECURSIVE VIEW v (n, i) AS SELECT c, 1 FROM t UNION ALL SELECT n, i + 1 FROM v "
        "WHERE i < 3"),
    Case("owner, grants", "view public.v",
         "CREATE VIEW v AS SELECT id, c, d FROM t; "
         "ALTER VIEW v OWNER TO owner; "
         "GRANT UPDATE, SELECT ON v TO writer WITH GRANT OPTION; "
         "GRANT INSERT ON v TO writer; GRANT SELECT ON v TO PUBLIC; "
         "GRANT SELECT (c, d), INSERT (c) ON v TO writer; "
         "GRANT UPDATE (c) ON v TO postgres WITH GRANT OPTION; "
         "GRANT REFERENCES (id) ON v TO PUBLIC"),
    wide("rights that the owner gave up", "view public.n, view public.o, view public.p, view public.v",
         "CREATE VIEW v AS SELECT c FROM t; ALTER VIEW v OWNER TO owner; "
         "REVOKE DELETE, TRUNCATE ON v FROM owner; "
         "CREATE VIEW n AS SELECT c FROM t; REVOKE ALL ON n FROM postgres; "
         "CREATE VIEW o AS SELECT c FROM t; GRANT SELECT ON o TO writer; "
         "REVOKE ALL ON o FROM postgres; GRANT SELECT ON o TO owner; "
         "GRANT INSERT ON o TO postgres WITH GRANT OPTION; "
         "CREATE VIEW p AS SELECT c FROM t; GRANT SELECT ON p TO writer; "
         "REVOKE ALL ON p FROM postgres; GRANT ALL ON p TO postgres"),
    Case("default privileges", "view public.o, view public.v",
         "CREATE VIEW v AS SELECT id, c FROM t; "
         "CREATE VIEW o AS SELECT c FROM t; ALTER VIEW o OWNER TO owner; "
         "REVOKE DELETE ON o FROM owner; GRANT SELECT ON o TO writer; "
         f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO {OWNER} WITH GRANT "
         "OPTION; "
         "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC, writer"),
    wide("default privileges that take from the owner", "view public.v",
         "CREATE VIEW v AS SELECT c FROM t; ALTER VIEW v OWNER TO owner; "
         "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM postgres; "
         "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO writer"),
    wide("comments", "view public.v",
        f"CREATE VIEW v AS SELECT id, c, d AS {C} FROM t; "
        f"COMMENT ON VIEW v IS {TEXT}; COMMENT ON COLUMN v.c IS 'it''s c'; "
        f"COMMENT ON COLUMN v.{C} IS {TEXT}"),
    wide("defaults of columns", "view public.v",
         "CREATE SEQUENCE s; CREATE VIEW v AS SELECT id, c, e FROM t; "
         "ALTER VIEW v ALTER id SET DEFAULT nextval('s'), ALTER c SET DEFAULT 5 % 3; "
         f"ALTER VIEW v ALTER e SET DEFAULT {TEXT}"),
    wide("triggers of a view", "view public.v",
         "CREATE VIEW v AS SELECT id, c FROM t; "
         "CREATE TRIGGER a INSTEAD OF INSERT OR DELETE ON v FOR EACH ROW "
         f"EXECUTE FUNCTION f({TEXT}, 'a'); "
         f"CREATE TRIGGER {Q} BEFORE UPDATE ON v EXECUTE FUNCTION f(); COMMENT ON TRIGGER {Q} ON v IS {TEXT}"),
    wide("rules of a view", "view public.v, view public.u",
         "CREATE VIEW v AS SELECT id, c FROM t; "
         "CREATE VIEW u AS SELECT id, c FROM t; "
         "CREATE RULE a AS ON INSERT TO u WHERE NEW.c % 2 = 1 DO ALSO (UPDATE v SET c = NEW.c; "
         "DELETE FROM t WHERE c = 7); "
         f"CREATE RULE {Q} AS ON DELETE TO v DO INSTEAD NOTHING; COMMENT ON RULE {Q} ON v IS {TEXT}"),
    wide("a view only by its rule", "view public.v, view public.w",
        "CREATE VIEW v AS SELECT 1 AS x; CREATE VIEW w AS SELECT x FROM v; "
        "CREATE RULE r AS ON INSERT TO v DO INSTEAD INSERT INTO t (id, c) VALUES (NEW.x, NEW.x)"),
    wide("grouped by the key", "view public.v", "CREATE VIEW v AS SELECT d, e, count(*) FROM t GROUP BY id", KEY),
    wide("renamed columns, row types", "view public.v, view public.w",
         "CREATE VIEW v AS SELECT id, c FROM t; "
         "ALTER VIEW v RENAME c TO \"select\"; "
         "CREATE VIEW w AS SELECT v, v.id, ARRAY[v] AS many FROM v"),
    wide("one name in two schemas", "view a.v, view b.v",
        "CREATE SCHEMA a; CREATE SCHEMA b; "
        "CREATE VIEW a.v AS SELECT c FROM t; "
        "CREATE VIEW b.v AS SELECT c FROM a.v"),
    Case("hostile text", "view public.v, view public.w",
         f"CREATE VIEW v AS SELECT id, c, {TEXT} AS a, E'\\\\a' AS b, 'a' || '\\' AS x, "
         "'$$' || '$remediate$' AS y, U&'\\0041' AS z FROM t "
         f"WHERE e <> {TEXT} AND e NOT LIKE '100\\%'; "
         f"CREATE VIEW w AS SELECT id % 3 AS a, (ARRAY[1,2,3])[id:d] AS b, c, {TEXT} AS e, B'01' AS g FROM t"),
    wide("much of SQL", "view public.v",
         "CREATE VIEW v AS WITH a AS MATERIALIZED (SELECT c, "
         "rank() OVER (PARTITION BY d ORDER BY c DESC NULLS LAST) AS r FROM t), "
         "b AS (SELECT 1 AS x UNION SELECT c FROM t) "
         "SELECT a.*, g.y, row(a.c, 'x')::text AS z, interval '1 day 2 hours' AS i, "
         "timestamptz '2020-01-02 03:04:05+00' AS s, '\\x00'::bytea AS h, "
         "CASE WHEN r > 1 THEN 1.10 END AS n "
         "FROM a LEFT JOIN b ON a.c = b.x CROSS JOIN LATERAL generate_series(1, a.c) g(y) "
         "WHERE EXISTS (SELECT FROM t WHERE t.c = a.c) ORDER BY 1 LIMIT 5"),
    wide("hostile names", f"view {S}.{Q}, materialized view {S}.{C}, content of materialized view {S}.{C}",
         f"CREATE SCHEMA {S}; "
         f"CREATE TABLE {S}.{T} ({C} integer, {Q} integer); "
         f"GRANT USAGE, CREATE ON SCHEMA {S} TO PUBLIC; "
         f"CREATE VIEW {S}.{Q} AS SELECT {C}, {Q} AS {T} FROM {S}.{T}; "
         f"GRANT SELECT ON {S}.{T} TO {OWNER}; "
         f"ALTER VIEW {S}.{Q} OWNER TO {OWNER}; "
         f"GRANT SELECT ON {S}.{Q} TO {WRITER} WITH GRANT OPTION; "
         f"GRANT UPDATE ({T}) ON {S}.{Q} TO {WRITER}; "
         f"CREATE MATERIALIZED VIEW {S}.{C} AS SELECT * FROM {S}.{Q}",
         (Name(BARE_S, BARE_T), BARE_C)),
    wide("reserved words, 63 bytes", "view public.\"select\", view public.\"user\"",
         f"CREATE VIEW \"select\" AS SELECT c AS {LONG}, id AS \"table\" FROM t; "
         f"CREATE VIEW \"user\" (\"where\") AS SELECT {LONG} FROM \"select\"; "
         f"COMMENT ON COLUMN \"select\".{LONG} IS 'x'"),
    Case("two columns", "view public.v, view public.w",
        "ALTER TABLE t ADD x <old>; CREATE VIEW v AS SELECT c, x FROM t; "
        "CREATE VIEW w AS SELECT a.c FROM v a JOIN t ON t.x = a.x",
         places=of("t.x", "t.c")),
    wide("levels by two tables", "view public.a, view public.b, view public.c",
        "CREATE TABLE u (x integer); CREATE VIEW a AS SELECT x FROM u; "
        "CREATE VIEW b AS SELECT c, x FROM t, a; "
        "CREATE VIEW c AS SELECT x FROM b",
         *of("t.c", "u.x")),
    wide("view on a partition", "view public.v, view public.w", PARTED
        + "CREATE VIEW v AS SELECT c FROM p11; CREATE VIEW w AS SELECT c FROM p", *IN_PARTS),
]  # fmt: skip
FULL = "content of materialized view public."
MATERIALIZED = [
    Case("materialized view", f"materialized view public.m, {FULL}m",
        "CREATE MATERIALIZED VIEW m AS SELECT id, c FROM t"),
    wide("without content", "materialized view public.m",
        "CREATE MATERIALIZED VIEW m AS SELECT c FROM t WITH NO DATA; "
        "ALTER MATERIALIZED VIEW m OWNER TO owner"),
    Case("with everything", f"materialized view public.m, {FULL}m",
         "CREATE MATERIALIZED VIEW m USING heap WITH (fillfactor = 70, "
         "toast.autovacuum_enabled = off, autovacuum_enabled = off) AS SELECT id, c, d, e "
         "FROM t; "
         "GRANT SELECT ON t TO owner; "
         "ALTER MATERIALIZED VIEW m OWNER TO owner; "
         "GRANT SELECT ON m TO writer; GRANT SELECT (c) ON m TO PUBLIC; "
         f"COMMENT ON MATERIALIZED VIEW m IS {TEXT}; "
         "COMMENT ON COLUMN m.c IS 'c'; "
         "ALTER MATERIALIZED VIEW m ALTER c SET STATISTICS 77, ALTER d SET STATISTICS 0, "
         "ALTER d SET (n_distinct = -0.5, n_distinct_inherited = 7), "
         "ALTER e SET STORAGE EXTERNAL, ALTER e SET COMPRESSION pglz; "
         "ALTER TABLE m REPLICA IDENTITY FULL; "
         f"CREATE UNIQUE INDEX {Q} ON m (id) INCLUDE (d) WITH (fillfactor = 50); "
         f"COMMENT ON INDEX {Q} IS {TEXT}; "
         f"ALTER MATERIALIZED VIEW m CLUSTER ON {Q}; "
         f"CREATE INDEX x ON m (lower(e), (id % 3)) WHERE e <> {TEXT}; "
         "ALTER INDEX x ALTER COLUMN 2 SET STATISTICS 9; "
         "CREATE STATISTICS st (mcv) ON id, d FROM m; "
         "ALTER STATISTICS st OWNER TO writer; "
         "ALTER STATISTICS st SET STATISTICS 5; "
         f"COMMENT ON STATISTICS st IS {TEXT}", since=14),
    wide("over one another", f"materialized view public.m, view public.v, materialized view public.a, {FULL}m, {FULL}a",
         "CREATE MATERIALIZED VIEW m AS SELECT id, c FROM t; "
         "CREATE VIEW v AS SELECT c FROM m; "
         "CREATE MATERIALIZED VIEW a AS SELECT c FROM v; "
         "CREATE UNIQUE INDEX ON a (c)"),
    wide("behind row security", f"materialized view public.m, policy p, {FULL}m",
         "CREATE MATERIALIZED VIEW m AS SELECT id, c FROM t; "
         "GRANT SELECT ON t TO writer; "
         "ALTER MATERIALIZED VIEW m OWNER TO writer; "
         "ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
         "CREATE POLICY p ON t USING (c > 4); REFRESH MATERIALIZED VIEW m"),
]  # fmt: skip
ON_TABLES = [
    Case("trigger of a column", "trigger g",
        "CREATE TRIGGER g BEFORE UPDATE OF d, c ON t FOR EACH ROW EXECUTE FUNCTION f()"),
    Case("trigger with a condition", "trigger g",
         "CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW WHEN (OLD.c IS DISTINCT FROM NEW.c AND "
         f"NEW.e <> {TEXT}) EXECUTE FUNCTION f({TEXT}); "
         f"COMMENT ON TRIGGER g ON t IS {TEXT}"),
    wide("triggers switched", "trigger a, trigger d, trigger r",
         "CREATE TRIGGER a BEFORE UPDATE OF c ON t FOR EACH ROW EXECUTE FUNCTION f(); "
         "CREATE TRIGGER d BEFORE UPDATE OF c ON t EXECUTE FUNCTION f(); "
         "CREATE TRIGGER r AFTER INSERT ON t FOR EACH ROW WHEN (NEW.c % 2 = 1) "
         "EXECUTE FUNCTION f(); "
         "ALTER TABLE t ENABLE ALWAYS TRIGGER a, DISABLE TRIGGER d, ENABLE REPLICA TRIGGER r"),
    wide("constraint trigger", f"trigger {Q}",
        "CREATE TABLE u (x text); "
        f"CREATE CONSTRAINT TRIGGER {Q} AFTER UPDATE OF c ON t "
        "FROM u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f(); "
        f"COMMENT ON TRIGGER {Q} ON t IS 'x'; COMMENT ON CONSTRAINT {Q} ON t IS {TEXT}"),
    wide("triggers of partitions", "trigger g, trigger h, trigger i",
         PARTED +
             "CREATE TRIGGER g AFTER UPDATE OF c ON p FOR EACH ROW EXECUTE FUNCTION f(); "
             "ALTER TABLE ONLY p11 DISABLE TRIGGER g; "
             "ALTER TABLE ONLY p2 ENABLE ALWAYS TRIGGER g; "
             "COMMENT ON TRIGGER g ON p2 IS 'x'; "
         "CREATE TRIGGER h BEFORE UPDATE OF c ON p1 FOR EACH ROW EXECUTE FUNCTION f(); "
             "CREATE TRIGGER i BEFORE UPDATE OF c ON p2 FOR EACH ROW EXECUTE FUNCTION f(); "
             "ALTER TABLE ONLY p DISABLE TRIGGER g", *IN_PARTS),
    Case("policy", "policy p",
        f"CREATE POLICY p ON t USING (c <> <constant> OR e = {TEXT}); "
        f"COMMENT ON POLICY p ON t IS {TEXT}; "
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
    wide("policies", f"policy {Q}, policy d, policy i, policy s, policy u",
         f"CREATE POLICY {Q} ON t AS RESTRICTIVE TO writer, {OWNER}, "
         "owner USING (c % 2 = 0) WITH CHECK (c > 1); "
         "CREATE POLICY s ON t FOR SELECT USING (c > 1); "
         "CREATE POLICY i ON t FOR INSERT TO PUBLIC WITH CHECK (c > 1); "
         "CREATE POLICY u ON t FOR UPDATE USING (c > 1) WITH CHECK (true); "
         "CREATE POLICY d ON t FOR DELETE USING (c > 1); "
         "CREATE POLICY other ON t USING (d > 1)"),
    wide("policies that read views", "view public.v, policy p, policy q, policy r",
         "CREATE VIEW v AS SELECT id, c FROM t; "
         "CREATE POLICY p ON t USING (id IN (SELECT c FROM v)); "
         "CREATE TABLE u (x integer); "
         "CREATE POLICY q ON u USING (x IN (SELECT c FROM v)); "
         "CREATE POLICY r ON u USING (x = ANY (SELECT c FROM t))"),
    Case("rule", "rule r", LOG +
        "CREATE RULE r AS ON INSERT TO t WHERE NEW.c <> <constant> DO ALSO INSERT INTO log "
        "VALUES (NEW.c)"),
    wide("rules", f"rule {Q}, rule a, rule d, rule s",
         LOG +
             f"CREATE RULE {Q} AS ON UPDATE TO t DO INSTEAD (INSERT INTO log VALUES (OLD.c % 2); "
             f"INSERT INTO log VALUES ({TEXT})); "
             "CREATE RULE a AS ON DELETE TO t WHERE OLD.c > 1 DO ALSO NOTHING; "
         "CREATE RULE d AS ON DELETE TO t WHERE OLD.c > 1 DO ALSO NOTHING; "
         "CREATE RULE s AS ON INSERT TO t WHERE NEW.c > 1 DO ALSO NOTHING; "
         f"COMMENT ON RULE {Q} ON t IS {TEXT}; "
         "ALTER TABLE t ENABLE ALWAYS RULE a, DISABLE RULE d, ENABLE REPLICA RULE s"),
    wide("rules of others", "view public.v, rule a, rule r",
         LOG +
             "CREATE VIEW v AS SELECT id, c FROM t; "
             "CREATE RULE a AS ON DELETE TO log DO ALSO DELETE FROM v; "
             "CREATE RULE r AS ON INSERT TO log DO ALSO INSERT INTO t (id, c) "
             "VALUES (1, 2) ON CONFLICT DO NOTHING"),
    wide("rule by the key's constraint", "rule r", LOG +
        "CREATE RULE r AS ON INSERT TO log DO ALSO INSERT INTO t (d) "
        "VALUES (2) ON CONFLICT ON CONSTRAINT t_pkey DO NOTHING", KEY),
    Case("columns of a publication", "publication a, publication b",
        "CREATE PUBLICATION a FOR TABLE t (id, c); "
        "CREATE PUBLICATION b FOR TABLE t (c) WITH (publish = 'insert'); "
        "CREATE PUBLICATION z FOR TABLE t", since=15),
    wide("rows of a publication", f"publication {Q}, publication b",
        "CREATE TABLE u (x text); "
        f"CREATE PUBLICATION {Q} FOR TABLE u, ONLY t (e, c, id) WHERE (c > 5 AND e <> {TEXT}); "
        "CREATE PUBLICATION b FOR TABLE t WHERE (c % 2 = 1)", since=15),
    wide("publication of a partition", "publication a", PARTED
        + "CREATE PUBLICATION a FOR TABLE p11 (c), TABLE p", *IN_PARTS, since=15),
    Case("computed index", "index x",
         "CREATE UNIQUE INDEX x ON t (<computed> DESC, e) INCLUDE (d) WITH (fillfactor = 50) "
         f"WHERE e <> {TEXT}; "
         f"COMMENT ON INDEX x IS {TEXT}; "
         "ALTER INDEX x ALTER COLUMN 1 SET STATISTICS 777; "
         "CREATE INDEX y ON t ((d + 1)); CREATE INDEX z ON t (c, d DESC) WHERE d > 7"),
    wide("indexes", f"index {Q}, index a, index b, index g",
         f"CREATE INDEX {Q} ON t ((c % 7), (e || {TEXT})); "
         f"ALTER TABLE t CLUSTER ON {Q}; "
         "CREATE INDEX a ON t (id) WHERE c::bigint > 5; "
         "CREATE INDEX b ON t USING brin (c, (d + 1)) WITH (pages_per_range = 9); "
         "CREATE INDEX g ON t USING gin ((ARRAY[c])) WITH (fastupdate = off); "
         "CREATE INDEX plain ON t (c) WHERE c > 5 AND d < 9"),
    wide("index of a partition", "index x", PARTED
        + "CREATE INDEX x ON p11 ((c + 1)); ALTER INDEX x ALTER 1 SET STATISTICS 7", *IN_PARTS),
    Case("computed check", "CHECK ck",
        f"ALTER TABLE t ADD CONSTRAINT ck CHECK (<computed> IS NOT NULL AND e <> {TEXT}); "
        f"COMMENT ON CONSTRAINT ck ON t IS {TEXT}"),
    wide("checks", f"CHECK {Q}, CHECK n",
        f"ALTER TABLE t ADD CONSTRAINT {Q} CHECK (c % 7 > 100) NOT VALID, "
        "ADD CONSTRAINT n CHECK (c + d > 0) NO INHERIT, ADD CONSTRAINT plain CHECK (c > 0)"),
    wide("checks of partitions", "CHECK n, CHECK w, CHECK o",
         PARTED +
             "ALTER TABLE p ADD CONSTRAINT w CHECK (c % 7 >= 0), "
             "ADD CONSTRAINT n CHECK (c % 8 >= 0) NOT VALID; "
             "COMMENT ON CONSTRAINT w ON p2 IS 'p2'; "
             "COMMENT ON CONSTRAINT w ON p11 IS 'p11'; "
             "COMMENT ON CONSTRAINT w ON p IS 'p'; "
         "ALTER TABLE p2 ADD CONSTRAINT o CHECK (c % 9 >= 0)", *IN_PARTS),
    wide("checks not enforced", "CHECK a, CHECK b",
        "ALTER TABLE t ADD CONSTRAINT a CHECK (c % 7 > 100) NOT ENFORCED, "
        "ADD CONSTRAINT b CHECK (c % 7 > 100) NO INHERIT NOT ENFORCED", since=18),
    Case("exclusion", "exclusion constraint x",
         "ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree (<computed> WITH =, "
         "d WITH =) INCLUDE (e) WITH (fillfactor = 60) "
         f"WHERE (e <> {TEXT}) DEFERRABLE INITIALLY DEFERRED; "
         "COMMENT ON CONSTRAINT x ON t IS 'c'; COMMENT ON INDEX x IS 'i'; ALTER INDEX x ALTER 1 SET STATISTICS 5"),
    Case("computed statistics", "statistics other.st",
         "CREATE SCHEMA other; "
         "CREATE STATISTICS other.st (mcv, dependencies) ON <computed>, d, e FROM t; "
         "ALTER STATISTICS other.st OWNER TO writer; "
         "ALTER STATISTICS other.st SET STATISTICS 0; "
         f"COMMENT ON STATISTICS other.st IS {TEXT}", since=14),
    Case("statistics", f"statistics public.{Q}, statistics public.st",
         f"CREATE STATISTICS {Q} ON c, d FROM t; "
         f"ALTER STATISTICS {Q} OWNER TO {OWNER}; "
         f"COMMENT ON STATISTICS {Q} IS 'x'; "
         "CREATE STATISTICS st (ndistinct) ON c, e FROM t; "
         "ALTER STATISTICS st SET STATISTICS 55"),
    wide("statistics of a partition", "statistics public.st", PARTED
        + "CREATE STATISTICS st ON c, n FROM p11; ALTER STATISTICS st SET STATISTICS 5", *IN_PARTS),
    Case("storage", "storage c",
        "ALTER TABLE t ALTER c SET STORAGE EXTERNAL; ALTER TABLE t ALTER c SET COMPRESSION pglz", (
        "integer", "uuid"), since=14),
    Case("storage, hostile", f"storage {C}",
        f"ALTER TABLE t ADD {C} <old>; ALTER TABLE t ALTER {C} SET COMPRESSION pglz", ("integer",),
        ((Name("public", "t"), BARE_C),), since=14),
    Case("all of it at once",
        "view public.v, materialized view public.m, CHECK ck, exclusion constraint x, index i, "
        "policy p, publication b, rule r, statistics public.st, trigger g, " + FULL + "m",
         LOG +
             "CREATE VIEW v AS SELECT id, c FROM t; "
             "CREATE MATERIALIZED VIEW m AS SELECT c FROM v; "
             "CREATE POLICY p ON t USING (c IN (SELECT c FROM m)); "
             "CREATE PUBLICATION b FOR TABLE t (c, id); "
         "CREATE RULE r AS ON DELETE TO t DO ALSO DELETE FROM v WHERE c = OLD.c; "
         "CREATE TRIGGER g AFTER UPDATE OF c ON t EXECUTE FUNCTION f(); "
         "CREATE INDEX i ON t (<computed>); "
         "ALTER TABLE t ADD CONSTRAINT ck CHECK (<computed> IS NOT NULL), "
             "ADD CONSTRAINT x EXCLUDE USING btree (<computed> WITH =); "
             "CREATE STATISTICS st ON <computed> FROM t", ("bigint",), since=15),
]  # fmt: skip
CASES = [*VIEWS, *MATERIALIZED, *ON_TABLES]
HOSTILE = [
    pytest.param(c, id=c.name, marks=pytest.mark.since(c.since))
    for c in CASES
    if c.name
    in (
        "hostile text",
        "hostile names",
        "with everything",
        "rules",
        "policies",
        "checks",
        "storage, hostile",
    )
]
EACH = [
    pytest.param(c, way, id=f"{c.name}, {way}", marks=pytest.mark.since(c.since))
    for c in CASES
    for way in c.ways
]


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    with helpers.connected(shared) as connection:
        connection.execute("ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM writer")
        connection.execute("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO postgres")
    return shared


def look(url: sa.URL, places: Sequence[Place], *settings: str):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection, read_only(connection):
        for setting in settings:
            connection.exec_driver_sql(f"SET {setting}")
        configure(connection)
        return dependants.read(connection, places)


def rebuilding(url: sa.URL, places: Sequence[Place]) -> list[Dependant]:
    """All of them once, in the order to rebuild them."""
    hanging, obstacles = look(url, places)
    assert obstacles == {}
    for some in hanging.values():
        assert [last(d) for d in reversed(some)] == sorted(last(d) for d in some)
    merged = {d for some in hanging.values() for d in some}
    assert len({(d.kind, d.name, d.relation) for d in merged}) == len(merged)
    return sorted(merged, key=lambda d: (last(d), d.kind, d.relation, d.name))


def last(dependant: Dependant) -> tuple[bool, bool, int]:
    return dependant.kind == CONTENT, dependant.level == 0, dependant.level


def shown(hanging: Iterable[Dependant]) -> str:
    return ", ".join(f"{d.kind} {d.name}" for d in hanging)


def around(
    hanging: Sequence[Dependant], changes: Sequence[str], places: Sequence[Place] = (COLUMN,)
) -> list[str]:
    expected = [(Expectation(*place, ()), [Definitions("")]) for place in places]
    blocks = [
        *taken_down(hanging, expected), Block("", tuple(changes)), *rebuilt(hanging, expected)
    ]  # fmt: skip
    return [statement for block in blocks for statement in block.statements]


def changes(case: Case, type_: str, using: str = "") -> list[str]:
    return [
        f"ALTER TABLE {name.sql} ALTER COLUMN {ident(column)} TYPE {type_}"
        + (f" USING {ident(column)}{using}" if using else "")
        for name, column in case.places
    ]


def objects(connection: psycopg.Connection) -> list[tuple[str, ...]]:
    return connection.execute("""
        SELECT 'relation', relname, relkind::text FROM pg_class WHERE relname !~ '^pg_'
        UNION ALL SELECT 'trigger', tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'rule', rulename, ev_enabled::text FROM pg_rewrite
        UNION ALL SELECT 'policy', polname, polcmd::text FROM pg_policy
        UNION ALL SELECT 'constraint', conname, contype::text FROM pg_constraint
        UNION ALL SELECT 'statistics', stxname, pg_get_userbyid(stxowner) FROM pg_statistic_ext
        UNION ALL SELECT 'publication', prrelid::regclass::text, to_jsonb(p) ->> 'prattrs' FROM pg_publication_rel p
        UNION ALL SELECT 'comment', i.identity, description FROM pg_description,
          pg_identify_object(classoid, objoid, objsubid) AS i
        WHERE i.schema IS DISTINCT FROM 'pg_catalog' AND i.identity !~ '(^| |on )pg_(catalog|toast)'
        ORDER BY 1, 2, 3""").fetchall()


def contents(connection: psycopg.Connection) -> list[tuple[str, int]]:
    found = connection.execute(
        "SELECT oid::regclass::text, oid::bigint FROM pg_class WHERE relkind = 'm' AND relispopulated"
    ).fetchall()
    count = "SELECT count(*) FROM {}"
    return sorted(
        (name, connection.execute(count.format(name).encode()).fetchone()[0]) for name, _ in found
    )


def run(connection: psycopg.Connection, statements: Iterable[str]) -> None:
    with connection.transaction():
        for statement in statements:
            connection.execute(statement.encode())


def there_and_back(case: Case, way: Way, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(case.written(way).encode())
    start, existing, filled = helpers.dump(url), objects(connection), contents(connection)
    hanging = rebuilding(url, case.places)
    assert shown(hanging) == case.found
    up = around(hanging, changes(case, way.new, way.using), case.places)
    down = around(hanging, changes(case, way.old), case.places)
    run(connection, ["SET LOCAL search_path = pg_catalog", *up])
    assert contents(connection) == filled
    assert objects(connection) == existing
    as_before = {a for d in hanging for a in alterations.rebuilt(d)}
    assert {a for d in rebuilding(url, case.places) for a in alterations.rebuilt(d)} <= as_before
    run(connection, down)
    assert helpers.dump(url) == start
    assert contents(connection) == filled
    assert rebuilding(url, case.places) == hanging
    assert [s for s in (*up, *down) if not portable(s)] == []


def portable(statement: str) -> bool:
    """Alembic gives it to SQLAlchemy's text(), which takes no part of it for a parameter."""
    return "%" not in statement and compiled(statement) == statement


def compiled(statement: str) -> str:
    return str(sa.text(statement).compile(dialect=postgresql.dialect()))


@pytest.mark.turns_in_ci
@pytest.mark.parametrize(("case", "way"), EACH)
def test_there_and_back(case: Case, way: str, url: sa.URL, connection: psycopg.Connection) -> None:
    there_and_back(case, WAYS[way], url, connection)


def by_psql(url: sa.URL, statements: Sequence[str]) -> None:
    """As `alembic upgrade --sql` prints them."""
    script = "".join(f"{compiled(s).strip()};\n\n".replace("\t", "    ") for s in statements)
    helpers.psql(url, script, "--single-transaction")


def by_engine(url: sa.URL, statements: Sequence[str]) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def by_asyncpg(url: sa.URL, statements: Sequence[str]) -> None:
    async def work() -> None:
        engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"), poolclass=sa.NullPool
        )
        async with engine.begin() as connection:
            for statement in statements:
                await connection.execute(sa.text(statement))
        await asyncio.sleep(0)  # the socket is closed in the loop's next turn

    asyncio.run(work())


DRIVERS = {
    "psql": by_psql,
    "psycopg": by_engine,
    "psycopg2": lambda url, some: by_engine(url.set(drivername="postgresql+psycopg2"), some),
    "asyncpg": by_asyncpg,
}


@pytest.mark.soak
@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("case", HOSTILE)
def test_by_every_driver(case: Case, driver: str, url: sa.URL, connection) -> None:
    way, execute = WAYS[case.ways[0]], DRIVERS[driver]
    connection.execute(case.written(way).encode())
    start = helpers.dump(url)
    hanging = rebuilding(url, case.places)
    execute(url, around(hanging, changes(case, way.new, way.using)))
    assert helpers.dump(url) != start
    execute(url, around(hanging, changes(case, way.old)))
    assert helpers.dump(url) == start


def test_by_a_role_that_is_no_superuser(url: sa.URL, connection: psycopg.Connection) -> None:
    """It owns the table, and may act for the owners of the views."""
    connection.execute("""
        DO $$ BEGIN CREATE ROLE staff; CREATE ROLE boss LOGIN IN ROLE staff;
        EXCEPTION WHEN duplicate_object THEN END $$;
        GRANT CREATE, USAGE ON SCHEMA public TO boss, staff;
        CREATE TABLE t (id integer PRIMARY KEY, c integer, e text);
        ALTER TABLE t OWNER TO boss; GRANT SELECT ON t TO staff;
        CREATE VIEW v AS SELECT id, c FROM t; ALTER VIEW v OWNER TO staff;
        GRANT SELECT, UPDATE ON v TO writer WITH GRANT OPTION;
        COMMENT ON VIEW v IS 'x'; CREATE VIEW w AS SELECT c FROM v;
        ALTER VIEW w OWNER TO boss; REVOKE DELETE ON w FROM boss;
        CREATE MATERIALIZED VIEW m AS SELECT c FROM v;
        ALTER MATERIALIZED VIEW m OWNER TO staff; CREATE INDEX ON m (c);
        GRANT SELECT ON m TO writer;
        CREATE POLICY p ON t USING (id IN (SELECT c FROM v)); CREATE INDEX i ON t ((c % 3)); COMMENT ON INDEX i IS 'x';
        CREATE STATISTICS st ON c, e FROM t; ALTER STATISTICS st OWNER TO staff""")
    case, boss = wide("", "", ""), url.set(username="boss")
    start, hanging = helpers.dump(url), rebuilding(boss, case.places)
    with helpers.connected(boss) as own:
        run(own, around(hanging, changes(case, "bigint")))
        run(own, around(hanging, changes(case, "integer")))
    assert len(hanging) == 7
    assert helpers.dump(url) == start


def test_in_another_tablespace(server: Server) -> None:
    with server.database() as url, helpers.connected(url) as connection:
        connection.execute("SET allow_in_place_tablespaces = on")
        connection.execute("CREATE TABLESPACE elsewhere LOCATION ''")
        case = wide("", f"materialized view public.m, index i, {FULL}m",
             "CREATE MATERIALIZED VIEW m TABLESPACE elsewhere AS SELECT c FROM t; "
             "CREATE INDEX ON m (c) TABLESPACE elsewhere; "
             "CREATE INDEX i ON t ((c + 1)) TABLESPACE elsewhere")  # fmt: skip
        there_and_back(case, WAYS["bigint"], url, connection)
    with helpers.connected(server.url) as connection:
        connection.execute("DROP TABLESPACE elsewhere")


def test_the_same_whatever_the_session_says(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE.replace("<old>", "integer").replace("<value>", "g"))
    connection.execute("""
        CREATE VIEW v AS SELECT c, date '2020-02-01' AS d, interval '1 year -2 days' AS i,
          '0.12345678901234567'::float8 AS f, 1e-7::float4 AS g,
          '\\x00ff'::bytea AS b, timestamp '2020-02-01 03:04:05.5' AS t FROM t; COMMENT ON VIEW v IS 'a\b'""")
    plain = look(url, [COLUMN])
    settings = ["datestyle = 'German'", "intervalstyle = 'sql_standard'", "extra_float_digits = -10",
                "bytea_output = 'escape'", "quote_all_identifiers = on", "search_path = public"]  # fmt: skip
    for setting in settings:
        assert look(url, [COLUMN], setting) == plain


LOCKED = "could not be read: another session holds a lock on it"
IN_FLIGHT = [
    ("ALTER TABLE t ADD x integer", [f"CHECK k {LOCKED}", f"index i {LOCKED}", f"view public.v {LOCKED}"]),
    ("ALTER VIEW v ALTER c SET DEFAULT 5", [f"view public.v {LOCKED}", f"view public.w {LOCKED}"]),
    ("DROP INDEX i", [f"CHECK k {LOCKED}", f"index i {LOCKED}", f"view public.v {LOCKED}"]),
    ("ALTER TABLE unrelated ADD x integer", []),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "obstacles"), IN_FLIGHT, ids=[s for s, _ in IN_FLIGHT])
def test_what_another_session_locks_costs_nothing_else(
    statement: str, obstacles: list[str], url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute("""
        CREATE TABLE t (c integer, CONSTRAINT k CHECK (c % 2 = 0));
        CREATE INDEX i ON t ((c + 1)); CREATE VIEW v AS SELECT c FROM t;
        CREATE VIEW w AS SELECT c FROM v; CREATE TABLE u (c integer);
         CREATE VIEW x AS SELECT c FROM u; CREATE TABLE unrelated ()""")
    places = of("t.c", "u.c")
    with helpers.connected(url, autocommit=False) as other:
        other.execute(statement)
        begin = time.monotonic()
        hanging, found = look(url, places)
        waited = time.monotonic() - begin
    assert found == ({places[0]: tuple(obstacles)} if obstacles else {})
    assert shown(hanging[places[1]]) == "view public.x"
    assert waited < (3 * batches.PATIENCE if obstacles else 1)
