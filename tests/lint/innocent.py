"""Revisions with nothing unsafe in them, some of which look so."""

from remediate.lint import Known
from tests.lint.revisions import SERIAL, Case, down, module, up

AGE = Known({("users", "age"): "text"})
IDENTITY = Known({("users", "id"): "integer"}, generated=frozenset({("users", "id")}))


def case(name: str, source: str, known: Known = Known()) -> Case:
    return Case(name, source, (), known)


OWNED = Known(
    {("o", "n"): "integer", ("o", "s"): "text", ("o", "m"): "mood", ("users", "id"): "bigint"}
)
OF_REFERENCES = (
    case("integer to bigint", up('op.create_foreign_key(None, "o", "users", ["n"], ["id"])'), OWNED),
    case("converted before", up('''
        op.alter_column("o", "s", type_=sa.Integer(), postgresql_using="s::integer")
        op.create_foreign_key(None, "o", "users", ["s"], ["id"])'''), OWNED),
    case("a reference of one's own type", up('op.create_foreign_key(None, "o", "users", ["m"], ["id"])'), OWNED),
    case("a table that is not known", up('op.create_foreign_key(None, "o", "others", ["s"], ["id"])'), OWNED),
    case("to whatever the key is", up('op.execute("ALTER TABLE o ADD FOREIGN KEY (s) REFERENCES users")'), OWNED),
)  # fmt: skip
OF_TYPES = (
    case("using", up('''
        op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Integer(),
            postgresql_using="age::integer")''')),
    case("raw using", up('op.execute("ALTER TABLE users ALTER age TYPE integer USING age::integer")'), AGE),
    case("assignable", up('''
        op.alter_column("o", "a", existing_type=sa.Integer(), type_=sa.BigInteger())
        op.alter_column("o", "b", existing_type=sa.String(10), type_=sa.Text())
        op.alter_column("o", "c", existing_type=sa.String(10), type_=sa.String(20))
        op.alter_column("o", "d", existing_type=sa.Integer(), type_=sa.Numeric(10, 2))
        op.alter_column("o", "e", existing_type=sa.Uuid(), type_=sa.String(36))
        op.alter_column("o", "f", existing_type=sa.DateTime(), type_=sa.DateTime(timezone=True))
        op.alter_column("o", "g", existing_type=sa.JSON(), type_=postgresql.JSONB())
        op.alter_column("o", "h", existing_type=sa.Enum("a", name="mood"), type_=sa.String())''')),
    case("former type unknown", up('op.alter_column("users", "age", type_=sa.Integer())')),
    case("raw, former type unknown", up('op.execute("ALTER TABLE users ALTER age TYPE integer")')),
    case("another table's column", up('op.execute("ALTER TABLE other.users ALTER age TYPE integer")'), AGE),
    case("a type of one's own", up('op.alter_column("o", "a", existing_type=sa.String(), type_=GUID())')),
    case("a type of one's own that is called as ours", '''
from alembic import op
from app.types import UUID
import sqlalchemy as sa
def upgrade():
    op.alter_column("o", "a", existing_type=sa.String(), type_=UUID())
'''),
    case("variant", up(
        'op.alter_column("o", "a", existing_type=sa.Text(), type_=sa.JSON().with_variant(sa.Text(), "postgresql"))')),
    case("enum without its own type", up(
        'op.alter_column("o", "a", existing_type=sa.Text(), type_=sa.Enum("a", name="e", native_enum=False))')),
    case("no type change", up('op.alter_column("users", "age", existing_type=sa.Text(), nullable=False)'), AGE),
    case("sources that differ", up(
        'op.alter_column("users", "age", existing_type=sa.Integer(), type_=sa.BigInteger())'), AGE),
    case("changed twice", up('''
        op.execute("ALTER TABLE users ALTER age TYPE integer USING age::integer")
        op.execute("ALTER TABLE users ALTER age TYPE bigint")'''), AGE),
    case("changed under a condition", up('''
        if something:
            op.execute("ALTER TABLE t ALTER a TYPE text")
        op.execute("ALTER TABLE t ALTER a TYPE integer")''')),
    case("branch for another database", up('''
        if op.get_bind().dialect.name == "sqlite":
            op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Integer())'''), AGE),
    case("the rest is for another database", up('''
        if op.get_context().dialect.name == "postgresql":
            op.execute("ALTER TABLE users ALTER age TYPE integer USING age::integer")
            return
        op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Integer())'''), AGE),
    case("converted where nobody looks", up('''
        op.execute("DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER age TYPE integer USING age::integer'; END $$")
        op.execute("ALTER TABLE users ALTER age TYPE bigint")
        op.execute("ALTER TABLE users ALTER age TYPE boolean USING age <> 0")'''), AGE),
    case("converted by another module", module('''
        from app.migrations import convert
        def upgrade():
            convert("users", "age")
            op.execute("ALTER TABLE users ALTER age TYPE bigint")'''), AGE),
    case("in a comment and a string", up('''
        op.execute("""
            -- ALTER TABLE users ALTER age TYPE integer;
            COMMENT ON TABLE users IS 'ALTER TABLE users ALTER age TYPE integer; DROP TABLE x CASCADE'
        """)'''), AGE),
    case("name from elsewhere", up('op.execute(f"ALTER TABLE {table()} ALTER age TYPE integer")'), AGE),
    case("replaced column", up('''
        op.drop_column("users", "age")
        op.add_column("users", sa.Column("age", sa.Integer()))
        op.alter_column("users", "age", type_=sa.BigInteger())'''), AGE),
    case("downgrade to text", down('op.alter_column("users", "age", existing_type=sa.Integer(), type_=sa.String())')),
    case("keywords from elsewhere", up(
        'op.alter_column("users", "age", existing_type=sa.Text(), type_=sa.Integer(), **options)')),
    case("no PostgreSQL type", '''
from alembic import op
from sqlalchemy.dialects import mysql
import sqlalchemy as sa
def upgrade():
    op.alter_column("o", "a", existing_type=mysql.TEXT(), type_=sa.Integer())
'''),
)  # fmt: skip
OF_SEQUENCES = (
    case("with the sequence", up('''
        op.alter_column("users", "id", type_=sa.BigInteger())
        op.execute("ALTER SEQUENCE users_id_seq AS bigint")'''), SERIAL),
    case("the sequence first, with its schema", up('''
        op.execute("ALTER SEQUENCE IF EXISTS public.users_id_seq AS bigint NO MAXVALUE")
        op.execute("ALTER TABLE users ALTER id TYPE bigint")'''), SERIAL),
    case("the sequence under another name", up('''
        op.alter_column("users", "id", type_=sa.BigInteger())
        op.execute("ALTER SEQUENCE people_number AS bigint")'''), SERIAL),
    case("the sequence in a loop", up('''
        op.alter_column("users", "id", type_=sa.BigInteger())
        for name in names():
            op.execute(f"ALTER SEQUENCE {name} AS bigint")'''), SERIAL),
    case("the sequence by a function of functions", up('''
        op.alter_column("users", "id", type_=sa.BigInteger())
        list(map(op.execute, statements()))'''), SERIAL),
    case("the sequence by a lambda", up('''
        op.alter_column("users", "id", type_=sa.BigInteger())
        widen = lambda name: op.execute(f"ALTER SEQUENCE {name} AS bigint")
        widen("users_id_seq")'''), SERIAL),
    case("the sequence by its owner", up('''
        op.alter_column("users", "id", type_=sa.BigInteger())
        op.execute(
            "DO $$ BEGIN EXECUTE 'ALTER SEQUENCE ' || pg_get_serial_sequence('users', 'id') || ' AS bigint'; "
            "END $$")'''), SERIAL),
    case("identity", up('''
        op.create_table("t", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))
        op.alter_column("t", "id", type_=sa.BigInteger())''')),
    case("identity, as autogenerate writes it", up('''
        op.alter_column("t", "id", existing_type=sa.INTEGER(), type_=sa.BigInteger(), autoincrement=True,
            existing_server_default=sa.Identity(always=False))''')),
    case("known not to be serial", up(
        'op.alter_column("t", "id", existing_type=sa.Integer(), type_=sa.BigInteger(), autoincrement=True)'),
        Known({("t", "id"): "integer"})),
    case("bigserial", up('''
        op.execute("CREATE TABLE t (id bigserial PRIMARY KEY)")
        op.execute("ALTER TABLE t ALTER id TYPE integer")
        op.execute("ALTER TABLE t ALTER id TYPE bigint")''')),
    case("a sequence of its own is bigint", up('''
        op.execute("CREATE SEQUENCE s")
        op.execute("CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'))")
        op.execute("ALTER TABLE t ALTER id TYPE bigint")''')),
    case("fed anew", up('''
        op.execute("CREATE SEQUENCE big")
        op.execute("ALTER TABLE users ALTER id TYPE bigint, ALTER id SET DEFAULT nextval('big')")'''), SERIAL),
    case("serial to identity", up('''
        op.execute("ALTER TABLE users ALTER id DROP DEFAULT")
        op.execute("DROP SEQUENCE users_id_seq")
        op.execute("ALTER TABLE users ALTER id TYPE bigint")
        op.execute("ALTER TABLE users ALTER id ADD GENERATED BY DEFAULT AS IDENTITY")'''), SERIAL),
    case("narrowed and widened again", down(
        'op.execute("ALTER TABLE users ALTER id TYPE integer")',
        'op.execute("ALTER TABLE users ALTER id TYPE bigint")\n'
        'op.execute("ALTER SEQUENCE users_id_seq AS bigint")'), SERIAL),
    case("a reference, not a key", up(
        'op.alter_column("orders", "user_id", existing_type=sa.Integer(), type_=sa.BigInteger())'), SERIAL),
    case("not widened", up('op.execute("ALTER TABLE users ALTER id TYPE integer")'), SERIAL),
)  # fmt: skip
OF_TABLES = (
    case("create_table", up('''
        op.create_table("users", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))
        op.create_table("b", sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=True))''')),
    case("raw keys that count", up('''
        op.execute("CREATE TABLE a (id serial PRIMARY KEY)")
        op.execute("CREATE TABLE b (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
        op.execute("CREATE TABLE c (id integer PRIMARY KEY DEFAULT nextval('s'))")
        op.execute("CREATE TABLE d (id uuid PRIMARY KEY)")
        op.execute("CREATE TABLE e (code integer PRIMARY KEY, name text)")''')),
    case("the key of a parent", up('''
        op.execute("CREATE TABLE profiles (id integer PRIMARY KEY REFERENCES users (id))")
        op.execute("CREATE TABLE notes (id integer PRIMARY KEY, FOREIGN KEY (id) REFERENCES users (id))")
        op.create_table("p",
            sa.Column("id", sa.Integer(), sa.ForeignKey("users.id"), primary_key=True, autoincrement=False))''')),
    case("reference added afterwards", up('''
        op.execute("CREATE TABLE profiles (id integer PRIMARY KEY)")
        op.create_foreign_key(None, "profiles", "users", ["id"], ["id"])''')),
    case("as a dump writes it", up('''
        op.execute("CREATE TABLE public.users (id integer NOT NULL)")
        op.execute("CREATE SEQUENCE public.users_id_seq AS integer")
        op.execute("ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass)")
        op.execute("ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id)")''')),
    case("several columns", up('''
        op.execute("CREATE TABLE a (id integer, user_id integer, PRIMARY KEY (id, user_id))")
        op.create_table("b",
            sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.Integer(), primary_key=True))''')),
    case("rows come with their ids", up('''
        op.execute("CREATE TABLE states (id integer PRIMARY KEY, name text)")
        op.execute("INSERT INTO states VALUES (1, 'new'), (2, 'done')")''')),
    case("bulk insert", up('''
        states = op.create_table("states", sa.Column("id", sa.Integer(), autoincrement=False, primary_key=True))
        op.bulk_insert(states, [{"id": 1}])''')),
    case("trigger", up('''
        op.execute("CREATE TABLE t (id integer PRIMARY KEY)")
        op.execute("CREATE TRIGGER fill BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION next_id()")''')),
    case("natural key without autoincrement", up(
        'op.create_table("years", sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False))')),
    case("restored by a downgrade", down(
        'op.create_table("users", sa.Column("id", sa.Integer(), autoincrement=False, primary_key=True))')),
    case("temporary", up('op.execute("CREATE TEMPORARY TABLE t (id integer PRIMARY KEY)")')),
    case("partition", up('op.execute("CREATE TABLE t_2024 PARTITION OF t FOR VALUES FROM (1) TO (2)")')),
    case("archive", up('''
        op.execute("CREATE TABLE users_archive AS SELECT * FROM users")
        op.execute("ALTER TABLE users_archive ADD PRIMARY KEY (id)")''')),
    case("copied with defaults", up('''
        op.execute("CREATE TABLE users_new (LIKE users INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        op.execute("ALTER TABLE users_new ADD PRIMARY KEY (id)")''')),
    case("copied and given an identity", up('''
        op.execute("CREATE TABLE users_new AS SELECT * FROM users")
        op.execute("ALTER TABLE users_new ADD PRIMARY KEY (id)")
        op.execute("ALTER TABLE users_new ALTER id ADD GENERATED BY DEFAULT AS IDENTITY")''')),
    case("a copy with a natural key", up('''
        op.execute("CREATE TABLE totals AS SELECT user_id, sum(amount) FROM orders GROUP BY 1")
        op.execute("ALTER TABLE totals ADD PRIMARY KEY (user_id)")''')),
    case("a copy with a uuid", up('''
        op.execute("CREATE TABLE users_new AS SELECT * FROM users")
        op.execute("ALTER TABLE users_new ADD PRIMARY KEY (id)")'''), Known({("users", "id"): "uuid"})),
)  # fmt: skip
OF_STEPS = (
    case("raised again", up('''
        try:
            op.drop_table("users")
        except Exception as error:
            raise RuntimeError("no users") from error''')),
    case("finally", up('''
        try:
            op.drop_table("users")
        finally:
            print("done")''')),
    case("savepoint", up('''
        conn = op.get_bind()
        try:
            with conn.begin_nested():
                conn.execute(sa.text("CREATE EXTENSION citext"))
        except Exception:
            pass''')),
    case("an import", '''
try:
    import geoalchemy2
except ImportError:
    geoalchemy2 = None
from alembic import op
def upgrade():
    try:
        import json
    except ImportError:
        pass
    op.drop_table("users")
'''),
    case("cascade in an upgrade", up('op.execute("DROP TABLE users CASCADE")')),
    case("ON DELETE CASCADE", down('''
        op.execute(
            "ALTER TABLE o DROP CONSTRAINT fk, "
            "ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE")
        op.execute("TRUNCATE users CASCADE")
        op.execute("DROP TABLE users RESTRICT")''')),
    case("one statement", up('''
        op.execute("SELECT 1;")
        op.execute("SELECT ';' || E'\\\\';' || $$;$$ /* ; /* ; */ ; */ -- ;")
        op.execute("""
            DO $body$
            BEGIN
              PERFORM 1; PERFORM 2;
            END
            $body$;
        """)
        op.execute(
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql "
            "BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;")
        op.execute("CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)")''')),
    case("names with semicolons", up('''op.execute('ALTER TABLE "a;b" RENAME TO "c;d"')''')),
    case("several, each by itself", up('''
        for statement in "CREATE SCHEMA a; CREATE SCHEMA b".split(";"):
            op.execute(statement)''')),
    case("rows that are read and written", up('''
        conn = op.get_bind()
        for row in conn.execute(sa.text("SELECT id FROM users")):
            conn.execute(sa.text("UPDATE users SET age = 1 WHERE id = :id"), {"id": row.id})''')),
    case("aware of --sql", up('''
        from alembic import context
        if context.is_offline_mode() or not op.get_bind().execute(sa.text("SELECT 1")).scalar():
            op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))''')),
    case("configuration", up('''
        from alembic import context
        if context.get_x_argument(as_dictionary=True).get("drop"):
            op.drop_table("users")''')),
    case("nothing", "revision = 'a'\n"),
    case("merge", module('''
        def upgrade() -> None:
            pass
        def downgrade() -> None:
            raise NotImplementedError''')),
    case("32 characters", 'revision = "a_revision_with_a_name_of_32_cha"\n'),
    case("ids of others", 'revision = "a"\ndown_revision = "2024-01-01-a-name-that-is-much-too-long-for-it"\n'),
)  # fmt: skip
OF_GENERATORS = (
    case("other columns", up('op.alter_column("users", "age", server_default=None)'), SERIAL),
    case("no default said", up(
        'op.alter_column("users", "id", existing_type=sa.Integer(), existing_nullable=False, nullable=False)'), SERIAL),
    case("no change", up('op.alter_column("users", "id", server_default=False, nullable=False)'), SERIAL),
    case("another default", up('''
        op.alter_column("users", "id", server_default=None)
        op.execute("ALTER TABLE users ALTER id SET DEFAULT nextval('s')")'''), SERIAL),
    case("identity by op", up('''
        op.execute("ALTER TABLE users ALTER id DROP DEFAULT")
        op.alter_column("users", "id", server_default=sa.Identity())'''), SERIAL),
    case("dropped with its table", up('''
        op.execute("ALTER TABLE users ALTER id DROP DEFAULT")
        op.drop_table("users")'''), SERIAL),
    case("another key", up('''
        op.drop_column("users", "id")
        op.create_primary_key(None, "users", ["email"])'''), SERIAL),
    case("the column made anew", up('''
        op.drop_column("users", "id")
        op.add_column("users",
            sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), primary_key=True),
            inline_primary_key=True)'''), SERIAL),
    case("the downgrade takes what the upgrade gave", down(
        'op.execute("ALTER TABLE t ALTER id DROP DEFAULT")\nop.execute("DROP SEQUENCE t_id_seq")',
        'op.execute("CREATE SEQUENCE t_id_seq")\n'
        'op.execute("ALTER TABLE t ALTER id SET DEFAULT nextval(\'t_id_seq\')")')),
    case("the downgrade drops the added key", down(
        'op.drop_column("t", "id")',
        'op.add_column("t", sa.Column("id", sa.Integer(), primary_key=True))\n'
        'op.create_primary_key(None, "t", ["id"])')),
    case("the downgrade gives it back", down(
        'op.execute("ALTER TABLE users ALTER id DROP IDENTITY")\n'
        'op.execute("ALTER TABLE users ALTER id SET DEFAULT nextval(\'users_id_seq\')")',
        'op.execute("ALTER TABLE users ALTER id DROP DEFAULT")\n'
        'op.execute("ALTER TABLE users ALTER id ADD GENERATED ALWAYS AS IDENTITY")'), SERIAL),
    case("identity known", up('op.execute("ALTER TABLE users ALTER id TYPE bigint")'), IDENTITY),
    case("late bound in a downgrade", down('''op.execute("ALTER TABLE t ALTER id SET DEFAULT nextval('s'::text)")''')),
    case("a sequence of others", up('op.execute("DROP SEQUENCE orders_seq CASCADE")'), SERIAL),
)  # fmt: skip
OF_THE_PARSER = (
    case("rows that come in WITH", up('''
        op.execute("CREATE TABLE states (id integer PRIMARY KEY)")
        op.execute("WITH new AS (INSERT INTO states VALUES (1) RETURNING id) SELECT * FROM new")''')),
    case("rows that are merged", up('''
        for row in op.get_bind().execute(sa.text("SELECT id FROM users")):
            op.execute("MERGE INTO t USING u ON t.id = u.id WHEN NOT MATCHED THEN INSERT VALUES (u.id)")''')),
    case("rows of many queries, nested deep", up(f'''
        op.execute("CREATE TABLE states (id integer PRIMARY KEY)")
        op.execute("INSERT INTO states {" UNION ALL ".join(["SELECT 1"] * 150)}")''')),
    case("a column called cascade", down(
        'op.execute("ALTER TABLE users DROP COLUMN age, ADD COLUMN cascade boolean")')),
    case("a table called cascade", down("""op.execute('DROP TABLE cascade')""")),
    case("a dot in a name is none between schema and table", up('''
        op.alter_column("a.b", "c", type_=sa.Date())
        op.execute('ALTER TABLE "a.b" ALTER c TYPE date')'''), Known({("a.b", "c"): "text"})),
    case("a block in another language", up('''
        op.execute("DO LANGUAGE plpython3u $$ plpy.run(change) $$")
        op.execute("ALTER TABLE users ALTER age TYPE integer")'''), AGE),
    case("a block without its body", up('op.execute("DO LANGUAGE plpgsql")')),
    case("a body that is a string", up(
        """op.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS E'SELECT 1; SELECT \\\\';\\\\''")""")),
    case("colons that are none of a parameter", up(r'''
        op.execute("INSERT INTO t VALUES ('12\\:30', (x)\\:\\:integer, a[1\\:2])")''')),
    case("parameters where names, values and lists go", up('''
        bind = op.get_bind()
        bind.execute(sa.text("DELETE FROM t WHERE id IN :ids AND day > :day - interval '1 day' OR n = ANY(:n)"))
        bind.execute(sa.text("SELECT * FROM t ORDER BY 1 LIMIT :number"))
        bind.execute(sa.text("SET LOCAL lock_timeout = :timeout"))
        bind.exec_driver_sql("UPDATE t SET a = %(a)s, b = 5 %% 2 WHERE c LIKE 'x%%'", {"a": 1})
        bind.exec_driver_sql("UPDATE t SET a = %s", (1,))
        bind.exec_driver_sql("UPDATE t SET a = $1", (1,))''')),
    case("holes where names, values, lists and statements go", up('''
        op.execute(f"INSERT INTO {table()} VALUES {rows()}")
        op.execute(f"COMMENT ON TABLE users IS {text()}")
        op.execute(f"CREATE SEQUENCE s START WITH {number()}")
        op.execute(f"CREATE {unique()} INDEX ON users {columns()} {where()}")
        op.execute(f"ALTER TABLE users {change()}")
        op.execute(f"ALTER TABLE users ADD COLUMN code varchar({length()})")
        op.execute(f"{before()}; {after()}")''')),
    case("USING that is not written out", up(
        'op.execute(f"ALTER TABLE users ALTER age TYPE integer {using()}")'), AGE),
    case("characters that SQL cannot have", up(r"""op.execute("SELECT '\0', '\ud800'")""")),
    case("text for another database", up('''
        from sqlalchemy.dialects.mysql.base import MySQLDialect
        bind = op.get_bind()
        if isinstance(bind.dialect, MySQLDialect):
            op.execute("ALTER TABLE users MODIFY age integer")
        if bind.engine.name == MYSQL_ENGINE and today():
            op.execute("ALTER TABLE users MODIFY age integer")
        if bind.dialect.name == "mysql" or is_mariadb():
            op.execute("ALTER TABLE users MODIFY age integer")
        if not (is_postgresql() or bind.dialect.name == "sqlite"):
            op.execute("ALTER TABLE users MODIFY age integer")''')),
)  # fmt: skip
INNOCENT = (
    *OF_REFERENCES,
    *OF_TYPES,
    *OF_SEQUENCES,
    *OF_TABLES,
    *OF_STEPS,
    *OF_GENERATORS,
    *OF_THE_PARSER,
)
