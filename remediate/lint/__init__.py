"""What is unsafe in an Alembic revision, told from its text alone: nothing is imported or run."""

from collections.abc import Iterable

from remediate.lint.kinds import KINDS, PAGE, REVISION_ID_KINDS
from remediate.lint.values import NOTHING, Known, Unsafe, table_name

__all__ = [
    "KINDS",
    "NOTHING",
    "PAGE",
    "REVISION_ID_KINDS",
    "Known",
    "Unsafe",
    "learn",
    "lint",
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
