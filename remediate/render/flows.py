"""What users do, and what became of it: a few lines of text, and a table in Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from remediate.plans.impact.flow import Flow, FlowState
from remediate.postgres.filters import cell
from remediate.render.lines import WIDTH, wrapped
from remediate.system.words import counted

_NAMED = 2  # reasons of a flow; all of them in Markdown


def summary(
    flows: Sequence[Flow],
    *,
    verbose: bool = False,
    met: Mapping[str, int] | None = None,
    width: int = WIDTH,
) -> Iterator[str]:
    """The block below the risk; nothing where the settings name no flow.

    `met` is how often logs met the tables of each, by its name.
    """
    if not flows:
        return
    yield f"Flows     {counts(flows)}"
    for flow in in_order(flows):
        reasons = flow.reasons if verbose else _shortened(flow.reasons)
        told = f": {'; '.join(reasons)}" if reasons else ""
        number = (met or {}).get(flow.name, 0)
        often = f" (met {counted(number, 'time')})" if number else ""
        yield from wrapped(f"{flow.state:13}  {flow.name}{often}{told}", "  ", 17, width)


def counts(flows: Iterable[Flow]) -> str:
    """2 broken, 1 working: the worst first."""
    states = [flow.state for flow in flows]
    return ", ".join(f"{states.count(s)} {s}" for s in FlowState if s in states)


def in_order(flows: Iterable[Flow]) -> list[Flow]:
    """The worst first, those of one state as the settings have them."""
    return sorted(flows, key=lambda flow: list(FlowState).index(flow.state))


def _shortened(reasons: Sequence[str]) -> list[str]:
    more = len(reasons) - _NAMED
    return [*reasons[:_NAMED], *([f"and {more} more"] if more > 0 else [])]


def markdown(flows: Iterable[Flow]) -> str:
    """A table of the flows, the worst first; "" where the settings name none."""
    rows = [
        f"| {flow.state} | {cell(flow.name)} | {cell('; '.join(flow.reasons))} |"
        for flow in in_order(flows)
    ]
    head = ["| State | What users do | Why |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows]) if rows else ""
