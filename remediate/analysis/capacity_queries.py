"""The read-only query that shows how far a key is on its way to the end of its ids."""

from remediate.analysis.column_queries import still_drawn
from remediate.analysis.facts import SequenceFacts
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding
from remediate.postgres.sql import ident, literal, regclass
from remediate.snapshots.tables import Name

_ENDS = {
    False: ("seqmax", "32767", "2147483647", "9223372036854775807"),
    True: ("seqmin", "-32768", "-2147483648", "-9223372036854775808"),
}


def used(finding: Finding, share: float, limit: int) -> str:
    """The position, the end and what is left, as long as this share of all ids is used.

    The end is that of the sequence or of the column, whichever comes first. Reads the sequence, or
    the table where there is none.
    """
    table, column = finding.place.at_column
    down = limit < 0
    sequence = part_of(finding.facts, SequenceFacts)
    if sequence:
        position = f"SELECT last_value AS id FROM {sequence.sequence.sql}"
    else:
        position = f"SELECT {'min' if down else 'max'}({ident(column)}) AS id FROM {table.sql}"
    return (
        'SELECT p.id AS "position", e.last AS "end", e.last - p.id AS "left"\n'
        f"FROM ({position}) p, (\n"
        f"SELECT {'max' if down else 'min'}(ends.last) AS last FROM (\n"
        f"{_of_sequence(sequence, down=down)}{_of_column(table, column, down=down)}"
        f") AS ends (last)) e\nWHERE p.id::numeric / e.last >= {share}"
        + (f"\n  AND {still_drawn(finding)}" if sequence else "")
    )


def _of_sequence(sequence: SequenceFacts | None, *, down: bool) -> str:
    if sequence is None:
        return ""
    end, oid = _ENDS[down][0], regclass(*sequence.sequence)
    return f"  SELECT {end}::numeric FROM pg_sequence WHERE seqrelid = {oid}\n  UNION ALL\n"


def _of_column(table: Name, column: str, *, down: bool) -> str:
    """The end of the type; of a numeric with a precision that of its digits."""
    _, two, four, eight = _ENDS[down]
    digits = "(CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END - 4) >> 16"
    return (
        "  SELECT CASE\n"
        f"    WHEN t.typlen = 2 THEN {two} WHEN t.typlen = 4 THEN {four}\n"
        f"    WHEN {digits} > 0 AND coalesce(nullif(t.typbasetype, 0), t.oid) = "
        "'numeric'::regtype\n"
        f"      THEN {'1 - ' if down else ''}10::numeric ^ ({digits}){'' if down else ' - 1'}\n"
        f"    ELSE {eight} END\n"
        "  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid\n"
        f"  WHERE a.attrelid = {regclass(*table)} AND a.attname = {literal(column)}\n"
    )
