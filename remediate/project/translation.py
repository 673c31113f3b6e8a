"""Replace the schemas of models as env.py's schema_translate_map asks."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection

from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

T = TypeVar("T")
K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class Remade(Mapping[K, V_co]):
    """A mapping of texts that name schemas: a value is made anew where these are replaced."""

    @abstractmethod
    def made(self, key: K, schemas: Mapping[str, str]) -> V_co:
        """The value of this key where these schemas are called otherwise."""


def read(models: Callable[[str], Declared], live: Live, connection: Connection) -> Declared:
    """The models for the default schema, with the schemas that the connection translates to."""
    default = live.database.default_schema
    translate_map = connection.get_execution_options().get("schema_translate_map")
    if not translate_map:
        return models(default)
    # A model without a schema keeps "" up to here, so that no name is translated twice.
    schemas = {schema or "": name or default for schema, name in translate_map.items()}
    return translated(models(""), {"": default} | schemas)


def translated(value: T, schemas: Mapping[str, str]) -> T:
    """The value with the schema of each Name replaced, if it is among `schemas`."""
    changed: Any = value
    if isinstance(value, Name):
        changed = Name(schemas.get(value.schema, value.schema), value.name)
    elif isinstance(value, tuple | frozenset):
        changed = type(value)(translated(v, schemas) for v in value)
    elif isinstance(value, Mapping):
        changed = _Translated(value, schemas)
    elif is_dataclass(value) and not isinstance(value, type):
        changes = {f.name: translated(getattr(value, f.name), schemas) for f in fields(value)}
        changed = replace(value, **changes)
    return changed  # type: ignore[no-any-return]


class _Translated(Mapping[Any, Any]):
    """A mapping by names whose values are translated on demand."""

    def __init__(self, given: Mapping[Any, Any], schemas: Mapping[str, str]) -> None:
        self._given, self._schemas = given, schemas
        self._keys = {translated(key, schemas): key for key in given}

    def __getitem__(self, key: Any) -> Any:
        known = self._keys[key]
        if isinstance(self._given, Remade):
            return self._given.made(known, self._schemas)
        return translated(self._given[known], self._schemas)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
