"""In which order findings are told: what stops users now first."""

from collections.abc import Iterable

from remediate.plans.plan import Item, Plan


def most_urgent_first(plan: Plan, items: Iterable[Item] | None = None) -> tuple[Item, ...]:
    """These items of the plan, or all, in the order of repair.

    That is the order of its impacts (`impact.of`); without a database nothing is known of urgency,
    and the items keep their order.
    """
    place = {id_: number for number, id_ in enumerate(plan.assessment.repair_order)}
    chosen = plan.items if items is None else items
    return tuple(sorted(chosen, key=lambda item: place.get(item.id, len(place))))
