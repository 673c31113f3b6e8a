"""A sequence with few ids left or none is repaired: trying INSERTs must not use up the way back."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import remediate
from remediate.config import Config
from remediate.plans.proof import Met
from remediate.rehearsal import positions, probe
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Column, Generator, Name, Table
from tests.rehearsal.test_proof import inside
from tests.support import helpers
from tests.support.project import scratch_url, small_project

APPROVED = remediate.GenerateOptions(approve=("SEQ002",), reviewer="Ann")
LAST = 2**31 - 1
SERIAL = "CREATE TABLE t (id serial PRIMARY KEY, v text)"
IDENTITY = "CREATE TABLE t (id integer GENERATED {} AS IDENTITY PRIMARY KEY, v text)"
AT_END = f"SELECT setval('t_id_seq', {LAST})"
FAMILY = "CREATE TABLE c (id serial PRIMARY KEY, t_id integer REFERENCES t)"
WRITERS = (
    "DROP ROLE IF EXISTS w1, w2; CREATE ROLE w1; CREATE ROLE w2; GRANT INSERT ON t TO w1, w2; "
    "GRANT USAGE ON SEQUENCE t_id_seq TO w1, w2"
)

FORMS = {
    "serial": (SERIAL, AT_END),
    "serial with its last row": (SERIAL, f"INSERT INTO t VALUES ({LAST})", AT_END),
    "serial, set and not called": (SERIAL, f"SELECT setval('t_id_seq', {LAST}, false)"),
    "identity by default": (IDENTITY.format("BY DEFAULT"), AT_END),
    "identity always": (IDENTITY.format("ALWAYS"), AT_END),
    "integer sequence under bigint": (SERIAL, "ALTER TABLE t ALTER id TYPE bigint", AT_END),
    "smallint": ("CREATE TABLE t (id smallserial PRIMARY KEY)", "SELECT setval('t_id_seq', 32767)"),
    "several writers": (SERIAL, WRITERS, f"SELECT setval('t_id_seq', {LAST - 1})"),
    "family": (SERIAL, FAMILY, f"INSERT INTO t VALUES ({LAST})", "INSERT INTO c(t_id) SELECT id FROM t", AT_END),
    **{f"{n} left": (SERIAL, f"INSERT INTO t VALUES ({LAST - n})", f"SELECT setval('t_id_seq', {LAST - n})")
       for n in range(1, 6)},
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("form", FORMS)
def test_it_is_proven(
    form: str, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ddl = "; ".join(FORMS[form])
    with small_project(newest, tmp_path, ddl) as project, inside(project, monkeypatch):
        (landed,) = remediate.generate(Config(scratch_url=scratch_url()), APPROVED)
    assert landed.proof is not None
    assert landed.proof.limits == ()
    assert landed.proof.inserts is not None
    left = form.endswith(" left") or form in ("several writers", "serial, set and not called")
    assert landed.proof.inserts.before == (Met("" if left else "2200H", 1),)


@pytest.fixture
def connection(newest: Server) -> Iterator[psycopg.Connection]:
    with newest.database() as url, helpers.connected(url) as made:
        yield made


def test_an_insert_leaves_no_trace_in_any_sequence(connection: psycopg.Connection) -> None:
    """Also those that a trigger draws from, and ids that the session would keep for itself."""
    connection.execute(
        "CREATE TABLE t (id serial PRIMARY KEY); CREATE SEQUENCE drawn CACHE 10;"
        "CREATE SEQUENCE fresh; SELECT setval('t_id_seq', 7, false);"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM nextval('drawn'); RETURN NEW; END $$;"
        "CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
        "ALTER TABLE t ENABLE ALWAYS TRIGGER f"
    )
    key = Column("id", "integer", "integer", Generator.SEQUENCE)
    table = Table(Name("public", "t"), ("id",), (key,), owner="postgres")
    (attempt,) = probe.attempts(connection, table, "id", {})
    known = positions.read(connection)
    assert known[Name("public", "t_id_seq")] == positions.Position(7, is_called=False)
    for _ in range(2):
        outcome = probe.insert(connection, attempt, known)
        assert outcome.id == "7"
        assert positions.read(connection) == known
