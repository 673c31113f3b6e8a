"""Find the place in the source where a column is written."""

from dataclasses import dataclass, replace

import libcst as cst
import libcst.matchers as m
from libcst.helpers import get_full_name_for_node

from remediate.codemod import classes
from remediate.codemod.names import Names, bound, statements
from remediate.codemod.values import Change, Unsafe

COLUMNS = ("Column", "mapped_column")
_WRAPPERS = ("deferred", "column_property")


@dataclass(frozen=True, slots=True)
class Site:
    """A column in the source: its call, its annotation, and the class or Table around it."""

    node: cst.CSTNode  # for the line
    container: cst.CSTNode  # the class, or the call of Table
    call: cst.Call | None = None  # of Column, mapped_column or, without sa_column, Field
    field: cst.Call | None = None  # of Field
    annotation: cst.BaseExpression | None = None
    value: cst.BaseExpression | None = None  # of a field without Field, after "="
    by_field: bool = False  # SQLModel creates the column
    class_names: frozenset[str] = frozenset()  # other names that the class binds


def find(change: Change, module: cst.Module, names: Names) -> Site:
    """The only place of a column; raises Unsafe if there is none, or more than one."""
    if not change.owner:
        return _in_table(change, module, names)
    owner = classes.find(change.owner, module)
    node = classes.attribute(owner, change.attribute).node
    if isinstance(node, cst.FunctionDef):
        return _with_parts(_declared(node, owner, names), names)
    if isinstance(node, cst.Assign | cst.AnnAssign):
        return _with_parts(_assigned(node, owner, module, names), names)
    raise Unsafe(f"`{change.attribute}` is not a column")


def nearest(change: Change, module: cst.Module, names: Names) -> cst.CSTNode:
    """The node to report for a column that is not patched: its statement, class or table."""
    if not change.owner:
        tables = [t for t in _tables(module, names) if _first_text(t) == change.table]
        values = [arg.value for table in tables for arg in table.args]
        calls = [value for value in values if isinstance(value, cst.Call)]
        named = [call for call in calls if _column_name(call) == change.attribute]
        unnamed = [t for t in _tables(module, names) if not _first_text(t)]
        return (*named, *tables, *unnamed, module)[0]
    for owner, _ in classes.named(change.owner, module):
        inside = [s.node for s in statements(owner.body) if change.attribute in bound([s])]
        return (*inside, owner)[0]
    return module


def check_plain(call: cst.Call, what: str) -> None:
    """Raises Unsafe if a call has `*` or `**` arguments."""
    for arg in call.args:
        if arg.star:
            raise Unsafe(f"{what} has `{arg.star}` arguments: write it by hand")


def _in_table(change: Change, module: cst.Module, names: Names) -> Site:
    tables = _tables(module, names)
    found = [table for table in tables if _first_text(table) == change.table]
    if not found:
        unnamed = any(not _first_text(table) for table in tables)
        more = ": one has a name that is made elsewhere, look at it" if unnamed else ""
        raise Unsafe(f"no Table here is named {change.table}{more}")
    if len(found) > 1:
        raise Unsafe(f"two Tables here are named {change.table}: change the right one by hand")
    table = found[0]
    columns = [a.value for a in table.args if names.library_call(a.value) == "Column"]
    calls = [c for c in columns if isinstance(c, cst.Call) and _column_name(c) == change.attribute]
    if len(calls) != 1:
        raise Unsafe(
            f"`{change.attribute}` is not written as one Column within the Table {change.table}: "
            "change it where it is made"
        )
    return _with_parts(Site(calls[0], table, calls[0]), names)


def _tables(module: cst.Module, names: Names) -> list[cst.Call]:
    calls = [call for call in m.findall(module, m.Call()) if isinstance(call, cst.Call)]
    return [call for call in calls if names.library_call(call) == "Table"]


def _first_text(call: cst.Call) -> str:
    """The string literal that is the first argument of a call; "" if there is none."""
    arg = call.args[0] if call.args else None
    value = arg.value if arg and not arg.star else None
    text = value.evaluated_value if isinstance(value, cst.SimpleString) else None
    return text if isinstance(text, str) and (not arg or arg.keyword is None) else ""


def _column_name(call: cst.Call) -> str:
    """The name of a Column, by its first argument or by `name=`."""
    for arg in call.args:
        if arg.keyword and arg.keyword.value == "name" and isinstance(arg.value, cst.SimpleString):
            return str(arg.value.evaluated_value)
    return _first_text(call)


def _declared(function: cst.FunctionDef, owner: cst.ClassDef, names: Names) -> Site:
    """The site of a column that a declared_attr method returns."""
    marks = {names.library_name(decorator.decorator) for decorator in function.decorators}
    if not marks & {"declared_attr", "directive", "cascading"}:
        raise Unsafe(
            f"`{function.name.value}` is a method without declared_attr: change it by hand"
        )
    returns = m.findall(function.body, m.Return())
    last = function.body.body[-1]
    final = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    if len(returns) != 1 or not isinstance(final, cst.Return) or not final.value:
        raise Unsafe(
            f"`{function.name.value}` returns its column in more ways than one: change it by hand"
        )
    return Site(
        function, owner, _call(final.value, names),
        annotation=function.returns.annotation if function.returns else None,
        class_names=classes.class_names(owner, function.name.value),
    )  # fmt: skip


def _assigned(
    node: cst.Assign | cst.AnnAssign, owner: cst.ClassDef, module: cst.Module, names: Names
) -> Site:
    annotation = node.annotation.annotation if isinstance(node, cst.AnnAssign) else None
    if isinstance(node, cst.Assign) and len(node.targets) > 1:
        raise Unsafe("its column has several names")
    value, attribute = node.value, classes.targets(node)[0]
    class_names = classes.class_names(owner, attribute)
    plain = isinstance(value, cst.Call)
    if annotation and not plain and classes.is_sqlmodel(owner, module, names):
        return Site(
            node, owner, annotation=annotation, value=value, by_field=True, class_names=class_names
        )
    if value is None:
        return Site(node, owner, annotation=annotation, class_names=class_names)
    return Site(node, owner, _call(value, names), annotation=annotation, class_names=class_names)


def _call(value: cst.BaseExpression, names: Names) -> cst.Call:
    """The call that creates the column."""
    name = names.library_call(value)
    if isinstance(value, cst.Call) and name in (*COLUMNS, "Field"):
        return value
    if isinstance(value, cst.Call) and name in _WRAPPERS and value.args:
        return _call(value.args[0].value, names)
    full = get_full_name_for_node(value.func if isinstance(value, cst.Call) else value) or ""
    if full.rpartition(".")[2] in (*COLUMNS, "Field"):
        raise Unsafe(f"`{full}` is not clearly SQLAlchemy's here: change the column by hand")
    by = f"`{full}{'(...)' if isinstance(value, cst.Call) else ''}`" if full else "an expression"
    raise Unsafe(f"its column is made by {by}: change it there or write it by hand")


def _with_parts(site: Site, names: Names) -> Site:
    """The site with its Field and the Column within it as separate calls."""
    call = site.call
    if call is None:
        return site
    if names.library_call(call) != "Field":
        check_plain(call, "its column")
        return site
    check_plain(call, "its Field")
    for arg in call.args:
        if arg.keyword and arg.keyword.value == "sa_column":
            column = _call(arg.value, names)
            check_plain(column, "its column")
            return replace(site, call=column, field=call)
    return replace(site, field=call, by_field=True)
