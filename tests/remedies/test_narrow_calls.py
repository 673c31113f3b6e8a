"""Expressions that call a function of the narrow type: a wider column would leave them without one."""

from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Options
from remediate.findings.remedy import Manual
from remediate.rehearsal.scratch import Server
from remediate.remedies.binding import bind
from remediate.remedies.conversion import Change, obstacle
from remediate.snapshots.declared import Declared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from tests.support import helpers
from tests.support.project import small_project

pytestmark = pytest.mark.turns_in_ci

CODES = "CREATE FUNCTION code({0}) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT ($1 % 9)::integer'; "
ROOMS = (
    "CREATE TABLE room (id serial PRIMARY KEY, floor integer, name text); INSERT INTO room SELECT "
    "2147483600 + g, 1, g FROM generate_series(1, 30) g; SELECT setval('room_id_seq', 2147483640); "
)
ROOM = Name("public", "room")
CALL = "{}, which calls {}, which accepts no bigint"
INTEGER = CODES.format("integer") + ROOMS
REFUSED = {
    "an index": (
        INTEGER + 'CREATE INDEX "Of" ON room (code(id), floor)',
        CALL.format('index "Of"', "public.code(integer)")),
    "where an index holds": (
        INTEGER + "CREATE INDEX low ON room (floor) WHERE code(id) > 3 AND floor > 0",
        CALL.format("index low", "public.code(integer)")),
    "an exclusion constraint": (
        ROOMS + "ALTER TABLE room ADD CONSTRAINT apart EXCLUDE USING gist (int4range(id, id, '[]') WITH &&)",
        CALL.format("index apart", "int4range(integer,integer,text)")),
    "its second argument": (
        ROOMS + "CREATE INDEX r ON room (int4range(floor, id))", CALL.format("index r", "int4range(integer,integer)")),
    "a CHECK": (
        INTEGER + "ALTER TABLE room ADD CONSTRAINT c CHECK (abs(floor) < 9 AND code(id) < 9)",
        CALL.format("CHECK c", "public.code(integer)")),
}  # fmt: skip
TAKEN = {
    "both forms": CODES.format("bigint") + INTEGER + "CREATE INDEX ON room (code(id))",
    "another column": INTEGER + "CREATE INDEX ON room (code(floor), id)",
    "one that is cast": CODES.format("numeric") + ROOMS + "CREATE INDEX ON room (code(id))",
    "PostgreSQL's own": ROOMS + "CREATE INDEX ON room (abs(id), to_hex(id), mod(id, 7))",
    "of whatever type": ROOMS + "CREATE INDEX ON room (num_nulls(id, floor))",
}


def refused(url: sa.URL) -> str:
    live = helpers.snapshot(url)
    return obstacle([Change((ROOM, "id"), "bigint")], live, Options(offline_window=True))


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_wider_form_is_by_hand(
    case: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    ddl, why = REFUSED[case]
    connection.execute(ddl.encode())
    assert refused(url) == f"objects on the columns cannot be rebuilt: public.room.id: {why}"


@pytest.mark.parametrize("case", TAKEN)
def test_what_takes_the_wider_type(case: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TAKEN[case].encode())
    assert not refused(url)


def test_the_same_type_is_no_matter(url: sa.URL, connection: psycopg.Connection) -> None:
    """Orphans become NULL, and the function is called as before."""
    connection.execute(
        CODES.format("integer").encode() + b"CREATE TABLE house (id integer PRIMARY KEY); "
        b"CREATE TABLE room (id serial PRIMARY KEY, house_id integer); INSERT INTO house VALUES (1); "
        b"INSERT INTO room (house_id) VALUES (1), (2); CREATE INDEX ON room (code(house_id))"
    )
    fk = ForeignKey(ROOM, ("house_id",), Name("public", "house"), ("id",))
    live = helpers.snapshot(url, Declared(foreign_keys=(fk,)))
    (candidate,) = live.candidates
    assert not isinstance(bind(candidate, live, Options(orphans="null")), Manual)


CALLING = {
    "a view": "CREATE VIEW v AS SELECT code(id) FROM room",
    "a trigger": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t "
    "BEFORE INSERT ON room FOR EACH ROW WHEN (code(NEW.id) > 0) EXECUTE FUNCTION f()",
}


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", CALLING)
def test_the_advice_is_right_for_a_number(case: str, newest: Server, tmp_path: Path) -> None:
    """Where a function for the new type is there, the rehearsal's copy has it, too."""
    with small_project(newest, tmp_path, INTEGER + CALLING[case]) as project:
        words = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        said = " ".join(project.run(*words, expected=4).stderr.split())
        assert "function public.code(bigint) does not exist" in said
        assert "with its former type: create the function for the new type too" in said
        project.psql(CODES.format("bigint"))
        project.run(*words)
        before = helpers.dump(project.url)
        project.run("alembic", "upgrade", "head")
        project.run("alembic", "downgrade", "base")
        project.psql("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == before
