"""Who is right where models and database differ: the database, unless somebody decided it."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from remediate.model_facts import widths_differ
from remediate.schema import INTEGER_MAX, Name
from remediate.snapshot import Snapshot

DATABASE, MODELS = "database", "models"


def right_side(table: Name, column: str, right: Mapping[str, str]) -> str:
    """ "models" or "database", by [tool.remediate.right]: the first glob that fits."""
    names = (f"{table.schema}.{table.name}.{column}", f"{table.name}.{column}")
    found = (side for glob, side in right.items() if any(fnmatchcase(n, glob) for n in names))
    return next(found, DATABASE)


def widened_by_models(
    live: Snapshot, declared: Snapshot, right: Mapping[str, str]
) -> Iterator[tuple[Name, str]]:
    """The keys whose models are wider, and right."""
    for table in declared.tables if right else ():
        for column in table.key:
            place = (table.name, column)
            model, database = declared.types.get(place, ""), live.types.get(place, "")
            decided = right_side(*place, right) == MODELS
            if decided and widths_differ(model, database) and _is_wider(model, database):
                yield place


def _is_wider(one: str, other: str) -> bool:
    return INTEGER_MAX[one] > INTEGER_MAX[other]
