"""Risk and impact as text: a few lines below a plan, and a table in Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from remediate.analysis.facts import KeyFacts, rows_in
from remediate.findings.effects import When
from remediate.findings.facts import part_of
from remediate.findings.finding import Confidence, Finding
from remediate.plans.impact.graph import Cycle
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Plan
from remediate.plans.shapes import ALIKE, Shape, in_one, schema_of, shapes, without_schema
from remediate.postgres.filters import cell
from remediate.postgres.sql import quote, role_name
from remediate.render.lines import wrapped
from remediate.system import invocation

WORST = 5  # tables in the short form
_STARTS = "  "
_FAILS = {
    When.NOW: "fails now",
    When.SOON: "will fail",
    When.SOME_DAY: "may fail one day",
}


def summary(plan: Plan, *, verbose: bool) -> Iterator[str]:
    """The block below the findings; nothing where nothing is found, or no database was read."""
    if not plan.impacts or not plan.database.version:
        return
    assessment, worst = plan.assessment, _worst_of_tables(plan)
    counts = ", ".join(f"{n} {tier}" for tier, n in assessment.tiers.items())
    head = f"Risk      score {assessment.score} of 100 (100 is best): {counts}"
    yield from wrapped(head, "", hanging=10)
    alike = _alike(worst)
    shown = alike if verbose else alike[:WORST]
    for several in shown:
        yield from _worst(several)
        if verbose:
            yield from _details(several[0][0])
    if more := len(worst) - sum(map(len, shown)):
        yield f"  and {more:,} more, with the reasons: {invocation.remediate('plan -v')}"
    if by_accident := {i.table for i in plan.impacts.values() if i.consequences.by_accident}:
        have = "has" if len(by_accident) == 1 else "have"
        number = f"{len(by_accident):,} of these tables {have} rows"
        yield f"  {number}: an INSERT that brings its own id works"
    if verbose:
        yield from _order(plan)
    if left := uncounted(plan):
        yield f"  {left}"


def uncounted(plan: Plan) -> str:
    """What a score leaves out; "" where it leaves out nothing."""
    number = len(plan.unverified)
    return f"not counted: {number} that could not be verified" if number else ""


def _worst_of_tables(plan: Plan) -> list[tuple[Impact, Finding]]:
    """Of each table its worst finding, in the order of repair."""
    found = {item.finding.id: item.finding for item in plan.items}
    first: dict[object, tuple[Impact, Finding]] = {}
    for id_ in plan.assessment.repair_order:
        if id_ in found:
            one = plan.impacts[id_]
            first.setdefault(one.table or id_, (one, found[id_]))
    return [*first.values()]


def _alike(worst: Iterable[tuple[Impact, Finding]]) -> list[list[tuple[Impact, Finding]]]:
    """Those of which the same is said in several schemas together, at the place of the first."""
    found: dict[object, list[tuple[Impact, Finding]]] = {}
    for one, finding in worst:
        told = sentence(one, finding)
        said = without_schema(told, one.table.schema) if one.table else told
        found.setdefault((one.risk.tier, said), []).append((one, finding))
    return [
        part
        for several in found.values()
        for part in ([several] if len(several) >= ALIKE else [[one] for one in several])
    ]


def _worst(several: Sequence[tuple[Impact, Finding]]) -> list[str]:
    """The line of one table, or of those that are called the same in several schemas."""
    one, finding = several[0]
    said = sentence(one, finding)
    if len(several) > 1 and one.table:
        table, rest = one.table, said.removeprefix(str(one.table))
        schemas = [each.table.schema for each, _ in several if each.table]
        said = f"{quote(table.name)} in {len(schemas):,} schemas{rest}"
    return wrapped(f"{one.risk.tier:8}  {said}", _STARTS, 12)


def sentence(one: Impact, finding: Finding) -> str:
    """What users lose, where, and how much hangs on it."""
    if one.consequences.stops and one.table:
        said = f"{one.feature or 'INSERT'} {_fails(one.consequences.when, finding.confidence)}"
    elif one.spoils_now:
        said = f"{one.feature or 'INSERT'} stores what it should not"
    else:  # a feature does not fail because of what stops no INSERT
        said = f"{finding.name} ({one.feature})" if one.feature else finding.name
    depend = f"; {_depend(one)}" if one.affects.count else ""
    return f"{one.table or finding.place}: {said}{depend}"


def _fails(when: When, confidence: Confidence) -> str:
    """As sure as the finding is."""
    if confidence is Confidence.POSSIBLE:
        return "may fail"
    if confidence is Confidence.LIKELY and when is not When.SOME_DAY:
        return "probably fails"
    return _FAILS[when]


def _depend(one: Impact) -> str:
    number = one.affects.count
    return f"{number:,} table{'s depend' if number != 1 else ' depends'} on it"


def _details(one: Impact) -> Iterator[str]:
    known, risk = one.consequences, one.risk
    why = f"{risk.probability} x {risk.impact} = {risk.score}: {'; '.join(risk.why)}"
    yield from wrapped(why, " " * 12)
    for text in (known.broken, known.by_accident, known.to_come):
        if text:
            yield from wrapped(text, " " * 12)
    if one.affects.count:
        yield from wrapped(f"depend on it: {one.affects}", " " * 12)
    if one.features:
        yield from wrapped(f"with it fall: {', '.join(one.features)}", " " * 12)


def _order(plan: Plan) -> Iterator[str]:
    if len(plan.assessment.insertion_order) > 1:
        names = ", ".join(map(str, plan.assessment.insertion_order))
        yield from wrapped(f"insert in this order: {names}", _STARTS)
    for cycle in plan.assessment.cycles:
        yield from wrapped(cycle_sentence(cycle), _STARTS)


def cycle_sentence(cycle: Cycle) -> str:
    """The tables of a cycle, and how a first row gets in."""
    around = " and ".join(map(str, cycle.tables))
    if cycle.left_null_first:
        return f"cycle: {around} need each other; at first leave NULL: " + ", ".join(
            cycle.left_null_first
        )
    return f"cycle: {around} need each other; a first row needs deferred constraints"


def markdown(plan: Plan) -> str:
    """A table of what is found, the most urgent first; "" where nothing is."""
    shape_of = {item.id: shape for shape in shapes(plan.items) for item in shape.items}
    ids = (id_ for id_ in plan.assessment.repair_order if id_ in shape_of)
    found = dict.fromkeys(shape_of[id_] for id_ in ids)
    head = ("Risk", "Table", "Feature", "State", "Rows", "Depend on it", "May insert", "Model")
    lines = [head, tuple("---" for _ in head), *(_row_of(shape, plan.impacts) for shape in found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) if found else ""


def _row_of(shape: Shape, impacts: Mapping[str, Impact]) -> tuple[str, ...]:
    """The row of an item, or of all of a shape: "..." where it is not the same for each."""
    rows = [
        [without_schema(text, schema_of(item)) for text in row] if shape.is_shared else row
        for item in shape.items
        for row in [_row(impacts[item.id], item.finding)]
    ]
    cells = [in_one(column) for column in zip(*rows, strict=True)]
    if shape.is_shared:
        cells[1] += f" in {len(shape.items):,} schemas"
    return tuple(map(cell, cells))


def _row(one: Impact, finding: Finding) -> tuple[str, ...]:
    known, model, facts = one.consequences, finding.model, finding.facts
    by_hand = "so far the application supplied the ids" if known.by_accident else ""
    state = (known.broken or finding.name, by_hand, known.to_come)
    rows, key = rows_in(facts), part_of(facts, KeyFacts)
    return (
        f"{one.risk.tier} ({one.risk.score} of 9)",
        str(finding.place),
        one.feature,
        "; ".join(text for text in state if text),
        "not known" if rows is None else f"{rows:,}",
        f"{one.affects.count:,}",
        ", ".join(map(role_name, key.writers)) if key else "",
        f"{model.file}:{model.line}" if model else "",
    )
