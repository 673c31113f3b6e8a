"""What is found now, and what is expected once repairs and decisions are done, step by step."""

from collections.abc import Callable, Collection, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from remediate.commands import graph
from remediate.commands.items import scope
from remediate.commands.judgement import Judgement, findings_and_ignored
from remediate.commands.planning import settings_of_tables
from remediate.commands.rounds import in_rounds
from remediate.commands.written import Written, written
from remediate.config import Config
from remediate.findings.finding import Finding
from remediate.plans.answers import Answer
from remediate.plans.approval import as_approved, emergency
from remediate.plans.hazards import to_accept
from remediate.plans.impact import impact
from remediate.plans.plan import Item, Plan
from remediate.plans.status import Phase
from remediate.project.reading import Reading
from remediate.remedies.prediction import predicted
from remediate.rules import rule_of
from remediate.rules.models.table_missing import TableMissingFacts
from remediate.rules.revisions.revision_not_run import WaitingFacts

NOW = "now"
EMERGENCY = "after the emergency revision"
FIRST = "after the first revision"
NEXT = "after revision"
WRITTEN = "after all revisions that wait"
ALL = "after all revisions"
REST = "once the other repairs are done too"
DECIDED = "once what needs a person is done too"


def phases(
    plan: Plan, judgement: Judgement[Reading], config: Config, *, reviewed: bool = False
) -> tuple[Phase, ...]:
    """Now, and after each phase that has something to do.

    What the revisions that wait repair is done by them, whatever was answered. What nobody answered
    counts as approved; of a `reviewed` plan nothing follows that it lacks.
    """
    waiting = written(plan, judgement.reading)
    return tuple(_Outlook(plan, judgement, config, waiting, reviewed).phases())


@dataclass(frozen=True)
class _Outlook:
    """What is found now, and the revisions that wait and repair something of it."""

    plan: Plan
    judgement: Judgement[Reading]
    config: Config
    waiting: tuple[Written, ...]
    reviewed: bool

    def phases(self) -> Iterator[Phase]:
        yield Phase(NOW, self.plan.assessment.score, len(self.plan.items), expected=False)
        first = self.waiting[0] if self.waiting else self._emergency()
        if first.items:
            yield self._after_first(first)
        others = len(self.sure) > len(self.made)
        more = self.ahead and (
            self.ahead[-1] != first.revision if self.waiting else not first.items
        )
        if more:
            made = [item for item in self.sure if self._is_made(item)]
            yield self._after(WRITTEN if others else ALL, made, self._is_made)
        if others and (more or self.waiting or len(self.sure) > len(first.items) or first.is_begun):
            yield self._after(REST if more or self.waiting else ALL, self.sure, self._follows)
        open_ = [i for i in self.plan.items if i not in self.sure and not i.decision]
        by_hand = {item.id for item in open_} - self.ran
        if by_hand:
            every = [i for i in self.plan.items if i in self.sure or i.id in by_hand]
            yield self._after(DECIDED, every, self._follows, by_hand)

    @cached_property
    def made(self) -> frozenset[str]:
        """The ids of what the revisions that wait repair."""
        return frozenset(item.finding.id for one in self.waiting for item in one.items)

    @cached_property
    def sure(self) -> list[Item]:
        """What is repaired unless somebody says no."""
        return [item for item in self.plan.items if self._is_made(item) or _is_meant(item)]

    @cached_property
    def ran(self) -> frozenset[str]:
        """The ids of what is found as long as revisions wait."""
        return frozenset(self._settled(self.ahead))

    def _settled(self, revisions: Collection[str]) -> Iterator[str]:
        """Of that what is not found once these have run: that they wait, and tables they create."""
        authors = self.judgement.reading.live.unmade.authors
        made = {t for t, a in authors.items() if a.revision in revisions and not a.remains}
        whole = bool(self.ahead) and {*self.ahead} <= {*revisions}
        for one in self.judgement.findings:
            waits = whole and isinstance(one.facts, WaitingFacts)
            if waits or (isinstance(one.facts, TableMissingFacts) and one.place.table in made):
                yield one.id

    @cached_property
    def ahead(self) -> tuple[str, ...]:
        """The revisions that wait; () where Alembic can run none."""
        return () if graph.stuck(self.judgement.reading.declared) else self.plan.waiting

    def _is_made(self, item: Item) -> bool:
        return item.id in self.made

    def _follows(self, item: Item) -> bool:
        accepted = item.needs_an_answer and not to_accept(item, self.config.allow)
        return self._is_made(item) or (accepted and not self.reviewed)

    def _emergency(self) -> Written:
        """What `generate` writes first: no repair that has to wait for another one."""
        items = as_approved(self.sure)
        if not items:
            return Written("", ())
        first_round = in_rounds(self.judgement, items, self.config, self._follows).rounds[0]
        return Written("", emergency(first_round.items, self.config.first))

    def _until(self, first: Written) -> Sequence[str]:
        """The revisions that wait and run up to this one; one that is to be written follows all."""
        if first.revision:
            return self.ahead[: self.ahead.index(first.revision) + 1]
        precedes = any(item.precedes for item in self.plan.repairable)
        return () if precedes else self.ahead

    def _after_first(self, first: Written) -> Phase:
        """Without what runs in autocommit, after all others: VALIDATE, CREATE INDEX."""
        reading, done = self.judgement.reading, tuple(item.finding.id for item in first.items)
        live = predicted(reading.live, first.remedies(reading))
        left = self.judgement.again(replace(reading, live=live))
        urgent = any(_presses(self.plan, id_) for id_ in done)
        name = EMERGENCY if urgent else NEXT if first.revision else FIRST
        gone = {*self._settled(self._until(first))}
        return self._expected(f"{name} {first.revision}".rstrip(), left, done, gone)

    def _after(
        self,
        name: str,
        items: Sequence[Item],
        wanted: Callable[[Item], bool],
        decided: Set[str] = frozenset(),
    ) -> Phase:
        approved = as_approved(items)
        sequel = in_rounds(self.judgement, approved, self.config, wanted) if approved else None
        left, done = (sequel.left, sequel.repaired) if sequel else (self.judgement, ())
        phase = self._expected(name, left, done, decided | self.ran)
        return replace(phase, decisions=len(decided - {*done}))

    def _expected(
        self, name: str, left: Judgement[Reading], repaired: Collection[str], gone: Set[str]
    ) -> Phase:
        """By what is left, without these ids."""
        known = {one.id for one in self.judgement.findings}
        every = [one for one in _found(left, self.config) if one.id not in gone]
        # What the models are to say of a converted column belongs to its conversion (MODEL_TYPE).
        found = [o for o in every if o.id in known or not rule_of(o.rule).patches_models]
        tables = settings_of_tables(self.judgement.reading, self.config)
        _, assessment = impact.of(left.reading.live, left.reading.declared, found, tables)
        models = len(every) - len(found)
        return Phase(name, assessment.score, len(found), len(repaired), models=models)


def _is_meant(item: Item) -> bool:
    if item.decision:
        return item.decision.answer is Answer.APPROVED
    return item.needs_an_answer


def _presses(plan: Plan, id_: str) -> bool:
    """Whether it keeps rows out now, or lets in what it should not."""
    impact = plan.impacts.get(id_)
    return impact is not None and (impact.stops_now or impact.spoils_now)


def _found(judgement: Judgement[Reading], config: Config) -> tuple[Finding, ...]:
    verdicts = judgement.within(scope(judgement, config))
    return findings_and_ignored(verdicts, config.ignored)[0]
