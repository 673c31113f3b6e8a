"""How a plan on the terminal ends: what was found in numbers, and the next command."""

import shlex
from collections.abc import Iterator

from remediate.plans.approval import approves
from remediate.plans.plan import Plan
from remediate.render import order
from remediate.render.lines import wrapped
from remediate.rules import rule_of
from remediate.system import invocation


def summary(plan: Plan) -> Iterator[str]:
    """What was found, in numbers."""
    count, chosen = len(plan.items), len(plan.choices)
    repairable = len(plan.repairable) - chosen
    if not count:
        yield nothing(plan)
    else:
        by_hand = count - repairable - chosen
        manual = f", {by_hand} by hand" if by_hand else ""
        manual += f", {chosen} to decide about" if chosen else ""
        yield f"{count} found: {repairable} can be repaired{manual}. Nothing was changed."
        if plan.database.version:
            yield "This plan is for this database at this moment."


def nothing(plan: Plan) -> str:
    """That nothing is found, and of what."""
    if plan.unverified:
        return "Nothing found in what could be read."
    secrets = "No secret was found in URLs, named passwords, SQL and files of settings."
    return secrets if _of_secrets(plan) else "Nothing to repair."


def next_commands(plan: Plan, saved_as: str) -> Iterator[str]:
    """The commands to run next; `saved_as` is the file in which the plan is, for review."""
    if plan.items:
        yield f"Why:   remediate explain {plan.items[0].finding.rule}"
    if plan.repairable and saved_as:
        yield f"Next:  remediate review {shlex.quote(saved_as)}"
    elif plan.heads is not None and order.stuck(plan):
        yield f"Next:  mend the revisions, then: {invocation.remediate('plan')}"
        yield from wrapped(f"({order.why_first(plan)})", " " * 7)
    elif (known := plan.refusals).first and order.upgrade_first(plan) == order.on_refused(known):
        yield from _refused(plan, invocation.upgrade(len(plan.tips)))
    elif plan.repairable and plan.heads is not None and plan.reviewers > 1:
        yield f"Next:  {invocation.remediate('plan --save plan.json')}   (several must approve)"
    elif plan.repairable and plan.heads is not None:
        yield from _generate(plan) if len(plan.choices) < len(plan.repairable) else _choose()
    elif plan.repairable:
        yield "Next:  run it inside the Alembic project: remediate generate"
    else:
        yield _without_repair(plan)


def _refused(plan: Plan, upgrade: str) -> Iterator[str]:
    """What to do where a revision that waits refuses this database, and why."""
    if plan.refusals.values:
        yield f"Next:  mend these values, then: {upgrade}"
    else:
        again = order.generate(plan) if plan.repairable else invocation.remediate("plan")
        yield from wrapped(plan.refusals.anew, "Next:  ")
        yield f"Then:  {again}"
    yield from wrapped(f"({order.why_first(plan)})", " " * 7)
    if not plan.refusals.values:
        ran = "Where another database has run it, let this one be as it expects, then:"
        yield from wrapped(f"{ran} {upgrade}", " " * 7)


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


def _generate(plan: Plan) -> Iterator[str]:
    """The command that writes all that it may, and what it asks for besides."""
    what, command = order.approval(plan), order.generate(plan)
    if upgrade := order.upgrade_first(plan):
        yield f"Next:  {upgrade}   ({order.why_first(plan)})"
        yield f"Then:  {command}"
    else:
        yield f"Next:  {command}"
    if accepted := order.acceptance(i for i in plan.items if approves(what, i)):
        yield f"       with what their notes ask you to accept: {accepted}"


def _choose() -> Iterator[str]:
    """Where nothing is left but choices: each wants a look of its own."""
    yield f"Next:  {invocation.remediate('plan --save plan.json')}"
    yield "       then decide about each: remediate review plan.json"
