"""A plan for the terminal: 80 columns, readable without colour."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.analysis import uses
from remediate.analysis.facts import in_words
from remediate.analysis.uses import UseFacts
from remediate.findings.facts import part_of
from remediate.findings.finding import Healthy, Severity, Unverified
from remediate.findings.remedy import Manual, Proposal, Remedy
from remediate.findings.selection import Ignored
from remediate.plans.origin_document import Origins
from remediate.plans.plan import Item, Plan, Revealed, Run
from remediate.plans.shapes import Shape, shapes
from remediate.postgres.sql import commented
from remediate.render import (
    alternatives,
    closing,
    divergence,
    flows,
    header,
    impact,
    locks,
    order,
    origins,
    tenants,
)
from remediate.render.evidence import evidence, psql
from remediate.render.item import heading, labelled, notes, of_model
from remediate.render.lines import each_wrapped, sides, sql, wrapped
from remediate.render.style import PLAIN, Style
from remediate.rules.models.table_missing import TableMissingFacts

_COLORS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.INFO: "36;1"}

_LISTED = 20  # places of which the same is not known
_NAMED = 3  # tables for which the same right lacks


def render(plan: Plan, style: Style = PLAIN) -> str:
    """The whole plan; its last line is the next command to run."""
    lines = [] if style.quiet else [*header.lines(plan), ""]
    for group in _groups(plan.items):
        lines += [*_group(group, style, plan.origins), ""]
    if plan.revealed:
        lines += ["Found only once these are repaired", *_revealed(plan.revealed), ""]
    if plan.unverified:
        lines += ["Not verified", *_unverified(plan.unverified), ""]
    lines += _lacking(plan.run)
    lines += () if style.quiet else _new_database(plan)
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
        risk += flows.summary(plan.assessment.flows, verbose=style.verbose)
        lines += [*risk, ""] if risk else []
        lines += [*closing.summary(plan), "", *closing.next_commands(plan, style.saved_as)]
    return "\n".join(lines)


def _groups(items: Iterable[Item]) -> Iterable[list[Shape]]:
    groups: dict[tuple[object, ...], list[Shape]] = {}
    for shape in shapes(items):
        groups.setdefault(_kind(shape), []).append(shape)
    return groups.values()


def _kind(shape: Shape) -> tuple[object, ...]:
    """Items that differ in nothing but the place are shown under one heading."""
    finding = shape.first.finding
    return (
        finding.rule, finding.severity, finding.confidence, shape.predicate,
        isinstance(shape.first.remedy, Manual),
    )  # fmt: skip


def _group(group: list[Shape], style: Style, known: Origins) -> Iterator[str]:
    items = [item for shape in group for item in shape.items]
    finding = items[0].finding
    count = f"{len(items):,} times" if len(items) > 1 else ""
    severity = style.paint(finding.severity.value, _COLORS[finding.severity])
    yield f"{heading(finding, severity)}   {count}".rstrip()
    yield from _wrapped(group[0].predicate, "  ")
    yield ""
    reasons = {s.repair for s in group if isinstance(s.first.remedy, Manual)}
    shared = reasons.pop() if len(items) > 1 and len(reasons) == 1 else ""
    for schemas, alike in tenants.by_schemas(group):
        yield from tenants.heading(schemas, verbose=style.verbose)
        for shape in alike:
            yield from _shape(shape, style, reason_below=bool(shared))
    if shared:
        yield ""
        yield from each_wrapped(f"by hand: {shared}", "  ! ")
    found = (part_of(item.finding.facts, UseFacts) for item in items)
    if unused := uses.unused([facts for facts in found if facts]):
        yield ""
        yield from _wrapped(unused, "  ")
    proposals = [i.remedy for i in items if isinstance(i.remedy, Proposal)]
    if proposals:
        yield ""
        yield from _common(proposals)
    yield from _causes(items, known, blank=not proposals)
    for sentence in origins.sentences(items, known):
        yield from labelled("from", sentence)
    yield from alternatives.of_group(items) if style.verbose else ()


def _shape(shape: Shape, style: Style, *, reason_below: bool) -> Iterator[str]:
    item = shape.first
    finding = item.finding
    if str(finding.place) != "database":
        yield from sides(f"  {commented(shape.place)}", of_model(finding))
    by_hand = isinstance(item.remedy, Manual)
    if not (by_hand and reason_below):
        text = f"by hand: {shape.repair}" if by_hand else shape.repair
        yield from each_wrapped(text, "    ! " if by_hand else "    + ")
    for sentence in order.sentences(item):
        yield from _wrapped(sentence, "    ", "! ")
    if (used := part_of(finding.facts, UseFacts)) and used.used_at:
        yield from _wrapped(uses.summary(used), "    ", "  ")
    if missing := part_of(finding.facts, TableMissingFacts):
        for statement in missing.grants:
            yield from _wrapped(f"{statement};", "    ", "  ")
    if style.verbose:
        yield from tenants.example(shape)
        yield from _wrapped(evidence(finding), "    ", "  ")
        yield from sql(psql(finding), "      ")


def _common(proposals: Sequence[Proposal]) -> Iterator[str]:
    """What holds for every item of a group, once."""
    remedies = [one for one in proposals if isinstance(one, Remedy)]
    if len(remedies) == len(proposals):
        yield from labelled("lock", locks.of_each(remedies))
    else:  # of a plan file, which holds what each step locks
        yield from labelled("lock", locks.of_steps([s for p in proposals for s in p.all_steps]))
    for undo in sorted({one.undo for one in proposals}):
        yield from labelled("undo", undo)
    yield from notes(sorted({hazard for one in proposals for hazard in one.hazards}))


def _causes(items: list[Item], known: Origins, *, blank: bool) -> Iterator[str]:
    """What most likely made it, once for each cause; what the catalog does not tell is left out."""
    for cause, met in origins.causes(items, known).items():
        first = met[0]
        if blank:
            yield ""
            blank = False
        many = f" ({len(met)} of {len(items)})" if len(met) < len(items) else ""
        alike = len({one.cause_evidence for one in met}) == 1
        example = f"{'' if alike else 'for example '}{first.cause_evidence}"
        yield from labelled("cause", f"{cause}{many}: {example}")
        yield from labelled("avoid", first.prevention)


def _places(entries: Iterable[Healthy]) -> Iterator[str]:
    for entry in entries:
        yield from _wrapped(f"{entry.place}: {entry.reason}", "  ")


def _ignored(entries: Iterable[Ignored]) -> Iterator[str]:
    for entry in entries:
        yield from _wrapped(f"{entry.what}: {entry.reason}", "  ")


def _revealed(entries: Iterable[Revealed]) -> Iterator[str]:
    for entry in entries:
        yield from _wrapped(f"{entry.rule} {entry.message}", "  ")
        if entry.repair:
            yield from _wrapped(f"{entry.repair}; `--approve all` writes it too", "    ", "+ ")
        else:
            yield from _wrapped("not repaired by them: plan again then", "    ", "! ")


def _unverified(entries: Iterable[Unverified]) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        alike.setdefault((entry.reason, entry.verify), []).append(str(entry.place))
    for (reason, verify), places in alike.items():
        more = [f"{len(places) - _LISTED} more"] if len(places) > _LISTED else []
        yield from _wrapped(f"{in_words([*places[:_LISTED], *more])}: {reason}", "  ")
        yield from _statement(verify)


def _statement(text: str) -> Iterator[str]:
    """A query of several lines keeps them: it is for psql."""
    first, *more = text.splitlines() or [""]
    if more:
        yield f"    ? {commented(first)}"
        yield from (f"      {commented(line)}" for line in more)
    else:
        yield from _wrapped(first, "    ", "? ")


def _lacking(run: Run | None) -> Iterator[str]:
    """What the role that was connected may not do; whoever migrates may be another."""
    if not run or not run.lacking:
        return
    yield f"Rights that the role {run.role} lacks for these repairs (42501)"
    for lack in run.lacking:
        more = [f"{len(lack.tables) - _NAMED} more"] if len(lack.tables) > _NAMED else []
        tables = in_words([*(commented(str(name)) for name in lack.tables[:_NAMED]), *more])
        yield from _wrapped(f"{tables}: {lack.reason}", "  ")
        yield from _wrapped(lack.grant, "    ", "? ")
    yield ""


def _new_database(plan: Plan) -> Iterator[str]:
    """What the upgrade of one meets; nothing where it meets what is here."""
    if apart := [*divergence.sentences(plan.divergences.values())]:
        yield "A new database"
        for text in apart:
            yield from _wrapped(text, "  ")
        yield ""


def _wrapped(text: str, start: str, mark: str = "") -> list[str]:
    """Further lines stand under the text, beside the mark."""
    return wrapped(mark + text, start, len(start) + len(mark))
