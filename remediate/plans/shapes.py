"""Items that differ in nothing but their schema, as tables of a schema for each tenant do.

Numbers may differ, too: each tenant has ids of its own. The items stay what they are, each with its
own fingerprint: they are only told, and decided about, together.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from remediate.findings.remedy import Manual, Proposal
from remediate.plans.plan import ApprovedItem, Item
from remediate.postgres.sql import quote

ALIKE = 3  # schemas: of fewer, a list of all is as short

_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d+)*(?:\.\d+)?(?!\w)")


@dataclass(frozen=True, slots=True)
class Shape:
    """One item, or several of as many schemas."""

    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        return self.items[0]

    @property
    def is_shared(self) -> bool:
        """Whether it is told of several schemas at once."""
        return len(self.items) > 1

    @property
    def schemas(self) -> tuple[str, ...]:
        """Of its items, in their order; none where it is one of a kind."""
        return tuple(map(schema_of, self.items)) if self.is_shared else ()

    @property
    def place(self) -> str:
        return self.said(lambda item: str(item.finding.place))

    @property
    def message(self) -> str:
        return self.said(lambda item: item.finding.message)

    @property
    def predicate(self) -> str:
        return self.said(lambda item: item.finding.predicate)

    @property
    def repair(self) -> str:
        """What is done, or the reason why a person has to."""
        return self.said(lambda item: _repair(item.remedy))

    @property
    def undo(self) -> str:
        """Of the repair; "" where there is none."""
        return self.said(lambda item: "" if isinstance(item.remedy, Manual) else item.remedy.undo)

    def said(self, of: Callable[[Item], str]) -> str:
        """One text for all: without the schema, and with a range where the numbers differ."""
        if not self.is_shared:
            return of(self.first)
        return in_one([without_schema(of(one), schema_of(one)) for one in self.items])


def shapes(items: Iterable[Item]) -> tuple[Shape, ...]:
    """Each item in one shape, in the order of the first ones."""
    items = tuple(items)
    places = Counter(map(place_of, items))
    found: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        several = places[place_of(item)] >= ALIKE and item.finding.place.table is not None
        found.setdefault(_outline(item) if several else (item.id,), []).append(item)
    alike = (Shape(tuple(group)) for group in found.values())
    return tuple(one for shape in alike for one in _each(shape))


def apart(
    approved: Iterable[ApprovedItem], known: Iterable[Shape]
) -> tuple[tuple[ApprovedItem, ...], ...]:
    """What goes into a transaction of its own: each schema of several alike; before, all else."""
    approved = tuple(approved)
    tenants = {schema for shape in known for schema in shape.schemas} | tenants_of(approved)
    parts: dict[str, list[ApprovedItem]] = {"": []}
    for one in approved:
        schema = schema_of(one)
        parts.setdefault(schema if schema in tenants else "", []).append(one)
    return tuple(tuple(part) for part in parts.values() if part)


def tenants_of(items: Iterable[ApprovedItem]) -> frozenset[str]:
    """The schemas of which several have the same found in the same place, repaired in any way."""
    found: dict[tuple[object, ...], set[str]] = {}
    for item in items:
        found.setdefault(place_of(item), set()).add(schema_of(item))
    several = (schemas for schemas in found.values() if len(schemas) >= ALIKE)
    return frozenset(schema for schemas in several for schema in schemas)


def schema_of(item: Item | ApprovedItem) -> str:
    """The schema of its table; "" where it is about none."""
    table = item.finding.place.table
    return table.schema if table else ""


def without_schema(text: str, schema: str) -> str:
    """The text with the names in this schema as they are called within it."""
    return _qualifier(schema).sub("", text)


def in_one(texts: Sequence[str]) -> str:
    """One text for several: "5", or "4 to 10" where numbers differ, "..." where more does."""
    different = [*dict.fromkeys(texts)]
    if len({_NUMBER.sub("0", text) for text in different}) > 1:
        return "..."
    columns = zip(*map(_NUMBER.findall, different), strict=True)
    ranges = iter([_range(column) for column in columns])
    return _NUMBER.sub(lambda _: next(ranges), different[0])


def _range(numbers: Iterable[str]) -> str:
    ordered = sorted(set(numbers), key=lambda text: float(text.replace(",", "")))
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"


def _each(shape: Shape) -> tuple[Shape, ...]:
    schemas = set(map(schema_of, shape.items))
    if len(schemas) >= ALIKE and len(schemas) == len(shape.items):
        return (shape,)
    return tuple(Shape((item,)) for item in shape.items)


def _repair(remedy: Proposal | Manual) -> str:
    return remedy.reason if isinstance(remedy, Manual) else remedy.title


def place_of(item: Item | ApprovedItem) -> tuple[object, ...]:
    """Where in its schema it is found, and by which rule."""
    finding = item.finding
    place = finding.place
    return finding.rule, place.table and place.table.name, place.column, place.constraint


def _outline(item: Item) -> tuple[object, ...]:
    """All that is told of it, but for its schema and for numbers; statements with their numbers."""
    finding, remedy, schema = item.finding, item.remedy, schema_of(item)
    if isinstance(remedy, Manual):
        done: tuple[object, ...] = (masked(remedy.reason, schema),)
    else:
        statements = tuple(
            without_schema(text, schema) for s in remedy.all_steps for text in (s.up, s.down)
        )
        done = (
            masked(remedy.title, schema),
            masked(remedy.undo, schema),
            statements,
            remedy.hazards,
        )
    return (
        *place_of(item), finding.severity, finding.confidence, finding.model,
        masked(finding.message, schema), masked(repr(finding.facts), schema),
        item.waiting, item.company, item.decisions, done,
    )  # fmt: skip


def masked(text: str, schema: str) -> str:
    """The text without its schema and numbers: equal where it differs in nothing else."""
    named = without_schema(text, schema).replace(f"'{schema}'", "''")
    return _NUMBER.sub("0", named)


@cache
def _qualifier(schema: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$.\"]){re.escape(quote(schema))}\.")
