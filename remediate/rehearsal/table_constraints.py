"""CHECK, NOT NULL and foreign keys that stand while statements of revisions change rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb, walk_typed
from remediate.postgres.sql import numbered
from remediate.snapshots.tables import Name

_NO_ACTION = {"", "a", "r"}
_KINDS = {pb.CONSTR_CHECK: "check", pb.CONSTR_FOREIGN: "fkey", pb.CONSTR_NOTNULL: "not_null"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A constraint of a table that refuses rows."""

    table: Name
    name: str
    node: nodes.Constraint
    columns: tuple[str, ...]  # that it speaks of
    target: Name | None = None  # of a foreign key
    deferred: bool = False  # it refuses when the transaction ends
    renamed: bool = False  # its node has names that are not those of the columns any more
    bare: bool = False  # NOT NULL of a column that is known to have no default
    referred: tuple[str, ...] = ()  # of a foreign key: the columns of its target; () unknown
    inherited: bool = False  # its table is a partition of one that has it, too
    checks: bool = True  # it asks the rows of its table
    keeps: bool = True  # of a foreign key: it asks, or changes, what refers to rows of its target

    @property
    def follows(self) -> bool:
        """Whether ON UPDATE of a foreign key changes its own columns."""
        return self.node.fk_upd_action not in _NO_ACTION

    def of_any(self, columns: Iterable[str]) -> bool:
        """Whether a foreign key may refer to one of these columns."""
        return not self.referred or bool({*self.referred} & {*columns})


def not_null(table: Name, column: str, *, bare: bool = False) -> Standing:
    """NOT NULL, whatever its name is."""
    keys = [pb.Node(string=pb.String(sval=column))]
    node = nodes.Constraint(pb.Constraint(contype=pb.CONSTR_NOTNULL, keys=keys))
    return Standing(table, "", node, (column,), bare=bare)


def made(
    standing: tuple[Standing, ...],
    table: Name,
    node: nodes.Constraint,
    target: Name | None,
    own: str = "",
    key: tuple[str, ...] = (),
) -> tuple[Standing, ...]:
    """With what a constraint declares. `own`: the column that declares it; `key`: the target's."""
    if node.contype == pb.CONSTR_PRIMARY:
        columns = (own,) if own else strings(node.keys)
        return standing + tuple(not_null(table, column) for column in columns)
    if node.contype not in _KINDS or not _holds(node):
        return standing
    columns = (own,) if own else (*strings(node.keys), *strings(node.fk_attrs)) or _read(node)
    name = node.conname or _default_name(standing, table, node, columns)
    if node.contype != pb.CONSTR_FOREIGN:
        return (*standing, Standing(table, name, node, columns))
    referred = strings(node.pk_attrs) or key
    made = Standing(table, name, node, columns, target, node.initdeferred, referred=referred)
    return (*standing, made)


def _holds(node: nodes.Constraint) -> bool:
    return node.contype == pb.CONSTR_NOTNULL or node.is_enforced


def _read(node: nodes.Constraint) -> tuple[str, ...]:
    """The columns of a CHECK."""
    if node.raw_expr is None:
        return ()
    found = (n for _, n in walk_typed(node.raw_expr) if isinstance(n, nodes.ColumnRef))
    return tuple(dict.fromkeys(name for one in found for name in strings(one.fields)[-1:]))


def _default_name(
    standing: Iterable[Standing], table: Name, node: nodes.Constraint, columns: tuple[str, ...]
) -> str:
    """PostgreSQL's own; a CHECK of several columns names none of them."""
    taken = {one.name for one in standing if one.table == table}
    label = _KINDS[node.contype]
    if node.contype == pb.CONSTR_CHECK and len(columns) != 1:
        return f"{table.name}_{label}"
    return next(n for n in numbered(table.name, "_".join(columns), label) if n not in taken)


def without(standing: Iterable[Standing], table: Name, name: str) -> tuple[Standing, ...]:
    """Where a constraint of this table is gone."""
    return tuple(one for one in standing if (one.table, one.name) != (table, name))


def without_column(standing: Iterable[Standing], table: Name, column: str) -> tuple[Standing, ...]:
    """Where a column of this table is gone."""
    return tuple(
        one
        for one in standing
        if not (one.table == table and column in one.columns)
        and not (one.target == table and column in one.referred)
    )


def nullable(standing: Iterable[Standing], table: Name, column: str) -> tuple[Standing, ...]:
    """Where a column of this table may be NULL."""
    return tuple(
        one
        for one in standing
        if (one.table, one.columns, one.node.contype) != (table, (column,), pb.CONSTR_NOTNULL)
    )


def defaulted(
    standing: Iterable[Standing], table: Name, column: str, *, bare: bool
) -> tuple[Standing, ...]:
    """Where a column of this table gets another default; `bare`: none."""
    return tuple(
        replace(one, bare=bare)
        if (one.table, one.columns, one.node.contype) == (table, (column,), pb.CONSTR_NOTNULL)
        else one
        for one in standing
    )


def column_renamed(
    standing: Iterable[Standing], table: Name, old: str, new: str
) -> tuple[Standing, ...]:
    """Where a column of this table is called otherwise."""
    return tuple(
        _called(one, old, new) if one.table == table and old in one.columns else one
        for one in (_referring(one, table, old, new) for one in standing)
    )


def _referring(one: Standing, table: Name, old: str, new: str) -> Standing:
    if one.target != table or old not in one.referred:
        return one
    referred = tuple(new if column == old else column for column in one.referred)
    return replace(one, referred=referred, renamed=True)


def _called(one: Standing, old: str, new: str) -> Standing:
    if one.node.contype == pb.CONSTR_NOTNULL:
        return replace(not_null(one.table, new, bare=one.bare), name=one.name)
    columns = tuple(new if column == old else column for column in one.columns)
    renamed = one.renamed or one.node.contype == pb.CONSTR_CHECK
    return replace(one, columns=columns, renamed=renamed)


def table_renamed(standing: Iterable[Standing], old: Name, new: Name) -> tuple[Standing, ...]:
    """Where a table is called otherwise."""
    return tuple(
        replace(
            one,
            table=new if one.table == old else one.table,
            target=new if one.target == old else one.target,
        )
        for one in standing
    )
