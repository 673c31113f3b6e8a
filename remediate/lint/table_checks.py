"""Tables made with a key that nothing generates."""

from collections.abc import Iterator

from remediate.lint import facts, rewrite
from remediate.lint.events import Run, Seen
from remediate.lint.facts import ColumnMade, TableMade
from remediate.lint.key_names import is_copy_kept, is_own_key
from remediate.lint.saying import unsafe
from remediate.lint.state import Column
from remediate.lint.text import HOLE
from remediate.lint.types import INTEGERS
from remediate.lint.values import Unsafe


def bare_keys(run: Run) -> Iterator[Unsafe]:
    """An integer key without default, where its name says that it should have one."""
    for seen, fact in run.of(TableMade) if run.upgrades else ():
        for made in fact.columns if fact.whole and not fact.copied else ():
            column = run.end.columns.get((fact.table, made.name))
            if column and made.type in INTEGERS and _is_bare(run, column, made, fact):
                message = (
                    f"{fact.table}.{made.name} is an integer key that nothing generates: "
                    "PostgreSQL does not count by itself, an INSERT without it fails (23502)"
                )
                rewritten = rewrite.with_generated_key(seen.event, made)
                yield unsafe(seen, "key-without-default", message, rewritten, error=False)


def _is_bare(run: Run, column: Column, made: ColumnMade, fact: TableMade) -> bool:
    keys = [one for one in run.end.of(column.table) if one.key]
    if keys != [column] or len(fact.key) > 1 or column.generated:
        return False
    if made.reference or made.name in fact.references or HOLE in fact.table:
        return False
    return is_own_key(made.name, fact.table) and not _is_filled(run, column)


def _is_filled(run: Run, column: Column) -> bool:
    """Whether rows come with their keys, a trigger fills them, or they are those of a parent."""
    refers = any(
        fact.table == column.table and column.name in fact.columns
        for _, fact in run.of(facts.ReferenceAdded)
    )
    filled = any(fact.table in {column.table, HOLE} for _, fact in run.of(facts.Filled))
    return refers or filled or run.is_blurred(column)


def copies(run: Run) -> Iterator[Unsafe]:
    """A table copied without defaults and then given a key, as if to be used."""
    made: dict[str, str] = {}  # what it is a copy of
    for seen in run.seen if run.upgrades else ():
        match seen.event.fact:
            case TableMade(copied=True, table=table, source=source) if not is_copy_kept(table):
                made[table] = source
            case facts.TableRenamed(table=table, new=new) if table in made:
                made[new] = made.pop(table)
            case facts.KeyAdded(table=table, columns=(name,)) if table in made:
                yield from _copied(run, seen, table, name, made[table])


def _copied(run: Run, seen: Seen, table: str, name: str, source: str) -> Iterator[Unsafe]:
    original = run.before.columns.get((source, name))
    if original is not None and original.type not in {*INTEGERS, ""}:
        return
    ends = [c for c in run.end.columns.values() if c.name == name and c.key and not c.generated]
    renamed = {fact.table: fact.new for _, fact in run.of(facts.TableRenamed)}
    column = next((c for c in ends if c.table == renamed.get(table, table)), None)
    if column is None or not is_own_key(name, source or column.table) or run.is_blurred(column):
        return
    message = (
        f"{table}.{name} becomes the key of a copy, and a copy has the values of the original's "
        "key but not what generates it: an INSERT without it fails (23502)"
    )
    rewritten = rewrite.key_of_copy(seen.event, table, name)
    yield unsafe(seen, "copy-without-default", message, rewritten, error=False)
