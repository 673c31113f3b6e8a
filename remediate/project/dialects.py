"""Other databases than PostgreSQL, which env.py may open: a sentence, and no file left of them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.base import PGDialect

from remediate.errors import DatabaseProblem, UsageProblem
from remediate.system.paths import shown

_NAMES = {"sqlite": "SQLite", "mysql": "MySQL", "mariadb": "MariaDB", "mssql": "SQL Server"}
_LIKE_POSTGRESQL = ("cockroachdb", "redshift")  # their dialects are derived from PostgreSQL's
_HINT = (
    "Set the variable from which env.py takes its URL; or REMEDIATE_DATABASE_URL, where env.py "
    "uses sqlalchemy.url, or is left out: --metadata package.module:Base.metadata."
)


def check(context: MigrationContext) -> None:
    """Raises UsageProblem if the database is not a PostgreSQL."""
    connection = context.connection
    if not _is_postgresql(context.dialect):
        url = connection.engine.url if connection is not None and not context.as_sql else None
        raise _problem(context.dialect, url.database if url else None)


def _is_postgresql(dialect: sa.Dialect) -> bool:
    return isinstance(dialect, PGDialect) and dialect.name not in _LIKE_POSTGRESQL


def _problem(dialect: sa.Dialect, database: str | None) -> UsageProblem:
    name = _NAMES.get(dialect.name, dialect.name)
    where = shown(database) if database and dialect.name == "sqlite" else database
    return UsageProblem(
        f"env.py connects to {name}{f' ({where})' if where else ''}, and remediate works on "
        "PostgreSQL",
        _HINT,
    )


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Remove the empty files that SQLite makes of each database that is not there.

    Raises UsageProblem in place of an error of the database, where no PostgreSQL was opened.
    """
    opened: list[sa.Dialect] = []
    made: list[Path] = []

    def connecting(dialect: sa.Dialect, _: Any, arguments: list[Any], __: Any) -> None:
        opened.append(dialect)
        if dialect.name == "sqlite" and arguments and not Path(str(arguments[0])).exists():
            made.append(Path(str(arguments[0])))

    event.listen(sa.Engine, "do_connect", connecting)
    try:
        yield
    except DatabaseProblem as error:
        if opened and not any(map(_is_postgresql, opened)):
            raise _problem(opened[0], None) from error
        raise
    finally:
        event.remove(sa.Engine, "do_connect", connecting)
        for path in made:
            _remove_if_empty(path)


def _remove_if_empty(path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.is_file() and not path.stat().st_size:
            path.unlink()
