"""The relations that repairs touch, and what these use: of which a rehearsal lays a copy."""

from collections.abc import Iterable

from remediate.commands.copied import passed_over
from remediate.plans.plan import ApprovedItem
from remediate.project.reading import Reading
from remediate.remedies.said import alike
from remediate.snapshots.tables import Name


def touched(items: Iterable[ApprovedItem]) -> set[Name]:
    """The tables and sequences that these touch."""
    holds = {hold.relation for item in items for hold in item.remedy.holds}
    return holds | {item.finding.place.table for item in items if item.finding.place.table}


def used(items: Iterable[ApprovedItem], reading: Reading) -> set[Name]:
    """With the sequences of these tables: their own, and those that the models call."""
    known = [*items]
    names = touched(known)
    tables = [t for t in reading.live.tables if t.name in names]
    tables += [t for t in reading.declared.tables if t.name in names]
    new = {s for t in reading.live.unmade.tables if t.name in names for s in t.shared}
    drawn = {s for t in tables for c in t.columns for s in (*c.sequences, *c.owned)}
    made = (item.remedy.creates for item in known if item.remedy.creates)
    passed = {name for one in made for name in passed_over(one)}
    return names | new | drawn | passed | alike((item.remedy for item in known), reading.live)
