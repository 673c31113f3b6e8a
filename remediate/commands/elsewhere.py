"""Repairs of many schemas: where one of these is gone, and where others have the same defect."""

from collections.abc import Iterable, Sequence

from remediate.catalog import schemas
from remediate.findings import marks
from remediate.postgres import client
from remediate.project.reading import Reading
from remediate.verification.result import Outcome, Verified


def gone(entries: Iterable[Verified], reading: Reading) -> tuple[str, ...]:
    """The schemas that a revision which has run repaired among others, and that are dropped.

    Only where env.py does not name them any more. The server is asked only where a table is missing
    together with all others of its schema.
    """
    there = {table.name.schema for table in reading.live.tables}
    lost = {
        entry.place.table.schema
        for entry in entries
        if entry.outcome is Outcome.FAILED and entry.place.table
    } - there
    if lost:
        lost &= {name for text in _done(reading) for name in marks.tenants(text)}
        lost -= {one.schema for one in reading.environment.tenants} if reading.environment else {""}
    if not lost:
        return ()
    with client.connect(reading.libpq) as connection:
        return tuple(sorted(lost - {*schemas.existing(connection)}))


def not_named(ids: Iterable[str], reading: Reading) -> tuple[str, ...]:
    """Of what is found, that which such a revision repaired in schemas that it names, and left.

    Where env.py is told a schema, only there.
    """
    told = reading.environment.schema if reading.environment else ""
    here = [id_ for id_ in ids if not told or marks.schema_of(id_) == told]
    done = _done(reading)
    return tuple(id_ for id_ in here if any(marks.is_of_another(text, id_) for text in done))


def _done(reading: Reading) -> Sequence[str]:
    """The texts of the revisions that are recorded as run."""
    history = reading.declared.history
    return [r.text for r in history.in_order if r.id in history.applied]


def kept(entries: Iterable[Verified], without: Sequence[str]) -> list[Verified]:
    """Those in other schemas than these."""
    return [e for e in entries if not (e.place.table and e.place.table.schema in without)]
