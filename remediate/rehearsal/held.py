"""What the rows of the live database are when a statement of a revision meets them.

None of those rows is here: each table is kept as a SELECT, which the live database could answer,
of what the statements so far leave of its rows. Where no SELECT can say that, it is said why.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from remediate.lint.expressions import strings
from remediate.lint.parser import NotParsed, exists, nodes, walk_typed, written
from remediate.lint.scope import HOLE
from remediate.postgres.sql import ident
from remediate.rehearsal.table_constraints import Standing
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.tables import Name

CHANGED = "what runs before it changes them"
LATER = "it is checked when the transaction ends"
ONE = "(SELECT 1)"  # of rows that came from nowhere


class Unclear(Exception):
    """Something that no SELECT on the live database says."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of the live database, as the statements so far leave it."""

    sql: str  # what follows FROM
    columns: tuple[str, ...]
    plain: bool = True  # no statement has changed anything in it
    grown: str = ""  # rows are added: those that they came from, after FROM
    types: Mapping[str, str] = field(default_factory=dict)  # of columns, where known
    under: Mapping[str, str] = field(default_factory=dict)  # likewise, without domains
    generated: Mapping[str, str] = field(default_factory=dict)  # columns; "": not known


@dataclass(frozen=True, slots=True)
class Fresh:
    """A table without rows of the live database: a revision makes it, or empties it."""

    written: bool = False
    types: Mapping[str, str] = field(default_factory=dict)  # of its columns, as it was made
    under: Mapping[str, str] = field(default_factory=dict)  # likewise, as of Rows


@dataclass(frozen=True, slots=True)
class Unknown:
    """A table of the live database whose rows are not known any more."""

    why: str
    sql: str  # where the database has them
    generated: Mapping[str, str] = field(default_factory=dict)  # as of Rows


Held = Rows | Fresh | Unknown
Write = nodes.InsertStmt | nodes.UpdateStmt | nodes.DeleteStmt | nodes.MergeStmt


@dataclass(frozen=True, slots=True)
class State:
    """The tables while revisions run, and what belongs to them."""

    tables: Mapping[Name, Held] = field(default_factory=dict)
    search_path: tuple[str, ...] = ()
    keys: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)  # primary ones
    reached: Mapping[Name, frozenset[Name]] = field(default_factory=dict)  # by its DELETE
    renewed: Mapping[Name, frozenset[Name]] = field(default_factory=dict)  # by its UPDATE
    fires: frozenset[Name] = frozenset()  # those with triggers or rules
    partitions: frozenset[Name] = frozenset()  # with those that have some
    types: Mapping[str, frozenset[Name]] = field(default_factory=dict)  # whose columns are of it
    writers: frozenset[str] = frozenset()  # functions that may change rows
    defined: frozenset[str] = frozenset()  # types that revisions make, alter or drop
    functions: bool = True  # all of them are those of the live database
    pending: Mapping[tuple[Name, str], nodes.Constraint] = field(default_factory=dict)  # NOT VALID
    uniques: tuple[Unique, ...] = ()
    constraints: tuple[Standing, ...] = ()
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

    def linked(self, one: Name, other: Name) -> "State":
        """Where rows of one are rows of the other, too."""
        pairs = ((one, other), (other, one))
        more = {a: self.renewed.get(a, frozenset()) | {b} for a, b in pairs}
        return replace(self, renewed={**self.renewed, **more})

    def changed(self, name: Name, *, deleted: bool = False) -> "State":
        """Where rows of a table change: with others that change with them, or by its triggers."""
        others = with_it(self, name, deleted=deleted)
        if name not in self.tables or self.fires & {name, *others}:
            return self.all_lost()
        return self.lost(others)

    def sql_of(self, node: nodes.AstNode | None, type_: nodes.TypeName | None = None) -> str:
        """An expression for the live database. Raises Unclear where it reads what has changed."""
        if node is None or (type_ is not None and self._redefined(type_)):
            raise Unclear
        for _, inner in walk_typed(node):
            if self._redefined(inner):
                raise Unclear
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

    def _redefined(self, node: nodes.AstNode) -> bool:
        """Whether the live database may know another type or function of this name."""
        match node:
            case nodes.TypeName():
                return bool({*strings(node.names)} & self.defined)
            case nodes.FuncCall():
                return not self.functions or bool({*strings(node.funcname)} & self.defined)
        return False


def _lost(held: Held, name: Name, why: str) -> Held:
    if isinstance(held, Rows):
        return Unknown(why, name.sql if held.plain else held.sql, held.generated)
    return Fresh(written=True) if isinstance(held, Fresh) else held


def source(held: Rows, called: str) -> str:
    """What follows FROM, under the name by which expressions may call it."""
    return f"{held.sql} AS {ident(called)}"


def selected(held: Rows, called: str, columns: Mapping[str, str], condition: str = "") -> Rows:
    """The same with these columns, each by its expression, and without other rows."""
    targets = ", ".join(f"{sql} AS {ident(column)}" for column, sql in columns.items())
    # What is done next must not be evaluated on rows that are gone.
    where = f" WHERE {condition} OFFSET 0" if condition else ""
    sql = f"(SELECT {targets} FROM {source(held, called)}{where})"
    types = {c: type_ for c, type_ in held.types.items() if columns.get(c) == ident(c)}
    return replace(held, sql=sql, columns=tuple(columns), plain=False, types=types)


def same(held: Rows) -> dict[str, str]:
    """Its columns as they are."""
    return {column: ident(column) for column in held.columns}


def called(relation: nodes.RangeVar | None) -> str:
    if relation is None:
        return ""
    return relation.alias.aliasname if relation.alias else relation.relname


def delete(state: State, node: nodes.DeleteStmt) -> State:
    """The rows that a DELETE leaves."""
    name = state.name(node.relation)
    state = state.changed(name, deleted=True)
    held = state.tables.get(name)
    all_ = node.where_clause is None and not node.using_clause and name not in state.fires
    if all_ and held is not None:
        return state.put(name, Fresh())
    if not isinstance(held, Rows):
        return state
    try:
        if node.with_clause:
            raise Unclear
        kept = f"{condition(state, node)} IS NOT TRUE"
    except Unclear:
        return state.lost([name])
    return state.put(name, selected(held, called(node.relation), same(held), kept))


def condition(state: State, node: nodes.DeleteStmt) -> str:
    """Which rows go; "" for all of them. Raises Unclear."""
    if not node.using_clause:
        return state.sql_of(node.where_clause) if node.where_clause else ""
    return state.sql_of(exists(node.using_clause, node.where_clause))


def with_it(state: State, name: Name, *, deleted: bool) -> set[Name]:
    """The tables whose rows go, or change, with rows of this one."""
    found: set[Name] = set()
    todo = [name]
    while todo:
        one = todo.pop()
        gone = state.reached.get(one, frozenset()) if deleted else frozenset()
        new = (state.renewed.get(one, frozenset()) | gone) - found
        found |= new
        todo += new
    again = state.renewed.get(name, frozenset()) | state.reached.get(name, frozenset())
    # From its partitions it comes back to what is followed already.
    return found - {name} if name in state.partitions and name not in again else found


def alike(state: State, name: Name) -> set[Name]:
    """A table, with those that it is a partition of, or that are partitions of it."""
    others = with_it(state, name, deleted=False) & state.partitions
    return {name, *others} if name in state.partitions else {name}


def grown(state: State, relation: nodes.RangeVar | None) -> State:
    """With rows that a statement adds."""
    name = state.name(relation)
    if name not in state.tables or name in state.fires:
        state = state.all_lost()
    for one in (name, *with_it(state, name, deleted=False)):
        held = state.tables.get(one)
        if isinstance(held, Fresh):
            state = state.put(one, replace(held, written=True))
        elif isinstance(held, Rows):
            state = state.put(one, replace(held, grown=held.grown or ONE))
    return state


def written_within(state: State, node: nodes.AstNode) -> State:
    """With what statements in a WITH clause change."""
    for inner in writes_within(node):
        name = state.name(inner.relation)
        state = state.changed(name, deleted=True).lost([name])
    return state


def writes_within(node: nodes.AstNode) -> list[Write]:
    """The statements in a WITH clause that change rows."""
    return [n for at, n in walk_typed(node) if at == "ctequery" and isinstance(n, Write)]
