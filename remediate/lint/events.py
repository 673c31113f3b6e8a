"""The steps of one function as events, and what was known when each of them ran."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from remediate.lint import facts, operations, state, statements
from remediate.lint.evaluate import evaluate
from remediate.lint.facts import Event
from remediate.lint.operations import operation_name
from remediate.lint.scope import HOLE, Expression, Step, Text
from remediate.lint.state import Column, State
from remediate.lint.values import Unsafe, plain

_HARMLESS = {"alembic", "sqlalchemy", "sqlmodel", *sys.stdlib_module_names}
F = TypeVar("F", bound=facts.Fact)
_OF_ROWS = {"insert", "update", "delete", "select", "values", "where"}
_OF_MIGRATIONS = re.compile(r"migrat|alembic")  # the path of a module that helps revisions
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
    compared: tuple[tuple[str, str], ...] = ()  # types of a reference's columns and of its target's

    def unsafe(self, kind: str, message: str, rewritten: str = "", *, error: bool) -> Unsafe:
        """A finding about the event."""
        function = self.event.step.context.function
        return Unsafe(kind, self.event.line, function, message, rewritten, error)


@dataclass(frozen=True, slots=True)
class Run:
    """One function from its first to its last step."""

    function: str
    effects: tuple[Effect, ...]
    before: State
    end: State

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
    for step in steps:
        for event in events(step):
            effects += _effects(event, now)
            state.apply(now, event)
    return Run(function, tuple(effects), before, now)


def _effects(event: Event, now: State) -> Iterator[Effect]:
    fact = event.fact
    if isinstance(fact, facts.SequenceDropped):
        columns = state.columns_drawing_from(now, fact.name)
    else:
        spot = (getattr(fact, "table", ""), getattr(fact, "column", ""))
        columns = [c for c in (now.columns.get(spot),) if c] if isinstance(spot[1], str) else []
    for c in columns:
        known = c.type_at(event.branch)
        yield Effect(event, c, known, c.sequence, c.sequence_type, c.generated)
    if not columns:
        compared = _compared(fact, event, now) if isinstance(fact, facts.ReferenceAdded) else ()
        yield Effect(event, compared=compared)


def _compared(fact: facts.ReferenceAdded, event: Event, now: State) -> tuple[tuple[str, str], ...]:
    def known(table: str, name: str) -> str:
        column = now.columns.get((plain(table), name))
        return column.type_at(event.branch) if column else ""

    pairs = zip(fact.columns, fact.target_columns, strict=False)
    return tuple((known(fact.table, own), known(fact.target, key)) for own, key in pairs)


def events(step: Step) -> Iterator[Event]:
    """What a step does, with the line of each thing."""
    name = operation_name(step)
    if name == "execute":
        yield from _executed(step)
    elif name:
        facts_ = [facts.Opaque()] if name in _MAY_BE_DDL else operations.read_call(step, name)
        yield from (Event(fact, step, step.call.lineno) for fact in facts_)
    elif _is_given_operations(step):
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
    return foreign and not name[:1].isupper()


def _is_given_operations(step: Step) -> bool:
    given = [*step.call.args, *(k.value for k in step.call.keywords)]
    return any(step.scope.dotted(argument).startswith("alembic.op") for argument in given)


def _executed(step: Step) -> Iterator[Event]:
    given = [*step.call.args, *(k.value for k in step.call.keywords if k.arg == "sqltext")]
    value = evaluate(given[0], step.scope) if given else None
    if isinstance(value, Text):
        yield from _sql(value, step)
    elif isinstance(value, Expression) and isinstance(value.expression, ast.Call):
        yield from (Event(f, step, step.call.lineno) for f in _constructed(value.expression, step))
    else:
        yield Event(facts.Opaque(), step, step.call.lineno)


def _sql(text: Text, step: Step) -> Iterator[Event]:
    for one in statements.read(text):
        yield Event(one.fact, step, text.line(one.offset), one.statement)


def _constructed(call: ast.Call, step: Step) -> Iterator[facts.Fact]:
    """A SQL construct: INSERT and the like do nothing to the schema."""
    path = step.scope.dotted(call.func)
    methods = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    if path.rpartition(".")[2] == "CreateSequence":
        yield facts.SequenceCreated(HOLE)
    elif path.startswith("sqlalchemy.schema.") or not (
        methods & _OF_ROWS or path.startswith("sqlalchemy.")
    ):
        yield facts.Opaque()
