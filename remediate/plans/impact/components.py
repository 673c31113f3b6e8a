"""What leads where in a directed graph of numbers: components, counts, and levels.

All of it takes time linear in nodes and edges, but for the counts. Without recursion: chains may be
thousands long.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain

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

    def reached(self, *, up: bool) -> list[int]:
        """How many others each number leads to, directly or through others.

        Sets are bits of an integer, and kept only until whatever leads to them is counted: memory
        grows with the width of the graph, and not with the square of its size.
        """
        parts, edges = (self.parts, self.parents) if up else (self.parts[::-1], self.children)
        beyond = [{self.part_of[other] for i in part for other in edges[i]} for part in self.parts]
        asking = Counter(chain.from_iterable(beyond))
        counts = [0] * len(self.part_of)
        known: dict[int, int] = {}
        low = 0
        for part in parts:
            number = self.part_of[part[0]]
            bits = ((1 << len(part)) - 1) << low
            low += len(part)
            for other in beyond[number] - {number}:
                bits |= known[other]
                asking[other] -= 1
                if not asking[other]:
                    del known[other]
            for i in part:
                counts[i] = bits.bit_count() - 1
            asking[number] -= number in beyond[number]
            if asking[number]:
                known[number] = bits
        return counts


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


def levels(start: Set[int], edges: Edges) -> Iterator[set[int]]:
    """What these lead to, without themselves: by the number of references between."""
    seen = {*start}
    level = start
    while level := {other for i in level for other in edges[i]} - seen:
        yield {*level}
        seen |= level
