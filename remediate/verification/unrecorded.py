"""Repairs that are here though no revision is recorded as run for them: psql made them."""

from collections.abc import Collection, Mapping, Sequence

from remediate.snapshots.history import History
from remediate.verification.observations import Seen
from remediate.verification.result import Outcome, Verified


def with_hotfixes(
    waiting: Mapping[str, tuple[str, ...]], hotfixes: Collection[str], history: History
) -> dict[str, tuple[str, ...]]:
    """What each revision repairs that waits, in the order in which they are to run.

    The ids of a hotfix that a later revision finishes are recorded in that one.
    """
    found = dict(waiting)
    for revision in hotfixes:
        after = (ids for one, ids in waiting.items() if revision in history.parents.get(one, ()))
        if revision not in found and (finished := next(after, ())):
            found[revision] = finished
    order = [revision.id for revision in history.ahead]
    return {one: found[one] for one in dict.fromkeys([*order, *found]) if one in found}


def to_stamp(
    waiting: Mapping[str, Sequence[str]],
    hotfixes: Collection[str],
    looked_at: Mapping[str, Verified],
    history: History,
) -> tuple[str, ...]:
    """The revisions that lack only `alembic stamp`, the next one first.

    Each has a script for psql, which does the same, all that it repairs is here, and all that it
    follows is recorded, or to be stamped as well.
    """
    known, found = set(history.applied), []
    for revision in history.ahead:
        ids = waiting.get(revision.id, ()) if revision.id in hotfixes else ()
        here = ids and all(_is_here(looked_at[id_]) for id_ in ids)
        if here and history.parents[revision.id] <= known:
            known.add(revision.id)
            found.append(revision.id)
    return tuple(found)


def _is_here(entry: Verified) -> bool:
    """A hotfix validates nothing: the revision that follows does."""
    only_later = entry.problems == (Seen.NOT_VALIDATED,)
    return entry.outcome is Outcome.OK or only_later
