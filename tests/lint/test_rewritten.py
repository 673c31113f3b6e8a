"""Every rewritten step on PostgreSQL: the original shows the defect, the rewritten one does not."""

import ast
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from remediate.lint import Known, Unsafe, learn, lint
from remediate.rehearsal.scratch import Server
from tests.lint.revisions import SERIAL, up

USERS = (
    "CREATE TABLE users (id serial PRIMARY KEY, age varchar(20), paid integer, note text); "
    "INSERT INTO users VALUES (1, '7', 1, '{}')"
)
INSERT = "INSERT INTO {} DEFAULT VALUES"
AT_THE_END = "SELECT setval(pg_get_serial_sequence('{0}', '{1}'), 2147483647); INSERT INTO {0} DEFAULT VALUES"


@dataclass(frozen=True)
class Proof:
    """A revision with one unsafe step, and what shows it afterwards ("" where it fails itself)."""

    kind: str
    body: str
    shown_by: str = ""
    state: str = "42804"
    setup: str = USERS
    known: Known = SERIAL
    after: str = ""  # a query that gives 1 after the rewritten step


def typed(body: str, old: str, new: str = "t.c", *, after: str = "") -> Proof:
    table, column = new.rsplit(".", 1)
    made, _, value = old.partition("=")
    setup = "CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('a'); CREATE TYPE sky AS ENUM ('a'); "
    setup += f"CREATE TABLE {table} ({column} {made})"
    setup += f"; INSERT INTO {table} VALUES ({value})" if value else ""
    name = (table.replace('"', ""), column.replace('"', ""))
    written = f"enum {made}" if made in {"mood", "sky"} else made
    return Proof(USING, body, setup=setup, known=Known({name: written}), after=after)


USING, NARROW, BARE, COPY, DROPPED = (
    "type-without-using",
    "sequence-left-narrow",
    "key-without-default",
    "copy-without-default",
    "generator-dropped",
)
PROOFS = (
    Proof(USING, 'op.alter_column("users", "age", existing_type=sa.String(20), type_=sa.Integer())',
        after="SELECT 1 FROM users WHERE age = 7"),
    Proof(USING, 'op.execute("ALTER TABLE users ALTER age TYPE bigint, ALTER note DROP NOT NULL")',
        known=Known({("users", "age"): "text"})),
    Proof(USING, 'op.alter_column("users", "paid", existing_type=sa.Integer(), type_=sa.Boolean())',
        after="SELECT 1 FROM users WHERE paid"),
    Proof(USING, 'op.alter_column("users", "note", existing_type=sa.Text(), type_=postgresql.JSONB())'),
    Proof(USING, 'change = op.alter_column\nchange("users", "age", existing_type=sa.String(), type_=sa.Integer())'),
    Proof(USING, 'with op.batch_alter_table("users") as b:\n'
        '    b.alter_column("age", existing_type=sa.String(), type_=sa.Numeric(10, 2))'),
    Proof(USING, 'for t, c in (("users", "age"),):\n'
        '    op.alter_column(t, c, existing_type=sa.String(), type_=sa.SmallInteger())'),
    Proof(USING, '''
        op.execute("""
            ALTER TABLE users
                ADD COLUMN more text DEFAULT 'a;b',
                ALTER COLUMN age TYPE integer, -- the age
                ALTER COLUMN paid TYPE bigint
        """)''', known=Known({("users", "age"): "text"})),
    typed('op.execute("ALTER TABLE app.t ALTER c TYPE uuid")',
        "text='a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "app.t.c"),
    typed("""op.execute('ALTER TABLE app."T t" ALTER "C c" TYPE date')""", "text='2024-01-31'", 'app."T t"."C c"'),
    Proof(USING, """
        op.execute('CREATE TABLE app."a.b" ("c.d" text)')
        op.execute('ALTER TABLE ONLY app."a.b" ALTER "c.d" TYPE date, ADD n text')""", setup="CREATE SCHEMA app"),
    typed("""op.execute("ALTER TABLE app.maß ADD å text DEFAULT 'é', ALTER höhe /* cm */ TYPE int")""",
        "text='7'", "app.maß.höhe"),
    typed('op.alter_column("t", "c", type_=sa.Integer())', "boolean=true", after="SELECT c FROM t"),
    typed('op.alter_column("t", "c", type_=sa.BigInteger())', "boolean=true", after="SELECT c FROM t"),
    typed('op.alter_column("t", "c", type_=sa.Boolean())', "bigint=5", after="SELECT 1 FROM t WHERE c"),
    typed('op.alter_column("t", "c", type_=sa.Enum("a", name="mood"))', "text='a'"),
    typed('op.alter_column("t", "c", type_=sa.Enum("a", name="sky"))', "mood='a'"),
    typed('op.alter_column("t", "c", type_=postgresql.ARRAY(sa.Integer()))', "text[]='{1,2}'"),
    typed('op.alter_column("t", "c", type_=sa.LargeBinary())',
        "text='a\\b'", after="SELECT 1 FROM t WHERE length(c) = 3"),
    typed('op.alter_column("t", "c", type_=sa.DateTime(timezone=True))', "varchar='2024-01-31 12:00+02'"),
    Proof(NARROW, 'op.alter_column("users", "id", existing_type=sa.Integer(), type_=sa.BigInteger())',
        AT_THE_END.format("users", "id"), "2200H"),
    Proof(NARROW, 'op.execute("ALTER TABLE public.users ALTER id TYPE bigint")',
        AT_THE_END.format("users", "id"), "2200H"),
    Proof(NARROW, 'with op.batch_alter_table("users") as b:\n'
        '    b.alter_column("id", type_=sa.BigInteger())',
        AT_THE_END.format("users", "id"), "2200H"),
    Proof(NARROW, 'op.alter_column("T", "Id", type_=sa.BigInteger(), schema="App")',
        AT_THE_END.format('"App"."T"', "Id"), "2200H",
        'CREATE SCHEMA "App"; CREATE TABLE "App"."T" ("Id" serial PRIMARY KEY)',
        Known(serial=frozenset({("App.T", "Id")}))),
    Proof(NARROW, 'op.rename_table("users", "people")\n'
        'op.alter_column("people", "id", type_=sa.BigInteger())',
        AT_THE_END.format("people", "id"), "2200H"),
    Proof(NARROW,
        'op.alter_column("users", "id", existing_type=sa.Integer(), type_=sa.BigInteger(), autoincrement=True)',
        AT_THE_END.format("users", "id"), "2200H", known=Known()),
    Proof(BARE, 'op.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name text)")', INSERT.format("t"), "23502"),
    Proof(BARE, '''
        op.execute("""
            CREATE TABLE t (
                name varchar(20) DEFAULT 'a,b', -- the name
                id bigint NOT NULL,
                PRIMARY KEY (id)
            )
        """)''', INSERT.format("t"), "23502"),
    Proof(BARE, 'op.execute("SELECT 1; CREATE TABLE t (id int PRIMARY KEY)")', INSERT.format("t"), "23502"),
    Proof(BARE, 'op.create_table("t", sa.Column("id", sa.Integer(), autoincrement=False, primary_key=True))',
        INSERT.format("t"), "23502"),
    Proof(BARE, 'op.create_table("t", '
        'sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False), sa.PrimaryKeyConstraint("id"))',
        INSERT.format("t"), "23502"),
    Proof(COPY, 'op.execute("CREATE TABLE n AS SELECT * FROM users")\n'
        'op.execute("ALTER TABLE n ADD PRIMARY KEY (id)")',
        INSERT.format("n"), "23502"),
    Proof(COPY, 'op.execute("CREATE TABLE n (LIKE users)")\n'
        'op.create_primary_key("n_pkey", "n", ["id"])',
        INSERT.format("n"), "23502"),
    Proof(BARE, 'op.execute("CREATE TABLE t (ä text COLLATE \\"C\\", id int /* é */ CONSTRAINT k PRIMARY KEY)")',
        INSERT.format("t"), "23502"),
    Proof(COPY, 'op.execute("SELECT * INTO n FROM users")\nop.execute("ALTER TABLE n ADD PRIMARY KEY (id)")',
        INSERT.format("n"), "23502"),
    Proof(DROPPED, """
        op.execute('ALTER TABLE "a.b" ALTER "c\\'d" DROP DEFAULT')""", INSERT.format('"a.b"'), "23502",
        """CREATE TABLE "a.b" ("c'd" serial PRIMARY KEY)""",
        Known(serial=frozenset({('"a.b"', "c'd")}), sequences={('"a.b"', "c'd"): "a.b_c'd_seq"})),
    Proof(DROPPED, 'op.alter_column("users", "id", server_default=None)', INSERT.format("users"), "23502"),
    Proof(DROPPED, 'op.alter_column("users", "id", nullable=False, server_default=None)',
        INSERT.format("users"), "23502",
        USERS + "; SELECT nextval('users_id_seq')"),
    Proof(DROPPED, 'op.execute("ALTER TABLE users ALTER COLUMN id DROP DEFAULT")', INSERT.format("users"), "23502"),
    Proof(DROPPED, 'op.execute("DROP SEQUENCE users_id_seq CASCADE")', INSERT.format("users"), "23502"),
    Proof("key-made-nullable",
        'op.alter_column("users", "id", existing_type=sa.Integer(), nullable=True, comment="the key")', "", "42P16"),
    Proof("key-not-declared", 'op.add_column("tags", sa.Column("id", sa.Integer(), primary_key=True))',
        "INSERT INTO tags (id) VALUES (1); INSERT INTO refs VALUES (1); ALTER TABLE refs ADD FOREIGN KEY (t) "
        "REFERENCES tags (id)", "42830", "CREATE TABLE tags (name text); CREATE TABLE refs (t integer)"),
    Proof("seeded-ids", 'op.execute("INSERT INTO users (id, age) VALUES (2, \'8\'), (3, NULL)")',
        INSERT.format("users"), "23505", USERS + "; SELECT setval('users_id_seq', 1)"),
    Proof("seeded-ids", 'op.bulk_insert(sa.table("users", sa.column("id")), [{"id": 2}, {"id": 3}])',
        INSERT.format("users"), "23505", USERS + "; SELECT setval('users_id_seq', 1)"),
    Proof("seeded-ids", 'op.execute("INSERT INTO app.t SELECT n FROM app.s")', INSERT.format("app.t"), "23505",
        "CREATE SCHEMA app; CREATE TABLE app.s (n integer); INSERT INTO app.s VALUES (1); "
        "CREATE TABLE app.t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)",
        Known({("app.t", "id"): "integer"}, generated=frozenset({("app.t", "id")}))),
    Proof("sequence-not-created",
        'op.create_table("t", sa.Column("id", sa.Integer(), sa.Sequence("Bills"), primary_key=True))',
        """INSERT INTO t VALUES (nextval('"Bills"'))""", "42P01"),
)  # fmt: skip


def replaced(source: str, found: Unsafe) -> str:
    """The revision with the rewritten step in the place of the original."""
    tree = ast.parse(source)
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef))
    at = next(n for n, s in enumerate(function.body) if s.lineno <= found.line <= s.end_lineno)
    function.body[at : at + 1] = ast.parse(found.rewritten).body
    return ast.unparse(tree)


def outcome(url: sa.URL, source: str, shown_by: str, after: str) -> str | None:
    """The SQLSTATE that the revision, or what shows its defect, ends with."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        names: dict[str, Any] = {}
        exec(source, names)
        try:
            names["upgrade"]()
            for statement in filter(None, shown_by.split("; ")):
                connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError as error:
            return str(getattr(error.orig, "sqlstate", "?"))
        assert not after or connection.exec_driver_sql(after).scalar() == 1
    return None


@pytest.mark.filterwarnings("ignore:autoincrement and existing_autoincrement")
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: f"{proof.kind}: {proof.body[:60]}")
def test_rewritten(proof: Proof, newest: Server) -> None:
    source = up(proof.body)
    (found,) = [one for one in lint(source, proof.known) if one.kind == proof.kind]
    after = replaced(source, found)
    assert [one.kind for one in lint(after, proof.known) if one.kind == proof.kind] == []
    with newest.database() as url:
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in proof.setup.split("; "):
                connection.exec_driver_sql(statement)
        assert outcome(url, source, proof.shown_by, "") == proof.state
        assert outcome(url, after, proof.shown_by, proof.after) is None, after


DECISIONS = (
    'op.alter_column("o", "uid", existing_type=sa.Uuid(), type_=sa.Integer())',
    'op.drop_column("users", "id")',
    "try:\n    op.drop_table('users')\nexcept Exception:\n    pass",
    'op.execute("CREATE TABLE t (id serial PRIMARY KEY)")\n'
    'op.execute("ALTER TABLE t ALTER id DROP DEFAULT")',
    'op.create_table("t", sa.Column("id", sa.Integer(), nullable=False))\n'
    'op.create_primary_key("t_pkey", "t", ["id"])',
)


@pytest.mark.parametrize("body", DECISIONS)
def test_what_takes_a_decision_is_not_rewritten(body: str) -> None:
    assert [one.rewritten for one in lint(up(body), SERIAL)] == [""]


def test_several_statements_become_several_steps() -> None:
    source = up('op.execute("CREATE SCHEMA a; -- one\\nCREATE SCHEMA b;")')
    (found,) = lint(source, Known(driver="asyncpg"))
    assert found.rewritten == 'op.execute("CREATE SCHEMA a")\nop.execute("CREATE SCHEMA b")'


@pytest.mark.parametrize(
    "columns",
    [
        "ä text, id int<> /* é */ CONSTRAINT k PRIMARY KEY",
        "n numeric(10, 2), id bigint<> NOT NULL, PRIMARY KEY (id)",
        'id bigint<> COLLATE "C", PRIMARY KEY (id)',
        "PRIMARY KEY (id), id int<>",
    ],
)
def test_an_identity_stands_behind_the_type(columns: str) -> None:
    (found,) = lint(up(f"op.execute('CREATE TABLE t ({columns.replace('<>', '')})')"))
    better = columns.replace("<>", " GENERATED BY DEFAULT AS IDENTITY")
    assert (
        ast.literal_eval(found.rewritten.removeprefix("op.execute(")[:-1])
        == f"CREATE TABLE t ({better})"
    )


def test_an_identity_takes_its_sequence_along(newest: Server) -> None:
    """Why sequence-left-narrow is about serial keys alone."""
    with newest.database() as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            for how in ("integer GENERATED BY DEFAULT AS IDENTITY", "serial"):
                name = how.split()[0]
                connection.exec_driver_sql(f"CREATE TABLE {name}s (id {how})")
                connection.exec_driver_sql(f"ALTER TABLE {name}s ALTER id TYPE bigint")
            connection.exec_driver_sql("CREATE SEQUENCE raw")
            types = "SELECT seqrelid::regclass::text, seqtypid::regtype::text FROM pg_sequence"
            found = dict(connection.exec_driver_sql(types).all())
    assert found == {"integers_id_seq": "bigint", "serials_id_seq": "integer", "raw": "bigint"}


def test_learned_serial_keys_are_what_postgresql_makes(newest: Server) -> None:
    """Which keys SQLAlchemy makes serial, as learn() says and as the database has them."""
    body = """
    op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Text()))
    op.create_table("b", sa.Column("id", sa.BigInteger(), nullable=False), sa.PrimaryKeyConstraint("id"))
    op.create_table("c", sa.Column("id", sa.SmallInteger(), primary_key=True))
    op.create_table("d", sa.Column("id", sa.Integer(), sa.ForeignKey("a.id"), primary_key=True))
    op.create_table("e", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))
    op.create_table("f", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))
    op.create_table("g",
        sa.Column("id", sa.Integer(), primary_key=True), sa.Column("x", sa.Integer(), primary_key=True))
    op.create_table("h", sa.Column("id", sa.Integer(), primary_key=True, server_default="5"))
    op.create_table("i",
        sa.Column("id", sa.Integer()), sa.ForeignKeyConstraint(["id"], ["a.id"]), sa.PrimaryKeyConstraint("id"))
    op.create_table("j", sa.Column("x", sa.Text()))
    op.add_column("j", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("CREATE TABLE k (id serial PRIMARY KEY, n bigint)")
    op.execute("CREATE SEQUENCE s AS integer")
    op.execute("CREATE TABLE l (id integer PRIMARY KEY DEFAULT nextval('s'::regclass))")
    """
    known = learn([up(body)])
    query = """
        SELECT c.relname, a.attname
        FROM pg_depend d
        JOIN pg_attrdef ad ON d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid
        JOIN pg_class c ON c.oid = ad.adrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ad.adnum
        JOIN pg_sequence s ON d.refobjid = s.seqrelid
        WHERE s.seqtypid <> 'bigint'::regtype"""
    with newest.database() as url:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with (
            engine.connect() as connection,
            Operations.context(MigrationContext.configure(connection)),
        ):
            names: dict[str, Any] = {}
            exec(up(body), names)
            names["upgrade"]()
            rows = {tuple(row) for row in connection.exec_driver_sql(query).all()}
            types = connection.exec_driver_sql(
                "SELECT c.relname, a.attname, format_type(a.atttypid, NULL)"
                " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
            ).all()
    assert known.serial == rows
    assert known.columns == {(table, column): type_ for table, column, type_ in types}
    assert known.sequences == {("l", "id"): "s"}
    assert known.generated >= known.serial
