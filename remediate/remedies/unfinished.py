"""What a repair leaves while its statements in autocommit have not run."""

from dataclasses import replace

from remediate.findings.remedy import Remedy
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Sequence


def unfinished(remedy: Remedy, live: Live) -> Remedy:
    """The remedy without VALIDATE and CREATE INDEX CONCURRENTLY, as `predicted` takes it."""
    if not remedy.finish:
        return remedy
    known = {(fk.table, fk.name): fk for fk in live.foreign_keys}

    def begun(made: Sequence | ForeignKey) -> Sequence | ForeignKey:
        if isinstance(made, Sequence):
            return made
        before = known.get((made.table, made.name))
        indexed = before.indexed if before else not remedy.new_indexes
        return replace(made, validated=bool(before and before.validated), indexed=indexed)

    return replace(remedy, makes=tuple(map(begun, remedy.makes)), finish=(), conditions=())
