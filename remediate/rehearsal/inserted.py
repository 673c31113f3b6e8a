"""What INSERT asks of the rows that are there and of those that it reads, and what it leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb
from remediate.postgres.sql import ident
from remediate.rehearsal import declared, demands, held, sources
from remediate.rehearsal.demands import ALONE, Demand
from remediate.rehearsal.held import CHANGED, LATER, Fresh, Rows, State, Unclear, Unknown
from remediate.rehearsal.table_constraints import Standing
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class _Insert:
    """An INSERT, with what the live database says of the rows that it adds."""

    name: Name
    table: held.Held
    rows: Rows | Unknown
    columns: tuple[str, ...] | None  # that it gives; None: nobody knows
    read: str  # the rows that it reads, after FROM; "" for none
    clause: nodes.OnConflictClause | None

    def gives(self, columns: frozenset[str]) -> bool:
        return self.columns is None or bool(columns & {*self.columns})

    @property
    def arbiter(self) -> frozenset[str] | str | None:
        """The columns, or the name, of the index whose conflicts it answers; "" for each."""
        if self.clause is None:
            return None
        infer = self.clause.infer
        parts = infer.index_elems if infer else ()
        named = frozenset(p.name for p in parts if isinstance(p, nodes.IndexElem))
        return named or (infer.conname if infer else "")

    def answers(self, one: Unique) -> bool:
        """Whether a conflict with this index is none."""
        return self.arbiter in {"", one.columns, one.name.name}


def asked(state: State, after: State, node: nodes.InsertStmt) -> Iterator[Demand]:
    """Of the rows that it adds: what stands on the table, and the rows that are there."""
    made = _insert(state, node)
    if made is None:
        return
    if made.read:
        yield from _values(made)
    for one in state.uniques:
        if one.table == made.name and made.gives(one.columns) and not made.answers(one):
            yield from _unique(made, one)
    for constraint in state.constraints:
        if constraint.table == made.name and made.gives(frozenset(constraint.columns)):
            yield from _constraint(after, made, constraint)
    yield from _changed(state, made)


def after(state: State, node: nodes.InsertStmt) -> State:
    """With the rows that it adds."""
    made = _insert(state, node)
    state = held.grown(state, node.relation)
    if made is None:
        return state
    if made.clause and made.clause.action == pb.ONCONFLICT_UPDATE:
        state = state.changed(made.name, deleted=True).lost([made.name])
    if not made.read:
        return state
    if isinstance(made.table, Fresh):
        unread = isinstance(made.rows, Unknown) or made.table.written or made.clause
        rows = Unknown(CHANGED, made.read) if unread else made.rows
        return state.put(made.name, rows)
    now = state.tables[made.name]
    if isinstance(now, Rows):
        before = now.grown.removeprefix(held.ONE)
        now = replace(now, grown=sources.union([before, made.read]))
        return state.put(made.name, now)
    return state.put(made.name, Unknown(CHANGED, sources.union([made.table.sql, made.read])))


def selected(state: State, query: nodes.AstNode | None, into: nodes.IntoClause | None) -> held.Held:
    """A table that is made of the rows that a query gives."""
    read = sources.read(state, query)
    if into is None or into.skip_data or not read:
        return Fresh(written=not (into and into.skip_data))
    try:
        columns = strings(into.col_names) or _columns(query)
        listed = f" ({', '.join(map(ident, columns))})"
        if isinstance(query, nodes.SelectStmt) and query.into_clause:
            raise Unclear
        sql = f"(SELECT * FROM {state.sql_of(query)} AS given{listed})"
    except Unclear:
        return Unknown(CHANGED, read)
    return Rows(sql, columns, plain=False)


def _columns(query: nodes.AstNode | None) -> tuple[str, ...]:
    """The names of what a SELECT gives. Raises Unclear."""
    found = [_called(one) for one in getattr(query, "target_list", ())]
    if not found or "" in found:
        raise Unclear
    return tuple(found)


def _called(target: nodes.AstNode) -> str:
    match target:
        case nodes.ResTarget(name=name) if name:
            return name
        case nodes.ResTarget(val=nodes.ColumnRef(fields=[*_, nodes.String(sval=name)])):
            return name
    return ""


def _insert(state: State, node: nodes.InsertStmt) -> _Insert | None:
    name, table = state.name(node.relation), state.held(node.relation)
    if table is None or node.select_stmt is None:
        return None
    read = sources.read(state, node.select_stmt, node.with_clause)
    columns = tuple(t.name for t in node.cols if isinstance(t, nodes.ResTarget)) or None
    if columns is None and isinstance(table, Rows) and table.plain:
        columns = table.columns
    if columns is None and isinstance(table, Fresh):
        columns = tuple(table.types) or None
    if columns and not node.cols:
        columns = columns[: _width(node.select_stmt)]
    try:
        rows: Rows | Unknown = _added(state, node, name, columns)
    except Unclear:
        rows = Unknown(ALONE, read or held.ONE)
    return _Insert(name, table, rows, columns, read, node.on_conflict_clause)


def _width(query: nodes.AstNode) -> int | None:
    """How many values a query gives; None where it does not say it."""
    match query:
        case nodes.SelectStmt(values_lists=[nodes.List(items=items), *_]):
            return len(items)
        case nodes.SelectStmt(target_list=[_, *_] as targets) if "" not in map(_called, targets):
            return len(targets)
    return None


def _added(
    state: State, node: nodes.InsertStmt, name: Name, columns: tuple[str, ...] | None
) -> Rows:
    """The rows that it adds. Raises Unclear."""
    table = state.tables[name]
    if columns is None or isinstance(table, Unknown) or node.with_clause or name in state.fires:
        raise Unclear
    if isinstance(table, Fresh) and not all(map(table.types.get, columns)):
        raise Unclear
    given = state.sql_of(node.select_stmt)
    types = {c: table.types[c] for c in columns if table.types.get(c)}
    under = {c: table.under.get(c, "") for c in types}
    # An assignment refuses what a cast cuts off.
    casts = {c: t for c, t in types.items() if not demands.too_long(under[c], "")}
    listed = ", ".join(
        f"CAST({ident(c)} AS {casts[c]}) AS {ident(c)}" if c in casts else ident(c) for c in columns
    )
    called = f"given ({', '.join(map(ident, columns))})"
    sql = f"(SELECT {listed} FROM {given} AS {called})"
    return Rows(sql, columns, plain=False, types=types, under=under)


def _values(made: _Insert) -> Iterator[Demand]:
    """Values that it computes, and their lengths."""
    what, rows = "the values that INSERT computes", made.rows
    if isinstance(rows, Unknown):
        yield demands.unknown(made.name, rows, what)
        return
    yield demands.evaluated(made.name, what, rows.sql)
    for column in rows.columns:
        type_ = rows.types.get(column)
        if type_ is None or not rows.under[column]:  # a domain may refuse it, or cut it off
            yield demands.unknown(made.name, Unknown(ALONE, made.read), f"the values of {column}")
            continue
        if limited := demands.too_long(rows.under[column], ident(column)):
            source = held.source(rows, made.name.name)
            yield demands.longer(made.name, f"{column} as {type_}", source, limited)


def _unique(made: _Insert, one: Unique) -> Iterator[Demand]:
    """No key twice: neither in the new rows, nor with one that is there."""
    table, rows = made.table, made.rows
    why = (LATER if one.deferred else "") or (ALONE if made.clause else "")
    known = isinstance(rows, Rows) and not one.alone and one.columns <= {*rows.columns}
    there = isinstance(table, Rows) and one.columns <= {*table.columns} and not one.part
    before = table.written if isinstance(table, Fresh) else not there
    if not isinstance(rows, Rows) or not known or (before and made.read):
        yield from _unasked(made, f"index {one.name.name}")
        return
    if made.read:
        found = demands.still_unique(made.name, rows, one)
        yield from (replace(d, why=d.why or why, standing=True) for d in found)
    if isinstance(table, Rows) and there:
        if table.grown:
            yield from _unasked(made, f"index {one.name.name}")
        yield replace(demands.met(made.name, table, rows, one), why=why)
    elif isinstance(table, Rows | Unknown):
        yield from _unasked(made, f"index {one.name.name}")


def _constraint(state: State, made: _Insert, one: Standing) -> Iterator[Demand]:
    """What is the same for each database is tried on the scratch one."""
    parent = state.tables.get(one.target) if one.target else None
    if not made.read and (one.target is None or parent is None or isinstance(parent, Fresh)):
        return
    if one.renamed and isinstance(made.rows, Rows):
        yield from _unasked(made, declared.title(one))
        return
    why = (LATER if one.deferred else "") or (ALONE if made.clause and one.target else "")
    for demand in declared.of(state, made.name, made.rows, one.node, one.columns):
        yield replace(demand, why=demand.why or why, standing=True)


def _changed(state: State, made: _Insert) -> Iterator[Demand]:
    """What ON CONFLICT DO UPDATE sets in rows that are there, beside values of the new ones."""
    table = made.table
    if made.clause is None or not isinstance(table, Rows | Unknown):
        return
    targets = [t for t in made.clause.target_list if isinstance(t, nodes.ResTarget)]
    given = {t.name for t in targets if not _is_excluded(t)}
    uniques = (u for u in state.uniques if u.table == made.name and given & u.columns)
    standing = (c for c in state.constraints if c.table == made.name and given & {*c.columns})
    titles = [f"index {one.name.name}" for one in uniques]
    titles += [f"{_kind(one)} ({', '.join(one.columns)})" for one in standing]
    yield from (demands.unknown(made.name, Unknown(ALONE, table.sql), one) for one in titles)


def _is_excluded(target: nodes.ResTarget) -> bool:
    match target.val:
        case nodes.ColumnRef(fields=fields):
            return strings(fields) == ("excluded", target.name)
    return False


def _kind(one: Standing) -> str:
    return declared.TITLES[one.node.contype]


def _unasked(made: _Insert, what: str) -> Iterator[Demand]:
    """Nobody knows: where it reads nothing, rows that are there must be in the way."""
    there = made.table.sql if isinstance(made.table, Rows | Unknown) else ""
    if sql := made.read or there:
        why = made.table.why if isinstance(made.table, Unknown) else ALONE
        yield demands.unknown(made.name, Unknown(why, sql), what)
