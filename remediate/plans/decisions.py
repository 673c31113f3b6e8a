"""`remediate review`: decisions about the items of a saved plan."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from remediate.errors import Refused, UsageProblem
from remediate.findings.finding import Confidence
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard
from remediate.plans.saved import Answer, Decision, SavedItem, SavedPlan


@dataclass(frozen=True, slots=True)
class Order:
    """What is decided without asking."""

    approve: tuple[str, ...] = ()  # `all`, rules, ids
    skip: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()  # whose decisions are taken back
    reason: str = ""
    reviewer: str = ""
    allow: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.approve or self.skip or self.reset)


def decide(saved: SavedPlan, order: Order) -> SavedPlan:
    """The plan with these decisions.

    Raises UsageProblem for a name that fits nothing, and where a reviewer or a reason is missing;
    Refused for hazards that are not accepted by name, and for what has no repair.
    """
    made = saved
    for name in order.reset:
        made = made.decided(dict.fromkeys((i.id for i in named(name, made)), None))
    for name in order.skip:
        made = made.decided(_each(named(name, made), lambda i: skipped(i, order)))
    for name in order.approve:
        made = made.decided(_each(_meant(name, made), lambda i: approved(i, order)))
    return made


def _each(
    items: Iterable[SavedItem], decision: Callable[[SavedItem], Decision]
) -> Mapping[str, Decision]:
    return {item.id: decision(item) for item in items}


def named(name: str, saved: SavedPlan) -> list[SavedItem]:
    """The items of an id, or of a rule; raises UsageProblem where there are none."""
    found = [i for i in saved.items if name in (i.id, "all") or name.upper() == i.finding["rule"]]
    if not found:
        raise UsageProblem(
            f"{name}: no rule and no finding of this plan is called so",
            'Its ids stand in the file, as "id".',
        )
    return found


def _meant(name: str, saved: SavedPlan) -> list[SavedItem]:
    """`all` and a rule mean what is proven or likely, has a repair, and was not skipped."""
    found = named(name, saved)
    if found[0].id == name:
        return found
    return [
        item
        for item in found
        if item.is_repairable
        and item.finding["confidence"] != Confidence.POSSIBLE
        and not (item.decision and item.decision.answer is Answer.SKIPPED)
    ]


def approved(item: SavedItem, order: Order) -> Decision:
    """Raises Refused where there is nothing to approve, or a hazard is not accepted by name."""
    if not item.is_repairable:
        raise Refused(f"{item.id} has no repair to approve: {item.remedy['manual']}")
    if missing := to_accept(item, order.allow):
        raise Refused(
            f"{item.id} has a hazard that nobody accepted: {HAZARD_TEXT[missing[0]]}",
            f"Accept it by name: --allow {missing[0].value}",
        )
    needed = set(item.hazards) & ACCEPTED_BY_NAME
    return _decision(item, order, Answer.APPROVED, allowed=tuple(sorted(needed)))


def skipped(item: SavedItem, order: Order) -> Decision:
    """Raises UsageProblem without a reason: the next reader will ask for it."""
    if not order.reason.strip():
        raise UsageProblem("a skipped item needs a reason", "Give it with --reason TEXT.")
    return _decision(item, order, Answer.SKIPPED, reason=order.reason.strip())


def to_accept(item: SavedItem, allowed: Iterable[str]) -> list[Hazard]:
    """The hazards of an item that must be accepted by name, and are not."""
    accepted = {name.upper() for name in allowed}
    if unknown := accepted - set(Hazard):
        known = ", ".join(sorted(ACCEPTED_BY_NAME))
        raise UsageProblem(f"--allow {min(unknown)}: there is no such hazard", f"Known: {known}")
    return sorted(h for h in ACCEPTED_BY_NAME if h in item.hazards and h not in accepted)


def _decision(
    item: SavedItem,
    order: Order,
    answer: Answer,
    *,
    reason: str = "",
    allowed: tuple[str, ...] = (),
) -> Decision:
    if not order.reviewer.strip():
        raise UsageProblem("a decision needs a name", "Give it with --reviewer NAME.")
    today = datetime.now(UTC).date().isoformat()
    reviewer = " ".join(order.reviewer.split())
    return Decision(answer, reviewer, today, item.fingerprint, reason, allowed)
