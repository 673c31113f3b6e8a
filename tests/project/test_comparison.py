"""What Alembic's own comparison would write, asked inside an audit's reading."""

from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.analysis.audit.autogenerate import Compared, autogenerate
from remediate.catalog import catalog
from remediate.catalog import structure as structures
from remediate.project.comparison import compare
from remediate.rehearsal.scratch import Server
from remediate.snapshots.declared import Declared, Metadata
from tests.support import helpers

DDL = """
CREATE SCHEMA app;
CREATE TABLE app.users (id integer PRIMARY KEY, name varchar(9), gone text);
CREATE TABLE app.forgotten (id serial PRIMARY KEY);
CREATE TABLE app.noted (id serial PRIMARY KEY);
CREATE TABLE app.left_out (id serial PRIMARY KEY);
CREATE INDEX stale ON app.users (name);
INSERT INTO app.noted DEFAULT VALUES;
"""


def models() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "users", metadata, sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False), sa.Column("user_id", sa.BigInteger),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="self"),
    )  # fmt: skip
    return metadata


def compared(server: Server, metadata: object, ddl: str = DDL, **options: Any) -> Compared:
    """As in a session whose search_path finds app, after the catalog was read under another one."""
    with server.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        engine = sa.create_engine(
            url, poolclass=sa.NullPool, connect_args={"options": "-c search_path=app"}
        )
        with engine.connect() as connection:
            live = catalog.read(connection)
            opts = {"target_metadata": metadata, **options}
            found = compare(MigrationContext.configure(connection, opts=opts), live)
            structure = structures.read(connection, live)
    other = Metadata("app.Other.metadata", None, tracked=False, tables=())
    made = autogenerate(found, Declared(metadatas=(other,)), structure)
    assert made.unseen == (("app.Other.metadata", 0),)
    return Compared(made.proposed, made.failure, made.include_schemas)


def shown(found: Compared) -> list[tuple[str, str, str, str, bool | None]]:
    return [(p.kind.value, str(p.table), p.name, p.detail, p.holds_rows) for p in found.proposed]


def test_what_it_would_write_the_losses_first(newest: Server) -> None:
    def known(object_: object, name: str, *_: object) -> bool:
        return name != "left_out"

    plugins = ["alembic.autogenerate.*", "remediate.*"]
    found = compared(newest, models(), include_object=known, autogenerate_plugins=plugins)
    assert shown(found) == [
        ("drop table", "app.noted", "", "", True),
        ("drop table", "app.forgotten", "", "", False),
        ("drop column", "app.users", "gone", "", None),
        ("drop index", "app.users", "stale", "", None),
        ("alter column", "app.users", "name", "varchar(9) to text, NOT NULL", None),
        ("add column", "app.users", "user_id", "bigint", None),
        ("add constraint", "app.users", "self", "(user_id) -> app.users", None),
    ]
    assert (found.failure, found.include_schemas) == ("", False)
    assert plugins == ["alembic.autogenerate.*", "remediate.*"]


def test_a_table_that_another_session_changes(newest: Server) -> None:
    """Alembic would wait for it: it is asked for no longer than reading waits, and the rest goes on."""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(b"CREATE TABLE users (id serial PRIMARY KEY)")
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with helpers.connected(url) as other, engine.connect() as connection:
            live = catalog.read(connection)
            with other.transaction():
                other.execute(b"ALTER TABLE users ADD name text DEFAULT 'x'")
                opts = {"target_metadata": models()}
                found = compare(MigrationContext.configure(connection, opts=opts), live)
                assert found.failure == "another session holds a lock on a table"
                assert structures.read(connection, live).columns


def test_what_it_cannot_see_is_not_called_nothing(newest: Server) -> None:
    metadata = sa.MetaData()
    key = sa.ForeignKey("nowhere.id")
    sa.Table("users", metadata, sa.Column("id", sa.Integer, key, primary_key=True))
    ddl = "CREATE SCHEMA app; CREATE TABLE app.users (id integer PRIMARY KEY)"
    failure = compared(newest, metadata, ddl).failure
    assert failure.startswith("NoReferencedTableError: Foreign key associated with column")
    assert "env.py passes no MetaData to Alembic" in compared(newest, None, ddl).failure
