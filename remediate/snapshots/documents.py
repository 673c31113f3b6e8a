"""Columns of jsonb that no GIN index serves, and what asks them for containment."""

from dataclasses import dataclass

from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Containment:
    """Queries that use operators which a GIN index serves, on one column."""

    operators: tuple[str, ...]  # @>, ?, ?|, ?&, @?, @@
    source: str  # where they were met: pg_stat_statements, or a function
    calls: int = 0  # as far as they are counted


@dataclass(frozen=True, slots=True)
class JsonColumn:
    """A column of jsonb without a GIN index."""

    table: Name
    column: str
    asked: Containment | None = None  # None: no such query is known


@dataclass(frozen=True, slots=True)
class Documents:
    """All of them, and whether the statements that ran could be read."""

    columns: tuple[JsonColumn, ...] = ()
    counted: bool = False  # pg_stat_statements shows the statements of every role


NO_DOCUMENTS = Documents()
