"""The remedy for a key that runs out: bigint for it, its sequence, and whatever references it."""

from remediate.finding import Options
from remediate.key_family import Place, places
from remediate.remedy import Expectation, Fact, Hazard, Hold, Lock, Manual, Remedy, State, Step
from remediate.schema import INTEGER_MAX, INTEGER_MIN, Column, Member, Name, Sequence, Table
from remediate.sequence_repair import bounds_as
from remediate.snapshot import Snapshot, drawn_from
from remediate.sql import ident, quote
from remediate.states import default_of, hold_sequence, sequence_expected
from remediate.steps import alter_sequence

TARGET = "bigint"
_HAZARDS = (
    Hazard.ACCESS_EXCLUSIVE_REWRITE,
    Hazard.PREPARED_STATEMENTS,
    Hazard.NARROW_DOWNGRADE,
    Hazard.MODEL_TYPE,
)


def widen_family(table: Table, column: Column, live: Snapshot, options: Options) -> Remedy | Manual:
    """One short transaction, for small tables; the tables are rewritten under a lock.

    int4 to int8 with its foreign keys in place is accepted in either order (PostgreSQL 15 to 18).
    """
    family = places(table.name, column.name, live)
    narrow = [p for p in family if p in live.members and live.members[p].type != TARGET]
    if reason := _obstacle(narrow, live, options):
        return Manual(reason)
    holds = [Hold(name) for place in family for name in _locked(place, live)]
    steps = [_widen(name, columns, live) for name, columns in _by_table(narrow).items()]
    expectations = [_expected(place, live) for place in narrow]
    for sequence in _sequences([(table.name, column.name), *narrow], live):
        steps += _grow(sequence)
        holds.append(hold_sequence(sequence))
        bounds = _bounds(sequence)
        expectations.append(sequence_expected(sequence, type=TARGET, range=bounds))
    others = len([place for place in narrow if place != (table.name, column.name)])
    also = f" with {_counted(others)} it" if others else ""
    return Remedy(
        title=f"widen {table.name}.{quote(column.name)} to {TARGET}{also}",
        undo="narrow them again, as long as all ids fit",
        steps=tuple(steps),
        holds=tuple(holds),
        expectations=tuple(expectations),
    )


def _sequences(columns: list[Place], live: Snapshot) -> list[Sequence]:
    """Those of the columns that would end before their column does."""
    found: dict[Name, Sequence] = {}
    for name, column in columns:
        table = live.table_of.get(name)
        sequence = drawn_from(table.column(column), live) if table and table.has(column) else None
        if sequence is not None and (sequence.type != TARGET or _ends_with_column(sequence)):
            found[sequence.name] = sequence
    return list(found.values())


def _grow(sequence: Sequence) -> list[Step]:
    steps = []
    # Identity sequences grow with their column; narrowing gives back what it found.
    if sequence.type != TARGET and not sequence.identity:
        steps.append(alter_sequence(sequence.name, f"AS {TARGET}", f"AS {sequence.type}"))
    if _ends_with_column(sequence):
        word = "MAXVALUE" if sequence.increment > 0 else "MINVALUE"
        bound = sequence.maximum if sequence.increment > 0 else sequence.minimum
        steps.append(alter_sequence(sequence.name, f"NO {word}", f"{word} {bound}"))
    return steps


def _ends_with_column(sequence: Sequence) -> bool:
    """A bigint sequence that was told to end where integer does, as some tools write it."""
    narrow = INTEGER_MAX if sequence.increment > 0 else INTEGER_MIN
    bound = sequence.maximum if sequence.increment > 0 else sequence.minimum
    return sequence.type == TARGET and bound in (narrow["smallint"], narrow["integer"])


def _bounds(sequence: Sequence) -> str:
    if not _ends_with_column(sequence):
        return bounds_as(sequence, TARGET)
    if sequence.increment > 0:
        return f"from {sequence.minimum} to {INTEGER_MAX[TARGET]}"
    return f"from {INTEGER_MIN[TARGET]} to {sequence.maximum}"


def _counted(others: int) -> str:
    return f"{others} columns that reference" if others > 1 else "the column that references"


def _by_table(narrow: list[Place]) -> dict[Name, list[str]]:
    found: dict[Name, list[str]] = {}
    for name, column in narrow:
        found.setdefault(name, []).append(column)
    return found


def _widen(table: Name, columns: list[str], live: Snapshot) -> Step:
    """One rewrite a table, whatever the number of its columns."""
    former = {c: live.members[table, c].type for c in columns}
    alter = f"ALTER TABLE {table.sql}\n  "
    up = ",\n  ".join(f"ALTER COLUMN {ident(c)} TYPE {TARGET}" for c in columns)
    down = ",\n  ".join(f"ALTER COLUMN {ident(c)} TYPE {former[c]}" for c in columns)
    return Step(alter + up, alter + down, Lock.ACCESS_EXCLUSIVE, table, hazards=_HAZARDS)


def _locked(place: Place, live: Snapshot) -> tuple[Name, ...]:
    """The table and what the ALTER recurses to."""
    member = live.members.get(place)
    below = member.children if member else ()
    deeper = [name for child in below for name in _below(child, live)]
    return (place[0], *below, *deeper)


def _below(name: Name, live: Snapshot) -> list[Name]:
    table = live.table_of.get(name)
    children = table.children if table else ()
    return [*children, *(deeper for child in children for deeper in _below(child, live))]


def _expected(place: Place, live: Snapshot) -> Expectation:
    name, column = place
    member = live.members[place]
    states = [
        State(Fact.TYPE, member.type, TARGET),
        State(Fact.OWNER, f"owner {member.owner}", f"owner {member.owner}"),
    ]
    table = live.table_of.get(name)
    if table and table.has(column):
        default = default_of(table.column(column))
        states.append(State(Fact.DEFAULT, default, default))
    return Expectation(name, column, tuple(states))


def _obstacle(narrow: list[Place], live: Snapshot, options: Options) -> str:
    if not narrow:
        return "every column is bigint already: its ids are spent, and a person has to decide"
    found = [
        f"{name}.{quote(column)}: {', '.join(live.members[name, column].obstacles)}"
        for name, column in narrow
        if live.members[name, column].obstacles
    ]
    if found:
        return f"what hangs on the columns has to be taken down and rebuilt: {'; '.join(found)}"
    rows = sum(_rows(live.members[place]) for place in narrow)
    if rows > options.rows_rewritten and not options.offline_window:
        seconds = rows * 2.4 / 1_000_000
        return (
            f"about {rows} rows would be rewritten while nobody can use the tables, for some "
            f"{seconds:.0f} s: if you have such a window, --offline-window"
        )
    return ""


def _rows(member: Member) -> int:
    return max(member.rows, 0)
