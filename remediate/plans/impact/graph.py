"""Which table references which: what depends on a table, what it needs, and who comes first.

Declared foreign keys count, those that only the models declare, and columns that mean a key by
the models' word or by their values. Everything takes time linear in tables and references, but
for what is handed out; cycles and self references are allowed.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from remediate.analysis.grounds import grounds
from remediate.plans.impact.components import Components, Edges, levels
from remediate.postgres.sql import quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

NEAREST = 30  # tables that are named of those that a finding concerns; the others are counted


@dataclass(frozen=True, slots=True)
class Reach:
    """Tables to which references lead: how many, and the nearest of them."""

    count: int = 0
    nearest: tuple[Name, ...] = ()  # at most NEAREST

    def __str__(self) -> str:
        named = ", ".join(map(str, self.nearest))
        more = self.count - len(self.nearest)
        return f"{named} and {more:,} more" if more else named


@dataclass(frozen=True, slots=True)
class Edge:
    """A reference from a child to its parent."""

    child: Name
    parent: Name
    columns: tuple[str, ...]  # of the child
    required: bool  # none of them may be NULL: no child without a parent


@dataclass(frozen=True, slots=True)
class Cycle:
    """Tables of which each needs another one of them."""

    tables: tuple[Name, ...]  # in the order in which rows can be inserted, where there is one
    left_null_first: tuple[str, ...]  # columns to leave NULL at first; none: nothing comes first


@dataclass(frozen=True)
class Graph:
    """The references between the tables of a database."""

    tables: tuple[Name, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def order(self) -> tuple[Name, ...]:
        """Parents before children; a cycle stands together."""
        return tuple(self.tables[i] for i in self._order)

    @cached_property
    def place(self) -> dict[Name, int]:
        """Where each table stands in that order."""
        return {name: i for i, name in enumerate(self.order)}

    @cached_property
    def cycles(self) -> tuple[Cycle, ...]:
        """Those of several tables: rows of a table that reference each other need no order."""
        numbers = sorted(
            (sorted(p, key=self._rank) for p in self._all.parts if len(p) > 1),
            key=lambda part: self._rank(part[0]),
        )
        return tuple(self._cycle(tuple(self.tables[i] for i in part)) for part in numbers)

    def _rank(self, number: int) -> int:
        return self._ranks[number]

    @cached_property
    def _ranks(self) -> list[int]:
        return [self.place[table] for table in self.tables]

    def _cycle(self, tables: tuple[Name, ...]) -> Cycle:
        members = set(tables)
        inside = [e for e in self.edges if e.child in members and e.parent in members]
        waiting = {f"{e.child}.{quote(c)}" for e in inside if not e.required for c in e.columns}
        numbers = [self._number[name] for name in tables]
        can_start = len({self._required.part_of[i] for i in numbers}) == len(tables)
        return Cycle(tables, tuple(sorted(waiting)) if can_start else ())

    def direct(self, tables: Iterable[Name]) -> Reach:
        """The tables that reference them, without themselves."""
        about = self._numbers(tables)
        below = {c for i in about for c in self._all.children[i]} - about
        return Reach(len(below), self._named(heapq.nsmallest(NEAREST, below, key=self._rank)))

    def dependants(self, tables: Iterable[Name]) -> Reach:
        """The tables that reference them, directly or through others: the nearest first."""
        return self._reach(tables, self._all.children, lambda: self._below)

    def stopped(self, tables: Iterable[Name]) -> Reach:
        """Those of the dependants in which no row can be without one of their rows."""
        return self._reach(tables, self._required.children, lambda: self._stopped)

    def needed(self, tables: Iterable[Name]) -> Reach:
        """The tables that they reference, directly or through others: the nearest first."""
        return self._reach(tables, self._all.parents, lambda: self._above)

    def around(self, above: Iterable[Name], below: Iterable[Name]) -> frozenset[Name]:
        """The tables that these need, and those that depend on these."""
        up = chain.from_iterable(levels(self._numbers(above), self._all.parents))
        down = chain.from_iterable(levels(self._numbers(below), self._all.children))
        return frozenset(self._named({*up, *down}))

    def below(self, tables: Iterable[Name]) -> frozenset[Name]:
        """All tables that depend on them, without themselves."""
        found = levels(self._numbers(tables), self._all.children)
        return frozenset(self._named(chain.from_iterable(found)))

    def required(self, table: Name) -> frozenset[Name]:
        """The tables of which a row of this one needs a row, directly or through others."""
        found = levels(self._numbers((table,)), self._required.parents)
        return frozenset(self._named(chain.from_iterable(found)))

    @cached_property
    def referenced_by(self) -> dict[Name, tuple[Name, ...]]:
        """The tables that reference each table directly, without itself: in order of insertion."""
        return {
            table: self._named(sorted({*below} - {i}, key=self._rank))
            for i, (table, below) in enumerate(zip(self.tables, self._all.children, strict=True))
            if {*below} - {i}
        }

    def _reach(
        self, tables: Iterable[Name], edges: Edges, counts: Callable[[], list[int]]
    ) -> Reach:
        about = self._numbers(tables)
        nearest: list[int] = []
        count = 0
        for level in levels(about, edges):
            count += len(level)
            nearest += heapq.nsmallest(NEAREST - len(nearest), level, key=self._rank)
            if len(about) == 1 and len(nearest) == NEAREST:  # of one table, all are counted already
                count = counts()[next(iter(about))]
                break
        return Reach(count, self._named(nearest))

    def _numbers(self, tables: Iterable[Name]) -> set[int]:
        return {self._number[name] for name in tables if name in self._number}

    def _named(self, numbers: Iterable[int]) -> tuple[Name, ...]:
        return tuple(self.tables[i] for i in numbers)

    @cached_property
    def _number(self) -> dict[Name, int]:
        return {name: i for i, name in enumerate(self.tables)}

    @cached_property
    def _order(self) -> list[int]:
        depth = [0] * len(self.tables)
        for part in self._all.parts:
            inside = self._all.part_of[part[0]]
            above = (p for i in part for p in self._all.parents[i])
            lowest = max((depth[p] for p in above if self._all.part_of[p] != inside), default=-1)
            for i in part:
                depth[i] = lowest + 1
        first = [min(part) for part in self._all.parts]
        whole, required = self._all.part_of, self._required.part_of
        return sorted(range(len(depth)), key=lambda i: (depth[i], first[whole[i]], required[i], i))

    @cached_property
    def _all(self) -> Components:
        return self._parts(self.edges)

    @cached_property
    def _required(self) -> Components:
        return self._parts(e for e in self.edges if e.required)

    def _parts(self, edges: Iterable[Edge]) -> Components:
        pairs = {(self._number[e.child], self._number[e.parent]): None for e in edges}
        return Components(len(self.tables), pairs)

    @cached_property
    def _below(self) -> list[int]:
        return self._all.reached(up=False)

    @cached_property
    def _stopped(self) -> list[int]:
        return self._required.reached(up=False)

    @cached_property
    def _above(self) -> list[int]:
        return self._all.reached(up=True)


def reference_graph(live: Live, declared: Declared) -> Graph:
    """Of the database; of the models alone where none was read."""
    known: dict[tuple[Name, Name, tuple[str, ...]], Edge] = {}
    for e in _edges(live, declared):  # the catalog's word first
        child, parent = root(e.child, live), root(e.parent, live)
        known.setdefault((child, parent, e.columns), Edge(child, parent, e.columns, e.required))
    names = {root(t.name, live) for t in (*live.tables, *declared.tables)}
    names |= {name for child, parent, _ in known for name in (child, parent)}
    return Graph(tuple(sorted(names)), tuple(known.values()))


def root(name: Name, live: Live) -> Name:
    """The table that speaks for a partition; any other speaks for itself."""
    return live.root(live.table_of[name]).name if name in live.table_of else name


def _edges(live: Live, declared: Declared) -> Iterator[Edge]:
    for fk in live.foreign_keys:
        yield Edge(fk.table, fk.target, fk.columns, required=not live.may_be_null(fk))
    for one in live.candidates:
        if grounds(one):
            yield Edge(one.table, one.target, (one.column,), one.not_null)
    for fk in declared.foreign_keys:
        # What does not exist depends on nothing that does.
        if fk.table in live.table_of or fk.target not in live.table_of:
            yield Edge(fk.table, fk.target, fk.columns, required=False)
