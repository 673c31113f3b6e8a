"""Read which keys are filled from a sequence that is gone, or whose name nobody can tell.

By their default, a function that it calls, or a trigger.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from remediate.analysis.functions import (
    Drawn,
    arguments,
    drawn,
    draws_always,
    draws_only,
    fills_always,
)
from remediate.catalog.session import Row, rows, wanted
from remediate.postgres.direct import Connection
from remediate.postgres.sql import quote
from remediate.snapshots import defaults
from remediate.snapshots.live import Live, LostSequence, Unread
from remediate.snapshots.tables import Column, Generator, Name, Table

_Place = tuple[Name, str]


@dataclass(frozen=True, slots=True)
class _Code:
    """What fills a column."""

    source: str
    function: str = ""  # or trigger; "" for the default itself
    values: Mapping[str, str] = field(default_factory=dict)  # of its arguments
    path: Sequence[str] = ()
    always: bool = True  # it cannot do without its sequences
    plain: bool = False


def enrich(connection: Connection, live: Live) -> Live:
    """The snapshot with the keys that lack a sequence, and those of which nobody knows."""
    computed = [(t, c) for t in live.tables for c in t.columns if _is_computed(t, c)]
    bare = [(t, c) for t in live.tables for c in t.columns if _is_filled(t, c)]
    found: list[tuple[Table, Column, _Code]] = [(t, c, _of_default(c, live)) for t, c in computed]
    for row in _read(connection, "called_functions", computed):
        table, column = _place(row, live)
        found.append((table, column, _of_function(row, column, live)))
    for row in _read(connection, "trigger_functions", bare):
        table, column = _place(row, live)
        found.append((table, column, _of_trigger(row, table, column, live)))
    lost: dict[_Place, LostSequence] = {}
    for table, column, code in found:
        for one in _missing(code, live):
            lost.setdefault((table.name, column.name), one)
    unread = [
        _unread(table, column, code)
        for table, column, code in found
        if (table.name, column.name) not in lost and column.default and _is_untold(code, live)
    ]
    return replace(live, lost=lost, unread=(*live.unread, *dict.fromkeys(unread)))


def _is_computed(table: Table, column: Column) -> bool:
    expression = column.generator is Generator.EXPRESSION
    return expression and column.name in table.key and table.partition_of is None


def _is_filled(table: Table, column: Column) -> bool:
    """Whether a trigger is all that may fill the key."""
    bare = column.generator is Generator.NOTHING and table.partition_of is None
    return bare and column.name in table.key and len(table.fill_triggers) > 0


def _read(
    connection: Connection, query: str, columns: Iterable[tuple[Table, Column]]
) -> Sequence[Row]:
    places = [(table.name, column.name) for table, column in columns]
    return rows(connection, query, wanted=wanted(places)) if places else ()


def _place(row: Row, live: Live) -> tuple[Table, Column]:
    table = live.table_of[Name(row["schema"], row["name"])]
    return table, table.column(row["column"])


def _of_default(column: Column, live: Live) -> _Code:
    source = column.default
    return _Code(source, path=live.database.search_path, always=draws_always(source))


def _of_function(row: Row, column: Column, live: Live) -> _Code:
    source, function = row["source"], row["function"]
    return _Code(
        source,
        function,
        arguments(column.default, function, row["arguments"]),
        defaults.words(row["path"]) or live.database.search_path,
        draws_always(source),
        draws_only(source),
    )


def _of_trigger(row: Row, table: Table, column: Column, live: Live) -> _Code:
    """Several triggers may fill it in turn, and one with a condition may not fire."""
    alone = len(table.fill_triggers) == 1 and not row["conditional"]
    return _Code(
        row["source"],
        f"the trigger {quote(row['trigger'])}",
        path=defaults.words(row["path"]) or live.database.search_path,
        always=alone and fills_always(row["source"], column.name),
    )


def _missing(code: _Code, live: Live) -> Iterator[LostSequence]:
    """Sequences of which no schema has one: another search_path finds no other."""
    for written in (one.name for one in drawn(code.source, code.values) if one.name):
        words = defaults.words(written)
        found = defaults.resolve(written, tuple(code.path), live.sequence_of)
        if found is None and words and (len(words) > 1 or words[-1] not in live.called_sequences):
            schema = words[0] if len(words) > 1 else next(iter(code.path), "")
            name = Name(schema, words[-1])
            yield LostSequence(code.function, name, code.always, code.plain)


def _is_untold(code: _Code, live: Live) -> bool:
    """Whether it draws from a sequence whose name it puts together, and which nobody looked up."""
    unnamed = (one for one in drawn(code.source, code.values) if not one.name)
    return any(not _is_owned(one, code, live) for one in unnamed)


def _is_owned(one: Drawn, code: _Code, live: Live) -> bool:
    table, column = one.serial
    words = defaults.words(table)
    schemas = words[:-1] or tuple(code.path)
    known = (live.table_of.get(Name(schema, words[-1])) for schema in schemas if words)
    return any(t.has(column) and bool(t.column(column).owned) for t in known if t)


def _unread(table: Table, column: Column, code: _Code) -> Unread:
    whose = code.function or "its default"
    reason = f"{whose} builds the name of its sequence: whether that sequence exists is not known"
    return Unread(table.name, column.name, reason, f"SELECT {column.default}")
