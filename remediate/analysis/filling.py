"""Who is to fill a key, the database or the application: what models and partitions tell."""

from remediate.analysis.facts import KeyEvidence
from remediate.snapshots.defaults import kind
from remediate.snapshots.live import Live, drawn_from, family
from remediate.snapshots.tables import (
    IN_COMPOSITE,
    NO_DEFAULT,
    Column,
    Generator,
    Name,
    Table,
)


def evidence_of(
    table: Table, column: Column, model: Table | None, live: Live
) -> tuple[KeyEvidence, ...]:
    """What shows, or makes likely, that the database is to fill the key."""
    told = {
        KeyEvidence.OWNED_SEQUENCE: bool(column.owned),
        KeyEvidence.MODELS: left_to_database(model, column),
        KeyEvidence.PARTITIONS: bool(generated_below(table, column, live)),
    }
    return tuple(evidence for evidence, holds in told.items() if holds)


def generated_below(table: Table, column: Column, live: Live) -> tuple[Column, ...]:
    """The column in each partition that generates it; none where nothing or a constant fills it."""
    below = family(table, live)[1:] if table.partitioned else ()
    columns = (t.column(column.name) for t in below if t.has(column.name))
    return tuple(c for c in columns if c.generator not in (Generator.NOTHING, Generator.CONSTANT))


def partitions_sequence(table: Table, column: Column, live: Live) -> Name | None:
    """The sequence from which most partitions draw."""
    drawn = [s.name for c in generated_below(table, column, live) if (s := drawn_from(c, live))]
    return max(sorted(set(drawn)), key=drawn.count, default=None)


def left_to_database(model: Table | None, column: Column) -> bool:
    """Whether the models expect the database to generate the key, and not to put a constant."""
    if model is None or column.name not in model.key:
        return False
    declared = model.column(column.name)
    # A constant server_default is the same in every row: as a single key that cannot be meant.
    constant = len(model.key) > 1 and kind(declared.default, draws=False) is Generator.CONSTANT
    return declared.generator is Generator.DATABASE and not constant


def filled_by_models(model: Table | None, column: Column, *, known: bool = False) -> str:
    """Why the models do not leave the key to the database; "" where they do, or are silent.

    `known`: something else shows that the database does; of a member of a composite key models say
    nothing unless they are made to.
    """
    if model is None or column.name not in model.key:
        return ""
    declared = model.column(column.name)
    if declared.generator is Generator.CLIENT_SEQUENCE:
        return f"the models call the sequence {declared.sequences[0]} themselves"
    if declared.generator is Generator.DATABASE:
        return ""
    if declared.default == NO_DEFAULT:
        return f"the models' key is of another type ({declared.type})"
    if declared.default == IN_COMPOSITE and known:
        return ""
    return f"the models fill it ({declared.default})"
