"""FK001: foreign keys that cannot hold every value of the key."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.rules.references.foreign_key_narrower import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

FOUND = """
CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (p_id integer REFERENCES p);
CREATE TABLE d (p_id smallint CONSTRAINT of_p REFERENCES p);
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY, code numeric UNIQUE, label text UNIQUE);
CREATE TABLE same (p_id integer REFERENCES p); CREATE TABLE wider (p_id bigint REFERENCES p);
CREATE TABLE shorter (label varchar(9) REFERENCES p (label));
CREATE TABLE of_others (code integer REFERENCES p (code));  -- a cast, not a width: FK002
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.c.c_p_id_fkey is narrower than the key it references: integer for a bigint",
        "public.d.of_p is narrower than the key it references: smallint for a bigint",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []


def keys(sequence: str, rows: str = "", column: str = "integer") -> str:
    """A bigint key whose sequence stands there, and a column that references it."""
    return (
        f"CREATE TABLE p (id bigserial PRIMARY KEY); {rows}; {sequence}; "
        f"CREATE TABLE c (p_id {column} REFERENCES p)"
    )


def looked(url: sa.URL, ddl: str, inserts: int | None = None) -> tuple[Finding, Live]:
    """What the rule finds, and the snapshot; so many inserts were counted in ten days."""
    with helpers.connected(url) as connection:
        connection.execute(ddl.encode())
    live = helpers.snapshot(url)
    database = replace(live.database, statistics_days=10.0)
    tables = tuple(replace(table, inserts=inserts) for table in live.tables)
    live = replace(live, database=database, tables=tables)
    (one,) = RULE.find(live, Declared(), Options())
    assert isinstance(one, Finding)
    return one, live


DOWN = (
    "ALTER SEQUENCE p_id_seq INCREMENT -1 MINVALUE -9000000000 MAXVALUE -1 START -1 RESTART WITH "
)


@pytest.mark.parametrize(
    ("ddl", "severity", "when", "left"),
    [
        (keys("SELECT setval('p_id_seq', 2147483646)"), "error", "soon", 1),
        (keys("SELECT setval('p_id_seq', 2147483647)"), "error", "now", 0),
        (keys("SELECT setval('p_id_seq', 2147483648, false)"), "error", "now", 0),
        (keys("SELECT setval('p_id_seq', 9, false)", "INSERT INTO p VALUES (2147483648)"),
         "error", "now", 0),
        (keys("SELECT setval('p_id_seq', 32767)", column="smallint"), "error", "now", 0),
        (keys("SELECT setval('p_id_seq', 32000)", column="smallint"), "error", "soon", 767),
        (keys("SELECT setval('p_id_seq', 20000)", column="smallint"), "warning", "some day", 12767),
        (keys("SELECT setval('p_id_seq', 9000)"), "info", "some day", 2147474647),
        (keys(DOWN + "-2147483648"), "error", "soon", 1),
        (keys(DOWN + "-2147483649"), "error", "now", 0),
    ],
)  # fmt: skip
def test_how_soon_a_row_cannot_refer(
    ddl: str, severity: str, when: str, left: int, url: sa.URL
) -> None:
    one, live = looked(url, ddl)
    outlook = RULE.outlook(one, live)
    facts = helpers.facts_of(one)
    assert (one.severity, outlook.when, facts["remaining"]) == (severity, when, left)
    is_now = when == "now"
    assert (outlook.to_come == "") is is_now
    assert ("already" in one.message) is is_now
    assert (outlook.broken or "").startswith("no row can refer") is is_now


def test_the_rate_of_the_key_counts(url: sa.URL) -> None:
    """1,000 ids a day: the column is at its end within a month, though less than half is used."""
    ddl = keys("SELECT setval('p_id_seq', 12768)", column="smallint")
    one, _ = looked(url, ddl, inserts=10_000)
    assert (one.severity, helpers.facts_of(one)["days_left"]) == ("error", 20.0)


def test_what_a_restore_inserted_is_no_rate(url: sa.URL) -> None:
    """As many rows as there are ids were counted: nobody can tell them from a restore's."""
    ddl = keys("SELECT setval('p_id_seq', 12768)", column="smallint")
    one, _ = looked(url, ddl, inserts=12_768)
    facts = helpers.facts_of(one)
    assert (one.severity, facts["days_left"], facts["pace_sure"]) == ("info", 15.7, "guess")
