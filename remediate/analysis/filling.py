"""Who is to fill a key, the database or the application: what models and partitions tell."""

from collections.abc import Sequence

from remediate.analysis.facts import KeyEvidence, TriggerFacts
from remediate.analysis.keys import client_sequence
from remediate.analysis.names import hands_out_ids, is_loaded
from remediate.lint import Unsafe
from remediate.lint.values import name_parts
from remediate.snapshots.declared import Declared
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

SNOWFLAKE = 2**41  # milliseconds shifted by 10 bits or more: no sequence gets there


def evidence_of(
    table: Table, column: Column, model: Table | None, live: Live
) -> tuple[KeyEvidence, ...]:
    """What shows, or makes likely, that the database is to fill the key."""
    told = {
        KeyEvidence.OWNED_SEQUENCE: bool(column.owned),
        KeyEvidence.MODELS: left_to_database(model, column),
        KeyEvidence.PARTITIONS: bool(generated_below(table, column.name, live)),
    }
    return tuple(evidence for evidence, holds in told.items() if holds)


def generated_below(table: Table, column: str, live: Live) -> tuple[Column, ...]:
    """The column in each partition that generates it; none where nothing or a constant fills it."""
    below = family(table, live)[1:] if table.partitioned else ()
    columns = (t.column(column) for t in below if t.has(column))
    return tuple(c for c in columns if c.generator not in (Generator.NOTHING, Generator.CONSTANT))


def partitions_sequence(table: Table, column: Column, live: Live) -> Name | None:
    """The sequence from which most partitions draw."""
    below = generated_below(table, column.name, live)
    drawn = [s.name for c in below if (s := drawn_from(c, live))]
    return max(sorted(set(drawn)), key=drawn.count, default=None)


def fill_triggers(table: Table, live: Live) -> tuple[str, ...]:
    """The triggers that may fill a key at INSERT into the table: also those of its partitions."""
    relations = family(table, live) if table.partitioned else (table,)
    return tuple(dict.fromkeys(name for t in relations for name in t.fill_triggers))


def fillers(
    table: Table, column: Column, model: Table | None, live: Live, *, views: bool = False
) -> TriggerFacts:
    """What may fill a key: triggers, those of views too, logical replication, code of its class.

    For which tables is told once a subscription is refreshed; before, it may be any.
    """
    through = table.fill_views if views else ()
    told = any(one.subscribed for one in family(table, live))
    by = live.database.subscriptions if told or not live.some_subscribed else ()
    return TriggerFacts((*fill_triggers(table, live), *through), by, code_of(model, column))


def code_of(model: Table | None, column: Column) -> str:
    """The code of the mapped class that may make the key; "" where none is known."""
    return model.column(column.name).made_by if model and model.has(column.name) else ""


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
        return f"the models draw from the sequence {declared.sequences[0]} themselves"
    # Of numeric SQLAlchemy asks no database to generate it, unless told so.
    nothing = declared.default == NO_DEFAULT
    silent = nothing and declared.is_integer
    silent = silent or (declared.default == IN_COMPOSITE and known)
    if silent or declared.generator is Generator.DATABASE:
        return ""
    if nothing:
        return f"the key has another type in the models ({declared.type})"
    return f"the models supply it ({declared.default})"


def meant_by_models(unsafe: Unsafe, declared: Declared, live: Live) -> bool:
    """Whether models say, as the step of a revision does, that no database generates the key."""
    if unsafe.key is None:
        return False
    (schema, name), column = name_parts(unsafe.key[0]), unsafe.key[1]
    model = declared.table_of.get(Name(schema or live.database.default_schema, name))
    if model is None or column not in model.key:
        return False
    return model.column(column).generator is not Generator.DATABASE


def made_by_application(model: Table | None, column: Column) -> str:
    """Why ids so high are none of a sequence; "" where they are low, or the model has a default."""
    low = column.extremes.low if column.extremes else None
    said = model.column(column.name) if model and model.has(column.name) else None
    if column.owned or low is None or low <= SNOWFLAKE or (said and _has_default(said)):
        return ""
    return f"its lowest id, {low:,}, is above 2^41: the application supplies the ids"


def _has_default(said: Column) -> bool:
    """Whether the model has a server_default that is not the same in every row."""
    constant = kind(said.default, draws=False) is Generator.CONSTANT
    return said.generator is Generator.DATABASE and said.default != "" and not constant


def is_one_question(tables: Sequence[Table], live: Live) -> bool:
    """Whether who fills the keys of these tables is asked once for the database.

    No key works, or something else hands out the ids: then one table tells nothing.
    """
    if len(tables) < 2:
        return False
    if not any(map(_works, live.tables)):
        return True
    loaded = sum(is_loaded(table.name) for table in tables)
    client = sum(client_sequence(table, live) is not None for table in tables)
    return loaded * 2 > len(tables) or client > 1 or any(map(hands_out_ids, _relations(live)))


def _works(table: Table) -> bool:
    """Whether the database generates an integer key of this table."""
    if table.partition_of is not None:
        return False
    keys = [key for key in map(table.column, table.key) if key.is_integer]
    return any(
        bool(key.sequences)
        if key.generator is Generator.LATE
        else key.generator not in (Generator.NOTHING, Generator.CONSTANT)
        for key in keys
    )


def _relations(live: Live) -> set[str]:
    free = {s.name.name for s in live.sequences if not s.owned_by}
    owned = {s.name for s in live.sequences if s.owned_by}
    named = {name.name for name in live.taken_names - owned}
    return free | named | {t.name.name for t in live.tables}
