"""Whose a sequence is, and who may use it, beside what a step says of that.

A step gives a new sequence to the owner of a table, and lets who may INSERT use it, whatever these
roles are called. Default privileges are given with a sequence by whoever creates it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from remediate.remedies.alterations import INSERTING, OWNER_OF, USING
from remediate.snapshots.acl import OWN, PUBLIC, DefaultRights, Entries, entries
from remediate.snapshots.defaults import words
from remediate.snapshots.digest import Changed, Digest, Object, parts
from remediate.snapshots.tables import Name

_INSERT, _USAGE = frozenset({"a", "a*"}), frozenset({"U"})
_MAY_USE = frozenset({"U", "U*", "w", "w*"})  # UPDATE lets nextval() be called, too


@dataclass(frozen=True)
class Rights:
    """What exists now, what changed of it, and what default privileges give with sequences."""

    now: Digest
    changed: Mapping[Object, Changed]
    defaults: tuple[DefaultRights, ...]

    def judged(self, one: Changed, asked: Iterable[str]) -> dict[str, bool]:
        """Whether owner and grants are as these parts say, as far as they do.

        A table that changed its owner, or its grants, gives what it gave at either time.
        """
        said, found = [*asked], {}
        if any(part.startswith(OWNER_OF) for part in said):
            found["owner"] = not self._is_others(one, said)
        if any(part.startswith((INSERTING, USING)) for part in said):
            found["grants"] = not self._differ(one, said)
        return found

    def _is_others(self, one: Changed, said: Iterable[str]) -> bool:
        tables = [table for part in said for table in _relations(part, OWNER_OF)]
        states = [s for table in tables for s in self._states(Object(table, "table"))]
        owners = {owner for s in states if (owner := parts(s).get("owner"))}
        return bool(owners) and parts(one.after).get("owner") not in owners

    def _differ(self, one: Changed, said: list[str]) -> bool:
        owner = _owner(one.after)
        there, planned = _given(one.after, owner), {*_planned(said)}
        tables = {t for p in said for t in _relations(p, INSERTING)}
        tables |= self._drawing.get(one.object.relation, set())  # as partitions may
        inserting = {role for table in tables for role in self._inserters.get(table, ())}
        kept = _given(one.before, owner) if one.before else self._kept(owner)
        before = kept if one.before else self._with_new(one, owner)
        using = inserting | planned
        more = {
            role
            for role, rights in there.items()
            if rights - before.get(role, frozenset()) - (_USAGE if role in using else frozenset())
        }
        less = {role for role, rights in kept.items() if rights - there.get(role, frozenset())}
        able = {owner} | {role for role, rights in there.items() if rights & _MAY_USE}
        return bool(more or less or (planned & self._inserting_now) - able)

    def _with_new(self, one: Changed, owner: str) -> Entries:
        """What roles may have of a new sequence, whoever created it."""
        found: dict[str, frozenset[str]] = defaultdict(frozenset, {owner: OWN})
        for by in self.defaults:
            if by.schema in ("", one.object.relation.schema):
                for role, rights in by.entries.items():
                    found[owner if role == by.role else role] |= rights
        return found

    def _kept(self, owner: str) -> Entries:
        """What its owner has of it, unless default privileges take that."""
        everywhere = [by for by in self.defaults if not by.schema]
        taken = (OWN - by.entries.get(by.role, frozenset()) for by in everywhere)
        return {owner: OWN.difference(*taken)}

    def _states(self, one: Object) -> Iterator[str]:
        yield self.now.states.get(one, "")
        if one in self.changed:
            yield self.changed[one].before

    @cached_property
    def _drawing(self) -> Mapping[Name, set[Name]]:
        """By sequence, the relations that draw from it by a default."""
        found: dict[Name, set[Name]] = defaultdict(set)
        for one, state in self.now.states.items():
            if one.kind == "column" and "draws " in state:
                for sequence in _relations(parts(state).get("draws", ""), "draws "):
                    found[sequence].add(one.relation)
        return found

    @cached_property
    def _inserters(self) -> Mapping[Name, set[str]]:
        """By relation, who may INSERT there, or into a column, now or before."""
        found: dict[Name, set[str]] = defaultdict(set)
        before = ((one, change.before) for one, change in self.changed.items())
        for one, state in (*self.now.states.items(), *before):
            found[one.relation].update(_inserters(one, state))
        return found

    @cached_property
    def _inserting_now(self) -> set[str]:
        """Who may INSERT anywhere."""
        return {role for one, s in self.now.states.items() for role in _inserters(one, s)}


def spelled(state: str, asked: Iterable[str]) -> str:
    """How a new sequence is to be, with what these parts say of owner and grants."""
    said = sorted(asked, key=lambda part: not part.startswith(USING))
    owner = next((part for part in said if part.startswith(OWNER_OF)), "")
    grants = (p for p in said if p.startswith((USING, INSERTING)) and not p.endswith("()"))
    state = state.replace("owner,", f"{owner},", 1) if owner else state
    return state.replace("grants?", next(grants, "grants?"))


def _inserters(one: Object, state: str) -> Iterator[str]:
    if one.kind in ("table", "column", "view") and "grants " in state:
        for role, rights in entries(parts(state).get("grants", "")).items():
            if rights & _INSERT:
                yield role


def _given(state: str, owner: str) -> Entries:
    return entries(parts(state).get("grants", "")) or {owner: OWN}


def _owner(state: str) -> str:
    return next(iter(words(parts(state).get("owner", "").partition(" ")[2])), "")


def _relations(part: str, what: str) -> Iterator[Name]:
    named = _named(part, what)
    yield from map(Name, named[::2], named[1::2])


def _planned(said: Iterable[str]) -> Iterator[str]:
    for part in said:
        yield from (PUBLIC if role == "public" else role for role in _named(part, USING))


def _named(part: str, what: str) -> tuple[str, ...]:
    return words(part.removeprefix(what).strip("()")) if part.startswith(what) else ()
