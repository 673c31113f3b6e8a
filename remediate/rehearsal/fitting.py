"""Whether the rows of the live database fit what revisions declare: a rehearsal copies none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from remediate.lint.expressions import strings
from remediate.lint.parser import NotParsed, Source, nodes, walk_typed
from remediate.lint.scope import Text
from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal import followed, live_rows, table_constraints, ties
from remediate.rehearsal.database import Stage
from remediate.rehearsal.demands import ALONE, Demand
from remediate.rehearsal.held import Rows, State, Unknown
from remediate.rehearsal.result import Defect, NotShown, Statement
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.tables import Name

__all__ = ["ALONE", "Asked", "Verdict", "after", "asked", "defects", "not_shown", "start"]
# Classes of SQLSTATEs: more rows than one, data exceptions, and violated constraints.
_OF_VALUES = ("21", "22", "23")
_QUALIFIED = b"SET LOCAL search_path = ''"  # each name is written with its schema
_INHERITED = "tables inherit from it"
_READ = "upgrade() reads rows before it"


class Verdict(Enum):
    """What the live database says of its rows."""

    FIT = auto()
    IN_THE_WAY = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """A demand of a statement, and what the live database says of it."""

    statement: Statement
    demand: Demand
    verdict: Verdict
    why: str = ""  # nothing is known


def start(stage: Stage, search_path: Sequence[str]) -> State:
    """The tables before the first statement, each with the rows of the live database."""
    superuser = stage.superuser
    with superuser.transaction():
        superuser.execute(_QUALIFIED)
        laid = {Name(s, n): rest for s, n, *rest in fetch(superuser, __package__, "rows_before")}
    types: dict[str, frozenset[Name]] = {}
    for type_, schema, table in fetch(superuser, __package__, "types_of_tables"):
        types[type_] = types.get(type_, frozenset()) | {Name(schema, table)}
    state = State(
        {name: _rows(name, columns) for name, (columns, *_) in laid.items()},
        tuple(search_path),
        keys={name: tuple(key) for name, (_, key, *_) in laid.items()},
        reached={n: _those(others) for n, (_, _, others, *_) in laid.items()},
        renewed={n: _those(others) for n, (_, _, _, others, *_) in laid.items()},
        fires=frozenset(name for name, (*_, fires, _) in laid.items() if fires),
        partitions=frozenset(name for name, (*_, one) in laid.items() if one),
        types=types,
        writers=frozenset(n for (n,) in fetch(superuser, __package__, "functions_that_write")),
        defined=frozenset(
            n for (n,) in fetch(superuser, __package__, "functions_that_read_settings")
        ),
    )
    state = state.lost(
        [name for name, (*_, inherited, _, _) in laid.items() if inherited], _INHERITED
    )
    state = _constrained(superuser, state, laid)
    return replace(
        state,
        uniques=tuple(
            Unique(Name(s, n), Name(*index), frozenset(columns), tuple(keys), *rest)
            for s, n, index, columns, keys, *rest in fetch(superuser, __package__, "unique_columns")
        ),
    )


def _constrained(superuser: Connection, state: State, laid: Mapping[Name, list[Any]]) -> State:
    """With the constraints of the tables."""
    for name, (columns, *_) in laid.items():
        required = (
            table_constraints.not_null(name, column, bare=not default)
            for column, *_, null, default in columns
            if null
        )
        state = replace(state, constraints=(*state.constraints, *required))
    with superuser.transaction():
        superuser.execute(_QUALIFIED)
        texts = fetch(superuser, __package__, "standing_constraints")
    found = [(one, inherited) for text, inherited in texts for one in _declared(state, text)]
    for ((name, _), node), _ in found:
        state = ties.of_table(state, name, [node])
    pending = {key: node for (key, node), _ in found if node.skip_validation}
    again = {key for (key, _), inherited in found if inherited}
    constraints = (replace(c, inherited=(c.table, c.name) in again) for c in state.constraints)
    return replace(state, pending=pending, constraints=(*constraints,))


def _rows(name: Name, columns: Iterable[Sequence[str]]) -> Rows:
    return Rows(
        name.sql, tuple(column for column, *_ in columns),
        types={column: type_ for column, type_, *_ in columns},
        generated={column: sql for column, _, sql, *_ in columns if sql},
        under={column: type_ for column, _, _, type_, *_ in columns},
    )  # fmt: skip


def _those(pairs: Iterable[tuple[str, str]]) -> frozenset[Name]:
    return frozenset(Name(schema, name) for schema, name in pairs)


def _declared(state: State, sql: str) -> Iterable[tuple[tuple[Name, str], nodes.Constraint]]:
    try:
        tree = Source(Text.at(sql, 0)).tree()
    except NotParsed:  # a later server's grammar
        return
    match tree:
        case nodes.AlterTableStmt(
            relation=relation, cmds=[nodes.AlterTableCmd(def_=nodes.Constraint() as constraint)]
        ):
            yield (state.name(relation), constraint.conname), constraint


def after(state: State, statements: Iterable[Statement]) -> State:
    """The tables when these of one revision have run."""
    for statement in (s for s in statements if s.number and not s.failed):
        state, _ = followed.step(state, statement.sql)
        state = _read(state, statement)
    return state


def asked(state: State, statements: Iterable[Statement], live: dict[str, str]) -> tuple[Asked, ...]:
    """What each of these asks of the rows, and what the live database says to that."""
    found: list[Asked] = []
    path = ", ".join(map(ident, state.search_path))
    for statement in (s for s in statements if s.number):
        state, demands = followed.step(state, statement.sql)
        state = _read(state, statement)
        found += [_answered(statement, demand, live, path) for demand in demands]
    return tuple(found)


def _read(state: State, statement: Statement) -> State:
    """Where Python has read rows, what it does afterwards may depend on them."""
    if not statement.is_select:
        return state
    for node in followed.parsed(statement.sql):
        if isinstance(node, nodes.SelectStmt) and not _is_call(node):
            found = [n for _, n in walk_typed(node) if isinstance(n, nodes.RangeVar)]
            if any(isinstance(state.held(one), Rows | Unknown) for one in found):
                state = state.all_lost(_READ)
    return state


def _is_call(node: nodes.SelectStmt) -> bool:
    """Whether it is run for what a function does, and gives no rows."""
    targets = [t.val for t in node.target_list if isinstance(t, nodes.ResTarget)]
    called = [strings(t.funcname)[-1:] for t in targets if isinstance(t, nodes.FuncCall)]
    only_calls = len(called) == len(node.target_list)
    return only_calls and (not node.from_clause or all(name == ("setval",) for name in called))


def _answered(statement: Statement, demand: Demand, live: dict[str, str], path: str) -> Asked:
    query = f"SELECT {demand.query}" if demand.casts else f"SELECT EXISTS (SELECT {demand.query})"
    answer = live_rows.ask(query, live, path)
    if demand.casts and answer.sqlstate.startswith(_OF_VALUES):
        # Rather than this one, something before it may fail on the rows.
        before = live_rows.ask(f"SELECT count(held) FROM {demand.rows} AS held", live, path)
        if not before.sqlstate:
            return Asked(statement, demand, Verdict.IN_THE_WAY)
    if answer.sqlstate:
        return Asked(statement, demand, Verdict.UNKNOWN, demand.why or answer.why)
    if demand.casts or not answer.value:
        return Asked(statement, demand, Verdict.FIT)
    verdict = Verdict.UNKNOWN if demand.why else Verdict.IN_THE_WAY
    return Asked(statement, demand, verdict, demand.why)


def defects(answers: Iterable[Asked], file: str) -> tuple[Defect, ...]:
    """Those that rows of the live database stand in the way of."""
    return tuple(_defect(one, file) for one in answers if one.verdict is Verdict.IN_THE_WAY)


def _defect(one: Asked, file: str) -> Defect:
    statement, demand = one.statement, one.demand
    shown = "so does" if demand.casts else "they show in"
    instead = "repair these rows first, in an earlier revision or by hand"
    if demand.what.startswith(("foreign key", "CHECK")) and not demand.standing:
        instead += "; or declare it NOT VALID, which holds for new rows, and validate it later"
    return Defect(
        "ROWS_IN_THE_WAY",
        f"rows of {demand.table} do not fit: {demand.what}",
        f"statement {statement.number} of upgrade() fails on the rows of the database; {shown} "
        f"{demand.shown}",
        instead, file, statement.line, statement.sql,
    )  # fmt: skip


def not_shown(answers: Iterable[Asked]) -> tuple[NotShown, ...]:
    """Those of which nothing is known."""
    found = (
        NotShown(f"whether the rows of {_called(one.demand)} fit ({one.demand.what})", one.why)
        for one in answers
        if one.verdict is Verdict.UNKNOWN
    )
    return tuple(dict.fromkeys(found))


def _called(demand: Demand) -> str:
    """Its table; by the bare name where nobody knows the schema."""
    return str(demand.table) if demand.table.schema else demand.table.name
