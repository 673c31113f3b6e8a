"""Rows for a project's own tests: of each table one that may be inserted, after its parents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from remediate.postgres import client
from remediate.project.reading import Reading
from remediate.rehearsal import row_values
from remediate.snapshots.tables import Name
from remediate.verification.cases import Cases, LeftOut, Row, Untestable, in_a_circle, row
from remediate.verification.delete_cases import tables_of


@dataclass(frozen=True, slots=True)
class MadeUp:
    """The cases for which rows can be made up, and these rows."""

    cases: Cases
    rows: Mapping[Name, Row]  # of each table that they need
    others: Mapping[Name, tuple[Row, Row]]  # two more of each table that others refer to
    sound: frozenset[Name]  # tables of which a row can be inserted
    checked: frozenset[tuple[Name, str]]  # columns of references that a CHECK is about


def made_up(cases: Cases, reading: Reading) -> MadeUp:
    """Those of which a row can be made up, and these rows, each after its parents."""
    keys = {key.table: key.column for key in cases.keys}
    targets = {fk.target for fk in cases.references}
    rows: dict[Name, Row] = {}
    unknown = set()
    with client.connect(reading.libpq) as connection, row_values.reading(connection):
        todo = [*cases.tables, *tables_of(cases.references)]
        while todo:
            table = todo.pop()
            values = row_values.literals(connection, table, keys.get(table, ""))
            if values is None:
                unknown.add(table)
            rows[table] = row(table, values or {}, reading.live)
            todo += [parent for parent in rows[table].parents if parent not in rows]
        values_of = {
            (table, number): row_values.literals(connection, table, keys.get(table, ""), number)
            for table in targets
            for number in (2, 3)
        }
        checked = {
            (table, column)
            for table in {fk.table for fk in cases.references}
            for column in row_values.checked(connection, table)
        }
    more = {
        place: row(place[0], v, reading.live) for place, v in values_of.items() if v is not None
    }
    others = {t: (more[t, 2], more[t, 3]) for t in targets if {(t, 2), (t, 3)} <= more.keys()}
    return _sound(cases, rows, others, unknown, frozenset(checked))


def _sound(
    cases: Cases,
    rows: Mapping[Name, Row],
    others: Mapping[Name, tuple[Row, Row]],
    unknown: set[Name],
    checked: frozenset[tuple[Name, str]],
) -> MadeUp:
    circles = {table for table in rows if in_a_circle(table, rows)}
    sound = {t for t in rows if not {t, *_above(t, rows, circles)} & (unknown | circles)}
    left_out = [LeftOut(table, Untestable.NO_ROW) for table in cases.tables if table not in sound]
    kept = Cases(
        tuple(k for k in cases.keys if k.table in sound),
        tuple(fk for fk in cases.references if fk.table in sound),
        (*cases.left_out, *left_out),
    )
    wanted = {*kept.tables, *(fk.target for fk in kept.references if fk.target in sound)}
    needed = {t for table in wanted for t in (table, *_above(table, rows, circles))}
    return MadeUp(kept, {t: rows[t] for t in sorted(needed)}, others, frozenset(sound), checked)


def _above(table: Name, rows: Mapping[Name, Row], circles: Iterable[Name]) -> set[Name]:
    """Every table in which a row must stand before."""
    parents = () if table in circles else rows[table].parents
    return set(parents).union(*(_above(parent, rows, circles) for parent in parents))
