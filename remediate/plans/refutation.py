"""Which of several repairs a rehearsal refutes: halves are tried until single ones are left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from remediate.plans.plan import ApprovedItem

Reason = Callable[[Sequence[ApprovedItem]], str]


@dataclass(frozen=True, slots=True)
class Refutation:
    """Findings whose repair does not stand a rehearsal, alone or (several) together, and why."""

    ids: tuple[str, ...]
    reason: str


def refuted(items: Sequence[ApprovedItem], reason: str, reason_of: Reason) -> list[Refutation]:
    """What is refuted of these, which together are, for this reason.

    `reason_of` rehearses some of them and gives the reason why they are refuted, or "".
    """
    if len(items) == 1:
        return [Refutation((items[0].finding.id,), reason)]
    middle = len(items) // 2
    found: list[Refutation] = []
    for half in (items[:middle], items[middle:]):
        if why := reason_of(half):
            found += refuted(half, why, reason_of)
    return found or [Refutation(tuple(item.finding.id for item in items), reason)]
