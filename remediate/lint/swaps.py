"""Check for tables that lose their key: another takes their place, or the constraint goes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from remediate.lint import facts, rewrite, settled
from remediate.lint.events import Effect, Run
from remediate.lint.scope import HOLE
from remediate.lint.state import Column, serial_name
from remediate.lint.types import INTEGERS
from remediate.lint.values import Unsafe, bare_name

_FILLING = facts.DefaultSet | facts.IdentityAdded


@dataclass(slots=True)
class _Copy:
    """A table that is made like another one."""

    made: facts.TableCreated
    names: list[str] = field(default_factory=list)  # of the copy, the last one is that of now
    source: str = ""  # what the other one is called now
    gone: bool = False  # the other one is dropped, or has another name


def generator_shared(run: Run) -> Iterator[Unsafe]:
    """LIKE INCLUDING DEFAULTS, and then the table goes that owns the sequence."""
    copies: list[_Copy] = []
    for effect in run.effects:
        dropped = _follow(copies, effect.event.fact)
        for copy in copies:
            if dropped and dropped == copy.source and copy.made.with_defaults:
                yield from _shared(run, effect, copy)


def _follow(copies: list[_Copy], fact: facts.Fact) -> str:
    """What the next step changes in this; the table that it drops."""
    match fact:
        case facts.TableCreated(source=source) if source and HOLE not in source:
            copies.append(_Copy(fact, [fact.table], source))
        case facts.TableRenamed(table=table, new=new):
            for copy in copies:
                if copy.names[-1] == table:
                    copy.names.append(new)
                if copy.source == table and not copy.gone:
                    copy.source, copy.gone = new, True
        case facts.TableDropped(table=table):
            for copy in copies:
                copy.gone |= copy.source == table
            return table
    return ""


def _shared(run: Run, effect: Effect, copy: _Copy) -> Iterator[Unsafe]:
    for column in run.before.of(copy.made.source):
        owned = column.sequence == serial_name(column.table, column.name)
        if not (column.key and column.generated and owned) or run.is_uncertain(column):
            continue
        if _is_filled(run, copy, column) or _is_altered(run, column.sequence):
            continue
        place = f"{copy.names[-1]}.{column.name}"
        cascades = any(
            other.event.sql is effect.event.sql
            for other, _ in run.of(facts.DropCascaded)
            if other.event.sql is not None
        )
        what = (
            "CASCADE drops the default with it: then every INSERT without a key fails (23502)"
            if cascades
            else "PostgreSQL refuses that while the default draws from it (2BP01)"
        )
        message = (
            f"{place} draws from {column.sequence}, which belongs to {copy.source} and is dropped "
            f"with it; {what}"
        )
        rewritten = rewrite.with_owner(effect.event, copy.names[-1], column)
        found = effect.unsafe("generator-dropped", message, rewritten, error=False)
        later = settled.generator(copy.names[-1], column.name) if cascades else frozenset[str]()
        yield replace(found, settled_by=later)


def _is_filled(run: Run, copy: _Copy, column: Column) -> bool:
    """Whether the copy gets another generator, or its own is taken away."""
    kinds = _FILLING | facts.GeneratorDropped
    found = (effect.event.fact for effect in run.effects)
    return any(
        isinstance(one, kinds) and one.table in {*copy.names, HOLE} and one.column == column.name
        for one in found
    )


def _is_altered(run: Run, sequence: str) -> bool:
    """Whether something is said of the sequence, such as OWNED BY."""
    return any(
        HOLE in fact.name or bare_name(fact.name) == sequence
        for _, fact in run.of(facts.SequenceAltered)
    )


def copy_in_place(run: Run) -> Iterator[Unsafe]:
    """A copy that gets the name of its source, and no key."""
    copies: list[_Copy] = []
    for effect in run.effects if run.upgrades else ():
        fact = effect.event.fact
        _follow(copies, fact)
        renamed = fact.new if isinstance(fact, facts.TableRenamed) else ""
        for copy in copies:
            placed = renamed == copy.names[-1] == copy.made.source
            if placed and copy.gone and copy.made.copied and not copy.made.with_indexes:
                yield from _without_key(run, effect, copy)


def _without_key(run: Run, effect: Effect, copy: _Copy) -> Iterator[Unsafe]:
    table = copy.made.source
    key = [column for column in run.before.of(table) if column.member]
    if not key or _gets_key(run, {*copy.names}) or any(map(run.is_uncertain, key)):
        return
    named = ", ".join(column.name for column in key)
    generated = [c for c in key if c.generated and not _is_filled(run, copy, c)]
    then = "store NULL" if copy.made.whole else "fail (23502)"  # LIKE copies NOT NULL
    bare = f" and without its default: INSERTs without it {then}" if generated else ""
    message = f"{table} comes back as a copy without its primary key ({named}){bare}"
    whole = len(key) == len(generated) == 1 and key[0].type in INTEGERS
    rewritten = rewrite.key_in_place(effect.event, table, key[0].name) if whole else ""
    found = effect.unsafe("copy-without-default", message, rewritten, error=False)
    yield replace(found, settled_by=frozenset[str]() if generated else settled.keyed(table))


def _gets_key(run: Run, tables: set[str]) -> bool:
    return any(HOLE in fact.table or fact.table in tables for _, fact in run.of(facts.KeyAdded))


def key_dropped(run: Run) -> Iterator[Unsafe]:
    """A primary key that is dropped, and no other comes."""
    for effect, fact in run.of(facts.ConstraintDropped) if run.upgrades else ():
        table = fact.table
        named = fact.name == f"{bare_name(table)}_pkey" or fact.kind == "primary"
        key = [column for column in run.before.of(table) if column.member]
        if not (named and key) or HOLE in table or run.end.uncertain:
            continue
        if any(column.uncertain for column in key) or _is_replaced(run, table):
            continue
        columns = ", ".join(column.name for column in key)
        message = (
            f"{table} loses its primary key ({columns}) and gets no other: it may hold the same "
            "row twice, and no foreign key can refer to it"
        )
        found = effect.unsafe("key-dropped", message, error=False)
        yield replace(found, settled_by=settled.keyed(table))


def _is_replaced(run: Run, table: str) -> bool:
    """Whether the table gets another key, or goes itself; or its columns are to be no key."""
    found = (effect.event.fact for effect in run.effects)
    kinds = (
        facts.TableDropped | facts.TableRenamed | facts.TableCreated | facts.ColumnDropped
        | facts.NullsAllowed
    )  # fmt: skip
    added = any(f.table == table and f.column.key for _, f in run.of(facts.ColumnAdded))
    goes = any(isinstance(fact, kinds) and fact.table in {table, HOLE} for fact in found)
    return added or goes or _gets_key(run, {table})
