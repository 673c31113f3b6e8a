"""A plan for the terminal: 80 columns, readable without colour."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remediate.analysis.causes import Cause
from remediate.analysis.facts import query_of
from remediate.findings.facts import facts_as_json, part_of
from remediate.findings.finding import Confidence, Finding, Healthy, Severity, Unverified
from remediate.findings.remedy import HAZARD_TEXT, Hazard, Manual, Remedy
from remediate.findings.selection import Ignored
from remediate.plans.plan import Item, Plan
from remediate.postgres.sql import commented
from remediate.render import impact, locks
from remediate.render.lines import sides, wrapped
from remediate.rules import rule_of
from remediate.system.paths import shown

_COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.INFO: "36;1"}


@dataclass(frozen=True, slots=True)
class Style:
    """How much to show, and whether in colour."""

    color: bool = False
    verbose: bool = False
    quiet: bool = False
    saved_as: str = ""  # the file in which the plan is, for review

    def paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.color else text


def render(plan: Plan, style: Style = Style()) -> str:
    """The whole plan; its last line is the next command to run."""
    lines = [] if style.quiet else [*_header(plan), ""]
    for group in _groups(plan.items):
        lines += [*_group(group, style), ""]
    if plan.unverified:
        lines += ["Not verified", *_unverified(plan.unverified), ""]
    left_out = (*map(str, plan.left_out), *plan.left_out_columns)
    if style.verbose and left_out:
        places = [f"  {commented(place)}" for place in left_out]
        lines += [f"Left out ({len(left_out)})", *places, ""]
    if style.verbose and plan.ignored:
        lines += [f"Ignored ({len(plan.ignored)})", *_ignored(plan.ignored), ""]
    if style.verbose and plan.healthy:
        lines += [f"Healthy ({len(plan.healthy)})", *_places(plan.healthy), ""]
    if not style.quiet:
        risk = [*impact.summary(plan, verbose=style.verbose)]
        lines += [*risk, *[""] * bool(risk), *_summary(plan), "", *_next(plan, style)]
    return "\n".join(lines)


def _header(plan: Plan) -> Iterator[str]:
    database = plan.database
    if not database.version:
        yield f"Project   {shown(plan.script_directory)}   (its files only, no database)"
        return
    yield (
        f"Database  {database.host}/{database.name}   "
        f"PostgreSQL {database.version_text}   (read only)"
    )
    if plan.heads is not None:
        at = ", ".join(plan.heads) or "no revision yet"
        engine = f"   {plan.engine}" * bool(plan.engine)
        yield f"Project   {shown(plan.script_directory)}{engine}   at {at}"
    tables = f"{plan.tables} table{'s' * (plan.tables != 1)}"
    yield f"Read      {tables} with a primary key in {plan.seconds:.1f} s"
    if plan.left_out_by:
        number, filters = len(plan.left_out), " and ".join(plan.left_out_by)
        tables = f"{number} table{'s' * (number != 1)}"
        columns = len(plan.left_out_columns)
        tables += f" and {columns} column{'s' * (columns != 1)}" * bool(columns)
        yield f"Left out  {tables}, by {filters} of this project's env.py"


def _groups(items: Iterable[Item]) -> Iterable[list[Item]]:
    groups: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        groups.setdefault(_kind(item), []).append(item)
    return groups.values()


def _kind(item: Item) -> tuple[object, ...]:
    """Items that differ in nothing but the place are shown under one heading."""
    finding = item.finding
    return (
        finding.rule, finding.severity, finding.confidence, _predicate(finding),
        isinstance(item.remedy, Manual),
    )  # fmt: skip


def _predicate(finding: Finding) -> str:
    return finding.message.removeprefix(f"{finding.place} ")


def _group(items: list[Item], style: Style) -> Iterator[str]:
    finding = items[0].finding
    count = f"{len(items)} times" if len(items) > 1 else ""
    severity = style.paint(finding.severity.value, _COLORS[finding.severity])
    head = f"{finding.rule} {finding.name}   {severity}, {finding.confidence}"
    yield f"{head}   {count}".rstrip()
    yield from _wrapped(_predicate(finding), "  ")
    yield ""
    reasons = {i.remedy.reason for i in items if isinstance(i.remedy, Manual)}
    shared = reasons.pop() if len(items) > 1 and len(reasons) == 1 else ""
    for item in items:
        yield from _item(item, style, said_below=bool(shared))
    if shared:
        yield ""
        yield from _wrapped(f"by hand: {shared}", "  ! ")
    remedies = [i.remedy for i in items if isinstance(i.remedy, Remedy)]
    if remedies:
        yield ""
        yield from _common(remedies)
    yield from _causes(items, blank=not remedies)


def _item(item: Item, style: Style, *, said_below: bool) -> Iterator[str]:
    finding = item.finding
    model = f"{finding.model.file}:{finding.model.line}" if finding.model else ""
    if str(finding.place) != "database":
        place = commented(str(finding.place))
        yield from sides(f"  {place}", model)
    if isinstance(item.remedy, Remedy):
        yield from _wrapped(f"+ {item.remedy.title}", "    ")
    elif not said_below:
        yield from _wrapped(f"! by hand: {item.remedy.reason}", "    ")
    if style.verbose:
        yield from _wrapped(f"  {evidence(finding)}", "    ")
        yield from (f"      {line}" for line in query_of(finding).splitlines())


def evidence(finding: Finding) -> str:
    """What the finding is made of, on one line."""
    values = facts_as_json(finding.facts)
    facts = {k: v for k, v in values.items() if k not in ("place", "query")}
    shown = {k: v for k, v in facts.items() if v not in (None, [], "", False)}
    return "; ".join(f"{key.replace('_', ' ')}: {_fact(value)}" for key, value in shown.items())


def _fact(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(".".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
    return str(value)


def _common(remedies: list[Remedy]) -> Iterator[str]:
    """What holds for every item of a group, said once."""
    hazards = sorted({hazard for remedy in remedies for hazard in remedy.hazards})
    yield from _wrapped(locks.of_each(remedies), "  lock  ")
    for undo in sorted({remedy.undo for remedy in remedies}):
        yield from _wrapped(undo, "  undo  ")
    for hazard in hazards:
        yield from _wrapped(f"{hazard}: {HAZARD_TEXT[Hazard(hazard)]}", "  note  ")


def _causes(items: list[Item], *, blank: bool) -> Iterator[str]:
    """What most likely made it, once for each cause; what the catalog does not tell is left out."""
    causes: dict[str, list[Cause]] = {}
    for item in items:
        known = part_of(item.finding.facts, Cause)
        if known and known.cause != "unknown":
            causes.setdefault(known.cause, []).append(known)
    for cause, met in causes.items():
        first = met[0]
        if blank:
            yield ""
            blank = False
        many = f" ({len(met)} of {len(items)})" if len(met) < len(items) else ""
        alike = len({one.cause_evidence for one in met}) == 1
        told = f"{cause}{many}: " + ("" if alike else "for example ") + first.cause_evidence
        yield from _wrapped(told, "  cause ")
        yield from _wrapped(first.prevention, "  avoid ")


def _places(entries: Iterable[Healthy]) -> Iterator[str]:
    for entry in entries:
        yield from _wrapped(f"{entry.place}: {entry.reason}", "  ")


def _ignored(entries: Iterable[Ignored]) -> Iterator[str]:
    for entry in entries:
        yield from _wrapped(f"{entry.what}: {entry.reason}", "  ")


def _unverified(entries: Iterable[Unverified]) -> Iterator[str]:
    for entry in entries:
        yield from _wrapped(f"{entry.place}: {entry.reason}", "  ")
        yield from _wrapped(f"? {entry.verify}", "    ")


def _summary(plan: Plan) -> Iterator[str]:
    found, repaired = len(plan.items), len(plan.repairable)
    if not found:
        yield (
            "Nothing to repair." if not plan.unverified else "Nothing found in what could be read."
        )
    else:
        manual = f", {found - repaired} by hand" if found > repaired else ""
        yield f"{found} found: {repaired} can be repaired{manual}. Nothing was changed."
        if plan.database.version:
            yield "This plan is for this database at this moment."


def _next(plan: Plan, style: Style) -> Iterator[str]:
    if plan.items:
        yield f"Why:   remediate explain {plan.items[0].finding.rule}"
    if plan.repairable and style.saved_as:
        yield f"Next:  remediate review {shlex.quote(style.saved_as)}"
    elif plan.repairable and plan.heads is not None:
        engine = f" --engine {plan.engine}" * bool(plan.engine)
        head = " --head HEAD" * (len(plan.heads) > 1)
        sure = any(i.finding.confidence is not Confidence.POSSIBLE for i in plan.repairable)
        # What is merely possible is approved by name only.
        what = "all" if sure else shlex.quote(plan.repairable[0].finding.id)
        yield f"Next:  remediate generate --approve {what} --reviewer NAME{engine}{head}"
    elif plan.repairable:
        yield "Next:  run it inside the Alembic project: remediate generate"
    elif any(rule_of(item.finding.rule).patches_models for item in plan.items):
        yield "Next:  remediate models   (prints the patches, changes nothing)"
    elif plan.items:
        yield "Next:  decide what is to be done by hand, then: remediate plan"
    else:
        yield "Next:  remediate plan -v   (every key, and why it is healthy)"


def _wrapped(text: str, start: str) -> list[str]:
    marked = text.startswith(("+ ", "! ", "? ", "  "))
    return wrapped(text, start, len(start) + 2 * marked)
