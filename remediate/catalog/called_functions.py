"""Read which defaults draw from a sequence that is gone: themselves, or by a function."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from remediate.analysis.functions import drawn_names, draws_always, draws_only
from remediate.catalog.session import rows, wanted
from remediate.snapshots import defaults
from remediate.snapshots.live import Live, LostSequence
from remediate.snapshots.tables import Column, Generator, Name, Table

_Place = tuple[Name, str]


def enrich(connection: Connection, live: Live) -> Live:
    """The snapshot with the keys whose default cannot run for lack of a sequence."""
    computed = [(t, c) for t in live.tables for c in t.columns if _is_computed(t, c)]
    if not computed:
        return live
    lost: dict[_Place, LostSequence] = {}
    for table, column in computed:
        place = (table.name, column.name)
        for one in _missing(column.default, "", live.database.search_path, live):
            lost.setdefault(place, one)
    places = [(table.name, column.name) for table, column in computed]
    for row in rows(connection, "called_functions", wanted=wanted(places)):
        path = defaults.words(row["path"]) or live.database.search_path
        place = (Name(row["schema"], row["name"]), row["column"])
        for one in _missing(row["source"], row["function"], path, live):
            lost.setdefault(place, one)
    return replace(live, lost=lost)


def _is_computed(table: Table, column: Column) -> bool:
    expression = column.generator is Generator.EXPRESSION
    return expression and column.name in table.key and table.partition_of is None


def _missing(source: str, function: str, path: Sequence[str], live: Live) -> Iterator[LostSequence]:
    """Sequences of which no schema has one: another search_path finds no other."""
    called = {name.name for name in live.sequence_of}
    for written in drawn_names(source):
        words = defaults.words(written)
        found = defaults.resolve(written, tuple(path), live.sequence_of)
        if found is None and words and (len(words) > 1 or words[-1] not in called):
            schema = words[0] if len(words) > 1 else next(iter(path), "")
            plain = bool(function) and draws_only(source)
            yield LostSequence(function, Name(schema, words[-1]), draws_always(source), plain)
