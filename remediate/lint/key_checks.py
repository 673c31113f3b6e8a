"""Keys that lose what generates them, and defaults that may lose their sequence."""

from collections.abc import Iterator

from remediate.lint import facts, rewrite
from remediate.lint.events import Run
from remediate.lint.saying import unsafe
from remediate.lint.state import Column, bare, sequence_of
from remediate.lint.values import Unsafe

_LATE = ("'::text)", "'::text::regclass)", "'::text)::regclass)")


def lost(run: Run) -> Iterator[Unsafe]:
    """A generated key whose default, identity, sequence or column goes, and nothing comes."""
    for seen in run.seen:
        column, fact = seen.column, seen.event.fact
        if column is None or not (column.before and column.key and seen.generated):
            continue
        if run.is_blurred(column) or not _goes(run, column, fact):
            continue
        rewritten = ""
        if not isinstance(fact, facts.ColumnDropped):
            rewritten = rewrite.kept_generated(seen.event, column, seen.sequence)
        message = _message(column, fact)
        yield unsafe(seen, "generator-dropped", message, rewritten, error=True)


def _goes(run: Run, column: Column, fact: facts.Fact) -> bool:
    there = column in run.end.columns.values()
    if isinstance(fact, facts.ColumnDropped):
        return not _has_another_key(run, column)
    if isinstance(fact, facts.SequenceDropped) and not fact.cascade:
        return False  # PostgreSQL refuses that while the default is there
    goes = isinstance(fact, facts.GeneratorDropped | facts.SequenceDropped)
    return goes and there and not column.generated and not _is_given(run, column)


def _is_given(run: Run, column: Column) -> bool:
    kinds = facts.DefaultSet | facts.IdentityAdded
    return any(seen.column is column for seen in run.seen if isinstance(seen.event.fact, kinds))


def _has_another_key(run: Run, column: Column) -> bool:
    """Whether the table goes as well, or gets a key that may take the place."""
    table = column.table
    kinds = facts.KeyAdded | facts.TableDropped | facts.TableMade
    events = [seen.event.fact for seen in run.seen]
    other = any(isinstance(fact, kinds) and fact.table == table for fact in events)
    added = any(f.table == table and f.column.key for _, f in run.of(facts.ColumnAdded))
    return other or added or (table, column.name) in run.end.columns


def _message(column: Column, fact: facts.Fact) -> str:
    place = f"{column.table}.{column.name}"
    if isinstance(fact, facts.ColumnDropped):
        return (
            f"{place} is a generated key and is dropped, and its table gets no other key: "
            "the ids that other tables and programs hold are lost"
        )
    what = "identity" if isinstance(fact, facts.GeneratorDropped) and fact.identity else "default"
    return (
        f"{place} loses its {what} and gets nothing in its place: "
        "every INSERT without a key fails from then on (23502)"
    )


def late_bound(run: Run) -> Iterator[Unsafe]:
    """nextval over text: PostgreSQL looks the sequence up by name each time."""
    for seen, fact in run.of(facts.DefaultSet) if run.upgrades else ():
        flat = "".join(fact.default.lower().split())
        if not flat.startswith("nextval('") or not flat.endswith(_LATE):
            continue
        name = fact.default.split("'")[1]
        message = (
            f"{fact.table}.{fact.column} takes its default from the text '{name}': PostgreSQL does "
            "not know that the sequence is in use, and lets it be dropped or renamed away"
        )
        rewritten = rewrite.default(seen.event, fact, f"nextval('{name}'::regclass)")
        yield unsafe(seen, "default-late-bound", message, rewritten, error=False)


def dropped_sequence(run: Run) -> Iterator[Unsafe]:
    """A default on a sequence that the same function drops afterwards."""
    for number, seen in enumerate(run.seen):
        fact = seen.event.fact
        name = sequence_of(fact.default) if isinstance(fact, facts.DefaultSet) else ""
        later = (one.event.fact for one in run.seen[number:])
        drops = [f for f in later if isinstance(f, facts.SequenceDropped) and bare(f.name) == name]
        if not name or not drops or not isinstance(fact, facts.DefaultSet):
            continue
        column = run.end.columns.get((fact.table, fact.column))
        if column and column.sequence in {name, ""} and not column.blurred:
            message = (
                f"{fact.table}.{fact.column} takes its default from {name}, and the sequence is "
                "dropped afterwards: PostgreSQL refuses that, or drops the default with it"
            )
            yield unsafe(seen, "default-of-dropped-sequence", message, error=True)
