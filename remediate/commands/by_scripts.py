"""What psql did of a project's revisions, which Alembic has not recorded."""

from collections.abc import Collection, Mapping

from remediate.commands.hotfixes import hotfixes, repaired_here
from remediate.findings.finding import Severity
from remediate.findings.marks import place_of
from remediate.project.reading import ProjectReading, Reading
from remediate.rules import of_reference
from remediate.snapshots.history import NOTHING_UNRECORDED, Unrecorded
from remediate.verification import keys, promises
from remediate.verification.promises import NO_PROMISES, Promises
from remediate.verification.unrecorded import unrecorded, with_parts


def declared(reading: Reading, ids: Collection[str], *, ahead: bool = False) -> Promises:
    """What the revisions that have run declared for these repairs.

    `ahead`: also those that wait, as far as it is there before the last of them has run.
    """
    places = [place for rule, place in map(place_of, ids) if of_reference(rule) or not place.column]
    tables = {place.table for place in places if place.table}
    if not tables or not isinstance(reading, ProjectReading):
        return NO_PROMISES
    history, engine = reading.declared.history, reading.environment.engine
    done = [r for r in history.in_order if r.id in history.applied]
    if not ahead:
        return promises.of_revisions(done, tables, reading.live, engine)
    every = (*done, *history.ahead)
    return promises.of_revisions(every, tables, reading.live, engine).at_first


def unfinished(reading: Reading, found: Mapping[str, Severity]) -> Unrecorded:
    """What psql did of the revisions that wait; `found`: the ids of all that is found."""
    scripts = hotfixes(reading)
    if not scripts:
        return NOTHING_UNRECORDED
    _, ahead = repaired_here(reading)
    history = reading.declared.history
    waiting = with_parts(ahead, scripts, history)
    ids = dict.fromkeys(id_ for of_one in waiting.values() for id_ in of_one)
    made = declared(reading, ids, ahead=True)
    looked = {id_: keys.verify(id_, reading.live, reading.declared, found, made) for id_ in ids}
    return unrecorded(waiting, scripts, looked, history)
