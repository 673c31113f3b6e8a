"""Settings of a database, a role or a session: the plan, the revision and psql do not depend on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.corpora.remedies import literal, quoted
from tests.support import helpers
from tests.support.project import Project, small_project

ODD = "a\\b'c\"d%"
T, C, R = f"t{ODD}", f"k{ODD}", f"r{ODD}"
MODELS = f"""
from sqlalchemy import Column, ForeignKeyConstraint, Integer, Table
t = Table({T!r}, metadata, Column({C!r}, Integer, primary_key=True))
r = Table({R!r}, metadata, Column("id", Integer, primary_key=True), Column({C!r}, Integer))
r.append_constraint(ForeignKeyConstraint([r.c[{C!r}]], [t.c[{C!r}]]))
Table("late", metadata, Column("id", Integer, primary_key=True))
"""
DDL = f"""
CREATE TABLE {quoted(T)} ({quoted(C)} integer PRIMARY KEY);
INSERT INTO {quoted(T)} SELECT generate_series(1, 30);
CREATE TABLE {quoted(R)} (id serial PRIMARY KEY, {quoted(C)} varchar(9) DEFAULT '1', "user" text DEFAULT 'a\\b''c%',
  since timestamptz DEFAULT '2024-02-03 04:05:06+00', pause interval DEFAULT '-1 days 02:03:04',
  f float8 DEFAULT 0.1, b bytea DEFAULT '\\x00ff');
INSERT INTO {quoted(R)} ({quoted(C)}) SELECT generate_series(1, 30);
CREATE VIEW {quoted(f"v{ODD}")} AS SELECT {quoted(C)}, 'x\\y''%'::text AS w, length("user") % 3 AS m,
  timestamptz '2024-02-03 04:05:06+00' AS d, interval '-1 days 02:03:04' AS i, 0.1::float8 AS f, '\\x00ff'::bytea AS b
  FROM {quoted(R)} WHERE {quoted(C)} <> 'q\\z';
CREATE TABLE late (id integer PRIMARY KEY, x interval CHECK (x > interval '-1 days 02:03:04'), y text DEFAULT 'a\\b');
CREATE SEQUENCE "s\\q";
ALTER TABLE {quoted(R)} ADD w integer DEFAULT nextval('"s\\q"');
COMMENT ON TABLE {quoted(R)} IS {literal(ODD)};
"""
SETTINGS = {
    "standard_conforming_strings": "off",
    "quote_all_identifiers": "on",
    "default_transaction_isolation": "serializable",
    "bytea_output": "escape",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "sql_standard",
    "extra_float_digits": "-10",
    "search_path": "nowhere, public",
    "row_security": "off",
    "statement_timeout": "30s",
    "lock_timeout": "10ms",
    "idle_in_transaction_session_timeout": "20s",
    "session_replication_role": "replica",
    "TimeZone": "Asia/Kolkata",
    "client_encoding": "LATIN1",
    "backslash_quote": "off",
    "transform_null_equals": "on",
}


PRINTING = "-c standard_conforming_strings=on -c quote_all_identifiers=off -c bytea_output=hex -c timezone=UTC"


def schema(project: Project) -> str:
    """As it is printed where nothing is set."""
    return helpers.dump(project.url.update_query_dict({"options": PRINTING}))


@pytest.fixture(scope="module")
def project(newest: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """With the revisions that are made where nothing is set, and the script for psql."""
    folder = tmp_path_factory.mktemp("settings")
    with small_project(newest, folder, DDL, models=MODELS) as made:
        made.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        yield made


@dataclass(frozen=True, slots=True)
class Usual:
    """What is there where nothing is set."""

    before: str
    upgraded: str
    findings: list[dict[str, object]]


@pytest.fixture(scope="module")
def usual(project: Project) -> Usual:
    project.run("alembic", "upgrade", "head")
    upgraded = schema(project)
    project.run("alembic", "downgrade", "base")
    findings = project.json("plan")["findings"]
    assert {f["rule"] for f in findings} >= {"PK001", "FK003", "SEQ004"}
    return Usual(schema(project), upgraded, findings)


def there_and_back(project: Project, usual: Usual, **environment: str) -> None:
    assert project.json("plan", **environment)["findings"] == usual.findings
    project.run("alembic", "upgrade", "head", **environment)
    assert schema(project) == usual.upgraded
    project.run("remediate", "verify", **environment)
    project.run("alembic", "downgrade", "base", **environment)
    assert schema(project) == usual.before


def offline(project: Project, usual: Usual) -> None:
    """The same by psql, from what Alembic prints."""
    up = project.run("alembic", "upgrade", "head", "--sql").stdout
    project.psql("DROP TABLE alembic_version;\n" + up)
    assert schema(project) == usual.upgraded
    project.psql(project.run("alembic", "downgrade", "head:base", "--sql").stdout)
    assert schema(project) == usual.before


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("name", SETTINGS)
def test_of_the_database(name: str, project: Project, usual: Usual) -> None:
    database = f"ALTER DATABASE {project.url.database}"
    # A search_path is a list; as one text it would be one name.
    value = SETTINGS[name] if name == "search_path" else literal(SETTINGS[name])
    project.psql(f"{database} SET {name} = {value}")
    try:
        there_and_back(project, usual)
        offline(project, usual)
    finally:
        project.psql(f"{database} RESET {name}")


@pytest.mark.soak
def test_of_the_session(project: Project, usual: Usual) -> None:
    """All of them together."""
    words = (f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in SETTINGS.items())
    there_and_back(project, usual, PGOPTIONS=" ".join(words))


def test_of_the_role(project: Project, usual: Usual, newest: Server) -> None:
    role = "settled"
    with helpers.connected(newest.url) as admin:
        admin.execute(f"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} SUPERUSER LOGIN".encode())
        for name, value in SETTINGS.items():
            written = value if name == "search_path" else literal(value)
            admin.execute(f"ALTER ROLE {role} SET {name} = {written}".encode())
    with_role = Project(project.folder, project.url.set(username=role))
    with_role.run("alembic", "upgrade", "head")
    assert schema(project).replace(f" OWNER TO {role};", " OWNER TO postgres;") == usual.upgraded
    with_role.run("alembic", "downgrade", "base")
    assert schema(project) == usual.before


def test_a_database_that_is_only_read(newest: Server, tmp_path: Path) -> None:
    """Everything reads; Alembic cannot write its own table, and nothing has changed."""
    with small_project(newest, tmp_path) as project:
        name = project.url.database
        project.psql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        before = schema(project)
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        refused = project.run("alembic", "upgrade", "head", expected=None)
        assert refused.returncode == 1
        assert "read-only transaction" in refused.stderr
        assert schema(project) == before


def test_the_hotfix_by_psql(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        before = schema(project)
        project.run("remediate", "runbook", "--hotfix", "*", "--reviewer", "Ann")
        for name in ("standard_conforming_strings = off", "quote_all_identifiers = on"):
            project.psql(f"ALTER DATABASE {project.url.database} SET {name}")
        serializable = "default_transaction_isolation = 'serializable'"
        project.psql(f"ALTER DATABASE {project.url.database} SET {serializable}")
        (hotfix,) = project.versions.glob("*.hotfix.sql")
        (rollback,) = project.versions.glob("*.rollback.sql")
        project.psql(hotfix.read_text())
        assert schema(project) != before
        project.psql(rollback.read_text())
        assert schema(project) == before
