"""Made-up rows refer to rows that are there, whatever was made up for the reference."""

import psycopg
import pytest

from remediate.rehearsal.foreign_keys import foreign_keys
from remediate.rehearsal.messages import thrown_away
from remediate.rehearsal.parents import Parents
from remediate.snapshots.tables import Name

DDL = """
CREATE TABLE "user" (id serial PRIMARY KEY); INSERT INTO "user" DEFAULT VALUES;
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES "user")
"""


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(
    "made_up", ["1", "'9'::character varying(36)", "'x'", "'1999-01-01'::date"]
)
def test_a_value_of_another_type_than_the_key(connection: psycopg.Connection, made_up: str) -> None:
    """As of a column before its conversion."""
    connection.execute(DDL.encode())
    table = Name("public", "orders")
    keys = foreign_keys(connection, [table])[table]
    with thrown_away(connection, "SELECT") as transaction:
        found = Parents().referring(transaction, keys, {"user_id": made_up})
    assert found == {"user_id": "'1'"}
