"""What a repair is predicted to leave, in a form that can be compared with what it left."""

from dataclasses import replace
from typing import Any

from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Sequence, Table


def foreseen(live: Live) -> dict[str, Any]:
    """The part of a snapshot that a prediction has to get right, by place."""
    return {
        **{str(t.name): _table(t) for t in live.tables},
        **{str(s.name): _sequence(s) for s in live.sequences},
        **{f"{fk.table} {fk.name}": fk for fk in live.foreign_keys},
    }


def _table(table: Table) -> tuple[object, ...]:
    lacks = {(w.role, w.relation): set(w.lacks) for w in table.writers if w.lacks}
    return {c.name: _column(c) for c in table.columns}, lacks


def _column(column: Column) -> tuple[object, ...]:
    # An expression is printed as the search_path has it, and may be a literal; a domain may give it.
    plain = (Generator.NOTHING, Generator.SEQUENCE, Generator.IDENTITY)
    generator = column.generator if column.generator in plain else Generator.EXPRESSION
    return column.base_type, generator, column.sequences, {*column.owned}


def _sequence(sequence: Sequence) -> Sequence:
    # An identity asks for no grants; it gets those of ALTER DEFAULT PRIVILEGES all the same.
    return replace(
        sequence,
        oid=0,
        draws=tuple(sorted(sequence.draws)),
        last_value=sequence.next if sequence.used else None,  # of others it is not read
        is_called=False,
        users=() if sequence.identity else sequence.users,
    )
