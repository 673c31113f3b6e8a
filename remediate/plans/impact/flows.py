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
    found: list[_Marked] = []
    unknown: list[str] = []
    for glob in globs:
        pattern = glob.strip().removesuffix(CORE)
        try:
            named = selection.named(known, [pattern])
        except UsageProblem as problem:
            unknown.append(f"{problem.message} ({problem.hint})")
            continue
        marked = glob.strip().endswith(CORE)
        found += [
            _Marked(table, marked) for table in sorted({root(n, evidence.live) for n in named})
        ]
    core = {one.table for one in found if one.core} or {one.table for one in found}
    tables = dict.fromkeys(one.table for one in found)
    steps = (Step(table in core, health(table, evidence)) for table in tables)
    return Flow(name, tuple(steps), tuple(unknown))


class _Marked(NamedTuple):
    table: Name
    core: bool
