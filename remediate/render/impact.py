"""Risk and impact as text: sentences of a plan, and a table in Markdown."""

from collections.abc import Iterator, Mapping

from remediate.analysis.facts import KeyFacts, rows_in
from remediate.findings.effects import When
from remediate.findings.facts import part_of
from remediate.findings.finding import Confidence, Finding
from remediate.plans.impact.graph import Cycle
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Plan
from remediate.plans.shapes import Shape, in_one, schema_of, shapes, without_schema
from remediate.postgres.filters import cell
from remediate.postgres.sql import role_name
from remediate.render.lines import wrapped

_STARTS = "  "
_FAILS = {
    When.NOW: "fails now",
    When.SOON: "will fail",
    When.SOME_DAY: "may fail one day",
}


def by_accident(plan: Plan) -> str:
    """How many tables hold rows though nothing generates their keys; "" for none."""
    tables = {i.table for i in plan.impacts.values() if i.consequences.by_accident}
    if not tables:
        return ""
    contain = "contains" if len(tables) == 1 else "contain"
    return (
        f"{len(tables):,} of these tables {contain} rows: so far the application supplied the ids"
    )


def uncounted(plan: Plan) -> str:
    """What a score leaves out; "" where it leaves out nothing."""
    number = len(plan.unverified)
    return f"not counted: {number} that could not be verified" if number else ""


def feature(one: Impact, finding: Finding) -> str:
    """What users lose of a feature that the settings name; "" where they name none."""
    if one.feature and one.consequences.stops:
        return f"{one.feature} {_fails(one.consequences.when, finding.confidence)}"
    if one.feature and one.spoils_now:
        return f"{one.feature} stores what it should not"
    return one.feature  # a feature does not fail because of what stops no INSERT


def _fails(when: When, confidence: Confidence) -> str:
    """As sure as the finding is."""
    if confidence is Confidence.POSSIBLE:
        return "may fail"
    if confidence is Confidence.LIKELY and when is not When.SOME_DAY:
        return "probably fails"
    return _FAILS[when]


def order(plan: Plan, width: int) -> Iterator[str]:
    """In which order rows go in: tables of findings and those around them, and their cycles."""
    if len(plan.assessment.insertion_order) > 1:
        names = ", ".join(map(str, plan.assessment.insertion_order))
        yield from wrapped(f"insert in this order: {names}", _STARTS, 4, width)
    for cycle in plan.assessment.cycles:
        yield from wrapped(cycle_sentence(cycle), _STARTS, 4, width)


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
