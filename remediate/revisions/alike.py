"""Repairs whose statements differ in nothing but names, so that a reader needs one of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remediate.findings.remedy import Act, Step
from remediate.plans.plan import ApprovedItem


@dataclass(frozen=True, slots=True)
class Alike:
    """Repairs of one shape, and the statements of the first, as its revision runs them."""

    items: tuple[ApprovedItem, ...]
    up: tuple[str, ...]
    down: tuple[str, ...]

    @property
    def first(self) -> str:
        """The place whose statements these are."""
        return str(self.items[0].finding.place)

    @property
    def others(self) -> tuple[str, ...]:
        """The places whose statements are the same but for names."""
        return tuple(str(item.finding.place) for item in self.items[1:])


def alike(items: Iterable[ApprovedItem], *, finishing: bool = False) -> tuple[Alike, ...]:
    """The repairs in the order of the first of each shape; `finishing`: what runs in autocommit.

    Rights are left out: a script grants all of them at once.
    """
    found: dict[tuple[object, ...], list[ApprovedItem]] = {}
    for item in items:
        found.setdefault(_shape(item, finishing=finishing), []).append(item)
    return tuple(
        Alike(tuple(group), *_ways(_steps(group[0], finishing=finishing)))
        for group in found.values()
    )


def _steps(item: ApprovedItem, *, finishing: bool) -> tuple[Step, ...]:
    steps = item.remedy.finish if finishing else item.remedy.steps
    return tuple(step for step in steps if step.act is not Act.GRANT)


def _ways(steps: tuple[Step, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    up = tuple(step.up for step in steps if step.up)
    return up, tuple(step.down for step in reversed(steps) if step.down)


def _shape(item: ApprovedItem, *, finishing: bool) -> tuple[object, ...]:
    """The rule and both ways, with numbers in place of the names that the repair is about."""
    numbers: dict[str, str] = {}
    for number, name in enumerate(dict.fromkeys(_names(item))):
        numbers |= dict.fromkeys((name, _quoted(name)), f"{{{number}}}")
    longest = sorted(numbers, key=len, reverse=True)
    # An underscore ends a name, too: PostgreSQL makes names of sequences and constraints with it.
    any_ = "|".join(map(re.escape, longest)) or "(?!)"  # nothing is like that
    pattern = re.compile(rf"(?<![^\W_])(?:{any_})(?![^\W_])")
    ways = _ways(_steps(item, finishing=finishing))
    named = (tuple(pattern.sub(lambda m: numbers[m[0]], text) for text in way) for way in ways)
    return item.finding.rule, *named


def _names(item: ApprovedItem) -> Iterator[str]:
    """Those of its place, and of all that the repair expects to be as planned."""
    place = item.finding.place
    relations = [(*(place.table or ()), place.column, place.constraint)]
    relations += [(*e.relation, e.column) for e in item.remedy.expectations]
    relations += [(*c.relation, c.name) for c in item.remedy.conditions]
    yield from (name for names in relations for name in names if name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
