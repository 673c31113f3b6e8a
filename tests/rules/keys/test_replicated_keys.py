"""PK001 of tables whose rows come by logical replication, with their ids."""

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Confidence, Finding
from remediate.plans.impact.consequences import consequences
from tests.support import helpers

pytestmark = pytest.mark.newest_in_ci

DDL = """
CREATE TABLE works (id serial PRIMARY KEY); CREATE TABLE too (id serial PRIMARY KEY);
CREATE TABLE owning (id integer PRIMARY KEY, v text); CREATE SEQUENCE s OWNED BY owning.id;
CREATE TABLE called (id integer PRIMARY KEY, v text);
INSERT INTO called SELECT generate_series(1, 30); INSERT INTO owning SELECT generate_series(1, 30); ANALYZE;
"""
SUBSCRIBE = """
CREATE SUBSCRIPTION "of south" CONNECTION 'host=/nonexistent dbname=x' PUBLICATION p
WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false)
"""
TELL = (
    "INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) "
    "SELECT oid, '{}'::regclass, 'r' FROM pg_subscription"
)
OWNING, CALLED = "public.owning.id", "public.called.id"
MAY = "; the subscription of south may supply it (not tested)"


@pytest.fixture
def subscriber(connection: psycopg.Connection) -> Iterator[psycopg.Connection]:
    connection.execute(DDL.encode())
    connection.execute(SUBSCRIBE.encode())
    yield connection
    connection.execute("DELETE FROM pg_subscription_rel")
    connection.execute('DROP SUBSCRIPTION "of south"')


@pytest.mark.parametrize(
    ("told", "replicated"),
    [("owning", {OWNING}), ("called", {CALLED}), ("works", set()), ("", {OWNING, CALLED})],
)
def test_is_possible_and_named(
    told: str, replicated: set[str], subscriber: psycopg.Connection, url: sa.URL
) -> None:
    if told:
        subscriber.execute(TELL.format(told).encode())
    found = {p: f for p, f in helpers.verdicts(url).items() if isinstance(f, Finding)}
    assert {p for p, f in found.items() if f.message.endswith(MAY)} == replicated
    assert {p for p, f in found.items() if f.confidence is Confidence.POSSIBLE} == replicated
    live = helpers.snapshot(url)
    said = {
        p
        for p, f in found.items()
        if "replication supplies the ids" in consequences(f, live).by_accident
    }
    assert said == replicated
