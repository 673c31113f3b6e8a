"""A plan as the SQL of its repair, for psql."""

from collections.abc import Iterator, Sequence

from remediate.findings.finding import Confidence
from remediate.findings.remedy import Remedy
from remediate.plans.approval import as_approved
from remediate.plans.plan import Plan
from remediate.plans.rounds import side_by_side
from remediate.plans.shapes import apart, shapes
from remediate.postgres.sql import commented
from remediate.render import closing, review, tenants
from remediate.revisions.finishing import finishing
from remediate.revisions.script import each_once, script
from remediate.system.words import counted


def render(made: Plan, *, example: bool = False) -> str:
    """The upgrade of what can be repaired, for psql: what locks in one transaction.

    Each of the schemas that are alike has a transaction of its own; as an `example`, only the first
    of them is shown. What builds on what others leave is named in a comment, for the next plan.
    """
    items = as_approved(i for i in made.items if not i.is_choice)
    if not items:
        return f"-- {closing.summary(made)}"
    now = side_by_side(items)
    chosen = {i.finding.id for i in now}
    later = ", ".join(i.finding.id for i in items if i.finding.id not in chosen)
    note = f"-- For a plan once this has run, as it builds on it: {commented(later)}"
    doubtful = [i.finding.id for i in now if i.finding.confidence is Confidence.POSSIBLE]
    unsure = (
        f"-- {counted(len(doubtful), 'repair')} of what is only possible, which generate --approve "
        f"all leaves out: {commented(', '.join(doubtful))}"
    )
    known = shapes(made.items)
    parts = apart(now, known)
    shown = tenants.examples(parts, known) if example else parts
    left = f"-- The same in {len(parts) - len(shown):,} more schemas: remediate plan --sql"
    once = iter(each_once(item.remedy for part in shown for item in part))
    return "\n\n".join([
        "\\set ON_ERROR_STOP on",
        *([note] if later else []),
        *([unsure] if doubtful else []),
        *(text for part in shown for text in _transactions([next(once) for _ in part])),
        *([left] if len(shown) < len(parts) else []),
    ])  # fmt: skip


def _transactions(remedies: Sequence[Remedy]) -> Iterator[str]:
    at_once, afterwards = ([r for r in remedies if r.steps], [r for r in remedies if r.finish])
    scripts = [script(at_once)] if at_once else []
    scripts += [finishing(afterwards)] if afterwards else []
    yield from (review.psql(one.autocommit, one.up) for one in scripts)
