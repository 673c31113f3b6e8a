"""The statements that read the catalog, each in a file of its own."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from remediate.schema import Name
from remediate.sql import literal

Row = Any  # a mapping of the statement's column names


def text(name: str) -> str:
    """The text of `sql/<name>.sql`."""
    return files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8").strip()


def wanted(places: Sequence[tuple[Name, str]]) -> str:
    """The part of a statement that is about these columns: as `wanted`, and `below` them."""
    named = (f"({', '.join(map(literal, (*name, column)))})" for name, column in places)
    return text("wanted").replace("{places}", ", ".join(named))


def rows(connection: Connection, name: str, **parts: str) -> Sequence[Row]:
    """The rows of `sql/<name>.sql`, with `{part}` replaced by SQL that was made safe before."""
    statement = text(name)
    for part, made in parts.items():
        statement = statement.replace(f"{{{part}}}", made)
    return connection.exec_driver_sql(statement).mappings().all()
