"""The remedy for a key whose model says which default it is to have."""

from collections.abc import Iterable
from dataclasses import replace

from remediate.analysis.facts import in_words
from remediate.analysis.said import ModelDefaultFacts, expression_in_use
from remediate.findings.finding import Options
from remediate.findings.remedy import Hold, Manual, Remedy
from remediate.findings.states import Default
from remediate.postgres.sql import expression, is_portable
from remediate.remedies.grants import grant, grant_usage
from remediate.remedies.keys import full, give_sequence, inserting, new_sequence, parents_repair
from remediate.remedies.sequences import Fed, after_advance, bind, no_room
from remediate.remedies.states import column_expected, default_of, sequence_made
from remediate.remedies.steps import (
    advance,
    altering,
    create_sequence,
    own_sequence,
    set_default,
    set_expression,
)
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import INTEGER_MAX, Column, Name, Table


def as_said(
    said: ModelDefaultFacts | None, table: Table, column: Column, live: Live, options: Options
) -> Remedy | Manual | None:
    """The default of the model; None where that is a sequence for this key alone, or nothing."""
    if said is None or said.is_plain:
        return None
    if reason := parents_repair(table, column, live):
        return Manual(reason)
    if said.model_sequence is None:
        return _give_expression(said.model_default, table, column, live)
    return _share(said.model_sequence, said, table, column, live, options)


def draw_from(
    sequence: Name, table: Table, column: Column, live: Live, options: Options
) -> Remedy | Manual:
    """The sequence for this key alone, which is made or attached."""
    existing = live.sequence_of.get(sequence)
    if existing and sequence.schema != table.name.schema:  # which no column here can own
        return bind(table, column, existing, live, options)
    return give_sequence(table, column, sequence, live, options)


def _share(
    name: Name,
    said: ModelDefaultFacts,
    table: Table,
    column: Column,
    live: Live,
    options: Options,
) -> Remedy | Manual:
    existing = live.sequence_of.get(name)
    owner = existing.owned_by if existing else None
    if owner and owner[0] != table.name:
        return Manual(_lent(name, owner[0]))
    others = tuple(
        (other, other.column(place))
        for relation, place in said.others
        if (other := live.table_of.get(relation)) and other.has(place)
        if other.column(place).is_integer
    )
    if existing:
        return bind(table, column, existing, live, options, beside=others)
    return _create_shared(name, table, column, others, live, options)


def _lent(name: Name, owner: Name) -> str:
    return (
        f"its model draws from {name}, which {owner} owns: DROP TABLE would drop the sequence. "
        f"If both should share it, ALTER SEQUENCE {name.sql} OWNED BY NONE; otherwise name a "
        "sequence of its own in the model. Then plan again"
    )


def _create_shared(
    name: Name, table: Table, column: Column, others: Fed, live: Live, options: Options
) -> Remedy | Manual:
    """A new sequence that nobody owns: of the others, each is bound to it once it is there."""
    if name in live.taken:
        return Manual(f"its model names the sequence {name}, but another relation has that name")
    if name.schema not in {t.name.schema for t in live.tables}:
        return Manual(f"its model names the sequence {name}, but its schema does not exist")
    if reason := full(table, column, options.headroom):
        return Manual(reason)
    fed = (*others, (table, column))
    type_ = max((c.counted_as for _, c in fed), key=INTEGER_MAX.__getitem__)
    changed = _bare(table, column, live)
    roles = inserting(table, changed)
    granted = grant(name, table.name, roles, new=True)
    made = replace(
        new_sequence(name, table, column, roles, options.headroom),
        type=type_, maximum=INTEGER_MAX[type_], owned_by=None, last_value=1,
    )  # fmt: skip
    if reason := no_room(made, fed, options.headroom):
        return Manual(reason)
    places = [(t.name, c.name) for t, c in fed]
    held = {t.name for above, _ in fed for t in family(above, live)}
    following = after_advance(made, fed, options.headroom)
    users = f" and {in_words([str(t.name) for t, _ in others])}" if others else ""
    return Remedy(
        title=f"create sequence {name} for it{users}, next value beyond the highest id of all",
        undo="drop the default, drop the sequence",
        steps=(
            create_sequence(name, type_),
            own_sequence(name, table),
            *((grant_usage(granted),) if roles else ()),
            *(set_default(t.name, t.column(column.name), name) for t in changed),
            *advance(made, places, beyond=options.headroom),
        ),
        holds=tuple(Hold(one) for one in sorted(held)),
        expectations=(
            *(
                column_expected(t, t.column(column.name), default=Default(sequence=name))
                for t in changed
            ),
            sequence_made(name),
        ),
        makes=(replace(made, last_value=following),),
        grants=(granted,),
    )


def _give_expression(text: str, table: Table, column: Column, live: Live) -> Remedy | Manual:
    """The default that the model says, as another key has it; else a person's."""
    used = expression_in_use(text, column, live)
    if used is None or not is_portable(used[1]) or not is_portable(column.default):
        return Manual(
            f"its model declares the default {text}, which no other key of the database has: "
            "check that it generates no existing id, then "
            f"{altering(table.name, column.name)} SET DEFAULT {text}"
        )
    if table.subscribed:
        return Manual("logical replication fills the table, with the ids of the publisher")
    like, default = used
    changed = _bare(table, column, live)
    return Remedy(
        title=f"set the default of its model, {default}, which {like.name} has too",
        undo="restore the former default" if column.default else "drop the default",
        steps=tuple(
            set_expression(t.name, t.column(column.name), expression(default)) for t in changed
        ),
        holds=tuple(Hold(t.name) for t in changed),
        expectations=tuple(
            column_expected(t, t.column(column.name), default=Default(default)) for t in changed
        ),
    )


def _bare(table: Table, column: Column, live: Live) -> list[Table]:
    """The table, its partitions and children, where they have the same default or none."""
    relations = family(table, live)
    return [
        t
        for t in relations
        if t.has(column.name) and default_of(t.column(column.name)) == default_of(column)
    ]


def alike(remedies: Iterable[Remedy], live: Live) -> set[Name]:
    """The tables that have a default which these give to others, and so what it calls."""
    given = {
        state.after.expression
        for remedy in remedies
        for where in remedy.expectations
        for state in where.states
        if isinstance(state.after, Default) and state.after != state.before
    }
    return {t.name for t in live.tables if any(c.default and c.default in given for c in t.columns)}
