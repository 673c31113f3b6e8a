"""The locks of remedies, in words."""

from collections.abc import Sequence

from remediate.findings.remedy import Hazard, Kind, Lock, Remedy, Step
from remediate.remedies.conversion import stall
from remediate.snapshots.tables import Name
from remediate.system.words import counted

IN_AUTOCOMMIT = (
    "SHARE UPDATE EXCLUSIVE per table while PostgreSQL reads it, in autocommit: nothing waits. "
    "The downgrade takes ACCESS EXCLUSIVE for a moment."
)
WAITING = "Gives up after 0.3 s if blocked, and retries up to 60 times."


def of_each(remedies: Sequence[Remedy]) -> str:
    """What one of these remedies holds, at most."""
    strongest = max(_tables(remedies).values(), key=lambda lock: lock.strength, default=Lock.NONE)
    if strongest is Lock.ACCESS_EXCLUSIVE:
        work = _rewriting(remedies) if _rewrites(remedies) else _at_rest(remedies)
        return f"ACCESS EXCLUSIVE per table until commit; {work}."
    if strongest is Lock.SHARE_ROW_EXCLUSIVE:
        return "SHARE ROW EXCLUSIVE per table until commit: writers wait, readers do not."
    if strongest is Lock.SHARE_UPDATE_EXCLUSIVE:
        return IN_AUTOCOMMIT
    if not any(hold.kind is Kind.SEQUENCE for remedy in remedies for hold in remedy.holds):
        return "none on a table that exists already: nothing waits."
    return "on the sequence only, until commit: INSERT waits for so long."


def of_all(remedies: Sequence[Remedy]) -> list[str]:
    """What a revision of these remedies holds, one line a lock mode."""
    held = _tables(remedies)
    lines = []
    rewritten = _tables([r for r in remedies if _rewrites([r])])
    for mode in reversed(list(Lock)[1:]):
        tables = {name for name, lock in held.items() if lock is mode}
        if at_rest := tables - rewritten.keys():
            work = f"; {_at_rest(remedies)}" if mode is Lock.ACCESS_EXCLUSIVE else ""
            lines.append(f"{mode.value} on {counted(len(at_rest), 'table')}{work}")
        moving = tables & rewritten.keys()
        if mode is not Lock.ACCESS_EXCLUSIVE and moving:
            lines.append(f"{mode.value} on {counted(len(moving), 'table')}")
        elif moving:
            lines.append(f"{mode.value} on {counted(len(moving), 'table')}; {_rewriting(remedies)}")
    sequences = {h.relation for r in remedies for h in r.holds if h.kind is Kind.SEQUENCE}
    if sequences:
        lines.append(f"ACCESS EXCLUSIVE on {counted(len(sequences), 'sequence')}")
    return lines


def of_steps(steps: Sequence[Step]) -> str:
    """What the steps of one proposal lock, relation by relation."""
    held = dict.fromkeys((s.lock, s.relation) for s in steps if s.lock)
    relations = ", ".join(f"{lock} on {relation}" for lock, relation in held)
    alone = any(not step.transactional for step in steps)
    return (relations or "none on a table") + (
        "; some in autocommit" if alone else ", until commit"
    )


def longest_stall(remedies: Sequence[Remedy]) -> str:
    """For how long the longest lock keeps others waiting, as far as sizes tell."""
    if _rewrites(remedies):
        return f"about {_seconds(remedies):.1f} s, while the rows are rewritten" + _and_views(
            remedies
        )
    if _scans(remedies):
        return "as long as the rows of tables with a new key are read: about 0.5 s for a million"
    return "well below 0.1 s: no table is rewritten or scanned under a lock"


def stall_in_short(remedies: Sequence[Remedy]) -> str:
    """The same for the last line of a plan."""
    if _rewrites(remedies):
        refreshed = _and_views(remedies)
        return f"Longest stall about {_seconds(remedies):.1f} s{refreshed}."
    if _scans(remedies):
        return "Longest stall about 0.5 s for a million rows of a table that gets a key."
    return "Longest stall below 0.1 s."


def _at_rest(remedies: Sequence[Remedy]) -> str:
    if _scans(remedies):
        return "no rewrite; PostgreSQL reads a table that gets a key once"
    return "catalog change only"


def _rewriting(remedies: Sequence[Remedy]) -> str:
    rows = sum(remedy.rows for remedy in remedies)
    are = "is" if rows == 1 else "are"
    rewritten = f"about {counted(rows, 'row')} {are} rewritten, some {_seconds(remedies):.1f} s"
    return rewritten + _and_views(remedies)


def _seconds(remedies: Sequence[Remedy]) -> float:
    rewriting = [remedy for remedy in remedies if _rewrites([remedy])]
    rows, size = sum(r.rows for r in rewriting), sum(r.size for r in rewriting)
    return max(stall(rows, size), 0.1)


def _and_views(remedies: Sequence[Remedy]) -> str:
    # No statistics tell how long a query takes.
    refreshed = any(Hazard.REFRESHED_CONTENT in remedy.hazards for remedy in remedies)
    return ", and as long as the queries of the materialized views take" if refreshed else ""


def _tables(remedies: Sequence[Remedy]) -> dict[Name, Lock]:
    strongest: dict[Name, Lock] = {}
    for remedy in remedies:
        for hold in remedy.holds:
            if hold.kind is Kind.TABLE:
                other = strongest.get(hold.relation, Lock.NONE)
                strongest[hold.relation] = max(other, hold.lock, key=lambda lock: lock.strength)
    return strongest


def _scans(remedies: Sequence[Remedy]) -> bool:
    return any(Hazard.NEW_KEY in remedy.hazards for remedy in remedies)


def _rewrites(remedies: Sequence[Remedy]) -> bool:
    return any(Hazard.ACCESS_EXCLUSIVE_REWRITE in remedy.hazards for remedy in remedies)
