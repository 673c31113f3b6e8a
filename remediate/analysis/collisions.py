"""When a sequence meets an id that exists, and how much that matters."""

from remediate.analysis.capacity import DAYS, capacity
from remediate.analysis.outlooks import inserts_a_day
from remediate.findings.finding import Confidence, Severity
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.tables import Column, Table, Unique

SOON = 1000  # inserts


def inserts_until(table: Table, column: Column, live: Live) -> int | None:
    """The number of the insert that fails, from now; None where none is known to."""
    sequence = drawn_from(column, live)
    if column.collision is None or sequence is None or sequence.next is None:
        return None
    if column.unique is Unique.NO and table.identifying != (column.name,):
        return None
    values = (column.collision - sequence.next) // sequence.increment
    return values // sum(drawn_from(c, live) is sequence for c in table.columns) + 1


def weight(inserts: int, table: Table, column: Column, live: Live) -> tuple[Severity, Confidence]:
    """Of a collision after so many inserts; INFO is a lone id, far ahead."""
    if column.unique is Unique.TOGETHER:
        return Severity.WARNING, Confidence.LIKELY
    if column.unique is Unique.NO:
        return Severity.WARNING, Confidence.PROVEN  # nothing refuses it, as long as the key lacks
    a_month = DAYS * (inserts_a_day(table.inserts, live) or 0)
    if inserts <= max(SOON, a_month):
        return Severity.ERROR, Confidence.PROVEN
    room = capacity(table, column, live, cycling=True)
    near = room is not None and inserts <= room.remaining / 10
    return (Severity.WARNING if near else Severity.INFO), Confidence.PROVEN
