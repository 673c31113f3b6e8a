"""How a plan on the terminal ends: what was found in numbers, and the next command."""

import shlex
from collections.abc import Iterator

from remediate.findings.remedy import Remedy
from remediate.plans.approval import approves
from remediate.plans.plan import Plan
from remediate.plans.urgency import most_urgent_first
from remediate.render import locks, order
from remediate.render.lines import wrapped
from remediate.render.style import Style
from remediate.rules import rule_of
from remediate.system import invocation
from remediate.system.words import counted


def summary(plan: Plan) -> str:
    """What is to be done, in numbers; where nothing is found, that, and of what."""
    if not plan.items:
        return nothing(plan)
    chosen = len(plan.choices)
    repairable = len(plan.repairable) - chosen
    by_hand = len(plan.items) - repairable - chosen
    told = [f"{repairable:,} to repair"]
    told += [f"{chosen:,} to decide"] if chosen else []
    told += [f"{by_hand:,} by hand"] if by_hand else []
    return f"Plan: {', '.join(told)}.{_stall(plan)} Nothing was changed."


def _stall(plan: Plan) -> str:
    """For how long the repairs keep others waiting, as far as that is known; " " before it."""
    proposals = [i.remedy for i in plan.repairable if not i.is_choice]
    remedies = [one for one in proposals if isinstance(one, Remedy)]
    return f" {locks.stall_in_short(remedies)}" if remedies else ""


def validity(plan: Plan) -> str:
    """For what the plan holds; "" where no database was read, or nothing is found."""
    of_database = plan.items and plan.database.version
    return "Valid only for this database as it is now." if of_database else ""


def nothing(plan: Plan) -> str:
    """That nothing is found, and of what."""
    if plan.unverified:
        return "Nothing found in what could be read."
    secrets = "No secret was found in URLs, named passwords, SQL and files of settings."
    return secrets if _of_secrets(plan) else "Nothing to repair."


def healthy(plan: Plan) -> str:
    """The same, and in how many tables and models that was looked for."""
    read = [counted(plan.tables, "table")] if plan.tables else []
    read += [counted(plan.model_tables, "model")] if plan.model_tables else []
    looked = f" Read: {' and '.join(read)}." if read else ""
    return f"{nothing(plan)}{looked}"


def next_commands(plan: Plan, style: Style) -> Iterator[str]:
    """The commands to run next: first the page of the most urgent finding, where there is one."""
    if plan.items:
        yield f"Why:   remediate explain {most_urgent_first(plan)[0].finding.rule}"
    if plan.repairable and style.saved_as:
        yield f"Next:  remediate review {shlex.quote(style.saved_as)}"
    elif plan.heads is not None and order.stuck(plan):
        yield f"Next:  correct the revisions, then: {invocation.remediate('plan')}"
        yield from wrapped(f"({order.why_first(plan)})", " " * 7, width=style.width)
    elif (known := plan.refusals).first and order.upgrade_first(plan) == order.on_refused(known):
        yield from _refused(plan, invocation.upgrade(len(plan.tips)), style.width)
    elif plan.repairable and plan.heads is not None and plan.reviewers > 1:
        yield f"Next:  {invocation.remediate('plan --save plan.json')}   (several must approve)"
    elif plan.repairable and plan.heads is not None:
        chosen_only = len(plan.choices) == len(plan.repairable)
        yield from _review(style.width) if chosen_only else _generate(plan, style.width)
    elif plan.repairable:
        yield "Next:  run it inside the Alembic project: remediate generate"
    else:
        yield _without_repair(plan)


def _refused(plan: Plan, upgrade: str, width: int) -> Iterator[str]:
    """What to do where a revision that waits refuses this database, and why."""
    if plan.refusals.values:
        yield f"Next:  correct these values, then: {upgrade}"
    else:
        again = order.generate(plan) if plan.repairable else invocation.remediate("plan")
        yield from wrapped(plan.refusals.anew, "Next:  ", width=width)
        yield f"Then:  {again}"
    yield from wrapped(f"({order.why_first(plan)})", " " * 7, width=width)
    if not plan.refusals.values:
        ran = "Where another database has run it, let this one be as it expects, then:"
        yield from wrapped(f"{ran} {upgrade}", " " * 7, width=width)


def _without_repair(plan: Plan) -> str:
    """The next command where nothing can be repaired by a revision."""
    if alone := plan.run.alone if plan.run else "":
        what, option = _ALONE[alone]
        again = f"change {what}, then: {invocation.remediate(f'check {option}')}"
        return f"Next:  {again if plan.items else invocation.remediate('check')}"
    if plan.waiting and (first := order.upgrade_first(plan)):
        return f"Next:  {first}   ({order.why_first(plan)})"
    if any(rule_of(item.finding.rule).patches_models for item in plan.items):
        return f"Next:  {invocation.remediate('models')}   (prints the patches, changes nothing)"
    if plan.items:
        return f"Next:  decide what is to be done by hand, then: {invocation.remediate('plan')}"
    return f"Next:  {invocation.remediate('plan -v')}   (every key, and why it is healthy)"


# What a check looks at without a database, and its option: what comes next needs none either.
_ALONE = {
    "secrets": ("the passwords", "--secrets"),
    "models": ("the models", "--models-only"),
    "revisions": ("the revisions", "--versions-only"),
}


def _of_secrets(plan: Plan) -> bool:
    return plan.run is not None and plan.run.alone == "secrets"


def _generate(plan: Plan, width: int) -> Iterator[str]:
    """The command that writes all that it may, and what it asks for besides."""
    what, command = order.approval(plan), order.generate(plan)
    if upgrade := order.upgrade_first(plan):
        yield f"Next:  {upgrade}   ({order.why_first(plan)})"
        yield f"Then:  {command}"
    else:
        yield from _review(width)
        yield f"Fast:  {command}"
    if accepted := order.acceptance(i for i in plan.items if approves(what, i)):
        yield f"       with what their notes ask you to accept: {accepted}"


def _review(width: int) -> Iterator[str]:
    """The calm way: each item is read and decided about, and the decisions stay in a file."""
    saved = f"Next:  {invocation.remediate('plan --save plan.json')}"
    review = "remediate review plan.json"
    if len(f"{saved} && {review}") <= width:
        yield f"{saved} && {review}"
    else:
        yield from (saved, f"       {review}")
