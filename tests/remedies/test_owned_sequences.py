"""A key that is full and owns a narrow sequence: both are made wider, whatever draws from it."""

from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.remedy import Manual, Remedy
from remediate.rehearsal.scratch import Server
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from tests.support import helpers
from tests.support.project import small_project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
WORKING = "CREATE TABLE other (nr serial PRIMARY KEY); "
OWNED = "CREATE SEQUENCE counting AS {0} OWNED BY parcel.no; "
ROWS = "INSERT INTO parcel SELECT g FROM generate_series({1} - 7, {1}) g; ANALYZE parcel; "
FULL = "CREATE TABLE parcel (no {0} PRIMARY KEY, v text); " + OWNED + ROWS + WORKING
KINDS = {
    "smallint": FULL.format("smallint", 32767),
    "integer": FULL.format("integer", 2**31 - 1),
    "numeric": FULL.replace("(no {0}", "(no numeric(5)").format("smallint", 99999),
    "bound of a type": FULL.replace("counting AS {0}", "counting MAXVALUE 32767").format("smallint", 32767),
    "at its end": FULL.format("smallint", 32767) + "SELECT setval('counting', 32767);",
}  # fmt: skip


@pytest.mark.turns_in_ci
@pytest.mark.parametrize("kind", KINDS)
def test_the_sequence_is_widened_with_its_key(
    kind: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(KINDS[kind].encode())
    before = helpers.dump(url)
    done = []
    for rule in ("SEQ002", "PK001"):
        plan = helpers.plan_that_comes_back(helpers.snapshot(url), Declared())
        (made,) = (i.remedy for i in plan.items if i.finding.rule == rule)
        assert isinstance(made, Remedy), made
        done.append(script([made]))
        helpers.run(connection, done[-1].up)
    with connection.transaction(force_rollback=True):
        assert connection.execute("INSERT INTO parcel (v) VALUES ('w') RETURNING no").fetchone()
    for one in reversed(done):
        helpers.run(connection, one.down)
    assert helpers.dump(url) == before


def test_ids_beyond_a_narrow_sequence(url: sa.URL, connection: psycopg.Connection) -> None:
    ddl = (
        "CREATE TABLE parcel (no bigint PRIMARY KEY); " + OWNED + "INSERT INTO parcel VALUES ({1});"
    )
    connection.execute(ddl.format("integer", 2**31 + 6).encode())
    plan = helpers.plan_that_comes_back(helpers.snapshot(url), Declared())
    (made,) = (i.remedy for i in plan.items if i.finding.rule == "PK001")
    assert made == Manual(
        "no room: the next value would be 2,147,483,655, and the sequence public.counting ends at "
        "2,147,483,647; ALTER SEQUENCE public.counting AS bigint first"
    )


@pytest.mark.soak
def test_all_is_written_and_nothing_said_to_be_left_out(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, KINDS["smallint"]) as project:
        told = project.run(*GENERATE).stderr
        assert "Left out" not in told
        project.run("alembic", "upgrade", "head")
        assert project.run("remediate", "verify").stdout.count("\nok ") == 2
        assert "Nothing to repair" in project.run("remediate", "plan").stdout
        project.run("alembic", "downgrade", "base")
