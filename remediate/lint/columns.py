"""Types and columns as SQLAlchemy writes them, to what PostgreSQL makes of them."""

import ast
from dataclasses import replace

from remediate.lint.evaluate import evaluate, evaluate_text
from remediate.lint.expressions import default_of, type_of
from remediate.lint.facts import UNKNOWN, ColumnDefinition, Default, Link
from remediate.lint.scope import HOLE, Constant, Expression, Scope, Text
from remediate.lint.types import CATALOG_NAMES, INTEGERS, is_builtin
from remediate.lint.values import table_name

_NAMES = {
    "Integer": "integer", "BigInteger": "bigint", "SmallInteger": "smallint", "String": "varchar",
    "Unicode": "varchar", "UnicodeText": "text", "AutoString": "varchar", "VARCHAR": "varchar",
    "NVARCHAR": "varchar", "DateTime": "timestamp", "TIMESTAMP": "timestamp", "Time": "time",
    "LargeBinary": "bytea", "PickleType": "bytea", "Double": "double precision",
    "DOUBLE_PRECISION": "double precision", "Float": "double precision", "Uuid": "uuid",
    "DOUBLE": "double precision", "DATETIME": "timestamp", "CLOB": "",
}  # fmt: skip
_ENUMS = {"Enum", "ENUM"}


def keywords(call: ast.Call) -> dict[str, ast.expr]:
    return {k.arg: k.value for k in call.keywords if k.arg}


def unwrapped(node: ast.expr | None) -> ast.expr | None:
    """What op.f() or that of a batch keeps naming conventions away from."""
    match node:
        case ast.Call(func=ast.Attribute(attr="f"), args=[inner]):
            return inner
    return node


def name_given(call: ast.Call, scope: Scope) -> str:
    """The name of a constraint; "" for none, HOLE where it is not known."""
    node = unwrapped(keywords(call).get("name"))
    if node is None or is_none(node, scope):
        return ""
    text = evaluate_text(node, scope)
    return text.value if text.complete else HOLE


def is_true(node: ast.expr | None, scope: Scope) -> bool:
    return node is not None and evaluate(node, scope) == Constant(value=True)


def is_false(node: ast.expr | None, scope: Scope) -> bool:
    return node is not None and evaluate(node, scope) == Constant(value=False)


def is_none(node: ast.expr | None, scope: Scope) -> bool:
    return node is not None and evaluate(node, scope) == Constant(None)


def type_name(node: ast.expr | None, scope: Scope) -> str:
    """The canonical type that PostgreSQL gives to a SQLAlchemy type; "" for one's own types."""
    if isinstance(node, ast.Name):
        value = scope.names.get(node.id)
        if isinstance(value, Expression):
            return type_name(value.expression, scope)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "with_variant":
            return _variant(node, node.func.value, scope)
        made = evaluate(node, scope) if isinstance(node.func, ast.Name) else None
        if isinstance(made, Expression) and made.expression is not node:
            return type_name(made.expression, scope)
        return _of_call(node, scope)
    return _of_path(scope.dotted(node)) if node is not None else ""


def _variant(call: ast.Call, base: ast.expr, scope: Scope) -> str:
    dialects = {evaluate_text(argument, scope).value for argument in call.args[1:]}
    return type_name(call.args[0] if "postgresql" in dialects else base, scope)


def _of_path(path: str) -> str:
    module, _, name = path.rpartition(".")
    ours = module.split(".")[0] in {"sqlalchemy", "sqlmodel"}
    if not ours or (".dialects." in module and ".dialects.postgresql" not in module):
        return ""
    known = type_of(_NAMES.get(name, name))
    return known if is_builtin(known) else ""


def _of_call(call: ast.Call, scope: Scope) -> str:
    path = scope.dotted(call.func)
    name, given = path.rpartition(".")[2], keywords(call)
    if name in _ENUMS and path.startswith("sqlalchemy"):
        return _enum(given, scope)
    if name == "ARRAY" and call.args:
        element = type_name(call.args[0], scope)
        return f"{element}[]" if element else ""
    if name in {"DateTime", "TIMESTAMP", "TIME", "Time"} and _of_path(path):
        return _time(name, given.get("timezone", call.args[0] if call.args else None), scope)
    if name in {"Uuid", "UUID"} and is_false(given.get("native_uuid"), scope):
        return "character"
    sized = name in {"Float", "FLOAT"} and bool(call.args or "precision" in given)
    return "" if sized else _of_path(path)


def _time(name: str, zone: ast.expr | None, scope: Scope) -> str:
    if zone is not None and not is_true(zone, scope) and not is_false(zone, scope):
        return ""
    kind = "timestamp" if name in {"DateTime", "TIMESTAMP"} else "time"
    return CATALOG_NAMES[f"{kind}tz" if is_true(zone, scope) else kind]


def _enum(given: dict[str, ast.expr], scope: Scope) -> str:
    if is_false(given.get("native_enum"), scope):
        return "character varying"
    name = evaluate_text(given.get("name"), scope).value
    schema = evaluate_text(given.get("schema"), scope).value
    return f"enum {table_name(name, schema)}" if name and HOLE not in name + schema else ""


def column(node: ast.expr, scope: Scope) -> ColumnDefinition | None:
    """A `Column(...)`; None where it cannot be read."""
    if isinstance(node, ast.Name):
        value = scope.names.get(node.id)
        node = value.expression if isinstance(value, Expression) else node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        value = evaluate(node, scope)
        node = value.expression if isinstance(value, Expression) else node
    if not isinstance(node, ast.Call) or scope.dotted(node.func).rpartition(".")[2] != "Column":
        return None
    given = keywords(node)
    first = node.args[0] if node.args else given.get("name")
    name = evaluate(first, scope) if first is not None else None
    if not isinstance(name, Text) or not name.complete:
        return None
    paths = {_path(argument, scope) for argument in node.args[1:]}
    link = _link(name.value, node, scope)
    return ColumnDefinition(
        name.value,
        type_name(given.get("type_", node.args[1] if len(node.args) > 1 else None), scope),
        generated=_is_generated(node, paths, given, scope),
        key=is_true(given.get("primary_key"), scope),
        reference="ForeignKey" in paths,
        link=link,
        client_sequence=_client_sequence(node, given, scope),
        default=_known_default(given.get("server_default"), scope),
        start=max((first_value(argument, scope) for argument in node.args[1:]), default=1),
    )


def made(node: ast.expr | None, kind: str, scope: Scope) -> ast.Call | None:
    """The call that makes a thing of this kind, also by way of a name; None for others."""
    value = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    call = value.expression if isinstance(value, Expression) else node
    path = scope.dotted(call.func) if isinstance(call, ast.Call) else ""
    return call if isinstance(call, ast.Call) and path.rpartition(".")[2] == kind else None


def _link(name: str, node: ast.Call, scope: Scope) -> Link | None:
    """The foreign key of a column."""
    calls = (made(argument, "ForeignKey", scope) for argument in node.args[1:])
    call = next((call for call in calls if call and call.args), None)
    if call is None:
        return None
    table, _, column_ = evaluate_text(call.args[0], scope).value.rpartition(".")
    if not table or HOLE in table + column_:
        return None
    return Link((name,), table, (column_,), name_given(call, scope))


def default_given(node: ast.expr, scope: Scope) -> Default:
    """What a server_default makes; a plain string is a literal in quotes."""
    path = _path(node, scope) if isinstance(node, ast.Call) else ""
    if path in ("true", "false"):
        return Default(type="boolean")
    written = evaluate_text(node, scope).value
    default = default_of(written)
    quoted = not isinstance(node, ast.Call) and written and HOLE not in written
    return replace(default, type=UNKNOWN) if quoted and not default.sequence else default


def _known_default(node: ast.expr | None, scope: Scope) -> Default | None:
    """The default that draws from a sequence, or is a literal; None for others."""
    default = default_given(node, scope) if node is not None else Default()
    drawing = isinstance(node, ast.Call) and default.sequence
    return default if drawing or default.type else None


def first_value(node: ast.expr, scope: Scope) -> int:
    """The first value of an `Identity(start=...)` or a `Sequence`; of all else 1."""
    call = made(node, "Identity", scope) or made(node, "Sequence", scope)
    words = keywords(call) if call else {}
    given = words.get("start", words.get("minvalue"))
    value = evaluate(given, scope) if given is not None else None
    number = value.value if isinstance(value, Constant) else None
    return number if isinstance(number, int) else 1


def _client_sequence(node: ast.Call, given: dict[str, ast.expr], scope: Scope) -> str:
    """The name of a Sequence that nothing but SQLAlchemy draws from."""
    next_value = given.get("server_default")
    drawn = next_value.func if isinstance(next_value, ast.Call) else None
    of_server = drawn.value if isinstance(drawn, ast.Attribute) else None
    for argument in (*node.args[1:], given.get("default"), of_server):
        call = made(argument, "Sequence", scope)
        words = keywords(call) if call else {}
        if call and not is_true(words.get("optional"), scope):
            name = call.args[0] if call.args else words.get("name")
            return evaluate_text(name, scope).value
    return ""


def sequence_created(call: ast.Call, scope: Scope) -> str:
    """The sequence that `sa.Sequence(...).create(bind)` makes; "" for other calls."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "create":
        return ""
    sequence = made(call.func.value, "Sequence", scope)
    return evaluate_text(sequence.args[0], scope).value if sequence and sequence.args else ""


def _path(argument: ast.expr, scope: Scope) -> str:
    function = argument.func if isinstance(argument, ast.Call) else argument
    return scope.dotted(function).rpartition(".")[2]


def _is_generated(
    call: ast.Call, paths: set[str], given: dict[str, ast.expr], scope: Scope
) -> bool:
    """Whether something but serial fills the column, or may."""
    if paths & {"Identity", "Sequence", "Computed", "FetchedValue"}:
        return True
    if any(isinstance(a, ast.Starred) for a in call.args) or len(call.keywords) != len(given):
        return True
    autoincrement = given.get("autoincrement")
    if autoincrement is not None and evaluate(autoincrement, scope) is None:
        return True
    default = given.get("server_default")
    return default is not None and not is_none(default, scope)


def with_serial(
    columns: tuple[ColumnDefinition, ...], key: tuple[str, ...], without_autoincrement: set[str]
) -> tuple[ColumnDefinition, ...]:
    """The columns, with the sequence of the one that SQLAlchemy makes serial."""
    definitions = []
    for one in columns:
        serial = (
            key == (one.name,) and one.type in INTEGERS and one.name not in without_autoincrement
        )
        plain = not one.generated and not one.reference
        definitions.append(_serial(one) if serial and plain else one)
    return tuple(definitions)


def _serial(one: ColumnDefinition) -> ColumnDefinition:
    return ColumnDefinition(one.name, one.type, one.type, generated=True, key=True)
