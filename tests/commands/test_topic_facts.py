"""What the pages of `remediate explain` claim of SQLAlchemy, Alembic and PostgreSQL."""

import asyncio
import datetime
import io
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import orm
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateTable

from remediate.postgres import client
from remediate.rehearsal.scratch import Server
from tests.support import helpers


@pytest.fixture
def newest_url(newest: Server) -> Iterator[sa.URL]:
    with newest.database() as made:
        yield made


@pytest.fixture
def db(newest_url: sa.URL) -> Iterator[psycopg.Connection]:
    with client.connect(client.environment(newest_url)) as made:
        yield made


def ddl(*columns: sa.schema.SchemaItem, dialect: Any = postgresql) -> str:
    """The columns of CREATE TABLE, without blanks at their ends."""
    metadata = sa.MetaData()
    sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True))
    table = sa.Table("t", metadata, *columns)
    text = " ".join(str(CreateTable(table).compile(dialect=dialect.dialect())).split())
    return text.removeprefix("CREATE TABLE t ( ").partition(", PRIMARY KEY")[0].removesuffix(" )")


def key(*arguments: Any, type_: Any = sa.Integer, **options: Any) -> sa.Column[Any]:
    return sa.Column("id", type_, *arguments, **{"primary_key": True, **options})


MARKED = {"primary_key": False, "nullable": False}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([key()], "id SERIAL NOT NULL"),
        ([key(autoincrement=True)], "id SERIAL NOT NULL"),
        ([key(type_=sa.BigInteger)], "id BIGSERIAL NOT NULL"),
        ([key(index=True, autoincrement=True)], "id SERIAL NOT NULL"),
        ([key(autoincrement=False)], "id INTEGER NOT NULL"),
        ([key(sa.ForeignKey("users.id"))], "id INTEGER NOT NULL"),
        ([key(sa.ForeignKey("users.id"), autoincrement=True)], "id SERIAL NOT NULL"),
        ([key(), sa.Column("b", sa.Integer, primary_key=True)], "id INTEGER NOT NULL, b INTEGER NOT NULL"),
        ([key(autoincrement=True), sa.Column("b", sa.Integer, primary_key=True)],
         "id SERIAL NOT NULL, b INTEGER NOT NULL"),
        ([key(sa.Sequence("s"))], "id INTEGER NOT NULL"),
        ([key(**MARKED)], "id INTEGER NOT NULL"),
        ([key(**MARKED, autoincrement=True)], "id INTEGER NOT NULL"),
        ([key(**MARKED), sa.PrimaryKeyConstraint("id")], "id SERIAL NOT NULL"),
        ([key(**MARKED, autoincrement=True), sa.PrimaryKeyConstraint("id")], "id SERIAL NOT NULL"),
    ],
)  # fmt: skip
def test_what_create_table_gets(columns: list[sa.schema.SchemaItem], expected: str) -> None:
    assert ddl(*columns) == expected


@pytest.mark.parametrize("autoincrement", [True, "auto"])
def test_other_databases(autoincrement: Any) -> None:
    column = key(autoincrement=autoincrement)
    assert ddl(column, dialect=mysql) == "id INTEGER NOT NULL AUTO_INCREMENT"
    lite = sa.create_engine("sqlite://")
    metadata = sa.MetaData()
    table = sa.Table("t", metadata, key(autoincrement=autoincrement), sa.Column("x", sa.Integer))
    with lite.begin() as connection:
        metadata.create_all(connection)
        assert connection.execute(table.insert().values(x=5)).inserted_primary_key == (1,)
    assert ddl(key(autoincrement=autoincrement), dialect=sqlite) == "id INTEGER NOT NULL"


def test_uuid_and_text_are_refused() -> None:
    for type_ in (sa.Uuid, sa.String):
        with pytest.raises(sa.exc.ArgumentError, match="not compatible with autoincrement=True"):
            ddl(key(type_=type_, autoincrement=True))


def offline(act: Callable[[Operations], object]) -> str:
    buffer = io.StringIO()
    options = {"as_sql": True, "output_buffer": buffer}
    act(Operations(MigrationContext.configure(dialect_name="postgresql", opts=options)))
    return " ".join(buffer.getvalue().split())


def test_alter_column_sends_nothing() -> None:
    with pytest.warns(UserWarning, match="only make sense for MySQL"):
        assert offline(lambda op: op.alter_column("t", "id", autoincrement=True)) == ""


def test_a_key_that_is_marked_later_is_no_serial() -> None:
    def act(op: Operations) -> None:
        op.create_table("t", key(**MARKED, autoincrement=True))
        op.create_primary_key("t_pkey", "t", ["id"])

    assert offline(act).startswith("CREATE TABLE t ( id INTEGER NOT NULL ); ALTER TABLE t ADD")


def test_the_insert_leaves_the_id_out() -> None:
    metadata = sa.MetaData()
    plain = sa.Table("t", metadata, key(), sa.Column("x", sa.Integer))
    drawn = sa.Table("u", metadata, key(sa.Sequence("s")), sa.Column("x", sa.Integer))
    dialect = postgresql.dialect()
    sent = str(plain.insert().values(x=1).compile(dialect=dialect))
    assert sent == "INSERT INTO t (x) VALUES (%(x)s::INTEGER) RETURNING t.id"
    assert "VALUES (nextval('s')," in str(drawn.insert().values(x=1).compile(dialect=dialect))


BROKEN = {
    "raw SQL": "CREATE TABLE t (id integer PRIMARY KEY, x int)",
    "AS SELECT": "CREATE TABLE o (id serial PRIMARY KEY, x int); CREATE TABLE t AS SELECT * FROM o; "
    "ALTER TABLE t ADD PRIMARY KEY (id)",
    "LIKE": "CREATE TABLE o (id serial PRIMARY KEY, x int); CREATE TABLE t (LIKE o)",
    "DROP DEFAULT": "CREATE TABLE t (id serial PRIMARY KEY, x int); ALTER TABLE t ALTER id DROP DEFAULT",
    "CASCADE": "CREATE TABLE t (id serial PRIMARY KEY, x int); DROP SEQUENCE t_id_seq CASCADE",
    "ALTER TYPE": "CREATE TABLE t (id text PRIMARY KEY, x int); ALTER TABLE t ALTER id TYPE int USING 1",
    "ADD PRIMARY KEY": "CREATE TABLE t (id int, x int); ALTER TABLE t ADD PRIMARY KEY (id)",
}  # fmt: skip
WORKING = {
    "serial": "CREATE TABLE t (id serial PRIMARY KEY, x int)",
    "identity": "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, x int)",
    "DEFAULTS": "CREATE TABLE o (id serial, x int); CREATE TABLE t (LIKE o INCLUDING DEFAULTS)",
}


def test_what_breaks_a_serial_and_what_does_not(db: psycopg.Connection) -> None:
    for name, script in (BROKEN | WORKING).items():
        with db.transaction(force_rollback=True):
            db.execute(script)
            if name in BROKEN:
                with pytest.raises(psycopg.errors.NotNullViolation):
                    db.execute("INSERT INTO t (x) VALUES (1)")
            else:
                made = db.execute("INSERT INTO t (x) VALUES (1) RETURNING id").fetchone()
                assert made == (1,), name


def test_ids_from_outside_leave_the_sequence_behind(db: psycopg.Connection) -> None:
    db.execute("CREATE TABLE t (id serial PRIMARY KEY, x int); INSERT INTO t VALUES (1, 1)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.execute("INSERT INTO t (x) VALUES (1)")


def test_a_dump_sets_the_default_after_the_table(newest_url: sa.URL) -> None:
    with helpers.connected(newest_url) as connection:
        connection.execute("CREATE TABLE t (id serial PRIMARY KEY)")
    dumped = helpers.dump(newest_url)
    table, default = (
        dumped.index(word) for word in ("CREATE TABLE public.t", "SET DEFAULT nextval")
    )
    assert table < dumped.index("CREATE SEQUENCE public.t_id_seq") < default


def differences(url: sa.URL, *columns: sa.Column[Any]) -> list[Any]:
    metadata = sa.MetaData()
    sa.Table("t", metadata, *columns)
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_neither_the_word_nor_the_broken_key_is_compared(newest_url: sa.URL) -> None:
    with helpers.connected(newest_url) as connection:
        connection.execute("CREATE TABLE t (id integer PRIMARY KEY)")
        for autoincrement in (True, "auto"):
            assert differences(newest_url, key(autoincrement=autoincrement)) == []
        connection.execute("DROP TABLE t; CREATE TABLE t (id serial PRIMARY KEY)")
        for autoincrement in (True, "auto"):
            assert differences(newest_url, key(autoincrement=autoincrement)) == []


class Base(orm.DeclarativeBase):
    pass


class AutoIncrementBase(Base):
    __abstract__ = True
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, index=True, autoincrement=True)
    created_at: orm.Mapped[datetime.datetime | None] = orm.mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    updated_at: orm.Mapped[datetime.datetime | None] = orm.mapped_column(
        sa.DateTime(timezone=True), onupdate=sa.func.now()
    )


class Item(AutoIncrementBase):
    __tablename__ = "items"


def test_a_base_class_is_drift_and_repairs_nothing(newest_url: sa.URL) -> None:
    engine = sa.create_engine(newest_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE items (id integer PRIMARY KEY)"))
        connection.execute(sa.text("INSERT INTO items VALUES (1)"))
        Base.metadata.create_all(connection)  # skips the table
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert sorted(one[0] for one in found) == ["add_column", "add_column", "add_index"]
    for statement, error in [
        (sa.select(Item), psycopg.errors.UndefinedColumn),
        (sa.insert(Item).returning(Item.created_at), psycopg.errors.UndefinedColumn),
        (sa.text("INSERT INTO items DEFAULT VALUES"), psycopg.errors.NotNullViolation),
        (sa.text("ALTER TABLE items ADD a timestamptz NOT NULL"), psycopg.errors.NotNullViolation),
    ]:
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as refused:
            connection.execute(statement)
        assert isinstance(refused.value.orig, error)


def test_a_uuid_is_made_by_python(db: psycopg.Connection, newest_url: sa.URL) -> None:
    metadata = sa.MetaData()
    table = sa.Table(
        "t", metadata, key(type_=sa.Uuid, default=uuid.uuid4), sa.Column("x", sa.Integer)
    )
    with sa.create_engine(newest_url, poolclass=sa.NullPool).begin() as connection:
        metadata.create_all(connection)
        connection.execute(table.insert().values(x=1))
    with pytest.raises(psycopg.errors.NotNullViolation):
        db.execute("INSERT INTO t (x) VALUES (2)")
    db.execute("ALTER TABLE t ALTER id SET DEFAULT gen_random_uuid()")
    db.execute("INSERT INTO t (x) VALUES (2)")


REPAIR = (
    "CREATE SEQUENCE IF NOT EXISTS t_id_seq",
    "ALTER SEQUENCE t_id_seq OWNED BY t.id",
    "SELECT setval('t_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM t",
    "ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq')",
)
TABLE = "CREATE TABLE t (id integer PRIMARY KEY, x int); INSERT INTO t VALUES (7)"


def test_a_repair_without_a_lock_collides_with_a_row_between(db: psycopg.Connection) -> None:
    db.execute(TABLE)
    for statement in REPAIR[:3]:
        db.execute(statement)
    db.execute("INSERT INTO t VALUES (8)")  # as the application does, in a session of its own
    db.execute(REPAIR[3])
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.execute("INSERT INTO t (x) VALUES (1)")


def test_a_repair_takes_the_sequence_of_another_table(db: psycopg.Connection) -> None:
    db.execute(TABLE)
    db.execute(
        "CREATE SEQUENCE t_id_seq; CREATE TABLE o (id int PRIMARY KEY DEFAULT nextval('t_id_seq'))"
    )
    for _ in range(9):
        db.execute("INSERT INTO o DEFAULT VALUES")
    for statement in REPAIR:
        db.execute(statement)
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.execute("INSERT INTO o DEFAULT VALUES")
    with pytest.raises(psycopg.errors.DuplicateTable):
        db.execute("CREATE SEQUENCE t_id_seq")


def test_a_repair_needs_owner_and_grants(db: psycopg.Connection) -> None:
    db.execute(f"{TABLE}; GRANT INSERT ON t TO pg_monitor")
    for statement in REPAIR:
        db.execute(statement)
    with db.transaction(force_rollback=True):
        db.execute("SET LOCAL ROLE pg_monitor")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("INSERT INTO t (x) VALUES (1)")
    assert db.execute("SELECT seqtypid::regtype::text FROM pg_sequence").fetchone() == ("bigint",)
    db.execute("ALTER TABLE t ALTER id DROP DEFAULT; DROP SEQUENCE t_id_seq")
    db.execute("ALTER TABLE t OWNER TO pg_monitor")
    db.execute(REPAIR[0])
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="must have same owner"):
        db.execute(REPAIR[1])


def test_asyncpg_refuses_several_statements(newest_url: sa.URL) -> None:
    engine = create_async_engine(
        newest_url.set(drivername="postgresql+asyncpg"), poolclass=sa.NullPool
    )

    async def run() -> None:
        async with engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1; SELECT 2"))

    with pytest.raises(sa.exc.ProgrammingError, match="cannot insert multiple commands"):
        asyncio.run(run())
