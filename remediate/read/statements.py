"""The statements that read the catalog, each in a file of its own."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

Row = Any  # a mapping of the statement's column names


def rows(connection: Connection, name: str, **parts: str) -> Sequence[Row]:
    """The rows of `sql/<name>.sql`, with `{part}` replaced by SQL that was made safe before."""
    statement = files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    for part, text in parts.items():
        statement = statement.replace(f"{{{part}}}", text)
    return connection.exec_driver_sql(statement).mappings().all()
