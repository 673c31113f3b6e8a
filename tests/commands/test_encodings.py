"""Databases of every encoding, with names that are not ASCII, the whole way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.rehearsal.scratch import Server, serve
from tests.conftest import BINARIES
from tests.support import helpers
from tests.support.project import Project, small_project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table({t!r}, metadata, Column({c!r}, Integer, primary_key=True))
Table("r", metadata, Column("id", Integer, primary_key=True),
      Column({c!r}, Integer, ForeignKey({t!r} + "." + {c!r})))
"""
DDL = """\
CREATE TABLE "{t}" ("{c}" integer PRIMARY KEY, word text DEFAULT '{c}');
INSERT INTO "{t}" SELECT generate_series(1, 30);
CREATE TABLE r (id serial PRIMARY KEY, "{c}" text);
INSERT INTO r ("{c}") SELECT generate_series(1, 30);
CREATE VIEW "v{c}" AS SELECT "{c}", '{t}' AS word FROM r;
COMMENT ON TABLE "{t}" IS '{c}';
"""
NAMES = {
    "LATIN1": ("Übung", "größe"),
    "WIN1252": ("Preis €", "œuvre"),
    "EUC_JP": ("注文", "番号"),
    "SQL_ASCII": ("Übung", "注文"),
    "UTF8": ("Übung", "注文 😀"),
}


@pytest.fixture(scope="module")
def alone() -> Iterator[Server]:
    """A server without roles of other tests: pg_dump reads the names of all of them."""
    version = list(BINARIES)[-1]
    with serve(BINARIES[version], version) as server:
        yield server


@dataclass(frozen=True, slots=True)
class OfEncoding:
    """A server whose next database has this encoding."""

    server: Server
    encoding: str

    @contextmanager
    def database(self) -> Iterator[sa.URL]:
        name = f"encoded_{self.encoding}".lower()
        made = f"TEMPLATE template0 ENCODING '{self.encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
        with helpers.connected(self.server.url) as admin:
            admin.execute(f"CREATE DATABASE {name} {made}")
            try:
                yield self.server.url.set(database=name)
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def of_encoding(server: Server, encoding: str, folder: Path) -> Iterator[Project]:
    t, c = NAMES[encoding]
    ddl, models = DDL.format(t=t, c=c), MODELS.format(t=t, c=c)
    with small_project(OfEncoding(server, encoding), folder, ddl, models=models) as made:
        yield made


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("encoding", "driver"),
    [
        *((encoding, "psycopg") for encoding in NAMES),
        ("LATIN1", "psycopg2"),
        ("SQL_ASCII", "psycopg2"),
    ],
)
def test_there_and_back(encoding: str, driver: str, alone: Server, tmp_path: Path) -> None:
    # A driver that takes SQL_ASCII at its word sends nothing else; reading needs no such word.
    known = {"PGCLIENTENCODING": "UTF8"} if encoding == "SQL_ASCII" else {}
    with of_encoding(alone, encoding, tmp_path) as project:
        before = helpers.dump(project.url)
        made = project.run(*GENERATE, driver=driver)
        assert "proven on a scratch PostgreSQL" in made.stdout
        for file in project.generated():
            assert "key alone" not in file.with_suffix(".md").read_text()
        project.run("alembic", "upgrade", "head", driver=driver, **known)
        assert project.json("plan", driver=driver)["findings"] == []
        project.run("alembic", "downgrade", "base", driver=driver, **known)
        assert helpers.dump(project.url) == before


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("encoding", NAMES)
def test_psql_reads_the_hotfix_as_it_was_written(
    encoding: str, alone: Server, tmp_path: Path
) -> None:
    with of_encoding(alone, encoding, tmp_path) as project:
        before = helpers.dump(project.url)
        project.run("remediate", "runbook", "--hotfix", "*", "--reviewer", "Ann")
        (hotfix,) = project.versions.glob("*.hotfix.sql")
        (rollback,) = project.versions.glob("*.rollback.sql")
        project.psql(hotfix.read_text())
        table, column = NAMES[encoding]
        assert f'"{table}_{column}_seq"' in helpers.dump(project.url)
        project.psql(rollback.read_text())
        assert helpers.dump(project.url) == before


def test_bytes_that_nobody_can_tell(alone: Server, tmp_path: Path) -> None:
    """SQL_ASCII holds whatever was sent, and says of nothing what it is."""
    of_bytes = OfEncoding(alone, "SQL_ASCII")
    with small_project(of_bytes, tmp_path, "CREATE TABLE t (id integer PRIMARY KEY)") as project:
        plain = project.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, client_encoding="SQL_ASCII") as connection:
            connection.execute('CREATE TABLE "Zubehör" (x text)'.encode("latin-1"))
        told = project.run("remediate", "plan", expected=2).stderr
        assert 'invalid byte sequence for encoding "UTF8": 0xf6' in told
        assert "The database has the encoding SQL_ASCII" in told
        as_latin = {"PGCLIENTENCODING": "LATIN1"}
        project.run("remediate", "plan", **as_latin)
        refused = project.run(*GENERATE, expected=4, **as_latin).stderr
        assert "could not be dumped: query failed: ERROR:  invalid byte sequence" in refused
        assert not project.generated()
