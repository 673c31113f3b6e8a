"""Code that pg_depend does not know: what triggers call, and whose triggers write into a table."""

from pathlib import Path

import psycopg
import pytest

import remediate
from remediate.config import Config
from remediate.errors import RehearsalFailed
from remediate.postgres import client
from remediate.rehearsal.schema_copy import with_code
from remediate.rehearsal.scratch import Server
from tests.rehearsal.test_promises import BOTH, NEARLY_FULL, TEXT, opened
from tests.support import helpers

FUNCTION = "CREATE FUNCTION {} LANGUAGE plpgsql AS $$BEGIN {} END$$; "
TRIGGER = "CREATE TRIGGER {0} AFTER {1} ON {2} FOR EACH ROW EXECUTE FUNCTION {3}(); "
CALLS = FUNCTION.format("tell(integer) RETURNS void", "") + FUNCTION.format(
    "told() RETURNS trigger", "PERFORM tell({}.id); RETURN NULL;"
)
POSITIONAL = FUNCTION.format("note(text) RETURNS void", "INSERT INTO c VALUES (DEFAULT, $1);")
NOTES = FUNCTION.format("noted() RETURNS trigger", "PERFORM note(NEW.what); RETURN NULL;")
WRITTEN = FUNCTION.format(
    "write() RETURNS trigger", 'INSERT INTO "the log" (what) VALUES (NEW.what); RETURN NULL;'
)
LOG = 'CREATE TABLE "the log" (id serial PRIMARY KEY, what text); CREATE TABLE far (id serial PRIMARY KEY, what text);'
# Name: the database, the models, what the rehearsal says.
BROKEN: dict[str, tuple[str, str, str]] = {
    "an INSERT that calls": (
        NEARLY_FULL + CALLS.format("NEW") + TRIGGER.format("a", "INSERT", "t", "told"), "",
        r"INSERT without id into public\.t .*\n.*tell\(bigint\)",
    ),
    "an UPDATE that calls": (
        NEARLY_FULL + CALLS.format("OLD") + TRIGGER.format("a", "UPDATE", "t", "told"), "",
        r"UPDATE of a row of public\.t .*\n.*tell\(bigint\)",
    ),
    "a trigger of another table": (
        f"{TEXT} {LOG} {POSITIONAL} {NOTES}" + TRIGGER.format("a", "INSERT", '"the log"', "noted"), BOTH,
        r'INSERT without id into public\."the log" fails',
    ),
    "a trigger whose row fires another": (
        f"{TEXT} {LOG} {POSITIONAL} {NOTES} {WRITTEN}" + TRIGGER.format("a", "INSERT", '"the log"', "noted")
        + TRIGGER.format("b", "INSERT", "far", "write"), BOTH,
        r"INSERT without id into public\.far fails",
    ),
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", BROKEN)
def test_code_that_a_repair_breaks_refutes_it(
    case: str, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ddl, models, said = BROKEN[case]
    options = remediate.GenerateOptions(approve=("all",), reviewer="Ann")
    with opened(newest, tmp_path, monkeypatch, ddl, models) as project:
        before = project.files()
        with pytest.raises(RehearsalFailed, match=said):
            remediate.generate(Config(allow=("DATABASE_CODE",)), options)
        assert project.files() == before


def test_what_code_reaches(server: Server) -> None:
    body = "PERFORM nextval('numbers'), 'sad'::mood, f(1), count(*) FROM seen; RETURN NULL;"
    ddl = (
        "CREATE TYPE mood AS ENUM ('sad'); CREATE SEQUENCE numbers; CREATE TABLE seen (); CREATE TABLE t (n integer);"
        "CREATE TABLE other (); CREATE VIEW over AS SELECT FROM other;"
        + FUNCTION.format("f(integer) RETURNS void", "PERFORM g();")
        + FUNCTION.format("g() RETURNS void", "")
        + FUNCTION.format("unconcerned() RETURNS void", "PERFORM count(*) FROM other;")
        + FUNCTION.format("h() RETURNS integer", "RETURN 1;")
        + FUNCTION.format("told() RETURNS trigger", body)
        + "CREATE TRIGGER a AFTER INSERT ON t EXECUTE FUNCTION told(); CREATE VIEW v AS SELECT n, h() FROM t"
    )
    with server.database() as url, helpers.connected(url) as connection:
        connection.execute(ddl.encode())
        found = with_code(client.environment(url), [oid(connection, "regclass", "t")])
        relations = {name(connection, "regclass", one) for one in found.tables}
        code = {
            name(connection, "regtype" if c == 1247 else "regproc", one) for c, one in found.code
        }
    assert relations == {"t", "seen", "numbers", "v"}
    assert code == {"mood", "f", "g", "h", "told"}


def oid(connection: psycopg.Connection, kind: str, text: str) -> int:
    row = connection.execute(f"SELECT '{text}'::{kind}::oid::bigint".encode()).fetchone()
    assert row
    return int(row[0])


def name(connection: psycopg.Connection, kind: str, number: int) -> str:
    row = connection.execute(f"SELECT {number}::{kind}::text".encode()).fetchone()
    assert row
    return str(row[0])
