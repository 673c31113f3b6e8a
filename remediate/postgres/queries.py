"""SQL that is longer than a line: in .sql files beside the modules that run it."""

from functools import cache
from importlib.resources import files
from typing import Any

from remediate.postgres.client import Connection


@cache
def query(package: str, name: str) -> str:
    """The text of `sql/<name>.sql` in the folder of this package."""
    return files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8").strip()


def fetch(
    connection: Connection, package: str, name: str, *parameters: object
) -> list[tuple[Any, ...]]:
    """The rows of such a query, with `parameters` for its `%s`."""
    return connection.execute(query(package, name).encode(), parameters or None).fetchall()
