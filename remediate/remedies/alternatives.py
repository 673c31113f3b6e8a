"""The ways that a finding leaves open, with letters and costs: locks, rewritten rows, then what."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from string import ascii_uppercase

from remediate.findings.alternative import Alternative, Meanwhile, Offer
from remediate.findings.remedy import Hazard, Kind, Lock, Manual, Remedy
from remediate.snapshots.live import Live


def alternatives(offers: Iterable[Offer], live: Live) -> tuple[Alternative, ...]:
    """Those of each question to which there is more than one answer."""
    open_ = [
        offer
        for _, some in groupby(offers, lambda offer: offer.question)
        for offer in _different(list(some))
    ]
    return tuple(
        _costing(letter, offer, live) for letter, offer in zip(ascii_uppercase, open_, strict=False)
    )


def _different(offers: Sequence[Offer]) -> list[Offer]:
    """Without those that come to the same as another; none where only one way is left."""
    found: list[Offer] = []
    for offer in sorted(offers, key=lambda one: not one.taken):
        if not any(_comes_to(offer) == _comes_to(other) for other in found):
            found.append(offer)
    return [offer for offer in offers if offer in found] if len(found) > 1 else []


def _comes_to(offer: Offer) -> tuple[object, ...]:
    return offer.way, offer.outcome, offer.then


def _costing(letter: str, offer: Offer, live: Live) -> Alternative:
    by_hand = offer.outcome.reason if isinstance(offer.outcome, Manual) else ""
    given = (letter, offer.question, offer.title, offer.how, offer.way, offer.taken)
    if not isinstance(offer.outcome, Remedy):
        return Alternative(*given, then=offer.then, by_hand=by_hand)
    remedy = offer.outcome
    lock, rewrites = _lock(remedy), Hazard.ACCESS_EXCLUSIVE_REWRITE in remedy.hazards
    return Alternative(
        *given,
        lock=lock.value,
        meanwhile=_meanwhile(lock, rewrites=rewrites),
        rewrites=rewrites,
        rows=_rows(remedy, live),
        bytes=remedy.size if rewrites else 0,
        needs=tuple(sorted(remedy.hazards)),
        then=offer.then,
    )


def _lock(remedy: Remedy) -> Lock:
    """The strongest one on a table."""
    tables = (hold.lock for hold in remedy.holds if hold.kind is Kind.TABLE)
    return max(tables, key=lambda lock: lock.strength, default=Lock.NONE)


def _rows(remedy: Remedy, live: Live) -> int:
    names = {hold.relation for hold in remedy.holds if hold.kind is Kind.TABLE}
    tables = [live.table_of[name] for name in names if name in live.table_of]
    # A partitioned table counts the rows of its partitions.
    return sum(table.rows or 0 for table in tables if table.partition_of not in names)


def _meanwhile(lock: Lock, *, rewrites: bool) -> Meanwhile:
    if rewrites:
        return Meanwhile.REWRITING
    if lock is Lock.ACCESS_EXCLUSIVE:
        return Meanwhile.MOMENT
    return Meanwhile.WRITES if lock is Lock.SHARE_ROW_EXCLUSIVE else Meanwhile.NOBODY
