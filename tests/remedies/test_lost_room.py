"""A default that works is not replaced by a sequence with a few ids left."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.rules.keys import default_borrowed, default_unresolvable
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.newest_in_ci
BORROWED = "CREATE TABLE o (id serial PRIMARY KEY); CREATE TABLE t (id {} PRIMARY KEY DEFAULT nextval('o_id_seq')); "
LATE = "CREATE SEQUENCE s; CREATE TABLE t (id {} PRIMARY KEY DEFAULT nextval('s'::text)); "
ROWS = "INSERT INTO t SELECT generate_series({}, {}::bigint)"


def remedy(ddl: str, url: sa.URL, connection: psycopg.Connection) -> Remedy | Manual:
    connection.execute(ddl.encode())
    live = helpers.snapshot(url)
    rule = default_borrowed.RULE if ddl.startswith(BORROWED[:9]) else default_unresolvable.RULE
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
