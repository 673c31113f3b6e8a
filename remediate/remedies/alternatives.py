"""The choices that a finding leaves, with letters and costs: locks, rewritten rows, afterwards."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from string import ascii_uppercase

from remediate.findings.alternative import Alternative, Choice, Meanwhile
from remediate.findings.remedy import Hazard, Kind, Lock, Manual, Remedy
from remediate.snapshots.live import Live


def alternatives(choices: Iterable[Choice], live: Live) -> tuple[Alternative, ...]:
    """Those of each question to which there is more than one answer."""
    open_ = [
        choice
        for _, some in groupby(choices, lambda choice: choice.question)
        for choice in _different(list(some))
    ]
    return tuple(
        _costing(letter, choice, live)
        for letter, choice in zip(ascii_uppercase, open_, strict=False)
    )


def _different(choices: Sequence[Choice]) -> list[Choice]:
    """Without those that come to the same as another; none where only one way is left."""
    found: list[Choice] = []
    for choice in sorted(choices, key=lambda one: not one.taken):
        if not any(_comes_to(choice) == _comes_to(other) for other in found):
            found.append(choice)
    return [choice for choice in choices if choice in found] if len(found) > 1 else []


def _comes_to(choice: Choice) -> tuple[object, ...]:
    return choice.way, choice.outcome, choice.then


def _costing(letter: str, choice: Choice, live: Live) -> Alternative:
    by_hand = choice.outcome.reason if isinstance(choice.outcome, Manual) else ""
    given = (letter, choice.question, choice.title, choice.how, choice.way, choice.taken)
    if not isinstance(choice.outcome, Remedy):
        return Alternative(*given, then=choice.then, by_hand=by_hand)
    remedy = choice.outcome
    lock, rewrites = _lock(remedy), Hazard.ACCESS_EXCLUSIVE_REWRITE in remedy.hazards
    return Alternative(
        *given,
        lock=lock.value,
        meanwhile=_meanwhile(lock, rewrites=rewrites),
        rewrites=rewrites,
        rows=_rows(remedy, live),
        bytes=remedy.size if rewrites else 0,
        needs=tuple(sorted(remedy.hazards)),
        then=choice.then,
    )


def _lock(remedy: Remedy) -> Lock:
    """The strongest one on a table."""
    tables = (hold.lock for hold in remedy.holds if hold.kind is Kind.TABLE)
    return max(tables, key=lambda lock: lock.strength, default=Lock.NONE)


def _rows(remedy: Remedy, live: Live) -> int:
    names = {hold.relation for hold in remedy.holds if hold.kind is Kind.TABLE}
    known = (live.table_of[name].rows or 0 for name in names if name in live.table_of)
    return sum(rows for rows in known if rows > 0)


def _meanwhile(lock: Lock, *, rewrites: bool) -> Meanwhile:
    if rewrites:
        return Meanwhile.REWRITING
    if lock is Lock.ACCESS_EXCLUSIVE:
        return Meanwhile.MOMENT
    return Meanwhile.WRITES if lock is Lock.SHARE_ROW_EXCLUSIVE else Meanwhile.NOBODY
