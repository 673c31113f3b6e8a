"""What the rows of the live database are when a statement of a revision meets them.

None of those rows is here: each table is kept as a SELECT, which the live database could answer,
of what the statements so far leave of its rows. Where no SELECT can say that, it is said why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from remediate.lint.parser import NotParsed, nodes, walk_typed, written
from remediate.lint.scope import HOLE
from remediate.postgres.sql import ident
from remediate.snapshots.tables import Name

CHANGED = "what runs before it changes them"


class Unclear(Exception):
    """Something that no SELECT on the live database says."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of the live database, as the statements so far leave it."""

    sql: str  # what follows FROM
    columns: tuple[str, ...]
    plain: bool = True  # no statement has changed anything in it
    grown: bool = False  # rows are added, which were made up or came by way of other tables


@dataclass(frozen=True, slots=True)
class Fresh:
    """A table without rows of the live database: a revision makes it, or empties it."""

    written: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """A table of the live database whose rows are not known any more."""

    why: str
    sql: str  # where the database has them


Held = Rows | Fresh | Unknown


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key that refuses a DELETE of what it refers to."""

    table: Name
    target: Name
    columns: tuple[tuple[str, str], ...]  # each with that of the target


@dataclass(frozen=True, slots=True)
class State:
    """The tables while revisions run, and what belongs to them."""

    tables: Mapping[Name, Held] = field(default_factory=dict)
    search_path: tuple[str, ...] = ()
    keys: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)  # primary ones
    reached: Mapping[Name, frozenset[Name]] = field(default_factory=dict)  # by its DELETE
    pending: Mapping[tuple[Name, str], nodes.Constraint] = field(default_factory=dict)  # NOT VALID
    uniques: tuple[tuple[Name, tuple[str, ...]], ...] = ()  # columns of unique indexes
    references: tuple[Reference, ...] = ()
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # that revisions make

    def name(self, relation: nodes.RangeVar | None) -> Name:
        """The table that a statement means."""
        if relation is None:
            return Name("", "")
        if relation.schemaname:
            return Name(relation.schemaname, relation.relname)
        found = [Name(schema, relation.relname) for schema in self.search_path]
        return next((one for one in found if one in self.tables), (found or [Name("", "")])[0])

    def held(self, relation: nodes.RangeVar | None) -> Held | None:
        """None where it is no table that is known."""
        return self.tables.get(self.name(relation))

    def put(self, name: Name, held: Held) -> "State":
        return replace(self, tables={**self.tables, name: held})

    def without(self, name: Name) -> "State":
        return replace(self, tables={n: h for n, h in self.tables.items() if n != name})

    def lost(self, names: Iterable[Name], why: str = CHANGED) -> "State":
        """The same where nobody knows these any more."""
        known = {n: self.tables[n] for n in names if n in self.tables}
        return replace(
            self, tables={**self.tables, **{n: _lost(h, n, why) for n, h in known.items()}}
        )

    def all_lost(self, why: str = CHANGED) -> "State":
        return self.lost(self.tables, why)

    def sql_of(self, node: nodes.AstNode | None, type_: nodes.TypeName | None = None) -> str:
        """An expression for the live database. Raises Unclear where it reads what has changed."""
        if node is None:
            raise Unclear
        for _, inner in walk_typed(node):
            held = self.held(inner) if isinstance(inner, nodes.RangeVar) else None
            if isinstance(inner, nodes.RangeVar) and not (
                isinstance(held, Rows) and held.plain and not held.grown
            ):
                raise Unclear
        try:
            sql = written(node, type_)
        except NotParsed as error:
            raise Unclear from error
        if HOLE in sql:
            raise Unclear
        return sql


def _lost(held: Held, name: Name, why: str) -> Held:
    if isinstance(held, Rows):
        return Unknown(why, name.sql if held.plain else held.sql)
    return Fresh(written=True) if isinstance(held, Fresh) else held


def source(held: Rows, called: str) -> str:
    """What follows FROM, under the name by which expressions may call it."""
    return f"{held.sql} AS {ident(called)}"


def selected(held: Rows, called: str, columns: Mapping[str, str], condition: str = "") -> Rows:
    """The same with these columns, each by its expression, and without other rows."""
    targets = ", ".join(f"{sql} AS {ident(column)}" for column, sql in columns.items())
    where = f" WHERE {condition}" if condition else ""
    sql = f"(SELECT {targets} FROM {source(held, called)}{where})"
    return replace(held, sql=sql, columns=tuple(columns), plain=False)


def same(held: Rows) -> dict[str, str]:
    """Its columns as they are."""
    return {column: ident(column) for column in held.columns}


def called(relation: nodes.RangeVar | None) -> str:
    if relation is None:
        return ""
    return relation.alias.aliasname if relation.alias else relation.relname


def update(state: State, node: nodes.UpdateStmt) -> State:
    """Each row as the UPDATE leaves it; triggers are left out of account."""
    name, held = state.name(node.relation), state.held(node.relation)
    if not isinstance(held, Rows):
        return state
    try:
        if node.from_clause:
            raise Unclear
        condition = state.sql_of(node.where_clause) if node.where_clause else "true"
        changed = same(held)
        for target in node.target_list:
            if not isinstance(target, nodes.ResTarget) or target.name not in changed:
                raise Unclear
            value = state.sql_of(target.val)
            changed[target.name] = (
                f"CASE WHEN {condition} THEN {value} ELSE {ident(target.name)} END"
            )
    except Unclear:
        return state.lost([name])
    return state.put(name, selected(held, called(node.relation), changed))


def new_values(state: State, node: nodes.UpdateStmt) -> Mapping[str, str]:
    """What an UPDATE computes for each column, which may fail. Raises Unclear."""
    if node.from_clause:
        raise Unclear
    condition = state.sql_of(node.where_clause) if node.where_clause else "true"
    computed = [
        t for t in node.target_list
        if isinstance(t, nodes.ResTarget) and not isinstance(t.val, nodes.A_Const | nodes.ParamRef)
    ]  # fmt: skip
    return {t.name: f"CASE WHEN {condition} THEN {state.sql_of(t.val)} END" for t in computed}


def delete(state: State, node: nodes.DeleteStmt) -> State:
    """The rows that a DELETE leaves."""
    name, held = state.name(node.relation), state.held(node.relation)
    state = state.lost(_reached(state, name))
    if node.where_clause is None and not node.using_clause and held is not None:
        return state.put(name, Fresh())
    if not isinstance(held, Rows):
        return state
    try:
        if node.using_clause:
            raise Unclear
        condition = f"{state.sql_of(node.where_clause)} IS NOT TRUE"
    except Unclear:
        return state.lost([name])
    return state.put(name, selected(held, called(node.relation), same(held), condition))


def _reached(state: State, name: Name) -> set[Name]:
    """The tables whose rows go, or change, with rows of this one."""
    found: set[Name] = set()
    todo = [name]
    while todo:
        new = state.reached.get(todo.pop(), frozenset()) - found
        found |= new
        todo += new
    return found


def grown(state: State, relation: nodes.RangeVar | None) -> State:
    """With rows that a statement adds."""
    name, held = state.name(relation), state.held(relation)
    if isinstance(held, Fresh):
        return state.put(name, Fresh(written=True))
    return state.put(name, replace(held, grown=True)) if isinstance(held, Rows) else state


def written_within(state: State, node: nodes.AstNode) -> State:
    """With what statements in a WITH clause change."""
    for field_, inner in walk_typed(node):
        if field_ == "ctequery" and isinstance(
            inner, nodes.InsertStmt | nodes.UpdateStmt | nodes.DeleteStmt | nodes.MergeStmt
        ):
            name = state.name(inner.relation)
            state = state.lost([name, *_reached(state, name)])
    return state
