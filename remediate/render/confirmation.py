"""Queries that show a person a defect, and afterwards its repair: they read the catalog only."""

from collections.abc import Iterable, Mapping

from remediate.findings.finding import Finding
from remediate.findings.remedy import Remedy
from remediate.findings.states import Type
from remediate.postgres.sql import literal, regclass
from remediate.snapshots.tables import Name

_COLUMNS = "SELECT a.attrelid::regclass AS table, a.attname AS column,\n"


def keys(findings: Iterable[Finding]) -> list[str]:
    """Table and column of each, in SQL; several findings may be at one."""
    places = (f.place for f in findings)
    found = [_column(p.table, p.column) for p in places if p.table and p.column]
    return list(dict.fromkeys(found))


def filled_by(findings: Iterable[Finding]) -> str:
    """What fills the keys that the findings are about."""
    listed = ",\n  ".join(keys(findings))
    return (
        f"{_COLUMNS}"
        "  CASE WHEN a.attidentity <> '' THEN 'identity'\n"
        "       ELSE coalesce(pg_get_expr(d.adbin, 0), 'NO DEFAULT') END AS filled_by\n"
        "FROM pg_attribute a\n"
        "LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)\n"
        f"WHERE (a.attrelid, a.attname) IN (\n  {listed})\n"
        "ORDER BY 1, 2;"
    )


def retyped(remedies: Iterable[Remedy]) -> dict[tuple[Name, str], tuple[str, str]]:
    """The columns whose type the repairs change, with the type before and after."""
    return {
        (where.relation, where.column): (state.before.name, state.after.name)
        for remedy in remedies
        for where in remedy.expectations
        for state in where.states
        if where.column and isinstance(state.before, Type) and isinstance(state.after, Type)
        if state.after != state.before
    }


def types(columns: Mapping[tuple[Name, str], tuple[str, str]]) -> str:
    """The types of these columns."""
    listed = ",\n  ".join(_column(table, column) for table, column in sorted(columns))
    return (
        f"{_COLUMNS}"
        "  format_type(a.atttypid, a.atttypmod) AS type\n"
        "FROM pg_attribute a\n"
        f"WHERE (a.attrelid, a.attname) IN (\n  {listed})\n"
        "ORDER BY 1, 2;"
    )


def _column(table: Name, column: str) -> str:
    return f"({regclass(*table)}, {literal(column)})"
