"""What has to come before a repair, and after it, in words."""

import glob
import shlex
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from remediate.findings.remedy import Manual, Remedy
from remediate.findings.waiting import Waiting
from remediate.plans.approval import approves
from remediate.plans.backup import changes_data, demands
from remediate.plans.hazards import as_options, to_accept
from remediate.plans.plan import Company, Fate, Item, Plan
from remediate.remedies.refusals import Refusals
from remediate.render import waiting
from remediate.snapshots.history import NOTHING_UNRECORDED, Unrecorded
from remediate.snapshots.tables import Name
from remediate.system import invocation

_NAMED = 3  # revisions in a line


def sentences(item: Item) -> Iterator[str]:
    """What becomes of it beside other repairs, and of the revisions that wait to be run."""
    if item.company:
        yield _beside_others(item.company, manual=isinstance(item.remedy, Manual))
    yield from waiting.sentences(item.waiting)


def generate(plan: Plan) -> str:
    """The command that writes all that may be written without a person's word on each."""
    what = approval(plan)
    meant = replace(plan, items=tuple(i for i in plan.repairable if approves(what, i)))
    engine = f" --engine {plan.engine}" if plan.engine else ""
    options = f'--reviewer "Your Name"{engine}{placement(plan)}{backup(meant)}'
    return invocation.remediate(f"generate --approve {shlex.quote(what)} {options}")


def pattern(table: Name, plan: Plan) -> str:
    """The table for --first and --hotfix: with its schema only where another has the same name."""
    tables = {i.finding.place.table for i in plan.items} - {None}
    alone = sum(t is not None and t.name == table.name for t in tables) == 1
    return glob.escape(table.name if alone else f"{table.schema}.{table.name}")


def placement(plan: Plan) -> str:
    """The options with which `generate` writes all of it at its place in the history."""
    if first := _preceded(plan):
        return f" {first.options}"
    return " --head HEAD" if len(plan.heads or ()) > 1 else ""


def backup(plan: Plan) -> str:
    """The option with which `generate` is told of the backup that the settings demand."""
    setting, remedies = plan.run.backup if plan.run else "", [i.remedy for i in plan.items]
    changes = any(changes_data(r) for r in remedies if isinstance(r, Remedy))
    return " --backup WHERE_IT_IS" if remedies and demands(setting, changes=changes) else ""


def upgrade_first(plan: Plan) -> str:
    """The command without which `generate` refuses to write, since revisions wait; "" for none.

    Where a repair has to precede them, `placement` has the option instead. What psql did of them
    comes first: `alembic upgrade` would refuse that one. Where Alembic can run none, or one that
    refuses this database, it is the one that tells what is wrong.
    """
    if known := plan.run.stuck if plan.run else None:
        return (
            invocation.remediate("plan --select AL001")
            if known.of_graph
            else invocation.alembic("heads")
        )
    if first := by_hand(_unrecorded(plan)):
        return first
    if not plan.waiting or _preceded(plan):
        return ""
    return on_refused(plan.refusals) or invocation.upgrade(len(plan.tips))


def on_refused(refusals: Refusals) -> str:
    """The command that tells what keeps a revision from running; "" where nothing is known to."""
    if refusals.values:
        return invocation.remediate("plan --select AL003")
    return invocation.remediate("plan") if refusals.states else ""


def by_hand(unrecorded: Unrecorded) -> str:
    """The command that ends what psql did of the revisions that wait; "" where it did nothing."""
    if unrecorded.to_stamp:
        return invocation.alembic(f"stamp {unrecorded.to_stamp[-1]}")
    if unrecorded.script:
        return f'psql -X -f {shlex.quote(unrecorded.script)} "$PSQL_URL"'
    return ""


def why_first(plan: Plan) -> str:
    """Why that command comes first."""
    if why := stuck(plan):
        return f"Alembic can run no revision: {why}"
    known = _unrecorded(plan)
    if known.to_stamp:
        many = "is" if len(known.to_stamp) == 1 else "are"
        return f"{', '.join(known.to_stamp)} {many} done by psql, and not recorded"
    if known.begun:
        return f"psql did only a part of {known.begun}"
    if refused := plan.refusals.first:
        return refused
    return f"{waiting_ids(plan)} not run yet"


def stuck(plan: Plan) -> str:
    """Why no revision can run; "" where nothing is known against it."""
    return plan.run.stuck.why if plan.run and plan.run.stuck else ""


def _unrecorded(plan: Plan) -> Unrecorded:
    return plan.run.unrecorded if plan.run else NOTHING_UNRECORDED


def waiting_ids(plan: Plan) -> str:
    """The revisions that wait to be run, in the order in which they are to run, and the verb."""
    first = ", ".join(plan.waiting[:_NAMED])
    more = f" and {len(plan.waiting) - _NAMED} more" if len(plan.waiting) > _NAMED else ""
    return f"{first}{more} {'has' if len(plan.waiting) == 1 else 'have'}"


def _preceded(plan: Plan) -> Waiting | None:
    return next((item.precedes for item in plan.repairable if item.precedes), None)


def approval(plan: Plan) -> str:
    """What `--approve` takes to have as much written as it may without a person's word."""
    # What is merely possible, and what is a choice, is approved by name only.
    sure = any(i.needs_an_answer for i in plan.repairable)
    named = [i.id for i in plan.repairable if not i.is_choice]
    return "all" if sure or not named else named[0]


def approvals(plan: Plan, ids: Collection[str]) -> tuple[str, ...]:
    """What `--approve` takes to have these items written and no other; by rules where that does."""
    whole = approval(plan)
    if {i.id for i in plan.repairable if approves(whole, i)} == set(ids):
        return (whole,)
    chosen: dict[str, list[str]] = {}
    for item in plan.repairable:
        if item.id in ids:
            chosen.setdefault(item.finding.rule, []).append(item.id)
    return tuple(word for rule, some in chosen.items() for word in _shortest(plan, rule, some))


def _shortest(plan: Plan, rule: str, ids: list[str]) -> list[str]:
    meant = {i.id for i in plan.repairable if approves(rule, i)}
    return [rule] if meant == set(ids) else ids


def acceptance(items: Iterable[Item]) -> str:
    """The options without which `generate` refuses these items; "" where there are none."""
    return as_options(sorted({hazard for item in items for hazard in to_accept(item)}))


def _beside_others(company: Company, *, manual: bool) -> str:
    match company.fate:
        case Fate.SETTLED if manual:
            return "Leave the model as it is if the others are repaired: the database then agrees."
        case Fate.LATER if manual:
            return "Once the others are repaired it can be, too: `--approve all` writes that later."
        case Fate.LATER:
            does = "goes into a later revision, planned on what the others leave"
        case Fate.SETTLED:
            does = "is settled by one of the others"
        case Fate.NOT_WRITTEN:
            does = f"is not written: {company.reason}"
    return f"It meets other repairs on one key, sequence or index. If all are approved, it {does}."
