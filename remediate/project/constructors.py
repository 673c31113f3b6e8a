"""Whether a mapped class sets a key by itself: in its constructor, or by a listener to events."""

import dataclasses
import inspect
from collections.abc import Iterator
from functools import partial
from types import FunctionType, MethodType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper, Session

from remediate.project.assignments import makes
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
    """What code of the class may make a value before an INSERT; "" where none is known."""
    mapper = getattr(class_, "__mapper__", None)
    if class_ is None or not isinstance(mapper, Mapper):
        return ""
    name = _attribute(column, class_)
    if any(makes(one, name, class_) for one in _constructors(class_)):
        return BY_CONSTRUCTOR
    of_sessions: Any = Session().dispatch
    listened = (
        mapper.dispatch.before_insert, mapper.class_manager.dispatch.init,
        of_sessions.before_flush,
    )  # fmt: skip
    heard = [one for listeners in listened for each in listeners for one in _listeners(each)]
    asked = any(map(_is_theirs, mapper.class_manager[name].dispatch.init_scalar))
    return BY_LISTENER if asked or any(makes(one, name, class_) for one in heard) else ""


def _is_theirs(listener: object) -> bool:
    # SQLAlchemy's own listener to "init" configures mappers.
    return getattr(listener, "__module__", "") != Mapper.__module__


def _listeners(one: object) -> Iterator[FunctionType]:
    """The functions that somebody wrote, of which SQLAlchemy keeps some in functions of its own."""
    while isinstance(one, partial):
        one = one.func
    function = getattr(one, "__func__", one)
    if not isinstance(function, FunctionType):
        function = type(function).__dict__.get("__call__")  # of an object that is called
    if not isinstance(function, FunctionType):
        return
    if not _is_of_library(function):
        yield function
        return
    for kept in inspect.getclosurevars(function).nonlocals.values():
        if isinstance(kept, FunctionType | MethodType | partial):
            yield from _listeners(kept)


def _attribute(column: sa.Column[object], class_: type | None) -> str:
    mapper = getattr(class_, "__mapper__", None)
    if isinstance(mapper, Mapper) and column in mapper.columns.values():
        return mapper.get_property_by_column(column).key
    return column.key


def _constructors(class_: type) -> Iterator[FunctionType]:
    """Those that somebody wrote: what dataclass makes is of no file."""
    for one in class_.__mro__:
        for method in ("__init__", "__new__", "__attrs_post_init__", "__post_init__"):
            written = one.__dict__.get(method)
            written = getattr(written, "_sa_original_init", written)
            written = getattr(written, "__func__", written)
            if isinstance(written, FunctionType) and _is_somebodys(written):
                yield written


def _is_somebodys(function: FunctionType) -> bool:
    return not _is_of_library(function) and not function.__code__.co_filename.startswith("<")


def _is_of_library(function: FunctionType) -> bool:
    return str(function.__module__).split(".")[0] in _LIBRARIES
