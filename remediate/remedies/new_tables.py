"""The remedy for a model without a table: CREATE TABLE, as SQLAlchemy writes it, and DROP TABLE."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from remediate.analysis import creation
from remediate.analysis.facts import in_words
from remediate.findings.remedy import (
    Act,
    Expectation,
    Grant,
    Hazard,
    Hold,
    Lock,
    NewTable,
    Remedy,
    State,
    Step,
)
from remediate.findings.states import Existence, Type
from remediate.postgres.sql import ident, literal, plain, quote, statement
from remediate.remedies.alterations import of_reference
from remediate.remedies.grants import grant, grant_usage
from remediate.remedies.new_table_states import of_enum, of_new, of_new_index, of_new_sequence
from remediate.remedies.reference_steps import actions, written
from remediate.remedies.states import unchanged
from remediate.snapshots import new_tables
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import NewColumn
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, Column, Generator, Name, Table
from remediate.snapshots.tables import Sequence as SequenceFacts


def create_table(new: new_tables.NewTable, live: Live, *, tracked: bool) -> Remedy:
    """The table with its indexes, comments, types, sequences and foreign keys.

    A column that references a key gets the type of that. Of tables that reference each other in a
    circle, the last one adds the foreign keys of the others.
    """
    later = live.unmade.postponed
    keys = tuple(fk for fk in new.foreign_keys if fk not in later)
    added = tuple(fk for fk in later if fk.target == new.name)
    made = _as_it_is_then(new, live)
    grants = tuple(_grants(made, new, live))
    return Remedy(
        title=_title(new, (*keys, *added), live),
        undo="drop the table, if it has no rows",
        steps=(
            *_steps(new, keys, live, tracked=tracked),
            *map(grant_usage, grants),
            *map(_add, added),
            _refuse_rows(new.name),
        ),
        holds=tuple(_holds(new, (*keys, *added), live)),
        expectations=(
            Expectation(new.name, "", (State(Existence(there=False), Existence(there=True)),)),
            *_parents(keys, live),
        ),
        makes=(*_sequences(made, live), *(_as_declared(fk, live) for fk in (*keys, *added))),
        creates=NewTable(made, tuple(_types(new, live).items()), tuple(_shared(new, live))),
        needs=creation.needed(new, live.unmade),
        grants=grants,
    )


def _title(new: new_tables.NewTable, keys: Sequence[ForeignKey], live: Live) -> str:
    after = creation.needed(new, live.unmade)
    parts = [f"create the table {new.name}"]
    parts += [
        f"with {quote(one.column)} {one.type} as {one.references} (its model: {one.model_type})"
        for one in _contradicted(new, live)
    ]
    parts += [
        f"{fk.table} ({', '.join(map(quote, fk.columns))}) references {fk.target}{actions(fk)}"
        for fk in keys
        if actions(fk)
    ]
    parts += [f"together with {in_words(map(str, after))}"] if after else []
    parts += ["without a partition: INSERT fails until it has one"] if _is_partitioned(new) else []
    return ", ".join(parts)


def _contradicted(new: new_tables.NewTable, live: Live) -> list[creation.Retyped]:
    """The columns whose model says another type."""
    return [one for one in creation.retyped(new, live) if one.model_type]


def _is_partitioned(new: new_tables.NewTable) -> bool:
    return new.tail.startswith("PARTITION BY")


def _as_declared(fk: ForeignKey, live: Live) -> ForeignKey:
    types = tuple(creation.type_of(fk.table, c, live) for c in fk.columns)
    theirs = tuple(creation.type_of(fk.target, c, live) for c in fk.target_columns)
    cast = (False,) * len(types)
    return replace(fk, types=types, declared=types, target_types=theirs, cast=cast, indexed=False)


def _steps(
    new: new_tables.NewTable, keys: Sequence[ForeignKey], live: Live, *, tracked: bool
) -> Iterator[Step]:
    name = new.name
    for enum in new.enums:
        if enum.name not in live.unmade.labels:
            labels = ", ".join(map(literal, enum.labels))
            up = f"CREATE TYPE {enum.name.sql} AS ENUM ({labels})"
            made = of_enum(enum)
            down = f"DROP TYPE {enum.name.sql}"
            yield Step(up, down, Lock.NONE, name, act=Act.SHARE, alters=made)
    for sequence in new.sequences:
        if sequence.name not in live.unmade.taken:
            up, down = statement(sequence.ddl), f"DROP SEQUENCE {sequence.name.sql}"
            made = of_new_sequence(sequence)
            yield Step(up, down, Lock.NONE, sequence.name, act=Act.SHARE, alters=made)
    hazards = [Hazard.NEW_TABLE] if tracked else [Hazard.NEW_TABLE, Hazard.UNTRACKED_TABLE]
    hazards += [Hazard.MODEL_CONTRADICTED] if _contradicted(new, live) else []
    up = statement(_create(new, keys, live))
    yield Step(
        up,
        f"DROP TABLE {name.sql}",
        Lock.NONE,
        name,
        hazards=tuple(hazards),
        alters=of_new(new, tuple(keys), _types(new, live)),
    )
    for index in new.indexes:
        yield Step(statement(index.ddl), "", Lock.NONE, name, alters=of_new_index(new, index))
    for on, comment in new.comments:
        yield Step(f"COMMENT ON {statement(on)} IS {literal(comment)}", "", Lock.NONE, name)


def _grants(made: Table, new: new_tables.NewTable, live: Live) -> Iterator[Grant]:
    """Whoever default privileges let INSERT is to be able to. What is dropped needs no REVOKE."""
    for sequence in creation.drawn_from(new, live.taken):
        if roles := live.unmade.denied.get((new.name.schema, sequence)):
            yield grant(sequence, made.name, roles, new=sequence not in live.taken)


def _create(new: new_tables.NewTable, keys: Sequence[ForeignKey], live: Live) -> str:
    other = {one.column: _spelled(one.type) for one in creation.retyped(new, live)}
    lines = [f"{c.quoted} {other.get(c.name, c.type)}{c.rest}" for c in new.columns]
    lines += [new.constraints] if new.constraints else []
    lines += [f"CONSTRAINT {plain(fk.name)} {written(fk, plain)}" for fk in keys]
    tail = f" {new.tail}" if new.tail else ""
    body = ",\n  ".join(lines)
    return f"{new.create} {new.name} (\n  {body}\n){tail}"


def _spelled(type_: str) -> str:
    """As SQLAlchemy spells it: once the model says so too, the statement is the one approved."""
    upper = type_.upper().replace("CHARACTER VARYING", "VARCHAR")
    return type_ if '"' in type_ else upper


def _add(fk: ForeignKey) -> Step:
    alter = f"ALTER TABLE {fk.table.sql}"
    return Step(
        up=f"{alter}\n  ADD CONSTRAINT {ident(fk.name)} {written(fk)}",
        down=f"{alter} DROP CONSTRAINT {ident(fk.name)}",
        lock=Lock.SHARE_ROW_EXCLUSIVE,
        relation=fk.table,
        alters=of_reference(fk),
    )


def _refuse_rows(name: Name) -> Step:
    """Going back, no row may be lost: the inverse of nothing, so it runs before all."""
    message = literal(f"remediate: {name} holds rows, which the downgrade would lose")
    hint = literal("Keep them elsewhere and empty the table, or stay at this revision.")
    down = (
        f"DO $remediate$\nBEGIN\n  IF EXISTS (SELECT FROM {name.sql}) THEN\n"
        "    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',\n"
        f"      MESSAGE = {message} || '; nothing was changed',\n"
        f"      HINT = {hint};\n  END IF;\nEND\n$remediate$"
    )
    return Step("", down, Lock.ACCESS_SHARE, name)


def _holds(new: new_tables.NewTable, keys: Sequence[ForeignKey], live: Live) -> Iterator[Hold]:
    """What is there is locked on both ways, what is created on the way back only."""
    back = Lock.ACCESS_EXCLUSIVE
    yield Hold(new.name, Lock.NONE, back=back)
    for name in dict.fromkeys(name for fk in keys for name in (fk.table, fk.target)):
        if name not in live.unmade.table_of:
            yield Hold(name, Lock.SHARE_ROW_EXCLUSIVE, back=back)


def _parents(keys: Sequence[ForeignKey], live: Live) -> Iterator[Expectation]:
    """The keys whose types were copied."""
    for place in dict.fromkeys((fk.target, c) for fk in keys for c in fk.target_columns):
        table = live.table_of.get(place[0])
        if table and table.has(place[1]):
            yield Expectation(*place, unchanged(Type(table.column(place[1]).type)))


def _types(new: new_tables.NewTable, live: Live) -> dict[str, str]:
    other = {one.column: one.type for one in creation.retyped(new, live)}
    return {c.name: other.get(c.name, c.plain_type) for c in new.columns}


def _as_it_is_then(new: new_tables.NewTable, live: Live) -> Table:
    """With what fills its key by then: the owner is whoever runs the revision."""
    types = _types(new, live)
    columns = (c for c in new.columns if new.declared.has(c.name))
    made = tuple(_column(c, new, types[c.name], live.taken) for c in columns)
    return replace(
        new.declared,
        columns=made,
        owner=live.database.role,
        rows=0,
        partitioned=_is_partitioned(new),
    )


def _column(
    column: NewColumn, new: new_tables.NewTable, type_: str, taken: Collection[Name]
) -> Column:
    known = replace(new.declared.column(column.name), type=type_, base_type=type_)
    if column.serial or column.identity:
        own = creation.own_sequence(new.name, column.name, taken)
        how = Generator.SEQUENCE if column.serial else Generator.IDENTITY
        return replace(known, generator=how, default="", sequences=(own,), owned=(own,))
    if known.generator is Generator.DATABASE:
        return replace(known, generator=Generator.EXPRESSION)
    return replace(known, generator=Generator.NOTHING, default="")


def _shared(new: new_tables.NewTable, live: Live) -> Iterator[SequenceFacts]:
    """Those that its defaults name. Their bounds are in their statements: nobody asks for them."""
    for one in new.sequences:
        if one.name not in live.unmade.taken:
            owner, maximum = live.database.role, INTEGER_MAX["bigint"]
            yield SequenceFacts(
                one.name, "bigint", owner, 1, maximum, last_value=1, is_called=False
            )


def _sequences(table: Table, live: Live) -> Iterator[SequenceFacts]:
    """Those that PostgreSQL creates with its columns: from 15 on unlogged where the table is."""
    for column in table.columns:
        for name in column.owned:
            maximum = INTEGER_MAX.get(column.type, INTEGER_MAX["bigint"])
            identity = column.generator is Generator.IDENTITY
            yield SequenceFacts(
                name, column.type, table.owner, 1, maximum, last_value=1, is_called=False,
                owned_by=(table.name, column.name), identity=identity,
                logged=table.logged or live.database.version < 150000,
            )  # fmt: skip
