"""Revisions with something unsafe in them."""

from remediate.lint import Known
from tests.lint.revisions import SERIAL, Case, down, module, up

USING, NARROW, BARE, COPY = (
    "type-without-using",
    "sequence-left-narrow",
    "key-without-default",
    "copy-without-default",
)
MISTYPED = "reference-mistyped"
SWALLOWED, CASCADES, SEVERAL = "failure-swallowed", "downgrade-cascades", "several-statements"
DROPPED, LATE, GONE = "generator-dropped", "default-late-bound", "default-of-dropped-sequence"
LONG, REFUSED, STEERS = "revision-id-too-long", "revision-id-refused", "query-steers-ddl"
NOT_READ = "statement-not-read"
NULLS, FRESH, SEEDED = "key-made-nullable", "key-of-new-column", "seeded-ids"
ABSENT, BARED = "sequence-not-created", "key-not-declared"
NOT_CAST, UNKEYED = "default-not-cast", "key-dropped"
ASYNCPG = Known(driver="asyncpg")
TEXT_AGE = Known({("users", "age"): "character varying(20)"})
OWNED = Known(
    {("o", "user_id"): "character varying(20)", ("users", "id"): "bigint", ("app.users", "id"): "uuid",
     ("o", "n"): "integer", ("o", "note"): "mood"}
)  # fmt: skip
BOTH = Known(
    {("a", "id"): "integer", ("b", "id"): "integer"}, frozenset({("a", "id"), ("b", "id")})
)


def case(kind: str, name: str, source: str, known: Known = Known()) -> Case:
    return Case(f"{kind}: {name}", source, (kind,), known)


OF_TYPES = (
    case(USING, "op", up(
        'op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Integer())  # <--'), TEXT_AGE),
    case(USING, "several lines", up('''
        op.alter_column(  # <--
            "users", "age",
            existing_type=sa.VARCHAR(length=20),
            type_=sa.Integer(),
        )''')),
    case(USING, "uuid", up(
        'op.alter_column("o", "uid", existing_type=sa.Text, type_=postgresql.UUID(as_uuid=True))  # <--')),
    case(USING, "type known from the database", up(
        'op.alter_column("users", "age", type_=sa.BigInteger())  # <--'), TEXT_AGE),
    case(USING, "public is the default", up(
        'op.alter_column("users", "age", type_=sa.Date(), schema="public")  # <--'), TEXT_AGE),
    case(USING, "uuid to integer", up(
        'op.alter_column("o", "uid", existing_type=sa.Uuid(), type_=sa.Integer())  # <--')),
    case(USING, "integer to boolean", up(
        'op.alter_column("o", "paid", existing_type=sa.Integer(), type_=sa.Boolean())  # <--')),
    case(USING, "boolean to integer", up(
        'op.alter_column("o", "paid", existing_type=sa.Boolean(), type_=sa.Integer())  # <--')),
    case(USING, "json", up('op.alter_column("o", "body", existing_type=sa.Text(), type_=postgresql.JSONB())  # <--')),
    case(USING, "date", up('op.alter_column("o", "day", existing_type=sa.String(10), type_=sa.Date())  # <--')),
    case(USING, "array", up(
        'op.alter_column("o", "tags", existing_type=sa.Text(), type_=sa.ARRAY(sa.Integer()))  # <--')),
    case(USING, "enum", up(
        'op.alter_column("o", "mood", existing_type=sa.String(), type_=sa.Enum("a", name="mood"))  # <--')),
    case(USING, "timestamp", up(
        'op.alter_column("o", "at", existing_type=sa.Integer(), type_=sa.DateTime(timezone=True))  # <--')),
    case(USING, "batch", up('''
        with op.batch_alter_table("users", schema="app") as batch_op:
            batch_op.alter_column("age", existing_type=sa.String(), type_=sa.Integer())  # <--''')),
    case(USING, "raw", up('op.execute("ALTER TABLE users ALTER COLUMN age TYPE integer")  # <--'), TEXT_AGE),
    case(USING, "raw, set data type", up(
        'op.execute("alter table only public.users alter age set data type int")  # <--'), TEXT_AGE),
    case(USING, "raw, the second action", up('''
        op.execute("""
            ALTER TABLE users
                ADD COLUMN note text DEFAULT 'a, b; c',
                -- the age, at last
                ALTER COLUMN age TYPE integer -- <--
        """)'''), TEXT_AGE),
    case(USING, "implicit concatenation", up('''
        op.execute(
            "ALTER TABLE users "
            "ALTER COLUMN age TYPE integer"  # <--
        )'''), TEXT_AGE),
    case(USING, "sa.text", up(
        'op.execute(sa.text("ALTER TABLE users ALTER COLUMN age TYPE integer"))  # <--'), TEXT_AGE),
    case(USING, "through the connection", up(
        'op.get_bind().execute(sa.text("ALTER TABLE users ALTER age TYPE integer"))  # <--'), TEXT_AGE),
    case(USING, "through a named connection", up('''
        conn = op.get_bind()
        conn.exec_driver_sql("ALTER TABLE users ALTER age TYPE integer")  # <--'''), TEXT_AGE),
    case(USING, "quoted names", up(
        '''op.execute('ALTER TABLE "Users" ALTER COLUMN "Age" TYPE integer')  # <--'''),
        Known({("Users", "Age"): "text"})),
    case(USING, "made before in the same upgrade", up('''
        op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("n", sa.String()))
        op.alter_column("t", "n", type_=sa.Integer())  # <--''')),
    case(USING, "made in raw SQL and renamed", up('''
        op.execute("CREATE TABLE t (id serial PRIMARY KEY, n varchar(10) NOT NULL)")
        op.rename_table("t", "u")
        op.alter_column("u", "n", new_column_name="m")
        op.execute("ALTER TABLE u ALTER m TYPE integer")  # <--''')),
    case(USING, "constant of the module", module('''
        TABLE = "users"
        COLUMN = "age"
        SQL = "ALTER TABLE {} ALTER COLUMN {} TYPE integer".format(TABLE, COLUMN)  # <--
        def upgrade():
            op.execute(SQL)'''), TEXT_AGE),
    case(USING, "percent", up(
        'op.execute("ALTER TABLE %s ALTER %s TYPE integer" % ("users", "age"))  # <--'), TEXT_AGE),
    case(USING, "f-string in a loop", up('''
        for table, column in [("users", "age"), ("orders", "total")]:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE integer")  # <--'''), TEXT_AGE),
    case(USING, "helper with arguments", module('''
        def to_int(table, column="age"):
            op.alter_column(table, column, existing_type=sa.String(), type_=sa.Integer())  # <--
        def upgrade():
            to_int("users")''')),
    case(USING, "alias", '''
from alembic import op as o
from sqlalchemy import Integer, String
def upgrade():
    o.alter_column("users", "age", existing_type=String(), type_=Integer())  # <--
'''),
    case(USING, "branch for PostgreSQL", up('''
        if op.get_bind().dialect.name == "postgresql":
            op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Integer())  # <--
        else:
            op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Boolean())''')),
    case(USING, "downgrade", down('op.alter_column("o", "uid", existing_type=sa.String(), type_=sa.Uuid())  # <--')),
    case(USING, "downgrade of what the upgrade changed", down(
        'op.execute("ALTER TABLE users ALTER age TYPE integer")  # <--',
        'op.alter_column("users", "age", type_=sa.Text())')),
    case(USING, "multidb", module('''
        def upgrade(engine_name):
            globals()["upgrade_%s" % engine_name]()
        def upgrade_engine1():
            op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Integer())  # <--''')),
    case(USING, "execute under another name", up('''
        run = op.execute
        run("ALTER TABLE users ALTER age TYPE integer")  # <--'''), TEXT_AGE),
    case(USING, "alter_column under another name", up('''
        change = op.alter_column
        change("users", "age", type_=sa.Integer())  # <--'''), TEXT_AGE),
    case(USING, "type in a variable", up('''
        new = sa.Integer()
        op.alter_column("users", "age", existing_type=sa.String(), type_=new)  # <--''')),
    case(USING, "two that agree", up(
        'op.alter_column("users", "age", existing_type=sa.Text(), type_=sa.Integer())  # <--'), TEXT_AGE),
)  # fmt: skip
OF_SEQUENCES = (
    case(NARROW, "op", up(
        'op.alter_column("users", "id", existing_type=sa.Integer(), type_=sa.BigInteger())  # <--'), SERIAL),
    case(NARROW, "raw", up('op.execute("ALTER TABLE users ALTER COLUMN id TYPE bigint")  # <--'), SERIAL),
    case(NARROW, "raw with USING", up(
        'op.execute("ALTER TABLE users ALTER id SET DATA TYPE int8 USING id::bigint")  # <--'), SERIAL),
    case(NARROW, "one of two", up('''
        op.execute("ALTER TABLE a ALTER id TYPE bigint")
        op.execute("ALTER TABLE b ALTER id TYPE bigint")  # <--
        op.execute("ALTER SEQUENCE a_id_seq AS bigint")'''), BOTH),
    case(NARROW, "sequence to integer", up('''
        op.execute("ALTER TABLE users ALTER id TYPE bigint")  # <--
        op.execute("ALTER SEQUENCE users_id_seq AS integer")'''), SERIAL),
    case(NARROW, "made before", up('''
        op.create_table("t", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"))
        op.alter_column("t", "id", type_=sa.BigInteger())  # <--''')),
    case(NARROW, "raw serial", up('''
        op.execute("CREATE TABLE t (id SERIAL PRIMARY KEY)")
        op.execute("ALTER TABLE t ALTER id TYPE bigint")  # <--''')),
    case(NARROW, "smallserial", up('''
        op.execute("CREATE TABLE t (id smallserial PRIMARY KEY)")
        op.execute("ALTER TABLE t ALTER id TYPE integer")  # <--''')),
    case(NARROW, "an integer sequence of its own", up('''
        op.execute("CREATE SEQUENCE s AS integer")
        op.execute("CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'::regclass))")
        op.execute("ALTER TABLE t ALTER id TYPE bigint")  # <--''')),
    case(NARROW, "as autogenerate writes it", up('''
        op.alter_column('users', 'id',  # <--
                   existing_type=sa.INTEGER(),
                   type_=sa.BigInteger(),
                   existing_nullable=False,
                   autoincrement=True)''')),
    case(NARROW, "batch", up('''
        with op.batch_alter_table("users") as b:
            b.alter_column("id", type_=sa.BigInteger())  # <--'''), SERIAL),
    case(NARROW, "loop", up('''
        for table in ("a", "b"):
            op.alter_column(table, "id", existing_type=sa.Integer(), type_=sa.BigInteger())  # <--'''), BOTH),
    case(NARROW, "renamed table", up('''
        op.rename_table("users", "people")
        op.alter_column("people", "id", type_=sa.BigInteger())  # <--'''), SERIAL),
)  # fmt: skip
OF_TABLES = (
    case(BARE, "raw", up('op.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name text)")  # <--')),
    case(BARE, "raw, constraint", up('''
        op.execute("""
            /* people; and (more) */
            CREATE TABLE IF NOT EXISTS app.users ( -- <--
                id bigint NOT NULL,
                name text DEFAULT 'a,b',
                CONSTRAINT pk PRIMARY KEY (id)
            )
        """)''')),
    case(BARE, "key added afterwards", up('''
        op.execute("CREATE TABLE users (id integer NOT NULL, name text)")  # <--
        op.execute("ALTER TABLE ONLY users ADD CONSTRAINT users_pkey PRIMARY KEY (id)")''')),
    case(BARE, "op", up(
        'op.create_table("users", sa.Column("id", sa.Integer(), autoincrement=False, primary_key=True))  # <--')),
    case(BARE, "op, constraint", up('''
        op.create_table(  # <--
            "users",
            sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("name", sa.String(), nullable=True),
            sa.PrimaryKeyConstraint("user_id"),
        )''')),
    case(BARE, "the second statement of a constant", module('''
        DDL = """
        CREATE TABLE notes (id serial PRIMARY KEY);
        CREATE TABLE users (  -- <--
            id INTEGER PRIMARY KEY);
        """
        def upgrade():
            for statement in DDL.split(";")[:-1]:
                op.execute(statement.strip())''')),
    case(COPY, "as select", up('''
        op.execute("CREATE TABLE users_new AS SELECT * FROM users")
        op.execute("ALTER TABLE users_new ADD PRIMARY KEY (id)")  # <--''')),
    case(COPY, "like", up('''
        op.execute("CREATE TABLE people (LIKE users INCLUDING CONSTRAINTS)")
        op.create_primary_key("people_pkey", "people", ["id"])  # <--''')),
    case(COPY, "swapped", up('''
        op.execute("CREATE TABLE users_new AS TABLE users")
        op.execute("DROP TABLE users")
        op.rename_table("users_new", "users")
        op.execute("ALTER TABLE users ADD CONSTRAINT pk PRIMARY KEY (id)")  # <--'''), SERIAL),
)  # fmt: skip
OF_STEPS = (
    case(SWALLOWED, "try", up('''
        try:  # <--
            op.create_index("ix", "users", ["name"])
        except Exception:
            pass''')),
    case(SWALLOWED, "only some are raised again", up('''
        try:  # <--
            op.execute("CREATE EXTENSION citext")
        except Exception as error:
            if "exists" not in str(error):
                raise''')),
    case(SWALLOWED, "suppress", '''
from contextlib import suppress
from alembic import op
def upgrade():
    with suppress(Exception):  # <--
        op.drop_table("users")
'''),
    case(SWALLOWED, "contextlib.suppress", '''
import contextlib
from alembic import op
def downgrade():
    with contextlib.suppress(Exception):  # <--
        op.drop_column("users", "age")
'''),
    case(SWALLOWED, "in a helper", module('''
        def safe(sql):
            try:  # <--
                op.execute(sql)
            except Exception as error:
                print(error)
        def upgrade():
            safe("CREATE EXTENSION a")
            safe("CREATE EXTENSION b")''')),
    case(SWALLOWED, "around a helper", module('''
        def make():
            op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))
        def upgrade():
            try:  # <--
                make()
            except Exception:
                return''')),
    case(SWALLOWED, "around a loop", up('''
        try:  # <--
            for table in ("a", "b"):
                op.drop_table(table)
        except sa.exc.ProgrammingError:
            pass
        finally:
            print("done")''')),
    case(CASCADES, "table", down('op.execute("DROP TABLE users CASCADE")  # <--')),
    case(CASCADES, "column", down('op.execute("ALTER TABLE users DROP COLUMN age CASCADE")  # <--')),
    case(CASCADES, "constraint", down('op.execute("alter table users drop constraint if exists fk cascade")  # <--')),
    case(CASCADES, "type, in a loop", down('''
        for name in ("mood", "weather"):
            op.execute(f"DROP TYPE IF EXISTS {name} CASCADE;")  # <--''')),
    case(CASCADES, "unknown name", down('op.execute(f"DROP TABLE {name()} CASCADE")  # <--')),
    case(SEVERAL, "two", up('op.execute("CREATE SCHEMA a; CREATE SCHEMA b")  # <--'), ASYNCPG),
    case(SEVERAL, "lines", up('''
        op.execute("""
            CREATE SCHEMA a;
            -- and
            CREATE SCHEMA b; -- <--
        """)'''), ASYNCPG),
    case(SEVERAL, "a function and more", up('''
        op.execute("""
            CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $f$ SELECT 1; SELECT 2 $f$;
            GRANT EXECUTE ON FUNCTION f() TO PUBLIC -- <--
        """)'''), ASYNCPG),
    case(SEVERAL, "f-string", up('op.execute(f"SET search_path TO {schema()}; SELECT 1")  # <--'), ASYNCPG),
    case(STEERS, "if", up('''
        if op.get_bind().execute(sa.text("SELECT count(*) FROM orders")).scalar() == 0:  # <--
            op.drop_table("orders")''')),
    case(STEERS, "loop", up('''
        rows = op.get_bind().execute(sa.text("SELECT slug FROM tenants")).fetchall()
        for row in rows:  # <--
            op.execute(f"CREATE SCHEMA {row[0]}")''')),
    case(STEERS, "name in the SQL", up('''
        name = op.get_bind().execute(sa.text("SELECT name FROM constraints_to_drop LIMIT 1")).scalar_one()
        op.drop_constraint(name, "users")  # <--''')),
    case(STEERS, "helper", module('''
        def is_empty(table):
            return not op.get_bind().execute(sa.text(f"SELECT 1 FROM {table}")).first()
        def upgrade():
            if is_empty("users"):  # <--
                op.drop_table("users")''')),
    case(STEERS, "session", module('''
        from sqlalchemy.orm import Session
        def upgrade():
            session = Session(bind=op.get_bind())
            found = session.execute(sa.text("SELECT 1 FROM users")).first()
            if found is None:  # <--
                op.execute("ALTER TABLE users ADD COLUMN age integer")''')),
)  # fmt: skip
OF_GENERATORS = (
    case(DROPPED, "op", up('op.alter_column("users", "id", server_default=None)  # <--'), SERIAL),
    case(DROPPED, "with other changes", up(
        'op.alter_column("users", "id", nullable=False, server_default=None)  # <--'), SERIAL),
    case(DROPPED, "raw", up('op.execute("ALTER TABLE users ALTER COLUMN id DROP DEFAULT")  # <--'), SERIAL),
    case(DROPPED, "null", up('op.execute("ALTER TABLE users ALTER id SET DEFAULT NULL")  # <--'), SERIAL),
    case(DROPPED, "column", up('op.drop_column("users", "id")  # <--'), SERIAL),
    case(DROPPED, "raw column", up('op.execute("ALTER TABLE users DROP id")  # <--'), SERIAL),
    case(DROPPED, "sequence", up('op.execute("DROP SEQUENCE users_id_seq CASCADE")  # <--'), SERIAL),
    case(DROPPED, "identity", up(
        'op.execute("ALTER TABLE users ALTER id DROP IDENTITY")  # <--'),
        Known(generated=frozenset({("users", "id")}))),
    case(DROPPED, "the downgrade forgets the default", down(
        'op.execute("ALTER TABLE users ALTER id DROP IDENTITY")  # <--',
        'op.execute("ALTER TABLE users ALTER id DROP DEFAULT")\n'
        'op.execute("ALTER TABLE users ALTER id ADD GENERATED ALWAYS AS IDENTITY")'), SERIAL),
    case(DROPPED, "in a batch", up('''
        with op.batch_alter_table("users") as b:
            b.drop_column("id")  # <--'''), SERIAL),
    case(LATE, "text", up('''op.execute("ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq'::text)")  # <--''')),
    case(LATE, "op", up(
        '''op.alter_column("t", "id", server_default=sa.text("nextval('t_id_seq'::text::regclass)"))  # <--''')),
    case(GONE, "dropped afterwards", up('''
        op.execute("ALTER TABLE t ALTER id SET DEFAULT nextval('s'::regclass)")  # <--
        op.execute("DROP SEQUENCE s")''')),
)  # fmt: skip
OF_THE_PARSER = (
    case(USING, "nested comments", up('''
        op.execute("""
            /* the age /* in years; */ at last; */
            ALTER TABLE users ALTER age /* not yet */ TYPE double /* eight bytes */ precision -- <--
        """)'''), TEXT_AGE),
    case(USING, "escaped string", up('''
        op.execute(r"""
            ALTER TABLE users ADD note text DEFAULT E'it\\'s; a, b', -- one
                ALTER age TYPE integer -- <--
        """)'''), TEXT_AGE),
    case(USING, "escaped name", up(
        r'''op.execute("""ALTER TABLE U&"us\\0065rs" ALTER age TYPE integer""")  # <--'''), TEXT_AGE),
    case(USING, "quoted name with a dot", up(
        """op.execute('ALTER TABLE app."a.b" ALTER c TYPE date')  # <--"""), Known({('app."a.b"', "c"): "text"})),
    case(USING, "name with a dot", up(
        'op.alter_column("a.b", "c", type_=sa.Date())  # <--'), Known({('"a.b"', "c"): "text"})),
    case(USING, "letters of several bytes", up('''
        op.execute("""
            ALTER TABLE grössen ADD maß text DEFAULT 'äöüß, äöüß, äöüß',
                ALTER höhe TYPE integer, -- <--
                ADD straße text
        """)'''), Known({("grössen", "höhe"): "text"})),
    case(USING, "the first action, on its own line", up('''
        op.execute("""
            ALTER TABLE ONLY ("public" . users)
                ALTER age TYPE integer, -- <--
                ADD n integer
        """)'''), TEXT_AGE),
    case(USING, "commas in brackets", up('''
        op.execute("""
            ALTER TABLE users ADD n numeric(10, 2), ADD a int[] DEFAULT ARRAY[1, 2],
                ALTER age TYPE integer -- <--
        """)'''), TEXT_AGE),
    case(USING, "if exists, only", up(
        'op.execute("ALTER TABLE IF EXISTS ONLY public.users ALTER age TYPE integer")  # <--'), TEXT_AGE),
    case(USING, "only, in brackets", up(
        'op.execute("ALTER TABLE ONLY (users) ALTER age TYPE integer")  # <--'), TEXT_AGE),
    case(USING, "moved to another schema", up('''
        op.execute("ALTER TABLE users SET SCHEMA app")
        op.execute("ALTER TABLE app.users ALTER age TYPE integer")  # <--'''), TEXT_AGE),
    case(USING, "a block that only speaks of EXECUTE", up('''
        op.execute("DO $$ BEGIN PERFORM 1; /* EXECUTE runs nothing */ END $$")
        op.execute("ALTER TABLE users ALTER age TYPE integer")  # <--'''), TEXT_AGE),
    case(USING, "a block that makes a trigger elsewhere", up('''
        op.execute("""DO LANGUAGE plpgsql $$ BEGIN
            CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f(); END $$""")
        op.execute("ALTER TABLE users ALTER age TYPE integer")  # <--'''), TEXT_AGE),
    case(USING, "an enum of values that are not known", up('''
        op.execute("CREATE TYPE mood AS ENUM (" + ", ".join(values()) + ")")
        op.execute("ALTER TABLE users ALTER age TYPE mood")  # <--'''), TEXT_AGE),
    case(USING, "an enum whose name is quoted", up('''
        op.execute("""CREATE TYPE "Mood" AS ENUM ('a')""")
        op.execute("""ALTER TABLE users ALTER age TYPE "Mood" """)  # <--'''), TEXT_AGE),
    case(NARROW, "restarted at a number that is not known", up('''
        op.execute(f"ALTER SEQUENCE users_id_seq RESTART WITH {highest()}")
        op.execute("ALTER TABLE users ALTER id TYPE bigint")  # <--'''), SERIAL),
    case(NARROW, "default in brackets", up('''
        op.execute("CREATE SEQUENCE s AS integer")
        op.execute("CREATE TABLE t (id integer PRIMARY KEY DEFAULT (nextval('s')))")
        op.execute("ALTER TABLE t ALTER id TYPE bigint")  # <--''')),
    case(NARROW, "name of the sequence is folded", up('''
        op.execute("CREATE SEQUENCE Numbers AS integer")
        op.execute("CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('public.Numbers'))")
        op.execute("ALTER TABLE t ALTER id TYPE bigint")  # <--''')),
    case(BARE, "partitioned", up(
        'op.execute("CREATE TABLE users (id integer PRIMARY KEY) PARTITION BY RANGE (id)")  # <--')),
    case(BARE, "a constraint called generated", up(
        'op.execute("CREATE TABLE users (id integer CONSTRAINT generated PRIMARY KEY)")  # <--')),
    case(COPY, "select into", up('''
        op.execute("SELECT * INTO users_new FROM users")
        op.execute("ALTER TABLE users_new ADD PRIMARY KEY (id)")  # <--''')),
    case(COPY, "like, all but what generates", up('''
        op.execute("CREATE TABLE people (LIKE users INCLUDING ALL EXCLUDING DEFAULTS EXCLUDING IDENTITY)")
        op.execute("ALTER TABLE people ADD PRIMARY KEY (id)")  # <--''')),
    case(CASCADES, "domain's constraint", down('op.execute("ALTER DOMAIN d DROP CONSTRAINT c CASCADE")  # <--')),
    case(CASCADES, "what is dropped is not known", down('op.execute(f"DROP {kind()} IF EXISTS x CASCADE")  # <--')),
    case(LATE, "as old dumps write it", up(
        """op.execute("ALTER TABLE t ALTER id SET DEFAULT nextval(('public.t_id_seq'::text)::regclass)")  # <--""")),
    case(LATE, "cast by its name", up(
        """op.execute("ALTER TABLE t ALTER id SET DEFAULT nextval(CAST('t_id_seq' AS varchar))")  # <--""")),
)  # fmt: skip
REFUSED_SQL = {
    "another dialect": "ALTER TABLE users MODIFY age integer",
    "another dialect's quotes": "UPDATE `users` SET age = 1",
    "a reserved word": "UPDATE user SET age = 1",
    "a slip": "CREATE TABEL users (id integer PRIMARY KEY)",
    "psql's own commands": r"\\connect other",
    "a quote that is not closed": "UPDATE users SET name = 'it",
}
OF_REFUSED = (
    *(case(NOT_READ, name, up(f'op.execute("{sql}")  # <--')) for name, sql in REFUSED_SQL.items()),
    case(NOT_READ, "the place of the objection", up('''
        op.execute("""
            ALTER TABLE users
                ADD COLUMN note text,
                ADD COLUMM more text -- <--
        """)''')),
    case(NOT_READ, "one of several that run one after the other", up('''
        for statement in "CREATE SCHEMA a; CREAT SCHEMA b; CREATE SCHEMA c".split(";"):  # <--
            op.execute(statement)''')),
    case(NOT_READ, "nothing is known of its tables from there on", up('''
        op.execute("ALTER TABLE users MODIFY age bigint")  # <--
        op.execute("ALTER TABLE users ALTER age TYPE bigint")'''), TEXT_AGE),
    case(NOT_READ, "nested too deep", up(
        f'''op.execute("ALTER TABLE users ALTER age SET DEFAULT {" || ".join(["'a'"] * 60)}")  # <--''')),
)  # fmt: skip
OF_IDS = (
    case(LONG, "too long", 'revision = "a_revision_with_a_name_of_33_chars"  # <--\n'),
    case(LONG, "annotated", 'revision: str = "2024_01_01_add_the_column_age_to_users"  # <--\n'),
    case(LONG, "together", 'revision, down_revision = "2024_01_01_add_the_column_age_to_users", None  # <--\n'),
    case(REFUSED, "minus", 'revision = "2024-01-01"  # <--\n'),
    case(REFUSED, "at", 'revision = "users@head"  # <--\n'),
)  # fmt: skip
OF_REFERENCES = (
    case(MISTYPED, "op", up('op.create_foreign_key(None, "o", "users", ["user_id"], ["id"])  # <--'), OWNED),
    case(MISTYPED, "another schema", up(
        'op.create_foreign_key("f", "o", "users", ["n"], ["id"], referent_schema="app")  # <--'), OWNED),
    case(MISTYPED, "batch", up('''
        with op.batch_alter_table("o") as batch_op:
            batch_op.create_foreign_key(batch_op.f("f"), "users", ["user_id"], ["id"])  # <--'''), OWNED),
    case(MISTYPED, "raw", up('''
        op.execute("""
            ALTER TABLE o ADD COLUMN at date,
                ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES public.users (id) NOT VALID  -- <--
        """)'''), OWNED),
    case(MISTYPED, "of two columns", up(
        'op.create_foreign_key(None, "o", "users", ["n", "user_id"], ["id", "id"])  # <--'), OWNED),
    case(MISTYPED, "a new column", up(
        'op.add_column("o", sa.Column("u", sa.String(36), sa.ForeignKey("app.users.id")))  # <--'), OWNED),
    case(MISTYPED, "a new column, raw", up(
        'op.execute("ALTER TABLE o ADD u text CONSTRAINT f REFERENCES users (id) ON DELETE CASCADE")  # <--'), OWNED),
    case(MISTYPED, "a new table", up("""
        op.create_table("p", sa.Column("id", sa.Uuid(), primary_key=True))
        op.create_table("q",  # <--
            sa.Column("p_id", sa.Integer()), sa.Column("u_id", sa.Integer(), sa.ForeignKey("users.id")),
            sa.ForeignKeyConstraint(["p_id"], ["p.id"], name="f"))"""), OWNED),
    case(MISTYPED, "itself, and the key of a table", up("""
        op.execute("CREATE TABLE r (id uuid PRIMARY KEY, parent text REFERENCES r (id))")  # <--
        op.execute("CREATE TABLE s (r_id integer, FOREIGN KEY (r_id) REFERENCES r)")  # <--""")),
    case(MISTYPED, "as an earlier step leaves it", up('''
        op.alter_column("o", "n", type_=sa.Text())
        op.create_foreign_key(None, "o", "users", ["n"], ["id"])  # <--'''), OWNED),
)  # fmt: skip
TAGS = Known({("tags", "name"): "text"}, keys=frozenset({("tags", "name")}))
PAIRS = Known(keys=frozenset({("app.pairs", "a"), ("app.pairs", "b")}))
OF_KEYS = (
    case(NULLS, "op", up('op.alter_column("users", "id", existing_type=sa.Integer(), nullable=True)  # <--'), SERIAL),
    case(NULLS, "raw", up('op.execute("ALTER TABLE ONLY public.users ALTER id DROP NOT NULL")  # <--'), SERIAL),
    case(NULLS, "one of several, in a batch", up("""
        with op.batch_alter_table("pairs", schema="app") as batch_op:
            batch_op.alter_column("b", nullable=True)  # <--"""), PAIRS),
    case(NULLS, "a key that is made before", up("""
        op.create_table("t", sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()),
            sa.PrimaryKeyConstraint("a", "b"))
        op.drop_constraint("t_a_fkey", "t", type_="foreignkey")
        op.execute("ALTER TABLE t ALTER b DROP NOT NULL")  # <--""")),
    case(NULLS, "in a helper", module("""
        KEY = "id"
        def relax(table):
            op.alter_column(table, KEY, nullable=True)  # <--
        def upgrade():
            for table in ("users",):
                relax(table)"""), SERIAL),
    case(NULLS, "on the way back", down(
        'op.alter_column("t", "a", nullable=True)  # <--', 'op.create_primary_key(None, "t", ["a", "b"])')),
    case(NULLS, "as autogenerate writes it of a table that is not known", up(
        'op.alter_column("songs", "id", existing_type=sa.INTEGER(), nullable=True, autoincrement=True)  # <--')),
    case(FRESH, "op", up("""
        op.add_column("tags", sa.Column("id", sa.Integer(), autoincrement=True, nullable=False))
        op.drop_constraint("tags_pkey", "tags", type_="primary")
        op.create_primary_key("tags_pkey", "tags", ["id"])  # <--"""), TAGS),
    case(FRESH, "raw", up("""
        op.execute("ALTER TABLE tags ADD COLUMN id bigint")
        op.execute("ALTER TABLE tags ADD CONSTRAINT k PRIMARY KEY (id)")  # <--""")),
    case(FRESH, "raw, in one", up('op.execute("ALTER TABLE app.tags ADD id integer PRIMARY KEY")  # <--')),
    case(FRESH, "a part of it, in a batch", up("""
        with op.batch_alter_table("pairs", schema="app") as batch_op:
            batch_op.add_column(sa.Column("tenant", sa.Uuid(), nullable=False))
            batch_op.create_primary_key("k", ["tenant", "a"])  # <--"""), PAIRS),
    case(FRESH, "under another name", up("""
        op.execute("UPDATE tags SET name = upper(name)")
        op.add_column("tags", sa.Column("new_id", sa.Integer()))
        op.alter_column("tags", "new_id", new_column_name="id")
        op.create_primary_key("tags_pkey", "tags", ["id"])  # <--""")),
    case(BARED, "op", up("""
        op.execute("ALTER TABLE tags DROP CONSTRAINT tags_pkey")
        op.add_column("tags", sa.Column("id", sa.Integer(), primary_key=True))  # <--
        op.create_primary_key("k", "labels", ["id"])"""), TAGS),
    case(BARED, "behind a guard of another module", module("""
        from app.utils import has_table, column_exists
        def upgrade():
            if has_table("tags") and not column_exists("tags", "id"):
                op.add_column("tags", sa.Column("id", sa.Integer(), primary_key=True))  # <--""")),
    case(BARED, "in a batch", up("""
        with op.batch_alter_table("tags", schema="app") as batch_op:
            batch_op.add_column(sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=True))  # <--""")),
    case(BARE, "a new column that is filled once", up("""
        op.add_column("tags", sa.Column("id", sa.Integer()))
        op.execute("UPDATE tags SET id = numbered.n FROM numbered WHERE numbered.name = tags.name")
        op.create_primary_key("tags_pkey", "tags", ["id"])  # <--""")),
    case(SEEDED, "bulk insert", up("""
        users = sa.table("users", sa.column("id", sa.Integer), sa.column("name", sa.Text))
        op.bulk_insert(users, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])  # <--"""), SERIAL),
    case(SEEDED, "made and filled", up("""
        roles = op.create_table("roles", sa.Column("id", sa.Integer(), primary_key=True), schema="app")
        op.bulk_insert(roles, [{"id": n} for n in range(1, 4)])  # <--""")),
    case(SEEDED, "raw", up("""
        op.execute("INSERT INTO users (name, id) VALUES ('a', 1), ('b', DEFAULT)")  # <--"""), SERIAL),
    case(SEEDED, "raw, without columns", up('op.execute("INSERT INTO users VALUES (1)")  # <--'), SERIAL),
    case(SEEDED, "of another table", up(
        'op.execute("INSERT INTO users (id) SELECT id FROM old UNION ALL SELECT * FROM older")  # <--'), SERIAL),
    case(SEEDED, "with parameters", up("""
        rows = [{"i": 1}]
        op.get_bind().execute(sa.text("INSERT INTO users (id) VALUES (:i)"), rows)  # <--"""), SERIAL),
    case(SEEDED, "built", up("""
        users, bind = sa.table("users", sa.column("id")), op.get_bind()
        op.execute(users.insert().values(id=1))  # <--
        op.execute(sa.insert(users).values([{"id": 2}]))  # <--
        bind.execute(users.insert(), [{"id": 3}])  # <--"""), SERIAL),
    case(SEEDED, "rows of a constant, and columns by their objects", module("""
        ROWS = [dict(id=1, name="a"), dict(id=2, name="b")]
        users = sa.table("users", sa.column("id"))
        def upgrade():
            op.bulk_insert(table=users, rows=ROWS)  # <--
            op.execute(users.insert().values({users.c.id: 3}))  # <--"""), SERIAL),
    case(SEEDED, "another table's sequence is set", up("""
        op.execute("INSERT INTO users (id) VALUES (1)")  # <--
        op.execute("SELECT setval('orders_id_seq', 9)")"""), SERIAL),
    case(UNKEYED, "op", up('op.drop_constraint("anything", "users", type_="primary")  # <--'), SERIAL),
    case(UNKEYED, "raw, in a batch, of several columns", module("""
        def upgrade():
            op.execute("ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE")  # <--
            with op.batch_alter_table("seats") as batch:
                batch.drop_constraint(batch.f("pk_seats"), type_="primary")  # <--"""),
        Known({("users", "id"): "integer"}, keys=frozenset({("users", "id"), ("seats", "a"), ("seats", "b")}))),
    case(COPY, "in the place of its source", up("""
        op.execute("SELECT * INTO fresh FROM users")
        op.rename_table("users", "users_before")
        op.rename_table("fresh", "users")  # <--"""), SERIAL),
    case(COPY, "LIKE, in the place of its source", up("""
        op.execute("CREATE TABLE fresh (LIKE users INCLUDING CONSTRAINTS)")
        op.execute("DROP TABLE users")
        op.execute("ALTER TABLE fresh RENAME TO users")  # <--"""), SERIAL),
    case(DROPPED, "the source's sequence goes with it", up("""
        op.execute("CREATE TABLE fresh (LIKE users INCLUDING ALL)")
        op.rename_table("users", "users_before")
        op.rename_table("fresh", "users")
        op.execute("DROP TABLE users_before CASCADE")  # <--"""), SERIAL),
    case(DROPPED, "the source cannot be dropped", up("""
        op.execute("CREATE TABLE fresh (LIKE users INCLUDING DEFAULTS INCLUDING INDEXES)")
        op.drop_table("users")  # <--
        op.rename_table("fresh", "users")"""), SERIAL),
    case(MISTYPED, "the referencing column of a key that is there", up("""
        op.create_table("loans", sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id")))
        op.alter_column("loans", "user_id", type_=sa.String(36))  # <--"""), SERIAL),
    case(MISTYPED, "the referenced column", up("""
        op.execute("CREATE TABLE kinds (code varchar(9) PRIMARY KEY)")
        op.execute("CREATE TABLE goods (kind text, FOREIGN KEY (kind) REFERENCES kinds)")
        op.rename_table("goods", "wares")
        op.execute("ALTER TABLE kinds ALTER code TYPE uuid USING code::uuid")  # <--""")),
    case(MISTYPED, "another foreign key is dropped", up("""
        op.create_foreign_key("fk_user", "loans", "users", ["n"], ["id"])
        op.drop_constraint("fk_book", "loans", type_="foreignkey")
        with op.batch_alter_table("loans") as batch:
            batch.alter_column("n", type_=sa.Text())  # <--"""),
        Known({("loans", "n"): "bigint", ("users", "id"): "integer"})),
    case(NOT_CAST, "uuid", up("""
        op.alter_column("users", "id", type_=sa.Uuid(), postgresql_using="gen_random_uuid()")  # <--"""), SERIAL),
    case(NOT_CAST, "raw, of a new table", up("""
        op.execute("CREATE TABLE jobs (id bigserial PRIMARY KEY)")
        op.execute("ALTER TABLE jobs RENAME TO runs")
        op.execute("ALTER TABLE runs ALTER id SET DATA TYPE date USING date '2026-01-01' + id::int")  # <--""")),
    case(NOT_CAST, "the default goes too late", up("""
        with op.batch_alter_table("users") as batch:
            batch.alter_column("id", type_=sa.Uuid(), server_default=None, postgresql_using="gen_random_uuid()")  # <--
            batch.alter_column("id", server_default=sa.text("gen_random_uuid()"))"""), SERIAL),
    case(NOT_CAST, "literals of the former type", module("""
        def upgrade():
            op.create_table("lots", sa.Column("sold", sa.Integer(), server_default="0"),
                sa.Column("size", sa.String(9), server_default=sa.text("'7'")),
                sa.Column("open", sa.Boolean(), server_default=sa.false()), sa.Column("tags", sa.Text()))
            op.alter_column("lots", "sold", type_=sa.Boolean(), postgresql_using="sold > 0")  # <--
            with op.batch_alter_table("lots") as batch:
                batch.alter_column("size", type_=sa.Integer(), postgresql_using="size::integer")  # <--
            op.alter_column("lots", "open", type_=sa.SmallInteger(), postgresql_using="open::integer")  # <--
            op.alter_column("lots", "tags", server_default="{}")
            op.execute("ALTER TABLE lots ALTER tags TYPE json USING '1', ALTER tags SET DEFAULT '{}'")  # <--""")),
    case(NOT_CAST, "a key that the database generates", up("""
        op.alter_column("jobs", "id", type_=sa.Boolean(), postgresql_using="id <> 0")  # <--"""),
        Known({("jobs", "id"): "bigint"}, generated=frozenset({("jobs", "id")}))),
    case(ABSENT, "op", up(
        'op.create_table("bills", sa.Column("id", sa.Integer(), sa.Sequence("s"), primary_key=True))  # <--')),
    case(ABSENT, "as the text of the server's default", up("""
        op.create_table("bills", sa.Column("id", sa.Integer(), nullable=False,  # <--
            server_default=sa.text("nextval('bills_id_seq'::regclass)")), sa.PrimaryKeyConstraint("id"))""")),
    case(ABSENT, "as a text that is looked up late", up("""
        op.create_table("bills",  # <--
            sa.Column("id", sa.Integer(), server_default=sa.text("nextval('numbers'::text)"), primary_key=True))""")),
    case(ABSENT, "in columns of a list, and of a function", module("""
        COLUMNS = (sa.Column("id", sa.Integer(), sa.Sequence("s"), primary_key=True), sa.Column("n", sa.Text()))
        def key():
            return sa.Column("id", sa.Integer(), sa.Sequence("s"), primary_key=True)
        def upgrade():
            op.create_table("bills", *COLUMNS)  # <--
            op.create_table("notes", key())  # <--""")),
    case(ABSENT, "as the server's default alone", up("""
        op.add_column("bills", sa.Column("n", sa.Integer(), server_default=sa.Sequence("s").next_value()))  # <--""")),
    case(ABSENT, "as the default, and a name", up("""
        numbers = sa.Sequence("numbers", start=100)
        op.add_column("bills", sa.Column("number", sa.BigInteger(), default=numbers))  # <--
        op.add_column("bills", sa.Column("n", sa.Integer(), numbers, server_default=numbers.next_value()))  # <--""")),
)  # fmt: skip
UNSAFE = (
    *OF_REFERENCES,
    *OF_TYPES, *OF_SEQUENCES, *OF_TABLES, *OF_STEPS, *OF_GENERATORS, *OF_THE_PARSER, *OF_REFUSED,
    *OF_IDS, *OF_KEYS,
)  # fmt: skip
