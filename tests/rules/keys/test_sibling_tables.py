"""PK001 without models: what a table of the same name or the same columns tells of a key."""

import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.rules.keys.key_without_default import RULE
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

SIGN = "the same table in other schemas has a generated key"
ALIKE = "tables with the same columns have generated keys"
COLUMNS = "name text, born date"


def tables(**keys: str) -> str:
    """A table of the same columns for each name, "schema__name": with this key."""
    made = []
    for name, key in keys.items():
        schema, _, table = name.partition("__")
        made.append(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        made.append(f"CREATE TABLE {schema}.{table} ({key} PRIMARY KEY, {COLUMNS})")
    return "; ".join(made)


def found(url: sa.URL, ddl: str) -> dict[str, tuple[str, list[str]]]:
    with helpers.connected(url) as connection:
        connection.execute(ddl.encode())
    return {
        str(f.place): (str(f.confidence), [s for s in helpers.facts_of(f)["evidence"] if s in (SIGN, ALIKE)])
        for f in RULE.find(helpers.snapshot(url), Declared(), Options())
        if isinstance(f, Finding)
    }  # fmt: skip


TENANTS = tables(
    north__clients="id serial",
    south__clients="id integer GENERATED ALWAYS AS IDENTITY",
    south__orders="id serial",
    west__clients="id integer",
)


@pytest.mark.parametrize(
    ("ddl", "expected"),
    [
        (TENANTS, {"west.clients.id": ("likely", [SIGN])}),
        (
            tables(north__clients="id serial", south__clients="id serial", west__clients="id integer"),
            {"west.clients.id": ("likely", [SIGN])},
        ),
        (
            tables(north__clients="id serial", west__clients="id integer", west__orders="no serial"),
            {"west.clients.id": ("likely", [SIGN])},
        ),
        (
            tables(north__clients="id serial", south__clients="id serial", landing__clients="id integer"),
            {"landing.clients.id": ("possible", [])},
        ),
        (
            tables(shop__clients="id serial", mirror__clients="id integer", mirror__orders="id integer",
                   shop__orders="id serial"),
            {"mirror.clients.id": ("possible", []), "mirror.orders.id": ("possible", [])},
        ),
        (
            tables(a__clients="id serial", b__clients="id integer", c__clients="id integer",
                   b__orders="no serial"),
            {"b.clients.id": ("possible", []), "c.clients.id": ("possible", [])},
        ),
        (
            tables(north__clients="id serial", south__clients="id serial", old__clients="id integer"),
            {},
        ),
        (
            tables(s__inbox_1="id serial", s__inbox_2="id serial", s__inbox_3="id integer"),
            {"s.inbox_3.id": ("likely", [ALIKE])},
        ),
        (
            tables(s__inbox_1="id serial", t__elsewhere="id integer"),
            {"t.elsewhere.id": ("possible", [])},
        ),
        (
            tables(north__clients="id serial", south__clients="id serial", west__clients="id serial",
                   clients_backup_2024__clients="id integer", replica__clients="id integer"),
            {"clients_backup_2024.clients.id": ("possible", []), "replica.clients.id": ("possible", [])},
        ),
        (
            "CREATE TABLE ticks (id bigserial PRIMARY KEY, sym text, px integer) PARTITION BY RANGE (id);"
            "CREATE TABLE ticks_1 PARTITION OF ticks FOR VALUES FROM (1) TO (9);"
            "CREATE TABLE ticks_2 PARTITION OF ticks FOR VALUES FROM (9) TO (99);"
            "CREATE TABLE ticks_tmpl (id bigint PRIMARY KEY, sym text, px integer)",
            {"public.ticks_tmpl.id": ("possible", [])},
        ),
    ],
    ids=["identity", "two", "one", "loaded", "mirrored", "half", "archived", "shards", "copy", "copies", "partitions"],
)  # fmt: skip
def test_what_other_tables_tell(
    ddl: str, expected: dict[str, tuple[str, list[str]]], url: sa.URL
) -> None:
    assert found(url, ddl) == expected
