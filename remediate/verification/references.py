"""Repaired references as they are now."""

from collections.abc import Collection

from remediate.findings.finding import Place
from remediate.postgres.sql import quote
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.verification.result import Outcome, Verified

_OLD_ROWS = "not validated: rows from before are not checked"


def verify(id_: str, place: Place, live: Live, found: Collection[str]) -> Verified:
    """The foreign key of this name or on this column; `found` are the ids that the rules find."""
    of_table = live.references.get(place.table, ()) if place.table else ()
    named = [fk for fk in of_table if place.column in (fk.name, *fk.columns[:1])]
    if not named:
        return Verified(id_, place, Outcome.FAILED, (), ("there is no foreign key",))
    fk = named[0]
    problems = _problems(fk) if fk.validated or not id_.startswith("FK005") else (_OLD_ROWS,)
    if id_ in found:
        problems = ("the rule still finds it", *problems)
    outcome = Outcome.FAILED if problems else Outcome.OK
    return Verified(id_, place, outcome, _facts(fk), problems)


def _facts(fk: ForeignKey) -> tuple[str, ...]:
    target = ", ".join(map(quote, fk.target_columns))
    types = ", ".join(fk.types)
    facts = [f"{types} that references {fk.target} ({target})"]
    facts.append("validated" if fk.validated else _OLD_ROWS)
    facts += ["indexed"] if fk.indexed else []
    return tuple(facts)


def _problems(fk: ForeignKey) -> tuple[str, ...]:
    fits = not fk.narrower and not fk.coerced
    return () if fits else (f"its key is {', '.join(fk.target_types)}",)
