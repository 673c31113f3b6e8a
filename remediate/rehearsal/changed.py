"""Values that an upgrade changes or drops, and whether the downgrade brings them back.

The statements of both ways are followed on the rows of the live database, which is then asked
whether each value is what it was: no row leaves it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from remediate.lint.parser import nodes, pb
from remediate.postgres.sql import ident
from remediate.rehearsal import dropped, fitting, followed, kept, live_rows
from remediate.rehearsal.held import Rows, State, source
from remediate.rehearsal.kept import Back
from remediate.rehearsal.result import Lost, NotShown, Run
from remediate.snapshots.tables import Name

_DROPS, _DELETES = "drops", "deletes"
_GONE = {_DROPS, _DELETES}
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
    promised: bool = False  # we wrote it


def tables(columns: dropped.Columns, search_path: Sequence[str]) -> State:
    """The tables with these columns, whatever their rows are."""
    there: dict[Name, tuple[str, ...]] = {}
    for name, column in columns.values():
        there[name] = (*there.get(name, ()), column)
    return State({n: Rows(n.sql, found) for n, found in there.items()}, tuple(search_path))


Found = tuple[tuple[Lost, ...], tuple[NotShown, ...]]


def lost(
    rows: State | None,
    before: State,
    script: Script,
    columns: Iterable[tuple[Name, str]],
    live: dict[str, str],
) -> Found:
    """What does not come back, and what nobody knows of.

    `rows`: of the live database before it, where it starts from these; `before`: the tables then;
    `columns`: those that are dropped, "" for the rows of a dropped table.
    """
    changes = [Change(table, column, 0, _DROPS) for table, column in columns]
    changes += [Change(t, "", n, _DELETES) for t, n in kept.deleted(script.up, before.tables)]
    changes += () if script.promised else _changes(before, script.up)
    asked = [c for c in changes if c.column]
    answers = _answers(rows, asked, script, live) if rows and asked else {}
    gone: list[Lost] = []
    unknown: list[NotShown] = []
    for change in changes:
        same, told = answers.get((change.table, change.column)), _by_statements(change, script)
        if same and change.verb not in _GONE:
            continue
        loss = _lost(change, live, sure=same is False)
        if same is False or (told is Back.NO and (same is None or change.verb in _GONE)):
            gone.append(loss)
        elif same is None and told is Back.PERHAPS and loss.there:
            of = f"values of {change.table}.{change.column}" if change.column else ""
            what = f"whether the {of or f'rows of {change.table}'} come back"
            unknown.append(NotShown(what, fitting.ALONE))
    return tuple(dict.fromkeys(gone)), tuple(dict.fromkeys(unknown))


def _by_statements(change: Change, script: Script) -> Back:
    found = kept.back(change.table, script.up, script.down)
    return Back.PERHAPS if found is Back.NO and change.verb == "converts" else found


def _lost(change: Change, live: dict[str, str], *, sure: bool) -> Lost:
    if change.verb in _GONE:
        return dropped.lost(change.table, change.column, change.statement, live)
    there = sure or _holds(change, live)
    return Lost(change.table, change.column, change.statement, there=there, verb=change.verb)


def _holds(change: Change, live: dict[str, str]) -> bool:
    return live_rows.holds(f"FROM {change.table.sql}", live)


def _changes(before: State, up: Run) -> Iterator[Change]:
    for statement in (s for s in up.statements if s.number and not s.failed):
        for node in followed.parsed(statement.sql):
            for relation, column, verb in _columns(node):
                for name in _meant(before, relation):
                    table = before.tables.get(name)
                    if isinstance(table, Rows) and column in table.columns:
                        yield Change(name, column, statement.number, verb)


def _meant(before: State, relation: nodes.RangeVar | None) -> Iterable[Name]:
    """The table; where the revision finds it by a search_path of its own, each of that name."""
    name = before.name(relation)
    if relation is None or relation.schemaname or name in before.tables:
        return (name,)
    return [one for one in before.tables if one.name == relation.relname]


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
