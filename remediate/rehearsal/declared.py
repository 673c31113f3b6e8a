"""What a constraint asks of the rows of its table."""

from collections.abc import Iterator, Sequence

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb
from remediate.postgres.sql import ident
from remediate.rehearsal import demands
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unclear, Unknown
from remediate.rehearsal.table_constraints import Standing
from remediate.snapshots.tables import Name


def of(
    state: State,
    name: Name,
    table: Rows | Unknown,
    node: nodes.Constraint,
    columns: Sequence[str] = (),
) -> tuple[Demand, ...]:
    """What a constraint asks of a table's rows. `columns`: where it does not name them itself."""
    given = (*strings(node.keys), *strings(node.fk_attrs))
    columns = columns or given or state.indexes.get(node.indexname, ())
    title = TITLES.get(node.contype)
    looser = node.contype in {pb.CONSTR_CHECK, pb.CONSTR_FOREIGN} and not node.is_enforced
    if title is None or looser or (node.contype == pb.CONSTR_UNIQUE and node.indexname):
        return ()
    listed = f" ({', '.join(columns)})" if columns else f" {node.conname}".rstrip()

    def build(rows: Rows) -> Iterator[Demand]:
        return _built(state, name, rows, node, columns)

    return demands.asked(name, table, f"{title}{listed}", build, columns)


TITLES = {
    pb.CONSTR_UNIQUE: "unique", pb.CONSTR_PRIMARY: "primary key", pb.CONSTR_NOTNULL: "NOT NULL",
    pb.CONSTR_CHECK: "CHECK", pb.CONSTR_FOREIGN: "foreign key", pb.CONSTR_EXCLUSION: "EXCLUDE",
}  # fmt: skip


def title(one: Standing) -> str:
    """What stands, by its name."""
    return f"{TITLES[one.node.contype]} {one.name}"


def _built(
    state: State, name: Name, rows: Rows, node: nodes.Constraint, columns: Sequence[str]
) -> Iterator[Demand]:
    """Raises Unclear where no SELECT says whether rows fit."""
    keys = [*map(ident, columns)]
    if node.contype == pb.CONSTR_CHECK:
        yield demands.check(state, name, rows, node.raw_expr)
    elif not columns or node.contype == pb.CONSTR_EXCLUSION or node.without_overlaps:
        raise Unclear
    elif node.contype == pb.CONSTR_FOREIGN:
        yield demands.foreign_key(state, name, rows, columns, node)
    else:
        if node.contype in {pb.CONSTR_PRIMARY, pb.CONSTR_NOTNULL}:
            yield demands.not_null(name, rows, columns)
        if node.contype != pb.CONSTR_NOTNULL and not node.indexname:
            yield demands.unique(name, rows, keys, nulls=node.nulls_not_distinct)
