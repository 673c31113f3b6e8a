"""The revisions that remediate wrote into a project, and what each repairs."""

from collections.abc import Sequence
from pathlib import Path

from alembic.script import Script, ScriptDirectory

from remediate.repairs import engine_of, recorded, recorded_in_comments


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
        found = _of(revision, engine)
        if revision.revision in applied:
            ids |= dict.fromkeys(found)
        elif found:
            waiting.append(revision.revision)
    return ids, waiting


def _of(revision: Script, engine: str) -> tuple[str, ...]:
    text = revision.module.__doc__ or ""
    if ids := recorded(text):
        return ids if engine_of(text) == engine else ()
    return recorded_in_comments(Path(revision.path).read_text(encoding="utf-8"), engine)
