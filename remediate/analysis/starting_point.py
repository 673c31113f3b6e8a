"""What the first revision finds that a database has not run, and of which tables such speak."""

import re
from collections.abc import Iterator

from remediate.lint import Known, table_name
from remediate.lint.values import Held
from remediate.snapshots.history import History
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.tables import Generator, Name, Sequence

_WORD = re.compile(r"[^\W\d]\w*")


def known(live: Live, width: int) -> Known:
    """What the first revision finds that has not run."""
    types = {(c.table, c.column): c.base_type for c in live.candidates}
    keys = {(t.name, c.name): c for t in live.tables for c in t.columns}
    types |= {**live.types, **{place: column.base_type for place, column in keys.items()}}
    spots = {place: tuple(_spots(*place, live)) for place in types}
    drawing = {place: drawn_from(column, live) for place, column in keys.items()}
    return Known(
        columns={spot: type_ for place, type_ in types.items() for spot in spots[place]},
        serial=frozenset(
            spot
            for place, column in keys.items()
            if column.generator is Generator.SEQUENCE and _is_narrow(drawing[place])
            for spot in spots[place]
        ),
        generated=frozenset(
            spot
            for place, column in keys.items()
            if column.generator is not Generator.NOTHING
            for spot in spots[place]
        ),
        keys=frozenset(
            spot for t in live.tables for name in t.key for spot in _spots(t.name, name, live)
        ),
        pinned=frozenset(
            spot for place, column in keys.items() if column.checked for spot in spots[place]
        ),
        made=frozenset(sequence.name.name for sequence in live.sequences),
        positions={
            spot: drawn.next
            for place, drawn in drawing.items()
            if drawn and drawn.next is not None
            for spot in spots[place]
        },
        sequences={
            spot: drawn.name.name
            for place, drawn in drawing.items()
            if drawn
            for spot in spots[place]
        },
        links=tuple(
            Held(_short(f.table, live), f.columns, _short(f.target, live), f.target_columns, f.name)
            for f in live.foreign_keys
        ),
        version_width=width,
    )


def _short(name: Name, live: Live) -> str:
    """As revisions spell it: without the schema that the search path finds."""
    return [table for table, _ in _spots(name, "", live)][-1]


def named(history: History, live: Live) -> frozenset[Name]:
    """The tables of which a revision that waits may speak, as far as the catalog has them."""
    words = {word for revision in history.ahead for word in _WORD.findall(revision.text.lower())}
    return frozenset(t.name for t in live.tables if t.name.name.lower() in words)


def _spots(name: Name, column: str, live: Live) -> Iterator[tuple[str, str]]:
    """As revisions spell it; without a schema, what the search path finds."""
    yield table_name(name.name, name.schema), column
    if name.schema == live.database.default_schema:
        yield table_name(name.name), column


def _is_narrow(sequence: Sequence | None) -> bool:
    return sequence is not None and sequence.type != "bigint"
