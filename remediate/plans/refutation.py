"""Which of several repairs a rehearsal refutes: as few are left out as let the others stand it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Reason = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Refutation:
    """A finding whose repair does not stand a rehearsal, and why."""

    id: str
    reason: str
    beside: tuple[str, ...] = ()  # the findings beside whose repairs it does not; (): it never does


def refuted(ids: Sequence[str], reason: str, reason_of: Reason) -> tuple[Refutation, ...]:
    """What to leave out of these, which together are refuted, for this reason.

    `reason_of` rehearses the repairs of some and gives the reason why they are refuted, or "". Of
    those that stand it alone and not together the last is left out.
    """
    found = _alone(ids, reason, reason_of)
    rest = _without(ids, found)
    while rest and (why := reason_of(rest) if found else reason):
        found.append(_together(rest, why, reason_of))
        rest = _without(ids, found)
    return tuple(found)


def _without(ids: Sequence[str], found: Sequence[Refutation]) -> list[str]:
    out = {one.id for one in found}
    return [id_ for id_ in ids if id_ not in out]


def _alone(ids: Sequence[str], reason: str, reason_of: Reason) -> list[Refutation]:
    """Those that are refuted by themselves: halves are tried until single ones are left."""
    if len(ids) == 1:
        return [Refutation(ids[0], reason)]
    middle = len(ids) // 2
    found = []
    for half in (ids[:middle], ids[middle:]):
        if why := reason_of(half):
            found += _alone(half, why, reason_of)
    return found


def _together(ids: Sequence[str], reason: str, reason_of: Reason) -> Refutation:
    """The first that is refuted beside others before it, and of these no more than it takes."""
    needed: list[str] = []
    while ids:
        many, reason = _fewest(ids, needed, reason, reason_of)
        *ids, last = ids[:many]
        needed = [last, *needed]
        if ids and (why := reason_of(needed)):
            reason = why
            break
    *beside, last = needed
    return Refutation(last, reason, tuple(beside))


def _fewest(
    ids: Sequence[str], needed: Sequence[str], reason: str, reason_of: Reason
) -> tuple[int, str]:
    """How many of the first it takes for them to be refuted beside `needed`, and the reason."""
    standing, refuting = 0, len(ids)
    while refuting - standing > 1:
        middle = (standing + refuting) // 2
        if why := reason_of([*ids[:middle], *needed]):
            refuting, reason = middle, why
        else:
            standing = middle
    return refuting, reason
