"""The state of a database for the terminal, and as versioned JSON."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from remediate.findings.effects import Aim
from remediate.plans.criteria import Criterion, Met
from remediate.plans.status import FORMAT, Found, Inserting, Phase, Status
from remediate.postgres.sql import commented
from remediate.render import flows, header, impact, order
from remediate.render.lines import sides, wrapped
from remediate.system import invocation
from remediate.system.words import counted

_MARKS = {Met.YES: "ok", Met.NO: "NOT OK", Met.UNKNOWN: "?"}
_INDENT = 8
_NAMED = 20  # what speaks against a criterion, with -v


def render(status: Status, format_: str, *, verbose: bool = False) -> str:
    """For a person, or for a program."""
    return _json(status) if format_ == "json" else "\n".join(_text(status, verbose=verbose))


def _text(status: Status, *, verbose: bool) -> Iterator[str]:
    yield from header.lines(status.plan)
    if status.scope:
        yield f"Only      {status.scope}: other tables are not covered"
    yield ""
    for one in status.criteria:
        yield from _criterion(one, verbose=verbose)
    yield ""
    yield from _counts(status)
    yield from _scores(status.phases)
    if left := impact.uncounted(status.plan):
        yield f"{'':10}{left}"
    yield from flows.summary(status.plan.assessment.flows, verbose=verbose)
    yield ""
    yield f"Next:  {_next(status)}"


def _criterion(one: Criterion, *, verbose: bool) -> Iterator[str]:
    count = f"{len(one.against):,}" if one.against and one.met is Met.NO else ""
    yield from sides(f"{_MARKS[one.met]:{_INDENT}}{one.aim}", count)
    if one.why and one.met is not Met.YES:
        yield from wrapped(one.why, " " * _INDENT)
    if verbose and one.met is not Met.YES:
        shown = one.against[:_NAMED]
        yield from (f"{'':{_INDENT}}- {commented(id_)}" for id_ in shown)
        if more := len(one.against) - len(shown):
            yield f"{'':{_INDENT}}  and {more:,} more: {invocation.remediate('plan')}"


def _counts(status: Status) -> Iterator[str]:
    plan, ignored = status.plan, len(status.plan.ignored)
    inserts = status.inserts
    known = "is" if inserts.tables == 1 else "are"
    number = f"{inserts.refusing:,} of {counted(inserts.tables, 'table')}"
    tables = "; ".join([f"{number} {known} known to refuse INSERT now", *_others(inserts)])
    yield from wrapped(tables, "Tables    ", 10)
    found = Found.of(plan)
    said = [f"{found.repairable:,} to repair", f"{found.by_hand:,} by hand"]
    said += [f"{found.to_decide:,} to decide about"] if found.to_decide else []
    said += [f"{found.decided:,} decided without a repair"] if found.decided else []
    also = f"; ignored with a reason: {ignored:,}" if ignored else ""
    yield from wrapped(f"{', '.join(said)}{also}", "Found     ", 10)


def _others(inserts: Inserting) -> Iterator[str]:
    """What INSERT meets in other tables."""
    for number, one, several in (
        (inserts.spoiling, "takes rows that it should not", "take rows that they should not"),
        (inserts.of_models, "refuses the INSERT of its model", "refuse the INSERT of their models"),
        (inserts.orphaned, "needs a row of such a table", "need a row of such a table"),
        (inserts.doubtful, "is likely to refuse it", "are likely to refuse it"),
        (inserts.failing, "will refuse it soon", "will refuse it soon"),
        (inserts.unknown, "not verified", "not verified"),
    ):
        if number:
            yield f"{number:,} {one if number == 1 else several}"


def _scores(phases: tuple[Phase, ...]) -> Iterator[str]:
    for phase in phases:
        label = "Score" if not phase.expected else ""
        done = [counted(phase.repairs, "repair")] if phase.repairs else []
        done += [counted(phase.decisions, "decision")] if phase.decisions else []
        done += [counted(phase.models, "column") + " of models"] if phase.models else []
        what = f" ({', '.join(done)})" if done else ""
        expected = "expected " if phase.expected else ""
        left = f"{phase.found:,} {'left' if phase.expected else 'found'}"
        text = f"{phase.score:3} of 100  {expected}{phase.name}{what}: {left}"
        yield from wrapped(text, f"{label:10}", 22)


def _next(status: Status) -> str:
    """The command for the first criterion that is not met."""
    failing = [one for one in status.criteria if one.met is Met.NO]
    if failing:
        return command(failing[0], status)
    unknown = any(one.met is Met.UNKNOWN for one in status.criteria)
    return invocation.remediate("plan -v" if unknown else "verify --probe")


_COMMANDS = {
    Aim.MODELS_AGREE: "models",
    Aim.TABLES_EXIST: "plan --save plan.json",
    Aim.COMPARISON_CLEAN: "audit --section autogenerate",
    Aim.ALL_KNOWN: "check",
}


def command(one: Criterion, status: Status) -> str:
    """What leads on from a criterion that is not met."""
    plan = status.plan
    if one.aim is Aim.AT_HEAD:
        return order.upgrade_first(plan) or invocation.upgrade(len(plan.tips))
    if one.aim in _COMMANDS:
        return invocation.remediate(_COMMANDS[one.aim])
    if one.approvable and plan.heads is not None:
        # generate refuses before that
        return order.upgrade_first(plan) or invocation.remediate(_repair(one, status))
    return invocation.remediate("plan")


def _repair(one: Criterion, status: Status) -> str:
    """What approves or writes its repairs."""
    if status.reviewed:
        what = "review" if status.plan.unreviewed else "generate"
        return f"{what} {shlex.quote(status.reviewed)}"
    if status.plan.reviewers > 1:
        return "plan --save plan.json"
    return f'generate --approve {one.approvable} --reviewer "Your Name"'


def _json(status: Status) -> str:
    plan = status.plan
    document = {
        "format": FORMAT,
        "database": {"name": plan.database.name, "host": plan.database.host},
        "heads": None if plan.heads is None else list(plan.heads),
        "scope": status.scope or None,
        "met": status.met,
        "criteria": [_as_json(one, status) for one in status.criteria],
        "tables": plan.tables,
        **asdict(status.inserts),
        **asdict(Found.of(plan)),
        "ignored": len(plan.ignored),
        "unverified": len(plan.unverified),
        "phases": [asdict(phase) for phase in status.phases],
        "flows": [
            {"name": flow.name, "state": flow.state.value, "reasons": list(flow.reasons)}
            for flow in plan.assessment.flows
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _as_json(one: Criterion, status: Status) -> dict[str, Any]:
    return {
        "id": one.aim.name.lower().replace("_", "-"),
        "criterion": one.aim.value,
        "met": one.met.value,
        "count": len(one.against),
        "against": list(one.against),
        "why": one.why,
        "next": command(one, status) if one.met is Met.NO else "",
    }
