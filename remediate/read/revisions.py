"""The revisions that remediate wrote into a project, and what each repairs."""

from collections.abc import Sequence

from alembic.script import ScriptDirectory

from remediate.repairs import engine_of, recorded


def repaired(
    script: ScriptDirectory, heads: Sequence[str], engine: str
) -> tuple[dict[str, None], list[str]]:
    """The ids that revisions up to `heads` repair; and the revisions of ours that did not run.

    Of a project with several databases only what was written for this one.
    """
    applied = (
        {r.revision for r in script.iterate_revisions(tuple(heads), "base")} if heads else set()
    )
    ids: dict[str, None] = {}
    waiting = []
    for revision in reversed([*script.walk_revisions()]):
        text = revision.module.__doc__ or ""
        found = recorded(text) if engine_of(text) == engine else ()
        if revision.revision in applied:
            ids |= dict.fromkeys(found)
        elif found:
            waiting.append(revision.revision)
    return ids, waiting
