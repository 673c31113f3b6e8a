"""What a foreign key does to INSERTs that take the default of its columns."""

from remediate.analysis.facts import in_words
from remediate.findings.remedy import Hazard, State
from remediate.findings.states import Default
from remediate.postgres.sql import quote
from remediate.remedies.states import default_of, unchanged
from remediate.snapshots.live import Live
from remediate.snapshots.references import Ends, Omitted, Parent


def refused(ends: Ends, live: Live) -> str:
    """Why INSERTs that work today would fail under the foreign key; "" where none is known."""
    missing = [o for o in live.omitted.get(ends, ()) if o.parent is Parent.MISSING]
    if not missing:
        return ""
    return (
        f"{in_words(map(_named, missing))} has no row in {ends.target}: an INSERT that uses it "
        "works now and would fail (23503). Insert that row, or drop the default (in the model too)"
    )


def _named(omitted: Omitted) -> str:
    return in_words(
        f"the default {text} of {omitted.relation}.{quote(column)}"
        for column, text in omitted.values
    )


def hazards(ends: Ends, live: Live) -> tuple[Hazard, ...]:
    """What a person accepts by name where a default cannot be judged."""
    unknown = any(o.parent is Parent.UNKNOWN for o in live.omitted.get(ends, ()))
    return (Hazard.REFERENCE_DEFAULT,) if unknown else ()


def states(ends: Ends, column: str, live: Live) -> tuple[State, ...]:
    """The default of a column as it was judged, for a guard; nothing where there is none."""
    table = live.table_of.get(ends.table)
    if table and table.has(column):
        return unchanged(default_of(table.column(column)))
    given = next((o for o in live.omitted.get(ends, ()) if o.relation == ends.table), None)
    if given is None or column in given.by_domain:
        return ()
    return unchanged(*(Default(text) for of, text in given.values if of == column))
