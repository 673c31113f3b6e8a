"""What exists in a database at one moment, object by object, in names and short digests."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from remediate.snapshots.tables import Name

WRITTEN = "written "  # begins a part that no state has: the digest of a definition as it is printed
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
    meant: str = ""  # as a step was to leave what is new; "" where it leaves another object, or any


@dataclass(frozen=True, slots=True)
class Alteration:
    """What a statement changes of an object: parts of its state; none named: it comes or goes.

    A part is named by its first word, or is given whole, as it is to be afterwards.
    """

    object: Object
    parts: tuple[str, ...] = ()
    state: str = ""  # of what comes, as `differing` reads it; "" where it goes, or is not known


def parts(state: str) -> dict[str, str]:
    """Each part of a state, by its first word."""
    found = (text.strip() for text in _PART.findall(state))
    return {text.partition(" ")[0]: text for text in found}


def differing(meant: str, found: str) -> tuple[str, ...]:
    """The parts, by their first words, in which an object is not as it was meant.

    A part that is meant by its first word alone may be any; with "?" behind that, it may be absent.
    """
    wanted, there = parts(meant), parts(found)
    sure = {word.rstrip("?"): text for word, text in wanted.items()}
    return (
        *(word for word, text in there.items() if not _fits(text, sure.get(word, ""))),
        *(word for word in sure if word not in there and f"{word}?" not in wanted),
    )


def as_written(parts_: Iterable[str]) -> str:
    """The digest of the definition among these parts; "" where none is."""
    return next((part for part in parts_ if part.startswith(WRITTEN)), "").removeprefix(WRITTEN)


def alike(one: str, other: str) -> bool:
    """Whether two parts are the same: each server quotes the keywords of its version."""
    return one.replace('"', "") == other.replace('"', "")


def within(digest: Digest, table: Name) -> dict[Object, str]:
    """What comes and goes with a table, and the state of each."""
    return {o: s for o, s in digest.states.items() if o.relation == table and _of_relation(o)}


def _fits(part: str, wanted: str) -> bool:
    is_any = wanted.rstrip("?") == part.partition(" ")[0]
    return is_any or alike(part, wanted)


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
