"""The facts that findings about foreign keys have in common, as JSON values."""

from collections.abc import Iterable, Mapping

from remediate.finding import Confidence, Finding, Place, Rule, Severity
from remediate.schema import ForeignKey, Name, Table
from remediate.snapshot import Snapshot


def constraint_facts(fk: ForeignKey, live: Snapshot) -> dict[str, object]:
    child, parent = live.table_of.get(fk.table), live.table_of.get(fk.target)
    return {
        "constraint": fk.name,
        "columns": list(fk.columns),
        "types": list(fk.declared),
        "references": list(fk.target),
        "referenced_columns": list(fk.target_columns),
        "referenced_types": list(fk.target_types),
        "on_delete": fk.on_delete or "NO ACTION",
        "owner": child.owner if child else None,
        "rows": child.rows if child else None,
        "referenced_rows": parent.rows if parent else None,
    }


def of_constraint(
    rule: Rule,
    fk: ForeignKey,
    weight: tuple[Severity, Confidence],
    facts: Mapping[str, object],
    message: str,
    declared: Snapshot,
) -> Finding:
    """A finding of this rule at a declared foreign key."""
    model = declared.table_of.get(fk.table)
    column = fk.columns[0] if len(fk.columns) == 1 else None
    place = Place(fk.table, column, fk.name)
    source = model.model if model else None
    return Finding(rule.code, rule.name, place, *weight, f"{place} {message}", facts, source)


def spoken_of(finding: Finding, live: Snapshot) -> ForeignKey:
    """The foreign key that a finding is about."""
    table = finding.place.table
    of_table = live.references.get(table, ()) if table else ()
    return next(fk for fk in of_table if fk.name == finding.place.constraint)


def in_words(parts: Iterable[str]) -> str:
    """One, or "one and another"."""
    *rest, last = parts
    return f"{', '.join(rest)} and {last}" if rest else last


def rows_of(name: Name, live: Snapshot) -> int:
    """The statistics' estimate; 0 where there is none."""
    table: Table | None = live.table_of.get(name)
    return max(table.rows or 0, 0) if table else 0
