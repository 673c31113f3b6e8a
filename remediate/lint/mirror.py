"""Whether a downgrade takes back what its upgrade makes, as far as both are written out."""

import ast
import re
from collections.abc import Iterable, Iterator

from remediate.lint import facts
from remediate.lint.events import Effect, Run
from remediate.lint.facts import Fact
from remediate.lint.scope import HOLE
from remediate.lint.values import Unsafe, bare_name
from remediate.lint.walk import Walker

_MAKING = (
    facts.TableCreated, facts.ColumnAdded, facts.IndexCreated, facts.ReferenceAdded,
    facts.SequenceCreated, facts.EnumCreated, facts.KeyAdded,
)  # fmt: skip
_IF_ABSENT = re.compile(r"\bIF\s+NOT\s+EXISTS\b", re.IGNORECASE)
_WHOLE = re.compile(r"\bSCHEMA\b", re.IGNORECASE)  # goes with all that is in it
_CALLED = {"drop_all", "invoke", "run_async"}


def unmirrored(walker: Walker, runs: Iterable[Run]) -> Iterator[Unsafe]:
    """What a downgrade leaves there, so that the upgrade fails when it runs again."""
    bodies = {entry.name: entry for entry in walker.entries()}
    by_name = {run.function: run for run in runs}
    for name, run in by_name.items():
        way = name.replace("upgrade", "downgrade", 1)
        if run.upgrades and way in bodies:
            yield from _compared(run, by_name[way], bodies[way])


def _compared(up: Run, down: Run, body: ast.FunctionDef) -> Iterator[Unsafe]:
    made = [*_made(up)]
    if made and _is_empty(body):
        what = _named(made)
        message = (
            f"the downgrade does nothing, and the upgrade makes {what}: they stay, and the upgrade "
            "fails when it runs again"
        )
        yield Unsafe("downgrade-empty", body.lineno, body.name, message, "", error=False, note=True)
    elif down.effects and not _is_opaque(down, body):
        yield from _left(up, made, down)


def _is_empty(body: ast.FunctionDef) -> bool:
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Return) and node.value is None)
        for node in body.body
    )


def _made(up: Run) -> Iterator[Effect]:
    """What certainly is new after the upgrade, and called as it is written."""
    for effect in up.effects:
        event, context = effect.event, effect.event.step.context
        asks = any(k.arg == "if_not_exists" for k in event.step.call.keywords)
        asks |= event.sql is not None and bool(_IF_ABSENT.search(event.sql.value))
        certain = not (asks or context.branch or context.suppressed_at)
        if certain and isinstance(event.fact, _MAKING) and HOLE not in _spelled(event.fact):
            yield effect


def _spelled(fact: Fact) -> str:
    column = fact.column.name if isinstance(fact, facts.ColumnAdded) else ""
    return f"{getattr(fact, 'table', '')} {getattr(fact, 'name', '')} {column}"


def _is_opaque(down: Run, body: ast.FunctionDef) -> bool:
    """Whether the downgrade may do more than is known of it."""
    if any(isinstance(n, ast.Attribute) and n.attr in _CALLED for n in ast.walk(body)):
        return True
    return any(
        isinstance(e.event.fact, facts.Opaque | facts.NotRead)
        or HOLE in _spelled(e.event.fact)
        or (e.event.sql is not None and _WHOLE.search(e.event.sql.value))
        for e in down.effects
    )


def _left(up: Run, made: Iterable[Effect], down: Run) -> Iterator[Unsafe]:
    gone_up, gone_down = _gone(up), _gone(down)
    for effect in made:
        match effect.event.fact:
            case facts.TableCreated(table=table):
                spot, what = (bare_name(table), ""), table
            case facts.ColumnAdded(table=table, column=column):
                spot, what = (bare_name(table), column.name), f"{table}.{column.name}"
            case _:
                continue
        if not {spot, (spot[0], "")} & (gone_up | gone_down):
            kind = "column" if spot[1] else "table"
            message = (
                f"the downgrade leaves {what}, which the upgrade makes: the upgrade fails when it "
                f"runs again, as the {kind} is there"
            )
            yield effect.unsafe("downgrade-differs", message, error=False)


def _gone(run: Run) -> set[tuple[str, str]]:
    """Tables, with "", and columns that a function drops, or that it calls otherwise."""
    found = set()
    for fact in (effect.event.fact for effect in run.effects):
        match fact:
            case facts.TableDropped(table=table):
                found.add((bare_name(table), ""))
            case facts.TableRenamed(table=table, new=new):
                found |= {(bare_name(table), ""), (bare_name(new), "")}
            case facts.ColumnDropped(table=table, column=column):
                found.add((bare_name(table), column))
            case facts.ColumnRenamed(table=table, column=column, new=new):
                found |= {(bare_name(table), column), (bare_name(table), new)}
    return found


def _named(made: Iterable[Effect]) -> str:
    """The tables and columns, or else how many other things."""
    names = []
    for fact in (effect.event.fact for effect in made):
        match fact:
            case facts.TableCreated(table=table):
                names.append(table)
            case facts.ColumnAdded(table=table, column=column):
                names.append(f"{table}.{column.name}")
    names = [*dict.fromkeys(names)] or ["an index, a constraint, a type or a sequence"]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
