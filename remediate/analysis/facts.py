"""The facts that findings about keys and sequences have in common, as JSON values."""

from collections.abc import Iterable, Mapping

from remediate.findings.finding import Confidence, Finding, Place, Rule, Severity, found_at
from remediate.postgres.sql import quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate, ForeignKey
from remediate.snapshots.tables import Column, Name, Sequence, Table


def key_facts(table: Table, column: Column, live: Live) -> dict[str, object]:
    extremes = column.extremes
    return {
        "place": f"{table.name}.{quote(column.name)}",
        "type": column.type,
        "owner": table.owner,
        "rows": table.rows,
        "inserts": table.inserts,
        "lowest_id": extremes.low if extremes else None,
        "highest_id": extremes.high if extremes else None,
        "referenced_by": len(live.referrers.get(table.name, ())),
        "writers": sorted({w.role for w in table.writers}),
    }


def sequence_facts(sequence: Sequence) -> dict[str, object]:
    owner = sequence.owned_by
    return {
        "sequence": list(sequence.name),
        "sequence_type": sequence.type,
        "sequence_owned_by": [*owner[0], owner[1]] if owner else None,
        "next": sequence.next,
        "increment": sequence.increment,
        "minimum": sequence.minimum,
        "maximum": sequence.maximum,
    }


def constraint_facts(fk: ForeignKey, live: Live) -> dict[str, object]:
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
    declared: Declared,
) -> Finding:
    """A finding of this rule at a declared foreign key."""
    column = fk.columns[0] if len(fk.columns) == 1 else None
    place = Place(fk.table, column, fk.name)
    return found_at(rule, place, weight, facts, f"{place} {message}", declared)


def candidate_facts(candidate: Candidate, live: Live) -> dict[str, object]:
    """With the evidence, and the query that repeats it; of values no more than their shape."""
    found, table = candidate.evidence, live.table_of[candidate.table]
    facts: dict[str, object] = {
        "type": candidate.type,
        "references": list(candidate.target),
        "referenced_columns": [candidate.target_column],
        "referenced_types": [candidate.target_type],
        "name_fits": candidate.how,
        "model_type": candidate.model_type or None,
        "owner": table.owner,
        "rows": table.rows,
    }
    if found is None:
        return facts
    return facts | {
        "values": found.values,
        "every_row_read": found.whole,
        "come_back_as_they_are": found.canonical,
        "convertible": found.convertible,
        "present_in_parent": found.present,
        "without_parent": found.orphans,
        "not_convertible": found.inconvertible,
        "shapes": list(found.samples),
        "query": found.query,
    }


def at_candidate(
    rule: Rule,
    candidate: Candidate,
    weight: tuple[Severity, Confidence],
    facts: Mapping[str, object],
    message: str,
    declared: Declared,
) -> Finding:
    """A finding of this rule at a column without foreign key."""
    place = Place(candidate.table, candidate.column)
    return found_at(rule, place, weight, facts, f"{place} {message}", declared)


def candidate_of(finding: Finding, live: Live) -> Candidate:
    """The column that a finding is about."""
    place = (finding.place.table, finding.place.column)
    return next(c for c in live.candidates if (c.table, c.column) == place)


def spoken_of(finding: Finding, live: Live) -> ForeignKey:
    """The foreign key that a finding is about."""
    table = finding.place.table
    of_table = live.references.get(table, ()) if table else ()
    absent = [fk for fk in live.absent if fk.table == table]
    return next(fk for fk in (*of_table, *absent) if fk.name == finding.place.constraint)


def in_words(parts: Iterable[str]) -> str:
    """One, or "one and another"."""
    *rest, last = parts
    return f"{', '.join(rest)} and {last}" if rest else last


def rows_of(name: Name, live: Live) -> int:
    """The statistics' estimate; 0 where there is none."""
    table: Table | None = live.table_of.get(name)
    return max(table.rows or 0, 0) if table else 0
