"""MD001 and MD002: models that are narrower than ids in use, and what drivers make of them."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from remediate.findings.finding import Finding, Options
from remediate.rules.models import model_key_type, model_reference_type
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

METADATA = sa.MetaData()
ACCOUNTS = sa.Table("accounts", METADATA, sa.Column("no", sa.Integer, primary_key=True))
ENTRIES = sa.Table(
    "entries", METADATA, sa.Column("no", sa.BigInteger, primary_key=True),
    sa.Column("account", sa.Integer, sa.ForeignKey("accounts.no")),
)  # fmt: skip
SMALL = sa.MetaData()
sa.Table("accounts", SMALL, sa.Column("no", sa.SmallInteger, primary_key=True))
sa.Table(
    "entries", SMALL, sa.Column("no", sa.BigInteger, primary_key=True),
    sa.Column("account", sa.SmallInteger),
)  # fmt: skip
KEYS = """
CREATE TABLE accounts (no bigserial PRIMARY KEY);
CREATE TABLE entries (no bigserial PRIMARY KEY, account bigint REFERENCES accounts);
"""
HIGH, SEQUENCE = "INSERT INTO accounts VALUES ({})", "SELECT setval('accounts_no_seq', {})"
LOW = "ALTER SEQUENCE accounts_no_seq INCREMENT -1 MINVALUE -3000000000 RESTART -2147483650"


def found(url: sa.URL, ddl: str, metadata: sa.MetaData) -> list[tuple[str, str, str, bool]]:
    with helpers.connected(url) as connection:
        connection.execute((KEYS + ddl).encode())
    models = helpers.declared(metadata)
    live = helpers.snapshot(url, models)
    return [
        (f.rule, str(f.severity), str(rule.outlook(f, live).when), "are in use" in f.message)
        for rule in (model_key_type.RULE, model_reference_type.RULE)
        for f in rule.find(live, models, Options())
        if isinstance(f, Finding)
    ]


def both(severity: str, when: str, *, beyond: bool) -> list[tuple[str, str, str, bool]]:
    return [(rule, severity, when, beyond) for rule in ("MD001", "MD002")]


@pytest.mark.parametrize(
    ("ddl", "metadata"),
    [
        (HIGH.format(2147483648), METADATA),
        (SEQUENCE.format(2147483648), METADATA),
        (LOW, METADATA),
        (HIGH.format(40000), SMALL),
    ],
)
def test_ids_are_beyond_the_model(ddl: str, metadata: sa.MetaData, url: sa.URL) -> None:
    assert found(url, ddl, metadata) == both("warning", "now", beyond=True)


@pytest.mark.parametrize(
    ("ddl", "metadata"),
    [
        (HIGH.format(2147483647), METADATA),
        (SEQUENCE.format(2147483647), METADATA),
        (HIGH.format(32767), SMALL),
        ("", METADATA),
    ],
)
def test_every_id_fits_the_model(ddl: str, metadata: sa.MetaData, url: sa.URL) -> None:
    assert found(url, ddl, metadata) == both("info", "some day", beyond=False)


def test_a_model_that_is_wide_enough(url: sa.URL) -> None:
    wide = sa.MetaData()
    sa.Table("accounts", wide, sa.Column("no", sa.BigInteger, primary_key=True))
    assert found(url, HIGH.format(2**40), wide) == []


def insert_with(driver: str, url: sa.URL) -> None:
    insert = ENTRIES.insert().values(no=1, account=2**31)
    target = url.set(drivername=f"postgresql+{driver}")
    with helpers.connected(url) as connection:
        connection.execute((KEYS + HIGH.format(2**31)).encode())

    async def run() -> None:
        async with create_async_engine(target, poolclass=sa.NullPool).begin() as connection:
            await connection.execute(insert)

    if driver == "asyncpg":
        asyncio.run(run())
        return
    with sa.create_engine(target, poolclass=sa.NullPool).begin() as connection:
        connection.execute(insert)


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_drivers_that_send_the_type_of_the_model(driver: str, url: sa.URL) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=r"out of (int32 )?range"):
        insert_with(driver, url)


def test_a_driver_that_sends_digits(url: sa.URL) -> None:
    insert_with("psycopg2", url)
