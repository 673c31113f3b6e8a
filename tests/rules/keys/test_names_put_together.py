"""Keys that code fills from a sequence whose name it puts together, and by triggers."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.project.reading import Reading
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

PLACE = "public.parcels.id"
OF_TABLE = (
    "CREATE FUNCTION number_of(what text) RETURNS bigint LANGUAGE plpgsql AS $${}$$;"
    "CREATE TABLE parcels (id bigint PRIMARY KEY DEFAULT number_of('parcels'), v text);"
)
BY_TRIGGER = (
    "CREATE SEQUENCE parcel_numbers; CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $${}$$;"
    "CREATE TABLE parcels (id bigint PRIMARY KEY, v text);"
    "CREATE TRIGGER filling BEFORE INSERT ON parcels FOR EACH ROW {} EXECUTE FUNCTION fill();"
)
NAMED = "BEGIN RETURN nextval(what || '_numbers'); END"
LATER = "DECLARE s text := what || '_numbers'; BEGIN RETURN nextval(s); END"
EXECUTED = "DECLARE r bigint; BEGIN EXECUTE format('SELECT nextval(%L)', what || '_numbers') INTO r; RETURN r; END"
OWN = "BEGIN RETURN nextval(pg_get_serial_sequence('parcels', 'id')); END"


def told(url: sa.URL) -> tuple[list[str], list[str], list[str]]:
    """What is found of the key, what could not be verified, and what is healthy."""
    plan = planned(Reading(helpers.snapshot(url), Declared(), 1.0, {}), Config())
    found = [f"{i.finding.rule} {i.finding.severity} {i.finding.confidence}" for i in plan.items]
    unverified = [u.verify for u in plan.unverified if str(u.place) == PLACE]
    return found, unverified, [str(h.place) for h in plan.healthy if str(h.place) == PLACE]


def inserts(connection: psycopg.Connection) -> bool:
    try:
        connection.execute(b"INSERT INTO parcels (v) VALUES ('a')")
    except psycopg.errors.UndefinedTable:
        return False
    return True


GONE = (["PK002 error proven"], [], [])
UNTOLD = ([], ["SELECT public.number_of('parcels'::text)"], [])
HEALTHY = ([], [], [PLACE])


@pytest.mark.parametrize(("body", "there", "expected"), [
    (NAMED, "", GONE),
    (NAMED, "CREATE SEQUENCE parcels_numbers", HEALTHY),
    (NAMED.replace("what", "$1"), "", GONE),
    (LATER, "", UNTOLD),
    (LATER, "CREATE SEQUENCE parcels_numbers", UNTOLD),
    (EXECUTED, "", UNTOLD),
    (OWN, "CREATE SEQUENCE s OWNED BY parcels.id", HEALTHY),
    (OWN, "", UNTOLD),
    ("BEGIN RETURN 4 /* nextval(what) */; END", "", HEALTHY),
])  # fmt: skip
def test_a_function(
    body: str,
    there: str,
    expected: tuple[list[str], list[str], list[str]],
    url: sa.URL,
    connection: psycopg.Connection,
) -> None:
    connection.execute((OF_TABLE.format(body) + there).encode())
    assert told(url) == expected
    if expected != UNTOLD:
        assert inserts(connection) == (expected == HEALTHY)


ALWAYS = "BEGIN NEW.id := nextval('parcel_numbers'); RETURN NEW; END"
WHERE_NULL = "BEGIN IF NEW.id IS NULL THEN SELECT nextval('parcel_numbers') INTO NEW.id; END IF; RETURN NEW; END"
SOMETIMES = (
    "BEGIN IF NEW.v IS NULL THEN NEW.id := nextval('parcel_numbers'); END IF; RETURN NEW; END"
)
MAY = ["PK001 info possible", "PK002 info possible"]
SECOND = "CREATE TRIGGER another BEFORE INSERT ON parcels FOR EACH ROW EXECUTE FUNCTION fill();"


@pytest.mark.parametrize(("body", "when", "more", "expected"), [
    (ALWAYS, "", "", ["PK002 error proven"]),
    (WHERE_NULL, "", "", ["PK002 error proven"]),
    (SOMETIMES, "", "", MAY),
    (ALWAYS, "WHEN (NEW.v = 'b')", "", MAY),
    (ALWAYS, "", SECOND, MAY),
    (ALWAYS, "", "ALTER TABLE parcels DISABLE TRIGGER filling;", ["PK001 info possible"]),
])  # fmt: skip
def test_a_trigger(
    body: str,
    when: str,
    more: str,
    expected: list[str],
    url: sa.URL,
    connection: psycopg.Connection,
) -> None:
    others = "CREATE TABLE visits (nr serial PRIMARY KEY);"  # keys work here
    connection.execute((BY_TRIGGER.format(body, when) + others + more).encode())
    assert told(url)[0] == ["PK001 info possible"]
    connection.execute(b"DROP SEQUENCE parcel_numbers")
    assert sorted(told(url)[0]) == expected
    if expected == ["PK002 error proven"]:
        assert not inserts(connection)
