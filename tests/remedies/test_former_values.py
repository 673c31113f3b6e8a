"""The table of former values is in no model: what Alembic makes of it, and what is said."""

import re
import textwrap
from pathlib import Path

from remediate.rehearsal.scratch import Server
from tests.support.project import ENV, small_project

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
