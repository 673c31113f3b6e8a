"""What a driver says, as a sentence with what to do about it."""

import psycopg
import pytest

from remediate.postgres.connections import database_problem


@pytest.mark.parametrize(
    ("said", "do"),
    [
        ("FATAL:  sorry, too many clients already", "pg_stat_activity"),
        ("FATAL:  remaining connection slots are reserved for roles", "pg_stat_activity"),
        ("FATAL:  no more connections allowed (max_client_conn)", "pg_stat_activity"),
        ("FATAL:  unsupported startup parameter: options", "accepts no options"),
        ("terminating connection due to conflict with recovery", "connect to the primary"),
        ("terminating connection due to idle-in-transaction timeout", "Allow this session more"),
        ('password authentication failed for user "u"', "Check the user and the password"),
        ('database "d" does not exist', "Check the database's name"),
        ("could not connect", "Check that the server runs"),
    ],
)
def test_what_to_do(said: str, do: str) -> None:
    assert do in database_problem(psycopg.OperationalError(said), "it cannot be used").hint
