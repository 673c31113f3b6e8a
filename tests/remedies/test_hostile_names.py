"""References between names that mean something to every layer above PostgreSQL, the whole way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from remediate.rehearsal.scratch import Server
from tests.conftest import OLDER_IN_SOAK
from tests.corpora import remedies
from tests.corpora.remedies import BARE_C, BARE_T, ODD, OWNER, C, S, T
from tests.remedies.test_drivers import ENV
from tests.support import helpers
from tests.support.project import Project, small_project

SCHEMA = f"S. {ODD}"
BARE = {name: f"{name}{ODD}" for name in ("text", "fits", "small", "late", "bare")}
TEXT, FITS, SMALL, LATE, BARE_INDEX = (f"{S}.{remedies.quoted(name)}" for name in BARE.values())
KEY = remedies.quoted(f"k{ODD}")
LONG = remedies.quoted(f"{ODD}{'x' * 40}")
HELD = f"CREATE TABLE {{}} ({KEY} serial PRIMARY KEY, {C} {{}}); "
DDL = f"""
CREATE SCHEMA {S};
CREATE TABLE {S}.{T} ({C} bigint PRIMARY KEY);
INSERT INTO {S}.{T} SELECT generate_series(1, 2000);
{HELD.format(TEXT, "varchar(9) DEFAULT '7'")}
INSERT INTO {TEXT} ({C}) VALUES ('1'), ('007'), ('x'), ('5001'), (NULL);
CREATE VIEW {S}.{LONG} AS SELECT {C}, {KEY} AS {LONG} FROM {TEXT};
{HELD.format(FITS, "bigint")}
INSERT INTO {FITS} ({C}) VALUES (2), (5001);
{HELD.format(SMALL, "smallint")}
INSERT INTO {SMALL} ({C}) VALUES (3), (-4);
{HELD.format(LATE, "bigint")}
INSERT INTO {LATE} ({C}) SELECT generate_series(1, 20);
ALTER TABLE {LATE} ADD CONSTRAINT {LONG} FOREIGN KEY ({C}) REFERENCES {S}.{T} NOT VALID;
COMMENT ON CONSTRAINT {LONG} ON {LATE} IS {remedies.literal(ODD)};
{HELD.format(BARE_INDEX, f"bigint REFERENCES {S}.{T}")}
INSERT INTO {BARE_INDEX} ({C}) SELECT n FROM generate_series(1, 2000) n;
ALTER SCHEMA {S} OWNER TO {OWNER};
"""
MODELS = f"""
from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, MetaData, Table
metadata = MetaData(schema={SCHEMA!r})
Table({BARE_T!r}, metadata, Column({BARE_C!r}, BigInteger, primary_key=True))
for name in {[BARE[name] for name in ("text", "fits", "small")]!r}:
    table = Table(name, metadata, Column({f"k{ODD}"!r}, Integer, primary_key=True), Column({BARE_C!r}, BigInteger))
    table.append_constraint(ForeignKeyConstraint([table.c[{BARE_C!r}]],
      [metadata.tables[{f"{SCHEMA}.{BARE_T}"!r}].c[{BARE_C!r}]]))
"""
DECIDED = ("--values", "null", "--orphans", "null", "--allow", "DATA_DECISION")


@pytest.fixture(params=OLDER_IN_SOAK, scope="module")
def server(request: pytest.FixtureRequest, start_server: Callable[[str], Server]) -> Server:
    return start_server(request.param)


@pytest.fixture
def project(server: Server, tmp_path: Path) -> Iterator[Project]:
    with helpers.connected(server.url) as connection:
        remedies.create_roles(connection)
    owned = "".join(
        f"ALTER TABLE {name} OWNER TO {OWNER}; "
        for name in (f"{S}.{T}", TEXT, FITS, SMALL, LATE, BARE_INDEX, f"{S}.{LONG}")
    )
    configure = "context.configure(connection=connection, target_metadata=metadata)"
    env = ENV.replace("context.configure(connection=connection)", configure)
    env = env.replace("URL = ", f"{MODELS}\nURL = ", 1)
    with small_project(server, tmp_path, f"{DDL}{owned}; ANALYZE", env=env) as made:
        yield made


def rows(project: Project) -> list[str]:
    with helpers.connected(project.url) as connection:
        return [
            str(row)
            for name in (TEXT, FITS, SMALL, LATE, BARE_INDEX)
            for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1".encode())
        ]


def state(project: Project) -> tuple[str, list[str]]:
    return helpers.dump(project.url), rows(project)


def generate(project: Project) -> None:
    approved = [w for n in (3, 4, 5, 6) for w in ("--approve", f"FK00{n}")]
    project.run("remediate", "generate", *approved, "--reviewer", "Ann", *DECIDED)


def test_there_and_back(project: Project) -> None:
    generate(project)
    before, upgraded = state(project), set()
    for driver in ("psycopg", "asyncpg"):
        project.run("alembic", "upgrade", "head", driver=driver)
        upgraded.add(str(state(project)))
        converted = ["(1, 1)", "(2, 7)", "(3, None)", "(4, None)", "(5, None)"]
        assert rows(project)[:9] == [*converted, "(1, 2)", "(2, None)", "(1, 3)", "(2, None)"]
        refuses_unknown_ids(project)
        project.run("alembic", "downgrade", "base", driver=driver)
        assert state(project) == before
    project.psql(
        "DROP TABLE alembic_version;" + project.run("alembic", "upgrade", "head", "--sql").stdout,
    )
    upgraded.add(str(state(project)))
    project.psql(project.run("alembic", "downgrade", "head:base", "--sql").stdout)
    assert state(project) == before
    assert len(upgraded) == 1


def refuses_unknown_ids(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        for name in (TEXT, FITS, SMALL, LATE, BARE_INDEX):
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                connection.execute(f"INSERT INTO {name} ({C}) VALUES (7777)".encode())
