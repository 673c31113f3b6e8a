"""What exists in a database at one moment, object by object, in names and short digests."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from remediate.snapshots.tables import Name

_PART = re.compile(r'(?:[^",]|"(?:[^"]|"")*"|,(?! ))+')


class Object(NamedTuple):
    """A table, view or sequence itself (without a name), or what belongs to it.

    Of a function, type, schema or extension the relation has its schema and its name.
    """

    relation: Name
    kind: str  # table, view, sequence; column, index, trigger, rule ...; function, type, schema ...
    name: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """The state of each object: readable parts, with digests in the place of expressions."""

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
    parts: tuple[str, ...] = ()  # that differ; none of what is new or gone


@dataclass(frozen=True, slots=True)
class Alteration:
    """What a statement changes of an object: parts of its state; none named: it comes or goes.

    A part is named by its first word, or is given whole, as it is to be afterwards.
    """

    object: Object
    parts: tuple[str, ...] = ()


def parts(state: str) -> dict[str, str]:
    """Each part of a state, by its first word."""
    found = (text.strip() for text in _PART.findall(state))
    return {text.partition(" ")[0]: text for text in found}


def changes(before: Digest, after: Digest) -> Iterator[Changed]:
    """What differs, by relation; of a relation that came or went, the relation alone."""
    objects = sorted({*before.states, *after.states})
    whole = {o.relation for o in objects if not o.name and _came_or_went(o, before, after)}
    for one in objects:
        then, now = before.states.get(one, ""), after.states.get(one, "")
        if then != now and (not _of_relation(one) or one.relation not in whole):
            yield Changed(one, then, now, _different(then, now))


def _came_or_went(one: Object, before: Digest, after: Digest) -> bool:
    return (one in before.states) != (one in after.states)


def _of_relation(one: Object) -> bool:
    """Whether it comes and goes with its relation; others may only be called like it."""
    return bool(one.name) and one.kind not in ("function", "type", "schema", "extension")


def _different(before: str, after: str) -> tuple[str, ...]:
    if not (before and after):
        return ()
    then, now = parts(before), parts(after)
    return tuple(word for word in {**then, **now} if then.get(word) != now.get(word))
