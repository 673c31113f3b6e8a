"""What an upgrade changes for good, and what of it a downgrade does not take back."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from remediate.lint import facts
from remediate.lint.columns import is_false, keywords
from remediate.lint.events import Effect, Run
from remediate.lint.facts import Event
from remediate.lint.object_calls import asks_first
from remediate.lint.scope import HOLE
from remediate.lint.things import PLACE, Move, Thing, goes_along, moves, owners
from remediate.lint.values import bare_name

_ASKS = re.compile(r"\bIF\s+(?:NOT\s+)?EXISTS\b|\bCREATE\s+OR\s+REPLACE\b", re.IGNORECASE)
_TEMPORARY = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?TEMP(?:ORARY)?\b"
    r"(?:\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<table>[\w.\"]+))?"
    r"|\bINTO\s+TEMP(?:ORARY)?\s+(?:TABLE\s+)?(?P<into>[\w.\"]+)|\bpg_temp\.|\bprefixes=.*\bTEMP",
    re.IGNORECASE,
)
_OF_RELATION = re.compile(r"(?:ALTER TABLE|DROP (?:TABLE|SEQUENCE|(?:\w+ )?VIEW))\b", re.IGNORECASE)
_INLINE = re.compile(r"unique|index|constraint|check|references|foreignkey", re.IGNORECASE)
_STAY = {"table", "type", "schema", "extension", "role", "column", "index", "primary key"}


@dataclass(frozen=True, slots=True)
class Left:
    """A thing that only the upgrade has made, or dropped, and the step that did."""

    thing: Thing
    effect: Effect
    other: str = ""  # where the upgrade renames it: its other name


@dataclass(slots=True)
class Balance:
    """What is there after the upgrade and was not before, and the other way round."""

    made: list[Left] = field(default_factory=list)
    lost: list[Left] = field(default_factory=list)
    cleared: list[Thing] = field(default_factory=list)  # dropped where they are there
    maybe: list[Thing] = field(default_factory=list)  # made where they are not, or for a session

    def drop(self, gone: Thing) -> None:
        """Take out what goes, and what goes along with it."""
        along = [left.thing for left in self.made if goes_along(left.thing, gone)]
        self.forget(gone)
        for thing in along:
            self.drop(thing)

    def forget(self, gone: Thing) -> None:
        self.made = [left for left in self.made if not left.thing.is_same(gone)]

    def is_new(self, thing: Thing) -> bool:
        """Whether making it fails where it is there already."""
        there = any((x.thing.kind, x.thing.name) == (thing.kind, thing.name) for x in self.made)
        again = thing.name and there
        return _is_known(thing) and not (again or any(one.is_same(thing) for one in self.cleared))

    def has_made(self, name: str) -> bool:
        """Whether something of this name is new, wherever it is."""
        return any(left.thing.name == name for left in self.made)

    def restore(self, back: Thing) -> bool:
        """Take out what is there again; whether anything was."""
        before = len(self.lost)
        self.lost = [left for left in self.lost if not _brings(back, left.thing)]
        return len(self.lost) < before


def left_by(up: Run, down: Run) -> Balance:
    """What the upgrade certainly changes, and the downgrade does not take back."""
    around = _Around.of(up, down)
    balance = Balance()
    for effect in _once(up):
        for move in around.moves(effect.event):
            _follow(balance, move, effect)
    ended = {*temporary(up)}
    balance.made = [x for x in balance.made if x.thing.owner not in ended]
    balance.lost = [x for x in balance.lost if not {x.thing.owner, x.thing.name} & ended]
    if any(isinstance(e.event.fact, facts.Opaque | facts.NotRead) for e in up.effects):
        balance.lost = []  # it may be back already
    for effect in _once(down):
        for move in around.moves(effect.event):
            _take_back(balance, move)
        if isinstance(effect.event.fact, facts.DropCascaded):
            _cascade(balance, effect.event.fact.what)
    return balance


def _take_back(balance: Balance, move: Move) -> None:
    """What a step of the downgrade does to the balance."""
    if move.before:
        stays = move.after and move.before.kind != "type"  # a renamed type has a successor
        (balance.forget if stays else balance.drop)(move.before)
    if move.after:
        balance.restore(move.after)


def temporary(run: Run) -> Iterator[str]:
    """The names of the tables that end with the session."""
    for event in (effect.event for effect in run.effects):
        found = _TEMPORARY.search(event.sql.value) if event.sql else None
        if found and (name := found["table"] or found["into"]):
            yield bare_name(name.replace('"', ""))


def _once(run: Run) -> Iterable[Effect]:
    """One effect an event."""
    return {id(effect.event): effect for effect in run.effects}.values()


@dataclass(frozen=True, slots=True)
class _Around:
    """Under which one name each table goes that is renamed, and what goes with which table."""

    names: dict[str, str]
    owner_of: dict[str, str]

    @classmethod
    def of(cls, *runs: Run) -> "_Around":
        events = [effect.event for run in runs for effect in _once(run)]
        names: dict[str, str] = {}
        for fact in (event.fact for event in events):
            if isinstance(fact, facts.TableRenamed):
                old, new = bare_name(fact.table), bare_name(fact.new)
                kept, merged = names.get(old, old), names.get(new, new)
                names |= {old: kept, new: kept}
                names |= {one: kept for one, its in names.items() if its == merged}
        return cls(names, dict(owners(events)))

    def moves(self, event: Event) -> Iterator[Move]:
        for move in moves(event):
            yield Move(self._spelled(move.before), self._spelled(move.after))

    def _spelled(self, thing: Thing | None) -> Thing | None:
        if thing is None:
            return None
        owner = thing.owner or self.owner_of.get(thing.name, "")
        return replace(thing, owner=self.names.get(owner, owner))


def _follow(balance: Balance, move: Move, effect: Effect) -> None:
    """What a step of the upgrade does to the balance."""
    before, after = move.before, move.after
    if before and before.kind == PLACE and balance.has_made(before.owner):
        return
    certain = _is_certain(effect.event) and not any(
        before and one.is_same(before) for one in balance.maybe
    )
    mine = [left for left in balance.made if before and left.thing.is_same(before)]
    if before:
        (balance.forget if after else balance.drop)(before)
        if not certain:
            balance.cleared.append(before)
        elif not mine and before.name and _is_known(before):
            balance.lost.append(Left(before, effect, after.name if after else ""))
    if after and not balance.restore(after) and (certain or mine) and balance.is_new(after):
        by = mine[0].effect if mine else effect
        balance.made.append(Left(after, by, before.name if before and not mine else ""))
    elif after and not certain:
        balance.maybe.append(after)


def _is_known(thing: Thing) -> bool:
    return HOLE not in thing.name + thing.owner


def _is_certain(event: Event) -> bool:
    """Whether a step runs always, and fails where what it makes is there, or what it drops not."""
    context, call = event.step.context, event.step.call
    if context.branch or context.suppressed_at:
        return False
    if event.sql is not None:
        return not (_ASKS.search(event.sql.value) or _TEMPORARY.search(event.sql.value))
    if _TEMPORARY.search(ast.unparse(call)):
        return False
    words = keywords(call)
    asking = [words[word] for word in ("if_exists", "if_not_exists") if word in words]
    if not all(is_false(one, event.step.scope) for one in asking):
        return False
    of_thing = isinstance(event.fact, facts.EnumCreated | facts.SequenceCreated)
    return not (of_thing and asks_first(call, event.step.scope))


def _brings(back: Thing, lost: Thing) -> bool:
    """Whether a thing that is made is this one, or brings it along."""
    if back.is_same(lost):
        return True
    if back.kind not in ("table", "column"):
        return False
    table = back.name if back.kind == "table" else back.owner
    if lost.owner not in ("", table) or lost.kind in ("table", "value"):
        return False
    return (lost.kind == "column" and back.kind == "table") or (
        lost.kind != "column" and bool(_INLINE.search(back.written))
    )


def _cascade(balance: Balance, what: str) -> None:
    """DROP ... CASCADE may take along views, references and the like; of a type, columns too."""
    stay = _STAY if _OF_RELATION.match(what) else {"table"}
    balance.made = [left for left in balance.made if left.thing.kind in stay]
