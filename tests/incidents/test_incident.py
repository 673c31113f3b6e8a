"""The incident from the broken database to the repaired one and back, on every version and driver."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from remediate.commands.demo import incident
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, incident_project

BROKEN = {
    "users", "user_profiles", "user_skills", "career_goals", "career_milestones",
    "user_journey_milestones", "saved_recommendations", "career_signals", "self_reflections",
    "user_embeddings", "skill_trees", "tree_paths", "industries", "UserFeedback",
    "chat_messages", "message_components", "conversation_logs", "tool_invocations",
    "conversation_categories", "user_chat_analytics", "courses", "node_notes", "user_notes",
    "psychological_insights", "conversation_shares", "page_events",
}  # fmt: skip
HEALTHY = {
    "api_sessions.id": "the models supply it (a Python-side default)",
    "conversations.id": "default from public.conversations_id_seq, owned by it",
    "job_postings.number": "the models draw from the sequence public.job_postings_number_seq themselves",
    "personality_profiles.id": "default from public.personality_profiles_id_seq, owned by it",
    "user_saved_jobs.user_id": "part of a composite key, and a foreign key to public.users: its value comes from there",
    "user_saved_jobs.job_number":
        "part of a composite key, and a foreign key to public.job_postings: its value comes from "
        "there",
}  # fmt: skip
ASYNC_ENV = """\
import asyncio
import os
from alembic import context
from career import Base
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def run(connection):
    context.configure(connection=connection, target_metadata=Base.metadata, include_schemas=True)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    engine = create_async_engine(os.environ["DATABASE_URL"], poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)


asyncio.run(main())
"""
EXTERNAL_ENV = """\
import os
from alembic import context
from career import Base
from sqlalchemy import create_engine, text

with create_engine(os.environ["DATABASE_URL"]).begin() as connection:
    connection.execute(text("SET search_path TO public"))
    context.configure(connection=connection, target_metadata=Base.metadata)
    context.run_migrations()
"""


@pytest.fixture(scope="module")
def project(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with incident_project(server, tmp_path_factory.mktemp("incident")) as made:
        yield made


@pytest.fixture(scope="module")
def plan(project: Project) -> dict:
    return json.loads(project.run("remediate", "plan", "-f", "json").stdout)


@pytest.fixture(scope="module")
def generated(project: Project, plan: dict) -> Path:
    """The revision; the plan was made before it."""
    project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
    (revision,) = project.generated()
    return revision


@pytest.mark.newest_in_ci
def test_exactly_the_26_keys_are_found(plan: dict) -> None:
    assert {f["table"] for f in plan["findings"]} == BROKEN
    assert len(plan["findings"]) == 26
    assert {(f["severity"], f["confidence"]) for f in plan["findings"]} == {("error", "proven")}


def test_the_others_are_healthy_with_their_reason(plan: dict) -> None:
    assert {f"{h['table']}.{h['column']}": h["reason"] for h in plan["healthy"]} == HEALTHY


def test_a_lost_sequence_is_attached_and_none_doubled(plan: dict) -> None:
    attached = {f["table"] for f in plan["findings"] if f["facts"]["sequence_exists"]}
    assert attached == {"courses", "node_notes", "user_notes"}


def test_each_finding_names_its_model(project: Project, plan: dict) -> None:
    for finding in plan["findings"]:
        line = (project.folder / finding["model"]["file"]).read_text().splitlines()
        text = line[finding["model"]["line"] - 1]
        assert text.split(":")[0].strip() == finding["column"]


def test_reading_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    with incident_project(server, tmp_path) as project:
        files = project.files()
        with helpers.connected(project.url) as connection:
            connection.execute("DROP TABLE alembic_version")
            before = helpers.dump(project.url)
            state = connection.execute(
                "SELECT pg_stat_get_db_tuples_inserted(oid) FROM pg_database WHERE datname = current_database()"
            ).fetchone()
            project.run("remediate", "plan")
            assert helpers.dump(project.url) == before
            assert connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,)
            assert state is not None
        assert project.files() == files


@pytest.mark.newest_in_ci
@pytest.mark.newest_in_ci
def test_the_revision_says_who_and_what_was_proven(server: Server, generated: Path) -> None:
    text = ast.get_docstring(ast.parse(generated.read_text()))
    assert text is not None
    assert "Approved by Ann on " in text
    assert "* INSERT without id before: refused (23502) in 26 tables" in text
    assert "works in 26 tables as career_app, career_intake,\n  career_owner" in text
    assert "prints the same bytes as before" in " ".join(text.split())
    review = generated.with_suffix(".md").read_text()
    assert "- [x] downgrade: pg_dump --schema-only prints the same bytes as before" in review
    assert "<details><summary>public.users.id and 20 others like it</summary>" in review
    assert review.count("CREATE SEQUENCE public.users_id_seq AS integer;\n") == 1
    assert "\n\n\n" not in review
    assert "CREATE SEQUENCE public.users_id_seq AS integer" in generated.read_text()


@pytest.mark.newest_in_ci
def test_the_revision_is_plain(generated: Path) -> None:
    tree = ast.parse(generated.read_text())
    imported = {n.names[0].name for n in ast.walk(tree) if isinstance(n, ast.Import)}
    imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert imported == {"alembic", "sqlalchemy"}
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Try)]
    constants = {n.targets[0].id: n.value for n in tree.body if isinstance(n, ast.Assign)}
    executed = [
        constants.get(getattr(n.args[0], "id", ""), n.args[0]).value
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "execute"
    ]
    assert len(executed) > 150
    assert not [s for s in executed if "%" in s]


def keys(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Every repaired key: the table and the column."""
    return connection.execute(
        "SELECT c.oid::regclass::text, a.attname FROM pg_class c "
        "JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] "
        "WHERE c.relname = ANY(%s)",
        [list(BROKEN)],
    ).fetchall()


def check_repaired(project: Project) -> None:
    """Each table takes an INSERT without id by owner and application; owned by column and owner."""
    with helpers.connected(project.url) as admin:
        repaired = keys(admin)
        assert len(repaired) == 26
        for table, column in repaired:
            highest = admin.execute(f'SELECT max("{column}") FROM {table}').fetchone()[0]
            for role in (incident.OWNER, incident.APPLICATION):
                with helpers.connected(project.url, role) as connection:
                    given = insert_copy(connection, table, column)
                assert given > highest
            sequence = admin.execute(
                "SELECT pg_get_serial_sequence(%s, %s)::regclass, "
                "(SELECT relowner FROM pg_class WHERE oid = pg_get_serial_sequence(%s, %s)::regclass) "
                "= (SELECT relowner FROM pg_class WHERE oid = %s::regclass)",
                [table, column, table, column, table],
            ).fetchone()
            assert sequence[0] is not None
            assert sequence[1] is True


def insert_copy(connection: psycopg.Connection, table: str, key: str) -> int:
    """Insert a copy of a row without its key, and take it back; the key that it got."""
    names = [
        row[0]
        for row in connection.execute(
            "SELECT quote_ident(attname) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND attname <> %s",
            [table, key],
        )
    ]
    values = ["'new' || email" if name == "email" else name for name in names]
    with connection.transaction(force_rollback=True):
        return connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} "
            f'LIMIT 1 RETURNING "{key}"'
        ).fetchone()[0]


def up_and_down(project: Project, driver: str) -> None:
    before = helpers.dump(project.url)
    project.run("alembic", "upgrade", "head", driver=driver)
    check_repaired(project)
    project.run("alembic", "check", driver=driver)
    project.run("alembic", "downgrade", "-1", driver=driver)
    assert helpers.dump(project.url) == before
    project.run("alembic", "upgrade", "head", driver=driver)
    project.run("alembic", "downgrade", "-1", driver=driver)


@pytest.mark.newest_in_ci
def test_up_and_down(project: Project, generated: Path) -> None:
    up_and_down(project, "psycopg")


@pytest.mark.newest_in_ci
def test_up_and_down_by_psycopg2(project: Project, generated: Path) -> None:
    up_and_down(project, "psycopg2")


@pytest.fixture
def other_env(project: Project) -> Iterator[Path]:
    env = project.folder / "migrations" / "env.py"
    original = env.read_text()
    yield env
    env.write_text(original)


@pytest.mark.soak
def test_up_and_down_by_asyncpg(project: Project, generated: Path, other_env: Path) -> None:
    other_env.write_text(ASYNC_ENV)
    found = json.loads(project.run("remediate", "plan", "-f", "json", driver="asyncpg").stdout)
    assert {f["table"] for f in found["findings"] if f["rule"] != "AL003"} == BROKEN
    up_and_down(project, "asyncpg")


@pytest.mark.newest_in_ci
def test_up_and_down_in_a_transaction_of_env_py(
    project: Project, generated: Path, other_env: Path
) -> None:
    other_env.write_text(EXTERNAL_ENV)
    before = helpers.dump(project.url)
    project.run("alembic", "upgrade", "head")
    check_repaired(project)
    project.run("alembic", "downgrade", "-1")
    assert helpers.dump(project.url) == before


def test_up_and_down_offline_through_psql(project: Project, generated: Path) -> None:
    before = helpers.dump(project.url)
    project.psql(project.run("alembic", "upgrade", "0005:head", "--sql").stdout)
    check_repaired(project)
    project.psql(project.run("alembic", "downgrade", "head:0005", "--sql").stdout)
    assert helpers.dump(project.url) == before
    assert project.run("alembic", "current").stdout.strip() == "0005"


@pytest.mark.newest_in_ci
def test_the_sql_of_the_plan_does_the_same(server: Server, tmp_path: Path) -> None:
    with incident_project(server, tmp_path) as project:
        project.psql(project.run("remediate", "plan", "--sql").stdout)
        check_repaired(project)


@pytest.mark.newest_in_ci
def test_a_second_run_is_recognised(project: Project, generated: Path) -> None:
    files = project.files()
    again = project.run(
        "remediate", "generate", "--approve", "all", "--reviewer", "Ann", expected=3
    )
    assert "this repair is generated already, and waits for alembic upgrade" in again.stderr
    assert "alembic upgrade head" in again.stderr
    assert project.files() == files


@pytest.mark.newest_in_ci
@pytest.mark.newest_in_ci
def test_an_emergency_revision_and_the_rest(server: Server, tmp_path: Path) -> None:
    with incident_project(server, tmp_path) as project:
        before = helpers.dump(project.url)
        project.run(
            "remediate", "generate", "--approve", "PK001", "--reviewer", "Ann",
            "--first", "user_skills", "--first", "career_*", "-m", 'the "incident"',
        )  # fmt: skip
        texts = [path.read_text() for path in project.generated()]
        assert sum("works in 4 tables as career_app" in text for text in texts) == 1
        assert sum("works in 22 tables as career_app" in text for text in texts) == 1
        project.run("alembic", "upgrade", "+1")
        with helpers.connected(project.url, incident.APPLICATION) as role:
            assert insert_copy(role, "user_skills", "id") == 51
            with pytest.raises(psycopg.errors.NotNullViolation):
                insert_copy(role, "users", "id")
        project.run("alembic", "upgrade", "head")
        check_repaired(project)
        project.run("alembic", "downgrade", "0005")
        assert helpers.dump(project.url) == before


HAND_WRITTEN = """
from alembic import op

revision = "hand"
down_revision = "0005"


def upgrade():
    for table in {tables!r}:
        try:
            op.execute(f"CREATE SEQUENCE IF NOT EXISTS {{table}}_id_seq")
            op.execute(f"ALTER SEQUENCE {{table}}_id_seq OWNED BY {{table}}.id")
            op.execute(f"SELECT setval('{{table}}_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM {{table}}")
            op.execute(f"ALTER TABLE {{table}} ALTER COLUMN id SET DEFAULT nextval('{{table}}_id_seq')")
        except Exception:
            pass
        print(f"fixed {{table}}")


def downgrade():
    pass
"""


def test_the_hand_written_loop_prints_success_and_leaves_tables_broken(
    server: Server, tmp_path: Path
) -> None:
    """The counter-example: one wrong name, and PostgreSQL refuses all that follows (25P02)."""
    with incident_project(server, tmp_path) as project:
        tables = ["user_skills", "reflections", "career_goals"]  # the second is a file, not a table
        (project.versions / "hand.py").write_text(HAND_WRITTEN.format(tables=tables))
        result = project.run("alembic", "upgrade", "head", expected=None)
        assert [line for line in result.stdout.splitlines() if line.startswith("fixed")] == [
            "fixed user_skills", "fixed reflections", "fixed career_goals",
        ]  # fmt: skip
        with helpers.connected(project.url, incident.APPLICATION) as role:
            for table in ("user_skills", "career_goals"):
                with pytest.raises(psycopg.errors.NotNullViolation):
                    insert_copy(role, table, "id")
