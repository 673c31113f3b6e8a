"""JSON that people and other programs may have changed: read strictly, or refused with a reason."""

import json
import math
from collections.abc import Iterable
from typing import Any

_DIGITS = 100  # more than any id, count or position has
_DEEP = "its values are nested too deeply"
_DEPTH = 100  # levels, more than any of our files has


def parsed(text: str) -> Any:
    """The value of a JSON text.

    Raises ValueError, with the reason, for what is no JSON, for NaN and the like, for numbers
    without measure, for a key that occurs twice, and for what is nested too deeply to be walked.
    """
    try:
        value = json.loads(
            text,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_number,
            object_pairs_hook=_object,
        )
        # JSON can spell half a character, which no file and no terminal takes.
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError(_DEEP) from error
    except UnicodeEncodeError as error:
        raise ValueError(f"it holds half a character: {error.object[error.start]!a}") from error
    if _is_deep(value):
        raise ValueError(_DEEP)
    return value


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_DEPTH):
        level = [inner for outer in level for inner in _inner(outer)]
    return bool(level)


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _integer(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError(f"it holds a number of {len(text.lstrip('-')):,} digits")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is no number that JSON has")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in made if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} occurs twice in one object")
    return made
