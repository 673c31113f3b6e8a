"""Python's types as JSON has them, in words."""

from dataclasses import is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from scripts.site_pages.markdown import code, escaped

_WORDS = {str: "text", int: "number", float: "number", bool: "true or false", object: "any value"}


def words_of(hint: Any) -> str:
    """The type of a JSON value, as Markdown in one line."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        kinds = [words_of(one) for one in inner if one is not NoneType]
        return ", ".join(kinds) + (" or null" if NoneType in inner else "")
    if origin is tuple:
        return f"list of {words_of(inner[0])}" if inner[-1] is ... else _parts(inner)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ", ".join(code(str(one.value)) for one in hint)
    if isinstance(hint, type) and issubclass(hint, tuple):
        return f"list: {', '.join(getattr(hint, '_fields', ()))}"
    if is_dataclass(hint):
        return f"object: {', '.join(get_type_hints(hint))}"
    return _WORDS.get(hint, escaped(str(hint)))


def _parts(kinds: tuple[Any, ...]) -> str:
    if len({*kinds}) == 1:
        return f"list of {len(kinds)}: {words_of(kinds[0])}"
    return f"list: {', '.join(map(words_of, kinds))}"
