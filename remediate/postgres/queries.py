"""Read the statements that are longer than a line from .sql files beside their modules."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from remediate.postgres.client import Connection

_HEADER = re.compile(r"(?:--[^\n]*\n)*")
_PART = re.compile(r"\{([a-z_]+)\}")


def query(package: str, name: str, **parts: str) -> str:
    """The statement in `sql/<name>.sql` of this package, without the comment at its head.

    `parts` replace each `{part}` by SQL that is safe already. Raises KeyError if one is missing.
    """
    statement = _statement(package, name)
    return _PART.sub(lambda match: parts[match[1]], statement) if parts else statement


@cache
def _statement(package: str, name: str) -> str:
    text = files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return _HEADER.sub("", text, count=1).strip()


def fetch(
    connection: Connection, package: str, name: str, *parameters: object
) -> list[tuple[Any, ...]]:
    """The rows of such a statement, with `parameters` for its `%s`."""
    return connection.execute(query(package, name).encode(), parameters or None).fetchall()
