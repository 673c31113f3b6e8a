"""A call of a revision, and what it stands in."""

import ast
from dataclasses import dataclass

from remediate.lint.scope import Scope


@dataclass(frozen=True, slots=True)
class Around:
    """What a statement stands in."""

    function: str
    branch: tuple[int, ...] = ()  # a condition, an unknown loop, a try: it may not be run
    swallowed: int = 0  # the line of what hides its failure
    asked: int = 0  # the line of what makes it depend on the database
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A call that may do something to the database."""

    call: ast.Call
    scope: Scope
    around: Around


class Stopped(Exception):
    """Nothing after this statement is run."""
