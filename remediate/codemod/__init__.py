"""Patch models and revisions in their source: Python text and changes in, Python text out."""

from collections.abc import Collection, Sequence

from remediate.codemod.values import Change, Patched, Refusal, Unsafe

__all__ = ["Change", "Patched", "Refusal", "Unsafe", "patched", "with_parent", "without"]


def patched(source: str, changes: Sequence[Change]) -> Patched:
    """The source with every safe change, and the refusals; all other bytes stay the same."""
    from remediate.codemod import patch  # noqa: PLC0415  (LibCST takes 0.3 s to import)

    return patch.patched(source, changes)


def with_parent(source: str, old: str | None, new: str) -> str:
    """The revision's source with `new` as its parent instead of `old`; None: it had none.

    Raises Unsafe where the parent is not written out.
    """
    from remediate.codemod import revision  # noqa: PLC0415  (LibCST takes 0.3 s to import)

    return revision.with_parent(source, old, new)


def without(source: str, steps: Collection[tuple[int, int]]) -> str:
    """The revision's source with `pass` instead of the statements on these lines, first and last.

    Raises Unsafe where such lines are not one statement.
    """
    from remediate.codemod import revision  # noqa: PLC0415  (LibCST takes 0.3 s to import)

    return revision.without(source, steps)
