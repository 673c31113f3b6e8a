"""What is new, gone and changed since a plan was saved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from remediate.plans.saved import SavedItem, SavedPlan


@dataclass(frozen=True, slots=True)
class Changed:
    """An item that is found in both, and differs: each difference in words."""

    item: SavedItem  # as it is now
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The plan of now beside a saved one."""

    new: tuple[SavedItem, ...]
    gone: tuple[SavedItem, ...]
    changed: tuple[Changed, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.gone or self.changed)


def difference(now: SavedPlan, before: SavedPlan) -> Difference:
    """By the items' ids; what the data alone changed, such as a highest id, is no difference."""
    then, here = ({i.id: i for i in plan.items} for plan in (before, now))
    both = [(then[id_], item) for id_, item in here.items() if id_ in then]
    changed = [Changed(item, tuple(_differences(old, item))) for old, item in both]
    return Difference(
        new=tuple(item for id_, item in here.items() if id_ not in then),
        gone=tuple(item for id_, item in then.items() if id_ not in here),
        changed=tuple(one for one in changed if one.differences),
        same=sum(not one.differences for one in changed),
    )


def _differences(old: SavedItem, new: SavedItem) -> Iterator[str]:
    for key in ("severity", "confidence"):
        if old.finding[key] != new.finding[key]:
            yield f"{key}: {old.finding[key]}, now {new.finding[key]}"
    if old.fingerprint == new.fingerprint:
        return
    titles = _title(old.remedy), _title(new.remedy)
    if titles[0] != titles[1]:
        yield f"repair: {titles[0]}; now {titles[1]}"
    before, after = _statements(old.remedy), _statements(new.remedy)
    yield from (f"no longer: {sql}" for sql in before if sql not in after)
    yield from (f"now also: {sql}" for sql in after if sql not in before)
    if titles[0] == titles[1] and before == after:
        yield "what it expects of the database"


def _title(remedy: Mapping[str, Any]) -> str:
    return str(remedy.get("title") or f"by hand: {remedy.get('manual')}")


def _statements(remedy: Mapping[str, Any]) -> list[str]:
    return [" ".join(step["up"].split()) for step in remedy.get("steps", ())]
