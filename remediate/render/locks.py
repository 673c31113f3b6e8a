"""The locks of remedies, in words."""

from collections.abc import Sequence

from remediate.remedy import Hazard, Lock, Remedy

_WAITING = "Waits 0.3 s at a time, then lets others pass and tries again."


def of_each(remedies: Sequence[Remedy]) -> str:
    """What one of these remedies holds, at most."""
    strongest = max(_tables(remedies).values(), key=lambda lock: lock.strength, default=Lock.NONE)
    if strongest is Lock.ACCESS_EXCLUSIVE:
        return f"ACCESS EXCLUSIVE on each table until commit; {_work(remedies)}. {_WAITING}"
    if strongest is Lock.SHARE_ROW_EXCLUSIVE:
        return (
            "SHARE ROW EXCLUSIVE on each table until commit: writers wait, readers do not. "
            + _WAITING
        )
    return f"on the sequence only, until commit: INSERT waits for so long. {_WAITING}"


def of_all(remedies: Sequence[Remedy]) -> list[str]:
    """What a revision of these remedies holds, one line a lock mode."""
    held = _tables(remedies)
    lines = []
    for mode in (Lock.ACCESS_EXCLUSIVE, Lock.SHARE_ROW_EXCLUSIVE, Lock.ACCESS_SHARE):
        count = sum(lock is mode for lock in held.values())
        if count:
            work = f"; {_work(remedies)}" if mode is Lock.ACCESS_EXCLUSIVE else ""
            lines.append(f"{mode.value} on {count} table{'s' if count > 1 else ''}{work}")
    sequences = {h.relation for r in remedies for h in r.holds if h.sequence_owner}
    if sequences:
        count = len(sequences)
        lines.append(f"ACCESS EXCLUSIVE on {count} sequence{'s' if count > 1 else ''}")
    return lines


def _tables(remedies: Sequence[Remedy]) -> dict[object, Lock]:
    found: dict[object, Lock] = {}
    for remedy in remedies:
        for hold in remedy.holds:
            if not hold.sequence_owner:
                known = found.get(hold.relation, Lock.NONE)
                found[hold.relation] = max(known, hold.lock, key=lambda lock: lock.strength)
    return found


def _work(remedies: Sequence[Remedy]) -> str:
    hazards = {h for r in remedies for step in r.steps for h in step.hazards}
    if Hazard.ACCESS_EXCLUSIVE_REWRITE in hazards:
        return "the tables are rewritten, and the foreign keys checked again"
    return "no rewrite, no scan"
