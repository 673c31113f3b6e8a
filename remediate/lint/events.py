"""The steps of one function as events, and what was known when each of them ran."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from remediate.lint import facts, operations, rows, sqlite, state, statements
from remediate.lint.columns import sequence_created
from remediate.lint.evaluate import evaluate
from remediate.lint.facts import Event
from remediate.lint.object_calls import enum_called
from remediate.lint.operations import operation_name
from remediate.lint.scope import HOLE, Expression, Step, Text
from remediate.lint.state import Column, State
from remediate.lint.types import INTEGERS
from remediate.lint.values import Unsafe, plain

_HARMLESS = {"alembic", "sqlalchemy", "sqlmodel", *sys.stdlib_module_names}
F = TypeVar("F", bound=facts.Fact)
_OF_ROWS = {"insert", "update", "delete", "select", "values", "where"}
_OF_MIGRATIONS = re.compile(r"migrat|alembic")  # the path of a module that helps revisions
_ASKING = re.compile(r"^_*(?:has|is|get|find|needs?|should|can)_|(?:^|_)exists?(?:_|$)")  # guards
_MAY_BE_DDL = {"run_async", "invoke"}


@dataclass(frozen=True, slots=True)
class Effect:
    """An event, and the column that it is about as it was before."""

    event: Event
    column: Column | None = None
    type: str = ""
    sequence: str = ""
    sequence_type: str = ""
    generated: bool = False
    other: bool = False  # its type is known to be another than those that we know
    member: bool = False  # of the primary key
    literal: str = ""  # the type of its default, where that is a literal
    written: tuple[Column, ...] = ()  # generated keys that rows get values for
    compared: tuple["Compared", ...] = ()  # the columns of references, and those of their targets
    held: tuple["Compared", ...] = ()  # of foreign keys that are there, as a type change makes them

    def unsafe(self, kind: str, message: str, rewritten: str = "", *, error: bool) -> Unsafe:
        """A finding about the event."""
        function = self.event.step.context.function
        return Unsafe(kind, self.event.line, function, message, rewritten, error)


@dataclass(frozen=True, slots=True)
class Compared:
    """A column of a foreign key and the one that it references, with their types."""

    own: str
    type: str
    target: str
    key: str
    key_type: str
    table: str = ""  # of the column, where the step is about the other one


@dataclass(frozen=True, slots=True)
class Run:
    """One function from its first to its last step."""

    function: str
    effects: tuple[Effect, ...]
    before: State
    end: State
    of_sqlite: bool = False  # it fails on PostgreSQL at its first step that is SQLite's

    @property
    def upgrades(self) -> bool:
        return self.function.startswith("upgrade")

    def of(self, kind: type[F]) -> Iterator[tuple[Effect, F]]:
        """The facts of one kind, each with what was known then."""
        for effect in self.effects:
            if isinstance(effect.event.fact, kind):
                yield effect, effect.event.fact

    def is_uncertain(self, column: Column | None) -> bool:
        """Whether something ran that may have changed anything of the column."""
        return self.end.uncertain or (column is not None and column.uncertain)


def run_function(function: str, steps: Iterable[Step], before: State) -> Run:
    """What the steps do to this state."""
    now = before.copy()
    for column in now.columns.values():
        column.before = column.generated if function.startswith("upgrade") else column.before
    effects: list[Effect] = []
    made = [event for step in steps for event in events(step)]
    for event in sqlite.without(made):
        effects += _effects(event, now)
        state.apply(now, event)
    return Run(function, tuple(effects), before, now, sqlite.is_for_sqlite(made))


def _effects(event: Event, now: State) -> Iterator[Effect]:
    fact = event.fact
    if isinstance(fact, facts.SequenceDropped):
        columns = state.columns_drawing_from(now, fact.name)
    else:
        spot = (getattr(fact, "table", ""), getattr(fact, "column", ""))
        columns = [c for c in (now.columns.get(spot),) if c] if isinstance(spot[1], str) else []
    held = tuple(_held(fact, event, now)) if isinstance(fact, facts.TypeChanged) else ()
    for c in columns:
        known = c.type_at(event.branch)
        sequence = (c.sequence, c.sequence_type)
        yield Effect(
            event, c, known, *sequence, c.generated, c.other, c.member, c.literal, held=held
        )
    if not columns:
        pairs = [pair for link in _links(fact) for pair in _compared(link, event, now)]
        written = _written(fact, now) if isinstance(fact, facts.RowsWritten) else ()
        yield Effect(event, compared=tuple(pairs), written=written)


def _written(fact: facts.RowsWritten, now: State) -> tuple[Column, ...]:
    """Without a list of columns, a key is the first of them, or is called id."""
    columns = now.of(plain(fact.table))
    first = {c.name for c in columns if 0 in fact.explicit and (c is columns[0] or c.name == "id")}
    return tuple(
        column
        for column in columns
        if column.key and column.generated and column.type in INTEGERS
        if column.name in {*fact.explicit, *first}
    )


def _links(fact: facts.Fact) -> tuple[facts.Link, ...]:
    """The foreign keys that a fact declares."""
    match fact:
        case facts.ReferenceAdded():
            return (facts.Link(fact.columns, fact.target, fact.target_columns),)
        case facts.ColumnAdded(column=column):
            return (column.link,) if column.link else ()
        case facts.TableCreated(columns=columns, links=links):
            return (*(column.link for column in columns if column.link), *links)
    return ()


def _compared(link: facts.Link, event: Event, now: State) -> Iterator[Compared]:
    fact, target = event.fact, plain(link.target)
    table = plain(getattr(fact, "table", ""))
    made = {(table, one.name): now.type(one.type) for one in _made(fact)}

    def known(spot: tuple[str, str]) -> str:
        column = now.columns.get(spot)
        return made.get(spot) or (column.type_at(event.branch) if column else "")

    key = tuple(column.name for column in now.of(target) if column.member)
    names = link.target_columns or (key if len(key) == len(link.columns) == 1 else ())
    for own, name in zip(link.columns, names, strict=False):
        yield Compared(own, known((table, own)), link.target, name, known((target, name)))


def _held(fact: facts.TypeChanged, event: Event, now: State) -> Iterator[Compared]:
    """The columns of foreign keys that are there, as they are once this one has its new type."""
    spot, new = (plain(fact.table), fact.column), now.type(fact.type)
    for link in now.links:
        if spot[0] not in (link.table, link.target):
            continue
        key = tuple(column.name for column in now.of(link.target) if column.member)
        names = link.target_columns or (key if len(key) == len(link.columns) == 1 else ())
        for own, name in zip(link.columns, names, strict=False):
            ends = (link.table, own), (link.target, name)
            columns = (now.columns.get(end) for end in ends)
            types = [one.type_at(event.branch) if one else "" for one in columns]
            types = [new if end == spot else type_ for end, type_ in zip(ends, types, strict=True)]
            if spot in ends:
                yield Compared(own, types[0], link.target, name, types[1], link.table)


def _made(fact: facts.Fact) -> tuple[facts.ColumnDefinition, ...]:
    """The columns that a fact makes."""
    if isinstance(fact, facts.TableCreated):
        return fact.columns
    return (fact.column,) if isinstance(fact, facts.ColumnAdded) else ()


def events(step: Step) -> Iterator[Event]:
    """What a step does, with the line of each thing."""
    name = operation_name(step)
    if name == "execute":
        yield from _executed(step)
    elif name:
        facts_ = [facts.Opaque()] if name in _MAY_BE_DDL else operations.read_call(step, name)
        yield from (Event(fact, step, step.call.lineno) for fact in facts_)
    elif created := sequence_created(step.call, step.scope):
        yield Event(facts.SequenceCreated(created), step, step.call.lineno)
    elif of_enum := enum_called(step.call, step.scope):
        yield Event(of_enum, step, step.call.lineno)
    elif _is_given_operations(step) or _creates_all(step.call):
        yield Event(facts.Opaque(), step, step.call.lineno)
    elif _is_foreign(step):
        of_migrations = _OF_MIGRATIONS.search(step.scope.dotted(step.call.func))
        yield Event(facts.Opaque(foreign=not of_migrations), step, step.call.lineno)


def _is_foreign(step: Step) -> bool:
    """A function of which nothing is known, and which may run operations; no class."""
    path = step.scope.dotted(step.call.func)
    root, name = path.partition(".")[0], path.rpartition(".")[2]
    if isinstance(step.call.func, ast.Name) and not path:
        name = step.call.func.id
        foreign = name in step.scope.names
    else:
        foreign = bool(path) and root not in _HARMLESS
    return foreign and not name[:1].isupper() and not _ASKING.search(name)


def _creates_all(call: ast.Call) -> bool:
    """metadata.create_all(bind)"""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "create_all"


def _is_given_operations(step: Step) -> bool:
    given = [*step.call.args, *(k.value for k in step.call.keywords)]
    return any(step.scope.dotted(argument).startswith("alembic.op") for argument in given)


def _executed(step: Step) -> Iterator[Event]:
    given = [*step.call.args, *(k.value for k in step.call.keywords if k.arg == "sqltext")]
    value = evaluate(given[0], step.scope) if given else None
    if isinstance(value, Text):
        yield from _sql(value, step)
    elif isinstance(value, Expression) and isinstance(value.expression, ast.Call):
        made = (*rows.constructed(value.expression, step), *_constructed(value.expression, step))
        yield from (Event(fact, step, step.call.lineno) for fact in made)
    else:
        yield Event(facts.Opaque(), step, step.call.lineno)


def _sql(text: Text, step: Step) -> Iterator[Event]:
    for one in statements.read(text):
        yield Event(one.fact, step, text.line(one.offset), one.statement)


def _constructed(call: ast.Call, step: Step) -> Iterator[facts.Fact]:
    """A SQL construct: INSERT and the like do nothing to the schema."""
    path = step.scope.dotted(call.func)
    methods = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    if "setval" in ast.unparse(call):
        yield facts.SequenceMoved(HOLE)
    if path.rpartition(".")[2] == "CreateSequence":
        yield facts.SequenceCreated(HOLE)
    elif path.startswith("sqlalchemy.schema.") or not (
        methods & _OF_ROWS or path.startswith("sqlalchemy.")
    ):
        yield facts.Opaque()
