"""What statements that declare something ask of the rows that are there already."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb
from remediate.postgres.sql import ident
from remediate.rehearsal.held import (
    CHANGED,
    ONE,
    Fresh,
    Rows,
    State,
    Unclear,
    Unknown,
    source,
)
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.tables import Name

ALONE = "only the statement itself shows it"
# What the rows that are made up for a rehearsal do not tell of one that a revision adds.
_OF_OTHERS = ("unique", "foreign key")
_LENGTHS = {"varchar", "bpchar"}
_BITS = {"bit", "varbit"}
_LENGTH = re.compile(r"(character|bit)( varying)?\((\d+)\)(\[\])?")


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that rows of a table have to satisfy."""

    table: Name
    what: str  # "unique (email)"
    query: str  # what follows SELECT: it gives a row where one is in the way
    casts: bool = False  # it gives none, and fails where a value is in the way
    why: str = ""  # why a row that it gives need not be in the way
    shown: str = ""  # a SELECT that shows them
    rows: str = ""  # where it casts: all of them
    standing: bool = False  # what asks for it stands already


def _of(table: Name, what: str, query: str) -> Demand:
    return Demand(table, what, query, shown=f"SELECT * {query}")


def unknown(table: Name, held: Rows | Unknown, what: str, why: str = ALONE) -> Demand:
    """One that no SELECT answers; a table without rows satisfies it."""
    told = held.why if isinstance(held, Unknown) else why
    return Demand(table, what, f"FROM {held.sql} AS held", why=told)


def fired(table: Name, held: Rows | Unknown) -> Demand:
    """What a statement lets run besides."""
    return unknown(table, held, "what its triggers and rules do")


def not_null(table: Name, held: Rows, columns: Sequence[str]) -> Demand:
    """NOT NULL of some columns."""
    nulls = " OR ".join(f"{ident(column)} IS NULL" for column in columns)
    what = f"NOT NULL of {', '.join(columns)}"
    return _of(table, what, f"FROM {source(held, table.name)} WHERE {nulls}")


def unique(
    table: Name, held: Rows, keys: Sequence[str], condition: str = "", *, nulls: bool = False
) -> Demand:
    """No two rows with the same values of these expressions. `nulls`: NULL is a value, too."""
    wanted = [condition] if condition else []
    wanted += [] if nulls else [f"{key} IS NOT NULL" for key in keys]
    where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
    query = f"FROM {source(held, table.name)}{where} GROUP BY {', '.join(keys)} HAVING count(*) > 1"
    shown = f"SELECT {', '.join(keys)}, count(*) {query}"
    return Demand(table, f"unique ({', '.join(keys)})", query, shown=shown)


def asked(
    name: Name,
    table: Rows | Unknown,
    what: str,
    build: Callable[[Rows], Iterable[Demand]],
    columns: Iterable[str],
) -> tuple[Demand, ...]:
    """The demands on rows that are known; else one that nobody can answer."""
    if isinstance(table, Unknown) or not {*columns} <= {*table.columns}:
        return (unknown(name, table, what, CHANGED),)
    try:
        found = tuple(build(table))
    except Unclear:
        return (unknown(name, table, what),)
    added = Unknown(CHANGED, table.grown)
    more = (d.what for d in found if table.grown != ONE or d.what.startswith(_OF_OTHERS))
    return (*found, *(unknown(name, added, one) for one in more if table.grown))


def still_unique(name: Name, table: Rows | Unknown, one: Unique) -> tuple[Demand, ...]:
    """What an index that stands already asks of rows that have changed."""

    def build(rows: Rows) -> Iterator[Demand]:
        why = f"only {one.part} has this index" if one.part else ""
        yield from (replace(demand, why=why) for demand in of_unique(name, rows, one))

    return asked(name, table, f"index {one.name.name}", build, one.columns)


def of_unique(name: Name, rows: Rows, one: Unique) -> Iterator[Demand]:
    """What an index asks of rows when it is made. Raises Unclear."""
    if one.alone:
        raise Unclear
    yield unique(name, rows, one.keys, one.condition, nulls=one.nulls)


def one_by_one(name: Name, before: Rows, after: Rows, one: Unique) -> Demand:
    """No row gets what another one had: an index that refuses at once meets them in any order.

    `after`: what an UPDATE makes of the row that is called held.
    """
    aliases = [f"k{number}" for number in range(len(one.keys))]
    listed = ", ".join(f"{key} AS {k}" for key, k in zip(one.keys, aliases, strict=True))
    where = f" WHERE {one.condition}" if one.condition else ""

    def keys(rows: str) -> str:
        return f"(SELECT {listed} FROM {rows} AS {ident(name.name)}{where})"

    equal = "IS NOT DISTINCT FROM" if one.nulls else "="
    same = " AND ".join(f"old.{k} {equal} new.{k}" for k in aliases)
    own, new = (", ".join(f"{row}.{k}" for k in aliases) for row in ("own", "new"))
    query = (
        f"FROM {before.sql} AS held CROSS JOIN LATERAL {keys(after.sql)} AS new "
        f"LEFT JOIN LATERAL {keys('(SELECT held.*)')} AS own ON true "
        f"JOIN {keys(before.sql)} AS old ON {same} WHERE ROW({own}) IS DISTINCT FROM ROW({new})"
    )
    why = "rows get values that others had, and the order of the rows decides"
    return Demand(name, f"index {one.name.name}", query, why=why)


def check(state: State, table: Name, held: Rows, node: nodes.AstNode | None) -> Demand:
    """A CHECK. Raises Unclear."""
    sql = state.sql_of(node)
    return _of(table, f"CHECK {sql}", f"FROM {source(held, table.name)} WHERE NOT {sql}")


def foreign_key(
    state: State, table: Name, held: Rows, columns: Sequence[str], node: nodes.Constraint
) -> Demand:
    """A row of the other table for each."""
    parent = state.name(node.pktable)
    other = state.tables.get(parent)
    theirs = strings(node.pk_attrs) or state.keys.get(parent, ())
    what = f"foreign key ({', '.join(columns)}) to {parent}"
    given = " AND ".join(f"held.{ident(column)} IS NOT NULL" for column in columns)
    query = f"FROM {held.sql} AS held WHERE {given}"
    if isinstance(other, Fresh) and not other.written:
        return _of(table, what, query)
    known = isinstance(other, Rows) and not other.grown and {*theirs} <= {*other.columns}
    if not isinstance(other, Rows) or not known or len(theirs) != len(columns) or _more(node):
        return Demand(table, what, query, why=f"rows of {parent} change before it")
    pairs = zip(theirs, columns, strict=True)
    same = " AND ".join(f"parent.{ident(one)} = held.{ident(two)}" for one, two in pairs)
    return _of(
        table, what, f"{query} AND NOT EXISTS (SELECT FROM {other.sql} AS parent WHERE {same})"
    )


def _more(node: nodes.Constraint) -> bool:
    """Whether it asks for more than a parent of each full reference."""
    return node.fk_with_period or (node.fk_matchtype == "f" and len(node.fk_attrs) > 1)


def computed(table: Name, rows: str, column: str, value: str) -> Demand:
    """A value for each row, of an expression that may fail. `rows`: what follows FROM."""
    query, what = f"count({value}) FROM {rows}", f"the new values of {column}"
    all_ = f"(SELECT * FROM {rows})"
    return Demand(table, what, query, casts=True, shown=f"SELECT {query}", rows=all_)


def evaluated(table: Name, what: str, rows: str) -> Demand:
    """The values of rows that a query gives, which may fail. `rows`: the query, in brackets."""
    query = f"count(held) FROM {rows} AS held"
    return Demand(table, what, query, casts=True, shown=f"SELECT {query}", rows="(SELECT 1)")


def met(table: Name, there: Rows, new: Rows, one: Unique) -> Demand:
    """No row that is there has the key of a new one."""
    aliases = [f"k{number}" for number in range(len(one.keys))]
    listed = ", ".join(f"{key} AS {k}" for key, k in zip(one.keys, aliases, strict=True))
    where = f" WHERE {one.condition}" if one.condition else ""
    equal = "IS NOT DISTINCT FROM" if one.nulls else "="
    same = " AND ".join(f"held.{k} {equal} new.{k}" for k in aliases)
    held, added = (
        f"(SELECT {listed} FROM {source(rows, table.name)}{where})" for rows in (there, new)
    )
    query = f"FROM {held} AS held JOIN {added} AS new ON {same}"
    what = f"unique ({', '.join(one.keys)})"
    return Demand(table, what, query, shown=f"SELECT new.* {query}", standing=True)


def unreferenced(table: Name, what: str, referring: Rows) -> Demand:
    """No row of a table refers to rows that go. `referring`: those that do."""
    return _of(table, what, f"FROM {referring.sql} AS held")


def converted(
    state: State, table: Name, held: Rows, column: str, node: nodes.ColumnDef
) -> tuple[Demand, str]:
    """A change of a type, and the expression of the column's values after it. Raises Unclear."""
    if node.type_name is None or strings(node.type_name.names)[-1] in _BITS:
        raise Unclear
    name, type_ = strings(node.type_name.names)[-1], type_text(state, node.type_name)
    before = state.sql_of(node.raw_default) if node.raw_default else ident(column)
    after, what = f"{before}::{type_}", f"{column} as {type_}"
    length = next(iter(node.type_name.typmods), None)
    match length:
        case nodes.A_Const(val=nodes.Integer(ival=longest)) if name in _LENGTHS:
            limited = too_long(f"character varying({longest})", before)
            return longer(table, what, source(held, table.name), limited), after
    query = f"count({after}) FROM {source(held, table.name)}"
    return Demand(table, what, query, casts=True, shown=f"SELECT {query}", rows=held.sql), after


def longer(table: Name, what: str, rows: str, limited: str) -> Demand:
    """No value beyond a length. `limited`: what `too_long` gives."""
    return _of(table, what, f"FROM {rows} WHERE {limited}")


def too_long(type_: str, value: str) -> str:
    """The condition by which an assignment refuses what a cast cuts off; "" where it never does.

    `type_`: as format_type prints it. Spaces at the end of a text are cut off by both.
    """
    found = _LENGTH.fullmatch(type_)
    if not found:
        return ""
    kind, varying, longest, array = found.groups()
    wide = "text" if kind == "character" else "bit varying"
    one = "one" if array else f"({value})"
    measured = f"rtrim({one}::text, ' ')" if kind == "character" else f"{one}::bit varying"
    fails = "<>" if kind == "bit" and not varying else ">"
    condition = f"length({measured}) {fails} {longest}"
    rows = f"unnest(({value})::{wide}[]) AS one"
    return f"EXISTS (SELECT FROM {rows} WHERE {condition})" if array else condition


def type_text(state: State, type_: nodes.TypeName) -> str:
    """A type for the live database. Raises Unclear."""
    null = nodes.A_Const(pb.A_Const(isnull=True))
    return state.sql_of(null, type_).removeprefix("(NULL::").removesuffix(")")
