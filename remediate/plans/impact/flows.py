"""The flows of the settings, judged by what is known of their tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from remediate.errors import UsageProblem
from remediate.findings import selection
from remediate.plans.impact.flow import Flow, Step
from remediate.plans.impact.graph import root
from remediate.plans.impact.table_health import Evidence, health
from remediate.snapshots.snapshot import Snapshot
from remediate.snapshots.tables import Name

CORE = "!"


def flows(
    settings: Mapping[str, Sequence[str]], known: Snapshot, evidence: Evidence
) -> tuple[Flow, ...]:
    """Each flow of the settings, in their order; `known` are the tables of database and models."""
    return tuple(_flow(name, globs, known, evidence) for name, globs in settings.items())


def _flow(name: str, globs: Iterable[str], known: Snapshot, evidence: Evidence) -> Flow:
    found: dict[Name, _Marked] = {}
    unknown: list[str] = []
    for number, glob in enumerate(globs):
        pattern = glob.strip().removesuffix(CORE)
        try:
            named = selection.named(known, [pattern])
        except UsageProblem as problem:
            unknown.append(f"{problem.message} ({problem.hint})")
            continue
        marked = glob.strip().endswith(CORE)
        for table in sorted({root(n, evidence.live) for n in named}):
            first = found.setdefault(table, _Marked(number, marked))
            found[table] = _Marked(first.number, first.core or marked)
    core = {table for table, one in found.items() if one.core} or {*found}
    steps = (
        Step(table in core, health(table, evidence, _before(one, found)))
        for table, one in found.items()
    )
    return Flow(name, tuple(steps), tuple(unknown))


def _before(one: "_Marked", found: Mapping[Name, "_Marked"]) -> set[Name]:
    """The tables that get a row earlier; those of one glob have no order."""
    return {table for table, other in found.items() if other.number <= one.number}


class _Marked(NamedTuple):
    number: int  # of the glob that names it first
    core: bool
