"""A default that works is not replaced by a sequence with a few ids left."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.rules.keys import default_borrowed, default_unresolvable
from remediate.rules.sequences import sequence_behind
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.newest_in_ci
BORROWED = "CREATE TABLE o (id serial PRIMARY KEY); CREATE TABLE t (id {} PRIMARY KEY DEFAULT nextval('o_id_seq')); "
LATE = "CREATE SEQUENCE s; CREATE TABLE t (id {} PRIMARY KEY DEFAULT nextval('s'::text)); "
RULES = {
    "CREATE TABLE o": default_borrowed.RULE,
    "CREATE SEQUENCE s": default_unresolvable.RULE,
    "CREATE TABLE t": sequence_behind.RULE,
}
ROWS = "INSERT INTO t SELECT generate_series({}, {}::bigint)"


def remedy(ddl: str, url: sa.URL, connection: psycopg.Connection) -> Remedy | Manual:
    connection.execute(ddl.encode())
    live = helpers.snapshot(url)
    rule = next(rule for start, rule in RULES.items() if ddl.startswith(start))
    (finding,) = (f for f in rule.find(live, Declared(), Options()) if isinstance(f, Finding))
    return rule.remedy(finding, live, Options())


@pytest.mark.parametrize(
    ("ddl", "left", "given"),
    [
        (BORROWED.format("integer") + ROWS.format(2147483600, 2147483645), 2, 2147483599),
        (BORROWED.format("smallint") + ROWS.format(32000, 32700), 67, 31999),
        (LATE.format("integer") + ROWS.format(2147483600, 2147483645), 2, 2147483599),
        (BORROWED.format("bigint") + ROWS.format(2**63 - 40, 2**63 - 8), 7, 2**63 - 41),
    ],
)
def test_ids_far_ahead_leave_it_to_a_person(
    ddl: str, left: int, given: int, url: sa.URL, connection: psycopg.Connection
) -> None:
    made = remedy(ddl, url, connection)
    assert isinstance(made, Manual)
    assert f"{left} are left from there; the present default gives {given} before" in made.reason


@pytest.mark.parametrize(
    "ddl",
    [
        BORROWED.format("integer") + ROWS.format(1, 30),
        BORROWED.format("integer") + ROWS.format(1000000, 1000009),  # nearly all are left
        LATE.format("smallint") + ROWS.format(30000, 30010) + "; SELECT setval('s', 30005)",  # it fails now
        BORROWED.format("smallint") + "INSERT INTO t VALUES (1), (32000)",  # it meets an id at once
        BORROWED.format("smallint") + ROWS.format(30000, 30010) + "; SELECT setval('o_id_seq', 29990)",
    ],
)  # fmt: skip
def test_and_otherwise_it_is_replaced(
    ddl: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    assert isinstance(remedy(ddl, url, connection), Remedy)


NEAR = "CREATE TABLE t (id {} PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 40); "
LONE = NEAR + "INSERT INTO t VALUES (52), ({}); SELECT setval('t_id_seq', 49)"
DOWN = (
    "CREATE TABLE t (id serial PRIMARY KEY); ALTER SEQUENCE t_id_seq INCREMENT -1 MINVALUE -2147483648 "
    "MAXVALUE -1 START -1 RESTART; INSERT INTO t VALUES (-2), (-2147483640)"
)


@pytest.mark.parametrize(
    ("ddl", "left", "first"),
    [
        (LONE.format("serial", 2147483640), 7, "widen the column to bigint first, or delete"),
        (LONE.format("smallserial", 32000), 767, "widen the column to bigint first, or delete"),
        (LONE.format("bigserial", 2**63 - 9), 8, "delete or renumber the rows of public.t"),
        (DOWN, 8, "widen the column to bigint first, or delete"),
    ],
)
def test_a_lone_id_far_ahead_does_not_burn_the_others(
    ddl: str, left: int, first: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    made = remedy(ddl, url, connection)
    assert isinstance(made, Manual)
    assert f"{left} are left from there: {first}" in made.reason


@pytest.mark.parametrize(
    "ddl",
    [
        LONE.format("serial", 900),
        LONE.format("serial", 2000000000),  # 147 million are left
        NEAR.format("smallserial") + "SELECT setval('t_id_seq', 1)",
        "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t SELECT generate_series(2147483600, 2147483640);"
        "SELECT setval('t_id_seq', 2147483610)",  # few are left as it is
    ],
)
def test_and_otherwise_the_sequence_is_moved_on(
    ddl: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    assert isinstance(remedy(ddl, url, connection), Remedy)


def test_a_sequence_that_is_spent_gains_nothing_by_a_wider_column(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(
        "CREATE SEQUENCE s; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'));"
        "SELECT setval('s', 9223372036854775800)"
    )
    plan = helpers.plan_that_comes_back(helpers.snapshot(url), Declared())
    (made,) = (item.remedy for item in plan.items if item.finding.rule == "SEQ002")
    assert isinstance(made, Manual)
    assert "public.s stands at 9223372036854775801, near the end of bigint" in made.reason
