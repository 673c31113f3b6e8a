"""Repaired references as they are now."""

from collections.abc import Collection, Iterable

from remediate.findings.effects import Leaves
from remediate.findings.finding import Place
from remediate.findings.marks import place_of
from remediate.rules import RULES_BY_CODE
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.verification.observations import (
    KeyTypes,
    LacksReference,
    Observation,
    Refers,
    Seen,
)
from remediate.verification.promised import Reference
from remediate.verification.promises import Promises
from remediate.verification.result import Outcome, Verified


def verify(
    id_: str, place: Place, live: Live, finding_ids: Collection[str], promises: Promises
) -> Verified:
    """The foreign key of this name or on this column; `finding_ids` are what the rules find.

    It has to be as its repair declared it. A repair at a column answers for its type. Of a
    constraint the type is what FK001 and FK002 speak of: it is shown, and fails nothing else.
    """
    declared = promises.at(place)
    there = [fk for one in declared if (fk := kept(one, live))]
    fk = next(iter(there), None) or at(place, live)
    if fk is None:
        return Verified(id_, place, Outcome.FAILED, (), (Seen.NO_REFERENCE,))
    checked = _checks_every_row(id_)
    problems: tuple[Observation, ...] = ()
    if id_ in finding_ids:
        problems += (Seen.STILL_FOUND,)
    problems += broken(declared, live, promises)
    if checked and not fk.validated and Seen.NOT_VALIDATED not in problems:
        problems += (Seen.NOT_VALIDATED,)
    facts, types = tuple(f for f in _facts(fk) if f not in problems), _types(fk)
    if problems or (place.column in fk.columns[:1] and not checked):
        problems += types
    else:
        facts += types
    outcome = Outcome.FAILED if problems else Outcome.OK
    return Verified(id_, place, outcome, facts, problems)


def broken(
    declared: Iterable[Reference], live: Live, promises: Promises
) -> tuple[Observation, ...]:
    """What is not as repairs declared it, each once."""
    found: dict[Observation, None] = {}
    for one in declared:
        fk = kept(one, live)
        if fk is None:
            found[LacksReference(one.columns, one.target, one.target_columns)] = None
            continue
        if one.checked and not fk.validated:
            found[Seen.NOT_VALIDATED] = None
        if promises.indexed(fk) and not fk.indexed:
            found[Seen.NOT_INDEXED] = None
    return tuple(found)


def kept(one: Reference, live: Live) -> ForeignKey | None:
    """The foreign key that leads where this one was declared to, whatever its name."""
    target = live.table_of.get(one.target)
    keys = one.target_columns or (target.key if target else ())
    ends = (one.columns, one.target, keys)
    of_table = live.references.get(one.table, ())
    return next((f for f in of_table if (f.columns, f.target, f.target_columns) == ends), None)


def at(place: Place, live: Live) -> ForeignKey | None:
    """The foreign key of this name or on this column; None where there is none."""
    of_table = live.references.get(place.table, ()) if place.table else ()
    named = (fk for fk in of_table if place.column in (fk.name, *fk.columns[:1]))
    return next(named, None)


def _checks_every_row(id_: str) -> bool:
    code, _ = place_of(id_)
    return code in RULES_BY_CODE and RULES_BY_CODE[code].leaves is Leaves.CHECKED_REFERENCE


def _facts(fk: ForeignKey) -> tuple[Observation, ...]:
    return (
        Refers(fk.types, fk.target, fk.target_columns),
        Seen.VALIDATED if fk.validated else Seen.NOT_VALIDATED,
        *((Seen.INDEXED,) if fk.indexed else ()),
    )


def _types(fk: ForeignKey) -> tuple[Observation, ...]:
    fits = not fk.narrower and not fk.coerced
    return () if fits else (KeyTypes(fk.target_types),)
