"""The tables whose INSERT fails and their direct neighbours, as a graph that GitHub draws."""

from collections.abc import Iterable, Iterator, Mapping

from remediate.findings.effects import When
from remediate.plans.plan import Plan
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.sql import commented
from remediate.snapshots.tables import Name

FAILING = 12  # tables from which it starts, the most urgent
NODES = 30  # together with their neighbours
_CLASSES = """\
  classDef now fill:#f8d7da,stroke:#b02a37,color:#000
  classDef later fill:#fff3cd,stroke:#997404,color:#000"""

Edge = tuple[Name, Name]


def graph(plan: Plan) -> str:
    """A flowchart from the referenced tables to those that reference them; "" without references.

    It starts from the most urgent tables of the plan's items, and has only so many as can be read:
    a neighbour that no longer fits is left out.
    """
    failing = _failing(plan)
    edges = _edges([*failing][:FAILING], plan.assessment.referenced_by)
    if not edges:
        return ""
    nodes = dict.fromkeys(name for edge in edges for name in edge)
    number = {name: f"t{position}" for position, name in enumerate(nodes)}
    lines = [f"  {_node(name, number[name], failing)}" for name in nodes]
    lines += [f"  {number[parent]} --> {number[child]}" for parent, child in edges]
    return "\n".join(["flowchart LR", *lines, _CLASSES])


def _failing(plan: Plan) -> dict[Name, str]:
    """Each table that gets no rows, with its class: the most urgent first."""
    found: dict[Name, str] = {}
    for item in most_urgent_first(plan):
        impact = plan.impacts.get(item.id)
        if impact and impact.table and impact.consequences.stops:
            fails_now = impact.consequences.when is When.NOW
            found.setdefault(impact.table, "now" if fails_now else "later")
    return found


def _edges(failing: Iterable[Name], referenced_by: Mapping[Name, tuple[Name, ...]]) -> list[Edge]:
    """The references that begin or end at a failing table; together they join few enough tables."""
    nodes: set[Name] = set()
    edges: list[Edge] = []
    for edge in _touching(set(failing), referenced_by):
        if len(nodes.union(edge)) <= NODES:
            nodes.update(edge)
            edges.append(edge)
    return edges


def _touching(tables: set[Name], referenced_by: Mapping[Name, tuple[Name, ...]]) -> Iterator[Edge]:
    """Between failing tables first: these say most."""
    known = [(parent, child) for parent, below in referenced_by.items() for child in below]
    yield from (edge for edge in known if tables.issuperset(edge))
    yield from (edge for edge in known if len(tables.intersection(edge)) == 1)


def _node(name: Name, number: str, failing: Mapping[Name, str]) -> str:
    style = f":::{failing[name]}" if name in failing else ""
    return f'{number}["{_label(str(name))}"]{style}'


def _label(text: str) -> str:
    """Within quotes Mermaid reads markup, HTML and entities: anything of these is an entity.

    https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
    """
    return "".join(c if c.isalnum() or c in "._ " else f"#{ord(c)};" for c in commented(text))
