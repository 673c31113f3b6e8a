"""What is new, gone and changed since a plan was saved."""

from dataclasses import dataclass

from remediate.plans.plan import Item, Plan


@dataclass(frozen=True, slots=True)
class Changed:
    """An item that both plans have, and that differs."""

    then: Item
    now: Item


@dataclass(frozen=True, slots=True)
class Difference:
    """The plan of now beside a saved one."""

    new: tuple[Item, ...]
    gone: tuple[Item, ...]
    changed: tuple[Changed, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.gone or self.changed)


def difference(now: Plan, before: Plan) -> Difference:
    """By the items' ids; what the data alone changed, such as a highest id, is no difference."""
    then, here = ({i.id: i for i in plan.items} for plan in (before, now))
    both = [Changed(then[id_], item) for id_, item in here.items() if id_ in then]
    changed = tuple(one for one in both if _weight(one.then) != _weight(one.now))
    return Difference(
        new=tuple(item for id_, item in here.items() if id_ not in then),
        gone=tuple(item for id_, item in then.items() if id_ not in here),
        changed=changed,
        same=len(both) - len(changed),
    )


def _weight(item: Item) -> tuple[str, ...]:
    return item.finding.severity, item.finding.confidence, item.fingerprint
