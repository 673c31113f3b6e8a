"""Check for keys that a step breaks: made nullable, of a new column, or with rows of chosen ids."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from remediate.lint import facts, rewrite, settled
from remediate.lint.events import Effect, Run
from remediate.lint.key_checks import is_of_settings, is_own_key, is_supplied, ungenerated
from remediate.lint.scope import HOLE
from remediate.lint.state import Column, serial_name
from remediate.lint.types import INTEGERS
from remediate.lint.values import Spot, Unsafe, bare_name, plain


def key_made_nullable(run: Run) -> Iterator[Unsafe]:
    """DROP NOT NULL on a column of the primary key."""
    for effect, fact in run.of(facts.NullsAllowed):
        presumed = effect.column is None and fact.autoincrement and fact.column == "id"
        if not (effect.member or presumed):
            continue
        message = (
            f"{fact.table}.{fact.column} is in the primary key and becomes nullable: "
            "PostgreSQL refuses that (42P16)"
        )
        certain = effect.member and not effect.event.branch and not run.end.uncertain
        rewritten = rewrite.without_nullable(effect.event)
        yield effect.unsafe("key-made-nullable", message, rewritten, error=certain)


@dataclass(slots=True)
class _Fresh:
    """The columns that a function has added so far, and the tables that have no rows."""

    added: set[Spot] = field(default_factory=set)
    valueless: set[Spot] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)

    def follow(self, fact: facts.Fact) -> None:
        """What the next step changes in this."""
        match fact:
            case facts.ColumnAdded(table=table, column=column) if not column.generated:
                self.added.add((table, column.name))
                self.valueless.add((table, column.name))
            case facts.ColumnRenamed(table=table, column=name, new=new):
                for spots in (self.added, self.valueless):
                    if (table, name) in spots:
                        spots.remove((table, name))
                        spots.add((table, new))
            case facts.DefaultSet() | facts.IdentityAdded():
                self.valueless.discard((fact.table, fact.column))
            case facts.Opaque():
                self.valueless = set()
            case _:
                self._follow_rows(fact)

    def _follow_rows(self, fact: facts.Fact) -> None:
        match fact:
            case facts.TableCreated(table=table) | facts.RowsChanged(table=table, emptied=True):
                self.empty.add(table)
            case facts.TableRenamed(table=table, new=new) if table in self.empty:
                self.empty.add(new)
            case facts.RowsWritten(table=table) | facts.RowsChanged(table=table):
                self.valueless = {s for s in self.valueless if table not in {s[0], HOLE}}


def key_of_new_column(run: Run) -> Iterator[Unsafe]:
    """A column that is added without a value, and becomes the key or a part of it."""
    fresh = _Fresh()
    for effect in run.effects if run.upgrades else ():
        fact = effect.event.fact
        fresh.follow(fact)
        names, table = _of_key(fact), getattr(fact, "table", "")
        for name in names if HOLE not in table else ():
            bare = names == (name,) and _stays_bare(run, table, name)
            if (table, name) in fresh.valueless and table not in fresh.empty:
                message = (
                    f"{table}.{name} is added without a value and becomes a key: the rows that "
                    "the table has hold NULL there, and PostgreSQL refuses it (23502)"
                )
                more = "; nothing generates it for new rows either" if bare else ""
                yield effect.unsafe("key-of-new-column", message + more, error=False)
            elif bare and (table, name) in fresh.added and is_own_key(name, table):
                found = effect.unsafe("key-without-default", ungenerated(table, name), error=False)
                yield replace(found, settled_by=settled.filled(table, name))


def key_not_declared(run: Run) -> Iterator[Unsafe]:
    """add_column of a column that is called a primary key, and no constraint comes."""
    keys = [fact for _, fact in run.of(facts.KeyAdded)]
    for effect, fact in run.of(facts.ColumnAdded) if run.upgrades else ():
        table, name = fact.table, fact.column.name
        comes = any(HOLE in one.table or one.table == table for one in keys)
        if not fact.column.undeclared or comes or HOLE in table or run.end.uncertain:
            continue
        message = (
            f"{table}.{name} is declared as a primary key, but op.add_column creates no such "
            "constraint: the table has no such key, and may hold the same id twice"
        )
        rewritten = rewrite.with_key(effect.event, table, name)
        found = effect.unsafe("key-not-declared", message, rewritten, error=False)
        yield replace(found, settled_by=settled.keyed(table))


def _of_key(fact: facts.Fact) -> tuple[str, ...]:
    """The columns that a fact makes the key."""
    match fact:
        case facts.KeyAdded(columns=columns):
            return columns
        case facts.ColumnAdded(column=column) if column.key and not column.generated:
            return (column.name,)
    return ()


def _stays_bare(run: Run, table: str, name: str) -> bool:
    column = run.end.columns.get((table, name))
    if column is None or column.type not in INTEGERS or column.generated:
        return False
    return not is_supplied(run, column)


def seeded_ids(run: Run) -> Iterator[Unsafe]:
    """Rows whose ids are written out, in a table whose sequence counts by itself."""
    moved = [fact.name for _, fact in run.of(facts.SequenceMoved)]
    for effect, fact in run.of(facts.RowsWritten) if run.upgrades else ():
        for column in effect.written:
            name, number = column.name, fact.highest.get(column.name, fact.highest.get(0))
            if run.is_uncertain(column) or _is_moved(column, moved) or _is_given(run, column):
                continue
            if number is not None and number < column.start:
                continue
            message = (
                f"{fact.table}.{name} gets ids that are written out, but its sequence does not "
                "advance: INSERTs without an id collide with these rows (23505)"
            )
            rewritten = rewrite.with_setval(effect.event, fact.table, name)
            found = effect.unsafe("seeded-ids", message, rewritten, error=False)
            yield replace(found, settled_by=_own_names(column))


def _is_given(run: Run, column: Column) -> bool:
    """Whether the ids of a table are the application's: natural keys, tables of one row."""
    others = [one.name for one in run.end.of(column.table) if one is not column]
    one_row = column.pinned or is_of_settings(column.table, others)
    return one_row or not is_own_key(column.name, column.table)


def _is_moved(column: Column, moved: list[str]) -> bool:
    """Whether the function sets the sequence, before or after."""
    own = _own_names(column)
    return any(HOLE in name or bare_name(plain(name)) in own for name in moved)


def _own_names(column: Column) -> frozenset[str]:
    """What setval and RESTART may call the sequence of a column, or its table."""
    serial = serial_name(column.table, column.name)
    return frozenset({column.sequence, serial, bare_name(column.table)}) - {""}


def sequence_not_created(run: Run) -> Iterator[Unsafe]:
    """A column with a Sequence, which CREATE TABLE and ADD COLUMN do not create."""
    created = {bare_name(fact.name) for _, fact in run.of(facts.SequenceCreated)}
    there = created | run.before.sequences.keys() | run.end.sequences.keys()
    blocks = any("sequence" in fact.text for _, fact in run.of(facts.Opaque))
    if HOLE in created or blocks or run.end.uncertain or not run.upgrades:
        return
    for effect in run.effects:
        for place, name, what in _drawing(effect):
            if HOLE not in name and bare_name(name) not in there:
                message = f"{place} draws from the sequence {name}, and no revision creates {what}"
                rewritten = rewrite.with_sequence_before(effect.event, name)
                yield effect.unsafe("sequence-not-created", message, rewritten, error=False)


_BY_CLIENT = "that, nor does Alembic with the column: every INSERT without a value fails (42P01)"
_LATE = "that: every INSERT without a value fails (42P01)"
_AT_ONCE = "that: PostgreSQL refuses the step (42P01)"


def _drawing(effect: Effect) -> Iterator[tuple[str, str, str]]:
    """Columns that come to draw from sequences, their names, and what becomes of it without."""
    table = getattr(effect.event.fact, "table", "")
    for column in _definitions(effect):
        if column.client_sequence:
            yield f"{table}.{column.name}", column.client_sequence, _BY_CLIENT
        elif effect.event.sql is None and column.default and column.default.sequence:
            what = _LATE if column.default.late_bound else _AT_ONCE
            yield f"{table}.{column.name}", column.default.sequence, what


def _definitions(effect: Effect) -> tuple[facts.ColumnDefinition, ...]:
    match effect.event.fact:
        case facts.TableCreated(columns=columns):
            return columns
        case facts.ColumnAdded(column=column):
            return (column,)
    return ()
