"""Broken keys and sequences of every kind, as data: the DDL, and what an INSERT gives."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.findings.finding import Finding, Options
from remediate.plans.plan import Item
from remediate.rules import RULES
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from tests.support import helpers

RULE = {rule.code: rule for rule in RULES}


@dataclass(frozen=True)
class Insert:
    """What it gives before, a SQLSTATE or an id, and the ids of the first ones afterwards."""

    before: object
    after: tuple[object, ...]
    into: str = "t DEFAULT VALUES"
    role: str = "postgres"
    key: str = "id"


@dataclass(frozen=True)
class Case:
    """A database in which the rule finds something at these places, and nowhere else."""

    rule: str
    name: str
    ddl: str
    inserts: tuple[Insert, ...]
    places: tuple[str, ...] = ("public.t.id",)
    options: Options = Options()
    models: Callable[[Live], Declared] = lambda _: Declared()
    since: int = 13  # the version of PostgreSQL that the DDL, or the remedy, needs

    @property
    def id(self) -> str:
        return f"{self.rule} {self.name}"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


ODD = "\"b'c%d:e %(x)s :f\\g $remediate$ $1\né"
S, T, C, Q, OWNER = (quoted(first + ODD) for first in ("S. ", "T.", "C", "Q", "O"))
WRITER = quoted("W" + ODD.replace("\n", ""))
ROLES = ("owner", "writer", OWNER, WRITER)
PLACE = f"{S}.{T}.{C}"
NAMED = literal(f"{S}.{Q}")  # for regclass and text


def odd(*inserts: tuple[object, tuple[object, ...], str]) -> tuple[Insert, ...]:
    """By role: what it gives before and after, into the table of the hostile name."""
    return tuple(Insert(b, a, f"{S}.{T} DEFAULT VALUES", role, C) for b, a, role in inserts)


def odd_grants(sequence: str = "") -> str:
    text = (
        f"GRANT USAGE ON SCHEMA {S} TO PUBLIC; "
        f"GRANT INSERT, SELECT ON {S}.{T} TO {WRITER}; "
        f"ALTER TABLE {S}.{T} OWNER TO {OWNER}; "
    )
    return text + (
        f"GRANT USAGE ON SEQUENCE {S}.{Q} TO {WRITER}; ALTER SEQUENCE {S}.{Q} OWNER TO {OWNER}; "
        if sequence
        else ""
    )


def one(before: object, *after: object, **more: str) -> tuple[Insert, ...]:
    return (Insert(before, after, **more),)


def role_path(role: str, path: str) -> str:
    """A search_path for a role in this database only."""
    alter = f"ALTER ROLE {role} IN DATABASE %I SET search_path = {path}"
    return f"DO $do$BEGIN EXECUTE format('{alter}', current_database()); END$do$; "


def model(
    *columns: sa.Column, schema: str | None = None, name: str = "t"
) -> Callable[[Live], Declared]:
    def made(_: Live) -> Declared:
        metadata = sa.MetaData()
        sa.Table(name, metadata, *(c._copy() for c in columns), schema=schema)
        return helpers.declared(metadata)

    return made


def uuid_model(
    schema: str | None = None, name: str = "t", key: str = "id"
) -> Callable[[Live], Declared]:
    return model(sa.Column(key, postgresql.UUID, primary_key=True), schema=schema, name=name)


def calls(
    sequence: str, schema: str | None = None, name: str = "t", key: str = "id"
) -> Callable[[Live], Declared]:
    """A model that calls the sequence itself."""
    return model(
        sa.Column(key, sa.Integer, sa.Sequence(sequence, schema=schema), primary_key=True),
        schema=schema,
        name=name,
    )


BARE_S, BARE_T, BARE_C, BARE_Q = ("S. " + ODD, "T." + ODD, "C" + ODD, "Q" + ODD)
IDENTITY = Options(identity=True)


def identity(name: str, ddl: str, inserts: tuple[Insert, ...], **more: object) -> Case:
    more.setdefault("options", IDENTITY)
    return Case("PK001", f"identity, {name}", ddl, inserts, models=helpers.as_models, **more)  # type: ignore[arg-type]


IDENTITIES = [
    identity("empty", "CREATE TABLE t (id integer PRIMARY KEY)", one("23502", 1, 2)),
    identity("smallint", "CREATE TABLE t (id smallint PRIMARY KEY); INSERT INTO t VALUES (9000)",
        one("23502", 9001, 9002)),
    identity("bigint", "CREATE TABLE t (id bigint PRIMARY KEY); INSERT INTO t VALUES (5000000000)",
        one("23502", 5000000001)),
    identity("all negative", "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (-5)", one("23502", 1)),
    identity("headroom", "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (5)", one("23502", 106),
             options=Options(identity=True, headroom=100)),
    identity("name taken",
        "CREATE TABLE t (id integer PRIMARY KEY); "
        "CREATE SEQUENCE t_id_seq; CREATE TABLE t_id_seq1 (x text)", one("23502", 1)),
    identity("unlogged", "CREATE UNLOGGED TABLE t (id integer PRIMARY KEY)", one("23502", 1)),
    identity("a role without rights to sequences",
        "CREATE TABLE t (id integer PRIMARY KEY, v text); ALTER TABLE t OWNER TO owner; "
             "GRANT INSERT, SELECT ON t TO writer; "
             "CREATE VIEW w AS SELECT * FROM t; "
             "ALTER VIEW w OWNER TO owner; "
             "GRANT INSERT, SELECT ON w TO PUBLIC",
             (Insert("23502", (1,)), Insert("23502", (2,), role="writer"), Insert("23502", (3,),
                 "w DEFAULT VALUES", "writer"))),
    identity("default privileges",
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO writer; "
        "CREATE TABLE t (id integer PRIMARY KEY)", one("23502", 1)),
    identity("dressed up",
        "CREATE TABLE t (id integer PRIMARY KEY, v text); "
        "COMMENT ON COLUMN t.id IS 'y'; "
        "ALTER TABLE t ALTER id SET STATISTICS 500; "
             "ALTER TABLE t REPLICA IDENTITY FULL; "
             "CREATE TABLE r (t_id integer REFERENCES t); "
             "CREATE PUBLICATION p FOR TABLE t (id); "
             "CREATE VIEW w AS SELECT id FROM t; GRANT INSERT (id), UPDATE (v) ON t TO writer", one(
                 "23502", 1, into="t (v) VALUES ('x')"), since=15),
    identity("reserved words", 'CREATE TABLE "user" ("order" integer PRIMARY KEY)', one("23502", 1,
        into='"user" DEFAULT VALUES', key='"order"'),
             places=('public."user"."order"',)),
    identity("hostile", f"CREATE SCHEMA {S}; CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY); {odd_grants()}",
             odd(("23502", (1,), "postgres"), ("23502", (2,), OWNER), ("23502", (3,), WRITER)), places=(PLACE,)),
]  # fmt: skip

LATE = "CREATE SEQUENCE s; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'::text), v text); "
UNRESOLVABLE = [
    Case("PK002", "resolves", LATE, one(1, 2, 3)),
    Case("PK002", "varchar",
        "CREATE SEQUENCE s; CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s'::varchar))",
        one(1, 2)),
    Case("PK002", "domain",
        "CREATE SEQUENCE s; CREATE DOMAIN d AS smallint; "
        "CREATE TABLE t (id d PRIMARY KEY DEFAULT nextval('s'::text))", one(1, 2)),
    Case("PK002", "behind", LATE + "INSERT INTO t SELECT generate_series(1, 9)", one("23505", 10, 11)),
    Case("PK002", "behind, by two, cached", LATE
        + "ALTER SEQUENCE s INCREMENT 2 CACHE 20; INSERT INTO t SELECT generate_series(1, 60)", one(
        "23505", 61, 63)),
    Case("PK002", "behind, downwards",
        "CREATE SEQUENCE s INCREMENT -1; "
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'::text)); "
        "INSERT INTO t VALUES (-1), (-7)",
         one("23505", -8, -9)),
    Case("PK002", "headroom", LATE + "INSERT INTO t VALUES (5)", one(1, 106), options=Options(headroom=100)),
    Case("PK002", "renamed", LATE + "ALTER SEQUENCE s RENAME TO n; INSERT INTO t VALUES (4)", one("42P01", 5, 6)),
    Case("PK002", "dropped, all negative", LATE +
        "INSERT INTO t VALUES (-4); DROP SEQUENCE s; "
        "ALTER TABLE t OWNER TO owner; GRANT INSERT, SELECT ON t TO writer",
         (Insert("42P01", (1,)), Insert("42P01", (2,), role="owner"), Insert("42P01", (3,), role="writer"))),
    Case("PK002", "of another schema", LATE
        + "CREATE SCHEMA x; ALTER SEQUENCE s SET SCHEMA x; GRANT INSERT, SELECT ON t TO writer",
         (Insert("42P01", (1,)), Insert("42P01", (2,), role="writer"))),
    Case("PK002", "qualified, dropped",
        "CREATE SCHEMA x; CREATE TABLE x.t (id integer PRIMARY KEY DEFAULT nextval('x.s'::text))",
         one("42P01", 1, into="x.t DEFAULT VALUES"), places=("x.t.id",)),
    Case("PK002", "dropped, another table has one of that name", LATE
        + "DROP SEQUENCE s; CREATE SCHEMA x; CREATE TABLE x.o (id integer PRIMARY KEY); "
         "CREATE SEQUENCE x.s OWNED BY x.o.id; "
             "ALTER TABLE x.o ALTER id SET DEFAULT nextval('x.s')", (Insert("42P01", (1,)),
             Insert(1, (2,), "x.o DEFAULT VALUES"))),
    Case("PK002", "qualified, another schema has one of that name",
        "CREATE SCHEMA x; CREATE SCHEMA y; CREATE SEQUENCE y.s; "
        "CREATE TABLE y.o (id integer PRIMARY KEY DEFAULT nextval('y.s')); "
         "CREATE TABLE x.t (id integer PRIMARY KEY DEFAULT nextval('x.s'::text))", (Insert("42P01",
             (1,), "x.t DEFAULT VALUES"), Insert(1, (2,), "y.o DEFAULT VALUES")), places=(
             "x.t.id",)),
    Case("PK002", "off a role's search_path", LATE +
        "GRANT INSERT, SELECT ON t TO writer; "
        "GRANT USAGE ON SEQUENCE s TO writer; CREATE SCHEMA x; " + role_path("writer", "x"),
         (Insert(1, (2,)), Insert("42P01", (3,), "public.t DEFAULT VALUES", "writer"))),
    Case("PK002", "other owner", LATE + "ALTER TABLE t OWNER TO owner; GRANT INSERT, SELECT ON t TO writer",
         (Insert(1, (2,)), Insert("42501", (3,), role="owner"), Insert("42501", (4,), role="writer"))),
    Case("PK002", "view, some already granted", LATE +
        "CREATE VIEW w AS SELECT * FROM t; "
        "GRANT INSERT, SELECT ON w TO writer; "
        "GRANT SELECT ON SEQUENCE s TO writer; "
         "GRANT USAGE ON SEQUENCE s TO owner", (Insert(1, (2,)), Insert("42501", (3,), "w DEFAULT VALUES", "writer"))),
    Case("PK002", "everybody", LATE + "GRANT INSERT (v), SELECT ON t TO PUBLIC", (Insert(1, (2,)),
        Insert("42501", (3,), "t (v) VALUES ('x')", "writer"))),
    Case("PK002", "partitions",
        "CREATE SEQUENCE s; "
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s'::text)) "
        "PARTITION BY RANGE (id); "
         "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (1000) PARTITION BY HASH (id); "
         "CREATE TABLE low0 PARTITION OF low FOR VALUES WITH (MODULUS 1, REMAINDER 0); "
         "CREATE TABLE high PARTITION OF t FOR VALUES FROM (1000) TO (2000); "
         "ALTER TABLE high ALTER id SET DEFAULT 1999; "
         "INSERT INTO t VALUES (7)",
         (Insert(1, (8,)), Insert(2, (9,), "low0 DEFAULT VALUES"), Insert(1999, (), "high DEFAULT VALUES"))),
    Case("PK002", "inheritance", LATE + "CREATE TABLE kid (PRIMARY KEY (id)) INHERITS (t); INSERT INTO kid VALUES (20)",
         (Insert(1, (21,)), Insert(2, (22,), "kid DEFAULT VALUES")), places=("public.kid.id", "public.t.id")),
    Case("PK002", "percent and colon",
        """CREATE SEQUENCE "a%b:c :d %s";
        CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('"a%b:c :d %s"'::text))""",
        one(1, 2)),
    Case("PK002", "backslash",
        """CREATE SEQUENCE "a%b:c\\d"; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('"a%b:c\\d"'::text))""",
        one(1, 2)),
    Case("PK002", "hostile",
        f"CREATE SCHEMA {S}; CREATE SEQUENCE {S}.{Q}; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED}::text)); "
        f"{odd_grants()}",
         odd((1, (2,), "postgres"), ("42501", (3,), OWNER), ("42501", (4,), WRITER)), places=(PLACE,)),
    Case("PK002", "hostile, dropped",
        f"CREATE SCHEMA {S}; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED}::text)); "
        f"{odd_grants()}",
         odd(("42P01", (1,), "postgres"), ("42P01", (2,), OWNER), ("42P01", (3,), WRITER)), places=(PLACE,)),
    Case("PK002", "of a model",
        "CREATE TABLE t (id integer PRIMARY KEY, v text); "
        "INSERT INTO t VALUES (6); ALTER TABLE t OWNER TO owner; "
        "GRANT INSERT, SELECT ON t TO writer",
         (Insert("42P01", (7,), "t VALUES (nextval('s'))"), Insert("42P01", (8,),
             "t VALUES (nextval('s'))", "writer")), models=calls("s")),
    Case("PK002", "of a model, hostile",
        f"CREATE SCHEMA {S}; CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY); {odd_grants()}",
         (Insert("42P01", (1,), f"{S}.{T} VALUES (nextval({NAMED}))", WRITER, C),), places=(PLACE,),
             models=calls(BARE_Q, BARE_S, BARE_T, BARE_C)),
]  # fmt: skip

COPY = "CREATE TABLE o (id serial PRIMARY KEY, v text); CREATE TABLE t (LIKE o INCLUDING ALL); "
BORROWED = [
    Case("PK003", "copy", COPY, one(1, 1, 2)),
    Case("PK003", "rows", COPY + "INSERT INTO t VALUES (41); INSERT INTO o DEFAULT VALUES",
        (Insert(2, (42, 43)), Insert(3, (4,), "o DEFAULT VALUES"))),
    Case("PK003", "smallint",
        "CREATE TABLE o (id smallserial PRIMARY KEY); "
        "CREATE TABLE t (LIKE o INCLUDING ALL); INSERT INTO t VALUES (9000)", one(1, 9001, 9002)),
    Case("PK003", "no key",
        "CREATE TABLE o (id serial PRIMARY KEY); "
        "CREATE TABLE t (id integer PRIMARY KEY, n bigint DEFAULT nextval('o_id_seq'))",
         one(1, 1, into="t (id) VALUES (1)", key="n"), places=("public.t.n",)),
    Case("PK003", "roles", COPY + "ALTER TABLE t OWNER TO owner; GRANT INSERT, SELECT ON t TO writer",
         (Insert(1, (1,)), Insert("42501", (2,), role="owner"), Insert("42501", (3,), role="writer"))),
    Case("PK003", "everybody, by a view", COPY
        + "CREATE VIEW w AS SELECT * FROM t; GRANT INSERT, SELECT ON w TO PUBLIC",
         (Insert(1, (1,)), Insert("42501", (2,), "w DEFAULT VALUES", "writer"))),
    Case("PK003", "its own sequence is still there",
        "CREATE TABLE o (id serial PRIMARY KEY); "
        "CREATE TABLE t (id serial PRIMARY KEY); "
        "SELECT setval('t_id_seq', 30); "
         "ALTER TABLE t ALTER id SET DEFAULT nextval('o_id_seq')", one(1, 31, 32)),
    Case("PK003", "free sequence", COPY
        + "CREATE SEQUENCE t_id_seq CACHE 20 START 50; GRANT INSERT, SELECT ON t TO writer",
         (Insert(1, (50,)), Insert("42501", (70,), role="writer"))),
    Case("PK003", "headroom", COPY + "INSERT INTO t VALUES (5)", one(1, 106), options=Options(headroom=100)),
    Case("PK003", "partitions",
        "CREATE TABLE o (id serial PRIMARY KEY); "
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('o_id_seq')) "
        "PARTITION BY HASH (id); "
         "CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0); "
             "INSERT INTO t VALUES (9)", (Insert(1, (10,)), Insert(2, (11,), "p DEFAULT VALUES"))),
    Case("PK003", "inheritance", COPY + "CREATE TABLE u (PRIMARY KEY (id)) INHERITS (t)", (Insert(1,
        (1,)), Insert(2, (2,), "u DEFAULT VALUES"))),
    Case("PK003", "hostile",
        f"CREATE SCHEMA {S}; CREATE TABLE {S}.o (i integer PRIMARY KEY); "
        f"CREATE SEQUENCE {S}.{Q} OWNED BY {S}.o.i; "
         f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED})); {odd_grants()}",
         odd((1, (1,), "postgres"), ("42501", (2,), OWNER), ("42501", (3,), WRITER)), places=(PLACE,)),
]  # fmt: skip

CONSTANT = [
    Case("PK004", "zero", "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0)", one(0, 1, 2)),
    Case("PK004", "zero, in use",
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0); INSERT INTO t VALUES (0), (7)", one(
        "23505", 8, 9)),
    Case("PK004", "minus one",
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT -1); INSERT INTO t VALUES (-1)", one("23505",
        1, 2)),
    Case("PK004", "smallint", "CREATE TABLE t (id smallint PRIMARY KEY DEFAULT 5)", one(5, 1, 2)),
    Case("PK004", "text, cast",
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT '0'::text::integer); "
        "INSERT INTO t VALUES (0)", one("23505", 1, 2)),
    Case("PK004", "bigint in quotes",
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT '5000000000'::bigint); "
        "INSERT INTO t VALUES (5000000000)", one("23505", 5000000001)),
    Case("PK004", "domain", "CREATE DOMAIN d AS integer; CREATE TABLE t (id d PRIMARY KEY DEFAULT -1)", one(-1, 1, 2)),
    Case("PK004", "cast to a domain",
        "CREATE DOMAIN d AS integer; CREATE TABLE t (id d PRIMARY KEY DEFAULT '0'::d)", one(0, 1,
        2)),
    Case("PK004", "cast to a hostile domain",
        'CREATE DOMAIN "d :x%s" AS integer; '
        'CREATE TABLE t (id "d :x%s" PRIMARY KEY DEFAULT \'0\'::"d :x%s")', one(0, 1, 2)),
    Case("PK004", "roles",
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0, v text); "
        "ALTER TABLE t OWNER TO owner; "
        "GRANT INSERT (v), SELECT ON t TO writer",
         (Insert(0, (1,)), Insert(0, (2,), role="owner"), Insert(0, (3,), "t (v) VALUES ('x')", "writer"))),
    Case("PK004", "everybody, by a view",
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0); "
        "CREATE VIEW w AS SELECT * FROM t; "
        "GRANT INSERT, SELECT ON w TO PUBLIC",
         (Insert(0, (1,)), Insert(0, (2,), "w DEFAULT VALUES", "writer"))),
    Case("PK004", "own sequence",
        "CREATE TABLE t (id serial PRIMARY KEY); "
        "SELECT setval('t_id_seq', 30); "
        "ALTER TABLE t ALTER id SET DEFAULT 0", one(0, 31, 32)),
    Case("PK004", "own sequence, cached",
        "CREATE TABLE t (id serial PRIMARY KEY); "
        "ALTER SEQUENCE t_id_seq CACHE 20; "
        "INSERT INTO t SELECT generate_series(1, 50); "
         "ALTER TABLE t ALTER id SET DEFAULT 7", one("23505", 51, 52)),
    Case("PK004", "partitions",
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0) PARTITION BY RANGE (id); "
        "CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (9); "
         "CREATE TABLE high PARTITION OF t FOR VALUES FROM (9) TO (99); "
         "ALTER TABLE high ALTER id SET DEFAULT 50; "
         "INSERT INTO t VALUES (3)",
         (Insert(0, (4,)), Insert(0, (5,), "low DEFAULT VALUES"), Insert(50, (), "high DEFAULT VALUES"))),
    Case("PK004", "hostile",
        f"CREATE SCHEMA {S}; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT 0); "
        f"{odd_grants()}",
         odd((0, (1,), "postgres"), (0, (2,), OWNER), (0, (3,), WRITER)), places=(PLACE,)),
]  # fmt: skip

SERIAL = "CREATE TABLE t (id serial PRIMARY KEY, v text); "
NOT_GRANTED = [
    Case("PK005", "table", SERIAL + "GRANT INSERT, SELECT ON t TO writer", (Insert(1, (2,)), Insert(
        "42501", (3,), role="writer"))),
    Case("PK005", "column", SERIAL + "GRANT INSERT (v), SELECT ON t TO writer", one("42501", 1,
        into="t (v) VALUES ('x')", role="writer")),
    Case("PK005", "everybody", SERIAL + "GRANT INSERT, SELECT ON t TO PUBLIC", one("42501", 1, role="writer")),
    Case("PK005", "view", SERIAL
        + "CREATE VIEW w AS SELECT id, v FROM t; GRANT INSERT, SELECT ON w TO writer", one("42501",
        1, into="w DEFAULT VALUES", role="writer")),
    Case("PK005", "owner", SERIAL.replace("serial", "integer")
        + "CREATE SEQUENCE s; ALTER TABLE t ALTER id SET DEFAULT nextval('s'), OWNER TO owner", one(
        "42501", 1, role="owner")),
    Case("PK005", "holds SELECT, and an option", SERIAL +
        "GRANT INSERT, SELECT ON t TO writer; "
        "GRANT SELECT ON SEQUENCE t_id_seq TO writer WITH GRANT OPTION; "
         "GRANT ALL ON SEQUENCE t_id_seq TO owner", one("42501", 1, role="writer")),
    Case("PK005", "expression",
        "CREATE SEQUENCE s; "
        "CREATE TABLE t (id text PRIMARY KEY DEFAULT 'INV' || nextval('s')); "
        "GRANT INSERT, SELECT ON t TO writer",
         one("42501", "INV1", role="writer")),
    Case("PK005", "a partition alone",
        "CREATE TABLE t (id serial PRIMARY KEY) PARTITION BY HASH (id); "
        "CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0); "
         "GRANT INSERT, SELECT ON p TO writer", one("42501", 1, into="p DEFAULT VALUES",
             role="writer"), places=("public.p.id",)),
    Case("PK005", "hostile",
        f"CREATE SCHEMA {S}; CREATE SEQUENCE {S}.{Q}; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED})); "
        f"{odd_grants()}",
         odd(("42501", (1,), WRITER), ("42501", (2,), OWNER)), places=(PLACE,)),
]  # fmt: skip

PARENT = "CREATE TABLE p (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v text); "
CHILD = "CREATE TABLE t (PRIMARY KEY (id)) INHERITS (p); "
INHERITED = [
    Case("PK006", "child", PARENT + CHILD, (Insert("23502", (2, 3)), Insert(1, (4,), "p DEFAULT VALUES"))),
    Case("PK006", "rows in both", PARENT + CHILD
        + "INSERT INTO p VALUES (4); INSERT INTO t VALUES (9)", (Insert("23502", (10,)), Insert(1,
        (11,), "p DEFAULT VALUES"))),
    Case("PK006", "always, by two, cached",
        "CREATE TABLE p (id bigint GENERATED ALWAYS AS IDENTITY (INCREMENT 2 CACHE 20) PRIMARY "
        "KEY); " + CHILD + "INSERT INTO t VALUES (10)",
         one("23502", 11, 13)),
    Case("PK006", "no key", PARENT + "CREATE TABLE t () INHERITS (p)", one("23502", 1)),
    Case("PK006", "two children, two parents", PARENT + CHILD
        + "CREATE TABLE q (x integer); CREATE TABLE u (PRIMARY KEY (id)) INHERITS (q, p)",
         (Insert("23502", (1,)), Insert("23502", (2,), "u DEFAULT VALUES")), places=("public.t.id", "public.u.id")),
    Case("PK006", "grandchild", PARENT + CHILD + "CREATE TABLE u (PRIMARY KEY (id)) INHERITS (t)",
         (Insert("23502", (1,)), Insert("23502", (2,), "u DEFAULT VALUES")), places=("public.t.id", "public.u.id")),
    Case("PK006", "roles", PARENT + CHILD + "ALTER TABLE t OWNER TO owner; GRANT INSERT, SELECT ON t TO writer",
         (Insert("23502", (1,)), Insert("23502", (2,), role="owner"), Insert("23502", (3,), role="writer"))),
    Case("PK006", "hostile",
        f"CREATE SCHEMA {S}; "
        f"CREATE TABLE {S}.p ({C} integer GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME "
        f"{S}.{Q}) PRIMARY KEY); "
         f"CREATE TABLE {S}.{T} (PRIMARY KEY ({C})) INHERITS ({S}.p); {odd_grants()}",
         odd(("23502", (1,), "postgres"), ("23502", (2,), OWNER), ("23502", (3,), WRITER)), places=(PLACE,)),
]  # fmt: skip

ROOT = "CREATE TABLE r (id bigserial PRIMARY KEY) PARTITION BY RANGE (id); "
PART = "CREATE TABLE t (id bigserial PRIMARY KEY); ALTER TABLE r ATTACH PARTITION t FOR VALUES FROM (1) TO (1000); "
DIVERGING = [
    Case("PK007", "attached", ROOT + PART, (Insert(1, (2,)), Insert(1, (3,), "r DEFAULT VALUES"))),
    Case("PK007", "rows", ROOT + PART + "INSERT INTO t VALUES (1), (60)", (Insert("23505", (61,)),
        Insert("23505", (62,), "r DEFAULT VALUES"))),
    Case("PK007", "two of them, and below", ROOT + PART
        + "CREATE TABLE u (id bigserial PRIMARY KEY) PARTITION BY HASH (id); "
         "CREATE TABLE u0 (id bigserial PRIMARY KEY); "
         "ALTER TABLE u ATTACH PARTITION u0 FOR VALUES WITH (MODULUS 1, REMAINDER 0); "
         "ALTER TABLE r ATTACH PARTITION u FOR VALUES FROM (1000) TO (2000); INSERT INTO u VALUES (1500)",
         (Insert("23514", (1501,), "u DEFAULT VALUES"), Insert("23514", (1502,), "u0 DEFAULT VALUES")),
         places=("public.t.id", "public.u.id", "public.u0.id")),
    Case("PK007", "roles", ROOT + PART +
        "ALTER TABLE t OWNER TO owner; "
        "ALTER SEQUENCE t_id_seq OWNER TO owner; "
        "GRANT INSERT, SELECT ON t TO writer; "
         "GRANT USAGE ON SEQUENCE t_id_seq TO writer", (Insert(1, (1,)), Insert(2, (2,),
             role="owner"), Insert(3, (3,), role="writer"))),
    Case("PK007", "root by two", ROOT + PART
        + "ALTER SEQUENCE r_id_seq INCREMENT 2; INSERT INTO t VALUES (10)", one(1, 11, 13)),
    Case("PK007", "hostile",
        f"CREATE SCHEMA {S}; CREATE SEQUENCE {S}.{Q}; "
        f"CREATE TABLE {S}.r ({C} integer PRIMARY KEY DEFAULT nextval({NAMED})) "
        f"PARTITION BY RANGE ({C}); "
         f"CREATE TABLE {S}.{T} ({C} serial PRIMARY KEY); "
         f"ALTER TABLE {S}.r ATTACH PARTITION {S}.{T} FOR VALUES FROM (1) TO (99); "
         f"GRANT USAGE ON SCHEMA {S} TO PUBLIC; GRANT INSERT, SELECT ON {S}.{T} TO {WRITER}",
             odd((1, (1,), "postgres"), ("42501", (2,), WRITER)), places=(PLACE,)),
]  # fmt: skip

UUIDS = [
    Case("PK008", "plain", "CREATE TABLE t (id uuid PRIMARY KEY); GRANT INSERT, SELECT ON t TO writer",
         (Insert("23502", (UUID, UUID)), Insert("23502", (UUID,), role="writer")), models=uuid_model()),
    Case("PK008", "v7", "CREATE TABLE t (id uuid PRIMARY KEY)", one("23502", UUID, UUID),
        models=uuid_model(), options=Options(uuid="v7"), since=18),
    Case("PK008", "domain", "CREATE DOMAIN d AS uuid; CREATE TABLE t (id d PRIMARY KEY)", one(
        "23502", UUID), models=uuid_model()),
    Case("PK008", "partitions",
        "CREATE TABLE t (id uuid PRIMARY KEY) PARTITION BY HASH (id); "
        "CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
         (Insert("23502", (UUID,)), Insert("23502", (UUID,), "p DEFAULT VALUES")), models=uuid_model()),
    Case("PK008", "hostile", f"CREATE SCHEMA {S}; CREATE TABLE {S}.{T} ({C} uuid PRIMARY KEY); {odd_grants()}",
         odd(("23502", (UUID,), OWNER), ("23502", (UUID,), WRITER)), places=(PLACE,),
             models=uuid_model(BARE_S, BARE_T, BARE_C)),
]  # fmt: skip

COUNTED = (
    "CREATE SEQUENCE s; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'), v text); "
)
NINE = "INSERT INTO t SELECT generate_series(1, 9); "
BEHIND = [
    Case("SEQ001", "serial", SERIAL + NINE, one("23505", 10, 11)),
    Case("SEQ001", "never called", SERIAL + NINE + "SELECT setval('t_id_seq', 4, false)", one("23505", 10, 11)),
    Case("SEQ001", "smallint",
        "CREATE TABLE t (id smallserial PRIMARY KEY); INSERT INTO t VALUES (1), (2), (300)", one(
        "23505", 301)),
    Case("SEQ001", "identity",
        "CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY); " + NINE, one(
        "23505", 10, 11)),
    Case("SEQ001", "identity, always", "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
         "INSERT INTO t OVERRIDING SYSTEM VALUE SELECT generate_series(1, 9)", one("23505", 10, 11)),
    Case("SEQ001", "headroom", SERIAL + NINE, one("23505", 110), options=Options(headroom=100)),
    Case("SEQ001", "by two", COUNTED
        + "ALTER SEQUENCE s INCREMENT 2; INSERT INTO t SELECT generate_series(1, 10)", one("23505",
        11, 13)),
    Case("SEQ001", "by two, even ids only above", COUNTED
        + "ALTER SEQUENCE s INCREMENT 2; INSERT INTO t VALUES (1), (3), (8)", one("23505", 9, 11)),
    Case("SEQ001", "downwards",
        "CREATE SEQUENCE s INCREMENT -1; "
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s')); "
        "INSERT INTO t VALUES (-1), (-2), (-7)",
         one("23505", -8, -9)),
    Case("SEQ001", "downwards by three, headroom",
        "CREATE SEQUENCE s INCREMENT -3 MAXVALUE 100 START 100; "
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s')); "
         "INSERT INTO t VALUES (100), (97), (90)", one("23505", 79, 76), options=Options(headroom=10)),
    Case("SEQ001", "MINVALUE", COUNTED +
        "ALTER SEQUENCE s MINVALUE 100 START 100 RESTART; "
        "INSERT INTO t VALUES (100), (101), (105)", one("23505", 106, 107)),
    Case("SEQ001", "below zero", COUNTED
        + "ALTER SEQUENCE s MINVALUE -10 START -10 RESTART; INSERT INTO t VALUES (-10), (-9), (-3)",
        one("23505", -2, -1, 0)),
    Case("SEQ001", "cached", COUNTED
        + "ALTER SEQUENCE s CACHE 20; INSERT INTO t SELECT generate_series(1, 50)", one("23505", 51,
        52)),
    Case("SEQ001", "to the last value", COUNTED
        + "ALTER SEQUENCE s MAXVALUE 50; INSERT INTO t SELECT generate_series(1, 12)", one("23505",
        13, 14)),
    Case("SEQ001", "two tables", COUNTED
        + "CREATE TABLE u (id bigint PRIMARY KEY DEFAULT nextval('s')); " + NINE
        + "INSERT INTO u VALUES (2), (30)",
         (Insert("23505", (31,)), Insert("23505", (32,), "u DEFAULT VALUES")), places=("public.t.id", "public.u.id")),
    Case("SEQ001", "two tables, one behind", COUNTED
        + "CREATE TABLE u (id bigint PRIMARY KEY DEFAULT nextval('s')); " + NINE,
         (Insert("23505", (10,)), Insert(2, (11,), "u DEFAULT VALUES"))),
    Case("SEQ001", "partitions",
        "CREATE TABLE t (id serial PRIMARY KEY) PARTITION BY HASH (id); "
        "CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); "
         "CREATE TABLE q PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1); " + NINE, one("23505", 10, 11)),
    Case("SEQ001", "inheritance", SERIAL +
        "CREATE TABLE kid (PRIMARY KEY (id)) INHERITS (t); "
        "INSERT INTO kid SELECT generate_series(1, 9)",
         (Insert(1, (10,)), Insert("23505", (11,), "kid DEFAULT VALUES")), places=("public.kid.id",)),
    Case("SEQ001", "domain",
        "CREATE SEQUENCE s; "
        "CREATE DOMAIN d AS integer DEFAULT nextval('s'); "
        "CREATE TABLE t (id d PRIMARY KEY); " + NINE, one("23505", 10)),
    Case("SEQ001", "composite key",
        "CREATE TABLE t (id serial, n integer DEFAULT 1, PRIMARY KEY (id, n)); "
        "INSERT INTO t SELECT generate_series(1, 9)", one("23505", 10)),
    Case("SEQ001", "unique, no key", "CREATE TABLE t (id serial UNIQUE); " + NINE, one("23505", 10)),
    Case("SEQ001", "other owners", COUNTED +
        "ALTER TABLE t OWNER TO writer; ALTER SEQUENCE s OWNER TO owner; "
        "GRANT USAGE ON SEQUENCE s TO writer; " + NINE,
         one("23505", 10, role="writer")),
    Case("SEQ001", "far ahead, asked for",
        "CREATE TABLE t (id bigserial PRIMARY KEY); INSERT INTO t VALUES (1000000000)", one(1,
        1000000001),
         options=Options(named=frozenset({Name("public", "t")}))),
    Case("SEQ001", "hostile",
        f"CREATE SCHEMA {S}; CREATE SEQUENCE {S}.{Q}; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED})); "
        f"{odd_grants('too')}"
         f"INSERT INTO {S}.{T} SELECT generate_series(1, 9)", odd(("23505", (10,), OWNER), ("23505",
             (11,), WRITER)), places=(PLACE,)),
    Case("SEQ001", "hostile identity",
        f"CREATE SCHEMA {S}; "
        f"CREATE TABLE {S}.{T} ({C} integer GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME "
        f"{S}.{Q}) PRIMARY KEY); "
        f"{odd_grants()}"
         f"INSERT INTO {S}.{T} SELECT generate_series(1, 9)", odd(("23505", (10,), OWNER), ("23505",
             (11,), WRITER)), places=(PLACE,)),
]  # fmt: skip

NARROWER = [
    Case("SEQ003", "column widened alone", SERIAL + "ALTER TABLE t ALTER id TYPE bigint", one(1, 2)),
    Case("SEQ003", "smallint under integer",
        "CREATE SEQUENCE s AS smallint CACHE 20 START 5; "
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'))", one(5, 25)),
    Case("SEQ003", "downwards",
        "CREATE SEQUENCE s AS integer INCREMENT -1; "
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s'))", one(-1, -2)),
    Case("SEQ003", "from the type's first value",
        "CREATE SEQUENCE s AS integer MINVALUE -2147483648 START 7; "
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s'))", one(7, 8)),
    Case("SEQ003", "from a chosen value, by two",
        "CREATE SEQUENCE s AS integer MINVALUE 100 INCREMENT 2; "
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s'))", one(100, 102)),
    Case("SEQ003", "two tables",
        "CREATE SEQUENCE s AS integer; "
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s')); "
        "CREATE TABLE u (id bigint PRIMARY KEY DEFAULT nextval('s'))",
         (Insert(1, (3,)), Insert(2, (4,), "u DEFAULT VALUES"))),
    Case("SEQ003", "partitions",
        "CREATE SEQUENCE s AS integer; "
        "CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s')) PARTITION BY HASH (id); "
         "CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)", one(1, 2)),
    Case("SEQ003", "dressed up", SERIAL +
        "ALTER TABLE t ALTER id TYPE bigint; "
        "COMMENT ON SEQUENCE t_id_seq IS 'x'; "
        "GRANT ALL ON SEQUENCE t_id_seq TO PUBLIC; "
         "ALTER TABLE t OWNER TO owner; GRANT INSERT, SELECT ON t TO writer", (Insert(1, (3,)),
             Insert(2, (4,), role="writer"))),
    Case("SEQ003", "hostile",
        f"CREATE SCHEMA {S}; CREATE SEQUENCE {S}.{Q} AS integer; "
        f"CREATE TABLE {S}.{T} ({C} bigint PRIMARY KEY DEFAULT nextval({NAMED})); "
        f"{odd_grants('too')}",
         odd((1, (2,), WRITER)), places=(PLACE,)),
]  # fmt: skip

UNOWNED = [
    Case("SEQ004", "plain", COUNTED, one(1, 2)),
    Case("SEQ004", "of another owner than ours", COUNTED
        + "ALTER TABLE t OWNER TO owner; ALTER SEQUENCE s OWNER TO owner", one(1, 2, role="owner")),
    Case("SEQ004", "no key", "CREATE SEQUENCE s; CREATE TABLE t (id integer DEFAULT nextval('s'))", one(1, 2)),
    Case("SEQ004", "partitions",
        "CREATE SEQUENCE s; "
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s')) PARTITION BY HASH (id); "
         "CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)", (Insert(1, (3,)),
             Insert(2, (4,), "p DEFAULT VALUES"))),
    Case("SEQ004", "hostile",
        f"CREATE SCHEMA {S}; CREATE SEQUENCE {S}.{Q}; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED})); "
        f"{odd_grants('too')}",
         odd((1, (3,), OWNER), (2, (4,), WRITER)), places=(PLACE,)),
]  # fmt: skip

CYCLING = [
    Case("SEQ006", "serial", SERIAL + "ALTER SEQUENCE t_id_seq CYCLE", one(1, 2)),
    Case("SEQ006", "at its end", COUNTED
        + "ALTER SEQUENCE s CYCLE MAXVALUE 5; INSERT INTO t VALUES (1); SELECT setval('s', 5)", one(
        "23505", 2)),
    Case("SEQ006", "identity, downwards",
        "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY (INCREMENT -1 CYCLE) PRIMARY "
        "KEY)", one(-1, -2)),
    Case("SEQ006", "two tables", COUNTED
        + "ALTER SEQUENCE s CYCLE; CREATE TABLE u (id bigint PRIMARY KEY DEFAULT nextval('s'))",
        (Insert(1, (3,)), Insert(2, (4,), "u DEFAULT VALUES"))),
    Case("SEQ006", "behind its ids",
        SERIAL + "ALTER SEQUENCE t_id_seq CYCLE MAXVALUE 2000; " + NINE, one("23505", 10, 11)),
    Case("SEQ006", "behind its ids, by five, cached",
        COUNTED + "ALTER SEQUENCE s CYCLE INCREMENT 5 CACHE 3; INSERT INTO t VALUES (6), (7)",
        one(1, 16, 21)),
    Case("SEQ006", "a lone id far ahead stays",
        SERIAL + "ALTER SEQUENCE t_id_seq CYCLE; INSERT INTO t VALUES (2000000000)", one(1, 2)),
    Case("SEQ006", "hostile",
        f"CREATE SCHEMA {S}; CREATE SEQUENCE {S}.{Q} CYCLE; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED})); "
        f"{odd_grants('too')}",
         odd((1, (2,), WRITER)), places=(PLACE,)),
]  # fmt: skip

LOST = "ALTER TABLE t ALTER id DROP DEFAULT; "
ATTACHED = [
    Case("PK001", "it cycles", SERIAL + LOST + "ALTER SEQUENCE t_id_seq CYCLE MAXVALUE 20000",
        one("23502", 1, 2)),
    Case("PK001", "it cycles, and lies behind",
        SERIAL + NINE + LOST + "ALTER SEQUENCE t_id_seq CYCLE MAXVALUE 20000", one("23502", 10, 11)),
    Case("PK002", "it cycles", LATE + "ALTER SEQUENCE s CYCLE", one(1, 2)),
]  # fmt: skip

UNLOGGED = [
    Case("SEQ007", "free",
        "CREATE UNLOGGED SEQUENCE s START 50 CACHE 20; "
        "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'))", one(50, 70, 71), since=15),
    Case("SEQ007", "serial", SERIAL + "ALTER SEQUENCE t_id_seq SET UNLOGGED", one(1, 2), since=15),
    Case("SEQ007", "identity",
        "CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
        "ALTER SEQUENCE t_id_seq SET UNLOGGED", one(1, 2), since=15),
    Case("SEQ007", "never called", COUNTED
        + "ALTER SEQUENCE s SET UNLOGGED; SELECT setval('s', 30, false)", one(30, 31), since=15),
    Case("SEQ007", "hostile",
        f"CREATE SCHEMA {S}; CREATE UNLOGGED SEQUENCE {S}.{Q}; "
        f"CREATE TABLE {S}.{T} ({C} integer PRIMARY KEY DEFAULT nextval({NAMED})); "
        f"{odd_grants('too')}",
         odd((1, (2,), WRITER)), places=(PLACE,), since=15),
]  # fmt: skip

KEYS = (*IDENTITIES, *UNRESOLVABLE, *BORROWED, *CONSTANT, *NOT_GRANTED, *INHERITED, *DIVERGING, *UUIDS)  # fmt: skip
SEQUENCES = (*BEHIND, *NARROWER, *UNOWNED, *CYCLING, *ATTACHED, *UNLOGGED)


CASES_BY_ID = {case.id: case for case in (*KEYS, *SEQUENCES)}
SUBSCRIBED = (
    "INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) VALUES (1, 't'::regclass, 'r')"
)


def unquoted(role: str) -> str:
    return role[1:-1].replace('""', '"') if role.startswith('"') else role


def create_roles(connection: psycopg.Connection) -> None:
    known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role in ROLES:
        if unquoted(role) not in known:
            connection.execute(f"CREATE ROLE {role} LOGIN".encode())


def look(url: sa.URL, case: Case) -> tuple[list[Finding], list[Item]]:
    """Everything that all rules find, and the remedies of the case's own rule."""
    live = helpers.snapshot(url)
    declared = case.models(live)
    found = [
        v
        for rule in RULES
        for v in rule.find(live, declared, case.options)
        if isinstance(v, Finding)
    ]
    remedy = RULE[case.rule].remedy
    return found, [Item.of(f, remedy(f, live, case.options)) for f in found if f.rule == case.rule]


def outcome(connection: psycopg.Connection, insert: Insert, *, keep: bool) -> object:
    """The id that an INSERT gets, or the SQLSTATE of its refusal."""
    statement = f"INSERT INTO {insert.into} RETURNING {insert.key}"
    try:
        with connection.transaction(force_rollback=not keep):
            return connection.execute(statement.encode()).fetchone()[0]
    except psycopg.Error as error:
        return error.sqlstate


def outcomes(url: sa.URL, inserts: tuple[Insert, ...], *, keep: bool) -> list[object]:
    """One after the other, each as its role; as often as ids are expected afterwards."""
    found: list[object] = []
    with ExitStack() as stack:
        of = {
            r: stack.enter_context(helpers.connected(url, unquoted(r)))
            for r in {i.role for i in inserts}
        }
        for insert in inserts:
            number = len(insert.after) if keep else 1
            found += [outcome(of[insert.role], insert, keep=keep) for _ in range(number)]
    return [UUID if isinstance(id_, UUID) else id_ for id_ in found]


WIPE = """
DO $$
DECLARE command text;
BEGIN
  FOR command IN
    SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
    UNION ALL SELECT format('ALTER ROLE %I IN DATABASE %I RESET ALL', pg_get_userbyid(setrole),
      current_database()) FROM pg_db_role_setting WHERE setrole <> 0
    UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE ALL ON SEQUENCES FROM writer',
      pg_get_userbyid(defaclrole)) FROM pg_default_acl
  LOOP
    EXECUTE command;
  END LOOP;
  EXECUTE 'CREATE SCHEMA public AUTHORIZATION '  -- the role is there from 14 on
    || coalesce((SELECT rolname FROM pg_roles WHERE rolname = 'pg_database_owner'), current_user);
END $$;
DELETE FROM pg_subscription_rel;
GRANT USAGE ON SCHEMA public TO PUBLIC;
COMMENT ON SCHEMA public IS 'standard public schema';
"""


def wipe(url: sa.URL) -> None:
    """An empty database again: to make one takes ten times as long."""
    with helpers.connected(url) as connection:
        connection.execute(WIPE.encode())
        create_roles(connection)
