"""What changed in a database beside what the repairs of a plan were to change.

A change is meant where a step says that it makes it, part by part of an object's state: of a column
that gets another type its grants stay what they were. What PostgreSQL changes along with it is
meant too: what is computed from a column of another type, the sequence of an identity, and what
partitions get with the partitioned table.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from remediate.findings.remedy import Step
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Changed, Object, parts
from remediate.snapshots.tables import Name

_LISTED = re.compile(r"\((.*)\)", re.DOTALL)
_OF_TYPE = frozenset({"as", "minimum", "maximum"})  # of a sequence, by the type that it counts in
_CAST = frozenset({"default"})
_COMPUTED = frozenset({"classes", "expression"})  # anew from the type of a column
_OF_NAMES = frozenset({"draws", "owned"})  # each server quotes the keywords of its version


@dataclass(frozen=True, slots=True)
class Since:
    """What is another than in a saved plan: as meant, and beside that."""

    beside: tuple[Changed, ...] = ()
    as_meant: int = 0


def since(changes: Iterable[Changed], steps: Iterable[Step]) -> Since:
    """The changes, but for those that these steps make."""
    meant: dict[Object, set[str]] = {}
    whole: set[Object] = set()
    for alteration in (one for step in steps for one in step.alters):
        meant.setdefault(alteration.object, set()).update(alteration.parts)
        whole |= set() if alteration.parts else {alteration.object}
    found = [*changes]
    asked = _Meant(meant, frozenset(whole), {one.object: one for one in found})
    left = ((one, asked.beside(one)) for one in found)
    beside = tuple(replace(one, parts=rest) for one, rest in left if rest is not None)
    return Since(beside, len(found) - len(beside))


@dataclass(frozen=True, slots=True)
class _Meant:
    """What steps alter: parts of objects, and objects as a whole."""

    parts: Mapping[Object, set[str]]
    whole: frozenset[Object]
    changed: Mapping[Object, Changed]

    def beside(self, one: Changed) -> tuple[str, ...] | None:
        """The parts that are not meant, none of what came or went; None where all is meant."""
        if self._is_whole(one):
            return None
        if not one.parts:
            return None if self._comes_with_its_column(one) else ()
        after = parts(one.after)
        by_itself = self._along(one)
        asked = self._asked(one)
        rest = tuple(
            word
            for word in one.parts
            if not (word in asked or _is_said(after.get(word, ""), asked))
            and not (word in by_itself and word in parts(one.before) and word in after)
        )
        return rest or None

    def _is_whole(self, one: Changed) -> bool:
        """Whether all of it is meant, or of that of the partitioned table above."""
        above = _above(one)
        known = self.changed.get(above) if above else None
        return one.object in self.whole or (known is not None and self._is_whole(known))

    def _asked(self, one: Changed) -> set[str]:
        """The parts that steps alter of it, and of what is above it in partitioned tables."""
        asked, above = self.parts.get(one.object, set()), _above(one)
        if above is None:
            return asked
        known = self.changed.get(above)
        return asked | (self._asked(known) if known else self.parts.get(above, set()))

    def _along(self, one: Changed) -> frozenset[str]:
        """The parts that PostgreSQL changes itself with those that are meant."""
        relation, kind, name = one.object
        if kind == "sequence":
            return _OF_TYPE if self._retyped(*_named(one, "owned")) else frozenset()
        if kind == "column":
            return _CAST if self._retyped(relation, name) else frozenset()
        if "definition" in self.parts.get(Object(relation, "view"), set()):
            return _COMPUTED  # it is rebuilt with its view
        listed = _listed(one, "columns") + _listed(one, "reads")
        computed = kind in ("index", "constraint")
        retyped = computed and any(self._retyped(relation, column) for column in listed)
        return _COMPUTED if retyped else frozenset()

    def _comes_with_its_column(self, one: Changed) -> bool:
        """Whether it is the sequence of an identity, or of a table, that is to come or to go."""
        if one.object.kind != "sequence":
            return False
        table, column = _named(one, "owned")
        asked = self.parts.get(Object(table, "column", column), set())
        return Object(table, "table") in self.whole or "identity" in asked

    def _retyped(self, table: Name, column: str) -> bool:
        asked = self.parts.get(Object(table, "column", column), set())
        return any(part.partition(" ")[0] == "type" for part in asked)


def _is_said(part: str, asked: Iterable[str]) -> bool:
    """Whether a part, or one with other quotes around its names, is among those."""
    if part.partition(" ")[0] in _OF_NAMES:
        return words(part) in map(words, asked)
    return part in asked


def _named(one: Changed, part: str) -> tuple[Name, str]:
    """The table, and what of it is named there; "" where nothing is."""
    found = words(parts(one.after or one.before).get(part, "").partition(" ")[2])
    return (Name(*found[:2]), found[2]) if len(found) == 3 else (Name("", ""), "")


def _above(one: Changed) -> Object | None:
    """What it belongs to, of a partitioned table."""
    table, name = _named(one, "under")
    return Object(table, one.object.kind, name) if name else None


def _listed(one: Changed, part: str) -> tuple[str, ...]:
    """The columns that are named there."""
    found = _LISTED.search(parts(one.after or one.before).get(part, ""))
    return words(found[1]) if found else ()
