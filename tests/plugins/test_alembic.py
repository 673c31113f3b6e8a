"""With the plugin on, `alembic check` is red for a broken key, and --autogenerate repairs it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from remediate.rehearsal.scratch import Server
from tests.projects import test_projects
from tests.support import helpers
from tests.support.project import Project, incident_project, small_project

PLUGINS = 'autogenerate_plugins=["alembic.autogenerate.*", "remediate.*"]'
MODEL = 'Table("t", metadata, Column("id", Integer, primary_key=True))\n'
AUTOGENERATE = ("alembic", "revision", "--autogenerate", "-m", "found")


def switch_on(project: Project, more: str = "", models: str = "") -> None:
    """In env.py, with other options of context.configure(), and other models."""
    env = project.folder / "migrations" / "env.py"
    text = env.read_text().replace(
        "target_metadata=metadata", f"target_metadata=metadata, {PLUGINS}, {more}"
    )
    text = text.replace('"target_metadata": Base', f'**dict({PLUGINS}), "target_metadata": Base')
    env.write_text(text.replace(MODEL, models or MODEL))
    assert PLUGINS in env.read_text()


def test_every_alembic_can_load_it() -> None:
    """Up to 1.20.0 it iterates over what the entry point names, since 1.20.1 it wants a module."""
    (entry,) = entry_points(group="alembic.plugins", name="remediate.keys")
    loaded = entry.load()
    assert isinstance(loaded, ModuleType)
    assert list(loaded) == [loaded]


def revision(project: Project) -> str:
    project.run(*AUTOGENERATE)
    (file,) = project.versions.glob("*_found.py")
    return file.read_text()


def check(project: Project) -> str:
    """What it prints where it is red."""
    result = project.run("alembic", "check", expected=255)
    return result.stdout + result.stderr


def insert(project: Project, table: str = "t") -> int:
    with helpers.connected(project.url) as connection, connection.transaction(force_rollback=True):
        row = connection.execute(f"INSERT INTO {table} DEFAULT VALUES RETURNING id").fetchone()
        return int(row[0])


def test_installed_it_changes_nothing(project: Project) -> None:
    assert "No new upgrade operations" in project.run("alembic", "check").stdout
    assert "op.execute" not in revision(project)


def test_importing_alembic_imports_nothing_of_the_rest(tmp_path: Path) -> None:
    code = (
        "import sys; import alembic; "
        "assert 'remediate.plugins.alembic' in sys.modules; "
        "assert not {'remediate.project.inspection', 'remediate.plugins.comparison', 'psycopg', "
        "'jinja2'} & set(sys.modules); "
        "from alembic.runtime.plugins import _all_plugins; assert 'remediate.keys' in _all_plugins"
    )
    for first in (
        "alembic",
        "alembic.autogenerate",
        "alembic.command",
        "remediate.project.inspection",
    ):
        subprocess.run([sys.executable, "-c", f"import {first}"], check=True, cwd=tmp_path)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_check_is_red_and_readable_until_the_key_works(project: Project) -> None:
    switch_on(project)
    assert "New upgrade operations detected: [('remediate: PK001 public.t.id " in check(project)
    text = revision(project)
    assert "import remediate" not in text
    before = helpers.dump(project.url)
    with pytest.raises(psycopg.errors.NotNullViolation):
        insert(project)
    project.run("alembic", "upgrade", "head")
    assert insert(project) == 1
    assert "No new upgrade operations" in project.run("alembic", "check").stdout
    upgraded = helpers.dump(project.url)
    project.run("alembic", "downgrade", "-1")
    assert helpers.dump(project.url) == before
    project.run("alembic", "upgrade", "head")
    assert helpers.dump(project.url) == upgraded


@pytest.mark.soak
def test_the_incident(newest: Server, tmp_path: Path) -> None:
    with incident_project(newest, tmp_path) as project:
        switch_on(project)
        assert check(project).count("remediate: PK001 ") == 26
        before = helpers.dump(project.url.set(username="postgres"))
        text = revision(project)
        assert text.count("CREATE SEQUENCE") == 23  # the others' are there
        assert text.count("Every lock, at once") == 2
        project.run("alembic", "upgrade", "head")
        assert "No new upgrade operations" in project.run("alembic", "check").stdout
        project.run("alembic", "downgrade", "-1")
        assert helpers.dump(project.url.set(username="postgres")) == before


def test_beside_other_changes_both_ways_are_one_transaction(project: Project) -> None:
    switch_on(
        project,
        models='Table("t", metadata, Column("id", Integer, primary_key=True), Column("n", Integer))\n',
    )
    before = helpers.dump(project.url)
    text = revision(project)
    up, down = text.split("def downgrade")
    assert up.index("CREATE SEQUENCE") < up.index("op.add_column")
    assert down.index("op.drop_column") < down.index("DROP SEQUENCE")
    assert (up.count("autocommit_block"), down.count("autocommit_block")) == (1, 0)
    project.run("alembic", "upgrade", "head")
    assert insert(project) == 1
    project.run("alembic", "downgrade", "-1")
    assert helpers.dump(project.url) == before


REFERENCE = """
CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (1), (2);
CREATE TABLE child (id serial PRIMARY KEY, t_id varchar(10)); INSERT INTO child VALUES (1, '2')
"""
CHILD = MODEL + (
    'from sqlalchemy import ForeignKey\nTable("child", metadata, Column("id", Integer, primary_key=True), '
    'Column("t_id", Integer, ForeignKey("t.id")))\n'
)


@pytest.fixture
def mistyped(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with small_project(newest, tmp_path, REFERENCE) as made:
        switch_on(made, models=CHILD)
        yield made


def test_what_alembic_proposes_for_the_same_is_taken_out(mistyped: Project) -> None:
    before = helpers.dump(mistyped.url)
    red = check(mistyped)
    assert "remediate: FK003 public.child.t_id " in red
    assert "modify_type" not in red
    assert "add_fk" not in red
    text = revision(mistyped)
    assert "op.alter_column" not in text
    assert "op.create_foreign_key" not in text
    assert "`remediate generate` writes them," in text
    assert "VALIDATE CONSTRAINT" not in text
    mistyped.run("alembic", "upgrade", "head")
    assert "FK005" in check(mistyped)
    mistyped.run("alembic", "downgrade", "-1")
    assert helpers.dump(mistyped.url) == before


KEYLESS = """
CREATE SCHEMA depot; CREATE TABLE depot.crate (no integer); INSERT INTO depot.crate VALUES (7);
CREATE TABLE label (code text, lang text, said text);
CREATE TABLE shelf (id serial, floor integer); ALTER TABLE shelf ALTER id DROP NOT NULL;
CREATE UNIQUE INDEX shelf_once ON shelf (id); CREATE UNIQUE INDEX by_floor ON shelf (floor);
"""
LOST = """
from sqlalchemy import Column, Integer, Table, Text
Table("crate", metadata, Column("no", Integer, primary_key=True), schema="depot")
Table("label", metadata, Column("code", Text, primary_key=True),
      Column("lang", Text, primary_key=True), Column("said", Text, nullable=False))
Table("shelf", metadata, Column("id", Integer, primary_key=True), Column("floor", Integer))
"""


def test_not_null_and_the_index_of_a_lost_key_are_the_repairs(
    newest: Server, tmp_path: Path
) -> None:
    """Both ways: Alembic's own DROP NOT NULL would come while the key still stands."""
    with small_project(newest, tmp_path, KEYLESS, models=LOST) as project:
        switch_on(project, "include_schemas=True")
        before = helpers.dump(project.url)
        text = revision(project)
        own = [line.strip() for line in text.splitlines() if re.search(r"op\.\w+\('", line)]
        assert own == [
            "op.alter_column('label', 'said',",
            "op.drop_index(op.f('by_floor'), table_name='shelf')",
            "op.create_index(op.f('by_floor'), 'shelf', ['floor'], unique=True)",
            "op.alter_column('label', 'said',",
        ]
        project.run("alembic", "upgrade", "head")
        assert "No new upgrade operations" in project.run("alembic", "check").stdout
        project.run("alembic", "downgrade", "-1")
        assert helpers.dump(project.url) == before


def test_what_a_person_must_decide_is_a_comment(mistyped: Project) -> None:
    with helpers.connected(mistyped.url) as connection:
        connection.execute("UPDATE child SET t_id = 'no key'")
    assert "remediate: FK003 public.child.t_id " in check(mistyped)
    text = revision(mistyped)
    assert "# remediate: FK003 public.child.t_id " in text
    assert "by hand:" in text
    assert "op.alter_column" in text  # Alembic's own proposal is none of our business then
    compile(text, "revision", "exec")


def test_comments_alone_are_a_valid_revision(newest: Server, tmp_path: Path) -> None:
    ddl = REFERENCE.replace("varchar(10)", "integer").replace("'2'", "2") + (
        "; CREATE INDEX ON child (t_id); "
        "ALTER TABLE child ADD CONSTRAINT child_t_id_fkey FOREIGN KEY (t_id) REFERENCES t NOT VALID"
    )
    with small_project(newest, tmp_path, ddl) as project:
        switch_on(
            project, models=CHILD.replace('ForeignKey("t.id")', 'ForeignKey("t.id"), index=True')
        )
        with helpers.connected(project.url) as connection:
            connection.execute("ALTER INDEX child_t_id_idx RENAME TO ix_child_t_id")
        (tmp_path / "pyproject.toml").write_text('[tool.remediate]\nselect = ["FK005"]\n')
        text = " ".join(revision(project).replace("\n    # ", " ").split())
        assert "remediate: FK005 public.child.child_t_id_fkey" in text
        assert "it runs in autocommit: `remediate generate` writes it pass" in text
        project.run("alembic", "upgrade", "head")
        project.run("alembic", "downgrade", "-1")


@pytest.mark.parametrize(
    "option",
    [
        "include_object=lambda o, name, type_, r, c: name != 't'",
        "include_name=lambda name, type_, parents: name != 't'",
    ],
)
def test_what_env_leaves_out_is_left_out(option: str, project: Project) -> None:
    switch_on(project, option)
    result = project.run("alembic", "check", expected=None)
    assert "remediate" not in result.stdout + result.stderr


def test_other_schemas_only_where_autogenerate_looks_at_them(
    newest: Server, tmp_path: Path
) -> None:
    ddl = "CREATE SCHEMA other; CREATE TABLE other.t (id integer PRIMARY KEY); CREATE TABLE t (id serial PRIMARY KEY)"
    with small_project(newest, tmp_path, ddl) as project:
        both = (
            MODEL
            + 'Table("t", metadata, Column("id", Integer, primary_key=True), schema="other")\n'
        )
        switch_on(project, "include_schemas=True", both)
        assert "PK001 other.t.id" in check(project)
        env = project.folder / "migrations" / "env.py"
        env.write_text(env.read_text().replace("include_schemas=True", ""))
        assert "PK001" not in check(project)  # but that Alembic would make other.t anew


def test_the_projects_settings_hold(project: Project) -> None:
    switch_on(project)
    settings = project.folder / "pyproject.toml"
    settings.write_text('[tool.remediate.ignore]\nPK001 = "filled by hand"\n')
    project.run("alembic", "check")
    settings.write_text('[tool.remediate]\nselect = ["PK999"]\n')
    failed = check(project)
    assert "FAILED: remediate: there is no rule 'PK999'" in failed
    assert "Traceback" not in failed


KINDS = [
    k
    for k in test_projects.KINDS
    if str(k) in ("async asyncpg", "multidb engine1", "filters", "settings")
]


@pytest.mark.parametrize(
    "kind", test_projects.soaked(KINDS, "async asyncpg", "filters", "settings")
)
def test_other_kinds_of_projects(kind: test_projects.Kind, newest: Server, tmp_path: Path) -> None:
    with test_projects.project(kind, newest, tmp_path) as made:
        env = made.folder / "migrations" / "env.py"
        env.write_text(env.read_text().replace("target_metadata=", f"{PLUGINS}, target_metadata="))
        run = {"driver": kind.driver, **kind.environment}
        red = made.run("alembic", *kind.x, "check", expected=255, **run)
        for table in kind.tables:
            assert f"remediate: PK001 {table}.id" in red.stdout + red.stderr
        before = helpers.dump(made.url.set(username="postgres"))
        made.run("alembic", *kind.x, "revision", "--autogenerate", "-m", "found", **run)
        made.run("alembic", *kind.x, "upgrade", "head", **run)
        verified = made.run("remediate", "verify", *kind.x, *kind.engine, **run).stdout
        told = [table for table in kind.tables if f"{table}.id" in verified]
        assert told == list(kind.tables)
        assert "public.events" not in verified  # of the other database
        assert "No new upgrade operations" in made.run("alembic", *kind.x, "check", **run).stdout
        made.run("alembic", *kind.x, "downgrade", "-1", **run)
        assert helpers.dump(made.url.set(username="postgres")) == before


# In this process, on a connection of ours.

OPTIONS = {"autogenerate_plugins": ["alembic.autogenerate.*", "remediate.*"]}


def metadata(*names: str) -> sa.MetaData:
    made = sa.MetaData()
    for name in names:
        sa.Table(name, made, sa.Column("id", sa.Integer, primary_key=True))
    return made


@pytest.fixture
def engine(newest: Server) -> Iterator[sa.Engine]:
    with newest.database() as url:
        made = sa.create_engine(url, poolclass=sa.NullPool)
        with made.begin() as connection:
            for name in ("a", "b"):
                connection.exec_driver_sql(f"CREATE TABLE {name} (id integer PRIMARY KEY)")
            connection.exec_driver_sql("DROP ROLE IF EXISTS visitor")
            connection.exec_driver_sql("CREATE ROLE visitor")
            connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor")
            connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO visitor")
        yield made
        with made.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY visitor")
            connection.exec_driver_sql("DROP ROLE visitor")


STATE = """\
SELECT current_user::text, current_setting('search_path'), current_setting('transaction_read_only'),
       current_setting('lock_timeout'), current_setting('row_security'), current_setting('jit'),
       pg_current_xact_id()::text, (SELECT count(*) FROM made)"""


def test_the_transaction_goes_on_as_it_was(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL search_path = public, pg_temp")
        connection.exec_driver_sql("SET LOCAL ROLE visitor")
        connection.exec_driver_sql("CREATE TABLE made (n integer)")
        before = connection.exec_driver_sql(STATE).one()
        context = MigrationContext.configure(connection, opts=OPTIONS)
        found = compare_metadata(context, metadata("a", "b", "made"))
        assert [line for (line, *_) in found if str(line).startswith("remediate: PK001 ")]
        assert connection.exec_driver_sql(STATE).one() == before
        connection.exec_driver_sql("INSERT INTO made VALUES (1)")
        held = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_locks WHERE relation = 'b'::regclass"
        )
        assert held.scalar_one() <= 1  # Alembic's own


def test_on_a_connection_in_autocommit(engine: sa.Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts=OPTIONS), metadata("a", "b")
        )
        assert len(found) == 2
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
        connection.exec_driver_sql("INSERT INTO a VALUES (1)")


def test_what_a_hook_takes_out_is_in_neither_direction(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        script = produce_migrations(context, metadata("a", "b"))
        (findings,) = script.upgrade_ops.ops
        findings.ops[:] = [op for op in findings.ops if "public.a" not in op.line]
        for ops in (script.upgrade_ops, script.downgrade_ops):
            text = render_python_code(ops, migration_context=context)
            assert "public.b_id_seq" in text
            assert "public.a" not in text
        findings.ops.clear()
        assert "pass" in render_python_code(script.downgrade_ops, migration_context=context)


def test_under_another_name_for_op(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts=OPTIONS | {"alembic_module_prefix": "alembic.op."}
        )
        script = produce_migrations(context, metadata("a", "b"))
        text = render_python_code(
            script.upgrade_ops, alembic_module_prefix="alembic.op.", migration_context=context
        )
        assert "alembic.op.execute(" in text
        assert "\nop." not in text.replace("    ", "")


def test_what_builds_on_another_repair_waits_for_it(newest: Server, tmp_path: Path) -> None:
    """The column would be declared as it is, narrower than the key that grows beside it."""
    near = 2**31 - 48
    ddl = f"""
        CREATE TABLE t (id serial PRIMARY KEY); SELECT setval('t_id_seq', {near});
        INSERT INTO t SELECT {near} - g FROM generate_series(0, 30) g;
        CREATE TABLE c (id serial PRIMARY KEY, t_id integer); CREATE INDEX ON c (t_id);
        INSERT INTO c (t_id) SELECT id FROM t
    """
    models = f"{MODEL}from sqlalchemy import ForeignKey\n" + (
        'Table("c", metadata, Column("id", Integer, primary_key=True), '
        'Column("t_id", Integer, ForeignKey("t.id")))\n'
    )
    with small_project(newest, tmp_path, ddl) as project:
        switch_on(project, models=models)
        text = revision(project)
        assert "ALTER COLUMN id TYPE bigint" in text
        assert "NOT VALID" not in text
        assert "it builds on another repair, which has to run first" in text


@pytest.mark.parametrize(
    ("ddl", "proposed"),
    [
        ("CREATE TABLE ship (id integer)", 1),  # gets its key in the same revision
        ("CREATE TABLE ship (id integer); INSERT INTO ship VALUES (1), (1)", 0),
        ("CREATE TABLE ship (id integer NOT NULL); CREATE UNIQUE INDEX one ON ship (id)", 1),
        ("CREATE TABLE ship (id integer NOT NULL, UNIQUE (id) DEFERRABLE)", 1),
    ],
)
def test_references_wait_for_the_key_to_which_they_lead(
    ddl: str, proposed: int, engine: sa.Engine
) -> None:
    """Else the upgrade would fail (42830)."""
    models = metadata("a", "b", "ship")
    sa.Table(
        "crew",
        models,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ship_id", sa.ForeignKey("ship.id"), index=True),
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(ddl)
        connection.exec_driver_sql("CREATE TABLE crew (id serial PRIMARY KEY, ship_id integer)")
        connection.exec_driver_sql("CREATE INDEX ix_crew_ship_id ON crew (ship_id)")
        context = MigrationContext.configure(connection, opts=OPTIONS)
        script = produce_migrations(context, models)
        text = render_python_code(script.upgrade_ops, migration_context=context)
        assert text.count("op.create_foreign_key(") + text.count("FOREIGN KEY") == proposed
        assert "FK004 public.crew.ship_id" in text or "FK004:public.crew.ship_id" in text
