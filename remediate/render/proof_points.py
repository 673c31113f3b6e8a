"""What a rehearsal answers of a review's checklist: ticked for all that a point speaks of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.plans.proof import Gap, Inserts, Limit, Proof
from remediate.render import proof as proofs
from remediate.system.words import counted

_NAMED = 3  # of what was not shown; the others are counted, and stand in the proof


@dataclass(frozen=True, slots=True)
class Point:
    """A line of the list, and what shows it; nothing, where a person has to look."""

    text: str
    shown_by: str = ""
    missing: str = ""  # what was shown of it, and what was not


def of(proof: Proof | None) -> Iterator[Point]:
    """The points in the order in which a reviewer works; without a proof none is ticked.

    Nor is one that speaks of tables, where those of other schemas were not tried.
    """
    yield _server(proof)
    others = proof.of(Gap.OTHER_SCHEMAS) if proof else ()
    for point in _of_tables(proof):
        shown = f"{point.shown_by}; not shown: {_reasons(others)}" if others else ""
        yield Point(point.text, missing=shown) if shown and point.shown_by else point


def _of_tables(proof: Proof | None) -> Iterator[Point]:
    if proof is None:
        yield Point("INSERT tested on all affected tables")
        yield Point("sequence conflicts checked")
    elif proof.inserts:
        yield _inserts(proof, proof.inserts)
        yield _conflicts(proof.inserts)
    if proof and proof.references:
        yield _references(proof)
    yield _way_back(proof)
    yield Point("the full cycle was run", "upgrade, downgrade, upgrade" if proof else "")
    yield _rules(proof)


def _rules(proof: Proof | None) -> Point:
    text, repaired = "the rules find nothing of it afterwards", ""
    if proof:
        repaired = proofs.repaired(proof)
    if asked := proof.of(Gap.AS_MODELED) if proof else ():
        return Point(text, missing=f"{repaired}; {_reasons(asked)}")
    return Point(text, repaired)


def _server(proof: Proof | None) -> Point:
    text, server = "tested on a real PostgreSQL", ""
    if proof:
        server = f"{proof.server}, schema of {proof.source}"
    if other := proof.of(Gap.OTHER_VERSION) if proof else ():
        return Point(text, missing=f"{server}; not shown: {_reasons(other)}")
    return Point(text, server)


def _inserts(proof: Proof, inserts: Inserts) -> Point:
    text = "INSERT tested on all affected tables"
    open_ = proof.of(Gap.INSERT_UNTRIED, Gap.INSERT_CLEARED)
    if not open_ and inserts.tables and inserts.tables == inserts.of:
        return Point(text, f"{proofs.works(inserts)}{_others(proof, inserts)}")
    reasons = _reasons(open_) or "the rehearsal shows nothing before the upgrade"
    return Point(text, missing=f"{proofs.works(inserts)}; not shown: {reasons}")


def _others(proof: Proof, inserts: Inserts) -> str:
    """The tables that get no key that is generated."""
    others = proof.tables - inserts.of
    return f"; INSERT as applications send it works in {others} more" if others > 0 else ""


def _conflicts(inserts: Inserts) -> Point:
    text = "sequence conflicts checked"
    if inserts.fresh and inserts.fresh == inserts.of:
        return Point(text, "each new id is above the highest")
    if not inserts.fresh:
        return Point(text)
    among = f"{inserts.fresh} of {counted(inserts.of, 'table')}"
    return Point(text, missing=f"each new id is above the highest in {among}")


def _references(proof: Proof) -> Point:
    text, untried = "an unknown id is refused", proof.of(Gap.REFERENCE_UNTRIED)
    if not untried:
        return Point(text, proofs.refused(proof))
    return Point(text, missing=f"{proofs.refused(proof)}; not shown: {_reasons(untried)}")


def _way_back(proof: Proof | None) -> Point:
    text, same = "the way back is exact", proofs.WAY_BACK if proof else ""
    bare = proof.of(Gap.WITHOUT_ROWS) if proof and proof.references else ()
    if not bare:
        return Point(text, same)
    return Point(text, missing=f"{same}; no value was compared: {_reasons(bare)}")


def _reasons(limits: Sequence[Limit]) -> str:
    named = "; ".join(map(proofs.limit, limits[:_NAMED]))
    rest = len(limits) - _NAMED
    return f"{named}; and {rest} more (see the proof)" if rest > 0 else named
