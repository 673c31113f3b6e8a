"""The revisions that wait, and what of a plan each of them repairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.commands import graph
from remediate.commands.hotfixes import repaired_here
from remediate.findings import marks
from remediate.findings.remedy import Remedy
from remediate.plans.approval import as_approved
from remediate.plans.plan import ApprovedItem, Plan
from remediate.project.reading import ProjectReading, Reading
from remediate.remedies.unfinished import unfinished
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class Written:
    """A revision, and what it does of the plan."""

    revision: str  # "": it is to be written yet
    items: tuple[ApprovedItem, ...]
    ended: frozenset[str] = frozenset()  # ids of those of which nothing is left to do afterwards

    @property
    def is_begun(self) -> bool:
        """Whether a later revision has to finish it."""
        return any(i.remedy.finish and i.finding.id not in self.ended for i in self.items)

    def remedies(self, reading: Reading) -> Iterator[Remedy]:
        """As far as this revision carries them out."""
        for item in self.items:
            ended = item.finding.id in self.ended
            yield item.remedy if ended else unfinished(item.remedy, reading.live)


def written(plan: Plan, reading: Reading) -> tuple[Written, ...]:
    """The revisions that wait and repair something of the plan, in the order of their run.

    None where Alembic can run no revision.
    """
    if not isinstance(reading, ProjectReading) or graph.stuck(reading.declared):
        return ()
    return tuple(one for one in _written(plan, reading) if one.items)


def _written(plan: Plan, reading: ProjectReading) -> Iterator[Written]:
    _, recorded = repaired_here(reading)
    items = as_approved(plan.items)
    for revision in reading.declared.history.ahead:
        done = recorded.get(revision.id, ())
        ended = [i for i in items if i.finding.id in done or _ends(i, done, reading.live)]
        ours = marks.engine_of(revision.text) == reading.environment.engine
        text = revision.text if ours else ""
        known = tuple(i for i in items if i in ended or marks.names(text, i.finding.id))
        yield Written(revision.id, known, frozenset(i.finding.id for i in ended))


def _ends(item: ApprovedItem, done: Sequence[str], live: Live) -> bool:
    """Whether it is what is left of one of these that another revision has begun."""
    place = item.finding.place
    if item.remedy.steps or not item.remedy.finish or place.table is None:
        return False
    keys = (fk for fk in live.references.get(place.table, ()) if fk.name == place.constraint)
    parts = {place.column, place.constraint, *(column for fk in keys for column in fk.columns)}
    begun = (marks.place_of(id_)[1] for id_ in done)
    return any(one.table == place.table and one.column in parts for one in begun)
