"""`remediate review`: decisions about the items of a saved plan."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from remediate.config import check_hazard_names
from remediate.errors import Refused, UsageProblem
from remediate.findings.remedy import Manual, Proposal
from remediate.plans import left_out
from remediate.plans.answers import (
    Answer,
    Decision,
    added,
    check_reviewer,
    is_same,
    reviewers,
    standing,
    without,
)
from remediate.plans.choices import Choice, blocked, check, chosen
from remediate.plans.hazards import check_hazards, to_accept
from remediate.plans.named import approves, means, names
from remediate.plans.plan import Item, Plan
from remediate.system.words import did_you_mean


@dataclass(frozen=True, slots=True)
class Order:
    """What is decided without asking."""

    approve: tuple[str, ...] = ()  # `all`, rules, ids
    skip: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()  # about which decisions are taken back
    reason: str = ""  # of what is skipped; where nothing is, of what is approved
    reviewer: str = ""
    allow: tuple[str, ...] = ()
    choose: tuple[str, ...] = ()  # ids or rules, each with an answer: MD005:public.t=code-only

    def __post_init__(self) -> None:
        """Raises UsageProblem for a reviewer who is no person; one may still be withdrawn."""
        if not self.reset or self.approve or self.skip or self.choose:
            check_reviewer(self.reviewer)

    @property
    def is_empty(self) -> bool:
        return not (self.approve or self.skip or self.reset or self.choose)


def decide(plan: Plan, order: Order) -> Plan:
    """The plan with these decisions.

    Each replaces what the same reviewer decided before, and leaves what others did. A reset takes
    the reviewer's own back; without a name, everybody's.
    Raises UsageProblem for a name that fits nothing, and where a reviewer or a reason is missing;
    Refused for hazards that are not accepted by name, for what has no repair, for an approval that
    means nothing, and for a new table without one that it needs.
    """
    check_hazard_names("--allow {}", order.allow)
    for name in names(order.reset, plan):
        plan = plan.decided(_reset(name, plan, order.reviewer))
    for name in names(order.skip, plan):
        plan = plan.decided(_each(named(name, plan), lambda i: skipped(i, order)))
    choices = [*chosen(order.choose)]
    leaves_out = order.skip or any(choice is not Choice.CREATE for _, choice in choices)
    approving = replace(order, reason="") if leaves_out else order  # it says why those are not
    for name, choice in choices:
        plan = plan.decided(
            _chosen(name, choice, plan, approving if choice is Choice.CREATE else order)
        )
    for name in names(order.approve, plan):
        meant = _meant(name, plan)
        check_hazards(meant, order.allow)
        plan = plan.decided(_each(meant, lambda i: approved(i, approving)))
    check(plan)
    return plan


Decided = Mapping[str, tuple[Decision, ...]]


def _each(items: Iterable[Item], decision: Callable[[Item], Decision]) -> Decided:
    return {item.id: added(item.decisions, decision(item)) for item in items}


def _chosen(name: str, choice: Choice, plan: Plan, order: Order) -> Decided:
    """Raises UsageProblem where no choice is called so, Refused for what cannot be created."""
    items = [item for item in named(name, plan) if item.is_choice]
    if not items:
        raise UsageProblem(
            f"--choose {name}: it is a repair, not a choice",
            "Answer with --approve, or with --skip and --reason.",
        )
    if choice is Choice.CREATE:
        return _each(items, lambda i: approved(i, order))
    return _each(items, lambda i: skipped(i, order, choice))


def _reset(name: str, plan: Plan, reviewer: str) -> Decided:
    """Raises UsageProblem where only others have decided."""
    items = named(name, plan)
    if not reviewer.strip():
        return {item.id: () for item in items}
    left = {item.id: without(item.decisions, reviewer) for item in items}
    others = reviewers(one for item in items for one in item.decisions)
    if others and not any(is_same(reviewer, other) for other in others):
        raise UsageProblem(
            f"--reset {name}: {reviewer} has decided nothing about it, only {', '.join(others)}",
            "Name that reviewer, or omit --reviewer to withdraw the decisions of all.",
        )
    return left


def named(name: str, plan: Plan) -> list[Item]:
    """The items of an id, or of a rule; raises UsageProblem where there are none."""
    items = [i for i in plan.items if means(name, i)]
    if not items:
        raise UsageProblem(
            f"{name}: this plan has no such rule or finding",
            did_you_mean(name, (i.id for i in plan.items)) or 'The file lists its ids as "id".',
        )
    return items


def _meant(name: str, plan: Plan) -> list[Item]:
    """`all` and a rule mean what they approve, has a repair, and was not skipped.

    Raises Refused where that is nothing: an approval of nothing must not look like one.
    """
    items = named(name, plan)
    if items[0].id == name:
        return items
    out = {i.id for i in items if i.decision and i.decision.answer is Answer.SKIPPED}
    lacking = blocked(plan)
    left = (i for i in items if i.id not in out and i.id not in lacking)
    meant = [i for i in left if isinstance(i.remedy, Proposal) and approves(name, i)]
    if not meant:
        why = left_out.sentences(plan, [name], out)
        passed = [f"Skipped before: {', '.join(sorted(out))}"] if out else []
        passed += [f"Not created: {i.id}: {lacking[i.id]}" for i in items if i.id in lacking]
        raise Refused("\n".join((f"{name} names nothing that can be approved", *why, *passed)))
    return meant


def approved(item: Item, order: Order) -> Decision:
    """Raises Refused where there is nothing to approve, or a hazard is not accepted by name."""
    if isinstance(item.remedy, Manual):
        raise Refused(f"{item.id} has no repair to approve: {item.remedy.reason}")
    check_hazards([item], order.allow)
    return _decision(item, order, Answer.APPROVED, allowed=tuple(to_accept(item)))


def skipped(item: Item, order: Order, choice: Choice | None = None) -> Decision:
    """Raises UsageProblem without a reason: the next reader will ask for it."""
    if not order.reason.strip():
        raise UsageProblem("a skipped item needs a reason", "Add --reason TEXT.")
    decision = _decision(item, order, Answer.SKIPPED)
    return replace(decision, choice=choice.value if choice else "")


def _decision(
    item: Item,
    order: Order,
    answer: Answer,
    *,
    allowed: tuple[str, ...] = (),
) -> Decision:
    if not order.reviewer.strip():
        raise UsageProblem("a decision needs a name", 'Add --reviewer "Your Name".')
    now = datetime.now(UTC)
    reviewer, reason = " ".join(order.reviewer.split()), order.reason.strip()
    date, time = now.date().isoformat(), now.strftime("%H:%M:%S")
    return Decision(answer, reviewer, date, item.fingerprint, reason, allowed, time)


def carried(new: Plan, old: Plan) -> tuple[Plan, tuple[str, ...]]:
    """The new plan with the decisions of the old one; and the ids of those that fell.

    A decision falls where the item is another by now. One that leaves a model without its table is
    about the model: it stays as long as that is found, whatever would create the table.
    """
    before = {item.id: item.decisions for item in old.items if item.decisions}
    now = {item.id: item for item in new.items}
    kept = {
        id_: _still(decisions, now[id_]) if id_ in now else () for id_, decisions in before.items()
    }
    fallen = tuple(id_ for id_, decisions in before.items() if decisions != kept[id_])
    return new.decided(kept), fallen


def _still(decisions: tuple[Decision, ...], item: Item) -> tuple[Decision, ...]:
    """Where a reviewer's last one falls, the ones that it replaced do not come back."""
    lost = [one.reviewer for one in standing(decisions) if not _holds(one, item)]
    return tuple(one for one in decisions if not any(is_same(one.reviewer, who) for who in lost))


def _holds(decision: Decision, item: Item) -> bool:
    of_model = item.is_choice and decision.answer is Answer.SKIPPED
    return of_model or decision.fingerprint == item.fingerprint
