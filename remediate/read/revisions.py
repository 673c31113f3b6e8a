"""The revisions that remediate wrote into a project, and what each repairs."""

from collections.abc import Sequence

from alembic.script import ScriptDirectory

from remediate.repairs import recorded


def repaired(script: ScriptDirectory, heads: Sequence[str]) -> tuple[dict[str, None], list[str]]:
    """The ids that revisions up to `heads` repair; and the revisions of ours that did not run."""
    applied = (
        {r.revision for r in script.iterate_revisions(tuple(heads), "base")} if heads else set()
    )
    ids: dict[str, None] = {}
    waiting = []
    for revision in reversed([*script.walk_revisions()]):
        found = recorded(revision.module.__doc__ or "")
        if revision.revision in applied:
            ids |= dict.fromkeys(found)
        elif found:
            waiting.append(revision.revision)
    return ids, waiting
