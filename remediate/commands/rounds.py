"""Repairs that meet on one key, sequence or index: each is planned on what the others leave."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Generic

from remediate.commands.items import items_of
from remediate.commands.judgement import Judgement, R
from remediate.config import Config
from remediate.findings.finding import Severity
from remediate.findings.remedy import Manual
from remediate.plans.approval import as_approved
from remediate.plans.hazards import to_accept
from remediate.plans.plan import ApprovedItem, Company, Fate, Item, Revealed
from remediate.plans.rounds import side_by_side
from remediate.remedies.prediction import predicted
from remediate.rules import rule_of

Wanted = Callable[[Item], bool]


@dataclass(frozen=True, slots=True)
class Round(Generic[R]):
    """Repairs that go side by side, and the database as they find it."""

    judgement: Judgement[R]
    items: tuple[ApprovedItem, ...]


@dataclass(frozen=True, slots=True)
class Sequel(Generic[R]):
    """All rounds, and what becomes of the rest."""

    rounds: tuple[Round[R], ...]
    left: Judgement[R]  # what the rules say when all of them have run
    settled: tuple[str, ...] = ()  # approved ids that another repair repairs, too
    impossible: tuple[Item, ...] = ()  # approved, and manual once the others have run

    @property
    def repaired(self) -> tuple[str, ...]:
        """The ids of all that is repaired, in the order of the rounds."""
        return (*(i.finding.id for r in self.rounds for i in r.items), *self.settled)

    @property
    def new(self) -> tuple[str, ...]:
        """What is found only once these have run, and is no note.

        What the models are to say of a converted column belongs to its conversion (MODEL_TYPE).
        """
        known = {finding.id for finding in self.rounds[0].judgement.findings}
        found = (f for f in self.left.findings if f.severity is not Severity.INFO)
        return tuple(
            f.id for f in found if f.id not in known and not rule_of(f.rule).patches_models
        )


def in_rounds(
    judgement: Judgement[R],
    items: Sequence[ApprovedItem],
    config: Config,
    wanted: Wanted,
) -> Sequel[R]:
    """The approved items, then those that `wanted` says of what is found after each round."""
    rounds: list[Round[R]] = []
    done: set[str] = set()
    approved = {item.finding.id for item in items}
    found: tuple[Item, ...] = ()
    while items:
        batch = side_by_side(items)
        rounds.append(Round(judgement, batch))
        done |= {item.finding.id for item in batch}
        judgement = _after(judgement, batch)
        found = items_of(judgement, config)
        items = as_approved(
            i for i in found if i.id not in done and (i.id in approved or wanted(i))
        )
    open_ = {item.id: item for item in found if item.id in approved - done}
    return Sequel(
        tuple(rounds),
        judgement,
        settled=tuple(sorted(approved - done - open_.keys())),
        impossible=tuple(i for i in open_.values() if isinstance(i.remedy, Manual)),
    )


def _after(judgement: Judgement[R], batch: Sequence[ApprovedItem]) -> Judgement[R]:
    reading = judgement.reading
    live = predicted(reading.live, (item.remedy for item in batch))
    return judgement.again(replace(reading, live=live))


def with_company(
    items: tuple[Item, ...], judgement: Judgement[R], config: Config
) -> tuple[tuple[Item, ...], tuple[Revealed, ...]]:
    """What becomes where all are approved: of the items that meet others, and what is found then.

    The items come first, then what is found only once these are repaired.
    """
    approvable = as_approved(item for item in items if item.needs_an_answer)
    if not approvable:
        return items, ()

    def follows(item: Item) -> bool:
        return item.needs_an_answer and not to_accept(item, config.allow)

    sequel = in_rounds(judgement, approvable, config, follows)
    return _accompanied(items, sequel), _revealed({item.id for item in items}, sequel)


def _revealed(known: Set[str], sequel: Sequel[R]) -> tuple[Revealed, ...]:
    repairs = {
        i.finding.id: Revealed(i.finding.id, i.finding.message, i.remedy.title)
        for r in sequel.rounds[1:]
        for i in r.items
    }
    found = {f.id: Revealed(f.id, f.message) for f in sequel.left.findings if f.id in sequel.new}
    return tuple(one for id_, one in (found | repairs).items() if id_ not in known)


def _agreed(items: Sequence[Item], sequel: Sequel[R]) -> Iterator[str]:
    """What the models were to say otherwise: a repair makes the database say it."""
    left = {finding.id for finding in sequel.left.findings}
    for item in items:
        manual = isinstance(item.remedy, Manual) and rule_of(item.finding.rule).patches_models
        if manual and item.id not in left:
            yield item.id


def _accompanied(items: tuple[Item, ...], sequel: Sequel[R]) -> tuple[Item, ...]:
    company = {i.finding.id: Company(Fate.LATER) for r in sequel.rounds[1:] for i in r.items}
    company |= {id_: Company(Fate.SETTLED) for id_ in (*sequel.settled, *_agreed(items, sequel))}
    for item in sequel.impossible:
        reason = item.remedy.reason if isinstance(item.remedy, Manual) else ""
        company[item.id] = Company(Fate.NOT_WRITTEN, reason)
    return tuple(replace(item, company=company.get(item.id)) for item in items)
