"""Which revision made a key such that nothing fills it: told from the text of what has run.

Nothing is guessed: where the revisions leave the column filled, or do not speak of it, none is
named. Then it was made outside of them, or by a step that cannot be read as text.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remediate.analysis.ran import Ran, of_runs, since_untold, written
from remediate.analysis.revisions import full_name
from remediate.findings.finding import ColumnPlace
from remediate.findings.origin import Act, Origin
from remediate.lint import facts
from remediate.lint.facts import Change
from remediate.lint.scope import HOLE
from remediate.postgres.sql import serial_name
from remediate.snapshots.history import Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Generator, Location, Name


@dataclass(frozen=True, slots=True)
class _Filled:
    """A column that is filled, as far as the revisions tell; "" where its sequence is unknown."""

    sequence: str = ""


_State = Origin | _Filled
_ANY = "*"  # each column of a table that is a copy


def origins(
    places: Collection[ColumnPlace],
    live: Live,
    ran: Iterable[Ran],
    maps: Sequence[Mapping[str, str]] = (),
) -> dict[ColumnPlace, Origin]:
    """The revisions that explain these places, of those that the database has run.

    `maps`: what each run of env.py calls the schemas that revisions name, as `History.maps`.
    """
    now = _left(ran, live)
    schemas = of_runs(maps)
    known = {p: _state(now, p) or _state(now, written(p, schemas, live)) for p in places}
    return {
        place: made
        for place, made in known.items()
        if isinstance(made, Origin) and _fits(made.act, place, live)
    }


def left_filled(
    places: Iterable[ColumnPlace], live: Live, ran: Iterable[Ran]
) -> frozenset[ColumnPlace]:
    """Those that the revisions which the database has run leave filled, as far as they tell."""
    now = _left(since_untold(ran), live)
    return frozenset(place for place in places if isinstance(now.get(place), _Filled))


def _left(ran: Iterable[Ran], live: Live) -> Mapping[ColumnPlace, _State]:
    now: dict[ColumnPlace, _State] = {}
    for revision, changes in ran:
        for change in changes:
            _apply(now, change, revision, live)
    return now


def _fits(act: Act, place: ColumnPlace, live: Live) -> bool:
    """Whether the database has what the revisions would have left; else somebody came later."""
    table = live.table_of.get(place.table)
    if table is None or not table.has(place.column):
        return False
    generator = table.column(place.column).generator
    if act is Act.CONSTANT or generator is Generator.CONSTANT:
        return act is Act.CONSTANT and generator is Generator.CONSTANT
    return generator is Generator.NOTHING or (generator is Generator.LATE and act is Act.SEQUENCE)


def _apply(now: dict[ColumnPlace, _State], change: Change, revision: Revision, live: Live) -> None:
    """What the columns are after a step."""
    source = Location(revision.source.file, change.line)
    for place, state in _changed(now, change.fact, live):
        if isinstance(state, Act):
            now[place] = Origin(state, revision.id, source, certain=change.certain)
        elif state is None:
            now.pop(place, None)
        else:
            now[place] = state


_New = tuple[ColumnPlace, _State | Act | None]  # None: it is gone


def _changed(now: Mapping[ColumnPlace, _State], fact: facts.Fact, live: Live) -> Iterator[_New]:
    """The columns that a step makes, changes or takes away; names that only a run tells, not."""
    match fact:
        case facts.SequenceDropped(name=sequence) if HOLE not in sequence:
            bare = full_name(sequence, live).name
            drawing = (p for p, s in now.items() if isinstance(s, _Filled) and s.sequence == bare)
            yield from ((place, Act.SEQUENCE) for place in tuple(drawing))
        case facts.TableRenamed(table=old, new=new) if HOLE not in old + new:
            yield from _renamed(now, full_name(old, live), full_name(new, live))
        case _ if (written := getattr(fact, "table", HOLE)) and HOLE not in written:
            yield from _of_table(now, fact, full_name(written, live))


def _renamed(now: Mapping[ColumnPlace, _State], old: Name, new: Name) -> Iterator[_New]:
    moved = [(place, state) for place, state in now.items() if place.table == old]
    yield from ((place, None) for place, _ in moved)
    yield from ((ColumnPlace(new, place.column), state) for place, state in moved)


def _of_table(now: Mapping[ColumnPlace, _State], fact: facts.Fact, table: Name) -> Iterator[_New]:
    match fact:
        case facts.TableCreated():
            yield from _created(fact, table)
        case facts.TableDropped():
            yield from ((place, None) for place in tuple(now) if place.table == table)
        case facts.ColumnAdded(column=definition):
            yield _defined(definition, table, Act.ADDED)
        case _ if isinstance(column := getattr(fact, "column", None), str):
            yield from _of_column(now, fact, ColumnPlace(table, column))


def _of_column(
    now: Mapping[ColumnPlace, _State], fact: facts.Fact, place: ColumnPlace
) -> Iterator[_New]:
    before = _state(now, place)
    match fact:
        case facts.ColumnDropped():
            yield place, None
        case facts.ColumnRenamed(new=new):
            yield from ((place, None), (ColumnPlace(place.table, new), before))
        case facts.DefaultSet(default=default):
            yield place, _default(default)
        case facts.IdentityAdded():
            yield place, _Filled()
        case facts.GeneratorDropped():
            yield place, before if isinstance(before, Origin) else Act.DROPPED


def _state(now: Mapping[ColumnPlace, _State], place: ColumnPlace) -> _State | None:
    return now.get(place) or now.get(ColumnPlace(place.table, _ANY))


def _created(fact: facts.TableCreated, table: Name) -> Iterator[_New]:
    if fact.source or fact.copied:
        yield ColumnPlace(table, _ANY), Act.COPIED if fact.copied else _Filled()
    for column in fact.columns:
        yield _defined(column, table, Act.CREATED)


def _defined(column: facts.ColumnDefinition, table: Name, without: Act) -> _New:
    place = ColumnPlace(table, column.name)
    if not column.generated:
        return place, without
    drawn = column.default.sequence if column.default else ""
    return place, _Filled(drawn or serial_name(table.name, column.name, ()))


def _default(default: facts.Default) -> _State | Act:
    if default.null:
        return Act.DROPPED
    return Act.CONSTANT if default.type and not default.sequence else _Filled(default.sequence)
