"""Where a database is on the way: what holds, and what is expected after each phase."""

from dataclasses import dataclass

from remediate.plans.answers import Answer
from remediate.plans.criteria import Criterion, Met
from remediate.plans.plan import Plan

FORMAT = "remediate.status/1"


@dataclass(frozen=True, slots=True)
class Phase:
    """The database at a moment: as it was read, or as the repairs are predicted to leave it."""

    name: str
    score: int  # 0 to 100; 100: nothing is found
    found: int
    repairs: int = 0  # done by then
    decisions: int = 0  # taken and carried out by then, without a repair
    models: int = 0  # columns of models that are deployed with these repairs
    expected: bool = True  # predicted, not seen


@dataclass(frozen=True, slots=True)
class Inserting:
    """How many tables do what with an INSERT; each counts once, where it is worst."""

    tables: int  # in scope; a partition is one with its partitioned table
    refusing: int = 0  # a plain one, now
    spoiling: int = 0  # none, and store now what they should not
    of_models: int = 0  # now, but only the one that the model makes
    orphaned: int = 0  # they need a row of a table that refuses
    doubtful: int = 0  # likely
    failing: int = 0  # soon
    unknown: int = 0  # it could not be seen


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, by what is to be done about it; each finding counts once."""

    repairable: int  # nobody has decided otherwise
    by_hand: int
    to_decide: int  # choices that nobody has made
    decided: int  # to stay without a repair: skipped, code only, to be deleted

    @classmethod
    def of(cls, plan: Plan) -> "Found":
        """By the decisions that count."""
        no = {i.id for i in plan.items if i.decision and i.decision.answer is Answer.SKIPPED}
        left = {i.id for i in plan.items if i.is_choice and i.decision is None}
        repairable = {i.id for i in plan.repairable} - no - left
        by_hand = len(plan.items) - len(no) - len(left) - len(repairable)
        return cls(len(repairable), by_hand, len(left), len(no))


@dataclass(frozen=True, slots=True)
class Status:
    """What holds now, in numbers and criteria, and what each phase is expected to reach."""

    plan: Plan
    criteria: tuple[Criterion, ...]
    phases: tuple[Phase, ...]
    inserts: Inserting
    scope: str = ""  # the options that leave only some tables
    reviewed: str = ""  # the file of the plan whose decisions count

    @property
    def met(self) -> bool:
        """Whether nothing speaks against any criterion."""
        return all(one.met is not Met.NO for one in self.criteria)
