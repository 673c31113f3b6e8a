"""The rows of the live database that a statement of a revision reads."""

from collections.abc import Iterable

from remediate.lint.parser import nodes, walk_typed
from remediate.postgres.sql import ident
from remediate.rehearsal.held import Rows, State, Unknown


def read(state: State, *parts: nodes.AstNode | None) -> str:
    """What follows FROM; "" where they read none. It gives a row where there is one."""
    inner = [one for part in parts if part for _, one in walk_typed(part)]
    within = {one.ctename for one in inner if isinstance(one, nodes.CommonTableExpr)}
    tables = [one for one in inner if isinstance(one, nodes.RangeVar)]
    return union(_sql(state, one) for one in tables if one.schemaname or one.relname not in within)


def _sql(state: State, relation: nodes.RangeVar) -> str:
    found = state.held(relation)
    if found is None:  # a view
        return ident(*filter(None, (relation.schemaname, relation.relname)))
    return found.sql if isinstance(found, Rows | Unknown) else ""


def union(several: Iterable[str]) -> str:
    """One of all these that are not ""."""
    found = [*dict.fromkeys(filter(None, several))]
    if len(found) < 2:
        return "".join(found)
    return f"({' UNION ALL '.join(f'SELECT 1 FROM {one} AS held' for one in found)})"
