"""What a plan makes of its database in numbers: how many tables refuse an INSERT, now or soon."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from remediate.findings.effects import Inserts, When
from remediate.findings.finding import Confidence, id_parts
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Plan
from remediate.rules import rule_of

if TYPE_CHECKING:
    from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Verdict:
    """Tables by the worst that findings tell of them; each is counted once."""

    tables: int  # with a primary key, that were looked at
    rejecting: int = 0  # every INSERT without an id fails now, proven
    of_models: int = 0  # so does the INSERT that the model makes, and no other
    spoiling: int = 0  # INSERT goes through, and stores what no row should have
    doubtful: int = 0  # INSERT is likely to fail
    failing: int = 0  # INSERT will fail soon

    @property
    def fails_now(self) -> bool:
        """Whether an INSERT is known to fail at this moment."""
        return bool(self.rejecting or self.of_models)

    @property
    def hurts(self) -> bool:
        """Whether a table is known or likely to fail, now or soon, or takes wrong rows."""
        return any((self.fails_now, self.spoiling, self.doubtful, self.failing))


_KINDS = ("rejecting", "of_models", "spoiling", "doubtful", "failing")  # the worst first
_PROVEN_NOW, _LIKELY = 3, 2  # probabilities of a Risk


def verdict(plan: Plan) -> Verdict:
    """The verdict on the whole database, whichever of its findings the plan shows."""
    worst: dict[Name, str] = {}
    likely = {i.id for i in plan.items if i.finding.confidence is Confidence.LIKELY}
    for id_, one in plan.impacts.items():
        kind = _kind(one, rule_of(id_parts(id_)[0]).stops, likely=id_ in likely)
        if one.table and kind:
            worst[one.table] = min(kind, worst.get(one.table, kind), key=_KINDS.index)
    found = [*worst.values()]
    return Verdict(plan.tables, *map(found.count, _KINDS))


def _kind(one: Impact, inserts: Inserts, *, likely: bool) -> str:
    """What the finding tells of INSERTs into its table; "" for nothing, or a mere possibility."""
    known, probability = one.consequences, one.risk.probability
    if probability < _LIKELY:
        return ""
    if one.spoils_now:
        return "spoiling"
    if not known.stops:
        return ""
    if known.when is When.SOON:
        return "doubtful" if likely else "failing"
    if probability < _PROVEN_NOW:
        return "doubtful"
    return "of_models" if inserts is Inserts.OF_MODELS else "rejecting"
