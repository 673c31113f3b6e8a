"""Which table references which: what depends on a table, what it needs, and who comes first.

Declared foreign keys count, those that only the models declare, and columns that mean a key by
the models' word or by their values. Everything takes time linear in tables and references, but
for what is handed out; cycles and self references are allowed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress

from remediate.analysis.grounds import grounds
from remediate.postgres.sql import quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

Edges = Sequence[Sequence[int]]  # by number


class Components:
    """The strongly connected components, those of the parents first (Kosaraju's way).

    Without recursion, in time linear in nodes and edges: chains may be thousands long.
    """

    def __init__(self, size: int, pairs: Iterable[tuple[int, int]]) -> None:
        self.parents: list[list[int]] = [[] for _ in range(size)]
        self.children: list[list[int]] = [[] for _ in range(size)]
        for child, parent in pairs:
            self.parents[child].append(parent)
            self.children[parent].append(child)
        seen = [False] * size
        finished = [i for start in range(size) for i in _walk(self.parents, start, seen)]
        seen = [False] * size
        found = [[*_walk(self.children, start, seen)] for start in reversed(finished)]
        self.parts = [part for part in reversed(found) if part]
        self.part_of = [0] * size
        for number, part in enumerate(self.parts):
            for i in part:
                self.part_of[i] = number


def _walk(edges: Edges, start: int, seen: list[bool]) -> Iterator[int]:
    """What is reached and was not seen, each after what it leads to."""
    if seen[start]:
        return
    seen[start] = True
    path = [(start, iter(edges[start]))]
    while path:
        here, rest = path[-1]
        for step in rest:
            if not seen[step]:
                seen[step] = True
                path.append((step, iter(edges[step])))
                break
        else:
            path.pop()
            yield here


def closure(parts: Iterable[list[int]], edges: Edges, bits: Sequence[int]) -> list[int]:
    """What each number leads to, as bits; one in a cycle leads to itself too."""
    found = [0] * len(bits)
    for part in parts:
        reached = 0
        for other in {other for i in part for other in edges[i]}:
            reached |= bits[other] | found[other]
        for i in part:
            found[i] = reached
    return found


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
        return self.place[self.tables[number]]

    def _cycle(self, tables: tuple[Name, ...]) -> Cycle:
        members = set(tables)
        inside = [e for e in self.edges if e.child in members and e.parent in members]
        waiting = {f"{e.child}.{quote(c)}" for e in inside if not e.required for c in e.columns}
        numbers = [self._number[name] for name in tables]
        can_start = len({self._required.part_of[i] for i in numbers}) == len(tables)
        return Cycle(tables, tuple(sorted(waiting)) if can_start else ())

    def direct(self, table: Name) -> tuple[Name, ...]:
        """The tables that reference it, without itself."""
        number = self._number.get(table)
        below = () if number is None else self._all.children[number]
        return tuple(self.tables[i] for i in sorted(below, key=self._rank) if i != number)

    def dependants(self, table: Name) -> tuple[Name, ...]:
        """The tables that reference it, directly or through others: in order of insertion."""
        return self._named(self._below, table)

    def stopped(self, table: Name) -> tuple[Name, ...]:
        """Those of its dependants in which no row can be without one of its rows."""
        return self._named(self._stopped, table)

    def needed(self, table: Name) -> tuple[Name, ...]:
        """The tables that it references, directly or through others: in order of insertion."""
        return self._named(self._above, table)

    def _named(self, reached: Sequence[int], table: Name) -> tuple[Name, ...]:
        number = self._number.get(table)
        if number is None:
            return ()
        own = 1 << self.place[table]
        return _decoded(reached[number] & ~own, self.order)

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
    def _bits(self) -> list[int]:
        return [1 << self.place[name] for name in self.tables]

    @cached_property
    def _below(self) -> list[int]:
        return closure(reversed(self._all.parts), self._all.children, self._bits)

    @cached_property
    def _stopped(self) -> list[int]:
        return closure(reversed(self._required.parts), self._required.children, self._bits)

    @cached_property
    def _above(self) -> list[int]:
        return closure(self._all.parts, self._all.parents, self._bits)


def _decoded(bits: int, order: Sequence[Name]) -> tuple[Name, ...]:
    """The tables that bits stand for: few one by one, many in one sweep."""
    if bits.bit_count() * 8 > bits.bit_length():
        return tuple(compress(order, map(int, reversed(format(bits, "b")))))
    found = []
    while bits:
        found.append(order[(bits & -bits).bit_length() - 1])
        bits &= bits - 1
    return tuple(found)


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
