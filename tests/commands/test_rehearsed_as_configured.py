"""A rehearsal runs revisions as env.py lets Alembic run them: names, driver, transactions, schemas."""

import json
from typing import Any

import pytest

from tests.support.project import ENV, Project

CONVENTIONS = """\
import sqlalchemy as sa
from sqlalchemy import MetaData, UniqueConstraint

def initials(constraint, table):
    return "".join(column.name[0] for column in constraint.columns)

metadata = MetaData(naming_convention={
    "initials": initials,
    UniqueConstraint: "%(table_name)s_%(initials)s_once",
    "ck": "%(table_name)s_%(constraint_name)s_holds",
    "fk": "%(table_name)s_to_%(referred_table_name)s",
})
"""
ASYNC_ENV = """\
import asyncio
import os
from alembic import context
from sqlalchemy import MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

def migrate(connection):
    context.configure(connection=connection, target_metadata=MetaData())
    with context.begin_transaction():
        context.run_migrations()

async def main():
    engine = create_async_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)

asyncio.run(main())
"""
MADE = """\
    op.create_table(
        "shelf", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("room", sa.Integer), sa.Column("place", sa.Integer),
        sa.UniqueConstraint("room", "place"), sa.CheckConstraint("place > 0", name="positive"),
    )
"""
GONE = '    op.drop_table("shelf")\n'


def write(project: Project, id_: str, up: str, down: str = "    pass\n", after: str = "") -> None:
    (project.versions / f"{id_}.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import context, op\n"
        f"revision = {id_!r}\ndown_revision = {after or None!r}\n\n"
        f"def upgrade():\n{up}\n\ndef downgrade():\n{down}\n"
    )


def rehearse(project: Project, expected: int = 0, driver: str = "psycopg") -> dict[str, Any]:
    result = project.run("remediate", "rehearse", "-f", "json", expected=expected, driver=driver)
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def defects(made: dict[str, Any]) -> dict[str, list[str]]:
    return {
        one["revision"]: [f"{d['name']}: {d['evidence']}" for d in one["defects"]]
        for one in made["revisions"]
    }


@pytest.mark.soak
@pytest.mark.project(
    models="from conventions import metadata", files={"conventions.py": CONVENTIONS}
)
def test_constraints_have_the_names_of_the_projects_own_convention(project: Project) -> None:
    write(project, "made", MADE, GONE)
    write(
        project, "right",
        '    op.drop_constraint("shelf_rp_once", "shelf")\n'
        '    op.drop_constraint(op.f("shelf_positive_holds"), "shelf")\n',
        '    op.create_check_constraint("positive", "shelf", "place > 0")\n'
        '    op.create_unique_constraint(None, "shelf", ["room", "place"])\n',
        after="made",
    )  # fmt: skip
    write(
        project, "wrong", '    op.drop_constraint("shelf_room_place_key", "shelf")\n', after="made"
    )
    found = defects(rehearse(project, expected=4))
    assert found["made"] == found["right"] == []
    (wrong,) = found["wrong"]
    assert 'constraint "shelf_room_place_key" of relation "shelf" does not exist' in wrong
    project.run("alembic", "upgrade", "right")


@pytest.mark.project(
    env=ENV.replace(
        "MetaData()",
        "MetaData(naming_convention={'mark': lambda c, t: 'm', 'uq': '%(mark)s_%(table_name)s'})",
    )
)
def test_a_convention_that_only_env_py_has_is_named(project: Project) -> None:
    write(project, "made", MADE, GONE)
    made = rehearse(project, expected=4)
    (limit,) = made["limits"]
    assert "the function <lambda> of naming_convention, which no module has" in limit
    (defect,) = defects(made)["made"]
    assert "which no module has: a rehearsal does not run env.py" in defect


SEVERAL = '    op.execute("CREATE TABLE one (id int); CREATE TABLE two (id int)")\n'
BACK = '    op.drop_table("one")\n    op.drop_table("two")\n'
RECOVERED = """\
    try:
        with op.get_bind().begin_nested():
            op.execute("COMMENT ON TABLE nothing IS 'x'")
    except sa.exc.ProgrammingError:
        pass
    op.get_bind().execute(sa.text("SELECT set_config('app.n', :n, true)"), {"n": "7"})
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY one_id ON one (id)")
"""
LOST = """\
    try:
        op.execute("COMMENT ON TABLE nothing IS 'x'")
    except sa.exc.ProgrammingError:
        pass
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_a_revision_runs_by_the_driver_of_the_project(project: Project, driver: str) -> None:
    write(project, "several", SEVERAL, BACK)
    write(project, "recovered", RECOVERED, '    op.drop_index("one_id", "one")\n', after="several")
    write(project, "lost", LOST, after="recovered")
    typed = "    import sqlalchemy.dialects.postgresql as pg\n    assert op.get_bind().dialect.driver == %r\n"
    write(project, "typed", typed % driver, after="recovered")
    found = defects(rehearse(project, 4, driver))
    lost, *_ = found.pop("lost")
    assert lost.startswith('ERROR_SWALLOWED: statement 1 failed (42P01: relation "nothing"')
    assert not any(found.values()), found


@pytest.mark.soak
@pytest.mark.project(env=ASYNC_ENV)
def test_a_revision_runs_by_asyncpg_where_the_project_does(project: Project) -> None:
    write(
        project,
        "one",
        '    op.create_table("one", sa.Column("id", sa.Integer))\n',
        '    op.drop_table("one")\n',
    )
    write(project, "recovered", RECOVERED, '    op.drop_index("one_id", "one")\n', after="one")
    write(project, "several", SEVERAL.replace("one", "three"), after="recovered")
    write(project, "lost", LOST, after="recovered")
    found = defects(rehearse(project, 4, "asyncpg"))
    (several,), (lost, *_) = found.pop("several"), found.pop("lost")
    assert "cannot insert multiple commands into a prepared statement" in several
    assert lost.startswith('ERROR_SWALLOWED: statement 1 failed (42P01: relation "nothing"')
    assert not any(found.values()), found


SET_BY_ENV = """\
import os
from alembic import context
from sqlalchemy import MetaData, create_engine, pool
import views

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
context.config.set_main_option("tenant", "north")
context.config.set_main_option("reports", os.environ["DATABASE_URL"].replace("%", "%%"))
context.config.attributes.update(size=3, engine=engine)
with engine.connect() as connection:
    connection = connection.execution_options(schema_translate_map={None: "north"})
    context.configure(connection=connection, target_metadata=MetaData(), dry=False,
                      version_table_schema="north")
    with context.begin_transaction():
        context.run_migrations()
"""
VIEWS = """\
from alembic.operations import MigrateOperation, Operations

@Operations.register_operation("create_view")
class CreateView(MigrateOperation):
    def __init__(self, name, text):
        self.name, self.text = name, text

    @classmethod
    def create_view(cls, operations, name, text):
        return operations.invoke(cls(name, text))

@Operations.implementation_for(CreateView)
def create_view(operations, operation):
    operations.execute(f"CREATE VIEW {operation.name} AS {operation.text}")
"""
ROLES = """
@Operations.register_operation("add_role")
class AddRole(MigrateOperation):
    def __init__(self, name):
        self.name = name

    @classmethod
    def add_role(cls, operations, name):
        return operations.invoke(cls(name))

@Operations.implementation_for(AddRole)
def add_role(operations, operation):
    operations.execute(f"SELECT '{operation.name}'")

"""
AS_SET = """\
    here = op.get_context()
    assert here.opts["dry"] is False
    assert here.config.get_main_option("tenant") == "north"
    assert here.config.attributes["size"] == 3
    op.create_table("owner", sa.Column("id", sa.Integer, primary_key=True))
    op.create_view("north.v", "SELECT id FROM north.owner")
    op.execute("CREATE INDEX CONCURRENTLY owner_id ON north.owner (id)")
    engine = sa.create_engine(here.config.get_main_option("reports"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        there = connection.exec_driver_sql("SELECT current_database()").scalar()
        assert there == op.get_bind().exec_driver_sql("SELECT current_database()").scalar()
"""


@pytest.mark.project(env=VIEWS + ROLES + ENV)
def test_an_operation_that_env_py_itself_defines_refutes_nothing(project: Project) -> None:
    """It works in Alembic; what neither has is a mistake all the same."""
    write(project, "viewed", '    op.create_view("v", "SELECT 1 AS a")\n    op.add_role("r")\n')
    write(project, "wrong", '    op.create_vista("v", "SELECT 1 AS a")\n')
    made = rehearse(project, expected=4)
    viewed, wrong = sorted(made["revisions"], key=lambda one: one["revision"])
    assert viewed["defects"] == []
    assert viewed["skipped"].startswith("not judged: env.py itself defines op.create_view, and a ")
    assert "no attribute 'create_vista'" in wrong["defects"][0]["evidence"]
    assert [limit.partition(",")[0] for limit in made["limits"]] == [
        "the operation CreateView", "the operation AddRole"
    ]  # fmt: skip
    project.run("alembic", "upgrade", "viewed")


@pytest.mark.project("CREATE SCHEMA north", env=SET_BY_ENV, files={"views.py": VIEWS})
def test_what_env_py_sets_besides(project: Project) -> None:
    write(
        project,
        "owner",
        AS_SET,
        '    op.execute("DROP VIEW north.v")\n    op.drop_table("owner")\n',
    )
    made = rehearse(project)
    assert defects(made) == {"owner": []}
    assert made["limits"] == []


OUTSIDE = ENV.replace(
    "    with context.begin_transaction():\n        context.run_migrations()",
    "    context.run_migrations()\n    connection.commit()",
).replace(
    "    context.configure", "    connection.exec_driver_sql('SELECT 1')\n    context.configure"
)


@pytest.mark.project(env=OUTSIDE)
def test_a_transaction_that_env_py_begins_itself(project: Project) -> None:
    block = '    with op.get_context().autocommit_block():\n        op.execute("SELECT 1")\n'
    write(project, "block", block)
    (defect,) = defects(rehearse(project, expected=4))["block"]
    assert defect.startswith("UPGRADE_FAILS: AssertionError")  # Alembic's own
    with pytest.raises(AssertionError, match="AssertionError"):
        project.run("alembic", "upgrade", "head")


def two_of_an_enum(project: Project) -> None:
    write(project, "blue", """    op.execute("ALTER TYPE colour ADD VALUE 'blue'")\n""")
    default = '    op.execute("ALTER TABLE shirts ALTER c SET DEFAULT {}")\n'
    write(
        project, "first", default.format("'blue'"), default.format("'red'"), after="blue"
    )  # fmt: skip


SHIRTS = "CREATE TYPE colour AS ENUM ('red'); CREATE TABLE shirts (c colour DEFAULT 'red')"


@pytest.mark.soak
@pytest.mark.project(SHIRTS)
def test_revisions_that_fail_in_one_transaction_alone(project: Project) -> None:
    two_of_an_enum(project)
    made = rehearse(project, expected=4)
    found = defects(made)
    assert found["blue"] == []
    (defect,) = found["first"]
    assert defect == (
        'FAILS_TOGETHER: migrations/versions/first.py:7: unsafe use of new value "blue" of enum '
        "type colour"
    )
    assert "unsafe use of new value" in project.run("alembic", "upgrade", "head", expected=1).stderr
    project.run("alembic", "upgrade", "+1")
    assert defects(rehearse(project)) == {"first": []}


@pytest.mark.soak
@pytest.mark.project(
    SHIRTS, env=ENV.replace("metadata)", "metadata, transaction_per_migration=True)")
)
def test_revisions_with_a_transaction_each(project: Project) -> None:
    two_of_an_enum(project)
    assert defects(rehearse(project)) == {"blue": [], "first": []}
    project.run("alembic", "upgrade", "head")
