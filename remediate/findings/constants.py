"""Statements that a revision has below its functions, put back where it runs them."""

import ast
import re
from functools import lru_cache

_CALL = re.compile(r"\bop\.execute\((_\w+)\)")


@lru_cache(maxsize=64)
def in_place(source: str) -> str:
    """The source with each statement in the call that names it, for those who read it as text."""
    if not _CALL.search(source):
        return source
    try:
        constants = _constants(source)
    except SyntaxError:
        return source
    return _CALL.sub(lambda call: f"op.execute({constants.get(call[1], call[1])})", source)


def _constants(source: str) -> dict[str, str]:
    """The literal of each string that the module names."""
    found = {}
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str()) as value):
                found[name] = ast.get_source_segment(source, value) or name
    return found
