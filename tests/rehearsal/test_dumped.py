"""Of a large schema pg_dump is asked for what is laid: each relation alone brings the same as ever."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.errors import RehearsalFailed, UsageProblem
from remediate.postgres import client, programs
from remediate.rehearsal import dumped, early_dump, schema_copy
from remediate.snapshots.tables import Name
from tests.support import helpers

DDL = """
CREATE SCHEMA "Odd.|s"; CREATE SCHEMA far;
CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE SEQUENCE far.shared;
CREATE TABLE top (id serial PRIMARY KEY, m mood);
CREATE TABLE "Odd.|s"."a ""b*?$(c|d)" (id integer PRIMARY KEY REFERENCES top, n positive);
CREATE TABLE far.drawn (id integer PRIMARY KEY DEFAULT nextval('top_id_seq'));
CREATE TABLE far.also (id integer DEFAULT nextval('far.shared'), t top, ts top[]);
CREATE FUNCTION far.ok(t top) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE TABLE far.checked (n integer UNIQUE CHECK (far.ok(NULL) OR n > 0));
CREATE TABLE far.child (n integer REFERENCES far.checked (n));
CREATE VIEW v AS SELECT id FROM top; CREATE VIEW far.vv AS SELECT v.id FROM v, far.drawn;
CREATE MATERIALIZED VIEW mv AS SELECT * FROM far.vv; CREATE INDEX ON mv (id);
CREATE TABLE parent (id bigserial, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE far.part PARTITION OF parent FOR VALUES IN (1);
CREATE TABLE inherited (x integer, FOREIGN KEY (id) REFERENCES top) INHERITS (far.also);
CREATE TABLE far.alone (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, EXCLUDE (id WITH =));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql
  AS 'BEGIN INSERT INTO far.checked DEFAULT VALUES; RETURN NEW; END';
CREATE TRIGGER touched BEFORE INSERT ON far.alone FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE r AS ON INSERT TO far.part DO ALSO INSERT INTO far.alone DEFAULT VALUES;
CREATE FUNCTION rows() RETURNS SETOF far.drawn LANGUAGE sql AS 'SELECT * FROM far.drawn';
CREATE VIEW far.called AS SELECT * FROM rows();
ALTER TABLE top ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON top USING (EXISTS (SELECT FROM far.alone)); GRANT SELECT ON top, far.vv TO PUBLIC;
CREATE PUBLICATION published FOR TABLE far.drawn; CREATE STATISTICS st ON x, id FROM inherited;
"""
RELATIONS = """SELECT oid::int FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
AND relnamespace IN ('public'::regnamespace, 'far'::regnamespace, '"Odd.|s"'::regnamespace)"""


def laid(archive: schema_copy.Archive, seeds: dumped.Seeds) -> list[str]:
    listed = client.run([archive.bindir / "pg_restore", "--list", "--verbose", archive.path], {})
    return [x.split("; ", 1)[1] for x in schema_copy.selected(listed.stdout, seeds, ["far"])]


def is_waiting(other: psycopg.Connection, *, wanted: bool) -> None:
    """Wait until pg_dump waits for a lock, or no longer does."""
    ends = time.monotonic() + 5  # half of what pg_dump waits for a lock
    asked = "SELECT FROM pg_stat_activity WHERE query ~ '^LOCK TABLE' AND pid <> pg_backend_pid()"
    while bool(other.execute(asked).fetchall()) is not wanted:
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.newest_in_ci
@pytest.mark.parametrize("definitions", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_what_is_laid_is_dumped(
    url: sa.URL,
    connection: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    definitions: bool,
) -> None:
    connection.execute(DDL)
    libpq, bindir = client.environment(url), programs.clients(18)
    whole = schema_copy.dump(libpq, bindir, tmp_path, None)
    whole.path.rename(tmp_path / "whole")
    monkeypatch.setattr(dumped, "WHOLE", 0)
    fewest = 99
    for (oid,) in connection.execute(RELATIONS).fetchall():
        seeds = schema_copy.with_code(libpq, [oid], definitions=definitions)
        part = schema_copy.dump(libpq, bindir, tmp_path, seeds)
        asked = schema_copy.Archive(tmp_path / "whole", bindir)
        assert laid(part, seeds) == laid(asked, seeds), oid
        listed = client.run([bindir / "pg_restore", "--list", part.path], {}).stdout
        fewest = min(fewest, listed.count(" TABLE "))
    assert definitions or fewest <= 2


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(("names", "serves"), [("t", True), ("t u", True), ("u", False)])
def test_a_dump_made_early_serves_what_it_holds(
    url: sa.URL, connection: psycopg.Connection, names: str, *, serves: bool
) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (id integer)")
    live, libpq = helpers.snapshot(url), client.environment(url)
    made = [Name("public", name) for name in names.split()]
    source = early_dump.Source(
        live.database, libpq, Name("public", "versions"), made, definitions=False
    )
    with early_dump.begun(source, None) as dumped:
        early = dumped.result()
    bindir = programs.clients(live.database.version // 10000)
    seeds = schema_copy.with_code(libpq, schema_copy.oids(libpq, [Name("public", "t")]))
    assert early.serves(seeds, bindir) is serves
    assert not early.serves(replace(seeds, definitions=True), bindir)
    assert not early.serves(None, bindir)
    assert not early.serves(seeds, bindir / "other")


@pytest.mark.newest_in_ci
def test_a_dump_made_early_ends_when_nobody_needs_it(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Also one that waits for the lock of somebody else."""
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY)")
    live, libpq = helpers.snapshot(url), client.environment(url)
    source = early_dump.Source(
        live.database, libpq, Name("public", "versions"), [Name("public", "t")], definitions=False
    )
    with helpers.connected(url) as other, connection.transaction():
        connection.execute("LOCK TABLE t")
        with early_dump.begun(source, None) as dumped:
            is_waiting(other, wanted=True)
            left = time.monotonic()
        assert time.monotonic() - left < 5  # half of what pg_dump waits for a lock
    assert isinstance(dumped.exception(), RehearsalFailed)


def test_locks_are_left_to_others(
    url: sa.URL, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute("CREATE TABLE t (id integer)")
    assert dumped.left_out(connection, None) == []
    slots = 512 * 100  # max_locks_per_transaction of a scratch server, and its connections
    monkeypatch.setattr(dumped, "_CATALOG", slots * 3 // 4)
    with pytest.raises(UsageProblem, match=f"lock 38,401 relations at once, of {slots:,}"):
        dumped.left_out(connection, None)


KILLED = """
import os, sys
from pathlib import Path
from remediate.postgres import client, programs
from remediate.rehearsal import schema_copy
import sqlalchemy as sa
libpq = client.environment(sa.make_url(os.environ["URL"]))
schema_copy.dump(libpq, programs.clients(18), Path(os.environ["FOLDER"]), None)
"""


@pytest.mark.newest_in_ci
@pytest.mark.skipif(sys.platform != "linux", reason="other kernels tell no program of that")
def test_pg_dump_leaves_the_server_when_the_command_is_killed(
    url: sa.URL, connection: psycopg.Connection, tmp_path: Path
) -> None:
    connection.execute("CREATE TABLE t (id integer)")
    variables = {"URL": url.render_as_string(hide_password=False), "FOLDER": str(tmp_path)}
    with helpers.connected(url) as other, connection.transaction():
        connection.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        killed = subprocess.Popen([sys.executable, "-c", KILLED], env=os.environ | variables)
        is_waiting(other, wanted=True)
        killed.kill()
        killed.wait()
        is_waiting(other, wanted=False)
