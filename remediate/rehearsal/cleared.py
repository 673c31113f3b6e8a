"""Take away what could refuse a row beside its key, in a transaction that is thrown away."""

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.snapshots.tables import PUBLIC, Name, Table, Writer


def clear_the_way(connection: Connection, table: Table, column: str, writer: Writer) -> None:
    """Other columns, checks, references, policies, rules, and parents that have them."""
    if writer.role != PUBLIC:
        schemas = ", ".join({ident(table.name.schema), ident(writer.relation.schema)})
        grant = f"GRANT USAGE ON SCHEMA {schemas} TO {ident(writer.role)}"
        connection.execute(grant.encode())
    name, alter = str(table.name), f"ALTER TABLE {table.name.sql}"
    # NOT NULL and CHECK of a parent cannot be taken from its child.
    for schema, parent, partition in fetch(connection, __package__, "parents", name):
        above = Name(schema, parent).sql
        connection.execute(
            f"ALTER TABLE {above} DETACH PARTITION {table.name.sql}".encode()
            if partition
            else f"{alter} NO INHERIT {above}".encode()
        )
    actions = [
        *(
            f"ALTER {ident(c)} DROP NOT NULL"
            for c in _names(connection, "required_columns", name, column)
        ),
        *(f"DROP CONSTRAINT {ident(c)}" for c in _names(connection, "checks", name)),
        *(f"DISABLE RULE {ident(r)}" for r in _names(connection, "rules", name)),
        "DISABLE ROW LEVEL SECURITY",
    ]
    connection.execute(f"{alter} {', '.join(actions)}".encode())
    if any(row[0] for row in fetch(connection, __package__, "needs_partition", name)):
        rest = Name(table.name.schema, "remediate_rest").sql
        connection.execute(f"CREATE TABLE {rest} PARTITION OF {table.name.sql} DEFAULT".encode())
    connection.execute("SET LOCAL session_replication_role = replica")


def _names(connection: Connection, query: str, *parameters: str) -> list[str]:
    return [row[0] for row in fetch(connection, __package__, query, *parameters)]
