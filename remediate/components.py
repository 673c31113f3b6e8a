"""Strongly connected components of a graph of numbers, and what each number leads to.

Without recursion, in time linear in nodes and edges: chains may be thousands long.
"""

from collections.abc import Iterable, Iterator, Sequence

Edges = Sequence[Sequence[int]]  # by number


class Components:
    """The components, those of the parents first (Kosaraju's way)."""

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
