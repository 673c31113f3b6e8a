"""What a copy for a rehearsal lacks, or holds besides: no rule is to judge it."""

from collections.abc import Iterator, Set
from dataclasses import replace
from itertools import takewhile

from remediate.findings.finding import Place
from remediate.findings.remedy import NewTable
from remediate.postgres.sql import numbered
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


def without_called(copy: Live, repaired: Set[Place]) -> Live:
    """The copy, without the sequences that models call for keys which no repair is about.

    No default fills those in made-up rows: their ids are none that the sequence has given.
    """
    tables = (
        replace(
            table,
            columns=tuple(
                c if Place(table.name, c.name) in repaired else replace(c, called=None)
                for c in table.columns
            ),
        )
        for table in copy.tables
    )
    return replace(copy, tables=tuple(tables))


def passed_over(new: NewTable) -> Iterator[Name]:
    """What has the name of a sequence of the new table, so that this one gets a longer name."""
    schema, table = new.table.name
    for column in new.table.columns:
        for own in column.owned:
            names = numbered(table, column.name, "seq")
            yield from (Name(schema, one) for one in takewhile(own.name.__ne__, names))


def without_candidates(live: Live, copy: Live) -> Live:
    """The copy, on which a referenced table that hangs on nothing repaired may lack its key.

    Then the column is no candidate there, and its reference would be found as another one.
    """
    candidates = {(c.table, (c.column,)) for c in live.candidates}
    absent = tuple(fk for fk in copy.absent if (fk.table, fk.columns) not in candidates)
    return replace(copy, absent=absent)


def without_lacking(declared: Declared, live: Live, copy: Live, touched: Set[Name]) -> Declared:
    """The models, without tables that the database has and the copy lacks.

    Those that repairs touch stay, and what models connect with what stays.
    """
    here = {name for name, _ in copy.types} | touched
    here |= {
        name
        for fk in declared.foreign_keys
        if fk.table in here or fk.target in here
        for name in (fk.table, fk.target)
    }
    lacking = {name for name, _ in live.types} - here
    if not lacking:
        return declared
    return replace(
        declared,
        tables=tuple(t for t in declared.tables if t.name not in lacking),
        foreign_keys=tuple(fk for fk in declared.foreign_keys if fk.table not in lacking),
        types={place: type_ for place, type_ in declared.types.items() if place[0] not in lacking},
        indexes=frozenset(place for place in declared.indexes if place[0] not in lacking),
    )
