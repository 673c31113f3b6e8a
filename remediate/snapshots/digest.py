"""What exists in a database at one moment, object by object, in names and short digests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from remediate.snapshots.tables import Name


class Object(NamedTuple):
    """A table or sequence itself (without a name), or what belongs to it."""

    relation: Name
    kind: str  # table, sequence, column, constraint, index, trigger, policy
    name: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """The state of each object: readable, with digests in the place of expressions."""

    states: Mapping[Object, str] = field(default_factory=dict, hash=False)

    def without(self, relation: Name) -> "Digest":
        """Of everything else."""
        return Digest({one: s for one, s in self.states.items() if one.relation != relation})


@dataclass(frozen=True, slots=True)
class Changed:
    """An object that is another since; "" before: it is new; "" after: it is gone."""

    object: Object
    before: str
    after: str


def changes(before: Digest, after: Digest) -> Iterator[Changed]:
    """What differs, by relation; of a relation that came or went, the relation alone."""
    objects = sorted({*before.states, *after.states})
    whole = {o.relation for o in objects if not o.name and _came_or_went(o, before, after)}
    for one in objects:
        then, now = before.states.get(one, ""), after.states.get(one, "")
        if then != now and (one.relation not in whole or not one.name):
            yield Changed(one, then, now)


def _came_or_went(one: Object, before: Digest, after: Digest) -> bool:
    return (one in before.states) != (one in after.states)
