"""What is unsafe in an Alembic revision, told from its text alone: nothing is imported or run."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from remediate.lint.kinds import KINDS, PAGE, REMARKS, REVISION_ID_KINDS
from remediate.lint.values import NOTHING, Known, Unsafe, table_name

if TYPE_CHECKING:
    from remediate.lint.facts import Fact
    from remediate.lint.steps import Read

__all__ = [
    "KINDS",
    "NOTHING",
    "PAGE",
    "REMARKS",
    "REVISION_ID_KINDS",
    "Known",
    "Unsafe",
    "emptied",
    "facts_of",
    "learn",
    "lint",
    "read",
    "table_name",
]


def lint(source: str, known: Known = NOTHING) -> tuple[Unsafe, ...]:
    """What is unsafe in a revision, by line. Raises SyntaxError where it is no Python."""
    from remediate.lint import linter  # noqa: PLC0415  (the parser takes 0.1 s to import)

    return linter.lint(source, known)


def learn(sources: Iterable[str], known: Known = NOTHING) -> Known:
    """What these revisions leave behind, run in this order upon what is known already."""
    from remediate.lint import linter  # noqa: PLC0415  (the parser takes 0.1 s to import)

    return linter.learn(sources, known)


def read(source: str, known: Known = NOTHING) -> "Read":
    """What a revision does, what of it is unsafe, and what it leaves behind, read once.

    Raises SyntaxError where it is no Python.
    """
    from remediate.lint import steps  # noqa: PLC0415  (the parser takes 0.1 s to import)

    return steps.read(source, known)


def emptied(source: str, deleted: Collection[tuple[int, int]]) -> frozenset[int]:
    """The first line of each block that would be empty without these lines, first and last."""
    from remediate.lint import blocks  # noqa: PLC0415

    return blocks.emptied(source, deleted)


def facts_of(sql: str) -> "tuple[Fact, ...]":
    """What a text of SQL does, statement by statement."""
    from remediate.lint import steps  # noqa: PLC0415  (the parser takes 0.1 s to import)

    return steps.facts_of(sql)
