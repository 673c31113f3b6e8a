"""The facts that findings about keys and sequences have in common, as JSON values."""

from remediate.schema import Column, Sequence, Table
from remediate.snapshot import Snapshot
from remediate.sql import quote


def key_facts(table: Table, column: Column, live: Snapshot) -> dict[str, object]:
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
