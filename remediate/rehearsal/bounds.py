"""Values by which a made-up row of a partitioned table finds a partition."""

import re
from collections.abc import Sequence

import psycopg

from remediate.postgres.queries import fetch
from remediate.snapshots.tables import Name

_RANGE = re.compile(r"FOR VALUES FROM \((.*)\) TO \(.*\)", re.DOTALL)
_LIST = re.compile(r"FOR VALUES IN \((.*)\)", re.DOTALL)
_VALUE = re.compile(r"'(?:[^']|'')*'|[^\s,']+")
_HASH = "h"


def within(connection: psycopg.Connection, table: Name) -> dict[str, str]:
    """The partition key of a row, as SQL, that a partition takes; {} where any row finds one.

    Of ranges the lower bound, which belongs to them; of lists the first value.
    """
    tree = fetch(connection, __package__, "partition_bounds", str(table))
    found: dict[str, str] = {}
    here = tree[0][0] if tree else ""
    while children := [row for row in tree if row[0] == here]:
        _, _, strategy, columns, _ = children[0]
        if strategy == _HASH or any(bound == "DEFAULT" for *_, bound in children):
            return found
        fitting = ((child, _first(bound)) for _, child, _, _, bound in children)
        here, values = next(((c, v) for c, v in fitting if len(v) == len(columns)), ("", ()))
        found |= dict(zip(columns, values, strict=False))
    return found


def _first(bound: str) -> Sequence[str]:
    """One value for each column; fewer where the partition has no lowest."""
    if match := _RANGE.fullmatch(bound):
        return [v for v in _VALUE.findall(match[1]) if v not in ("MINVALUE", "MAXVALUE")]
    match = _LIST.fullmatch(bound)
    values = _VALUE.findall(match[1]) if match else []
    return [v for v in values if v != "NULL"][:1]
