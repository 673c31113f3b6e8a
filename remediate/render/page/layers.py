"""Where the tables of a graph of references stand: in layers, parents left of their children.

The layers are those of the longest way from a table without a parent; tables that need each other
share one. Their order within a layer follows the middle of their neighbours (the barycentre method
of Sugiyama), which leaves few lines crossing.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from remediate.plans.impact.components import Components, Edges

Node = TypeVar("Node", bound=Hashable)

_SWEEPS = 4  # there and back; more change nothing that is seen


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of a node: its layer from the left, and its row from the top."""

    layer: int
    row: float


@dataclass(frozen=True, slots=True)
class Layout(Generic[Node]):
    """The place of each node, and how many layers and rows there are."""

    spots: Mapping[Node, Spot]
    layers: int
    rows: int


def layout(nodes: Sequence[Node], edges: Iterable[tuple[Node, Node]]) -> Layout[Node]:
    """The places of these nodes; an edge leads from a parent to a child. Of none: no layer."""
    number = {node: i for i, node in enumerate(nodes)}
    pairs = {(number[child], number[parent]) for parent, child in edges if parent != child}
    known = Components(len(nodes), sorted(pairs))
    layers = _ordered(_layers(known), known)
    rows = max(map(len, layers), default=0)
    return Layout(
        {
            nodes[i]: Spot(depth, place + (rows - len(layer)) / 2)
            for depth, layer in enumerate(layers)
            for place, i in enumerate(layer)
        },
        len(layers),
        rows,
    )


def connected(
    nodes: Sequence[Node], edges: Iterable[tuple[Node, Node]]
) -> tuple[tuple[Node, ...], ...]:
    """The nodes in groups that no edge connects, in the order of the first ones."""
    beside: dict[Node, list[Node]] = {node: [] for node in nodes}
    for one, other in edges:
        beside[one].append(other)
        beside[other].append(one)
    seen: set[Node] = set()
    return tuple(tuple(_reached(node, beside, seen)) for node in nodes if node not in seen)


def _reached(start: Node, beside: Mapping[Node, Sequence[Node]], seen: set[Node]) -> Iterator[Node]:
    waiting = [start]
    seen.add(start)
    while waiting:
        node = waiting.pop()
        yield node
        new = [other for other in dict.fromkeys(beside[node]) if other not in seen]
        seen.update(new)
        waiting += reversed(new)


def _layers(known: Components) -> list[list[int]]:
    """The numbers by their layer; components come with those of the parents first."""
    depth = [0] * len(known.part_of)
    for part in known.parts:
        inside = set(part)
        above = [depth[p] for i in part for p in known.parents[i] if p not in inside]
        for i in part:
            depth[i] = max(above, default=-1) + 1
    found: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for i, layer in enumerate(depth):
        found[layer].append(i)
    return found


def _ordered(layers: list[list[int]], known: Components) -> list[list[int]]:
    """Each layer by the middle of its neighbours: rightwards by parents, leftwards by children."""
    rows = _rows(layers)
    there, back = range(1, len(layers)), range(len(layers) - 2, -1, -1)
    for _ in range(_SWEEPS):
        for depths, edges in ((there, known.parents), (back, known.children)):
            for depth in depths:
                layers[depth] = _by_middle(layers[depth], rows, edges)
                rows |= _rows([layers[depth]])
    return layers


def _rows(layers: Iterable[Sequence[int]]) -> dict[int, float]:
    """Where each number stands in its layer, counted from the middle."""
    return {i: place - len(layer) / 2 for layer in layers for place, i in enumerate(layer)}


def _by_middle(layer: Sequence[int], rows: Mapping[int, float], edges: Edges) -> list[int]:
    """The layer by the middle of what each is connected with; what is not keeps its place."""

    def middle(i: int) -> float:
        beside = [rows[other] for other in edges[i]]
        return sum(beside) / len(beside) if beside else rows[i]

    return sorted(layer, key=middle)
