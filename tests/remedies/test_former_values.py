"""The table of former values is in no model: what Alembic makes of it, and what is said."""

import re
import textwrap
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import ENV, Project, small_project

DDL = """
CREATE TABLE users (id serial PRIMARY KEY); INSERT INTO users SELECT FROM generate_series(1, 30);
CREATE TABLE sessions (id serial PRIMARY KEY, user_id varchar(36));
INSERT INTO sessions (user_id) SELECT g::text FROM generate_series(1, 30) g;
INSERT INTO sessions (user_id) VALUES ('none')
"""
MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("users", metadata, Column("id", Integer, primary_key=True))
Table("sessions", metadata, Column("id", Integer, primary_key=True),
      Column("user_id", Integer, ForeignKey("users.id"), index=True))
"""
GENERATE = ("generate", "--approve", "FK003", "--reviewer", "Ann")
DECIDED = ("--values", "null", "--allow", "DATA_DECISION")


@pytest.mark.soak
def test_alembic_wants_to_drop_it_until_env_py_leaves_it_out(
    newest: Server, tmp_path: Path
) -> None:
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        plan = project.run("remediate", "plan", "-v", *DECIDED[:2]).stdout
        assert "want to drop it (remove_table)" in " ".join(plan.split())
        project.run("remediate", *GENERATE, *DECIDED)
        project.run("alembic", "upgrade", "head")
        said = project.run("alembic", "check", expected=None)
        assert re.search("remove_table.*sessions_user_id_before", said.stdout + said.stderr)

        page = project.run("remediate", "explain", "FK003").stdout
        (function,) = re.findall(r"^ +def include_name.*\n.*\n", page, re.MULTILINE)
        written = ENV.replace("{models}", MODELS + textwrap.dedent(function))
        given = "target_metadata=metadata, include_name=include_name"
        env = written.replace("target_metadata=metadata", given)
        (project.folder / "migrations" / "env.py").write_text(env)
        project.run("alembic", "check")


FULL = """\
CREATE TABLE users ({key}, PRIMARY KEY (id)); INSERT INTO users (id) SELECT generate_series(1, 30);
CREATE TABLE sessions ({key}, user_id {type}, PRIMARY KEY (id)); INSERT INTO sessions (id, user_id)
SELECT {end} - g, g::{type} FROM generate_series(2, 20) g;
INSERT INTO sessions (id, user_id) VALUES ({end} - 30, 700); SELECT setval('sessions_id_seq', {end} - 2)
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("type_", ["integer", "varchar(36)"])
@pytest.mark.parametrize(("key", "end"), [("id serial", 2**31 - 1), ("id smallserial", 2**15 - 1)])
def test_the_key_of_the_same_rows_is_widened_beside_it(
    key: str, end: int, type_: str, newest: Server, tmp_path: Path
) -> None:
    """The downgrade looks for former values by keys that are wide still."""
    ddl = FULL.format(key=key, end=end, type=type_)
    decided = ("--orphans", "null", "--allow", "DATA_DECISION")
    with small_project(newest, tmp_path, ddl, models=MODELS) as project:
        before, rows = helpers.dump(project.url), held(project)
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann", *decided)
        project.run("alembic", "upgrade", "head")
        assert held(project) == rows.replace("700", "None")
        project.run("alembic", "downgrade", "base")
        with helpers.connected(project.url) as session:
            session.execute("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == before
        assert held(project) == rows


def held(project: Project) -> str:
    with helpers.connected(project.url) as session:
        rows = session.execute("SELECT id, user_id FROM sessions ORDER BY id").fetchall()
    return str([(id_, user if user is None else int(user)) for id_, user in rows])
