"""A triage for the terminal, and as versioned JSON."""

import glob
import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from remediate.findings.remedy import Remedy
from remediate.logs.files import LONGEST_LINE
from remediate.logs.meanings import MEANINGS
from remediate.logs.ranking import FORMAT, Explained, Group, Triage
from remediate.plans.impact_document import flow_as_json
from remediate.plans.plan import Item, Plan
from remediate.postgres.sql import commented
from remediate.render import flows, order
from remediate.render.lines import WIDTH, wrapped
from remediate.render.server_error import place_of
from remediate.system import invocation
from remediate.system.paths import shown
from remediate.system.words import counted

_MANY = 8  # findings in one command; more are approved by their rules
_NAMED = 8  # repairs that the command leaves
_SHOWN = 12  # places in each part of the text
_INDENT = " " * 6


def render(triage: Triage, format_: str, *, quiet: bool = False) -> str:
    """The triage in one of the formats; quiet, its text has a line for each error, or is empty."""
    if format_ == "json":
        return _json(triage)
    return "\n".join(_quietly(triage) if quiet else _text(triage))


def _quietly(triage: Triage) -> Iterator[str]:
    for entry in triage.explained:
        error, group = entry.group.error, entry.group
        place, found = place_of(error), [i.finding.rule for i in entry.items if entry.is_sure]
        why = f" ({', '.join(dict.fromkeys(found))})" if found else ""
        told = f"{error.sqlstate or 'ORM'}  {place or 'table not named'}"
        last = f", last {group.last}" if group.last else ""
        yield commented(f"{told}  {counted(group.count, 'time')}{last}{why}")
    if untold := triage.tally.untold:
        lines = counted(untold, "line")
        yield f"{lines} with an error that remediate could not recognise: log the SQLSTATE (%e)"


def command(triage: Triage) -> list[str]:
    """The words of the next command, a piece being what stays on one line."""
    plan, items = triage.plan, triage.urgent
    if plan is None or not items:
        tables = dict.fromkeys(
            t for e in triage.with_finding or triage.explained for t in _tables(e)
        )
        words = [f"--table {shlex.quote(glob.escape(t))}" for t in tables if t and t.isprintable()][
            :3
        ]
        return [invocation.remediate("plan"), *words]
    places = dict.fromkeys(i.finding.place.table for i in items)
    first = [f"--first {shlex.quote(order.pattern(place, plan))}" for place in places if place]
    approvals = [f"--approve {shlex.quote(what)}" for what in _approved(items)]
    engine = [f"--engine {plan.engine}"] if plan.engine else []
    meant = replace(plan, items=items)
    placed = filter(None, [order.placement(meant).strip(), order.backup(meant).strip()])
    words = [*first, *approvals, '--reviewer "Your Name"', *engine, *placed]
    return [invocation.remediate(f"generate {words[0]}"), *words[1:]]


def _approved(items: Sequence[Item]) -> list[str]:
    """What is approved of them: each by its id, or many by their rules, but for choices."""
    many = len(items) > _MANY
    named = (i.finding.rule if many and not i.is_choice else i.finding.id for i in items)
    return [*dict.fromkeys(named)]


def _tables(entry: Explained) -> list[str]:
    """The table of an error, or those of the findings that it may mean."""
    places = [item.finding.place.table for item in entry.items if entry.guessed]
    return [place.name for place in places if place] or [entry.group.error.table]


def _text(triage: Triage) -> Iterator[str]:
    yield from _header(triage)
    if not triage.explained and not triage.elsewhere:
        yield "\nThese logs have no error of a key or a reference."
    if triage.plan is None:
        yield from _section("Most often met", triage.explained)
    else:
        yield from _section("Repair in this order", triage.with_finding)
        yield from _section("No finding explains these", triage.without)
        yield from _elsewhere(triage.elsewhere, triage.plan)
        yield from _flows(triage, triage.plan)
    yield ""
    yield from _next(triage)


def _header(triage: Triage) -> Iterator[str]:
    tally = triage.tally
    names = ", ".join("standard input" if log == "-" else shown(log) for log in tally.logs)
    yield from wrapped(f"{names}   {counted(tally.lines, 'line')}", "Logs      ")
    known = triage.errors
    others = f"; {tally.others:,} others" if tally.others else ""
    yield f"Errors    {known:,} of keys and references{others}"
    if tally.since:
        without = f"; {tally.timeless:,} of them without a time" if tally.timeless else ""
        earlier = f"; {tally.earlier:,} earlier ones left out" if tally.earlier else ""
        yield from wrapped(f"since {tally.since}{without}{earlier}", "          ")
    if tally.own:
        yield f"          {counted(tally.own, 'error')} of remediate's own statements left out"
    if tally.untold:
        yield from wrapped(
            f"{counted(tally.untold, 'line')} with an error that remediate could not recognise, "
            "in a language that it does not know. Log the SQLSTATE too (%e in "
            "log_line_prefix), or as jsonlog.",
            "          ",
        )
    if tally.cut:
        yield from wrapped(
            f"{counted(tally.cut, 'line')} longer than {LONGEST_LINE:,} bytes, and only the "
            "beginning was read. Log one message a line.",
            "          ",
        )
    if triage.plan is not None:
        database = triage.plan.database
        yield (
            f"Database  {database.host}/{database.name}   "
            f"PostgreSQL {database.version_text}   (read only)"
        )


def _section(title: str, entries: Sequence[Explained]) -> Iterator[str]:
    if entries:
        yield f"\n{title}"
    for number, entry in enumerate(entries[:_SHOWN], 1):
        yield ""
        yield from _entry(number, entry)
    if (more := len(entries) - _SHOWN) > 0:
        yield f"\n{_INDENT}and {more:,} more, met less often: remediate triage -f json"


def _entry(number: int, entry: Explained) -> Iterator[str]:
    error, group = entry.group.error, entry.group
    sure = entry.items and not entry.guessed
    place = str(entry.items[0].finding.place) if sure else place_of(error)
    if place == "database":
        place = place_of(error)
    many = counted(group.count, "time")
    yield from wrapped(
        commented(f"{error.sqlstate or 'ORM'}  {place or 'table not named'}   {many}"),
        f"{number:>3}.  ",
    )
    name = f": {commented(error.name)}" if error.name else ""
    yield from wrapped(f"{MEANINGS[error.kind].title}{name}", _INDENT)
    if group.first:
        until = f" to {group.last}" if group.last != group.first else ""
        yield f"{_INDENT}{group.first}{until}"
    if entry.guessed:
        yield f"{_INDENT}the log does not name the table; findings that fit:"
    for item in entry.items[:3]:
        yield from wrapped(_finding(item, place), f"{_INDENT}-> ")
    if (more := len(entry.items) - 3) > 0:
        table = f" --table {commented(error.table)}" if error.table else ""
        yield f"{_INDENT}   and {more:,} more: remediate plan{table}"
    if entry.reason:
        yield from wrapped(f"no finding: {entry.reason}", _INDENT)


def _finding(item: Item, place: str) -> str:
    """What explains an error, and where: unless that is the place of the error."""
    finding = item.finding
    there = "" if str(finding.place) == place else f" at {finding.place}"
    done = "can be repaired" if isinstance(item.remedy, Remedy) else "by hand"
    return f"{finding.rule} {finding.name}{there}: {finding.confidence}, {done}"


def _elsewhere(groups: Sequence[Group], plan: Plan) -> Iterator[str]:
    """Errors of other databases, by database."""
    if not groups:
        return
    yield f"\nIn other databases than {commented(plan.database.name)}, so not explained"
    for name in sorted({group.database for group in groups}):
        number = sum(group.count for group in groups if group.database == name)
        yield f"{_INDENT}{commented(name)}: {counted(number, 'error')}"


def _flows(triage: Triage, plan: Plan) -> Iterator[str]:
    """What users do, as the plan has it, each with how often these logs met its tables."""
    if plan.assessment.flows:
        yield ""
    met = {flow.name: triage.met(flow) for flow in plan.assessment.flows}
    yield from flows.summary(plan.assessment.flows, met=met)


def _next(triage: Triage) -> Iterator[str]:
    words = [commented(word) for word in command(triage)]
    plan = triage.plan
    if triage.urgent and plan is not None and plan.heads is None:
        yield "Run it inside the Alembic project."
    if plan is not None and (upgrade := _upgrade_first(triage)):
        yield f"First: {upgrade}   ({order.why_first(plan)})"
    if left := _left(triage):
        listed = ", ".join(item.id for item in left[:_NAMED])
        more = f" and {len(left) - _NAMED:,} more" if len(left) > _NAMED else ""
        text = f"{listed}{more}: not in the next command, to be approved by id later"
        yield from wrapped(commented(text), "Left:  ")
    line = f"Next:  {words[0]}"
    for word in words[1:]:
        if len(line) + len(word) + 3 > WIDTH:
            yield line + " \\"
            line = " " * 9
        line += f" {word}"
    yield line


def _left(triage: Triage) -> list[Item]:
    """The repairs that errors lead to and that the command does not approve."""
    approved = _approved(triage.urgent)
    later = triage.later if approved else ()
    return [item for item in later if item.finding.rule not in approved]


def _upgrade_first(triage: Triage) -> str:
    """The command without which `generate` refuses what is urgent, or that repairs it.

    "" where nothing waits.
    """
    if triage.plan is None or not (triage.urgent or triage.waits):
        return ""
    return order.upgrade_first(replace(triage.plan, items=triage.urgent))


def _json(triage: Triage) -> str:
    tally = triage.tally
    document = {
        "format": FORMAT,
        "logs": list(tally.logs),
        "lines": tally.lines,
        "errors": triage.errors,
        "other_errors": tally.others,
        "own_errors": tally.own,
        "untold_lines": tally.untold,
        "since": tally.since or None,
        "earlier_errors": tally.earlier,
        "errors_without_time": tally.timeless,
        "hits": triage.hits,
        "cut_lines": tally.cut,
        "database": triage.plan.database.name if triage.plan else None,
        "groups": [_group(entry) for entry in triage.explained],
        "elsewhere": [_group(Explained(group)) for group in triage.elsewhere],
        "first": _upgrade_first(triage) or None,
        "flows": [*_flows_as_json(triage)],
        "next": " ".join(command(triage)),
        "left": [item.id for item in _left(triage)],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _flows_as_json(triage: Triage) -> Iterator[dict[str, Any]]:
    for flow in triage.plan.assessment.flows if triage.plan else ():
        yield {**flow_as_json(flow), "met": triage.met(flow)}


def _group(entry: Explained) -> dict[str, Any]:
    error, group = entry.group.error, entry.group
    return {
        "sqlstate": error.sqlstate or None,
        "kind": error.kind.value,
        "schema": error.schema or None,
        "table": error.table or None,
        "column": error.column or None,
        "name": error.name or None,
        "model": error.model or None,
        "tables_read": list(error.others),
        "database": group.database or None,
        "count": group.count,
        "in_server_logs": group.in_server_logs,
        "in_application_logs": group.in_application_logs,
        "first": group.first or None,
        "last": group.last or None,
        "table_told": not entry.guessed,
        "findings": [item.finding.id for item in entry.items],
        "repairable": any(isinstance(item.remedy, Remedy) for item in entry.items),
        "reason": entry.reason or None,
    }
