"""Who waits, and for how long, while repairs run: one lane a kind of repair."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from remediate.findings.remedy import Hazard, Lock, Proposal, Step
from remediate.plans.plan import Item, Landed
from remediate.plans.proof import Proof
from remediate.remedies.conversion import stall
from remediate.render.page.values import Lane
from remediate.rules import rule_of
from remediate.system.words import counted

_EFFECTS = {
    Lock.ACCESS_EXCLUSIVE: ("everybody", "nobody reads or writes these tables"),
    Lock.SHARE_ROW_EXCLUSIVE: ("writers", "writes wait, reads go on"),
    Lock.SHARE_UPDATE_EXCLUSIVE: ("nobody", "reads and writes go on"),
    Lock.ACCESS_SHARE: ("nobody", "reads and writes go on"),
    Lock.NONE: ("nobody", "no table is locked"),
}
_WRITES_WAIT = ("SHARE", "EXCLUSIVE")
_SLIVER = 0.1  # seconds: shorter than this, no statement that rewrites nothing takes longer
_THINNEST = 0.8  # percent of the scale that can be seen


@dataclass(frozen=True, slots=True)
class _Kind:
    """Repairs that lock alike."""

    rule: str
    lock: Lock
    rewrites: bool
    alone: bool  # in autocommit


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A lane before its scale is known."""

    lane: Lane
    seconds: float


def of_plan(items: Iterable[Item]) -> tuple[Lane, ...]:
    """One lane for the repairs of each rule that lock alike, the longest first; estimates."""
    found: dict[_Kind, list[Item]] = {}
    for item in items:
        if isinstance(item.remedy, Proposal) and not item.is_choice:
            for alone, steps in enumerate((item.remedy.steps, item.remedy.finish)):
                if steps:
                    key = _Kind(item.finding.rule, _strongest(steps), _rewrites(steps), alone > 0)
                    found.setdefault(key, []).append(item)
    stretches = [_estimated(kind, members) for kind, members in found.items()]
    return _scaled(sorted(stretches, key=lambda one: -one.seconds))


def of_revisions(landed: Sequence[Landed]) -> tuple[Lane, ...]:
    """One lane for each lock mode of each revision that was rehearsed, with measured seconds."""
    return _scaled([one for each in landed if each.proof for one in _measured(each, each.proof)])


def _estimated(kind: _Kind, items: Sequence[Item]) -> _Stretch:
    rewritten = (i.remedy.rows for i in items if isinstance(i.remedy, Proposal) and kind.rewrites)
    rows = sum(rewritten)
    seconds = stall(rows)
    level, effect = _EFFECTS[kind.lock]
    if kind.rewrites and seconds >= _SLIVER:
        duration = f"about {seconds:,.1f} s for {counted(rows, 'row')} (estimate)"
    elif kind.alone:
        duration = "not measured; runs in autocommit, after the repair"
    elif kind.rewrites:
        duration = f"below 0.1 s for {counted(rows, 'row')} (estimate)"
    else:
        duration = "below 0.1 s (estimate); a change of the catalog only, not measured"
    tables = len({i.finding.place.table for i in items})
    label = f"{kind.rule} {rule_of(kind.rule).name}"
    detail = f"{counted(tables, 'table')}{', rows are rewritten' if kind.rewrites else ''}"
    lane = Lane(label, detail, kind.lock.value or "none", effect, level, duration, 0.0, 0.0)
    return _Stretch(lane, seconds)


def _measured(landed: Landed, proof: Proof) -> Iterator[_Stretch]:
    """By the statements during which each lock was held."""
    modes = sorted({lock.mode for lock in proof.locks})
    for mode in modes:
        held = [lock for lock in proof.locks if lock.mode == mode]
        first, last = min(lock.since for lock in held), max(lock.until for lock in held)
        seconds = sum(t.seconds for t in proof.timings if first <= t.number <= last)
        level, effect = _EFFECTS[_mode(mode)]
        relations = counted(len({lock.relation for lock in held}), "relation")
        duration = f"{seconds:.3f} s, measured"
        label, detail = f"revision {landed.revision}", f"{landed.title}: {relations}"
        yield _Stretch(Lane(label, detail, mode, effect, level, duration, 0.0, 0.0), seconds)


def _mode(name: str) -> Lock:
    """The mode of that name; of those that no step takes, the one that lets as much go on."""
    known = {lock.value: lock for lock in Lock}
    return known.get(name) or (Lock.SHARE_ROW_EXCLUSIVE if name in _WRITES_WAIT else Lock.NONE)


def _scaled(stretches: Sequence[_Stretch]) -> tuple[Lane, ...]:
    """Seconds become percent of the longest lane, which the others follow one after the other."""
    total = sum(max(one.seconds, _SLIVER) for one in stretches)
    start, found = 0.0, []
    for one in stretches:
        width = max(100 * max(one.seconds, _SLIVER) / total, _THINNEST)
        at = min(start, 100 - width)
        found.append(replace(one.lane, start=round(at, 2), width=round(width, 2)))
        start += width
    return tuple(found)


def _strongest(steps: Sequence[Step]) -> Lock:
    return max((step.lock for step in steps), key=lambda lock: lock.strength)


def _rewrites(steps: Sequence[Step]) -> bool:
    return any(Hazard.ACCESS_EXCLUSIVE_REWRITE in step.hazards for step in steps)
