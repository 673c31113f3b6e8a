"""Values that an upgrade changes where they are, and whether the downgrade brings them back.

The statements of both ways are followed on the rows of the live database, which is then asked
whether each value is what it was: no row leaves it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from remediate.lint.parser import nodes, pb
from remediate.postgres.sql import ident
from remediate.rehearsal import dropped, fitting, followed, live_rows
from remediate.rehearsal.held import Rows, State, source
from remediate.rehearsal.result import Lost, NotShown, Run
from remediate.snapshots.tables import Name

_WAS = "was "  # before the name of a column: its values before the upgrade


@dataclass(frozen=True, slots=True)
class Change:
    """A column whose values a statement changes, which was there before it."""

    table: Name
    column: str
    statement: int
    verb: str


@dataclass(frozen=True, slots=True)
class Script:
    """A revision that went up and down."""

    up: Run
    down: Run


def tables(columns: dropped.Columns, search_path: Sequence[str]) -> State:
    """The tables with these columns, whatever their rows are."""
    there: dict[Name, tuple[str, ...]] = {}
    for name, column in columns.values():
        there[name] = (*there.get(name, ()), column)
    return State({n: Rows(n.sql, found) for n, found in there.items()}, tuple(search_path))


Found = tuple[tuple[Lost, ...], tuple[NotShown, ...]]


def lost(rows: State | None, before: State, script: Script, live: dict[str, str]) -> Found:
    """What does not come back, and what nobody knows of.

    `rows`: of the live database before it, where it starts from these; `before`: the tables then.
    """
    changes = [*_changes(before, script.up)]
    answers = _answers(rows, changes, script, live) if rows and changes else {}
    gone: list[Lost] = []
    unknown: list[NotShown] = []
    for change in changes:
        same = answers.get((change.table, change.column))
        if same is None and change.verb == "converts":
            what = f"whether the values of {change.table}.{change.column} come back"
            unknown += [NotShown(what, fitting.ALONE)] if _holds(change, live) else []
        elif same is None and not dropped.restored(change.table, script.down):
            gone.append(_lost(change, there=_holds(change, live)))
        elif same is False:
            gone.append(_lost(change, there=True))
    return tuple(dict.fromkeys(gone)), tuple(dict.fromkeys(unknown))


def _lost(change: Change, *, there: bool) -> Lost:
    return Lost(change.table, change.column, change.statement, there=there, verb=change.verb)


def _holds(change: Change, live: dict[str, str]) -> bool:
    return live_rows.holds(f"FROM {change.table.sql}", live)


def _changes(before: State, up: Run) -> Iterator[Change]:
    for statement in (s for s in up.statements if s.number and not s.failed):
        for node in followed.parsed(statement.sql):
            for relation, column, verb in _columns(node):
                name = before.name(relation)
                table = before.tables.get(name)
                if isinstance(table, Rows) and column in table.columns:
                    yield Change(name, column, statement.number, verb)


def _columns(node: nodes.AstNode | str) -> Iterator[tuple[nodes.RangeVar | None, str, str]]:
    match node:
        case nodes.UpdateStmt(target_list=targets):
            yield from ((node.relation, column, "changes") for column in _set(targets))
        case nodes.InsertStmt(on_conflict_clause=nodes.OnConflictClause(target_list=targets)):
            yield from ((node.relation, column, "changes") for column in _set(targets))
        case nodes.AlterTableStmt(objtype=pb.OBJECT_TABLE):
            commands = [c for c in node.cmds if isinstance(c, nodes.AlterTableCmd)]
            types = [c.name for c in commands if c.subtype == pb.AT_AlterColumnType]
            yield from ((node.relation, column, "converts") for column in types)


def _set(targets: Iterable[nodes.AstNode]) -> Iterator[str]:
    return (target.name for target in targets if isinstance(target, nodes.ResTarget))


def _answers(
    rows: State, changes: Iterable[Change], script: Script, live: dict[str, str]
) -> Mapping[tuple[Name, str], bool]:
    """Whether all values of each column are what they were, where the database can say it."""
    columns: dict[Name, dict[str, None]] = {}
    for change in changes:
        columns.setdefault(change.table, {})[change.column] = None
    state = rows
    for name in columns:
        held = state.tables.get(name)
        state = state.put(name, _remembering(held, name)) if isinstance(held, Rows) else state
    for run in (script.up, script.down):
        state = fitting.after(state, run.statements)
    found: dict[tuple[Name, str], bool] = {}
    for name, named in columns.items():
        held = state.tables.get(name)
        asked = [c for c in named if isinstance(held, Rows) and {c, _WAS + c} <= {*held.columns}]
        if isinstance(held, Rows) and asked:
            found |= _compared(held, name, asked, state, live)
    return found


def _remembering(held: Rows, name: Name) -> Rows:
    """The same with each value once more, which no statement changes."""
    was = ", ".join(f"{ident(column)} AS {ident(_WAS + column)}" for column in held.columns)
    columns = (*held.columns, *(_WAS + column for column in held.columns))
    return replace(held, sql=f"(SELECT *, {was} FROM {source(held, name.name)})", columns=columns)


def _compared(
    held: Rows, name: Name, columns: list[str], state: State, live: dict[str, str]
) -> Iterable[tuple[tuple[Name, str], bool]]:
    same = ", ".join(
        f"bool_and({ident(c)}::text IS NOT DISTINCT FROM {ident(_WAS + c)}::text)" for c in columns
    )
    path = ", ".join(map(ident, state.search_path))
    answer = live_rows.ask(f"SELECT ARRAY[{same}] FROM {source(held, name.name)}", live, path)
    values = answer.value if isinstance(answer.value, list) else []
    return [((name, c), v) for c, v in zip(columns, values, strict=False) if v is not None]
