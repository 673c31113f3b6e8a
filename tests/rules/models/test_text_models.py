"""MD001 and MD002: models that say a text over uuid or integer, and what drivers make of them."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from remediate.findings.finding import Finding, Options
from remediate.rules.models import model_key_type, model_reference_type
from tests.support import helpers

METADATA = sa.MetaData()
BOATS = sa.Table("boats", METADATA, sa.Column("no", sa.String(36), primary_key=True))
TRIPS = sa.Table(
    "trips", METADATA, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("boat", sa.Text, sa.ForeignKey("boats.no")),
)  # fmt: skip
DDL = """
CREATE TABLE boats (no {0} PRIMARY KEY);
CREATE TABLE trips (id serial PRIMARY KEY, boat {0} REFERENCES boats);
INSERT INTO boats VALUES ('{1}');
"""
TYPES = [("uuid", "0b9c2f3e-1d55-4c1b-8a39-3f1f6f2a9d11"), ("bigint", "12")]


@pytest.mark.parametrize(("type_", "value"), TYPES)
def test_it_is_a_warning_of_now(type_: str, value: str, url: sa.URL) -> None:
    with helpers.connected(url) as connection:
        connection.execute(DDL.format(type_, value).encode())
    models = helpers.declared(METADATA)
    live = helpers.snapshot(url, models)
    rules = (model_key_type.RULE, model_reference_type.RULE)
    found = {
        f.rule: f for r in rules for f in r.find(live, models, Options()) if isinstance(f, Finding)
    }
    assert {rule: str(f.severity) for rule, f in found.items()} == {
        "MD001": "warning",
        "MD002": "warning",
    }
    assert {str(r.outlook(found[r.code], live).when) for r in rules} == {"now"}
    assert all(
        "PostgreSQL refuses asyncpg, psycopg and pg8000" in f.message for f in found.values()
    )


def insert_and_read(driver: str, url: sa.URL, value: str) -> int:
    target = url.set(drivername=f"postgresql+{driver}")
    insert, read = (
        TRIPS.insert().values(boat=value),
        sa.select(TRIPS.c.id).where(TRIPS.c.boat == value),
    )

    async def run() -> int:
        async with create_async_engine(target, poolclass=sa.NullPool).begin() as connection:
            await connection.execute(insert)
            return len((await connection.execute(read)).all())

    if driver == "asyncpg":
        return asyncio.run(run())
    with sa.create_engine(target, poolclass=sa.NullPool).begin() as connection:
        connection.execute(insert)
        return len(connection.execute(read).all())


@pytest.mark.parametrize(("type_", "value"), TYPES)
def test_what_drivers_make_of_it(type_: str, value: str, url: sa.URL) -> None:
    with helpers.connected(url) as connection:
        connection.execute(DDL.format(type_, value).encode())
    for driver in ("asyncpg", "psycopg"):
        with pytest.raises(
            sa.exc.DBAPIError, match=f"is of type {type_} but expression is of type"
        ):
            insert_and_read(driver, url, value)
    assert insert_and_read("psycopg2", url, value) == 1
