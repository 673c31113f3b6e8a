"""What a rollback leaves moved, sequences, brought to where they were."""

import psycopg

REWIND = """
SELECT setval(oid, value, called) FROM stood
WHERE pg_sequence_last_value(oid) IS DISTINCT FROM CASE WHEN called THEN value END
"""


def remember(connection: psycopg.Connection) -> None:
    """Where every sequence stands, for REWIND."""
    connection.execute("CREATE TEMPORARY TABLE stood (oid oid, value bigint, called boolean)")
    sequences = connection.execute(
        "SELECT oid, oid::regclass::text FROM pg_class WHERE relkind = 'S'"
    )
    for oid, name in sequences.fetchall():
        stand = f"INSERT INTO stood SELECT {oid}, last_value, is_called FROM {name}"
        connection.execute(stand.encode())
