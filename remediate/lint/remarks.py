"""Steps of an upgrade that take more along than they say, and constraints that nobody named."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from remediate.lint import do_blocks, facts, rewrite
from remediate.lint.events import Effect, Run
from remediate.lint.leftovers import temporary
from remediate.lint.scope import HOLE
from remediate.lint.values import Unsafe, bare_name, plain

_KEPT = re.compile(r"(?:^|_)(?:archived?|backup|bak|bkp|old|orig|te?mp|stag(?:e|ing))(?:_|$|\d)")
_CASCADING = re.compile(r"\s*TRUNCATE\b.*\bCASCADE\s*$", re.IGNORECASE | re.DOTALL)
_UNNAMED = ", and the revision names none of them"
_ALONG = tuple(
    (re.compile(rf"DROP {kinds}\b" if kinds else "", re.IGNORECASE), along + _UNNAMED)
    for kinds, along in (
        ("SCHEMA", "every table, view and function in it, with all rows"),
        ("OWNED", "every table, view and function that the role owns here, with all rows"),
        ("(?:TYPE|DOMAIN)", "every column, function and view of that type, with all values"),
        ("EXTENSION", "every column, index and function that uses it, with all values"),
        ("(?:FUNCTION|PROCEDURE|ROUTINE)", "every trigger, index and default that calls it"),
        ("", "every view, foreign key and default that depends on it"),
    )
)


def upgrade_cascades(run: Run) -> Iterator[Unsafe]:
    """DROP ... CASCADE on the way up. It is rewritten where it is all that a line executes."""
    several = {effect.event.line for effect, _ in run.of(facts.SeveralStatements)}
    for effect, fact in run.of(facts.DropCascaded) if run.upgrades else ():
        along = next(words for pattern, words in _ALONG if pattern.match(fact.what))
        message = f"{fact.what.replace(HOLE, '...')} also drops {along}"
        alone = effect.event.line not in several and fact.without
        rewritten = rewrite.execute_call(effect.event, fact.without) if alone else ""
        yield effect.unsafe("upgrade-cascades", message, rewritten, error=False)


def rows_lost(run: Run) -> Iterator[Unsafe]:
    """All rows of a table go that was there before, and no step takes them elsewhere."""
    made = {*temporary(run)}
    for effect in run.effects if run.upgrades else ():
        match effect.event.fact:
            case facts.TableCreated(table=table) | facts.TableRenamed(new=table):
                made.add(plain(table))
            case facts.RowsChanged(table=table, emptied=True) if plain(table) not in made:
                if not _KEPT.search(bare_name(table).lower()) and not _is_read(run, table):
                    yield _emptied(effect, "..." if HOLE in table else table)


def _emptied(effect: Effect, table: str) -> Unsafe:
    sql = effect.event.sql
    lost = f"every row of {table} is lost, and no downgrade brings them back"
    if sql is not None and _CASCADING.match(sql.value):
        message = f"{lost}; CASCADE also empties every table with a foreign key to it"
        return effect.unsafe("rows-lost", message, error=False)
    return replace(effect.unsafe("rows-lost", lost, error=False), note=True)


def _is_read(run: Run, table: str) -> bool:
    """Whether another step may take its rows elsewhere."""
    name = re.compile(rf"\b{re.escape(bare_name(table))}\b", re.IGNORECASE)
    for event in (effect.event for effect in run.effects):
        match event.fact:
            case facts.Opaque(text=text) if text:  # a block, also that which empties it
                if name.search(do_blocks.without_emptying(text)):
                    return True
            case facts.Opaque() | facts.NotRead():
                return True
            case facts.TableCreated(table=other, copied=True) | facts.RowsWritten(table=other):
                written = event.sql.value if event.sql else ast.unparse(event.step.call)
                if plain(other) != plain(table) and name.search(written):
                    return True
    return False


def table_dropped(run: Run) -> Iterator[Unsafe]:
    """A table goes that was there before the revision, and no step looks at its rows."""
    made: set[str] = set()
    for effect in run.effects if run.upgrades else ():
        match effect.event.fact:
            case facts.TableCreated(table=table) | facts.TableRenamed(new=table):
                made.add(plain(table))
            case facts.TableDropped(table=table) if plain(table) not in made:
                if HOLE not in table and not _is_looked_at(run, effect, table):
                    message = (
                        f"{table} was there before this revision: its rows are lost, and a "
                        "downgrade can make no more than an empty table"
                    )
                    yield replace(effect.unsafe("table-dropped", message, error=False), note=True)


def _is_looked_at(run: Run, dropping: Effect, table: str) -> bool:
    """Whether its rows may have gone elsewhere, or its name says that they are a copy."""
    name = bare_name(table).lower()
    if _KEPT.search(name):
        return True
    return any(_may_read(effect, name) for effect in run.effects if effect is not dropping)


def _may_read(effect: Effect, name: str) -> bool:
    fact, sql = effect.event.fact, effect.event.sql
    if isinstance(fact, facts.Opaque | facts.NotRead | facts.RowsWritten | facts.RowsChanged):
        return True
    drops = isinstance(fact, facts.TableDropped | facts.DropCascaded)
    return sql is not None and not drops and name in sql.value.lower()


def constraint_unnamed(run: Run) -> Iterator[Unsafe]:
    """op.drop_constraint(None, ...), as autogenerate writes it beside a constraint without a name.

    Measured: Alembic raises CompileError; with a naming convention IndexError for a foreign key,
    and else it may drop a constraint of another name.
    """
    for effect, fact in run.of(facts.ConstraintDropped):
        event = effect.event
        is_named = fact.name or event.sql is not None
        if is_named or event.step.context.suppressed_at:
            continue
        certain = fact.kind == "foreignkey"
        fails = "upgrade fails" if run.upgrades else "downgrade fails"
        unless = "" if certain else ", unless a naming convention makes the right name"
        message = (
            f"{'...' if HOLE in fact.table else fact.table} loses a constraint that is not named: "
            f"Alembic cannot write the statement, and the {fails}{unless}"
        )
        stops_deploy = certain and run.upgrades
        yield effect.unsafe("constraint-unnamed", message, error=stops_deploy)
