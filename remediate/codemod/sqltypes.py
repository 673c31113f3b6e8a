"""SQLAlchemy's types: which one is written, whether it is the wanted one, its Python type."""

import re
from dataclasses import dataclass

import libcst as cst

from remediate.codemod.names import Names
from remediate.codemod.spelling import Spelled, Speller
from remediate.codemod.values import Unsafe

_NAMES = {
    "SmallInteger": "SmallInteger SMALLINT",
    "Integer": "Integer INTEGER INT",
    "BigInteger": "BigInteger BIGINT",
    "Uuid": "Uuid UUID",
    "Text": "Text TEXT UnicodeText",
    "String": "String VARCHAR Unicode AutoString",
    "CHAR": "CHAR",
    "Numeric": "Numeric NUMERIC DECIMAL",
}
_KIND = {name: kind for kind, names in _NAMES.items() for name in names.split()}
PYTHON = {
    "SmallInteger": "int",
    "Integer": "int",
    "BigInteger": "int",
    "Uuid": "uuid.UUID",
    "Text": "str",
    "String": "str",
    "CHAR": "str",
    "Numeric": "decimal.Decimal",
}
# What SQLAlchemy and SQLModel make of an annotation without a type beside it.
IMPLIED = {"int": "Integer", "uuid.UUID": "Uuid", "str": "String", "decimal.Decimal": "Numeric"}
_PARAMETERS = {"String": ("length",), "CHAR": ("length",), "Numeric": ("precision", "scale")}
_WANTED = re.compile(r"(\w+)(?:\((.*)\))?")


@dataclass(frozen=True, slots=True)
class SqlType:
    """A type as far as DDL differs by it."""

    kind: str
    arguments: tuple[str, ...] = ()
    more: bool = False  # arguments that no wanted type has, such as a collation

    @property
    def python(self) -> str:
        """The Python type of its values."""
        return PYTHON[self.kind]

    def is_same(self, other: "SqlType") -> bool:
        """Whether both make the same column."""
        return (self.kind, self.arguments) == (other.kind, other.arguments)


def wanted(text: str) -> SqlType:
    """The type that a change asks for."""
    match = _WANTED.fullmatch(text)
    if not match or match[1] not in _KIND:
        raise Unsafe(f"no model is given the type {text} by itself: write it by hand")
    arguments = tuple(part.strip() for part in (match[2] or "").split(",") if part.strip())
    kind = _KIND[match[1]]
    return SqlType(kind, _whole(kind, arguments))


def written(node: cst.BaseExpression, names: Names, code: str) -> SqlType:
    """The type that an expression in a model is; Unsafe where only running it would tell."""
    call = node if isinstance(node, cst.Call) else None
    name = names.own(call.func if call else node)
    if name in _KIND:
        return _with_arguments(_KIND[name], call)
    if "with_variant" in code:
        raise Unsafe(f"its type {_short(code)} has variants: write them by hand")
    if name:
        raise Unsafe(f"its type {_short(code)} is no number, text or UUID: write it by hand")
    raise Unsafe(f"its type {_short(code)} is made elsewhere: change it there or write it by hand")


def spelled(text: str, speller: Speller) -> Spelled:
    """How the module writes a wanted type."""
    if text == "Uuid":
        for name in speller.names.at_runtime:
            origins = speller.names.imported[name]
            if origins <= {"sqlalchemy.dialects.postgresql.UUID"} and name not in speller.taken:
                return Spelled(f"{name}(as_uuid=True)")
    name, bracket, arguments = text.partition("(")
    found = speller.own(name)
    return Spelled(found.text + bracket + arguments, found.needs)


def _with_arguments(kind: str, call: cst.Call | None) -> SqlType:
    parameters = _PARAMETERS.get(kind, ())
    values: dict[str, str] = {}
    more = False
    for index, arg in enumerate(call.args if call else ()):
        name = arg.keyword.value if arg.keyword else "".join(parameters[index : index + 1])
        more |= name not in parameters or bool(arg.star)
        if name in parameters:
            values[name] = cst.Module([]).code_for_node(arg.value)
    given = tuple(values[name] for name in parameters if values.get(name, "None") != "None")
    return SqlType(kind, _whole(kind, given), more=more and bool(parameters))


def _whole(kind: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Numeric(12) is Numeric(12, 0)."""
    return (*arguments, "0") if kind == "Numeric" and len(arguments) == 1 else arguments


def _short(code: str) -> str:
    text = " ".join(code.split())
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"
