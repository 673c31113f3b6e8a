"""Check for keys that nothing generates: created, copied or left without a generator."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.lint import facts, rewrite, settled
from remediate.lint.events import Effect, Run
from remediate.lint.facts import ColumnDefinition, TableCreated
from remediate.lint.scope import HOLE
from remediate.lint.state import Column
from remediate.lint.types import INTEGERS
from remediate.lint.values import Unsafe, bare_name

_OWN = {"id", "pk", "key", "uid"}
_KEPT = re.compile(
    r"(?:^|_)(?:archived?|backup|bak|bkp|copy|dump|history|hist|log|audit|old|orig|prev|saved?"
    r"|snapshot|stag(?:e|ing)|te?mp|remediate)(?:_|$|\d)"
)

_SETTINGS = re.compile(
    r"(?:^|_)(?:settings?|config(?:uration)?|preferences|options|singleton|globals?|meta(?:data)?"
    r"|version)$"
)
_TELLS_ROWS_APART = re.compile(r"(?:^|_)(?:id|key|name|code|slug|title|label|user|email)$")


def key_without_default(run: Run) -> Iterator[Unsafe]:
    """An integer key without default, where its name says that it should have one."""
    for effect, fact in run.of(TableCreated) if run.upgrades else ():
        for definition in fact.columns if fact.whole and not fact.copied else ():
            column = run.end.columns.get((fact.table, definition.name))
            if (
                column
                and definition.type in INTEGERS
                and column.type in {*INTEGERS, ""}  # it may become another
                and _lacks_generator(run, column, definition, fact)
            ):
                message = ungenerated(fact.table, definition.name)
                rewritten = rewrite.with_generated_key(effect.event, definition)
                found = effect.unsafe("key-without-default", message, rewritten, error=False)
                spot = (fact.table, definition.name)
                yield replace(found, key=spot, settled_by=settled.filled(*spot))


def ungenerated(table: str, name: str) -> str:
    """What is wrong with an integer key without default."""
    return (
        f"{table}.{name} is an integer key without a default: every INSERT without it fails (23502)"
    )


def _lacks_generator(
    run: Run, column: Column, definition: ColumnDefinition, fact: TableCreated
) -> bool:
    keys = [one for one in run.end.of(column.table) if one.key]
    if keys != [column] or len(fact.key) > 1 or column.generated:
        return False
    if definition.reference or definition.name in fact.references or HOLE in fact.table:
        return False
    if _has_one_row(fact, definition.name) or _is_pinned(run, column):
        return False
    return is_own_key(definition.name, fact.table) and not is_supplied(run, column)


def _has_one_row(fact: TableCreated, key: str) -> bool:
    """Whether a CHECK pins the key, or the table is one of settings, one column for each."""
    if key in fact.pinned:
        return True
    others = [one for one in fact.columns if one.name != key]
    names = [one.name for one in others]
    return is_of_settings(fact.table, names) and not any(one.reference for one in others)


def is_of_settings(table: str, others: Iterable[str]) -> bool:
    """Whether a table holds settings, one column for each, and so one row."""
    telling = any(_TELLS_ROWS_APART.search(name.lower()) for name in others)
    return bool(_SETTINGS.search(bare_name(table).lower())) and not telling


def _is_pinned(run: Run, column: Column) -> bool:
    return any(
        (fact.table, fact.column) == (column.table, column.name)
        for _, fact in run.of(facts.ColumnPinned)
    )


def is_supplied(run: Run, column: Column) -> bool:
    """Whether rows come with their keys, a trigger fills them, or they are those of a parent."""
    refers = any(
        fact.table == column.table and column.name in fact.columns
        for _, fact in run.of(facts.ReferenceAdded)
    )
    written = any(fact.table in {column.table, HOLE} for _, fact in run.of(facts.RowsWritten))
    return refers or written or run.is_uncertain(column)


def copy_without_default(run: Run) -> Iterator[Unsafe]:
    """A table copied without defaults and then given a key, as if to be used."""
    sources: dict[str, str] = {}  # of each copy
    for effect in run.effects if run.upgrades else ():
        match effect.event.fact:
            case TableCreated(copied=True, table=table, source=source) if not _is_kept(table):
                sources[table] = source
            case facts.TableRenamed(table=table, new=new) if table in sources:
                sources[new] = sources.pop(table)
            case facts.KeyAdded(table=table, columns=(name,)) if table in sources:
                yield from _key_of_copy(run, effect, table, name, sources[table])


def _key_of_copy(run: Run, effect: Effect, table: str, name: str, source: str) -> Iterator[Unsafe]:
    original = run.before.columns.get((source, name))
    if original is not None and original.type not in {*INTEGERS, ""}:
        return
    ends = [c for c in run.end.columns.values() if c.name == name and c.key and not c.generated]
    renamed = {fact.table: fact.new for _, fact in run.of(facts.TableRenamed)}
    column = next((c for c in ends if c.table == renamed.get(table, table)), None)
    if column is None or not is_own_key(name, source or column.table) or run.is_uncertain(column):
        return
    message = (
        f"{table}.{name} becomes the key of a copy, which has the values of the original key but "
        "not its default: every INSERT without it fails (23502)"
    )
    rewritten = rewrite.key_of_copy(effect.event, table, name)
    found = effect.unsafe("copy-without-default", message, rewritten, error=False)
    yield replace(found, settled_by=settled.filled(column.table, name))


def generator_dropped(run: Run) -> Iterator[Unsafe]:
    """A generated key whose default, identity, sequence or column goes, and nothing comes."""
    for effect in run.effects:
        column, fact = effect.column, effect.event.fact
        if column is None or not (column.before and column.key and effect.generated):
            continue
        if run.is_uncertain(column) or not _loses(run, column, fact):
            continue
        rewritten = ""
        if not isinstance(fact, facts.ColumnDropped):
            rewritten = rewrite.with_generator(effect.event, column, effect.sequence)
        found = effect.unsafe("generator-dropped", _loss(column, fact), rewritten, error=True)
        there = not isinstance(fact, facts.ColumnDropped)
        settled_by = settled.generator(column.table, column.name) if there else frozenset[str]()
        yield replace(found, settled_by=settled_by)


def _loses(run: Run, column: Column, fact: facts.Fact) -> bool:
    there = column in run.end.columns.values()
    if isinstance(fact, facts.ColumnDropped):
        return not _has_another_key(run, column)
    if isinstance(fact, facts.SequenceDropped) and not fact.cascade:
        return False  # PostgreSQL refuses that while the default is there
    drops = isinstance(fact, facts.GeneratorDropped | facts.SequenceDropped)
    return drops and there and not column.generated and not _gets_another(run, column)


def _gets_another(run: Run, column: Column) -> bool:
    kinds = facts.DefaultSet | facts.IdentityAdded
    return any(
        effect.column is column for effect in run.effects if isinstance(effect.event.fact, kinds)
    )


def _has_another_key(run: Run, column: Column) -> bool:
    """Whether the table goes as well, or gets a key that may take the place."""
    table = column.table
    kinds = facts.KeyAdded | facts.TableDropped | facts.TableCreated
    events = [effect.event.fact for effect in run.effects]
    other = any(isinstance(fact, kinds) and fact.table == table for fact in events)
    added = any(f.table == table and f.column.key for _, f in run.of(facts.ColumnAdded))
    return other or added or (table, column.name) in run.end.columns


def _loss(column: Column, fact: facts.Fact) -> str:
    place = f"{column.table}.{column.name}"
    if isinstance(fact, facts.ColumnDropped):
        return (
            f"{place} is a generated key that the revision drops, and its table gets no other "
            "key: the ids that other tables and programs hold are lost"
        )
    what = "identity" if isinstance(fact, facts.GeneratorDropped) and fact.identity else "default"
    return (
        f"{place} loses its {what} and gets nothing in its place: from then on every INSERT "
        "without a key fails (23502)"
    )


def default_late_bound(run: Run) -> Iterator[Unsafe]:
    """nextval over text: PostgreSQL looks the sequence up by name each time."""
    for effect, fact in run.of(facts.DefaultSet) if run.upgrades else ():
        name = fact.default.literal
        if fact.default.late_bound:
            message = (
                f"{fact.table}.{fact.column} takes its default from the text '{name}': "
                "PostgreSQL does not see that the sequence is in use, and allows DROP "
                "SEQUENCE and RENAME"
            )
            rewritten = rewrite.default_by_regclass(effect.event, fact)
            found = effect.unsafe("default-late-bound", message, rewritten, error=False)
            yield replace(found, settled_by=settled.generator(fact.table, fact.column))


def default_of_dropped_sequence(run: Run) -> Iterator[Unsafe]:
    """A default on a sequence that the same function drops afterwards."""
    for number, effect in enumerate(run.effects):
        fact = effect.event.fact
        name = fact.default.sequence if isinstance(fact, facts.DefaultSet) else ""
        later = (one.event.fact for one in run.effects[number:])
        drops = [
            f for f in later if isinstance(f, facts.SequenceDropped) and bare_name(f.name) == name
        ]
        if not name or not drops or not isinstance(fact, facts.DefaultSet):
            continue
        column = run.end.columns.get((fact.table, fact.column))
        if column and column.sequence in {name, ""} and not column.uncertain:
            message = (
                f"{fact.table}.{fact.column} takes its default from {name}, and the revision "
                "drops the sequence afterwards: PostgreSQL refuses that, or drops the "
                "default with it"
            )
            yield effect.unsafe("default-of-dropped-sequence", message, error=True)


def is_own_key(column: str, table: str) -> bool:
    """Whether the column is called as the key of its own table: id, user_id in users."""
    name, owner = column.lower(), bare_name(table).lower()
    singular = {owner, owner.removesuffix("s"), owner.removesuffix("es"), owner[:-3] + "y"}
    return name in _OWN or any(name in {f"{o}_id", f"{o}id", f"id_{o}"} for o in singular)


def _is_kept(table: str) -> bool:
    """Whether the name of a copy says that nobody adds rows to it."""
    return bool(_KEPT.search(bare_name(table).lower()))
