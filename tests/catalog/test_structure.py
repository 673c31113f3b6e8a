"""What an audit reads besides the snapshot, on every version."""

import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.catalog import structure as structures
from remediate.snapshots.structure import Actions, ColumnShape
from remediate.snapshots.tables import Name
from tests.support import helpers

DDL = """
CREATE DOMAIN code AS varchar(8) DEFAULT 'x';
CREATE TABLE tenants (id integer, code code, PRIMARY KEY (id, code));
CREATE TABLE orders (
  id serial, tenant integer NOT NULL, code code, other integer UNIQUE,
  CONSTRAINT both_ FOREIGN KEY (tenant, code) REFERENCES tenants
    ON DELETE SET NULL (code) ON UPDATE CASCADE DEFERRABLE,
  CONSTRAINT self FOREIGN KEY (other) REFERENCES orders (other) ON DELETE SET NULL);
CREATE TABLE grown (d date) PARTITION BY RANGE (d);
CREATE TABLE grown_1 PARTITION OF grown FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE emptied (id integer); INSERT INTO emptied VALUES (1); DELETE FROM emptied;
INSERT INTO grown VALUES ('2020-02-02')
"""


def test_structure(url: sa.URL) -> None:
    with helpers.connected(url) as connection:
        late = connection.info.server_version >= 150000  # from then on SET NULL may name columns
        connection.execute((DDL if late else DDL.replace("SET NULL (code)", "SET NULL")).encode())
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        found = structures.read(connection, catalog.read(connection))
    orders = Name("public", "orders")
    assert found.by_table[orders][1:3] == (
        ColumnShape(orders, "tenant", "integer", "integer", not_null=True, filled=False),
        ColumnShape(
            orders, "code", "public.code", "character varying", not_null=False, filled=True
        ),
    )
    assert found.actions == {
        (orders, "both_"): Actions(
            "SET NULL",
            "CASCADE",
            deferrable=True,
            changed=("code",) if late else ("tenant", "code"),
        ),
        (orders, "self"): Actions("SET NULL", "", deferrable=False, changed=("other",)),
    }
    assert {name.name: held for name, held in found.holds_rows.items()} == {
        "emptied": False, "grown": True, "orders": False, "tenants": False,
    }  # fmt: skip
    assert Name("public", "grown_1") not in found.by_table
