"""Whether a refused statement was put together by a function, from the values of the row.

What it names may then be there for other values: 'INSERT INTO ev_' || to_char(NEW.at, 'YYYYMM').
"""

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch


def is_made_up(connection: Connection, error: psycopg.Error) -> bool:
    """Whether no function spells the statement that PostgreSQL refused.

    PL/pgSQL names EXECUTE in the context, untranslated; of other languages each statement is one.
    """
    context, statement = error.diag.context or "", error.diag.internal_query or ""
    if "PL/" not in context or ("PL/pgSQL" in context and "EXECUTE" not in context):
        return False
    return not fetch(connection, __package__, "spelled", statement)[0][0]
