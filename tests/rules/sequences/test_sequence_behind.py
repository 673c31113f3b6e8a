"""SEQ001: sequences that will give an id that exists."""

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual
from remediate.rules.sequences.sequence_behind import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from tests.support import helpers

FOUND = """
CREATE TABLE now (id serial PRIMARY KEY); INSERT INTO now SELECT generate_series(1, 9);
CREATE TABLE soon (id serial PRIMARY KEY); INSERT INTO soon VALUES (50);
"""
LEFT_ALONE = """
CREATE TABLE advanced (id serial PRIMARY KEY); INSERT INTO advanced SELECT generate_series(1, 9);
SELECT setval('advanced_id_seq', 9);
CREATE TABLE passed (id serial PRIMARY KEY); INSERT INTO passed VALUES (-1), (0);
CREATE TABLE odd (id serial PRIMARY KEY); ALTER SEQUENCE odd_id_seq INCREMENT 2; INSERT INTO odd VALUES (2), (4);
CREATE TABLE no_key (id serial); INSERT INTO no_key VALUES (5);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.now.id: the sequence's next value is 1, but id 1 already exists: the next INSERT fails (duplicate key)",
        "public.soon.id: the sequence meets the existing id 50 at INSERT number 50 from now (next value 1)",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []


SUBSCRIBE = """
CREATE SUBSCRIPTION "from north" CONNECTION 'host=/nonexistent dbname=x' PUBLICATION p
WITH (connect = false, enabled = false, slot_name = NONE, create_slot = false)
"""
LOADED = "INSERT INTO {} SELECT generate_series(1, 9); "
ROWS = (
    "CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (id serial PRIMARY KEY); "
    "CREATE TABLE c (id serial PRIMARY KEY) PARTITION BY RANGE (id); "
    "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (1) TO (99); "
    + "".join(map(LOADED.format, "abc"))
)
TELL = (
    "INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate) "
    "SELECT oid, t::regclass, 'r' FROM pg_subscription, unnest('{a,c1}'::text[]) t"
)
NAMED = "the next INSERT fails (duplicate key); this database is a subscriber (from north)"


@pytest.fixture
def subscriber(connection: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A database that is one: as a database that goes away, it has to be none."""
    connection.execute(ROWS.encode())
    connection.execute(SUBSCRIBE)
    yield connection
    connection.execute('DROP SUBSCRIPTION "from north"')


def behind(url: sa.URL) -> tuple[dict[str, Finding], Live]:
    live = helpers.snapshot(url)
    verdicts = RULE.find(live, Declared(), Options())
    return {str(f.place): f for f in verdicts if isinstance(f, Finding)}, live


def test_a_subscriber_is_named(subscriber: psycopg.Connection, url: sa.URL) -> None:
    """Before the first refresh nothing tells for which tables it is one."""
    found, _ = behind(url)
    assert len(found) == 3
    for one in found.values():
        facts = helpers.facts_of(one)
        assert one.message.endswith(NAMED)
        assert facts["cause"] == "subscriber"
        assert "may bring its rows by the subscription from north" in facts["cause_evidence"]


def test_of_a_subscriber_only_what_is_replicated(
    subscriber: psycopg.Connection, url: sa.URL
) -> None:
    subscriber.execute(TELL)
    found, live = behind(url)
    for place, told in (("public.a.id", True), ("public.b.id", False), ("public.c.id", True)):
        one = found[place]
        assert one.message.endswith(NAMED) is told
        assert (helpers.facts_of(one)["cause"] == "subscriber") is told
        remedy = RULE.remedy(one, live, Options())
        assert isinstance(remedy, Manual) is told
    subscriber.execute("DELETE FROM pg_subscription_rel")


def test_who_may_not_see_the_publisher_s_password_sees_its_name(
    subscriber: psycopg.Connection, url: sa.URL
) -> None:
    subscriber.execute(
        "DROP ROLE IF EXISTS sequence_behind_reader; CREATE ROLE sequence_behind_reader LOGIN; "
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO sequence_behind_reader; "
        "GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO sequence_behind_reader"
    )
    found, live = behind(url.set(username="sequence_behind_reader"))
    assert live.database.subscriptions == ("from north",)
    assert len(found) == 3


def test_who_publishes_is_no_subscriber(connection: psycopg.Connection, url: sa.URL) -> None:
    connection.execute(ROWS.encode())
    connection.execute("CREATE PUBLICATION north FOR TABLE a")
    found, live = behind(url)
    assert live.database.subscriptions == ()
    assert not any("subscriber" in one.message for one in found.values())
