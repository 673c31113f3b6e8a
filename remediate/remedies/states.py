"""What the guard of a script prints of a column or a sequence, made from the snapshot."""

from remediate.findings.remedy import Expectation, Fact, Hold, Kind, Lock, State
from remediate.postgres.sql import quote
from remediate.snapshots.tables import Column, Generator, Name, Sequence, Table

DEFINITIONS = "definitions-"
NOTHING_HANGS = "under nothing"


def hanging_states(names: str, digest: str, version: int) -> tuple[State, ...]:
    """What hangs on a column, by name; and, on the server's major version, that it is as it was.

    Another version may print the same definition otherwise. In the downgrade it is another anyway.
    """
    if names == NOTHING_HANGS:
        return (State(Fact.HANGING, names, names),)
    as_then = State(f"{DEFINITIONS}{version // 10000}-{digest}", "defined as then", "")
    return (State(Fact.HANGING, names, names), as_then)


def default_of(column: Column) -> str:
    if column.generator is Generator.IDENTITY:
        return "identity"
    if column.by_domain:
        return "no default"
    if column.generator is Generator.NOTHING:
        # DEFAULT NULL is stored as an expression, and generates nothing.
        return f"default {column.default}" if column.default else "no default"
    if column.generator in (Generator.SEQUENCE, Generator.EXPRESSION) and column.sequences:
        return default_from(column.sequences[0])
    return f"default {column.default}"


def default_from(sequence: Name) -> str:
    return f"default from {sequence.schema}.{sequence.name}"


def column_expected(table: Table, column: Column, *, default: str | None = None) -> Expectation:
    """The column as it is, and what becomes of its default."""
    before = default_of(column)
    states = (
        State(Fact.TYPE, column.type, column.type),
        State(Fact.OWNER, f"owner {table.owner}", f"owner {table.owner}"),
        State(Fact.DEFAULT, before, default or before),
    )
    return Expectation(table.name, column.name, states)


def owned_by(sequence: Sequence) -> str:
    if sequence.owned_by is None:
        return "owned by nobody"
    return column_owns(*sequence.owned_by)


def column_owns(table: Name, column: str) -> str:
    return f"owned by {table}.{quote(column)}"


def usable_by(users: tuple[str, ...] | set[str]) -> str:
    return f"usable by {', '.join(sorted(users)) or 'its owner'}"


def usable_by_both(one: str, other: str) -> str:
    """What two grants make of a sequence together."""
    roles = (state.removeprefix("usable by ").split(", ") for state in (one, other))
    return usable_by(set().union(*roles) - {"its owner"})


def sequence_expected(sequence: Sequence, **changes: str) -> Expectation:
    """The facts of a sequence that a remedy relies on or changes, by the names of `Fact`.

    Its owner is always among them; a fact given as "" is relied on only.
    """
    now = {
        Fact.OWNER: f"owner {sequence.owner}",
        Fact.TYPE: sequence.type,
        Fact.OWNED_BY: owned_by(sequence),
        Fact.RANGE: f"from {sequence.minimum} to {sequence.maximum}",
        Fact.INCREMENT: f"counts by {sequence.increment}",
        Fact.CYCLE: "cycles" if sequence.cycles else "does not cycle",
        Fact.LOGGED: "logged" if sequence.logged else "unlogged",
        Fact.USERS: usable_by(sequence.users),
    }
    wanted = {Fact.OWNER: "", **{Fact[name.upper()]: after for name, after in changes.items()}}
    states = tuple(State(fact, now[fact], after or now[fact]) for fact, after in wanted.items())
    return Expectation(sequence.name, "", states)


def hold_sequence(sequence: Sequence) -> Hold:
    return Hold(sequence.name, Lock.ACCESS_EXCLUSIVE, Kind.SEQUENCE)
