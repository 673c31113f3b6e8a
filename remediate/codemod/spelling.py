"""Write names and types as the module writes others of the kind, with the imports it lacks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from remediate.codemod.names import Names
from remediate.codemod.values import Unsafe

_MODULES = ("orm", "types", "schema", "sql", "event", "exc", "ext", "dialects", "engine")


@dataclass(frozen=True, slots=True)
class Import:
    """An import: `from module import name`, or `import module` if the name is empty."""

    module: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Spelled:
    """The text of a name, and the imports that it needs."""

    text: str
    needed: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class Speller:
    """Writes names at one column, where `class_names` hide others; `near` is its present code."""

    names: Names
    class_names: frozenset[str]
    near: Sequence[cst.CSTNode]

    def sqlalchemy(self, name: str) -> Spelled:
        """The spelling of a name of SQLAlchemy."""
        return self._first(name, self._sqlalchemy(name))

    def sqlmodel(self, name: str) -> Spelled:
        """The spelling of a name of SQLModel."""
        return self._first(name, self._from("sqlmodel", name, {f"sqlmodel.{name}"}))

    def mapped_column(self) -> Spelled:
        """The spelling of mapped_column."""
        name = "mapped_column"
        origins = {f"sqlalchemy.orm.{name}", f"sqlalchemy.{name}"}
        return self._first(name, self._from("sqlalchemy.orm", name, origins))

    def python(self, dotted: str) -> Spelled:
        """The spelling of a Python type: "int", "uuid.UUID"."""
        module, _, name = dotted.rpartition(".")
        if not module:
            return self._first(name, iter([Spelled(name)] if self._is_builtin(name) else []))
        return self._first(dotted, self._python(module, name))

    def _first(self, name: str, ways: Iterator[Spelled]) -> Spelled:
        for way in ways:
            if way.text.split(".")[0] not in self.class_names:
                return way
        raise Unsafe(f"`{name}` names something else in this module: import it under another name")

    def _sqlalchemy(self, name: str) -> Iterator[Spelled]:
        spaces = {"sqlalchemy", "sqlalchemy.types"} if name[0].isupper() else {"sqlalchemy"}
        spaces -= {"sqlalchemy.types"} if name in ("ForeignKey", "Identity", "Sequence") else set()
        for node in self.near:
            if isinstance(node, cst.Attribute) and self.names.origin(node.value) in spaces:
                yield Spelled(f"{cst.Module([]).code_for_node(node.value)}.{name}")
        yield from self._from("sqlalchemy", name, {f"{m}.{name}" for m in (*spaces, "sqlmodel")})

    def _from(self, module: str, name: str, origins: set[str]) -> Iterator[Spelled]:
        """The existing import, else one in the way of other imports from the module."""
        yield from (Spelled(bound) for bound in self._bound(origins))
        free = self.names.is_free(name, f"{module}.{name}")
        if module in self.names.star_imports and free:
            yield Spelled(name)
        wanted = Spelled(name, (Import(module, name),))
        if self._imports_from(module) and free:
            yield wanted
        yield from (Spelled(f"{bound}.{name}") for bound in self._bound({module}))
        if module == "sqlalchemy.orm":
            yield from (Spelled(f"{b}.orm.{name}") for b in self._bound({"sqlalchemy"}))
        yield from (Spelled(f"{space}.{name}") for space in sorted(self.names.namespaces))
        if free:
            yield wanted

    def _python(self, module: str, name: str) -> Iterator[Spelled]:
        yield from (Spelled(bound) for bound in self._bound({f"{module}.{name}"}))
        yield from (Spelled(f"{bound}.{name}") for bound in self._bound({module}))
        if module == "uuid" and self.names.is_free(module, module):
            yield Spelled(f"{module}.{name}", (Import(module),))
        if self.names.is_free(name, f"{module}.{name}"):
            yield Spelled(name, (Import(module, name),))
        if self.names.is_free(module, module):
            yield Spelled(f"{module}.{name}", (Import(module),))

    def _bound(self, origins: set[str]) -> Iterator[str]:
        """The imported names that refer to one of these at run time."""
        for name, found in self.names.imported.items():
            if found <= origins and name in self.names.at_runtime and name not in self.names.local:
                yield name

    def _imports_from(self, module: str) -> bool:
        found = (origin.rpartition(".") for origin in self.names.from_imports)
        return any(of == module and name not in _MODULES for of, _, name in found)

    def _is_builtin(self, name: str) -> bool:
        return name not in self.names.local | self.names.imported.keys()


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
# The types that SQLAlchemy and SQLModel derive from an annotation alone.
IMPLIED = {"int": "Integer", "uuid.UUID": "Uuid", "str": "String", "decimal.Decimal": "Numeric"}
_PARAMETERS = {"String": ("length",), "CHAR": ("length",), "Numeric": ("precision", "scale")}
_WANTED = re.compile(r"(\w+)(?:\((.*)\))?")


@dataclass(frozen=True, slots=True)
class SqlType:
    """A type, as far as it makes a difference in DDL."""

    kind: str
    arguments: tuple[str, ...] = ()
    more: bool = False  # other arguments, such as a collation

    @property
    def python(self) -> str:
        """The Python type of the values."""
        return PYTHON[self.kind]

    def is_same(self, other: "SqlType") -> bool:
        """Whether both create the same column."""
        return (self.kind, self.arguments) == (other.kind, other.arguments)


def parse_type(text: str) -> SqlType:
    """Parse the type of a change; raises Unsafe for a type that is not supported."""
    match = _WANTED.fullmatch(text)
    if not match or match[1] not in _KIND:
        raise Unsafe(f"remediate writes the type {text} into no model: write it by hand")
    arguments = tuple(part.strip() for part in (match[2] or "").split(",") if part.strip())
    kind = _KIND[match[1]]
    return SqlType(kind, _whole(kind, arguments))


def read_type(node: cst.BaseExpression, names: Names, code: str) -> SqlType:
    """Read the type of an expression in a model; raises Unsafe if it is not clear."""
    call = node if isinstance(node, cst.Call) else None
    name = names.library_name(call.func if call else node)
    if name in _KIND:
        return _with_arguments(_KIND[name], call)
    if "with_variant" in code:
        raise Unsafe(f"its type {_short(code)} has variants: write them by hand")
    if name:
        raise Unsafe(f"its type {_short(code)} is not a number, text or UUID: write it by hand")
    raise Unsafe(f"its type {_short(code)} is made elsewhere: change it there or write it by hand")


def spell(text: str, speller: Speller) -> Spelled:
    """The spelling of the type of a change."""
    if text == "Uuid":
        for name in speller.names.at_runtime:
            origins = speller.names.imported[name]
            if (
                origins <= {"sqlalchemy.dialects.postgresql.UUID"}
                and name not in speller.class_names
            ):
                return Spelled(f"{name}(as_uuid=True)")
    name, bracket, arguments = text.partition("(")
    found = speller.sqlalchemy(name)
    return Spelled(found.text + bracket + arguments, found.needed)


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
    """The arguments with the default scale: Numeric(12) is Numeric(12, 0)."""
    return (*arguments, "0") if kind == "Numeric" and len(arguments) == 1 else arguments


def _short(code: str) -> str:
    text = " ".join(code.split())
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"
