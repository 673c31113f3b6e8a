"""What changed in a database beside what the repairs of a plan were to change.

A change is meant where a step says that it makes it, part by part of an object's state: of a column
that gets another type its grants stay what they were, and what comes is as its step makes it. What
PostgreSQL changes along with it is meant too: what is computed from a column of another type, the
sequence of an identity, and what partitions get with the partitioned table.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from remediate.findings.remedy import Step
from remediate.plans import new_tables
from remediate.plans.meant_rights import Rights, spelled
from remediate.snapshots.acl import DefaultRights
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Changed, Digest, Object, alike, as_written, differing, parts
from remediate.snapshots.tables import Name

_LISTED = re.compile(r"\((.*)\)", re.DOTALL)
_OF_TYPE = frozenset({"as", "minimum", "maximum"})  # of a sequence, by the type that it counts in
_CAST = frozenset({"default"})
_COMPUTED = frozenset({"classes", "expression"})  # anew from the type of a column
_DEFINED = frozenset({"definition", "defaults", "expression"})
_READERS = frozenset({"view", "rule", "trigger", "policy", "publication"})  # hang on what they name
_OF_NAMES = frozenset({"draws", "owned"})  # each server quotes the keywords of its version


@dataclass(frozen=True)
class Printed:
    """Definitions as they are printed now, as digests; of what hangs on columns of another type."""

    texts: Mapping[Object, str] = field(default_factory=dict)
    complete: bool = True  # what is not among them has no such column in its definition


NOTHING, UNPRINTED = Digest(), Printed()


@dataclass(frozen=True, slots=True)
class Since:
    """What is another than in a saved plan: as meant, and beside that."""

    beside: tuple[Changed, ...] = ()
    as_meant: int = 0
    unread: tuple[Changed, ...] = ()  # rebuilt for another type, and not compared in full


def since(
    changes: Iterable[Changed],
    steps: Iterable[Step],
    now: Digest = NOTHING,
    printed: Printed = UNPRINTED,
    defaults: tuple[DefaultRights, ...] = (),
) -> Since:
    """The changes, but for those that these steps make.

    `now` tells what new tables hold and whose they are, `printed` whether what is rebuilt is
    defined as before, `defaults` what may come with a sequence.
    """
    alterations = [one for step in steps for one in step.alters]
    meant: dict[Object, set[str]] = {}
    whole: dict[Object, str] = {}
    for alteration in alterations:
        meant.setdefault(alteration.object, set()).update(alteration.parts)
        if not alteration.parts:
            whole[alteration.object] = alteration.state or whole.get(alteration.object, "")
    found = [*changes]
    changed = {one.object: one for one in found}
    asked = _Meant(meant, whole, changed, printed, Rights(now, changed, defaults))
    beside = [*_left(found, asked)]
    for one in found:
        if one.object.kind == "table" and one.object in whole and not one.before:
            inner = new_tables.inner(one.object.relation, alterations, now)
            beside += _left(inner, asked)
    told = {one.object for one in beside}
    left = [(one, asked.unread(one)) for one in found if one.object not in told]
    unread = tuple(replace(one, parts=rest) for one, rest in left if rest)
    return Since(tuple(beside), len(left) - len(unread), unread)


def _left(changes: Iterable[Changed], asked: "_Meant") -> list[Changed]:
    found = ((one, asked.beside(one)) for one in changes)
    return [
        replace(one, parts=rest, meant=asked.meant(one)) for one, rest in found if rest is not None
    ]


@dataclass(frozen=True, slots=True)
class _Meant:
    """What steps alter: parts of objects, and objects as a whole, as they are to be."""

    parts: Mapping[Object, set[str]]
    whole: Mapping[Object, str]
    changed: Mapping[Object, Changed]
    printed: Printed
    rights: Rights

    def beside(self, one: Changed) -> tuple[str, ...] | None:
        """The parts that are not meant, none of what came or went; None where all is meant."""
        meant = self._whole(one)
        if meant is not None:
            return self._unlike(one, meant)
        if not one.parts:
            return None if self._comes_with_its_column(one) else ()
        after = parts(one.after)
        by_itself = self._along(one)
        rest = tuple(
            word
            for word in self._unsaid(one, one.parts)
            if not (word in by_itself and word in parts(one.before) and word in after)
        )
        if self._as_before(one) is False:
            rest += tuple(word for word in self._rebuilt(one) if word not in rest)
        return rest or None

    def unread(self, one: Changed) -> tuple[str, ...]:
        """The parts of what is meant that were not compared."""
        return self._rebuilt(one) if self._as_before(one) is None else ()

    def _as_before(self, one: Changed) -> bool | None:
        """Whether it is defined as before, but for types; None where that is not known."""
        if not self._rebuilt(one):
            return True
        relation, kind, _ = one.object
        with_view = Object(relation, "view")
        key = with_view if as_written(self.parts.get(with_view, ())) else one.object
        now = self.printed.texts.get(key)
        if not (said := as_written(self.parts.get(key, ()))):
            return None
        if now is None:
            return False if self.printed.complete and kind in _READERS else None
        return now == said

    def _rebuilt(self, one: Changed) -> tuple[str, ...]:
        """The parts that are defined anew, for another type."""
        if one.object in self.whole or not one.parts:
            return ()
        given = any(part.startswith("draws") for part in self._asked(one))
        anew = _DEFINED if given or "default" not in self._along(one) else {*_DEFINED, "default"}
        kept = {*parts(one.before)} & {*parts(one.after)}
        return tuple(w for w in one.parts if w in anew and w in kept and self._is_meant(one, w))

    def _is_meant(self, one: Changed, word: str) -> bool:
        return word in self._asked(one) or word in self._along(one)

    def meant(self, one: Changed) -> str:
        """How what is new was to be; "" where nothing new was meant."""
        state = "" if one.before else self._whole(one) or ""
        return spelled(state, self._asked(one))

    def _unlike(self, one: Changed, meant: str) -> tuple[str, ...] | None:
        """The parts that are not as they were to be; none where it is not there."""
        if not meant:
            return None
        if not one.after:
            return ()
        other = [w for w in differing(meant, one.after) if not one.parts or w in one.parts]
        other += [
            word
            for word, fits in self.rights.judged(one, self._asked(one)).items()
            if not fits and word not in other
        ]
        by_itself = self._along(one)
        return tuple(w for w in self._unsaid(one, other) if w not in by_itself) or None

    def _unsaid(self, one: Changed, found: Iterable[str]) -> list[str]:
        """Those of the parts that no step alters in this way."""
        after, asked = parts(one.after), self._asked(one)
        judged = self.rights.judged(one, asked)
        said = ((word, word in asked or _is_said(after.get(word, ""), asked)) for word in found)
        return [word for word, is_said in said if not (is_said or judged.get(word, False))]

    def _whole(self, one: Changed) -> str | None:
        """As it is to be, or as the partitioned table above says; None where that is not meant."""
        if one.object in self.whole:
            owned = [part for part in self._asked(one) if part.startswith("owned ")]
            return ", ".join(filter(None, (self.whole[one.object], *owned[:1])))
        if one.object.kind == "sequence" and not one.before:
            return self._of_its_column(one)
        above = _above(one)
        known = self.changed.get(above) if above else None
        meant = None if known is None else self._whole(known)
        # A partition of the referenced table, too, is referenced by a constraint of its own.
        return f"{meant}, under, to?" if meant else meant

    def _of_its_column(self, one: Changed) -> str | None:
        """As a sequence is to be that comes with a column of a new table."""
        table, column = named_in(one, "owned")
        state = self.whole.get(Object(table, "sequence", column))
        return f"{state}, {parts(one.after)['owned']}" if state else None

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
            said = {part.partition(" ")[0] for part in self._asked(one)}
            return _OF_TYPE - said if self._retyped(*named_in(one, "owned")) else frozenset()
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
        table, column = named_in(one, "owned")
        asked = self.parts.get(Object(table, "column", column), set())
        return Object(table, "table") in self.whole or "identity" in asked

    def _retyped(self, table: Name, column: str) -> bool:
        asked = self.parts.get(Object(table, "column", column), set())
        return any(part.partition(" ")[0] == "type" for part in asked)


def _is_said(part: str, asked: Iterable[str]) -> bool:
    """Whether a part, or one with other quotes around its names, is among those."""
    if part.partition(" ")[0] in _OF_NAMES:
        return any(alike(part, one) for one in asked)
    return part in asked


def named_in(one: Changed, part: str) -> tuple[Name, str]:
    """The table, and what of it is named there; "" where nothing is."""
    found = words(parts(one.after or one.before).get(part, "").partition(" ")[2])
    return (Name(*found[:2]), found[2]) if len(found) == 3 else (Name("", ""), "")


def _above(one: Changed) -> Object | None:
    """What it belongs to, of a partitioned table."""
    table, name = named_in(one, "under")
    return Object(table, one.object.kind, name) if name else None


def _listed(one: Changed, part: str) -> tuple[str, ...]:
    """The columns that are named there."""
    found = _LISTED.search(parts(one.after or one.before).get(part, ""))
    return words(found[1]) if found else ()
