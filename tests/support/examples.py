"""The examples of a test, by name."""

from collections.abc import Iterable, Mapping

import pytest


def named(
    examples: Iterable[tuple[object, ...]], since: Mapping[str, int] | None = None
) -> list[object]:
    """The parameters of each after its name; `since`: which need a later version of PostgreSQL."""
    known = since or {}
    return [
        pytest.param(*example, id=str(name), marks=pytest.mark.since(known.get(str(name), 13)))
        for name, *example in examples
    ]
