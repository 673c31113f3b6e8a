"""What the server_default of a column in the models says."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.snapshots.defaults import called_name, words
from remediate.snapshots.tables import Name

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def called(column: sa.Column[object], default_schema: str) -> tuple[Name, ...]:
    """The sequence that it calls, as text or as Sequence(...).next_value()."""
    given = getattr(column.server_default, "arg", None)
    if not isinstance(given, sa.sql.ClauseElement):  # a string is a literal, and calls nothing
        return ()
    parts = words(called_name(sql_of(given)))
    return (Name(*parts) if len(parts) > 1 else Name(default_schema, *parts),) if parts[:2] else ()


def sql_of(expression: sa.sql.ClauseElement) -> str:
    """Its SQL; "" where PostgreSQL has none for it."""
    try:
        return str(expression.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
    except sa.exc.CompileError:
        return ""
