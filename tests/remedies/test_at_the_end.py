"""Sequences with few ids left, or none: repaired, and back as long as no id beyond is there."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.remedy import Remedy
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from tests.corpora import remedies
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

END = 2**31 - 1
IDENTITY = "CREATE TABLE t (id integer GENERATED {} AS IDENTITY (SEQUENCE NAME s) PRIMARY KEY); "
SERIAL = (
    "CREATE SEQUENCE s AS integer; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s')); "
    "ALTER SEQUENCE s OWNED BY t.id; "
)
KINDS = {
    "serial": SERIAL,
    "identity": IDENTITY.format("ALWAYS"),
    "identity by default": IDENTITY.format("BY DEFAULT"),
    "under bigint": SERIAL + "ALTER TABLE t ALTER id TYPE bigint; ",
    "bigint sequence": SERIAL.replace("s AS integer", "s") + f"ALTER SEQUENCE s MAXVALUE {END}; ",
    "family": SERIAL + "CREATE TABLE r (id serial PRIMARY KEY, t_id integer REFERENCES t); ",
    "partitions": "CREATE SEQUENCE s AS integer; CREATE TABLE t (id integer DEFAULT nextval('s'), "
    "n integer DEFAULT 1, PRIMARY KEY (id, n)) PARTITION BY LIST (n); "
    "CREATE TABLE t0 PARTITION OF t DEFAULT; ALTER SEQUENCE s OWNED BY t.id; ",
}
ROWS = {"rows": "INSERT INTO t OVERRIDING SYSTEM VALUE VALUES ({}); ", "empty": ""}
PLACES = [(0, True), (1, False), (5, True)]  # ids left, and whether the last was given


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


@pytest.mark.few_in_ci(2)
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cycle", ["", "ALTER SEQUENCE s CYCLE"], ids=["ends", "cycles"])
def test_few_ids_left(
    cycle: str, kind: str, rows: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(f"{KINDS[kind]}{cycle}".encode())
    for left, called in PLACES:
        last = END - left if called else END - left + 1
        connection.execute(ROWS[rows].format(END - left).encode())
        connection.execute(f"SELECT setval('s', {last}, {called})".encode())
        there_and_back(left, url, connection)
        connection.execute("TRUNCATE t CASCADE")


def there_and_back(left: int, url: sa.URL, connection: psycopg.Connection) -> None:
    plan = helpers.plan_that_comes_back(helpers.snapshot(url), Declared())
    (made,) = (i.remedy for i in plan.items if i.finding.rule in ("SEQ002", "SEQ006"))
    assert isinstance(made, Remedy)
    assert made.undo.endswith("if all ids fit; otherwise the downgrade refuses")
    start, whole = helpers.dump(url), script([made])
    helpers.run(connection, whole.up)
    helpers.run(connection, whole.down)
    assert helpers.dump(url) == start
    helpers.run(connection, whole.up)
    for n in range(1, left + 3):
        given = connection.execute("INSERT INTO t DEFAULT VALUES RETURNING id").fetchone()
        assert given == (END - left + n,)
    beyond = helpers.dump(url)
    with pytest.raises(psycopg.DataError, match=f"t.id holds ids beyond {END}, where public.s"):
        helpers.run(connection, whole.down)
    assert helpers.dump(url) == beyond
    connection.execute("TRUNCATE t CASCADE")  # as if every INSERT had failed
    helpers.run(connection, whole.down)
