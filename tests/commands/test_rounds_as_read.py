"""What `all` writes in later rounds: no more than whoever approved could read in the plan."""

import pytest

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.plans.plan import Plan
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.snapshots.declared import Declared
from tests.support import helpers

OWNED = (
    "CREATE TABLE {0} (id integer PRIMARY KEY, v text); INSERT INTO {0} VALUES (1);"
    "CREATE SEQUENCE {0}_id_seq OWNED BY {0}.id;"
)
BARE = "CREATE TABLE {0} (id integer PRIMARY KEY, v text);"
ROWS = "INSERT INTO {0} (id) SELECT generate_series(1, 40);"
OTHERS = "CREATE TABLE visits (nr serial PRIMARY KEY);"  # which says nothing of a key called id

ONLY_OUR_DOING = {
    "one sibling": OTHERS + OWNED.format("orders") + BARE.format("grades")
    + ROWS.format("grades"),
    "two siblings": OTHERS + OWNED.format("orders") + OWNED.format("bills")
    + BARE.format("grades") + ROWS.format("grades"),
    "numeric": OTHERS + OWNED.format("orders")
    + BARE.format("grades").replace("integer", "numeric(9,0)") + ROWS.format("grades"),
}  # fmt: skip


@pytest.mark.parametrize("ddl", ONLY_OUR_DOING.values(), ids=ONLY_OUR_DOING.keys())
def test_what_is_possible_stays_so(ddl: str, newest: Server) -> None:
    plan = _plan(newest, ddl)
    possible = [item for item in plan.items if not item.needs_an_answer]
    assert [item.id for item in possible] == ["PK001:public.grades.id"]
    assert possible[0].company is None
    assert plan.revealed == ()


def test_a_question_is_not_answered_by_a_repair(newest: Server) -> None:
    """Nobody knows who fills the keys of a database in which none works: not even when one does."""
    bare = "".join((BARE + ROWS).format(name) for name in ("rooms", "floors", "doors"))
    bare += "ALTER TABLE doors ADD room integer REFERENCES rooms;"
    plan = _plan(newest, OWNED.format("orders") + bare)
    assert [item.id for item in plan.items if item.needs_an_answer] == ["PK001:public.orders.id"]
    assert "PK001:database" in [item.id for item in plan.items]
    assert {one.repair for one in plan.revealed} == {""}


def _plan(newest: Server, ddl: str) -> Plan:
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        return planned(Reading(helpers.snapshot(url), Declared(), 1.0, {}), Config())
