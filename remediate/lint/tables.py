"""CREATE TABLE and ALTER TABLE to facts, and the columns, types and defaults in them."""

from collections.abc import Iterable, Iterator

from remediate.lint import facts
from remediate.lint.expressions import casts, default_by, pinned_by, strings, type_name
from remediate.lint.facts import ColumnDefinition, Fact, Link
from remediate.lint.objects import Created, Validated
from remediate.lint.parser import Source, Span, nesting, nodes, pb, span, walk_typed
from remediate.lint.scope import HOLE
from remediate.lint.types import SERIALS
from remediate.lint.values import table_name

_DEFAULTS, _IDENTITY, _INDEXES = 1 << 3, 1 << 5, 1 << 6  # TableLikeOption in parsenodes.h
_GENERATING = _DEFAULTS | _IDENTITY
_FILLING = {pb.CONSTR_DEFAULT, pb.CONSTR_IDENTITY, pb.CONSTR_GENERATED}


def relation(node: nodes.RangeVar | None) -> str:
    """The name of a table, a hole where it has none."""
    return table_name(node.relname, node.schemaname) if node else HOLE


def create_table(node: nodes.CreateStmt, source: Source) -> Fact:
    """CREATE TABLE with columns of its own, of another table, or of a session alone."""
    table = relation(node.relation)
    if node.relation is None or node.relation.relpersistence == "t":
        return facts.OtherDDL()
    if node.inh_relations or node.of_typename:
        return facts.TableCreated(table, (), whole=False)  # its columns come from another
    return _table(table, node.table_elts, source)


def _table(table: str, elements: list[nodes.AstNode], source: Source) -> Fact:
    columns = tuple(_column(e, source) for e in elements if isinstance(e, nodes.ColumnDef))
    key = tuple(column.name for column in columns if column.key)
    references: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    for element in elements:
        match element:
            case nodes.Constraint(contype=pb.CONSTR_PRIMARY):
                key = strings(element.keys)
            case nodes.Constraint(contype=pb.CONSTR_FOREIGN):
                references += strings(element.fk_attrs)
                links += (_link(strings(element.fk_attrs), element),)
    likes = [element for element in elements if isinstance(element, nodes.TableLikeClause)]
    inner = [c for e in elements if isinstance(e, nodes.ColumnDef) for c in e.constraints]
    checks = [c for c in (*elements, *inner) if isinstance(c, nodes.Constraint)]
    return facts.TableCreated(
        table, columns, key, references, links,
        copied=bool(likes) and not any(like.options & _GENERATING for like in likes),
        source=relation(likes[0].relation) if len(likes) == 1 else "",
        with_defaults=any(like.options & _DEFAULTS for like in likes),
        with_indexes=any(like.options & _INDEXES for like in likes),
        pinned=tuple(name for check in checks if (name := pinned_by(check.raw_expr))),
        whole=not likes and not any(HOLE in column.name for column in columns),
    )  # fmt: skip


def create_copy(into: nodes.IntoClause | None, query: nodes.AstNode | None) -> Fact:
    """CREATE TABLE ... AS, SELECT ... INTO."""
    if into is None or into.rel is None or query is None or into.rel.relpersistence == "t":
        return facts.OtherDDL()
    read = [n for field, n in walk_typed(query) if isinstance(n, nodes.RangeVar) and field != "rel"]
    source = relation(read[0]) if len(read) == 1 else ""
    return facts.TableCreated(relation(into.rel), (), copied=True, source=source)


def alter_table(node: nodes.AlterTableStmt, source: Source) -> Iterator[tuple[Fact, int]]:
    """The facts of each action, with where it stands."""
    table = relation(node.relation) if node.objtype == pb.OBJECT_TABLE else ""
    for command, (start, end) in zip(node.cmds, actions(node, source), strict=True):
        if table and isinstance(command, nodes.AlterTableCmd):
            yield _action(table, command, source, end, more=len(node.cmds) > 1), start
        else:
            yield facts.OtherDDL(), start


def actions(node: nodes.AlterTableStmt, source: Source) -> list[Span]:
    """Where each action stands: the tree does not say."""
    place = node.relation.location if node.relation else 0
    tokens = [token for token in source.tokens if token.place >= place][1:]
    while tokens and tokens[0].kind in {pb.ASCII_46, pb.ASCII_42, pb.ASCII_41}:  # . * )
        tokens = tokens[2 if tokens[0].kind == pb.ASCII_46 else 1 :]
    spans: list[Span] = []
    begin = depth = 0
    for number, token in enumerate(tokens):
        depth += nesting(token)
        if token.kind == pb.ASCII_44 and not depth:
            spans += span(tokens[begin:number])
            begin = number + 1
    spans += span(tokens[begin:])
    return spans if len(spans) == len(node.cmds) else [(0, len(source.sql))] * len(node.cmds)


def _action(
    table: str, command: nodes.AlterTableCmd, source: Source, end: int, *, more: bool
) -> Fact:
    fact: Fact = facts.OtherDDL()
    match command.subtype, command.def_:
        case pb.AT_AddColumn, nodes.ColumnDef() as column:
            fact = facts.ColumnAdded(table, _column(column, source))
        case pb.AT_DropColumn, _:
            fact = facts.ColumnDropped(table, command.name)
        case pb.AT_DropConstraint, _:
            fact = facts.ConstraintDropped(table, command.name)
        case pb.AT_ValidateConstraint, _:
            fact = Validated(command.name, table)
        case pb.AT_AlterColumnType, nodes.ColumnDef(type_name=new, raw_default=expression):
            fact = facts.TypeChanged(
                table, command.name, type_name(new), using=expression is not None,
                cast=casts(expression, command.name), end=end,
            )  # fmt: skip
        case pb.AT_AddConstraint, nodes.Constraint() as constraint:
            fact = _constraint(table, constraint)
        case _, expression:
            fact = _of_values(table, command, expression, more=more)
    return fact


def _of_values(
    table: str, command: nodes.AlterTableCmd, expression: nodes.AstNode | None, *, more: bool
) -> Fact:
    """What an action does to the values that a column takes."""
    match command.subtype, expression:
        case pb.AT_DropNotNull, _:
            return facts.NullsAllowed(table, command.name)
        case pb.AT_SetIdentity, nodes.List(items=options) if restarts(options):
            return facts.SequenceMoved(table)
        case pb.AT_ColumnDefault | pb.AT_AddIdentity | pb.AT_DropIdentity, _:
            return _generator(table, command, expression, more=more)
    return facts.OtherDDL()


def _generator(
    table: str, command: nodes.AlterTableCmd, expression: nodes.AstNode | None, *, more: bool
) -> Fact:
    """What becomes of a default or an identity."""
    if command.subtype == pb.AT_AddIdentity:
        options = expression.options if isinstance(expression, nodes.Constraint) else ()
        return facts.IdentityAdded(table, command.name, first_value(options))
    identity = command.subtype == pb.AT_DropIdentity
    default = default_by(expression)
    if identity or expression is None or default.null:
        return facts.GeneratorDropped(table, command.name, identity, more)
    return facts.DefaultSet(table, command.name, default)


def _constraint(table: str, node: nodes.Constraint) -> Fact:
    if node.contype == pb.CONSTR_PRIMARY:
        return facts.KeyAdded(table, strings(node.keys))
    if node.contype == pb.CONSTR_FOREIGN:
        target, columns = relation(node.pktable), strings(node.pk_attrs)
        own = strings(node.fk_attrs)
        unchecked = node.skip_validation
        return facts.ReferenceAdded(table, own, target, columns, node.conname, unchecked)
    if node.contype == pb.CONSTR_CHECK and (name := pinned_by(node.raw_expr)):
        return facts.ColumnPinned(table, name, node.conname)
    return Created("constraint", node.conname, table)


def restarts(options: Iterable[nodes.AstNode]) -> bool:
    """Whether RESTART is among the options of a sequence."""
    return any(isinstance(o, nodes.DefElem) and o.defname == "restart" for o in options)


def first_value(options: Iterable[nodes.AstNode]) -> int:
    """The first value of a sequence with these options."""
    given = {one.defname: one.arg for one in options if isinstance(one, nodes.DefElem)}
    match given.get("start", given.get("minvalue")):
        case nodes.Integer(ival=number):
            return number
        case nodes.Float(fval=number):  # as the parser calls what is no integer
            return int(number)
    return 1


def _link(own: tuple[str, ...], node: nodes.Constraint) -> Link:
    return Link(own, relation(node.pktable), strings(node.pk_attrs), node.conname or "")


def _column(node: nodes.ColumnDef, source: Source) -> ColumnDefinition:
    constraints = [c for c in node.constraints if isinstance(c, nodes.Constraint)]
    kinds = {constraint.contype for constraint in constraints}
    defaults = [default_by(c.raw_expr) for c in constraints if c.contype == pb.CONSTR_DEFAULT]
    sequence = SERIALS.get(".".join(strings(node.type_name.names)), "") if node.type_name else ""
    return ColumnDefinition(
        node.colname,
        sequence or type_name(node.type_name),
        sequence,
        generated=bool(sequence or kinds & _FILLING),
        key=pb.CONSTR_PRIMARY in kinds,
        reference=pb.CONSTR_FOREIGN in kinds,
        link=next(
            (_link((node.colname,), c) for c in constraints if c.contype == pb.CONSTR_FOREIGN), None
        ),
        default=defaults[0] if defaults else None,
        start=max((first_value(c.options) for c in constraints), default=1),
        end=_type_end(node, [c.location for c in constraints], source),
    )


def _type_end(node: nodes.ColumnDef, constraints: list[int], source: Source) -> int:
    """Where the type ends: the tree says where it starts, and where what follows does."""
    collation = [node.coll_clause.location] if node.coll_clause else []
    stop = min([*constraints, *collation], default=len(source.data))
    start = node.type_name.location if node.type_name else stop
    end = depth = 0
    for token in source.tokens:
        depth += nesting(token) if token.place >= start else 0
        if token.place >= stop or depth < 0 or (end and token.kind == pb.ASCII_44 and not depth):
            break
        end = token.end if token.place >= start else 0
    return end
