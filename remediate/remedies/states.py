"""What a script expects of a column or a sequence, made from the snapshot."""

from remediate.findings.remedy import Expectation, Hold, Kind, Lock, State
from remediate.findings.states import (
    Cycle,
    Default,
    Definitions,
    Existence,
    Hanging,
    Increment,
    Logged,
    OwnedBy,
    Range,
    Type,
    Value,
)
from remediate.snapshots.members import Member
from remediate.snapshots.tables import Column, Generator, Name, Sequence, Table


def unchanged(*values: Value) -> tuple[State, ...]:
    """States that a remedy relies on and leaves."""
    return tuple(State(value, value) for value in values)


def hanging_states(member: Member) -> tuple[State, ...]:
    """What hangs on a column, by name; and that all is defined as it was, before its type changes.

    In the downgrade the definitions are others: they are printed over the other type.
    """
    defined = Definitions(member.definitions, member.stored, member.printed_by)
    return (*unchanged(Hanging(member.hanging)), State(defined, None))


def default_of(column: Column) -> Default:
    """What fills a column now."""
    if column.generator is Generator.IDENTITY:
        return Default(identity=True)
    if column.by_domain:
        return Default()
    drawn = column.generator in (Generator.SEQUENCE, Generator.EXPRESSION) and column.sequences
    if drawn:
        return Default(sequence=column.sequences[0])
    # DEFAULT NULL is stored as an expression, and generates nothing.
    return Default(column.default)


def column_expected(table: Table, column: Column, *, default: Default | None = None) -> Expectation:
    """The column as it is, and what becomes of its default."""
    before = default_of(column)
    as_it_is = unchanged(Type(column.type))
    return Expectation(table.name, column.name, (*as_it_is, State(before, default or before)))


def of_sequence(sequence: Sequence) -> tuple[Value, ...]:
    """Each fact of a sequence as it is now."""
    owned = OwnedBy(*sequence.owned_by) if sequence.owned_by else OwnedBy()
    return (
        Type(sequence.type), owned,
        Range(sequence.minimum, sequence.maximum), Increment(sequence.increment),
        Cycle(sequence.cycles), Logged(sequence.logged),
    )  # fmt: skip


def sequence_expected(
    sequence: Sequence, *after: Value, also: tuple[type[Value], ...] = ()
) -> Expectation:
    """The facts of a sequence that a remedy changes, and `also` those that it relies on."""
    now = {type(value): value for value in of_sequence(sequence)}
    relied = unchanged(*(now[type_] for type_ in also))
    changed = (State(now[type(value)], value) for value in after)
    return Expectation(sequence.name, "", (*relied, *changed))


def sequence_made(name: Name) -> Expectation:
    """A sequence that nobody may have made meanwhile, and that the way back finds.

    Where somebody only dropped the default that draws from it, nothing else tells that it is there.
    """
    return Expectation(name, "", (State(Existence(there=False), Existence(there=True)),))


def hold_sequence(sequence: Sequence) -> Hold:
    """The lock that keeps everybody else from a sequence."""
    return Hold(sequence.name, Lock.ACCESS_EXCLUSIVE, Kind.SEQUENCE)
