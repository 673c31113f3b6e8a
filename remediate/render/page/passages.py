"""The quieter sections of a page: what users do, what is healthy, what could not be verified."""

from collections.abc import Iterator, Sequence

from remediate.plans.plan import Plan
from remediate.render import divergence, flows, impact
from remediate.render.page.values import Passage

MOST = 300  # rows of a section


def passages(plan: Plan) -> tuple[Passage, ...]:
    """Those that have something to tell, in the order in which a reader asks."""
    found = (
        _passage("flows", "What users can do now", "", ("State", "Flow", "Why"), [*_flows(plan)]),
        _passage(
            "revealed",
            "Found only after these repairs",
            "A repair can show what the defect hid.",
            ("Rule", "Finding", "Repair"),
            [*_revealed(plan)],
        ),
        _passage("order", "Order and new databases", "", (), [(one,) for one in _order(plan)]),
        _passage(
            "unverified",
            "Not verified",
            "The health of these places is not known. The last column verifies it.",
            ("Place", "Reason", "To verify"),
            [(str(one.place), one.reason, one.verify) for one in plan.unverified],
        ),
        _passage(
            "ignored",
            "Ignored by the settings",
            "",
            ("Finding", "Reason"),
            [(one.what, one.reason) for one in plan.ignored],
        ),
        _passage(
            "healthy",
            "Healthy keys",
            "The database generates these keys, or their values are meant to come from elsewhere.",
            ("Key", "Why it is healthy"),
            [(str(one.place), one.reason) for one in plan.healthy],
        ),
    )
    return tuple(one for one in found if one.rows)


def _passage(
    anchor: str, title: str, lead: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> Passage:
    return Passage(anchor, title, lead, tuple(rows[:MOST]), heads, max(len(rows) - MOST, 0))


def _flows(plan: Plan) -> Iterator[tuple[str, ...]]:
    for flow in flows.in_order(plan.assessment.flows):
        yield flow.state.value, flow.name, "; ".join(flow.reasons)


def _revealed(plan: Plan) -> Iterator[tuple[str, ...]]:
    for one in plan.revealed:
        repair = one.repair or "none yet: plan again after these repairs"
        yield one.rule, one.message, repair


def _order(plan: Plan) -> Iterator[str]:
    """Cycles of tables, and what the upgrade of a new database meets."""
    yield from (impact.cycle_sentence(cycle) for cycle in plan.assessment.cycles)
    yield from divergence.sentences(plan.divergences.values())
