"""What Alembic's own comparison proposes, as a criterion of `remediate status`."""

from collections.abc import Callable, Iterator

from remediate.analysis.audit.autogenerate import Compared, Kind, Proposed
from remediate.findings.effects import Aim
from remediate.plans.criteria import Criterion, Met
from remediate.postgres.sql import quote
from remediate.project.reading import Reading
from remediate.snapshots.tables import Name

_COUNTED = {
    Kind.DROP_TABLE, Kind.CREATE_TABLE, Kind.DROP_CONSTRAINT, Kind.ADD_CONSTRAINT,
    Kind.DROP_COLUMN, Kind.ALTER_COLUMN, Kind.ADD_COLUMN,
}  # fmt: skip
_COMMENT = "comment"


def criterion(
    compared: Compared, reading: Reading, inside: Callable[[Name], bool], within: str
) -> Criterion:
    """Met where nothing is proposed for the tables `inside`, and all of them were compared."""
    aim = Aim.COMPARISON_CLEAN
    found = [
        one
        for one in compared.proposed
        if (one.table is None or inside(one.table)) and _counts(one)
    ]
    if found:
        why = f"it proposes to {_named(found[0])}"
        return Criterion(aim, Met.NO, tuple(map(_named, found)), why)
    if reason := compared.failure or next(_unseen(compared, reading, inside), ""):
        return Criterion(aim, Met.UNKNOWN, why=reason)
    return Criterion(aim, Met.YES, why=within)


def _counts(one: Proposed) -> bool:
    """Tables, constraints and columns; not indexes, and not what a comment says."""
    return one.kind in _COUNTED and not (one.kind is Kind.ALTER_COLUMN and one.detail == _COMMENT)


def _unseen(compared: Compared, reading: Reading, inside: Callable[[Name], bool]) -> Iterator[str]:
    """Why nothing that was proposed does not mean that nothing differs."""
    declared, live = reading.declared, reading.live
    for metadata in declared.metadatas:
        if not metadata.tracked and any(map(inside, metadata.tables)):
            yield f"Alembic does not see {metadata.name or 'a MetaData'}"
        if late := next(filter(inside, metadata.late), None):
            yield f"env.py does not import the model of {late}"
    for module in declared.unread_modules:
        yield f"{module.file}: {module.reason}"
    if not compared.types:
        yield "env.py leaves types out (compare_type)"
    if not compared.include_schemas:
        schemas = sorted({t.name.schema for t in live.tables if inside(t.name)})
        beyond = [name for name in schemas if name != live.database.default_schema]
        if beyond:
            yield f"env.py does not set include_schemas: {', '.join(map(quote, beyond))}"


def _named(one: Proposed) -> str:
    if one.kind in (Kind.ADD_CONSTRAINT, Kind.DROP_CONSTRAINT):
        what = f" {quote(one.name)}" if one.name else ""
        detail = f" {one.detail}" if one.detail else ""
        return f"{one.kind}{what} on {one.table}{detail}"
    name = f".{quote(one.name)}" if one.name else ""
    changes = f" ({one.detail})" if one.kind is Kind.ALTER_COLUMN and one.detail else ""
    return f"{one.kind} {one.table or ''}{name}{changes}"
