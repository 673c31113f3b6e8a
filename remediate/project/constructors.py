"""Whether a mapped class sets a key by itself: in its constructor, or by a listener to events."""

import dataclasses
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, Session

from remediate.snapshots.tables import BY_CONSTRUCTOR, BY_LISTENER

_LIBRARIES = {"sqlalchemy", "sqlmodel", "pydantic", "attr", "attrs", "dataclasses"}


def has_factory(column: sa.Column[object], class_: type | None) -> bool:
    """Whether the constructor that a dataclass or pydantic makes supplies the value."""
    name = _attribute(column, class_)
    field = getattr(class_, "__dataclass_fields__", {}).get(name)
    if field is not None and field.default_factory is not dataclasses.MISSING:
        return True
    modelled = getattr(class_, "model_fields", None)
    known = modelled.get(name) if isinstance(modelled, dict) else None
    return getattr(known, "default_factory", None) is not None


def perhaps(column: sa.Column[object], class_: type | None) -> str:
    """What code of the class may set the column before an INSERT; "" where none is known."""
    mapper = getattr(class_, "__mapper__", None)
    if class_ is None or not isinstance(mapper, Mapper):
        return ""
    name = _attribute(column, class_)
    if any(name in _words(code) for code in _constructors(class_)):
        return BY_CONSTRUCTOR
    of_sessions: Any = Session().dispatch
    listened = (
        mapper.dispatch.before_insert, mapper.class_manager.dispatch.init,
        mapper.class_manager[name].dispatch.init_scalar, of_sessions.before_flush,
    )  # fmt: skip
    return BY_LISTENER if any(map(_heard, listened)) else ""


def _heard(listeners: Iterable[object]) -> bool:
    # SQLAlchemy's own listener to "init" configures mappers.
    return any(getattr(one, "__module__", "") != Mapper.__module__ for one in listeners)


def _attribute(column: sa.Column[object], class_: type | None) -> str:
    mapper = getattr(class_, "__mapper__", None)
    if isinstance(mapper, Mapper) and column in mapper.columns.values():
        return mapper.get_property_by_column(column).key
    return column.key


def _constructors(class_: type) -> Iterator[CodeType]:
    """Those that somebody wrote: what dataclass makes is of no file."""
    for one in class_.__mro__:
        for method in ("__init__", "__new__", "__attrs_post_init__", "__post_init__"):
            written = one.__dict__.get(method)
            written = getattr(written, "_sa_original_init", written)
            code = getattr(written, "__code__", None)
            library = str(getattr(written, "__module__", "")).split(".")[0] in _LIBRARIES
            if isinstance(code, CodeType) and not code.co_filename.startswith("<") and not library:
                yield code


def _words(code: CodeType) -> set[str]:
    """Attributes, variables and texts that the code names, nested functions included."""
    found = {*code.co_names, *code.co_varnames}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _words(constant)
        found |= {one for one in _flat(constant) if isinstance(one, str)}
    return found


def _flat(constant: object) -> tuple[object, ...]:
    return constant if isinstance(constant, tuple) else (constant,)
