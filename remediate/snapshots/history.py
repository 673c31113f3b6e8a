"""Frozen facts about a project's revisions, and what is wrong with their graph."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from remediate.snapshots.tables import Name, Source

WIDTH = 32  # of alembic_version.version_num, as Alembic makes it


@dataclass(frozen=True, slots=True)
class Revision:
    """One file of a versions folder, as it is written."""

    id: str
    down: tuple[str, ...]  # () for a root
    source: Source
    depends_on: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    creates: tuple[Name, ...] = ()  # tables; a schema of "" is the default one
    drops: tuple[Name, ...] = ()
    text: str = field(default="", repr=False)
    told: bool = True  # its file tells what it follows, and its labels


@dataclass(frozen=True)
class History:
    """The revisions, and where the database is among them."""

    revisions: tuple[Revision, ...] = ()
    heads: tuple[str, ...] | None = None  # of the database; None: not read
    width: int = WIDTH  # of version_num in the database, in characters
    driver: str = ""  # of the project's connection, as SQLAlchemy calls it; "" if unknown
    nameless: tuple[str, ...] = ()  # files that do not tell the ids of their revisions
    unreadable: tuple[Source, ...] = ()  # of them, those that are no Python
    passed_over: frozenset[str] = frozenset()  # that had nothing to do in the database
    maps: tuple[Mapping[str, str], ...] = ()  # of runs: schemas ("": none named) as they are there
    apart: tuple[Mapping[str, str], ...] = ()  # the same of runs at other revisions

    @cached_property
    def by_id(self) -> dict[str, Revision]:
        return {r.id: r for r in self.revisions}

    @cached_property
    def tips(self) -> tuple[Revision, ...]:
        """Those that none follows."""
        followed = {parent for r in self.revisions for parent in r.down}
        return tuple(r for r in self.by_id.values() if r.id not in followed)

    @cached_property
    def applied(self) -> frozenset[str]:
        """The ids that the database has run, by the graph."""
        found: set[str] = set()
        waiting = [*(self.heads or ())]
        while waiting:
            one = waiting.pop()
            if one not in found and one in self.by_id:
                found.add(one)
                waiting += (*self.by_id[one].down, *self.by_id[one].depends_on)
        return frozenset(found)

    @cached_property
    def parents(self) -> dict[str, set[str]]:
        """What each revision follows or depends on, of those that there are."""
        return {i: {*r.down, *r.depends_on} & self.by_id.keys() for i, r in self.by_id.items()}

    @cached_property
    def in_order(self) -> tuple[Revision, ...]:
        """Each after all that it follows, as far as there is such an order."""
        done: dict[str, None] = {}
        left = self.parents
        while left:
            for layer in _layers(left):
                done |= dict.fromkeys(layer)
            left = {i: ids - done.keys() for i, ids in left.items() if i not in done}
            if left:  # a circle: one of its revisions has to be the first
                first = next(iter(left))
                done[first] = None
                left = {i: ids - {first} for i, ids in left.items() if i != first}
        return tuple(self.by_id[id_] for id_ in done)

    @cached_property
    def waiting(self) -> tuple[Revision, ...]:
        """What the database has not run, in the order in which it is to run."""
        return tuple(r for r in self.in_order if r.id not in self.applied)

    @property
    def ahead(self) -> tuple[Revision, ...]:
        """What waits; () where no database was read, or one at a revision that is not here."""
        known = self.heads is not None and self.by_id.keys() >= {*self.heads}
        return self.waiting if known else ()

    def stamped(self, ids: Collection[str]) -> "History":
        """Once `alembic stamp` has recorded these, each of which follows what is recorded."""
        followed = {parent for id_ in ids for parent in self.by_id[id_].down}
        heads = dict.fromkeys((*(self.heads or ()), *ids))
        return replace(self, heads=tuple(h for h in heads if h not in followed)) if ids else self


NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """What psql did of revisions that wait to be run."""

    to_stamp: tuple[str, ...] = ()  # that lack only `alembic stamp`, the next one first
    begun: str = ""  # the one of which a part is done; "": none
    script: str = ""  # for psql, which goes on with that one


NOTHING_UNRECORDED = Unrecorded()


def _layers(parents: dict[str, set[str]]) -> Iterator[list[str]]:
    """The ids whose parents all came before; nothing of a circle, nor what follows one."""
    place = {id_: number for number, id_ in enumerate(parents)}
    sorter = TopologicalSorter(parents)
    with suppress(CycleError):  # what no circle holds back can be had even so
        sorter.prepare()
    while ready := sorter.get_ready():
        yield sorted(ready, key=place.__getitem__)
        sorter.done(*ready)


class Fault(Enum):
    """What can be wrong with a graph of revisions."""

    UNREADABLE = auto()  # a file is no Python
    SAME_ID = auto()  # several files have it
    MISSING_PARENT = auto()
    MISSING_DEPENDENCY = auto()
    CIRCLE = auto()
    SEVERAL_ROOTS = auto()
    SEVERAL_HEADS = auto()
    UNKNOWN_HEAD = auto()  # of the database


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is wrong with the graph."""

    fault: Fault
    ids: tuple[str, ...]  # of the revisions that have it
    source: Source | None = None
    missing: str = ""  # the revision that is in no versions folder
    files: tuple[str, ...] = ()  # of one id

    @property
    def subject(self) -> str:
        return ", ".join(self.ids)

    @property
    def fatal(self) -> bool:
        """Whether Alembic itself stops."""
        return self.fault not in (Fault.SEVERAL_ROOTS, Fault.SEVERAL_HEADS)


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why Alembic can run no revision of a project."""

    why: str
    of_graph: bool  # AL001 finds it; False: a file fails as Alembic loads it


def broken(history: History) -> tuple[Broken, ...]:
    """Everything that keeps Alembic, or this tool, from following the revisions."""
    return tuple(one for one in _faults(history) if not untold(one, history))


def perhaps_broken(history: History) -> tuple[Broken, ...]:
    """What looks broken, and may not be: some files do not tell all of their revisions."""
    return tuple(one for one in _faults(history) if untold(one, history))


def untold(one: Broken, history: History) -> tuple[str, ...]:
    """The files whose revisions may show that a fault is none."""
    followers = tuple(r.source.file for r in history.revisions if not r.told)
    return {
        Fault.MISSING_PARENT: history.nameless,
        Fault.MISSING_DEPENDENCY: history.nameless,
        Fault.UNKNOWN_HEAD: history.nameless,
        Fault.SEVERAL_HEADS: history.nameless + followers,
    }.get(one.fault, ())


def _faults(history: History) -> tuple[Broken, ...]:
    return (
        *(Broken(Fault.UNREADABLE, (one.file,), one) for one in history.unreadable),
        *_duplicates(history),
        *_orphans(history),
        *_circles(history),
        *_several(history),
        *_unknown_heads(history),
    )


def _duplicates(history: History) -> Iterator[Broken]:
    sources: dict[str, list[Source]] = {}
    for revision in history.revisions:
        sources.setdefault(revision.id, []).append(revision.source)
    for id_, several in sources.items():
        if len(several) > 1:
            files = tuple(source.file for source in several)
            yield Broken(Fault.SAME_ID, (id_,), several[-1], files=files)


def _orphans(history: History) -> Iterator[Broken]:
    for revision in history.revisions:
        for parent in (*revision.down, *revision.depends_on):
            if parent not in history.by_id:
                follows = parent in revision.down
                fault = Fault.MISSING_PARENT if follows else Fault.MISSING_DEPENDENCY
                yield Broken(fault, (revision.id,), revision.source, missing=parent)


def _circles(history: History) -> Iterator[Broken]:
    """All of them together: what neither its parents nor its children come to an end of."""
    held = _held_back(history.parents)
    children: dict[str, set[str]] = {id_: set() for id_ in held}
    for id_, parents in held.items():
        for parent in parents:
            children[parent].add(id_)
    if ids := sorted(_held_back(children)):
        yield Broken(Fault.CIRCLE, tuple(ids), history.by_id[ids[0]].source)


def _held_back(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is in a circle or follows one."""
    free = {id_ for layer in _layers(edges) for id_ in layer}
    return {id_: others - free for id_, others in edges.items() if id_ not in free}


def _several(history: History) -> Iterator[Broken]:
    """Labels say that somebody wanted them."""
    roots = [r for r in history.by_id.values() if r.told and not r.down and not r.labels]
    gone = any(parent not in history.by_id for r in history.revisions for parent in r.down)
    # What is gone may follow one of them.
    tips = [r for r in history.tips if not gone and not _labelled(r, history)]
    for fault, found in ((Fault.SEVERAL_ROOTS, roots), (Fault.SEVERAL_HEADS, tips)):
        if len(found) > 1:
            yield Broken(fault, tuple(r.id for r in found), found[-1].source)


def _labelled(revision: Revision, history: History) -> bool:
    """Whether it is on a branch with a name."""
    seen: set[str] = set()
    waiting = [revision]
    while waiting:
        one = waiting.pop()
        if one.labels:
            return True
        if one.id not in seen:
            seen.add(one.id)
            waiting += [history.by_id[parent] for parent in one.down if parent in history.by_id]
    return False


def _unknown_heads(history: History) -> Iterator[Broken]:
    for head in history.heads or ():
        if history.revisions and head not in history.by_id:
            yield Broken(Fault.UNKNOWN_HEAD, (head,), missing=head)
