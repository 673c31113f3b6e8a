"""Whether the rows of the live database fit what revisions declare: a rehearsal copies none."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from remediate.lint.parser import NotParsed, Source, nodes
from remediate.lint.scope import Text
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal import followed, live_rows
from remediate.rehearsal.database import Stage
from remediate.rehearsal.demands import ALONE, Demand
from remediate.rehearsal.held import Reference, Rows, State, Unknown
from remediate.rehearsal.result import Defect, NotShown, Statement
from remediate.snapshots.tables import Name

__all__ = ["ALONE", "Asked", "Verdict", "after", "asked", "defects", "not_shown", "start"]
_OF_VALUES = ("22", "23")  # classes of SQLSTATEs: data exceptions, and violated constraints
_BY_PYTHON = re.compile(r"\b(?:update|delete|insert|bulk_insert|truncate|merge)\b", re.IGNORECASE)
_INHERITED = "tables inherit from it"


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
    laid = fetch(superuser, __package__, "rows_before")
    state = State(
        {Name(s, n): Rows(f"{ident(s, n)}", tuple(columns)) for s, n, columns, *_ in laid},
        tuple(search_path),
        keys={Name(s, n): tuple(key) for s, n, _, key, *_ in laid},
    )
    state = state.lost([Name(s, n) for s, n, *_, inherited in laid if inherited], _INHERITED)
    pending = dict(
        found
        for (text,) in fetch(superuser, __package__, "constraints_not_valid")
        for found in _declared(state, text)
    )
    reached = {
        Name(s, n): frozenset(Name(*pair) for pair in zip(others[::2], others[1::2], strict=True))
        for s, n, _, _, others, _ in laid
    }
    uniques = fetch(superuser, __package__, "unique_columns")
    return replace(
        state, pending=pending, reached=reached,
        uniques=tuple((Name(s, n), tuple(key)) for s, n, key in uniques),
        references=tuple(
            Reference(Name(s, n), Name(t, p), tuple((one, two) for one, two in pairs))
            for s, n, t, p, pairs in fetch(superuser, __package__, "held_references")
        ),
    )  # fmt: skip


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


def after(state: State, statements: Iterable[Statement], text: str) -> State:
    """The tables when these of one revision, whose file is `text`, have run."""
    for statement in (s for s in statements if s.number and not s.failed):
        state, _ = followed.step(_read(state, statement, text), statement.sql)
    return state


def asked(
    state: State, statements: Iterable[Statement], text: str, live: dict[str, str]
) -> tuple[Asked, ...]:
    """What each of these asks of the rows, and what the live database says to that."""
    found: list[Asked] = []
    path = ", ".join(map(ident, state.search_path))
    for statement in (s for s in statements if s.number):
        state, demands = followed.step(_read(state, statement, text), statement.sql)
        found += [_answered(statement, demand, live, path) for demand in demands]
    return tuple(found)


def _read(state: State, statement: Statement, text: str) -> State:
    """Where Python has read rows, what it changes afterwards may depend on them."""
    reads = statement.is_select and any(
        n.name in statement.sql for n, h in state.tables.items() if isinstance(h, Rows | Unknown)
    )
    return state.all_lost() if reads and _BY_PYTHON.search(text) else state


def _answered(statement: Statement, demand: Demand, live: dict[str, str], path: str) -> Asked:
    query = f"SELECT {demand.query}" if demand.casts else f"SELECT EXISTS (SELECT {demand.query})"
    answer = live_rows.ask(query, live, path)
    if demand.casts and answer.sqlstate.startswith(_OF_VALUES):
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
    instead = "mend these rows before it, in a revision or by hand"
    if demand.what.startswith(("foreign key", "CHECK")):
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
        NotShown(f"whether the rows of {one.demand.table} fit ({one.demand.what})", one.why)
        for one in answers
        if one.verdict is Verdict.UNKNOWN
    )
    return tuple(dict.fromkeys(found))
