"""How a module is to write a name: as it writes others of the kind, with the import it lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from remediate.codemod.names import Names
from remediate.codemod.values import Unsafe

_MODULES = ("orm", "types", "schema", "sql", "event", "exc", "ext", "dialects", "engine")


@dataclass(frozen=True, slots=True)
class Need:
    """An import: `from module import name`, or `import module` where name is empty."""

    module: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A name as it is to be written, and the imports for that."""

    text: str
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Speller:
    """Writes names at one column: `taken` are those of its class, `near` is written there."""

    names: Names
    taken: frozenset[str]
    near: Sequence[cst.CSTNode]

    def own(self, name: str) -> Spelled:
        """A name of SQLAlchemy."""
        return self._first(name, self._own(name))

    def sqlmodel(self, name: str) -> Spelled:
        """A name of SQLModel."""
        return self._first(name, self._from("sqlmodel", name, {f"sqlmodel.{name}"}))

    def mapped_column(self) -> Spelled:
        """mapped_column, beside Mapped."""
        name = "mapped_column"
        origins = {f"sqlalchemy.orm.{name}", f"sqlalchemy.{name}"}
        return self._first(name, self._from("sqlalchemy.orm", name, origins))

    def python(self, dotted: str) -> Spelled:
        """A type of Python: "int", "uuid.UUID"."""
        module, _, name = dotted.rpartition(".")
        if not module:
            return self._first(name, iter([Spelled(name)] if self._is_builtin(name) else []))
        return self._first(dotted, self._python(module, name))

    def _first(self, name: str, ways: Iterator[Spelled]) -> Spelled:
        for way in ways:
            if way.text.split(".")[0] not in self.taken:
                return way
        raise Unsafe(f"`{name}` means something else in this module: import it under another name")

    def _own(self, name: str) -> Iterator[Spelled]:
        spaces = {"sqlalchemy", "sqlalchemy.types"} if name[0].isupper() else {"sqlalchemy"}
        spaces -= {"sqlalchemy.types"} if name in ("ForeignKey", "Identity", "Sequence") else set()
        for node in self.near:
            if isinstance(node, cst.Attribute) and self.names.origin(node.value) in spaces:
                yield Spelled(f"{cst.Module([]).code_for_node(node.value)}.{name}")
        yield from self._from("sqlalchemy", name, {f"{m}.{name}" for m in (*spaces, "sqlmodel")})

    def _from(self, module: str, name: str, origins: set[str]) -> Iterator[Spelled]:
        """As it was imported already, else as the module imports its neighbours."""
        yield from (Spelled(bound) for bound in self._bound(origins))
        free = self.names.is_free(name, f"{module}.{name}")
        if module in self.names.stars and free:
            yield Spelled(name)
        wanted = Spelled(name, (Need(module, name),))
        if self._imports_from(module) and free:
            yield wanted
        yield from (Spelled(f"{bound}.{name}") for bound in self._bound({module}))
        if module == "sqlalchemy.orm":
            yield from (Spelled(f"{b}.orm.{name}") for b in self._bound({"sqlalchemy"}))
        yield from (Spelled(f"{space}.{name}") for space in sorted(self.names.spaces))
        if free:
            yield wanted

    def _python(self, module: str, name: str) -> Iterator[Spelled]:
        yield from (Spelled(bound) for bound in self._bound({f"{module}.{name}"}))
        yield from (Spelled(f"{bound}.{name}") for bound in self._bound({module}))
        if module == "uuid" and self.names.is_free(module, module):
            yield Spelled(f"{module}.{name}", (Need(module),))
        if self.names.is_free(name, f"{module}.{name}"):
            yield Spelled(name, (Need(module, name),))
        if self.names.is_free(module, module):
            yield Spelled(f"{module}.{name}", (Need(module),))

    def _bound(self, origins: set[str]) -> Iterator[str]:
        """Names that mean one of these where the program runs."""
        for name, found in self.names.imported.items():
            if found <= origins and name in self.names.at_runtime and name not in self.names.local:
                yield name

    def _imports_from(self, module: str) -> bool:
        found = (origin.rpartition(".") for origin in self.names.neighbours)
        return any(of == module and name not in _MODULES for of, _, name in found)

    def _is_builtin(self, name: str) -> bool:
        return name not in self.names.local | self.names.imported.keys()
