"""The tiers and features that [tool.remediate] assigns to tables by glob."""

from collections.abc import Mapping

from remediate.errors import UsageProblem
from remediate.findings import selection
from remediate.findings.finding import Tier
from remediate.plans.impact.impact import TableSettings
from remediate.snapshots.snapshot import Snapshot
from remediate.snapshots.tables import Name


def table_settings(
    tiers: Mapping[str, str], features: Mapping[str, str], known: Snapshot, *, complete: bool
) -> TableSettings:
    """By table; a name comes before a glob, and a long glob before a short one.

    Raises UsageProblem for a glob that fits no table, with the nearest names, where `known` is
    `complete`: several databases share one file, and without a database nobody can say.
    """
    by_tier = _by_table("tiers", tiers, known, complete=complete)
    by_feature = _by_table("features", features, known, complete=complete)
    return TableSettings({name: Tier(tier) for name, tier in by_tier.items()}, by_feature)


def _by_table(
    setting: str, globs: Mapping[str, str], known: Snapshot, *, complete: bool
) -> dict[Name, str]:
    found: dict[Name, str] = {}
    for glob in sorted(globs, key=_precision):
        try:
            found |= dict.fromkeys(selection.named(known, [glob]), globs[glob])
        except UsageProblem as problem:
            if complete:
                raise UsageProblem(
                    f"[tool.remediate.{setting}]: {problem.message}", problem.hint
                ) from problem
    return found


def _precision(glob: str) -> tuple[bool, int, str]:
    return not set(glob) & set("*?["), len(glob), glob
