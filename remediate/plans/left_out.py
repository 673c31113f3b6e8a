"""What an approval names and does not cover: why it is left out, and the way to each."""

import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence

from remediate.analysis.facts import in_words
from remediate.findings.finding import Confidence
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.named import approves, means, names
from remediate.plans.plan import Item, Plan
from remediate.postgres.sql import commented
from remediate.snapshots.tables import Name

_NAMED = 8  # items in a list


def sentences(plan: Plan, approvals: Iterable[str], covered: Collection[str]) -> tuple[str, ...]:
    """Lines about the items that the approvals name and that are none of the `covered`."""
    words = names(approvals, plan)
    out = [i for i in plan.items if i.id not in covered and any(means(w, i) for w in words)]
    by_hand = [(i, i.remedy.reason) for i in out if isinstance(i.remedy, Manual)]
    choices = [i for i in out if not isinstance(i.remedy, Manual) and i.is_choice]
    unmade = [i for i in choices if not any(approves(w, i) for w in words)]
    incomplete = [i for i in choices if i not in unmade]
    made = {i.finding.place.table for i in plan.items if i.id in covered}
    written = [i for i in out if not isinstance(i.remedy, Manual) and not i.is_choice]
    possible = [i for i in written if i.finding.confidence is Confidence.POSSIBLE]
    later = [i for i in written if i not in possible]
    return (
        *_repairable("it is only possible", possible),
        *_repairable("it can wait", later),
        *_repairable("it is a choice, to be made by its id", unmade),
        *_incomplete(incomplete, made),
        *_by_hand(by_hand),
    )


def _incomplete(items: Iterable[Item], made: Collection[Name | None]) -> Iterator[str]:
    """Tables of which a parent is not created."""
    for item in items:
        needs = item.remedy.needs if isinstance(item.remedy, Remedy) else ()
        if lacking := [commented(str(name)) for name in needs if name not in made]:
            tables = in_words(lacking)
            id_ = commented(item.id)
            yield f"Left out, because nothing creates {tables}, which it needs: {id_}"


def _repairable(why: str, items: Sequence[Item]) -> Iterator[str]:
    if items:
        more = f" and {len(items) - _NAMED:,} more" if len(items) > _NAMED else ""
        ids = ", ".join(commented(item.id) for item in items[:_NAMED])
        yield f"Left out, because {why}: {ids}{more}"
        yield f"  Approve each by its id: --approve {shlex.quote(items[0].id)}"


def _by_hand(items: Sequence[tuple[Item, str]]) -> Iterator[str]:
    if items:
        yield "Left out, because a person has to do it by hand:"
        yield from (f"  {commented(i.id)}: {commented(why)}" for i, why in items[:_NAMED])
    if len(items) > _NAMED:
        yield f"  and {len(items) - _NAMED:,} more: remediate plan"
