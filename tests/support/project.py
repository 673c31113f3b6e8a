"""A real Alembic project in a folder, and commands run in it the way a user does."""

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from remediate.commands.demo import incident
from remediate.rehearsal.scratch import Server, scratch
from tests.support import forked, helpers, schemas

FORKED = ("alembic", "remediate")
_ENDING = ExitStack()
atexit.register(_ENDING.close)


@dataclass
class Project:
    """Its folder, and the database that its env.py connects to."""

    folder: Path
    url: sa.URL

    @property
    def versions(self) -> Path:
        return self.folder / "migrations" / "versions"

    def run(
        self, *words: str, expected: int | None = 0, driver: str = "psycopg", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """`python -m WORDS` in the project; fails with all output where the exit code differs."""
        url = self.url.set(drivername=f"postgresql+{driver}")
        known = {"DATABASE_URL": url.render_as_string(hide_password=False), "COLUMNS": "80"}
        known["REMEDIATE_PROGRESS"] = "never"  # a busy machine makes every command a long one
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "REMEDIATE"))}
        if words[1:2] in (("generate",), ("rehearse",), ("runbook",)):
            known["REMEDIATE_SCRATCH_URL"] = scratch_url()
        started = clean | known | environment
        if words[0] in FORKED and Path("/proc/self/fd").exists():
            result = forked.run([*words], self.folder, started)
        else:
            result = subprocess.run(
                [sys.executable, "-m", *words],
                cwd=self.folder,
                env=started,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        assert expected in (None, result.returncode), f"{result.stdout}\n{result.stderr}"
        return result

    def json(self, *words: str, **environment: str) -> dict[str, Any]:
        """What `remediate WORDS -f json` prints, as its schema describes it."""
        made = json.loads(self.run("remediate", *words, "-f", "json", **environment).stdout)
        assert isinstance(made, dict)
        schemas.check(made)
        return made

    def psql(self, script: str) -> None:
        """Run the script on its database."""
        helpers.psql(self.url, script)

    def files(self) -> dict[str, str]:
        """Everything in the versions folder and beside it, for comparison."""
        paths = [p for p in self.folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
        return {str(p.relative_to(self.folder)): p.read_text() for p in paths}

    def generated(self) -> list[Path]:
        """The revisions that remediate wrote, told by the note in their docstring."""
        return sorted(p for p in self.versions.glob("*.py") if "Approved by " in p.read_text())


@cache
def scratch_url() -> str:
    """A server for all rehearsals of this process; each still gets a database of its own."""
    server = _ENDING.enter_context(scratch())
    return server.url.render_as_string(hide_password=False)


@contextmanager
def incident_project(server: Server, folder: Path) -> Iterator[Project]:
    """The incident: its project, and a database at its last revision."""
    incident.create_roles(server)
    with server.database() as empty:
        project = Project(incident.copy_project(folder), incident.own_database(empty))
        project.run("alembic", "upgrade", "head")
        yield project


@contextmanager
def copied_project(
    source: Path, server: Server, folder: Path, driver: str = "psycopg"
) -> Iterator[Project]:
    """A copy of the project in `source`, and a database at its last revision."""
    shutil.copytree(source, folder)
    with server.database() as url:
        project = Project(folder, url)
        project.run("alembic", "upgrade", "head", driver=driver)
        yield project


ALEMBIC_INI = """\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
path_separator = os
"""
ENV = """\
import os
from alembic import context
from sqlalchemy import MetaData, create_engine, pool

metadata = MetaData()
{models}
engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
ONE_MODEL = """\
from sqlalchemy import Column, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
"""


@contextmanager
def small_project(
    server: Server,
    folder: Path,
    ddl: str = "",
    *,
    models: str | None = None,
    env: str = ENV,
    files: Mapping[str, str] | None = None,
) -> Iterator[Project]:
    """A project with an empty versions folder on a database with this DDL.

    `models` are lines of env.py, by default one model of `t` where there is such a table; `files`
    are what else stands in the folder.
    """
    if models is None:
        models = ONE_MODEL if not ddl or re.search(r"TABLE t\b", ddl) else ""
    template = (incident.PROJECT / "migrations" / "script.py.mako").read_text()
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text(ALEMBIC_INI)
    (folder / "migrations" / "env.py").write_text(env.replace("{models}", models))
    (folder / "migrations" / "script.py.mako").write_text(template)
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with server.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl or "CREATE TABLE t (id integer PRIMARY KEY)")
        yield Project(folder, url)
