"""Read which roles may INSERT into each table, directly or through a view."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from remediate.catalog.batches import Question, ask
from remediate.catalog.session import Row
from remediate.postgres.direct import Connection
from remediate.postgres.sql import literal
from remediate.snapshots.defaults import late_name, resolve
from remediate.snapshots.tables import Column, Generator, Name, Table, Writer


def insertable(connection: Connection, rows: Sequence[Row]) -> list[tuple[Row, bool]]:
    """Each grant, and whether its relation is a table or an updatable view.

    A view that could not be asked, because a session alters what it reads, counts as updatable: one
    right too many does no harm, one too few does.
    """
    views = {r["through"] for r in rows if r["is_view"]}
    answers, _ = ask(connection, [_question(oid) for oid in views])
    return [(r, not r["is_view"] or answers.get(r["through"], (True,))[0]) for r in rows]


def _question(view: int) -> Question:
    return Question(view, f"SELECT pg_relation_is_updatable({view}, false) & 8 = 8", view)


@dataclass(frozen=True, slots=True)
class LateNames:
    """Resolves the names in defaults that look their sequence up at each INSERT."""

    known: Mapping[Name, object]
    paths: Mapping[str, tuple[str, ...]]  # search_path of the roles for which one is set

    def resolved(self, column: Column, role: str) -> tuple[Name, ...]:
        """The sequences from which the default draws when this role inserts."""
        if role not in self.paths:
            return column.sequences
        found = resolve(late_name(column.default), self.paths[role], self.known)
        return (found,) if found else ()


def of_late_defaults(
    connection: Connection, tables: Sequence[Table], names: LateNames
) -> list[Table]:
    """The tables with the roles that may not use a sequence which a default looks up."""
    wanted = {
        (sequence, role)
        for table in tables
        for column in table.columns
        if column.generator is Generator.LATE
        for role in _roles(table)
        for sequence in names.resolved(column, role)
    }
    denied = refused(connection, wanted)
    return [_lacking(table, denied, names) if denied else table for table in tables]


def refused(connection: Connection, pairs: Set[tuple[Name, str]]) -> set[tuple[Name, str]]:
    """Those of the sequences that the role may not use."""
    answers, _ = ask(connection, [Question(pair, _usable(*pair), 0, 0) for pair in sorted(pairs)])
    return {pair for pair, (usable,) in answers.items() if usable is False}


def _roles(table: Table) -> set[str]:
    return {table.owner, *(w.role for w in table.writers)}


def _usable(sequence: Name, role: str) -> str:
    name, who = literal(str(sequence)), literal(role)
    return f"SELECT has_sequence_privilege({who}, {name}, 'USAGE, UPDATE')"


def _lacking(table: Table, denied: set[tuple[Name, str]], names: LateNames) -> Table:
    late = [c for c in table.columns if c.generator is Generator.LATE]
    lacks = {
        role: tuple(c.sequences[0] for c in late if c.sequences and _denied(c, role, denied, names))
        for role in _roles(table)
    }
    own = Writer(table.owner, table.name)
    listed = any(w.role == table.owner for w in table.writers)
    writers = table.writers if listed or not lacks[table.owner] else (own, *table.writers)
    return replace(
        table, writers=tuple(replace(w, lacks=(*w.lacks, *lacks[w.role])) for w in writers)
    )


def _denied(column: Column, role: str, denied: set[tuple[Name, str]], names: LateNames) -> bool:
    return any((sequence, role) in denied for sequence in names.resolved(column, role))


def writers(
    grants: list[tuple[Row, bool]], sequences: dict[int, Name]
) -> dict[int, tuple[Writer, ...]]:
    """The writers of each table, by its OID."""
    found: dict[int, tuple[Writer, ...]] = {}
    for row, takes in grants:
        lacks = tuple(sequences[oid] for oid in row["lacks"] if oid in sequences)
        writer = Writer(
            row["role"], Name(row["schema"], row["name"]), takes, lacks, row["shut_out"]
        )
        found[row["relid"]] = (*found.get(row["relid"], ()), writer)
    return found
