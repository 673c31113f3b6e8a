"""Every remedy as a real Alembic revision: by each driver, and offline through psql."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Remedy
from remediate.plans.plan import Item
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.render import text
from remediate.revisions import drafts
from remediate.rules import RULES
from remediate.snapshots.declared import Declared
from tests.corpora import remedies
from tests.corpora.remedies import BARE_C, BARE_T, CASES_BY_ID, ODD
from tests.remedies.test_widening import CASES as WIDENED
from tests.support import helpers
from tests.support.project import Project, small_project

pytestmark = pytest.mark.turns_in_ci

PLAIN = (
    "PK001 identity, dressed up", "PK002 of a model", "PK003 copy", "PK004 minus one", "PK005 column", "PK006 child",
    "PK007 attached", "PK008 plain", "SEQ001 two tables", "SEQ001 downwards by three, headroom",
        "SEQ003 column widened alone",
    "SEQ004 plain", "SEQ006 serial", "SEQ007 serial",
)  # fmt: skip
HOSTILE = (
    "PK001 identity, hostile", "PK002 hostile", "PK002 of a model, hostile",
        "PK002 hostile, dropped", "PK003 hostile", "PK004 hostile",
    "PK005 hostile", "PK006 hostile", "PK007 hostile", "PK008 hostile", "SEQ001 hostile",
        "SEQ003 hostile", "SEQ004 hostile",
    "SEQ006 hostile", "SEQ007 hostile",
)  # fmt: skip
OF_ID = CASES_BY_ID | {c.id: c for c in WIDENED}
LATE = "PK002 percent and colon", "PK002 backslash", "PK004 text, cast"
WIDE = "SEQ002 chain", "SEQ002 identity", "SEQ002 not valid, deferrable, not inherited"
NUMBERED = dict(enumerate((*PLAIN, *LATE, *WIDE, *HOSTILE, "SEQ002 hostile")))
ENV = """\
import asyncio
import os
from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

URL = os.environ["DATABASE_URL"]


def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    async with create_async_engine(URL, poolclass=NullPool).connect() as connection:
        await connection.run_sync(run)


if context.is_offline_mode():
    context.configure(url=URL, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif "asyncpg" in URL:
    asyncio.run(main())
else:
    with create_engine(URL, poolclass=NullPool).connect() as connection:
        run(connection)
"""
REVISION = """\
from alembic import op

revision = "one"
down_revision = None


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
"""


def schema_of(number: int) -> str:
    """A schema of its own for each case, hostile where the case is."""
    return f"S{number}. {ODD}" if "hostile" in NUMBERED[number] else f"p{number}"


def ddl_of(number: int) -> str:
    case = OF_ID[NUMBERED[number]]
    if "hostile" in case.name:
        ddl = case.ddl.replace("S. ", f"S{number}. ").replace('"Q""', f'"Q{number}""')
        return f"{ddl};\n"
    return f"CREATE SCHEMA p{number}; SET search_path = p{number}; {case.ddl}; RESET search_path;\n"


def numbers(server: Server) -> list[int]:
    """The cases that this version of PostgreSQL can have."""
    version = server.version // 10000
    return [number for number, id_ in NUMBERED.items() if OF_ID[id_].since <= version]


def models(of: list[int]) -> Declared:
    metadata = sa.MetaData()
    for number in of:
        id_ = NUMBERED[number]
        odd = "hostile" in id_
        schema, table, key = schema_of(number), BARE_T if odd else "t", BARE_C if odd else "id"
        if id_.startswith("PK001"):
            sa.Table(table, metadata, sa.Column(key, sa.Integer, primary_key=True), schema=schema)
        elif id_.startswith("PK008"):
            sa.Table(
                table, metadata, sa.Column(key, postgresql.UUID, primary_key=True), schema=schema
            )
        elif "of a model" in id_:
            called = sa.Sequence(f"Q{number}{ODD}" if odd else "s", schema=schema)
            sa.Table(
                table, metadata, sa.Column(key, sa.Integer, called, primary_key=True), schema=schema
            )
    return helpers.declared(metadata)


def items(url: sa.URL, of: list[int]) -> tuple[Item, ...]:
    """Each case's own remedy, of all cases in one database."""
    live, declared, options = helpers.snapshot(url), models(of), Options(identity=True)
    made = []
    for number in of:
        rule = next(r for r in RULES if r.code == NUMBERED[number].split()[0])
        found = [f for f in rule.find(live, declared, options) if isinstance(f, Finding)]
        here = [f for f in found if f.place.table.schema == schema_of(number)]
        made += [Item.of(f, rule.remedy(f, live, options)) for f in here]
    return tuple(made)


def state(url: sa.URL) -> tuple[str, list[tuple[object, ...]]]:
    """The schema, and where each sequence stands."""
    with helpers.connected(url) as connection:
        rows = connection.execute(
            "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"
        ).fetchall()
    return helpers.dump(url), rows


@pytest.fixture(scope="module")
def server(server: Server) -> Server:
    with helpers.connected(server.url) as connection:
        remedies.create_roles(connection)
    return server


@pytest.fixture(scope="module")
def draft(server: Server) -> Iterator[tuple[drafts.Draft, list[object]]]:
    """The revision, and the states before, after the upgrade and after the downgrade, run directly."""
    with server.database() as url, helpers.connected(url) as connection:
        of = numbers(server)
        connection.execute("".join(map(ddl_of, of)).encode())
        found = items(url, of)
        assert [i.remedy for i in found if not isinstance(i.remedy, Remedy)] == []
        assert {i.finding.place.table.schema for i in found} == set(map(schema_of, of))
        made, states = drafts.drafts([[found]], "all of them")[0], [state(url)]
        helpers.run(connection, made.script.up)
        states.append(state(url))
        helpers.run(connection, made.script.down)
        states.append(state(url))
        assert states[0][0] == states[2][0]
        yield made, states


@pytest.fixture
def project(server: Server, draft: tuple, tmp_path: Path) -> Iterator[Project]:
    with small_project(server, tmp_path, "".join(map(ddl_of, numbers(server))), env=ENV) as made:
        body = {"upgrade": draft[0].upgrade, "downgrade": draft[0].downgrade}
        text = REVISION.format(**{name: drafts.indented(b) for name, b in body.items()})
        (made.versions / "one.py").write_text(text)
        yield made


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
def test_online(driver: str, project: Project, draft: tuple) -> None:
    _, (before, upgraded, downgraded) = draft
    assert state(project.url) == before
    project.run("alembic", "upgrade", "head", driver=driver)
    assert state(project.url) == upgraded
    project.run("alembic", "downgrade", "base", driver=driver)
    assert state(project.url) == downgraded


def test_offline_through_psql(project: Project, draft: tuple) -> None:
    _, (_, upgraded, downgraded) = draft
    project.psql(project.run("alembic", "upgrade", "head", "--sql").stdout)
    assert state(project.url) == upgraded
    project.psql(project.run("alembic", "downgrade", "head:base", "--sql").stdout)
    assert state(project.url) == downgraded


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x0c"])
def test_no_name_becomes_code(end: str, server: Server) -> None:
    """The comments of a revision hold names, and names may hold line ends."""
    name = f"t{end}raise SystemExit('from a name') #"
    with server.database() as url, helpers.connected(url) as connection:
        connection.execute(
            f"CREATE TABLE {remedies.quoted(name)} (id integer PRIMARY KEY DEFAULT 0)"
        )
        live, rule = helpers.snapshot(url), remedies.RULE["PK004"]
        (finding,) = rule.find(live, Declared(), Options())
        made = drafts.drafts([[(Item.of(finding, rule.remedy(finding, live, Options())),)]], "x")[0]
    for body in (made.upgrade, made.downgrade):
        assert not [n for n in ast.walk(ast.parse(body)) if isinstance(n, ast.Raise)]


def test_a_name_cannot_speak_to_the_terminal(newest: Server) -> None:
    name = "t\x1b[31m\nNothing to repair."
    with newest.database() as url, helpers.connected(url) as connection:
        quoted = remedies.quoted(name)
        connection.execute(f"CREATE TABLE {quoted} (id integer PRIMARY KEY DEFAULT 0)".encode())
        made = planned(Reading(helpers.snapshot(url), Declared(), 0, {}), Config())
    shown = text.render(made)
    assert "\x1b" not in shown
    assert "\nNothing to repair." not in shown
    assert "t\\x1b[31m\\nNothing to repair." in shown
