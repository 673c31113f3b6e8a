"""Which tables of models a revision cannot create, and why."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import chain

from remediate.analysis import creation
from remediate.analysis.facts import in_words
from remediate.analysis.models import differ
from remediate.postgres.sql import quote
from remediate.remedies import referable
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import Author, NewTable
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class _Defined:
    """What there is, and what models define: each definition with the first table that has it."""

    there: Set[Name]  # tables
    enums: dict[Name, dict[tuple[str, ...], Name]] = field(default_factory=dict)  # by labels
    sequences: dict[Name, dict[str, Name]] = field(default_factory=dict)  # by statement
    indexes: dict[Name, list[Name]] = field(default_factory=dict)  # all tables


def _defined(live: Live) -> _Defined:
    found = _Defined({name for name, _ in live.types})
    for table in live.unmade.tables:
        for enum in table.enums:
            found.enums.setdefault(enum.name, {}).setdefault(enum.labels, table.name)
        for one in table.sequences:
            found.sequences.setdefault(one.name, {}).setdefault(one.ddl, table.name)
        for one in table.indexes:
            found.indexes.setdefault(one.name, []).append(table.name)
    return found


def obstacles(live: Live) -> dict[Name, str]:
    """Why tables cannot be created, or are not to be; those are left out that can.

    Neither can one that needs another which cannot.
    """
    unmade = live.unmade
    defined = _defined(live)
    found = {table.name: why for table in unmade.tables if (why := _own(table, defined, live))}
    waiting = {
        table.name: creation.needed(table, unmade)
        for table in unmade.tables
        if table.name not in found
    }
    reasons = {n: f"it needs {n}, which cannot be created: {why}" for n, why in found.items()}
    while more := {
        name: reasons[lacking]
        for name, needed in waiting.items()
        if name not in found and (lacking := next((n for n in needed if n in reasons), None))
    }:
        found |= more
        reasons |= more
    return found


def _own(new: NewTable, defined: _Defined, live: Live) -> str:
    found = chain(
        [new.obstacle],
        _made_elsewhere(new, live),
        _lacking(new, live),
        _otherwise(new, defined, live),
        _keys(new, defined, live),
    )
    return next(filter(None, found), "")


def _made_elsewhere(new: NewTable, live: Live) -> Iterator[str]:
    unmade = live.unmade
    if author := unmade.authors.get(new.name):
        yield _by(new.name, author)
    schema = new.name.schema
    if schema not in unmade.schemas:
        create = f"CREATE SCHEMA {quote(schema)}"
        yield f"the schema {quote(schema)} does not exist: {create} as a role that may, and replan"
    made = (new.name, *(index.name for index in new.indexes))
    for name in (name for name in made if name in unmade.taken):
        yield f"another relation is called {name}: rename one of them"


def _by(name: Name, author: Author) -> str:
    if author.remains:
        run = "cannot run" if author.waits else "has run, and cannot run again"
        return f"revision {author.revision} creates it, but {run}: {by_hand(name, author)}"
    if author.waits:
        return f"revision {author.revision} creates it, but has not run: alembic upgrade head"
    return (
        f"revision {author.revision} creates it, and is recorded as run: alembic stamp to where "
        "the database is, then alembic upgrade head (AL003); another revision would create it twice"
    )


def by_hand(what: object, author: Author) -> str:
    """How to have what a revision creates where it cannot run, as other tables are there.

    Another revision would create it twice in a new database.
    """
    since = f"{author.down[0]}:" if author.down else ""
    stamp = f", then: alembic stamp {author.revision}" if author.waits else ""
    exist = "exists" if len(author.remains) == 1 else "exist"
    return (
        f"{in_words(map(str, author.remains))} {exist} already. Create {what} by hand, with only "
        f"its statements from: alembic upgrade {since}{author.revision} --sql{stamp}"
    )


def _lacking(new: NewTable, live: Live) -> Iterator[str]:
    unmade = live.unmade
    if lacking := [type_ for type_ in new.types if type_ in unmade.lacking]:
        types = in_words(lacking)
        yield (
            f"the database has no type {types}: CREATE EXTENSION for the one that has it, or "
            "create the type, then plan again"
        )
    for enum in new.enums:
        labels = unmade.labels.get(enum.name)
        if labels is not None and labels != enum.labels:
            there, wanted = (", ".join(some) or "none" for some in (labels, enum.labels))
            yield (
                f"the type {enum.name} has other labels ({there}) than its model ({wanted}): "
                "decide which are right, and ALTER TYPE or correct the model"
            )


def _otherwise(new: NewTable, defined: _Defined, live: Live) -> Iterator[str]:
    """What the models of tables that are to be created give one name, differently."""
    unmade = live.unmade
    for enum in (enum for enum in new.enums if enum.name not in unmade.labels):
        others = defined.enums[enum.name].items()
        for labels, other in ((some, by) for some, by in others if some != enum.labels):
            one, two = (", ".join(some) for some in (enum.labels, labels))
            yield (
                f"its model declares the type {enum.name} with other labels ({one}) than the "
                f"model of {other} ({two}): decide which are right, and correct the models"
            )
    for made in (made for made in new.sequences if made.name not in unmade.taken):
        for other in (by for ddl, by in defined.sequences[made.name].items() if ddl != made.ddl):
            yield (
                f"its model defines the sequence {made.name} differently from the model of "
                f"{other}: decide which is right, and correct the models"
            )
    for name in sorted(index.name for index in new.indexes):
        for other in (table for table in defined.indexes[name] if table != new.name):
            yield (
                f"its model and the model of {other} both have an index {name}: rename one of them"
            )


def _keys(new: NewTable, defined: _Defined, live: Live) -> Iterator[str]:
    """What is in the way of its foreign keys."""
    unmade = live.unmade.table_of
    for fk in new.foreign_keys:
        if fk.target in unmade or fk.target == new.name:
            yield referable.unlogged(fk.ends, live)
        elif fk.target not in defined.there:
            yield f"it references {fk.target}, which exists neither in the database nor as a model"
        else:
            yield referable.obstacle(fk, live)
    for one in creation.retyped(new, live):
        column = new.column(one.column) if one.model_type else None
        if column and differ(one.model_type, one.type) and column.rest.startswith(" DEFAULT "):
            yield (
                f"{quote(one.column)} references {one.references} ({one.type}), but its model has "
                f"a default for {one.model_type}: correct the model first"
            )
