"""One sequence for a partitioned table and all of its partitions."""

from remediate.analysis.facts import in_words
from remediate.analysis.filling import generated_below, partitions_sequence
from remediate.findings.remedy import Hold, Manual, Remedy
from remediate.findings.states import Default
from remediate.postgres.sql import expression, is_portable
from remediate.remedies.states import column_expected
from remediate.remedies.steps import draws, set_expression
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import Column, Generator, Name, Table


def of_partitions(table: Table, column: Column, live: Live) -> Name | None:
    """The sequence of the partitions, where nothing else draws from it and the table can own it.

    A partition that owns it would take it along when it is dropped.
    """
    name = partitions_sequence(table, column, live)
    if name is None:
        return None
    sequence = live.sequence_of[name]
    ours = {t.name for t in family(table, live)}
    using = {owner for owner, _ in (*sequence.draws, *filter(None, (sequence.owned_by,)))}
    same = (name.schema, sequence.owner) == (table.name.schema, table.owner)
    free = not sequence.identity and not sequence.used_elsewhere
    return name if same and free and using <= ours else None


def expression_of_partitions(table: Table, column: Column, live: Live) -> Remedy | Manual | None:
    """The default of the partitions for all, where it is no plain sequence; None where it is."""
    generated = generated_below(table, column.name, live)
    if not generated or partitions_sequence(table, column, live):
        return None
    written = {c.default for c in generated}
    if len(written) > 1 or not all(map(is_portable, written)):
        return Manual(
            f"its partitions have different defaults, {in_words(sorted(written))}: decide which "
            "one is right for the partitioned table"
        )
    default = written.pop()
    changed = [t for t in family(table, live) if _is_bare(t, column.name)]
    return Remedy(
        title=f"set the default of its partitions, {default}",
        undo="drop the default",
        steps=tuple(
            set_expression(t.name, t.column(column.name), expression(default)) for t in changed
        ),
        holds=tuple(Hold(t.name) for t in changed),
        expectations=tuple(
            column_expected(t, t.column(column.name), default=Default(default)) for t in changed
        ),
    )


def _is_bare(table: Table, column: str) -> bool:
    return table.has(column) and table.column(column).generator is Generator.NOTHING


def diverges(relation: Table, root: Table, column: Column, sequence: Name) -> bool:
    """Whether a partition has another sequence than the one that its partitioned table gets."""
    if relation.name == root.name or not root.partitioned or draws(column):
        return False
    own = relation.column(column.name) if relation.has(column.name) else None
    return own is not None and draws(own) and own.sequences[0] != sequence
