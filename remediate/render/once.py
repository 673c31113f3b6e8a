"""What a block of a plan tells once for all of its rows: repair, lock, undo, notes, cause."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from remediate.analysis import uses
from remediate.analysis.facts import in_words
from remediate.analysis.uses import UseFacts
from remediate.findings.facts import part_of
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard, Proposal, Remedy
from remediate.plans.plan import Item, Plan
from remediate.render import locks, order, origins
from remediate.render.columns import labelled
from remediate.render.lines import wrapped
from remediate.render.style import Style

_NAMED = 3  # places in a sentence


@dataclass(frozen=True, slots=True)
class Told:
    """What blocks above have told."""

    hazards: frozenset[Hazard] = frozenset()
    waiting: bool = False  # for how long a revision waits for its locks

    def __or__(self, other: "Told") -> "Told":
        return Told(self.hazards | other.hazards, waiting=self.waiting or other.waiting)


NOTHING_TOLD = Told()


def repair(
    items: Sequence[Item], title: str, style: Style, above: Told, *, short: bool
) -> Iterator[str]:
    """What holds for every repair of these items; `short`: only what is done."""
    proposals = [i.remedy for i in items if isinstance(i.remedy, Proposal)]
    if not proposals:
        return
    yield from labelled("Repair", title, style)
    if short:
        return
    yield from labelled("Lock", _lock(proposals, waiting=not above.waiting), style)
    undone = counts(one.undo for one in proposals)
    yield from labelled("Undo", "; or ".join(undone), style)
    hazards = sorted({hazard for one in proposals for hazard in one.hazards})
    known = [hazard for hazard in hazards if hazard in above.hazards]
    for hazard in hazards:
        if hazard not in known:
            yield from labelled("Note", _note(hazard), style)
    if known:
        yield from labelled("Note", f"as above: {', '.join(known)}", style)


def _note(hazard: Hazard) -> str:
    accept = f"; to accept it: --allow {hazard}" if hazard in ACCEPTED_BY_NAME else ""
    text = HAZARD_TEXT[hazard]
    return f"{text[0].upper()}{text[1:]} [{hazard}]{accept}"


def _lock(proposals: Sequence[Proposal], *, waiting: bool) -> str:
    """What one of them locks, and once for all blocks for how long it waits."""
    remedies = [one for one in proposals if isinstance(one, Remedy)]
    if len(remedies) < len(proposals):  # of a plan file, which holds what each step locks
        return locks.of_steps([step for one in proposals for step in one.all_steps])
    held = locks.of_each(remedies)
    locked = any(step.lock for one in remedies for step in one.steps)
    return f"{held} {locks.WAITING}" if waiting and locked else held


def around(items: Sequence[Item], plan: Plan, style: Style) -> Iterator[str]:
    """Where it came from, what must come before or after, and which models no code names."""
    yield from _causes(items, plan, style)
    told = origins.sentences(items, plan.origins) if style.verbose else ()
    for sentence in told or origins.short(items, plan.origins):
        yield from labelled("From", sentence, style)
    facts = (part_of(item.finding.facts, UseFacts) for item in items)
    if unused := uses.unused([one for one in facts if one]):
        yield from wrapped(unused, "  ", width=style.width)


def _causes(items: Sequence[Item], plan: Plan, style: Style) -> Iterator[str]:
    """What most likely made it: the most frequent cause with its traces; each of them verbose."""
    found = origins.causes(items, plan.origins)
    ordered = sorted(found.items(), key=lambda pair: -len(pair[1]))
    shown = ordered if style.verbose else ordered[:1]
    others = [f"{cause} ({len(met):,})" for cause, met in ordered[len(shown) :]]
    for cause, met in shown:
        many = f" ({len(met):,} of {len(items):,})" if len(met) < len(items) else ""
        alike = len({one.cause_evidence for one in met}) == 1
        told = f"{cause}{many}: {'' if alike else 'for example '}{met[0].cause_evidence}"
        yield from labelled("Cause", "; also ".join([told, *others]), style)
        if style.verbose:
            yield from labelled("Avoid", met[0].prevention, style)


def orders(items: Sequence[Item], style: Style) -> Iterator[str]:
    """What is told of the place of repairs beside others, each sentence once, and of whom."""
    found: dict[str, list[str]] = {}
    for item in items:
        for sentence in order.sentences(item):
            found.setdefault(sentence, []).append(str(item.finding.place))
    for sentence, places in found.items():
        more = [f"{len(places) - _NAMED:,} more"] if len(places) > _NAMED else []
        named = in_words([*places[:_NAMED], *more])
        whose = f"{named}: " if len(places) < len(items) else ""
        yield from wrapped(f"{whose}{sentence}", "  ! ", width=style.width)


def counts(texts: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text in texts:
        found[text] = found.get(text, 0) + 1
    return found
