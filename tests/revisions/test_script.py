"""Several remedies as one script: what they make of one column together, and where they disagree."""

from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.errors import Refused
from remediate.findings.remedy import Expectation, Grant, Remedy, State
from remediate.findings.states import Default, Type, Value
from remediate.project.reading import Reading
from remediate.remedies.grants import merged
from remediate.revisions.blocks import Block
from remediate.revisions.script import merge, script
from remediate.revisions.ways import Mark, passing_over
from remediate.snapshots.declared import Declared
from remediate.snapshots.tables import Name
from tests.support import helpers

WHERE = Name("public", "t")


def expecting(before: Value, after: Value) -> Expectation:
    return Expectation(WHERE, "id", (State(before, after),))


NOTHING, IDENTITY = Default(), Default(identity=True)


def test_what_one_changes_the_other_may_rely_on() -> None:
    changed = expecting(NOTHING, IDENTITY)
    relied = expecting(NOTHING, NOTHING)
    typed = expecting(Type("integer"), Type("bigint"))
    for order in ((changed, relied, typed), (relied, typed, changed)):
        (one,) = merge(order)
        assert {s.after for s in one.states} == {IDENTITY, Type("bigint")}


def test_grants_add_up() -> None:
    other = Name("public", "u")
    grants = [Grant(WHERE, (WHERE,), ("z, a", "b")), Grant(WHERE, (other,), ("b", 'say "no"'))]
    assert merged(grants) == (Grant(WHERE, (WHERE, other), ("b", 'say "no"', "z, a")),)


def test_two_that_disagree_are_refused() -> None:
    with pytest.raises(Refused, match=r"different states of public\.t\.id: default 1 and identity"):
        merge(expecting(NOTHING, after) for after in (IDENTITY, Default("1")))


SEVERAL = """
CREATE TABLE o (id serial PRIMARY KEY, v text, w text); CREATE TABLE t (LIKE o INCLUDING ALL);
INSERT INTO t SELECT generate_series(1, 5); INSERT INTO o SELECT generate_series(1, 9);
CREATE TABLE c (id serial PRIMARY KEY); ALTER SEQUENCE c_id_seq CYCLE; INSERT INTO c VALUES (4);
CREATE SEQUENCE n; CREATE TABLE l (id bigint PRIMARY KEY DEFAULT nextval('n'::text));
ALTER SEQUENCE n AS integer; CREATE TABLE m (id bigint PRIMARY KEY DEFAULT nextval('n'));
"""


def test_all_that_is_wrong_with_a_few_tables_at_once(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Items that speak of the same column, and of the same sequence, in one revision."""
    connection.execute(SEVERAL)
    live = helpers.snapshot(url)
    items = planned(Reading(live, Declared(), 0, {}), Config()).items
    assert {i.finding.id.replace("public.", "") for i in items} == {
        "PK002:l.id", "PK003:t.id", "SEQ001:o.id", "SEQ001:t.id", "SEQ003:m.id", "SEQ004:m.id",
        "SEQ006:c.id",
    }  # fmt: skip
    made = script([i.remedy for i in items if isinstance(i.remedy, Remedy)])
    before = helpers.dump(url)
    helpers.run(connection, made.up)
    for table, id_ in (("o", 10), ("t", 6), ("l", 1), ("m", 2)):
        inserted = connection.execute(f"INSERT INTO {table} DEFAULT VALUES RETURNING id").fetchone()
        assert inserted == (id_,), table
    helpers.run(connection, made.down)
    assert helpers.dump(url) == before
    helpers.run(connection, made.up)


def test_what_is_whole_is_passed_over_and_what_is_neither_refused(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(SEVERAL)
    items = planned(Reading(helpers.snapshot(url), Declared(), 0, {}), Config()).items
    made = passing_over(script([i.remedy for i in items if isinstance(i.remedy, Remedy)]))
    before = helpers.dump(url)
    for way, then in ((made.up, ""), (made.down, before)):
        helpers.run(connection, way)
        done = helpers.dump(url)
        assert not then or done == then
        helpers.run(connection, way)
        assert helpers.dump(url) == done
        assert connection.execute("SHOW row_security").fetchone() == ("on",)
    assert connection.execute("INSERT INTO o DEFAULT VALUES RETURNING id").fetchone() == (10,)
    connection.execute("ALTER TABLE l ALTER id SET DEFAULT 7")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="default 7") as met:
        helpers.run(connection, made.up)
    assert "SQL statement" not in str(met.value)


ODD, VERSIONS = '"W""e $$%:u"', '"Versions %s:x"'
FILLED = {
    "{versions}": r'"Versions \u0025s\u003Ax"', "{revision}": "abc", "{later}": r"abc\ndef",
    "{before}": "base",
}  # fmt: skip


def recording(block: Block, version: str) -> tuple[Block, ...]:
    """As the revision abc runs it, twice: a script for psql."""
    (text,) = block.statements
    for place, value in FILLED.items():
        assert text.count(place) <= 1
        text = text.replace(place, value)
    # alembic upgrade --sql writes a percent sign twice, and SQLAlchemy looks for :name.
    assert "%" not in text
    assert not sa.text(text).compile().params
    recorded = f"UPDATE {VERSIONS} SET version_num = '{version}'"
    return (replace(block, statements=(text, recorded) * 2),)


def test_the_way_back_leaves_what_the_upgrade_passed_over(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Whole already, or without the table; a part of it is refused. Other comments stay."""
    connection.execute(
        f"CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE {ODD} (id serial PRIMARY KEY); "
        "GRANT INSERT ON t TO pg_monitor; "
        f"CREATE TABLE {VERSIONS} AS SELECT 'base' AS version_num; ALTER TABLE t ALTER id DROP DEFAULT; "
        f"ALTER TABLE {ODD} ALTER id DROP DEFAULT"
    )
    items = planned(Reading(helpers.snapshot(url), Declared(), 0, {}), Config()).items
    remedies = [i.remedy for i in items if isinstance(i.remedy, Remedy)]
    made = passing_over(script(remedies), mark=Mark(), tables=(Name("public", 'W"e $$%:u'),))
    up, down = recording(made.up[0], "def"), recording(made.down[0], "base")
    stepped_back = f"UPDATE {VERSIONS} SET version_num = 'abc'"
    before = helpers.dump(url)
    helpers.run(connection, up)
    whole = helpers.dump(url)
    assert "had nothing to do" not in whole
    connection.execute(stepped_back)
    helpers.run(connection, down)
    assert helpers.dump(url) == before
    helpers.run(connection, up)
    connection.execute("REVOKE USAGE ON SEQUENCE t_id_seq FROM pg_monitor")
    for comment in ("ours", None):
        connection.execute(
            f"COMMENT ON TABLE {VERSIONS} IS {'NULL' if not comment else repr(comment)}"
        )
        connection.execute(f"UPDATE {VERSIONS} SET version_num = 'base'")
        dumped = helpers.dump(url)
        helpers.run(connection, up)
        assert "revision abc had nothing to do (remediate)" in helpers.dump(url)
        connection.execute(stepped_back)
        helpers.run(connection, down)
        assert helpers.dump(url) == dumped
        connection.execute(f"DROP TABLE IF EXISTS t, {ODD}")
    connection.execute(f"UPDATE {VERSIONS} SET version_num = 'other'")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match='x" names other'):
        helpers.run(connection, up)
    connection.execute(f"UPDATE {VERSIONS} SET version_num = 'base'")
    connection.execute(f"CREATE TABLE {ODD} (id serial PRIMARY KEY)")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="does not exist"):
        helpers.run(connection, up)
