"""What a step does to a key: what the server says of it, and what is right."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from remediate.lint import Known, learn, lint
from remediate.rehearsal.scratch import Server
from tests.lint.revisions import SERIAL, Case, down, module, up
from tests.support import helpers

USERS = Known({("users", "id"): "integer"}, SERIAL.serial, SERIAL.serial, SERIAL.serial)
SETUP = """
    CREATE TABLE users (id serial PRIMARY KEY, name text);
    CREATE TABLE tags (name text PRIMARY KEY); INSERT INTO tags VALUES ('a');
    CREATE TABLE pairs (a integer, b integer, PRIMARY KEY (a, b)); INSERT INTO pairs VALUES (1, 1);
    CREATE TABLE pairs2 (a integer PRIMARY KEY); INSERT INTO pairs2 VALUES (1);
"""
REFUSED = (
    ('op.alter_column("pairs", "b", existing_type=sa.Integer(), nullable=True)', "42P16"),
    ('op.add_column("tags", sa.Column("id", sa.Integer(), autoincrement=True, nullable=False))', "23502"),
    ('op.add_column("tags", sa.Column("id", sa.Integer()))\\n'
     'op.drop_constraint("tags_pkey", "tags")\\nop.create_primary_key("k", "tags", ["id"])', "23502"),
    ('op.add_column("tags", sa.Column("id", sa.Uuid(), primary_key=True))', "23502"),
    ('op.add_column("pairs", sa.Column("u", sa.Text(), sa.ForeignKey("users.id")))', "42804"),
    ('op.alter_column("users", "id", type_=sa.Uuid(), postgresql_using="gen_random_uuid()")', "42804"),
    ('op.create_foreign_key(None, "pairs", "pairs2", ["a"], ["a"])\\nop.alter_column("pairs", "a", type_=sa.Text())',
     "42804"),
    ('op.create_foreign_key(None, "pairs", "pairs2", ["a"], ["a"])\\nop.alter_column("pairs2", "a", type_=sa.Text())',
     "42804"),
    ('op.add_column("tags", sa.Column("n", sa.Integer(), server_default="0"))\\n'
     'op.alter_column("tags", "n", type_=sa.Boolean(), server_default=sa.false(), postgresql_using="n > 0")', "42804"),
    ('op.add_column("tags", sa.Column("n", sa.Text(), server_default="{}"))\\n'
     'op.execute("ALTER TABLE tags ALTER n TYPE jsonb USING n::jsonb, ALTER n SET DEFAULT \'[]\'")', "42804"),
    ('op.alter_column("users", "id", type_=sa.Boolean(), server_default=None, postgresql_using="id > 0")', "42804"),
    ("op.create_table('n', sa.Column('id', sa.Integer(), server_default=sa.text(\"nextval('absent_seq')\")))", "42P01"),
    ('op.create_table("t", sa.Column("u", sa.Uuid(), sa.ForeignKey("users.id")))', "42804"),
)  # fmt: skip


@pytest.mark.parametrize(("body", "state"), REFUSED)
def test_what_the_server_refuses(body: str, state: str, newest: Server) -> None:
    source = up(body.replace("\\n", "\n"))
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(SETUP.encode())
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect() as at, Operations.context(MigrationContext.configure(at)):
            names: dict[str, object] = {}
            exec(source, names)
            with pytest.raises(sa.exc.DBAPIError) as raised:
                names["upgrade"]()  # type: ignore[operator]
    assert getattr(raised.value.orig, "sqlstate", "") == state


def case(name: str, source: str, known: Known = USERS) -> Case:
    return Case(name, source, (), known)


RIGHT = (
    case("the key is dropped before", up("""
        op.drop_constraint("users_pkey", "users", type_="primary")
        op.alter_column("users", "id", nullable=True)""")),
    case("the key is dropped before, raw", up("""
        op.execute("ALTER TABLE users DROP CONSTRAINT users_pkey")
        op.execute("ALTER TABLE users ALTER id DROP NOT NULL")""")),
    case("the key that the upgrade made is dropped before", down(
        'op.drop_constraint("k", "t", type_="primary")\nop.alter_column("t", "a", nullable=True)',
        'op.alter_column("t", "a", nullable=False)\nop.create_primary_key("k", "t", ["a"])')),
    case("no key", up("""
        op.alter_column("users", "name", nullable=True)
        op.alter_column("users", "id", nullable=False, autoincrement=True)
        op.alter_column("other", "id", existing_type=sa.Uuid(), nullable=True)""")),
    case("new columns with values", up("""
        op.add_column("a", sa.Column("id", sa.Integer(), primary_key=True))
        op.create_primary_key("k", "a", ["id"])
        op.add_column("e", sa.Column("id", sa.Integer(), primary_key=True), inline_primary_key=True)
        op.add_column("b", sa.Column("id", sa.Integer(), sa.Identity(), nullable=False))
        op.create_primary_key("k", "b", ["id"])
        op.execute("ALTER TABLE c ADD id serial PRIMARY KEY")
        op.execute("ALTER TABLE d ADD id uuid DEFAULT gen_random_uuid() PRIMARY KEY")""")),
    case("a new column that is filled, and generated", up("""
        op.add_column("tags", sa.Column("id", sa.Integer()))
        op.execute("CREATE SEQUENCE tags_id_seq OWNED BY tags.id")
        op.execute("UPDATE tags SET id = nextval('tags_id_seq')")
        op.alter_column("tags", "id", server_default=sa.text("nextval('tags_id_seq')"))
        op.create_primary_key("k", "tags", ["id"])""")),
    case("a new column of an empty table", up("""
        op.execute("DELETE FROM tags")
        op.rename_table("tags", "labels")
        op.add_column("labels", sa.Column("id", sa.Uuid(), nullable=False))
        op.create_primary_key("k", "labels", ["id"])
        op.create_table("t", sa.Column("name", sa.Text()))
        op.add_column("t", sa.Column("code", sa.Text(), nullable=False))
        op.create_primary_key("k2", "t", ["code"])""")),
    case("a new column that another module fills", module("""
        from app.data import number_tags
        def upgrade():
            op.add_column("tags", sa.Column("id", sa.Integer()))
            number_tags()
            op.create_primary_key("k", "tags", ["id"])""")),
    case("a new column in a downgrade", down("""
        op.add_column("tags", sa.Column("id", sa.Integer(), nullable=False))
        op.create_primary_key("k", "tags", ["id"])""")),
    *(case(f"ids, and {what}", up(f"op.execute('INSERT INTO users (id) VALUES (1)')\n{what}")) for what in (
        """op.execute("SELECT setval('users_id_seq', 1)")""",
        """op.execute("SELECT setval('public.users_id_seq'::regclass, max(id)) FROM users")""",
        """op.execute("SELECT setval(pg_get_serial_sequence('users', 'id'), 9)")""",
        """op.execute(f"SELECT setval({name()}, 9)")""",
        """op.execute("ALTER SEQUENCE users_id_seq RESTART WITH 2")""",
        """op.execute("ALTER TABLE users ALTER id RESTART WITH 2")""",
        """op.execute("DO $$ BEGIN PERFORM setval('users_id_seq', 2); END $$")""",
        """op.execute(sa.select(sa.func.setval("users_id_seq", 2)))""",
        """for t in tables():\n    op.execute(f"SELECT setval('{t}_id_seq', 99)")""",
    )),
    case("ids of a module that may set the sequence", module("""
        from app.data import after_seeding
        def upgrade():
            op.execute("INSERT INTO users (id) VALUES (1)")
            after_seeding()""")),
    case("ids that the sequence gives", up("""
        op.execute("INSERT INTO users (id, name) VALUES (DEFAULT, 'a'), (nextval('users_id_seq'), 'b'), (NULL, 'c')")
        op.execute("INSERT INTO users (name) SELECT name FROM tags")
        op.execute("INSERT INTO users (id, name) OVERRIDING USER VALUE VALUES (1, 'a')")
        op.execute("INSERT INTO users DEFAULT VALUES")
        op.bulk_insert(sa.table("users"), [{"name": "a"}, {"id": None, "name": "b"}])""")),
    case("ids before the sequence's first", up("""
        op.execute("INSERT INTO users (id) VALUES (0), (-1)")
        op.bulk_insert(sa.table("users"), [{"id": 0}])""")),
    case("ids that the sequence is beyond", up('op.execute("INSERT INTO users (id) VALUES (41)")'),
        Known(USERS.columns, USERS.serial, USERS.serial, USERS.serial, positions={("users", "id"): 42})),
    case("ids before the first of an identity or a sequence", up("""
        op.execute("CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY (START 500) PRIMARY KEY, v text)")
        op.execute("INSERT INTO a OVERRIDING SYSTEM VALUE VALUES (499, 'x')")
        op.create_table("b", sa.Column("id", sa.BigInteger(), sa.Identity(start=10_000), primary_key=True))
        op.bulk_insert(sa.table("b"), [{"id": 1}, {"id": 2}])
        op.execute("CREATE SEQUENCE numbers MINVALUE 50")
        op.execute("CREATE TABLE c (id integer DEFAULT nextval('numbers') PRIMARY KEY)")
        op.rename_table("c", "d")
        op.execute("INSERT INTO d (id) VALUES (7)")
        op.create_table("e", sa.Column("id", sa.Integer(), autoincrement=False, primary_key=True))
        op.execute("ALTER TABLE e ALTER id ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 5000000000)")
        op.execute("INSERT INTO e (id) VALUES (9)")
        op.create_table("f", sa.Column("id", sa.Integer(), sa.Sequence("g", start=90), primary_key=True))
        op.execute("CREATE SEQUENCE g START 90")
        op.execute("INSERT INTO f (id) VALUES (89)")""")),
    case("a default that is dropped before its type changes", up("""
        op.execute("ALTER TABLE users ALTER id TYPE uuid USING gen_random_uuid(), ALTER id DROP DEFAULT, "
                   "ALTER id SET DEFAULT gen_random_uuid()")
        op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))
        op.execute("ALTER TABLE a ALTER COLUMN id DROP DEFAULT")
        op.alter_column("a", "id", type_=sa.Uuid(), postgresql_using="gen_random_uuid()")""")),
    case("literals that convert, go before, or are none", up("""
        op.execute("CREATE DOMAIN amount AS integer")
        op.execute("CREATE TABLE lots (a integer DEFAULT 1, b text DEFAULT 'x', c text DEFAULT now()::text, "
                   "d amount DEFAULT 0::amount, e json DEFAULT '{}')")
        op.alter_column("lots", "a", type_=sa.Numeric(9), postgresql_using="a::numeric")
        op.alter_column("lots", "b", server_default=None)
        op.alter_column("lots", "b", type_=sa.Integer(), postgresql_using="length(b)")
        op.alter_column("lots", "c", type_=sa.DateTime(), postgresql_using="c::timestamp")
        op.alter_column("lots", "d", type_=sa.Integer(), postgresql_using="d::integer")
        op.alter_column("lots", "e", type_=postgresql.JSONB(), postgresql_using="e::jsonb")""")),
    case("types to which the default's own leads", up("""
        op.alter_column("users", "id", type_=sa.String(36), postgresql_using="gen_random_uuid()::text")
        op.create_table("a", sa.Column("id", sa.BigInteger(), primary_key=True))
        op.alter_column("a", "id", type_=sa.Numeric(20), postgresql_using="id::numeric")""")),
    case("sequences of serial columns and identities", up("""
        op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True))
        op.create_table("b", sa.Column("n", sa.Integer(), server_default=sa.text("nextval('a_id_seq'::regclass)")),
            sa.Column("no", sa.BigInteger(), sa.Identity(), primary_key=True))
        op.create_table("c", sa.Column("n", sa.Integer(), server_default=sa.text("nextval('public.b_no_seq')")))
        op.execute("CREATE TABLE d (id serial PRIMARY KEY)")
        op.create_table("e", sa.Column("n", sa.Integer(), server_default=sa.text("nextval('\\"d_id_seq\\"')")))""")),
    case("a copy in the place of its source, with the source's sequence", up("""
        op.execute("CREATE TABLE fresh (LIKE users INCLUDING ALL)")
        op.execute("ALTER SEQUENCE users_id_seq OWNED BY fresh.id")
        op.drop_table("users")
        op.rename_table("fresh", "users")""")),
    case("a copy in the place of its source, with a generator of its own", up("""
        op.execute("CREATE TABLE fresh (LIKE users INCLUDING ALL)")
        op.execute("ALTER TABLE fresh ALTER id DROP DEFAULT, ALTER id ADD GENERATED BY DEFAULT AS IDENTITY")
        op.drop_table("users")
        op.rename_table("fresh", "users")""")),
    case("copies that stay beside their source, or of none that is known", up("""
        op.execute("CREATE TABLE users_2025 AS SELECT * FROM users")
        op.execute("CREATE TABLE fresh (LIKE other INCLUDING ALL)")
        op.drop_table("other")
        op.rename_table("fresh", "other")""")),
    case("another key takes the place", up("""
        op.drop_constraint("users_pkey", "users", type_="primary")
        op.add_column("users", sa.Column("uid", sa.Uuid(), server_default=sa.text("gen_random_uuid()")))
        op.create_primary_key("users_pkey", "users", ["uid"])
        op.execute("ALTER TABLE pairs DROP CONSTRAINT pairs_pkey, ADD PRIMARY KEY (b, a)")
        op.drop_constraint("fk_users", "users", type_="foreignkey")""")),
    case("a foreign key goes before its column changes", up("""
        op.create_table("loans", sa.Column("n", sa.Integer(), sa.ForeignKey("users.id")), sa.Column("m", sa.Integer()))
        op.drop_constraint("loans_n_fkey", "loans", type_="foreignkey")
        op.alter_column("loans", "n", type_=sa.Text())
        op.create_foreign_key("fk_m", "loans", "users", ["m"], ["id"])
        op.execute("ALTER TABLE loans ALTER m TYPE text, DROP CONSTRAINT fk_m")""")),
    case("foreign keys that something else may have dropped", up("""
        op.create_foreign_key("fk_a", "pairs", "users", ["a"], ["id"])
        for key in sa.inspect(op.get_bind()).get_foreign_keys("pairs"):
            op.drop_constraint(key["name"], "pairs", type_="foreignkey")
        op.alter_column("pairs", "a", type_=sa.Text())
        op.create_foreign_key("fk_b", "pairs", "users", ["b"], ["id"])
        op.execute(f"ALTER TABLE pairs DROP CONSTRAINT {name_of('b')}")
        op.alter_column("pairs", "b", type_=sa.Text())""")),
    case("both sides of a foreign key in one statement", up("""
        op.execute("CREATE TABLE tree (id uuid PRIMARY KEY, up uuid REFERENCES tree)")
        op.execute("ALTER TABLE tree ALTER id TYPE text, ALTER up TYPE text")""")),
    case("types that still compare", up("""
        op.create_table("loans", sa.Column("n", sa.Integer(), sa.ForeignKey("users.id")))
        op.alter_column("loans", "n", type_=sa.BigInteger())""")),
    case("ids of tables of one row", up("""
        op.create_table("policy", sa.Column("id", sa.Integer(), primary_key=True), sa.CheckConstraint("id = 1"))
        op.execute("INSERT INTO policy (id) VALUES (1)")
        op.execute("CREATE TABLE mail (id serial PRIMARY KEY, host text)")
        op.create_check_constraint("one", "mail", "id = 1")
        op.bulk_insert(sa.table("mail"), [{"id": 1, "host": "a"}])
        op.execute("CREATE TABLE app_settings (id serial PRIMARY KEY, theme text)")
        op.execute("INSERT INTO app_settings (id, theme) VALUES (1, 'dark')")""")),
    case("a key that counts for itself", up("""
        op.create_table("bundle", sa.Column("revision", sa.Integer(), primary_key=True))
        op.execute("INSERT INTO bundle (revision) VALUES (1)")""")),
    case("ids that nothing generates", up("""
        op.execute("INSERT INTO tags (id) VALUES (1)")
        op.execute("INSERT INTO other (id) VALUES (1)")""")),
    case("the sequence goes with its default", up("""
        op.alter_column("users", "id", type_=sa.BigInteger())
        op.execute("DROP SEQUENCE IF EXISTS users_id_seq CASCADE")
        op.execute("ALTER TABLE users ALTER id ADD GENERATED BY DEFAULT AS IDENTITY")""")),
    case("ids that a downgrade restores", down('op.execute("INSERT INTO users (id) VALUES (1)")')),
    case("sequences that are created", up("""
        numbers = sa.Sequence("numbers")
        numbers.create(op.get_bind(), checkfirst=True)
        op.execute(sa.schema.CreateSequence(sa.Sequence("others")))
        op.create_table("bills", sa.Column("id", sa.Integer(), numbers, primary_key=True))
        op.create_table("notes", sa.Column("id", sa.Integer(), sa.Sequence("others"), primary_key=True))""")),
    case("a sequence that is created in SQL", up("""
        op.execute("CREATE SEQUENCE IF NOT EXISTS app.numbers")
        op.create_table("bills", sa.Column("id", sa.Integer(), sa.Sequence("numbers", schema="app")))""")),
    case("a sequence that is created in a block", up("""
        op.execute("DO $$ BEGIN CREATE SEQUENCE numbers; END $$")
        op.create_table("bills", sa.Column("id", sa.Integer(), sa.Sequence("numbers"), primary_key=True))""")),
    case("a sequence that is there", up(
        'op.create_table("bills", sa.Column("id", sa.Integer(), sa.Sequence("numbers"), primary_key=True))'),
        Known(made=frozenset({"numbers"}))),
    case("a sequence that PostgreSQL makes as serial does", up(
        'op.create_table("bills", sa.Column("id", sa.Integer(), sa.Sequence("s", optional=True), primary_key=True))')),
    case("a sequence of create_all", up("""
        metadata = sa.MetaData()
        bills = sa.Table("bills", metadata, sa.Column("id", sa.Integer(), sa.Sequence("s"), primary_key=True))
        metadata.create_all(op.get_bind())
        op.create_table("notes", sa.Column("id", sa.Integer(), sa.Sequence("s"), primary_key=True))""")),
    case("references of types that compare", up("""
        op.add_column("tags", sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id")))
        op.execute("ALTER TABLE tags ADD u numeric(10) REFERENCES unknown (id)")
        op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("up", sa.SmallInteger(), sa.ForeignKey("t.id")),
            sa.Column("x", GUID(), sa.ForeignKey("users.id")),
            sa.ForeignKeyConstraint(["up"], ["users.id"]), sa.ForeignKeyConstraint(columns(), ["users.id"]))""")),
)  # fmt: skip


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.name)
def test_no_defect(case: Case) -> None:
    assert lint(case.source, case.known) == ()


def test_ids_from_the_first_on_collide() -> None:
    """Also of a table that an earlier revision makes, or renames."""
    made = 'op.create_table("a", sa.Column("id", sa.Integer(), sa.Identity(start=70), primary_key=True))'
    known = learn([up(made), up('op.rename_table("a", "b")')])
    for number, kinds in ((69, []), (70, ["seeded-ids"])):
        found = lint(up(f'op.execute("INSERT INTO b (id) VALUES ({number})")'), known)
        assert [one.kind for one in found] == kinds


def test_a_sequence_that_is_only_named_alike_stays_narrow() -> None:
    steps = (
        'op.alter_column("users", "id", type_=sa.BigInteger())\nop.execute("DROP SEQUENCE old_seq")'
    )
    assert [one.kind for one in lint(up(steps), USERS)] == ["sequence-left-narrow"]


def test_what_a_run_does_not_tell_is_a_hazard() -> None:
    step = 'op.alter_column("users", "id", nullable=True)'
    for body, certain in ((step, True), (f"if something():\n    {step}", False)):
        assert [one.error for one in lint(up(body), USERS)] == [certain]


def test_keys_and_sequences_of_earlier_revisions() -> None:
    first = up("""
        op.execute("CREATE SEQUENCE numbers")
        op.create_table("pairs", sa.Column("a", sa.Integer(), primary_key=True),
            sa.Column("b", sa.Integer(), primary_key=True))""")
    known = learn([first])
    assert known.keys == {("pairs", "a"), ("pairs", "b")}
    assert known.made == {"numbers"}
    dropped = up('op.execute("ALTER TABLE pairs DROP CONSTRAINT pairs_pkey")')
    assert learn([dropped], known).keys == frozenset()
