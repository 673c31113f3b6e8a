"""Materialized views on a column that changes its type: what they hold, and how long they take."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.errors import Refused
from remediate.findings.remedy import Hazard, Remedy
from remediate.plans.hazards import check_hazards
from remediate.plans.plan import ApprovedItem, Plan
from remediate.render import locks
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from tests.corpora import remedies
from tests.support import helpers
from tests.support.meant import nothing_else

TABLES = (
    "CREATE TABLE p (id serial PRIMARY KEY); INSERT INTO p SELECT FROM generate_series(1, 40); "
    "CREATE TABLE c (id serial PRIMARY KEY, p_id text, r text); "
    "INSERT INTO c (p_id) SELECT n::text FROM generate_series(5, 35) n; "
)
ON_TABLE = "CREATE MATERIALIZED VIEW m AS SELECT p_id FROM c{}; "
FILLED = {
    "on the table": ON_TABLE.format(""),
    "on a view": "CREATE VIEW v AS SELECT * FROM c; CREATE MATERIALIZED VIEW m AS SELECT p_id FROM v; ",
    "beside an empty one": ON_TABLE.format("").replace("m AS", "n AS")
    + "CREATE MATERIALIZED VIEW m AS SELECT id, p_id FROM c WITH NO DATA; ",
}
REFERENCE = ForeignKey(Name("public", "c"), ("p_id",), Name("public", "p"), ("id",))


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


def repair(url: sa.URL) -> ApprovedItem:
    models = Declared(foreign_keys=(REFERENCE,))
    plan: Plan = helpers.plan_that_comes_back(helpers.snapshot(url, models), models)
    (item,) = (i for i in plan.items if i.finding.rule == "FK003")
    assert isinstance(item.remedy, Remedy)
    return ApprovedItem(item.finding, item.remedy)


@pytest.mark.parametrize("view", FILLED)
def test_content_that_is_lost_is_accepted_by_name(
    view: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((TABLES + FILLED[view]).encode())
    item = repair(url)
    with pytest.raises(
        Refused, match="has a hazard that is not accepted: PostgreSQL recomputes"
    ) as caught:
        check_hazards([item], ())
    assert caught.value.hint == "Accept it by name: --allow REFRESHED_CONTENT"
    check_hazards([item], ("refreshed_content",))
    name = "n" if "empty" in view else "m"
    assert item.remedy.title.endswith(f"; recomputes public.{name} (8 kB)")
    assert locks.longest_stall([item.remedy]).endswith(
        "while the rows are rewritten, and as long as the queries of the materialized views take"
    )


def test_without_content_it_stays_so(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute((TABLES + ON_TABLE.format(" WITH NO DATA")).encode())
    item, start = repair(url), helpers.dump(url)
    check_hazards([item], ())
    assert Hazard.REFRESHED_CONTENT not in item.remedy.hazards
    assert "recomputes" not in item.remedy.title
    made = script([item.remedy])
    with nothing_else(url, [item.remedy]):
        helpers.run(connection, made.up)
    for blocks in (made.down, made.up, made.down):
        helpers.run(connection, blocks)
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            connection.execute("SELECT FROM m")
    assert helpers.dump(url) == start


def test_a_rewrite_of_what_seems_empty_is_still_one(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(TABLES.encode())
    assert locks.longest_stall([repair(url).remedy]).startswith("about 0.1 s, while")
