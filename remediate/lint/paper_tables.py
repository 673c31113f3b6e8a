"""Tables of a file of DDL, as CREATE TABLE, ALTER TABLE and CREATE INDEX declare them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remediate.lint.expressions import default_by, strings, type_name
from remediate.lint.parser import nodes, pb
from remediate.lint.tables import relation
from remediate.lint.types import SERIALS

ON_DELETE = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_FILLING = {pb.CONSTR_DEFAULT, pb.CONSTR_IDENTITY, pb.CONSTR_GENERATED}


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column of a CREATE TABLE."""

    name: str
    type: str  # without its length, as PostgreSQL prints it
    length: str  # "36", "10,2"; "" where none is written
    not_null: bool
    filled: bool  # by a default, an identity, an expression


@dataclass(frozen=True, slots=True)
class PaperReference:
    """A foreign key."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]  # () for the key of the target
    on_delete: str  # "" for NO ACTION


@dataclass(frozen=True, slots=True)
class PaperIndex:
    """A CREATE INDEX."""

    table: str
    name: str
    method: str
    columns: tuple[str, ...]  # "" for an expression
    unique: bool
    partial: bool
    line: int


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table; names are spelled as `table_name` spells them."""

    name: str
    line: int
    columns: tuple[PaperColumn, ...] = ()
    key: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    references: tuple[PaperReference, ...] = ()


def with_column(table: PaperTable, node: nodes.ColumnDef) -> PaperTable:
    constraints = [c for c in node.constraints if isinstance(c, nodes.Constraint)]
    kinds = {constraint.contype for constraint in constraints}
    written = ".".join(strings(node.type_name.names)) if node.type_name else ""
    serial = SERIALS.get(written, "")
    defaults = [default_by(c.raw_expr) for c in constraints if c.contype == pb.CONSTR_DEFAULT]
    nothing = bool(defaults) and all(default.null for default in defaults)
    column = PaperColumn(
        node.colname,
        serial or type_name(node.type_name),
        _length(node.type_name),
        not_null=bool(serial or kinds & {pb.CONSTR_NOTNULL, pb.CONSTR_IDENTITY}),
        filled=bool(serial or kinds & _FILLING) and not nothing,
    )
    table = replace(table, columns=(*table.columns, column))
    for constraint in constraints:
        table = with_constraint(table, constraint, (node.colname,))
    return table


def with_constraint(
    table: PaperTable, node: nodes.Constraint, own: tuple[str, ...] = ()
) -> PaperTable:
    """`own` is the column in whose definition it stands."""
    if node.contype == pb.CONSTR_PRIMARY:
        key = strings(node.keys) or own
        for column in key:
            table = changed_column(table, column, not_null=True)
        return replace(table, key=key)
    if node.contype == pb.CONSTR_UNIQUE:
        return replace(table, uniques=(*table.uniques, strings(node.keys) or own))
    if node.contype != pb.CONSTR_FOREIGN:
        return table
    reference = PaperReference(
        strings(node.fk_attrs) or own,
        relation(node.pktable),
        strings(node.pk_attrs),
        ON_DELETE.get(node.fk_del_action, ""),
    )
    return replace(table, references=(*table.references, reference))


def changed_column(
    table: PaperTable, name: str, *, not_null: bool | None = None, filled: bool | None = None
) -> PaperTable:
    def changed(column: PaperColumn) -> PaperColumn:
        return replace(
            column,
            not_null=column.not_null if not_null is None else not_null,
            filled=column.filled if filled is None else filled,
        )

    columns = (changed(c) if c.name == name else c for c in table.columns)
    return replace(table, columns=tuple(columns))


def _length(node: nodes.TypeName | None) -> str:
    """36 of varchar(36); "" where it is no number."""
    given = [*_numbers(node)] if node else []
    return ",".join(map(str, given)) if node and len(given) == len(node.typmods) else ""


def _numbers(node: nodes.TypeName) -> Iterator[int]:
    for one in node.typmods:
        if isinstance(one, nodes.A_Const) and isinstance(one.val, nodes.Integer):
            yield one.val.ival


def index_of(node: nodes.IndexStmt, line: int) -> PaperIndex:
    elements = [one for one in node.index_params if isinstance(one, nodes.IndexElem)]
    return PaperIndex(
        relation(node.relation), node.idxname, node.access_method or "btree",
        tuple(one.name for one in elements), bool(node.unique), node.where_clause is not None, line,
    )  # fmt: skip
