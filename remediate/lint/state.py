"""The columns that a revision meets, as its steps change them one after the other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from remediate.lint import facts
from remediate.lint.expressions import type_of
from remediate.lint.facts import ColumnDefinition, Default, Event
from remediate.lint.links import Links, followed
from remediate.lint.scope import HOLE
from remediate.lint.types import INTEGERS, is_builtin
from remediate.lint.values import Known, Spot, bare_name, plain

_NO_KEY = re.compile(r"(?:^|_)(?:fk|fkey|uq|uniq\w*|ck|check|key|ix|idx)(?:_|$)")
Branch = tuple[int, ...]
# What it is about may be unknown: no column changes.
_WITHOUT_COLUMNS = (
    facts.OtherDDL, facts.RowsWritten, facts.RowsChanged, facts.DropCascaded, facts.IndexCreated,
    facts.IndexDropped, facts.ConstraintDropped, facts.ReferenceAdded,
    facts.ColumnPinned, facts.SequenceMoved, facts.NullsAllowed,
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Column:
    """A column under whatever name it has now."""

    table: str
    name: str
    type: str = ""
    other: bool = False  # the database has told the type, which is none of those that are known
    branch: Branch = ()  # where the type was learned: it counts below that
    sequence: str = ""  # the name of the sequence that fills it
    sequence_type: str = ""  # "" if unknown
    generated: bool = False
    before: bool = False  # it was generated before the revision
    key: bool = False  # all of the primary key
    member: bool = False  # of the primary key
    pinned: bool = False  # a CHECK holds it to one value, or to a few
    uncertain: bool = False  # something ran that may have changed anything of it
    start: int = 1  # the first id that its sequence gives
    literal: str = ""  # the type of the literal that is its default

    def copy(self) -> "Column":
        """Another one like it; copy.copy() takes twenty times as long."""
        return Column(
            self.table, self.name, self.type, self.other, self.branch, self.sequence,
            self.sequence_type, self.generated, self.before, self.key, self.member, self.pinned,
            self.uncertain, self.start, self.literal,
        )  # fmt: skip

    def type_at(self, branch: Branch) -> str:
        return self.type if branch[: len(self.branch)] == self.branch else ""


@dataclass(slots=True)
class State:
    columns: dict[Spot, Column] = field(default_factory=dict)
    sequences: dict[str, str] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)  # of sequences
    enums: set[str] = field(default_factory=set)
    uncertain: bool = False  # something ran that may have changed any column
    links: Links = ()
    driver: str = ""

    def copy(self) -> "State":
        columns = {spot: column.copy() for spot, column in self.columns.items()}
        sequences, starts, enums = dict(self.sequences), dict(self.starts), set(self.enums)
        return State(columns, sequences, starts, enums, self.uncertain, self.links, self.driver)

    def of(self, table: str) -> list[Column]:
        return [column for (owner, _), column in self.columns.items() if owner == table]

    def type(self, name: str) -> str:
        """The type, or "" where nothing is known of it; an enum that a revision makes is known."""
        if is_builtin(name) or name.startswith("enum "):
            return name
        return f"enum {name}" if name in self.enums else ""


def apply(state: State, event: Event) -> None:
    """Change the state as the event does."""
    fact = event.fact
    state.links = followed(state.links, event)
    if isinstance(fact, facts.Opaque) or HOLE in _names(fact):
        _make_uncertain(state, event)
        return
    match fact:
        case facts.TableCreated():
            for definition in fact.columns:
                _add_column(state, fact.table, definition, event, key=fact.key)
            _pin(state, fact.table, fact.pinned)
        case facts.ColumnAdded():
            _add_column(state, fact.table, fact.column, event)
        case facts.EnumCreated():
            state.enums.add(fact.name)
        case facts.TypeChanged() | facts.DefaultSet() | facts.IdentityAdded():
            _alter(state, event)
        case facts.SequenceCreated() | facts.SequenceAltered() | facts.SequenceDropped():
            _alter_sequence(state, fact)
        case _:
            _alter_key(state, fact)
            _change_existing(state, fact)


def _names(fact: facts.Fact) -> str:
    """What the fact speaks of, to see whether it is known."""
    parts = (getattr(fact, name, "") for name in ("table", "column", "name", "new"))
    return " ".join(part if isinstance(part, str) else part.name for part in parts)


def _make_uncertain(state: State, event: Event) -> None:
    """After this, types are no longer known, and anything may be generated."""
    fact = event.fact
    if isinstance(fact, _WITHOUT_COLUMNS):
        return
    text = fact.text if isinstance(fact, facts.Opaque) else ""
    state.uncertain |= not text
    for column in state.columns.values():
        if not text or bare_name(column.table).lower() in text.lower():
            column.type, column.uncertain = "", True


def _alter(state: State, event: Event) -> None:
    match event.fact:
        case facts.TypeChanged(table=table, column=name, type=written):
            column = state.columns.setdefault((table, name), Column(table, name))
            column.type, column.branch, column.other = state.type(written), event.branch, False
        case facts.DefaultSet(table=table, column=name, default=default):
            column = state.columns.setdefault((table, name), Column(table, name))
            _set_default(state, column, default)
        case facts.IdentityAdded(table=table, column=name, start=start):
            column = state.columns.setdefault((table, name), Column(table, name))
            _drop_generator(column)
            column.generated = True
            column.start = start


def _alter_key(state: State, fact: facts.Fact) -> None:
    """Which columns are of the primary key."""
    match fact:
        case facts.ConstraintDropped(table=table) if _may_be_key(fact):
            for column in state.of(table):
                column.member = False
        case facts.ColumnPinned(table=table, column=name):
            _pin(state, table, (name,))
        case facts.KeyAdded(table=table, columns=names):
            for name in names:
                column = state.columns.setdefault((table, name), Column(table, name))
                column.member = True
                column.key |= len(names) == 1


def _pin(state: State, table: str, names: Iterable[str]) -> None:
    for name in names:
        state.columns.setdefault((table, name), Column(table, name)).pinned = True


def _change_existing(state: State, fact: facts.Fact) -> None:
    """What makes no column."""
    match fact:
        case facts.TableDropped(table=table):
            for column in state.of(table):
                del state.columns[table, column.name]
                state.sequences.pop(serial_name(table, column.name), None)
        case facts.ColumnDropped(table=table, column=name):
            state.columns.pop((table, name), None)
        case facts.TableRenamed(table=table, new=new):
            for column in state.of(table):
                _move(state, column, new, column.name)
        case facts.ColumnRenamed(table=table, column=name, new=new):
            _move(state, state.columns.get((table, name), Column(table, name)), table, new)
        case facts.GeneratorDropped(table=table, column=name):
            _drop_generator(state.columns.get((table, name), Column(table, name)))


def _may_be_key(fact: facts.ConstraintDropped) -> bool:
    """Whether it is the primary key that is dropped, as far as its name tells."""
    return fact.kind == "primary" if fact.kind else may_name_key(fact.name)


def may_name_key(constraint: str) -> bool:
    """Whether a constraint of this name may be a primary key."""
    return not _NO_KEY.search(constraint.lower())


def _drop_generator(column: Column) -> None:
    column.generated, column.sequence, column.sequence_type = False, "", ""
    column.literal = ""


def _alter_sequence(
    state: State, fact: facts.SequenceCreated | facts.SequenceAltered | facts.SequenceDropped
) -> None:
    fed = columns_drawing_from(state, fact.name)
    if isinstance(fact, facts.SequenceDropped):
        for column in fed if fact.cascade else ():
            _drop_generator(column)
        return
    if isinstance(fact, facts.SequenceCreated):
        state.starts[bare_name(fact.name)] = fact.start
    if fact.type:
        state.sequences[bare_name(fact.name)] = fact.type
        for column in fed:
            column.sequence_type = fact.type


def serial_name(table: str, column: str) -> str:
    """The name that serial gives to its sequence; "" where PostgreSQL has to shorten it."""
    name = f"{bare_name(table)}_{column}_seq"
    return name if len(name.encode()) <= 63 else ""


def columns_drawing_from(state: State, sequence: str) -> list[Column]:
    return [c for c in state.columns.values() if c.sequence and c.sequence == bare_name(sequence)]


def _set_default(state: State, column: Column, default: Default) -> None:
    column.generated = not default.null
    column.sequence = default.sequence
    column.sequence_type = state.sequences.get(column.sequence, "")
    column.start = state.starts.get(column.sequence, 1)
    unknown = default.type == facts.UNKNOWN
    column.literal = column.type if unknown else state.type(default.type)


def _add_column(
    state: State, table: str, definition: ColumnDefinition, event: Event, *, key: Iterable[str] = ()
) -> None:
    column = Column(table, definition.name, state.type(definition.type), branch=event.branch)
    column.key = definition.key or tuple(key) == (definition.name,)
    column.member = (definition.key and not definition.undeclared) or definition.name in key
    column.generated, column.start = definition.generated, definition.start
    own = definition.default is None and not definition.client_sequence
    if definition.generated and own:  # serial or identity, or so it may be
        state.sequences.setdefault(serial_name(table, definition.name), definition.sequence)
    if definition.sequence in INTEGERS:
        column.sequence = serial_name(table, definition.name)
        column.sequence_type = definition.sequence
    elif definition.default is not None:
        _set_default(state, column, definition.default)
    state.columns[table, definition.name] = column


def _move(state: State, column: Column, table: str, name: str) -> None:
    state.columns.pop((column.table, column.name), None)
    column.table, column.name = table, name
    state.columns[table, name] = column


def initial_state(known: Known) -> State:
    """The state that is known before the first step."""
    state = State(links=known.links, driver=known.driver)
    state.sequences |= dict.fromkeys(known.made, "")
    for spot in {*known.columns, *known.serial, *known.generated, *known.keys, *known.pinned}:
        table, name = spot
        column = Column(plain(table), name, _known_type(state, known.columns.get(spot, "")))
        if spot in known.serial:
            column.sequence_type = "smallint" if column.type == "smallint" else "integer"
        if spot in known.serial | known.generated:
            column.sequence = known.sequences.get(spot, serial_name(*spot))
            column.generated = column.before = column.key = True
        column.member = spot in known.keys or column.key
        column.pinned = spot in known.pinned
        column.start = known.positions.get(spot, 1)
        column.literal = known.literals.get(spot, "")
        column.other = bool(known.columns.get(spot)) and not column.type
        state.columns[plain(table), name] = column
    return state


def _known_type(state: State, written: str) -> str:
    if written.startswith("enum "):
        state.enums.add(written.removeprefix("enum "))
        return written
    return state.type(type_of(written)) if written else ""


def known_from(state: State, version_width: int) -> Known:
    """What later revisions may know."""
    columns = {spot: c.type for spot, c in state.columns.items() if c.type and not c.branch}
    keys = {spot: c for spot, c in state.columns.items() if c.generated and c.key}
    narrow = {s for s, c in keys.items() if c.sequence_type in {"smallint", "integer"}}
    names = {s: c.sequence for s, c in keys.items() if c.sequence not in {"", serial_name(*s)}}
    return Known(
        columns,
        serial=frozenset(narrow),
        generated=frozenset(keys),
        keys=frozenset(spot for spot, column in state.columns.items() if column.member),
        pinned=frozenset(spot for spot, column in state.columns.items() if column.pinned),
        sequences=names,
        made=frozenset(state.sequences),
        positions={spot: column.start for spot, column in keys.items() if column.start > 1},
        links=state.links,
        literals={s: c.literal for s, c in state.columns.items() if c.literal and not c.branch},
        version_width=version_width,
        driver=state.driver,
    )
