"""What becomes of revisions that databases beside the one of the plan are to run, too."""

from collections.abc import Mapping, Sequence

from remediate.commands.progress import Progress
from remediate.errors import Refused
from remediate.plans.fleet import some
from remediate.plans.sharing import ALL_RUN, Sharing, otherwise, tables, unnoted
from remediate.revisions.drafts import Draft, for_others_too
from remediate.revisions.ways import ways


def as_file(sharing: Sharing, draft: Draft, *_: str | None) -> Draft:
    """The draft as it is; with others that need nothing of it, one that leaves these alone.

    Raises Refused for one of many schemas that others do not need.
    """
    passing = sharing.passing(draft.items)
    if not passing:
        return draft
    if draft.group:
        raise Refused(
            f"{some([one.name for one in passing])}: nothing of it is found there: {draft.title}; "
            "and a revision that goes from schema to schema does not note that it did nothing",
            f"Approve what all of them need, by its ids. {ALL_RUN}",
        )
    return for_others_too(draft, sorted(tables(draft.items)))


def differences(sharing: Sharing, made: Sequence[Draft], progress: Progress) -> Mapping[str, str]:
    """How other databases differ from what these leave, by name, though nothing is found there."""
    checks = ((d.items, ways(d.script)[0].after) for d in made if not (d.finishing or d.group))
    found = sharing.differences(checks)
    for name, difference in found.items():
        progress(f"{name}: {otherwise(difference)}")
    passed = {one.name: one.owner for d in made for one in sharing.passing(d.items) if one.owner}
    for name, owner in passed.items():
        progress(f"{name}: {unnoted(owner)}")
    return found
