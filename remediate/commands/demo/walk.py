"""`remediate demo`: the incident, from the failing INSERT to the repaired tables and back."""

import itertools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from remediate.commands.demo import incident
from remediate.errors import RehearsalFailed, UsageProblem
from remediate.postgres import client, programs
from remediate.postgres.sql import ident
from remediate.rehearsal import schema_copy
from remediate.rehearsal.scratch import Server, scratch
from remediate.snapshots.tables import Name

INSERT = "INSERT INTO user_skills (user_id, skill, level) VALUES (1, 'go', 4)"
VERSIONS = Name("public", "alembic_version")


@dataclass(frozen=True, slots=True)
class Demo:
    """One run: where it works, and how it tells."""

    project: Path
    url: sa.URL
    bindir: Path
    say: Callable[[str], None]
    color: bool

    def step(self, title: str) -> None:
        text = f"== {title} "
        text += "=" * (79 - len(text))
        self.say("\n" + (f"\033[1m{text}\033[0m" if self.color else text))

    def command(self, *words: str, expected: int = 0) -> None:
        """Run a command in the project, as a user would, and show what it prints."""
        self.say(f"$ {shlex.join(words)}")
        environment = os.environ | {
            "DATABASE_URL": self.url.render_as_string(hide_password=False),
            "COLUMNS": "80",
            "REMEDIATE_PROGRESS": "never",
        }
        painted = ("--color", "always") if self.color and "plan" in words else ()
        result = subprocess.run(
            [sys.executable, "-m", *words, *painted],
            cwd=self.project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.say(result.stdout.rstrip())
        if result.returncode != expected:
            raise RehearsalFailed(f"the demo stopped: {words[0]} ended with {result.returncode}")

    def insert(self, role: str) -> None:
        """The statement that broke, as this role; a row that it adds is taken back."""
        self.say(f"{role}=> {INSERT};")
        with client.connect(client.environment(self.url.set(username=role))) as connection:
            try:
                with connection.transaction(force_rollback=True):
                    row = connection.execute(f"{INSERT} RETURNING id".encode()).fetchall()[0]
                    self.say(f"INSERT 0 1   id = {row[0]}")
            except psycopg.Error as error:
                text = f"ERROR {error.sqlstate}: {str(error).splitlines()[0]}"
                self.say(textwrap.fill(text, 80, subsequent_indent="  ", break_on_hyphens=False))

    def schema(self) -> str:
        return schema_copy.text(client.environment(self.url), self.bindir, VERSIONS)


def show(say: Callable[[str], None], *, keep: Path | None, color: bool) -> None:
    """The whole way. Everything happens on a scratch server that is gone afterwards."""
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise UsageProblem(f"{keep} is not empty", "Name a folder that does not exist yet.")
    with scratch() as server, tempfile.TemporaryDirectory(dir=server.folder) as folder:
        project = incident.copy_project(Path(folder))
        incident.create_roles(server)
        with server.database("career") as empty:
            demo = Demo(
                project=project,
                url=incident.own_database(empty),
                bindir=programs.clients(server.version // 10000),
                say=say,
                color=color,
            )
            _tell(demo, server)
        if keep is not None:
            shutil.copytree(project, keep, dirs_exist_ok=True)
            say(f"\nThe project, with the new revision, is in {keep}")
    say("\nNext:  remediate plan   (in your own project)")


def _tell(demo: Demo, server: Server) -> None:
    demo.say(f"A career-guidance application, 32 tables, on {server.source}.")
    demo.step("1. The database as the incident left it")
    demo.command("alembic", "upgrade", "head")
    demo.say(_count(demo))
    demo.step("2. The application's role inserts")
    demo.insert(incident.APPLICATION)
    demo.step("3. Alembic sees nothing wrong")
    demo.command("alembic", "check")
    demo.step("4. remediate does")
    demo.command("remediate", "plan")
    start = demo.schema()
    demo.step("5. The revision: approved, rehearsed, written")
    demo.command("remediate", "generate", "--approve", "all", "--reviewer", "Ann Example")
    demo.say(_excerpt(demo.project))
    demo.step("6. Upgrade")
    demo.command("alembic", "upgrade", "head")
    demo.insert(incident.APPLICATION)
    demo.say(_insert_everywhere(demo))
    demo.command("alembic", "check")
    demo.step("7. Downgrade: exactly the schema of before")
    demo.command("alembic", "downgrade", "-1")
    same = demo.schema() == start
    demo.say(f"pg_dump --schema-only before and after: {'identical' if same else 'DIFFERENT'}")
    if not same:
        raise RehearsalFailed("the demo stopped: the downgrade did not restore the schema")
    demo.step("8. Upgrade again")
    demo.command("alembic", "upgrade", "head")
    demo.command("remediate", "plan")


def _count(demo: Demo) -> str:
    query = "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'analytics')"
    with client.connect(client.environment(demo.url)) as connection:
        return f"{connection.execute(query).fetchall()[0][0] - 1} tables"


def _excerpt(project: Path) -> str:
    """What the new revision does for the table of the failing INSERT."""
    (revision,) = project.glob("migrations/versions/*_give_*.py")
    lines = revision.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.endswith("# public.user_skills.id"))
    shown = itertools.takewhile(lambda line: line.strip(), lines[start:])
    return "\n".join(["", f"{revision.name}:", "    [...]", *shown, "    [...]"])


def _insert_everywhere(demo: Demo) -> str:
    """One INSERT without id in each repaired table as the application's role, taken back."""
    query = """\
        SELECT a.attrelid::regclass::text, a.attname::text FROM pg_attribute a
        JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = i.indkey[0]
        JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"""
    with client.connect(client.environment(demo.url)) as owner:
        keys = owner.execute(query).fetchall()
        for table, _ in keys:
            _insert_copy(demo, owner, table)
    return f"INSERT as {incident.APPLICATION}: works in {len(keys)} tables (2 of them always did)"


def _insert_copy(demo: Demo, owner: client.Connection, table: str) -> None:
    """Add a copy of one row without its id; e-mail addresses are unique, so that one is changed."""
    columns = owner.execute(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 1",
        [table],
    ).fetchall()
    names = [ident(row[0]) for row in columns]
    values = ["'new' || email" if name == "email" else name for name in names]
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} LIMIT 1"
    )
    application = client.environment(demo.url.set(username=incident.APPLICATION))
    with client.connect(application) as role, role.transaction(force_rollback=True):
        added = role.execute(statement.encode()).rowcount
    if added != 1:
        raise RehearsalFailed(f"the demo stopped: INSERT INTO {table} added {added} rows")
