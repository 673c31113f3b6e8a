"""Compare a reviewed plan with the database as it is now; refuse a plan that no longer fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from remediate.errors import Refused
from remediate.plans.answers import Decision, reviewers
from remediate.plans.approval import as_approved, check_complete
from remediate.plans.hazards import check_hazards
from remediate.plans.plan import ApprovedItem, Item, Plan
from remediate.snapshots.live import DatabaseIdentity
from remediate.system.words import counted

_NAMED = 5  # ids in a sentence
AGAIN = "Make it again: remediate plan --save {file}; decisions about unchanged items stay."


@dataclass(frozen=True, slots=True)
class Agreed:
    """The approved items, by whom, and what is found since that nobody has seen."""

    items: tuple[ApprovedItem, ...]
    reviewer: str
    new: tuple[str, ...]
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # hazards, by id
    decisions: Mapping[str, tuple[Decision, ...]] = field(default_factory=dict)  # that approve


def agreed(saved: Plan, plan: Plan, file: str, allowed: Sequence[str]) -> Agreed:
    """The items of the plan of now that the saved one approves.

    Raises Refused, with the names of what is in the way: another database or project, other heads,
    items without an answer, items that changed meanwhile, hazards that nobody accepted.
    """
    check_database(saved, plan.database)
    _check_project(saved, plan, file)
    _check_reviewed(saved, file)
    now = {item.id: item for item in plan.items}
    _check_unchanged(saved, now, file)
    approvals = saved.approvals
    items = as_approved(item for item in plan.items if item.id in approvals)
    check_complete(items)
    for id_, decision in approvals.items():
        check_hazards(as_approved([now[id_]]), (*allowed, *decision.allowed))
    decisions = {item.id: item.decisions for item in saved.items if item.id in approvals}
    names = reviewers(one for some in decisions.values() for one in some)
    seen = {item.id for item in saved.items}
    new = tuple(item.id for item in plan.items if item.id not in seen)
    accepted = {id_: decision.allowed for id_, decision in approvals.items()}
    return Agreed(items, ", ".join(names), new, accepted, decisions)


def check_database(saved: Plan, database: DatabaseIdentity) -> None:
    """Raises Refused for a plan of another database."""
    then, now = saved.database, database
    both = then.system_identifier and now.system_identifier
    other = both and then.system_identifier != now.system_identifier
    if other or then.name != now.name:
        raise Refused(
            f"the plan was made for the database {then.name}, but this is {now.name}"
            + (" on another server" if other else ""),
            "Use the database that it was made for, or make a plan for this one.",
        )


def _check_project(saved: Plan, plan: Plan, file: str) -> None:
    if saved.heads is None:
        raise Refused(
            "the plan was made outside of an Alembic project, without its models",
            AGAIN.format(file=file),
        )
    bases = saved.bases  # none, of a history that was empty
    if bases and sorted(bases) != sorted(plan.bases):
        raise Refused(
            "the plan was made for another Alembic project: its history begins with "
            f"{_list(bases)}, this one's with {_list(plan.bases)}",
            "Run it in the project that it was made in.",
        )
    if saved.engine != plan.engine:
        raise Refused(
            f"the plan was made for {_engine(saved)}, but this is {_engine(plan)}",
            "Choose the engine that it was made for (--engine), or make a plan for this one.",
        )
    moved = [
        (whose, then, now)
        for whose, then, now in (
            ("the database was at", saved.heads, plan.heads or ()),
            ("the project's head was", saved.tips, plan.tips),
        )
        if sorted(then) != sorted(now)
    ]
    for whose, then, now in moved:
        raise Refused(
            f"heads moved: {whose} {_list(then)} when the plan was made, and is at {_list(now)}",
            AGAIN.format(file=file),
        )


def _check_reviewed(saved: Plan, file: str) -> None:
    _check_half_approved(saved, file)
    if waiting := saved.unreviewed:
        raise Refused(
            f"no reviewer has decided about {_some([one.id for one in waiting])}",
            f"Approve or skip: remediate review {file}",
        )
    if not saved.approvals:
        decided = any(item.decision for item in saved.items)
        why = "every item was skipped" if decided else "no reviewer has decided about any item"
        raise Refused(f"the plan approves nothing: {why}", f"Or: remediate review {file}")


def _check_half_approved(saved: Plan, file: str) -> None:
    """Raises Refused where fewer reviewers approve an item than are demanded."""
    if items := saved.half_approved:
        who = reviewers(one for item in items for one in item.decisions)
        more = counted(max(item.lacking for item in items), "reviewer")
        raise Refused(
            f"{saved.reviewers} reviewers must approve each item ([tool.remediate] reviewers), "
            f"and {more} must still approve {_some([one.id for one in items])}; "
            f"so far decided: {', '.join(who)}",
            f'Another reviewer reads them: remediate review {file} --reviewer "Your Name"',
        )


def _check_unchanged(saved: Plan, now: Mapping[str, Item], file: str) -> None:
    approved = {i.id: i.standing for i in saved.items if i.id in saved.approvals}
    gone = [id_ for id_ in approved if id_ not in now]
    changed = [
        id_
        for id_, decisions in approved.items()
        if id_ in now and any(one.fingerprint != now[id_].fingerprint for one in decisions)
    ]
    if gone:
        raise Refused(
            f"no longer found, perhaps repaired meanwhile: {_some(gone)}",
            AGAIN.format(file=file),
        )
    if changed:
        raise Refused(
            f"stale: the repair of {_some(changed)} is no longer the one that was approved",
            f"See it: remediate plan --diff {file}. {AGAIN.format(file=file)}",
        )


def _engine(plan: Plan) -> str:
    return f"the engine {plan.engine}" if plan.engine else "a project of one engine"


def _list(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "no revision"


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more
