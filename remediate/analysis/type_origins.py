"""Which revision gave a column the type that it has: told from the text of what has run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from remediate.analysis.ran import Ran, of_runs, since_untold, written
from remediate.analysis.revisions import full_name
from remediate.findings.finding import ColumnPlace
from remediate.findings.origin import Act, Origin
from remediate.lint import facts
from remediate.lint.facts import Change
from remediate.lint.scope import HOLE
from remediate.snapshots.history import Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Location, Name

_Typed = Mapping[ColumnPlace, Origin]
# Types of keys and references whose names, in a revision and in the catalog, are the same.
_PLAIN = {"smallint", "integer", "bigint", "numeric", "character varying", "text", "uuid"}
_New = tuple[ColumnPlace, Origin | tuple[Act, str] | None]  # None: it is gone


def type_origins(
    places: Iterable[ColumnPlace],
    live: Live,
    ran: Iterable[Ran],
    maps: Sequence[Mapping[str, str]] = (),
) -> dict[ColumnPlace, Origin]:
    """The steps after which these columns have their types; none of a column of another type.

    `maps`: what each run of env.py calls the schemas that revisions name, as `History.maps`.
    """
    now = _left(ran, live)
    schemas = of_runs(maps)
    known = {place: now.get(place) or now.get(written(place, schemas, live)) for place in places}
    return {p: made for p, made in known.items() if made and made.type == _type(p, live)}


def left_as_others(
    places: Iterable[ColumnPlace], live: Live, ran: Iterable[Ran]
) -> frozenset[ColumnPlace]:
    """Those that the revisions leave with another type than the database has, for certain."""
    now = _left(since_untold(ran), live)
    known = ((place, now[place]) for place in places if place in now)
    return frozenset(
        place
        for place, made in known
        if made.certain
        and {made.type, _type(place, live)} <= _PLAIN
        and made.type != _type(place, live)
    )


def _left(ran: Iterable[Ran], live: Live) -> Mapping[ColumnPlace, Origin]:
    now: dict[ColumnPlace, Origin] = {}
    for revision, changes in ran:
        for change in changes:
            _apply(now, change, revision, live)
    return now


def _type(place: ColumnPlace, live: Live) -> str:
    """The type in the database, domains resolved and without its length; "" if unknown."""
    for one in live.candidates:
        if (one.table, one.column) == place:
            return _bare(one.base_type)
    table = live.table_of.get(place.table)
    if table and table.has(place.column):
        return _bare(table.column(place.column).base_type)
    return _bare(live.types.get((place.table, place.column), ""))


def _bare(type_: str) -> str:
    return type_.partition("(")[0].strip()


def _apply(now: dict[ColumnPlace, Origin], change: Change, revision: Revision, live: Live) -> None:
    for place, made in tuple(_changed(now, change.fact, live)):
        if made is None:
            now.pop(place, None)
        elif isinstance(made, Origin):
            now[place] = made
        else:
            source = Location(revision.source.file, change.line)
            act, type_ = made
            now[place] = Origin(act, revision.id, source, change.certain, type=_bare(type_))


def _changed(now: _Typed, fact: facts.Fact, live: Live) -> Iterator[_New]:
    written = getattr(fact, "table", HOLE)
    if HOLE in written:
        return
    table = full_name(written, live)
    match fact:
        case facts.TableRenamed(new=new) if HOLE not in new:
            yield from _moved(now, table, full_name(new, live))
        case facts.TableDropped():
            yield from ((place, None) for place in now if place.table == table)
        case facts.TableCreated(columns=columns):
            yield from ((place, None) for place in now if place.table == table)
            yield from ((ColumnPlace(table, c.name), (Act.CREATED_AS, c.type)) for c in columns)
        case facts.ColumnAdded(column=definition):
            yield ColumnPlace(table, definition.name), (Act.ADDED_AS, definition.type)
        case _ if isinstance(column := getattr(fact, "column", None), str):
            yield from _of_column(now, fact, ColumnPlace(table, column))


def _of_column(now: _Typed, fact: facts.Fact, place: ColumnPlace) -> Iterator[_New]:
    match fact:
        case facts.ColumnDropped():
            yield place, None
        case facts.ColumnRenamed(new=new):
            yield from ((ColumnPlace(place.table, new), now.get(place)), (place, None))
        case facts.TypeChanged(type=type_):
            yield place, (Act.TYPED, type_)


def _moved(now: _Typed, old: Name, new: Name) -> Iterator[_New]:
    for place, made in now.items():
        if place.table == old:
            yield place, None
            yield ColumnPlace(new, place.column), made
