"""Repairs that are here though no revision is recorded as run for them: psql made them."""

from collections.abc import Collection, Mapping, Sequence

from remediate.snapshots.history import History, Unrecorded
from remediate.verification.observations import Seen
from remediate.verification.result import Outcome, Verified


def with_parts(
    waiting: Mapping[str, tuple[str, ...]], parts: Collection[str], history: History
) -> dict[str, tuple[str, ...]]:
    """What each revision repairs that waits, in the order in which they are to run.

    The ids of those that a later revision finishes, a hotfix for one, are recorded in that one.
    """
    found = dict(waiting)
    order = [revision.id for revision in history.ahead]
    for revision in sorted(parts, key=order.index, reverse=True):
        after = (ids for one, ids in found.items() if revision in history.parents.get(one, ()))
        if revision not in found and (finished := next(after, ())):
            found[revision] = finished
    return {one: found[one] for one in dict.fromkeys([*order, *found]) if one in found}


def unrecorded(
    waiting: Mapping[str, Sequence[str]],
    hotfixes: Mapping[str, str],
    looked_at: Mapping[str, Verified],
    history: History,
) -> Unrecorded:
    """The revisions that lack only `alembic stamp`, and the one of which a part is done.

    Each has a script for psql, which does the same, what it repairs is here, and all that it
    follows is recorded, or to be stamped as well.
    """
    known, found, begun = set(history.applied), [], ""
    for revision in history.ahead:
        ids = waiting.get(revision.id, ()) if revision.id in hotfixes else ()
        here = [_is_here(looked_at[id_]) for id_ in ids]
        if not any(here) or not history.parents[revision.id] <= known:
            continue
        if all(here):
            known.add(revision.id)
            found.append(revision.id)
        else:
            begun = begun or revision.id
    return Unrecorded(tuple(found), begun, hotfixes.get(begun, ""))


def _is_here(entry: Verified) -> bool:
    """A hotfix validates nothing: the revision that follows does."""
    only_later = entry.problems == (Seen.NOT_VALIDATED,)
    return entry.outcome is Outcome.OK or only_later
