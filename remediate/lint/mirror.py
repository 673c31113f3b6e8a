"""Whether a downgrade takes back what its upgrade does, as far as both are written out."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from remediate.lint import facts, handlers, objects, type_mirror
from remediate.lint.events import Run
from remediate.lint.leftovers import Balance, Left, left_by
from remediate.lint.scope import HOLE
from remediate.lint.sentences import says_why
from remediate.lint.things import PLACE, moves
from remediate.lint.values import Unsafe
from remediate.lint.walk import Walker

_WHOLE = re.compile(r"\s*DROP\s+(?:SCHEMA\b.*\bCASCADE|OWNED)\b", re.IGNORECASE | re.DOTALL)
_CALLED = {"drop_all", "create_all", "invoke", "run_async"}
_OF_THINGS = {"create", "drop"}  # of a Table, or of a type that nothing is known of
_UNKNOWN = facts.Opaque | facts.NotRead | objects.Unclear


def unmirrored(walker: Walker, runs: Iterable[Run]) -> Iterator[Unsafe]:
    """What a downgrade leaves changed, so that the upgrade fails when it runs again."""
    bodies = {entry.name: entry for entry in walker.entries()}
    by_name = {run.function: run for run in runs}
    for name, run in by_name.items():
        way = name.replace("upgrade", "downgrade", 1)
        if run.upgrades and way in bodies:
            yield from _compared(run, by_name[way], bodies[way], walker)


def _compared(up: Run, down: Run, body: ast.FunctionDef, walker: Walker) -> Iterator[Unsafe]:
    if _is_empty(body):
        message = _nothing_done(left_by(up, down)) or _types_stay(up, down)
        if message and not says_why(body, walker.module.source):
            yield Unsafe(
                "downgrade-empty", body.lineno, body.name, message, "", error=False, note=True
            )
    elif down.effects and not _is_opaque(down, body, walker):
        yield from _left(left_by(up, down))
        for spot, changed in type_mirror.unmirrored(up, down):
            found = changed.effect.unsafe("downgrade-differs", changed.message(spot), error=False)
            yield replace(found, note=True)


def _types_stay(up: Run, down: Run) -> str:
    places = [".".join(spot) for spot, _ in type_mirror.unmirrored(up, down)]
    what = f"the types that {places[0]} and {len(places) - 1:,} more had" if places[1:] else ""
    what = what or "".join(f"the type that {place} had" for place in places)
    come = "do" if places[1:] else "does"
    return (
        what and f"the downgrade does nothing, and {what} before the upgrade {come} not come back"
    )


def _is_empty(body: ast.FunctionDef) -> bool:
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Return) and node.value is None)
        for node in body.body
    )


def _is_opaque(down: Run, body: ast.FunctionDef, walker: Walker) -> bool:
    """Whether the downgrade may do more than is known of it, or refuses to be run."""
    if handlers.raises(body.body, walker.module):
        return True
    read = {id(effect.event.step.call) for effect in down.effects}
    entries = set(walker.entries()) - {body}
    functions = [n for n in walker.tree.body if isinstance(n, ast.FunctionDef) and n not in entries]
    for call in (n for f in functions for n in ast.walk(f) if isinstance(n, ast.Call)):
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if method in _CALLED or (method in _OF_THINGS and id(call) not in read):
            return True
    return any(_is_unknown(effect.event) for effect in down.effects)


def _is_unknown(event: facts.Event) -> bool:
    things = [thing for move in moves(event) for thing in (move.before, move.after) if thing]
    return (
        isinstance(event.fact, _UNKNOWN)
        or any(HOLE in thing.name + thing.owner for thing in things)
        or (event.sql is not None and _WHOLE.match(event.sql.value) is not None)
    )


def _left(balance: Balance) -> Iterator[Unsafe]:
    """One remark a line."""
    told = [*((left, True) for left in balance.made), *((left, False) for left in balance.lost)]
    told.sort(key=lambda one: one[0].effect.event.line)
    for _, group in groupby(told, lambda one: one[0].effect.event.line):
        same = [*group]
        made = [left for left, is_made in same if is_made]
        lost = [left for left, is_made in same if not is_made]
        message = _stays(made) if made else _stays_away(lost)
        yield same[0][0].effect.unsafe("downgrade-differs", message, error=False)


def _stays(made: Sequence[Left]) -> str:
    what = _named(made)
    if made[0].thing.kind == PLACE:
        return (
            f"the downgrade leaves {what} in the schema that the upgrade moves it to: the upgrade "
            f"fails when it runs again, because {made[0].other} does not exist"
        )
    if made[0].other:
        return (
            f"the downgrade leaves {what}, which the upgrade renames: the upgrade fails when it "
            f"runs again, because there is no {made[0].other}"
        )
    if not any(left.thing.name or left.thing.kind == "primary key" for left in made):
        return (
            f"the downgrade leaves {what}: when the upgrade runs again, it makes a second one, or "
            "fails where a naming convention has named it"
        )
    there = "they exist" if len(made) > 1 else f"the {made[0].thing.kind} exists"
    again = f"the upgrade fails when it runs again, because {there}"
    return f"the downgrade leaves {what}, which the upgrade makes: {again}{_advice(made)}"


def _advice(made: Sequence[Left]) -> str:
    if any(left.thing.kind == "value" for left in made):
        return " (ADD VALUE IF NOT EXISTS does not)"
    table = any(isinstance(left.effect.event.fact, facts.TableCreated) for left in made)
    types = any(left.thing.kind == "type" for left in made)
    return " (op.drop_table drops no type)" if table and types else ""


def _stays_away(lost: Sequence[Left]) -> str:
    if lost[0].thing.kind == PLACE:
        return (
            f"the downgrade does not bring {_named(lost)} back to the schema that the upgrade "
            "takes it from: the upgrade fails when it runs again, because it does not exist"
        )
    absent = "they do not exist" if len(lost) > 1 else f"the {lost[0].thing.kind} does not exist"
    done = "renames" if lost[0].other else "drops"
    return (
        f"the downgrade does not bring back {_named(lost)}, which the upgrade {done}: the upgrade "
        f"fails when it runs again, because {absent}"
    )


def _nothing_done(balance: Balance) -> str:
    """What an upgrade does and an empty downgrade does not; tables that it drops are told of."""
    made, lost = balance.made, [left for left in balance.lost if left.thing.kind != "table"]
    if made:
        stay = "they stay" if len(made) > 1 else "it stays"
        renamed = all(left.other for left in made)
        done = f"{'renames what is now' if renamed else 'makes'} {_named(made)}: {stay}"
    elif not lost:
        return ""
    else:
        stay = "they do not come back" if len(lost) > 1 else "it does not come back"
        done = f"drops {_named(lost)}: {stay}"
    return (
        f"the downgrade does nothing, and the upgrade {done}, and the upgrade fails when it runs "
        "again"
    )


def _named(left: Sequence[Left]) -> str:
    """Tables and columns first."""
    first = ("table", "column")
    ordered = sorted(left, key=lambda one: one.thing.kind not in first)
    names = [*dict.fromkeys(str(one.thing) for one in ordered)]
    shown = [*names[:3], f"{len(names) - 3:,} more"] if len(names) > 4 else names
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
